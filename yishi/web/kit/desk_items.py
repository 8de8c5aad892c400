"""What waits for somebody: the one shape in which every slice puts its open acts on a desk."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from yishi.database.gather import gather

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


@dataclass(frozen=True, slots=True)
class Source:
    """What one slice puts on a desk: the records that wait, and how they are shown."""

    rows: Callable[[Any], Any]  # viewer -> a queryset of at most MOST rows; None: nothing can wait for them
    items: Callable[[Any, Any], list[DeskItem]]

    def __call__(self, viewer: Any) -> list[DeskItem]:
        return collect(viewer, [self])


def together(rows: Mapping[str, Any]) -> dict[str, Any]:
    """The rows of many kinds of file, by one question."""
    return gather(**rows)


def collect(viewer: Any, sources: Iterable[Source]) -> list[DeskItem]:
    """What waits for the viewer: all slices of the product are asked by one question."""
    asked = [(source, rows) for source in sources if (rows := source.rows(viewer)) is not None]
    waiting = gather(**{f"source_{number}": rows for number, (_source, rows) in enumerate(asked)})
    return [
        item
        for number, (source, _rows) in enumerate(asked)
        if (records := waiting[f"source_{number}"])
        for item in source.items(viewer, records)
    ]
