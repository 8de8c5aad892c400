"""Numbers of families and people, as somebody is told them who may not read the records behind: in tens.

One rule for pages, numbers for programs, workbooks, reports, answer sheets and papers (decision 0031). What the reader
may read is exact. What lies in deeds to which they are a party, and all the rest, are told each by the ten in which the
number lies: 10 to 19 is "≈15", 0 to 9 is "fewer than 10". The ten depends on the number alone, so asking again tells
nothing new; it is wider than five, so that no difference of two figures proves that a group has fewer than five; and
the reader's own part is rounded apart, so that taking it away leaves a whole ten of the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place

from .blocks import VILLAGE
from .book import Still
from .columns import Figure, Mine
from .figures import Heads, Three, ask, by_fact, by_heads, by_item, by_place, value_of
from .indicators import DEEDS, INDICATOR, Indicator, Series
from .models import FigureKey
from .question import Question

TEN = 10  # more than five: within a ten nobody knows whether there are fewer than five


@dataclass(frozen=True, slots=True)
class Told:
    """A number as it is told: `low` itself, or one of the `spread` numbers from `low` on."""

    low: int
    spread: int = 0

    @property
    def is_exact(self) -> bool:
        return self.spread == 0

    @property
    def is_small(self) -> bool:
        """Not even a ten of it is known."""
        return self.low == 0 and self.spread > 0

    @property
    def about(self) -> int:
        return self.low + self.spread // 2

    @property
    def high(self) -> int:
        return self.low + max(self.spread - 1, 0)

    def __add__(self, other: "Told") -> "Told":
        return Told(self.low + other.low, self.spread + other.spread)


def exactly(number: int) -> Told:
    """The number itself."""
    return Told(number)


def roughly(number: int) -> Told:
    """The ten in which it lies."""
    return Told(number // TEN * TEN, TEN)


def told(whole: int, seen: int = 0, own: int = 0, *, has_own: bool = True, has_rest: bool = True) -> Told:
    """`seen` of the whole may be read, `own` more are known to the reader as a party, the rest is others'. Where
    nothing at all was done (`has_…`), which everybody may know, there is nothing to hide."""
    said = exactly(seen)
    for number, is_there in ((own, has_own), (whole - seen - own, has_rest)):
        if number or is_there:
            said += roughly(max(number, 0))
    return said


class Reader:
    """Somebody who reads figures of one still state: what they may read of it, and to what they are a party."""

    def __init__(self, viewer: Viewer, now: Still):
        self.viewer, self.now = viewer, now

    @property
    def _sees_everything(self) -> bool:
        return self.viewer.is_system or self.viewer.reach.everything

    @cached_property
    def _spans(self) -> tuple[tuple[int, int], ...]:
        """Places whose every family they may see: those that their desks oversee, and their villages."""
        reach = self.viewer.reach
        return tuple(sorted({*reach.spans, *reach.villages}))

    @cached_property
    def _parties(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The keys of their bodies, and of themself."""
        reach, keys = self.viewer.reach, self.now.keys
        bodies = tuple(sorted(keys[ref] for body in reach.bodies if (ref := ("body", str(body))) in keys))
        person = FigureKey.objects.filter(kind="person", ref=str(self.viewer.person_id)) if self.viewer.person else ()
        return bodies, tuple(key.pk for key in person)

    def covers(self, place: Place) -> bool:
        """May they see every family of the place, so that its numbers tell them nothing new?"""
        return self._sees_everything or any(lo <= place.lo and place.hi <= hi for lo, hi in self._spans)

    def reads(self, question: Question) -> bool:
        """May they see every family in what answers the question? A place as it was then may have held what lies
        elsewhere now.
        """
        if self._sees_everything:
            return True
        return self.covers(question.place) and not (question.places_then and self.now.tree.held)

    def tell(self, question: Question, values: Mapping[str, int]) -> dict[str, Told]:
        """`values` (code of an indicator → number) that answer the question, as they are told to this reader."""
        if self.reads(question):
            return {code: exactly(value) for code, value in values.items()}
        parts: dict[str, tuple[Figure, Figure]] = {}
        told_by_code = {}
        for code, value in values.items():
            indicator = INDICATOR[code]
            if indicator.is_personal and indicator.series.code not in parts:
                parts[indicator.series.code] = self._parts(question, indicator.series)
            deeds = values.get(DEEDS.code) if indicator.series is DEEDS else None
            told_by_code[code] = (
                _told(indicator, value, deeds, *parts[indicator.series.code])
                if indicator.is_personal
                else exactly(value)
            )
        return told_by_code

    def tell_one(self, question: Question, indicator: Indicator, value: int) -> Told:
        """The same of one figure."""
        if not indicator.is_personal or self.reads(question):
            return exactly(value)
        return _told(indicator, value, None, *self._parts(question, indicator.series))

    def tell_facts(self, question: Question, counts: Mapping[str, tuple[int, int]]) -> dict[str, tuple[Told, Told]]:
        """Households and people of each fact of the register."""
        if self.reads(question):
            return {fact: (exactly(households), exactly(people)) for fact, (households, people) in counts.items()}
        mine = Mine(self._mine(question)[0].spans)  # being a party of deeds says nothing of the register
        seen = by_fact(question, self.now, mine=mine) if mine else {}
        return {
            fact: (told(households, seen.get(fact, (0, 0))[0]), told(people, seen.get(fact, (0, 0))[1]))
            for fact, (households, people) in counts.items()
        }

    def tell_items(self, question: Question, counts: Mapping[UUID, Three]) -> dict[UUID, Told]:
        """Households of each item, from [deeds, amount, households]."""
        if self.reads(question):
            return {item: exactly(row[2]) for item, row in counts.items()}
        seen, known = (by_item(question, now=self.now, mine=mine) if mine else {} for mine in self._mine(question))
        return {item: _told_row(row, seen.get(item), known.get(item)) for item, row in counts.items()}

    def tell_heads(self, question: Question, counts: Mapping[UUID, Heads]) -> dict[UUID, tuple[Told, Told]]:
        """Of items that count heads: those with names, and those without."""
        if self.reads(question):
            return {item: (exactly(heads.named), exactly(heads.nameless)) for item, heads in counts.items()}
        seen, known = (by_heads(question, counts, self.now, mine=mine) if mine else {} for mine in self._mine(question))
        return {
            item: _told_heads(heads, seen.get(item) or Heads(heads.kind), known.get(item))
            for item, heads in counts.items()
        }

    def tell_places(self, question: Question, counts: Sequence[tuple[Place, Three]]) -> list[Told]:
        """Households of each of several places that do not overlap, in their order."""
        places = [place for place, _row in counts]
        if self.reads(question):
            return [exactly(row[2]) for _place, row in counts]
        seen, known = (
            {place.pk: row for place, row in by_place(question, places, now=self.now, mine=mine)} if mine else {}
            for mine in self._mine(question)
        )
        return [_told_row(row, seen.get(place.pk), known.get(place.pk)) for place, row in counts]

    def _mine(self, question: Question) -> tuple[Mine, Mine]:
        """What they may read there; the same with what they know as a party, empty where that adds nothing."""
        place, spans = question.place, self._spans
        if not question.places_then and not any(lo <= place.hi and place.lo <= hi for lo, hi in spans):
            spans = ()
        bodies, people = self._parties
        return Mine(spans), Mine(spans, bodies, people) if bodies or people else Mine()

    def _parts(self, question: Question, series: Series) -> tuple[Figure, Figure]:
        seen, known = (ask(question, series, self.now, mine=mine) if mine else None for mine in self._mine(question))
        seen = seen or Figure()
        return seen, known or seen


