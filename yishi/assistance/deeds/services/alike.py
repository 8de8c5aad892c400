"""Which deeds look like one and the same (疑似重复): the same item, near in time, alike in whom or how much."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import connection, transaction

from yishi.assistance.deeds.models import (
    Deed,
    DeedBeneficiary,
    DeedParty,
    PossibleDuplicate,
)

NEAR_DAYS = 7
ENOUGH = 60  # of 100: from here on a pair is put into the queue
LIKE_AMOUNT = 5  # per cent
MOST_CANDIDATES = 200
LEAST_TOGETHER = 50  # of those, recorded together with it
MOST_PAIRS = 10  # of one deed


def fingerprint(deed: Deed) -> str:
    """What two reports of one deed share whoever wrote them: item and place. Days and amounts are compared apart."""
    return hashlib.sha256(f"{deed.item_id}/{deed.place_id}".encode()).hexdigest()[:32]


def duplicates_find(deed: Deed, now: datetime) -> int:
    """Put `deed` and what looks like it into the queue; gives how many. Within the act that wrote the deed."""
    return duplicates_find_many([deed], now)


def duplicates_find_many(deeds: Sequence[Deed], now: datetime) -> int:
    """The same for several deeds of one day that were written together; they are compared with each other as well."""
    window, day = timedelta(days=NEAR_DAYS), deeds[0].on
    candidates = Deed.within.filter(
        fingerprint__in={deed.fingerprint for deed in deeds},
        on__range=(day - window, day + window),
        state=Deed.State.COUNTED,
        source_id__isnull=True,
    )
    nearby: dict[str, list[Deed]] = {}
    for candidate in candidates.order_by("-recorded_at", "-pk"):
        nearby.setdefault(candidate.fingerprint, []).append(candidate)
    pairs = {
        tuple(sorted((deed, other), key=lambda either: (either.recorded_at, either.pk)))
        for deed in deeds
        for other in _candidates(deed, nearby.get(deed.fingerprint, ()))
    }
    if not pairs:
        return 0
    looked_at = list({deed.pk: deed for pair in pairs for deed in pair}.values())
    reached, doers = _beneficiaries(looked_at), _parties(looked_at)
    new_pairs = []
    for earlier, later in sorted(pairs, key=lambda pair: (pair[0].pk, pair[1].pk)):
        likeness = _likeness(earlier, later, reached.get(earlier.pk, set()), reached.get(later.pk, set()), doers)
        if likeness >= ENOUGH:
            new_pairs.append(PossibleDuplicate(earlier=earlier, later=later, likeness=likeness, found_at=now))
    new_pairs = _likest(new_pairs, {deed.pk for deed in deeds})
    PossibleDuplicate.objects.bulk_create(new_pairs, ignore_conflicts=True)
    return len(new_pairs)


def _candidates(deed: Deed, near: Sequence[Deed]) -> list[Deed]:
    """What is compared with it, newest first: what was recorded at other moments before what came with it, so that the
    rows of a long workbook do not hide what somebody recorded by hand."""
    apart = [other for other in near if other.recorded_at != deed.recorded_at][:MOST_CANDIDATES]
    together = [other for other in near if other.recorded_at == deed.recorded_at and other != deed]
    return apart + together[: max(LEAST_TOGETHER, MOST_CANDIDATES - len(apart))]


def _likest(pairs: list[PossibleDuplicate], new: set[UUID]) -> list[PossibleDuplicate]:
    """The likest pairs of each new deed, with what came with it and with others apart: two hundred equal rows are one
    question, not twenty thousand."""
    pairs_of: Counter[tuple[UUID, bool]] = Counter()
    kept = []
    for pair in sorted(pairs, key=lambda either: -either.likeness):
        is_together = pair.earlier.recorded_at == pair.later.recorded_at
        theirs = [(key, is_together) for key in new & {pair.earlier_id, pair.later_id}]
        if any(pairs_of[key] < MOST_PAIRS for key in theirs):
            pairs_of.update(theirs)
            kept.append(pair)
    return kept


def look_again(deeds: Sequence[Deed], now: datetime) -> None:
    """Once the act is done, look again for what another desk recorded at the same moment: while both acts ran, neither
    saw the other's deed. SQLite has one writer at a time: there the first look sees everything."""
    if connection.vendor == "postgresql":
        transaction.on_commit(partial(duplicates_find_many, deeds, now), robust=True)


Sides = dict[UUID, set[UUID]]  # by deed: the bodies, people, families or villages of one side of it


def _likeness(deed: Deed, other: Deed, ours: set[UUID], theirs: set[UUID], doers: Sides) -> int:
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


def _beneficiaries(deeds: list[Deed]) -> Sides:
    reached_by_deed: Sides = {}
    beneficiaries = DeedBeneficiary.objects.filter(deed__in=deeds).values_list("deed", "household", "person", "village")
    for deed, household, person, village in beneficiaries:
        reached_by_deed.setdefault(deed, set()).add(household or person or village)
    return reached_by_deed


def _parties(deeds: list[Deed]) -> Sides:
    parties_by_deed: Sides = {deed.pk: set() for deed in deeds}
    for deed, body, person in DeedParty.objects.filter(deed__in=deeds).values_list("deed", "body", "person"):
        parties_by_deed[deed].add(body or person)
    return parties_by_deed
