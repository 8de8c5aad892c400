"""What the register says of a place on a day: families and people listed, out of poverty and fallen back, by what they
suffer from and lack, place by place and year by year; and which places were listed, by which decision."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from yishi.assistance.campaign.models import StatedNumber
from yishi.assistance.register.facts import CAUSE, LACKING, STANDINGS
from yishi.assistance.register.timeline import ALL, IN_POVERTY, WATCHED
from yishi.organisations.models import Place, PlaceSet, PlaceSetItem

from .book import Still
from .figures import by_fact, by_place
from .indicators import of_register
from .question import Question
from .small_numbers import Reader, Told, exactly

Both = tuple[Told, Told]  # households, people
FIRST_YEAR = 2013  # nobody was listed before
HEADLINE = (*STANDINGS, WATCHED, ALL)
What = StatedNumber.What
COUNTED: dict[str, int] = {What.POOR_HOUSEHOLDS: 0, What.POOR_PEOPLE: 1}  # which of both numbers
NOTHING: Both = (exactly(0), exactly(0))


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place below: its numbers by fact of STANDINGS, households and people."""

    place: Place
    facts: dict[str, Both]


@dataclass(frozen=True, slots=True)
class SetLine:
    """Of a set of places what lay in a place on a day: how many belong to it, how many left it by then."""

    place_set: PlaceSet
    items: tuple[PlaceSetItem, ...]
    left: tuple[PlaceSetItem, ...]


def facts_on(question: Question, reader: Reader) -> dict[str, Both]:
    """Every fact that is true of anybody there on the last day of the question, as the reader is told it."""
    counts = {fact: both for fact, both in by_fact(question, reader.now).items() if both != (0, 0)}
    return reader.tell_facts(question, counts)


def in_group(facts: dict[str, Both], prefix: str) -> list[tuple[str, Both]]:
    """The facts of a group ("cause."), the one with the most households first."""
    group = [(fact, both) for fact, both in facts.items() if fact.startswith(prefix)]
    return sorted(group, key=lambda row: (-row[1][0].about, row[0]))


def causes(facts: dict[str, Both]) -> list[tuple[str, Both]]:
    """The main causes of those who are poor."""
    return in_group(facts, f"{CAUSE}.")


def lacks(facts: dict[str, Both]) -> list[tuple[str, Both]]:
    """What is lacking, in the order of the forms."""
    return [(fact, facts[fact]) for fact in LACKING if fact in facts]


def places_below(question: Question, below: Sequence[Place], reader: Reader) -> list[PlaceLine]:
    """The places below with what the register says of each; those without any family are left out."""
    counts: dict[Place, dict[str, tuple[int, int]]] = {}
    for fact in STANDINGS:
        for place, row in by_place(question, below, of_register(fact), reader.now, heads=False):
            if row[0]:
                counts.setdefault(place, {})[fact] = (row[0], row[1])
    return [
        PlaceLine(place, reader.tell_facts(replace(question, place=place), counts[place]))
        for place in sorted(counts, key=lambda place: place.lo)
    ]


def years(question: Question, reader: Reader) -> list[tuple[date, dict[str, Both]]]:
    """How it stood at the end of each year up to the question's day, and on that day; from the first year on of which
    the register knows."""
    days = [date(year, 12, 31) for year in range(FIRST_YEAR, question.end.year)]
    course = [(day, facts_on(replace(question, start=day, end=day), reader)) for day in [*days, question.end]]
    first = next((number for number, (_day, facts) in enumerate(course) if facts), len(course))
    return course[first:]


def rural_people(stated: Iterable[StatedNumber], place: Place, day: date) -> int | None:
    """How many people the villages of a place have by what was stated of it up to a day; `stated`: the newest first."""
    for number in stated:
        if number.what == What.RURAL_PEOPLE and number.place_id == place.pk and number.on <= day:
            return number.value
    return None


def incidence(facts: dict[str, Both], rural: int | None) -> Decimal | None:
    """The poor and those who fell back in a hundred rural people (贫困发生率), to two places; None where one of the two
    is not known, or is told in tens."""
    told = [facts.get(fact, NOTHING)[1] for fact in IN_POVERTY]
    if not rural or not all(number.is_exact for number in told):
        return None
    return (Decimal(100 * sum(number.low for number in told)) / rural).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class StatedLine:
    """A number that was stated of a place, and what is counted of the same on the day that is asked."""

    number: StatedNumber
    counted: Told | None  # None: nothing here counts it

    @property
    def change(self) -> int | None:
        """How many more are counted than were stated."""
        if self.counted is None or not self.counted.is_exact:
            return None
        return self.counted.low - self.number.value


def stated_lines(
    stated: Iterable[StatedNumber], place: Place, facts: dict[str, Both], sets: Sequence[SetLine]
) -> list[StatedLine]:
    """What was stated of a place, each beside its count."""
    of_sets = {line.place_set.pk: exactly(len(line.items)) for line in sets}
    lines = []
    for number in stated:
        if number.place_id != place.pk:
            continue
        counted = of_sets.get(number.place_set_id) if number.place_set_id else None
        if number.what in COUNTED:
            index = COUNTED[number.what]
            parts = [facts.get(fact, NOTHING)[index] for fact in sorted(IN_POVERTY)]
            counted = parts[0] + parts[1]
        lines.append(StatedLine(number, counted))
    return lines


def sets_of(place: Place, day: date, now: Still) -> list[SetLine]:
    """The sets of places that have, or had by that day, members within a place."""
    lines = []
    for items in now.members.values():
        there = [item for item in items if place.lo <= now.tree.span(item.place_id)[0] <= place.hi]
        begun = [item for item in there if item.valid_from <= day]
        left = tuple(item for item in begun if item.valid_to is not None and item.valid_to < day)
        standing = tuple(item for item in begun if item not in left)
        if begun:
            lines.append(SetLine(items[0].place_set, standing, left))
    return lines
