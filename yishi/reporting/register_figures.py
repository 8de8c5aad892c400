"""What the register says of a place on a day: families and people listed, out of poverty and fallen back, by what they
suffer from and lack, place by place and year by year; and which places were listed, by which decision."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from yishi.assistance.register.facts import CAUSE, LACKING, STANDINGS
from yishi.assistance.register.timeline import ALL, WATCHED
from yishi.organisations.models import Place, PlaceSet, PlaceSetItem

from .book import Still
from .figures import by_fact, by_place
from .indicators import of_register
from .question import Question
from .small_numbers import Reader, Told, exactly

Both = tuple[Told, Told]  # households, people
FIRST_YEAR = 2013  # nobody was listed before
HEADLINE = (*STANDINGS, WATCHED, ALL)
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
    lines: dict[Place, dict[str, Both]] = {}
    for fact in STANDINGS:
        for place, row in by_place(question, below, of_register(fact), reader.now, heads=False):
            if row[0]:
                told = reader.tell_facts(replace(question, place=place), {fact: (row[0], row[1])})
                lines.setdefault(place, {})[fact] = told[fact]
    return [PlaceLine(place, lines[place]) for place in sorted(lines, key=lambda place: place.lo)]


def years(question: Question, reader: Reader) -> list[tuple[date, dict[str, Both]]]:
    """How it stood at the end of each year up to the question's day, and on that day; from the first year on of which
    the register knows."""
    days = [date(year, 12, 31) for year in range(FIRST_YEAR, question.end.year)]
    course = [(day, facts_on(replace(question, start=day, end=day), reader)) for day in [*days, question.end]]
    first = next((number for number, (_day, facts) in enumerate(course) if facts), len(course))
    return course[first:]


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
