"""What waits for somebody: the one shape in which every slice puts its open acts on a desk."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists

from yishi.people.models import Person


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


@dataclass(frozen=True, slots=True)
class Source:
    """What one slice puts on a desk: the records that wait, and how they are shown."""

    rows: Callable[[Any], Any]  # viewer -> a queryset that asks nothing yet; None: nothing can wait for them
    items: Callable[[Any, Any], list[DeskItem]]

    def __call__(self, viewer: Any) -> list[DeskItem]:
        return collect(viewer, [self])


def collect(viewer: Any, sources: Iterable[Source]) -> list[DeskItem]:
    """What waits for the viewer. Of twenty slices few have something for one desk: one question says which, and
    only those are asked for their records."""
    asked = [(source, rows) for source in sources if (rows := source.rows(viewer)) is not None]
    if len(asked) > 1:
        there = Person.within.filter(pk=viewer.person_id).values_list(*(Exists(rows) for _source, rows in asked)).get()
        asked = [source_and_rows for source_and_rows, waits in zip(asked, there, strict=True) if waits]
    return [item for source, rows in asked for item in source.items(viewer, rows)]