def _told(indicator: Indicator, value: int, deeds: int | None, seen: Figure, known: Figure) -> Told:
    first = value_of(indicator, seen)
    return told(
        value,
        first,
        value_of(indicator, known) - first,
        has_own=known.deeds != seen.deeds,
        has_rest=deeds is None or deeds != known.deeds,
    )


def _told_row(row: Three, seen: Three | None, known: Three | None) -> Told:
    seen = seen or [0, 0, 0]
    known = known or seen
    return told(row[2], seen[2], known[2] - seen[2], has_own=known[0] != seen[0], has_rest=row[0] != known[0])


def _told_heads(heads: Heads, seen: Heads, known: Heads | None) -> tuple[Told, Told]:
    if heads.kind == VILLAGE:  # no family and nobody
        return exactly(heads.named), exactly(heads.nameless)
    known = known or seen
    has = {"has_own": known.deeds != seen.deeds, "has_rest": heads.deeds != known.deeds}
    named, nameless = (
        told(whole, first, also - first, **has)
        for whole, first, also in (
            (heads.named, seen.named, known.named),
            (heads.nameless, seen.nameless, known.nameless),
        )
    )
    return named, nameless


def is_rounded(numbers: Iterable[Any]) -> bool:
    """Is one of them told in tens, so that the page must say what that means?"""
    return any(isinstance(number, Told) and not number.is_exact for number in numbers)
