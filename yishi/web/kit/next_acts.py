"""Who acts next on a file, and by when: one table for each kind of file, beside its pages; the desk reads it.

A `Course` says for every stage of its stage table either whose act comes next or why nobody's does. A test walks all
stages of all courses and compares them with what stands on the desks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone

from yishi.web.kit.desk_items import MOST, DeskItem, Source


def inside(viewer: Any, path: str, leads: Callable[[Any], bool]) -> Q:
    """The place at `path` lies within that of one of the viewer's working posts of which `leads` is true."""
    condition = Q(pk__in=[])
    for post in viewer.working_posts:
        if leads(post):
            condition |= Q(**{f"{path}lo__gte": post.body.place.lo, f"{path}lo__lte": post.body.place.hi})
    return condition


@dataclass(frozen=True, slots=True)
class NextAct:
    """In `stages`, the desk in the column `desk` (or whom `whose` finds) does `act` on the page `page` by `due`."""

    stages: tuple[str, ...]
    desk: str  # the column with the body that acts; where `whose` is given, a word for who it is
    act: Any  # a verb phrase, or a function of the file that gives it
    page: str
    due: str | Callable[[Any], date | None] = ""
    when: Callable[[date], Q] | None = None  # in these stages, but only then
    whose: Callable[[Any], Q] | None = None  # viewer -> the files on which they act
    of: str = "pk"  # what the page's address names

    def waits(self, viewer: Any, column: str, today: date) -> Q:
        acting = self.whose(viewer) if self.whose else Q(**{f"{self.desk}__in": viewer.desks})
        return Q(**{f"{column}__in": self.stages}) & acting & (self.when(today) if self.when else Q())

    def due_on(self, record: Any) -> date | None:
        if callable(self.due):
            return self.due(record)
        return value_of(record, self.due) if self.due else None

    def says(self, record: Any) -> str:
        return str(self.act(record) if callable(self.act) else self.act)


def value_of(record: Any, path: str) -> Any:
    for name in path.split("__"):
        record = getattr(record, name)
    return record


@dataclass(frozen=True, slots=True)
class Course:
    """The stages of one kind of file and whose act comes next in each."""

    kind: str
    column: str  # where the stage is kept
    stages: tuple[str, ...]
    acts: tuple[NextAct, ...]  # the first that fits is shown
    rests: Mapping[str, str]  # stages in which nobody acts next: why
    records: Callable[[], QuerySet[Any]]  # those that the viewer reaches, with what an item shows
    title: Callable[[Any], str]
    detail: Callable[[Any], str] = lambda record: ""
    order: str = "pk"
    clocks: Callable[[Any], Any] = lambda record: ()  # its clocks in words, where it has several (see `standing`)
    allowed: Callable[[Any, Any], Any] = field(default=lambda viewer, record: True)

    def rows(self, viewer: Any) -> QuerySet[Any]:
        today = timezone.localdate()
        conditions = [act.waits(viewer, self.column, today) for act in self.acts]
        waiting = Q(pk__in=[])
        for condition in conditions:
            waiting |= condition
        cases = [When(condition, then=Value(number)) for number, condition in enumerate(conditions)]
        records: QuerySet[Any] = self.records().filter(waiting).annotate(next_act=Case(*cases))
        return records.order_by(self.order, "pk")

    def items(self, viewer: Any, records: Any) -> list[DeskItem]:
        mine, items = viewer.desks, []
        for record in records:
            if not self.allowed(viewer, record):
                continue
            act = self.acts[record.next_act]
            desk = None if act.whose else value_of(record, f"{act.desk}_id")
            items.append(
                DeskItem(
                    kind=self.kind,
                    title=self.title(record),
                    act=act.says(record),
                    url=reverse(act.page, args=[value_of(record, act.of)]),
                    due_on=act.due_on(record),
                    body_id=desk or (mine[0] if len(mine) == 1 else None),
                    detail=self.detail(record),
                    clocks=tuple(self.clocks(record)),
                )
            )
        return items

    @property
    def waiting(self) -> Source:
        return Source(lambda viewer: self.rows(viewer)[:MOST], self.items)
