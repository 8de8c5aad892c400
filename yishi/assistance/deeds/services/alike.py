"""Which deeds look like one and the same (疑似重复): the same item, near in time, alike in whom or how much."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from yishi.assistance.deeds.models import (
    Deed,
    DeedBeneficiary,
    DeedParty,
    PossibleDuplicate,
)
from yishi.kit.records import certain

NEAR_DAYS = 7
ENOUGH = 60  # of 100: from here on a pair is put into the queue
LIKE_AMOUNT = 5  # per cent
MOST_CANDIDATES = 200
LEAST_TOGETHER = 50  # of those, recorded together with it
MOST_PAIRS = 10  # of one deed


def fingerprint(deed: Deed) -> str:
    """What two reports of one deed share whoever wrote them: item and place. Days and amounts are compared apart."""
    return hashlib.sha256(f"{deed.item_id}/{deed.place_id}".encode()).hexdigest()[:32]


class Known(NamedTuple):
    """What of a deed is compared."""

    pk: UUID
    fingerprint: str
    place_id: UUID
    on: date
    amount: int
    recorded_by_id: UUID | None
    recorded_at: datetime


Sides = dict[UUID, set[UUID]]  # by deed: the bodies, people, families or villages of one side of it


@dataclass(frozen=True, slots=True)
class Look:
    """The pairs that were found, not written yet, and the deeds that were looked at."""

    pairs: list[PossibleDuplicate]
    seen: Set[UUID]


NOTHING = Look([], frozenset())


def duplicates_find(deed: Deed, now: datetime) -> int:
    """Put `deed` and what looks like it into the queue; gives how many. Within the act that wrote the deed."""
    return duplicates_find_many([deed], now)


def duplicates_find_many(deeds: Sequence[Deed], now: datetime) -> int:
    """The same for several deeds of one day that were written together; they are compared with each other as well."""
    return pairs_write(look(deeds, now))


def pairs_write(found: Look) -> int:
    """Put what was found into the queue, but what stands there; gives how many pairs."""
    if found.pairs:
        PossibleDuplicate.objects.bulk_create(found.pairs, ignore_conflicts=True)
    return len(found.pairs)


def look(
    deeds: Sequence[Deed],
    now: datetime,
    *,
    sides: tuple[Sequence[DeedParty], Sequence[DeedBeneficiary]] | None = None,
    seen: Set[UUID] = frozenset(),
) -> Look:
    """What looks like one of some deeds of one day; what was `seen` by an earlier look is not asked again.

    `sides`: parties and beneficiaries of `deeds` where these do not stand in their tables yet.
    """
    ours = {deed.pk: Known(*(getattr(deed, name) for name in Known._fields)) for deed in deeds}
    near = {**{known.pk: known for known in _near(ours)}, **ours}
    if not near.keys() - ours.keys() - seen and (seen or len(ours) == 1):
        return Look([], near.keys())
    alike: dict[str, list[Known]] = {}
    for known in sorted(near.values(), key=_when, reverse=True):
        alike.setdefault(known.fingerprint, []).append(known)
    pairs = {
        tuple(sorted((deed, other), key=_when))
        for deed in ours.values()
        for other in _candidates(deed, alike[deed.fingerprint])
        if other.pk not in seen
    }
    reached, doers = _sides({known.pk for pair in pairs for known in pair}, ours.keys(), sides)
    likely = []
    for earlier, later in sorted(pairs, key=lambda pair: (pair[0].pk, pair[1].pk)):
        likeness = _likeness(earlier, later, reached.get(earlier.pk, set()), reached.get(later.pk, set()), doers)
        if likeness >= ENOUGH:
            likely.append((likeness, earlier, later))
    found = [
        PossibleDuplicate(
            earlier_id=earlier.pk, later_id=later.pk, place_id=earlier.place_id, likeness=likeness, found_at=now
        )
        for likeness, earlier, later in _likest(likely, set(ours))
    ]
    return Look(found, near.keys())


def _when(known: Known) -> tuple[datetime, UUID]:
    return known.recorded_at, known.pk


def _near(ours: dict[UUID, Known]) -> Iterator[Known]:
    """What counts of the same items and places, near in time. Of a single deed no more than it is compared with."""
    window, day = timedelta(days=NEAR_DAYS), next(iter(ours.values())).on
    near = Deed.within.filter(
        fingerprint__in={known.fingerprint for known in ours.values()},
        on__range=(day - window, day + window),
        state=Deed.State.COUNTED,
        source_id__isnull=True,
    ).values_list(*Known._fields)
    if len(ours) == 1:
        near = near.order_by("-recorded_at", "-pk")[: 2 * MOST_CANDIDATES]
    return (Known(*row) for row in near)


def _candidates(deed: Known, near: Sequence[Known]) -> list[Known]:
    """What is compared with it, newest first: what was recorded at other moments before what came with it, so that the
    rows of a long workbook do not hide what somebody recorded by hand."""
    apart = [other for other in near if other.recorded_at != deed.recorded_at][:MOST_CANDIDATES]
    together = [other for other in near if other.recorded_at == deed.recorded_at and other != deed]
    return apart + together[: max(LEAST_TOGETHER, MOST_CANDIDATES - len(apart))]


def _likest(pairs: list[tuple[int, Known, Known]], new: set[UUID]) -> list[tuple[int, Known, Known]]:
    """The likest pairs of each new deed, with what came with it and with others apart: two hundred equal rows are one
    question, not twenty thousand."""
    pairs_of: Counter[tuple[UUID, bool]] = Counter()
    kept = []
    for pair in sorted(pairs, key=lambda either: -either[0]):
        _likeness, earlier, later = pair
        theirs = [(key, earlier.recorded_at == later.recorded_at) for key in new & {earlier.pk, later.pk}]
        if any(pairs_of[key] < MOST_PAIRS for key in theirs):
            pairs_of.update(theirs)
            kept.append(pair)
    return kept


def pairs_move(deed: Deed) -> None:
    """The pairs of which `deed` is the earlier one lie where it lies now."""
    PossibleDuplicate.objects.filter(earlier=deed).exclude(place=deed.place_id).update(place=deed.place_id)


def look_again(deeds: Sequence[Deed], now: datetime, seen: Set[UUID]) -> None:
    """Once the act is done, look again for what another desk recorded at the same moment: while both acts ran, neither
    saw the other's deed. SQLite has one writer at a time: there the first look sees everything."""
    if connection.vendor == "postgresql":
        transaction.on_commit(lambda: pairs_write(look(deeds, now, seen=seen)), robust=True)


def _likeness(deed: Known, other: Known, ours: set[UUID], theirs: set[UUID], doers: Sides) -> int:
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


def _sides(
    keys: set[UUID], ours: Set[UUID], given: tuple[Sequence[DeedParty], Sequence[DeedBeneficiary]] | None
) -> tuple[Sides, Sides]:
    """Whom each deed reached, and who did it."""
    reached: Sides = {}
    doers: Sides = {key: set() for key in keys}
    stored = keys - ours if given is not None else keys
    if given is not None:
        for party in given[0]:
            doers[party.deed_id].add(certain(party.body_id or party.person_id))
        for beneficiary in given[1]:
            reached.setdefault(beneficiary.deed_id, set()).add(
                certain(beneficiary.household_id or beneficiary.person_id or beneficiary.village_id)
            )
    beneficiaries = DeedBeneficiary.objects.filter(deed__in=stored).values_list(
        "deed", "household", "person", "village"
    )
    for deed, household, person, village in beneficiaries:
        reached.setdefault(deed, set()).add(household or person or village)
    for deed, body, person in DeedParty.objects.filter(deed__in=stored).values_list("deed", "body", "person"):
        doers[deed].add(body or person)
    return reached, doers
