"""Which places a rule lists, with the numbers that list them: pure arithmetic over counts, so that it can be repeated.

The poor people of a place are those of whom the register says so on the day (`people_by_place`); where it holds no
household of the place at all, what a paper stated of it last. The rural people, of which the incidence is a part, are
what a paper states (`stated.py`), by that day and as it was known at that moment. A place of which the rule's numbers
are not known is not listed by it: it is named apart, so that it is not mistaken for one that is well off.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from yishi.assistance.campaign.models import StatedNumber
from yishi.assistance.register.models import Household
from yishi.assistance.register.reads_then import people_by_place
from yishi.assistance.register.timeline import ALL, POOR, RETURNED
from yishi.organisations.models import Place

from .models import ListedPlace, ListingRule, Round

What = StatedNumber.What
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Values:
    """What is known of a place on a day; None for what nobody knows."""

    poor_people: int | None = None
    rural_people: int | None = None
    is_stated: bool = False  # the poor people are those of a paper, not of the register

    @property
    def incidence(self) -> Decimal | None:
        """Per cent of the rural people, to two places."""
        if self.poor_people is None or not self.rural_people:
            return None
        return (Decimal(100 * self.poor_people) / self.rural_people).quantize(HUNDREDTH, ROUND_HALF_UP)

    def kept(self) -> dict[str, Any]:
        """As a listed place keeps them."""
        return {**asdict(self), "incidence": None if self.incidence is None else str(self.incidence)}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Values":
        return cls(kept.get("poor_people"), kept.get("rural_people"), bool(kept.get("is_stated")))


@dataclass(frozen=True, slots=True)
class Listing:
    """What a rule says of the places of an area."""

    listed: dict[Place, Values]
    unknown: list[Place]  # the rule asks for numbers that nobody stated

    def keys(self) -> set[UUID]:
        return {place.pk for place in self.listed}


def fits(rule: ListingRule, values: Values) -> bool | None:
    """Is a place with these numbers listed? None where they do not say.

    The incidence is compared as a fraction: 9.996 % is not 10 %, whatever it is rounded to."""
    answers: list[bool | None] = []
    if rule.poor_people is not None:
        answers.append(None if values.poor_people is None else values.poor_people > rule.poor_people)
    if rule.incidence is not None:
        is_known = values.poor_people is not None and values.rural_people
        part, whole = 100 * (values.poor_people or 0), values.rural_people or 0
        answers.append(part >= rule.incidence * whole if is_known else None)
    decides = not rule.needs_both  # one such answer settles it
    if decides in answers:
        return decides
    return None if None in answers else not decides


def listing_of(rule: ListingRule, area: Place, day: date, known_at: datetime) -> Listing:
    """The places of `area` that the rule lists on `day`, in the order of places. Six queries, whatever the number."""
    places = list(Place.objects.filter(level=rule.level, lo__range=(area.lo, area.hi), closed_on=None).order_by("lo"))
    values = values_of(places, area, day, known_at)
    listed: dict[Place, Values] = {}
    unknown = []
    for place in places:
        answer = fits(rule, values[place.pk])
        if answer:
            listed[place] = values[place.pk]
        elif answer is None:
            unknown.append(place)
    return Listing(listed, unknown)


def values_of(places: Iterable[Place], area: Place, day: date, known_at: datetime) -> dict[UUID, Values]:
    """What is known of each of `places`, all within `area`."""
    places = list(places)
    households = Household.within.all()
    registered, poor = Sums(), Sums()
    registered.add(people_by_place(households, day, ALL, area))
    for fact in (POOR, RETURNED):
        poor.add(people_by_place(households, day, fact, area))
    stated = _stated(places, area, day, known_at)
    values = {}
    for place in places:
        rural = stated.get((place.pk, What.RURAL_PEOPLE))
        if registered.of(place):
            values[place.pk] = Values(poor.of(place), rural)
        else:
            said = stated.get((place.pk, What.POOR_PEOPLE))
            values[place.pk] = Values(said, rural, is_stated=said is not None)
    return values


class Sums:
    """People by the number `lo` of their village, summed over the villages of a place."""

    def __init__(self) -> None:
        self.people: dict[int, int] = {}
        self.order: list[int] = []
        self.sums: list[int] = []

    def add(self, people: Mapping[int, int]) -> None:
        for village, count in people.items():
            self.people[village] = self.people.get(village, 0) + count
        self.order = sorted(self.people)
        self.sums = [0]
        for village in self.order:
            self.sums.append(self.sums[-1] + self.people[village])

    def of(self, place: Place) -> int:
        if not self.order:
            return 0
        return self.sums[bisect_right(self.order, place.hi)] - self.sums[bisect_left(self.order, place.lo)]


def _stated(places: list[Place], area: Place, day: date, known_at: datetime) -> dict[tuple[UUID, str], int]:
    """The last number of each kind by `day`, as it stood at `known_at`."""
    stood = Q(stated_at__lte=known_at) & (Q(ended_at=None) | Q(ended_at__gt=known_at))
    kinds = (What.RURAL_PEOPLE, What.POOR_PEOPLE)
    numbers = StatedNumber.objects.filter(stood, what__in=kinds, on__lte=day, place__lo__range=(area.lo, area.hi))
    wanted = {place.pk for place in places}
    return {
        (place, what): value
        for place, what, value in numbers.order_by("on", "stated_at").values_list("place", "what", "value")
        if place in wanted
    }


@dataclass(frozen=True, slots=True)
class Again:
    """A round's list computed anew: what the rule lists now and did not then, lists no longer, lists with other
    numbers. All empty: the list is the same."""

    more: dict[Place, Values]
    gone: list[ListedPlace]
    changed: list[tuple[ListedPlace, Values]]
    unknown: list[Place]

    @property
    def is_same(self) -> bool:
        return not (self.more or self.gone or self.changed)


def listed_again(round: Round) -> Again:
    """Compute the list of a round once more: by its rule's version, its day and what was known at its moment. What was
    corrected in the register since then shows itself; what was added or taken off by hand is not compared."""
    assert round.rule is not None
    found = listing_of(round.rule, round.place, round.as_of, round.known_at)
    still = found.keys()
    kept = {listed.place_id: listed for listed in round.listed.filter(by_hand=False).select_related("place")}
    by_hand = set(round.listed.filter(by_hand=True).values_list("place", flat=True))
    values = values_of([listed.place for listed in kept.values()], round.place, round.as_of, round.known_at)
    return Again(
        more={place: said for place, said in found.listed.items() if place.pk not in kept and place.pk not in by_hand},
        gone=[listed for key, listed in kept.items() if key not in still],
        changed=[
            (listed, values[key])
            for key, listed in kept.items()
            if key in still and Values.of(listed.values) != values[key]
        ],
        unknown=found.unknown,
    )
