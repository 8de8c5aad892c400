"""Which deeds look like one and the same (疑似重复): the same item, near in time, alike in whom or how much."""

import hashlib
from datetime import datetime, timedelta

from yishi.assistance.models import Deed, DeedBeneficiary, DeedParty, PossibleDuplicate

NEAR_DAYS = 7
ENOUGH = 60  # of 100: from here on a pair is put into the queue
LIKE_AMOUNT = 5  # per cent
MOST_CANDIDATES = 200


def fingerprint(deed: Deed) -> str:
    """What two reports of one deed share whoever wrote them: item and place. Days and amounts are compared apart."""
    return hashlib.sha256(f"{deed.item_id}/{deed.place_id}".encode()).hexdigest()[:32]


def duplicates_find(deed: Deed, now: datetime) -> int:
    """Put `deed` and what looks like it into the queue; gives how many. Within the act that wrote the deed."""
    window = timedelta(days=NEAR_DAYS)
    rows = Deed.within.filter(
        fingerprint=deed.fingerprint,
        on__range=(deed.on - window, deed.on + window),
        state=Deed.State.COUNTED,
        source_id__isnull=True,
    )
    others = list(rows.exclude(pk=deed.pk).order_by("-recorded_at")[:MOST_CANDIDATES])
    if not others:
        return 0
    ours, theirs = _beneficiaries([deed]), _beneficiaries(others)
    doers = _parties([deed, *others])
    found = []
    for other in others:
        likeness = _likeness(deed, other, ours.get(deed.pk, set()), theirs.get(other.pk, set()), doers)
        if likeness >= ENOUGH:
            earlier, later = sorted((deed, other), key=lambda one: (one.recorded_at, one.pk))
            found.append(PossibleDuplicate(earlier=earlier, later=later, likeness=likeness, found_at=now))
    PossibleDuplicate.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)


def _likeness(deed: Deed, other: Deed, ours: set, theirs: set, doers: dict) -> int:
    """0 to 100. Who is named on both sides and shares nobody is two families' help; the same hands that record twice
    on other days mean two deeds as well, unless everything is the same."""
    if ours and theirs and not ours & theirs:
        return 0
    days = abs((deed.on - other.on).days)
    score = 30 - 3 * days
    if ours and theirs:
        score += round(40 * len(ours & theirs) / len(ours | theirs))
    elif not ours and not theirs:
        score += 20
    else:
        score += 10
    larger = max(deed.amount, other.amount)
    if abs(deed.amount - other.amount) * 100 <= LIKE_AMOUNT * larger:
        score += 30
    elif 2 * min(deed.amount, other.amount) >= larger:
        score += 10
    else:
        score -= 30
    same_hands = deed.recorded_by_id is not None and deed.recorded_by_id == other.recorded_by_id
    if same_hands and (days or deed.amount != other.amount or ours != theirs):
        score -= 50
    if doers[deed.pk] & doers[other.pk]:
        score += 10
    return max(0, min(100, score))


def _beneficiaries(deeds: list[Deed]) -> dict:
    found: dict = {}
    rows = DeedBeneficiary.objects.filter(deed__in=deeds).values_list("deed", "household", "person", "village")
    for deed, household, person, village in rows:
        found.setdefault(deed, set()).add(household or person or village)
    return found


def _parties(deeds: list[Deed]) -> dict:
    found: dict = {deed.pk: set() for deed in deeds}
    for deed, body, person in DeedParty.objects.filter(deed__in=deeds).values_list("deed", "body", "person"):
        found[deed].add(body or person)
    return found
