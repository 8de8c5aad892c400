"""What waits for somebody: the one shape in which every slice puts its open acts on a desk."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from yishi.database.kept import kept_question
from yishi.organisations.grants import Viewer

MOST = 100  # of one kind on a desk


@dataclass(frozen=True, slots=True)
class DeskItem:
    """One thing that waits at a desk (or for a member): what, until when, and the page of its next act."""

    kind: str  # "worry", "gate", "commitment", "sitting", "study", "release", …
    title: str
    act: str  # the next act, a verb phrase: "Screen", "Answer the gate" (translated)
    url: str
    due_on: date | None = None
    body_id: UUID | None = None  # the desk
    detail: str = ""
    clocks: tuple[tuple[str, str], ...] = ()  # of a promise: what `standing` says of it


class Mark(NamedTuple):
    """By what an item is sorted and counted; the item itself is made where it is shown."""

    kind: str
    due_on: date | None
    item: Callable[[], DeskItem]

    @classmethod
    def of(cls, item: DeskItem) -> "Mark":
        return cls(item.kind, item.due_on, lambda: item)


@dataclass(frozen=True, slots=True)
class Source:
    """What one slice puts on a desk: the records that wait, and how they are shown."""

    rows: Callable[[Any], Any]  # viewer -> a queryset of at most MOST rows; None: nothing can wait for them
    items: Callable[[Any, Any], list[DeskItem]] | None = None
    marks: Callable[[Any, Any], list[Mark]] | None = None  # instead of `items`, where they may be many
    most: int = MOST  # so many rows at the most: there may be more
    is_by_due: bool = False  # the first that are due come first

    def __call__(self, viewer: Viewer) -> list[DeskItem]:
        return collect(viewer, [self])

    def items_of(self, viewer: Viewer, records: Any) -> list[DeskItem]:
        """The items of its rows, asked for by a page of its own."""
        return [mark.item() for mark in self.found(viewer, records)]

    def found(self, viewer: Viewer, records: Any) -> list[Mark]:
        if self.marks:
            return self.marks(viewer, records)
        return [Mark.of(item) for item in self.items(viewer, records)] if self.items else []


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody. Of a kind of which more wait than were asked for (`cut`) the first are here."""

    marks: list[Mark]
    cut: Mapping[str, date]  # by kind: all that is due before this day is here

    def count(self, first: date, last: date) -> str:
        """How many are due on the days from `first` to `last`: exact, or "7+" where there may be more; "" where
        nothing is known of these days."""
        known = sum(1 for mark in self.marks if mark.due_on and first <= mark.due_on <= last)
        if all(last < day for day in self.cut.values()):
            return str(known)
        return f"{min(known, MOST - 1)}+" if known else ""

    def kinds(self) -> list[tuple[str, str]]:
        """Each kind with its number, exact or "99+", the most frequent first."""
        counts = Counter(mark.kind for mark in self.marks).most_common()
        return [(kind, f"{min(count, MOST - 1)}+" if kind in self.cut else str(count)) for kind, count in counts]


def collect(viewer: Viewer, sources: Sequence[Source]) -> list[DeskItem]:
    return [mark.item() for mark in waiting_for(viewer, sources).marks]


def items_in(answer: Mapping[str, Any], viewer: Viewer, sources: Sequence[Source]) -> list[DeskItem]:
    """The items, from the answer to `rows_of`."""
    return [mark.item() for mark in waiting_in(answer, viewer, sources).marks]


def waiting_for(viewer: Viewer, sources: Sequence[Source]) -> Waiting:
    """What waits for the viewer: all slices of the product are asked by one question, kept for equal grants."""
    asked = kept_question(tuple(sources), viewer.key, lambda: rows_of(viewer, sources))
    return waiting_in(asked.glance(), viewer, sources)


def rows_of(viewer: Viewer, sources: Sequence[Source]) -> dict[str, Any]:
    """What the sources ask, by name: for a page that asks more by the same question."""
    found = {f"source_{number}": source.rows(viewer) for number, source in enumerate(sources)}
    return {name: rows for name, rows in found.items() if rows is not None}


def waiting_in(answer: Mapping[str, Any], viewer: Viewer, sources: Sequence[Source]) -> Waiting:
    """What waits, from the answer to `rows_of`."""
    marks: list[Mark] = []
    cut: dict[str, date] = {}
    for number, source in enumerate(sources):
        if not (records := answer.get(f"source_{number}")):
            continue
        found = source.found(viewer, records)
        marks += found
        if len(records) >= source.most and found:
            days = [mark.due_on for mark in found if mark.due_on] if source.is_by_due else []
            kind = found[0].kind
            cut[kind] = min(cut.get(kind, date.max), max(days, default=date.min))
    return Waiting(marks, cut)
