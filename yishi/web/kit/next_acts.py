"""Who acts next on a file, and by when: one table for each kind of file, beside its pages.

A `Course` says for every stage of its stage table either whose act comes next or why nobody's does. The desk, a
member's duties, the calendar, the daily list by mail and the first glance at a matter all read it. A test walks all
stages of all courses and compares them with what stands on the desks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

from django.db.models import Case, Count, Exists, Q, QuerySet, UUIDField, Value, When
from django.urls import reverse
from django.utils import timezone

from yishi.database.gather import Given
from yishi.database.kept import kept_question
from yishi.database.unions import as_part, union_of
from yishi.kit.clock import CountedDay
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Installation
from yishi.web.kit.desk_items import MOST, DeskItem, Mark, Source


def inside(viewer: Viewer, path: str, leads: Callable[[Any], bool]) -> Q:
    """The place at `path` lies within that of one of the viewer's working posts of which `leads` is true."""
    condition = Q(pk__in=[])
    for post in viewer.working_posts:
        if leads(post):
            condition |= Q(**{f"{path}lo__gte": post.body.place.lo, f"{path}lo__lte": post.body.place.hi})
    return condition


def in_small_office() -> Q:
    """Whether one person may decide for both, asked with the rows: a question that is kept hangs on no setting."""
    return Q(Exists(Installation.objects.filter(pk=1, small_office=True)))


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
    about: str = ""  # where `due` is worked out: the day in whose neighbourhood it lies
    code: str = ""  # what the daily list calls it, where the kind of file does not say it (notices/texts.py, DUE)

    def waits(self, viewer: Viewer, column: str, today: date) -> Q:
        acting = self.whose(viewer) if self.whose else Q(**{f"{self.desk}__in": viewer.desks})
        return Q(**{f"{column}__in": self.stages}) & acting & (self.when(today) if self.when else Q())

    def stands(self, column: str, day: date) -> Q:
        """On `day` it is the next act of such a file, whosever act that is."""
        return Q(**{f"{column}__in": self.stages}) & (self.when(day) if self.when else Q())

    def falls(self, first: date, last: date) -> Q:
        """It is due from `first` to `last`, as far as the database can say (see `about`)."""
        if not self.about:
            return Q(**{f"{self.due}__range": (first, last)}) if self.due else Q(pk__in=[])
        return Q(**{f"{self.about}__range": (first - AROUND, last + AROUND)})

    def due_on(self, record: Any) -> date | None:
        if getattr(record, "backfilled", False):  # what was recorded afterwards has no clock
            return None
        if callable(self.due):
            return self.due(record)
        return value_of(record, self.due) if self.due else None

    def says(self, record: Any) -> str:
        return str(self.act(record) if callable(self.act) else self.act)


AROUND = timedelta(days=60)


def value_of(record: Any, path: str) -> Any:
    if "__" not in path:
        return getattr(record, path)
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
    page: str = ""  # of the file itself, where it is not that of the act
    of: str = "pk"
    number: str = ""  # the file's number: all that the daily list tells of it
    matter: str = ""  # the column with the matter to which it belongs
    clocked: Q = field(default_factory=Q)  # whose clock runs
    together: Callable[[int], str] | None = None  # a long queue is one line: its title for so many; `page` lists them
    common: Callable[[date], Q] = lambda day: Q()  # true of every file that waits here
    at_desk: Callable[[], QuerySet[Any]] | None = None  # the records, where the acting desk itself gives the right
    is_long: bool = False  # one desk may have thousands
    by_stage: bool = False  # the index in which a long one finds its first names the stage before the order
    reached: Callable[[], Q] = Q  # those that the viewer may see, where the records do not say so themselves

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        """What waits for the viewer. Where many may (`is_long`), the ids of the first of each act come first, each by
        an index that has them in order; which act is next is then asked of these few alone."""
        today, records = timezone.localdate(), self.at_desk or self.records
        if self.is_long:
            found = records().filter(pk__in=self._first(records, viewer, today))
        else:
            waiting = Q(pk__in=[])
            for act in self._widest():
                waiting |= act.waits(viewer, self.column, today)
            found = records().filter(self.common(today), waiting)
        conditions = [act.waits(viewer, self.column, today) for act in self.acts]
        return self._next_of(found.order_by(self.order, "pk"), conditions)

    def _first(self, records: Callable[[], QuerySet[Any]], viewer: Viewer, today: date) -> QuerySet[Any]:
        """Ids, among them the first MOST of all that waits: the first of each act (`by_stage`: in each stage)."""
        acts = self._widest()
        if self.by_stage:
            acts = [replace(act, stages=(stage,)) for act in acts for stage in act.stages]
        found = records().filter(self.common(today)).order_by(self.order, "pk").values("pk")
        firsts = [found.filter(act.waits(viewer, self.column, today))[:MOST] for act in acts]
        if len(firsts) == 1:
            return firsts[0]
        return union_of([as_part(first).values("pk") for first in firsts], are_apart=True)

    def first_rows(self, viewer: Viewer) -> QuerySet[Any]:
        return self.rows(viewer)[:MOST]

    def _widest(self) -> list[NextAct]:
        """The acts without those of which another act of the same desk takes in every file."""
        general = [act for act in self.acts if act.when is None and act.whose is None]

        def is_taken_in(act: NextAct) -> bool:
            same = (wide for wide in general if wide is not act and wide.desk == act.desk and act.whose is None)
            return any(set(act.stages) <= set(wide.stages) for wide in same)

        return [act for act in self.acts if not is_taken_in(act)]

    def file_url(self, record: Any) -> str:
        """The file's own page: whoever may see the file may open it, whosever act is next."""
        act = self.acts[record.next_act]
        name, of = (self.page, self.of) if self.page else (act.page, act.of)
        return reverse(name, args=[value_of(record, of)])

    def falling(self, first: date, last: date) -> QuerySet[Any]:
        """The files within the viewer's reach whose next act, whosever it is, will be due from `first` to `last`."""
        conditions = [act.stands(self.column, last) & act.falls(first, last) for act in self.acts]
        return self._with_next(self.records().filter(self.clocked, self.reached(), self.common(last)), conditions)

    def standing(self, matter: Any) -> QuerySet[Any]:
        """The files of one matter on which somebody has to act now, each with its next act."""
        today = timezone.localdate()
        conditions = [act.stands(self.column, today) for act in self.acts]
        return self._with_next(self.records().filter(self.common(today), **{self.matter: matter.pk}), conditions)

    def owed(self, until: date) -> Iterator[tuple[str, date, Any, str]]:
        """What desks owe by `until`: number, day, desk, code; of acts whose desk stands in a column."""
        today = timezone.localdate()
        for act in self.acts if self.number else ():
            if act.whose or not act.due:
                continue
            near = {f"{act.about}__lte": until + AROUND} if act.about else {f"{act.due}__lte": until}
            for record in self.records().filter(
                self.clocked, self.common(today), act.stands(self.column, today), **near
            ):
                due_on, desk = act.due_on(record), value_of(record, f"{act.desk}_id")
                if due_on is None or due_on > until or desk is None:
                    continue
                if getattr(record, "due_counted_from", None):
                    due_on = CountedDay.of(due_on)
                yield value_of(record, self.number), due_on, desk, act.code or self.kind

    def _with_next(self, records: QuerySet[Any], conditions: list[Q]) -> QuerySet[Any]:
        """Those of `records` of which a condition is true; `next_act` says which act that is, the first that fits."""
        waiting = Q(pk__in=[])
        for condition in conditions:
            waiting |= condition
        return self._next_of(records.filter(waiting), conditions)

    def _next_of(self, records: QuerySet[Any], conditions: list[Q]) -> QuerySet[Any]:
        """Each of `records` with `next_act`: the place of the first act whose condition is true of it."""
        last = len(conditions) - 1
        cases = [When(condition, then=Value(number)) for number, condition in enumerate(conditions[:-1])]
        marked: QuerySet[Any] = records.annotate(next_act=Case(*cases, default=Value(last)) if cases else Value(last))
        return marked

    def marks(self, viewer: Viewer, records: Any) -> list[Mark]:
        desks = viewer.desks
        return [
            Mark(
                self.kind,
                self.acts[record.next_act].due_on(record),
                partial(self.item, record, desks),
            )
            for record in records
            if self.allowed(viewer, record)
        ]

    def item(self, record: Any, desks: Sequence[Any]) -> DeskItem:
        act = self.acts[record.next_act]
        desk = None if act.whose else value_of(record, f"{act.desk}_id")
        return DeskItem(
            kind=self.kind,
            title=self.title(record),
            act=act.says(record),
            url=reverse(act.page, args=[value_of(record, act.of)]),
            due_on=act.due_on(record),
            body_id=desk or (desks[0] if len(desks) == 1 else None),
            detail=self.detail(record),
            clocks=tuple(self.clocks(record)),
        )

    def queue(self, viewer: Viewer) -> QuerySet[Any, Any]:
        """How many wait, by stage."""
        counts: QuerySet[Any, Any] = self.rows(viewer).order_by().values_list(self.column).annotate(Count("pk"))
        return counts

    def line(self, viewer: Viewer, counts: Any) -> list[DeskItem]:
        """The queue as one item."""
        count, act = sum(number for _stage, number in counts), self.acts[0]
        title = self.together(count) if self.together else ""
        return [DeskItem(kind=self.kind, title=title, act=act.says(None), url=reverse(self.page))]

    @property
    def waiting(self) -> Source:
        """Equal whenever it is asked for: kept questions are known by it."""
        if self.together:
            return Source(self.queue, self.line)
        is_by_due = all(act.due == self.order for act in self.acts)
        return Source(self.first_rows, marks=self.marks, is_by_due=is_by_due)


# The courses of all parts, for pages that ask about one file; filled at start by the shell, which sees every part.
ALL: list[Course] = []


def fill(courses: Iterable[Course]) -> None:
    ALL[:] = courses


A_MATTER = SimpleNamespace(pk=Given("matter", UUIDField()))  # stands for any in the question whose turn it is


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is on a matter or a file of it: what, by when, at which desk ("": the course knows no column)."""

    kind: str
    act: str
    url: str
    due_on: date | None
    desk: str


def turns_of(matter: Any) -> list[Turn]:
    """Whose turn it is on a matter, the most urgent first: its own next act, and those of its files. Two questions."""
    courses = {f"turns_{number}": course for number, course in enumerate(ALL) if course.matter}
    asked = kept_question(
        "turns", None, lambda: {name: each.standing(A_MATTER)[:MOST] for name, each in courses.items()}
    )
    gathered = asked.answer(matter=matter.pk)
    waiting = [(course, record) for name, course in courses.items() for record in gathered[name]]
    acts = [(course, record, course.acts[record.next_act]) for course, record in waiting]
    keys = [None if act.whose else value_of(record, f"{act.desk}_id") for _course, record, act in acts]
    names: dict[Any, str] = dict(Body.objects.filter(pk__in={key for key in keys if key}).values_list("pk", "name"))
    turns = [
        Turn(course.kind, act.says(record), course.file_url(record), act.due_on(record), names.get(key, ""))
        for (course, record, act), key in zip(acts, keys, strict=True)
    ]
    return sorted(turns, key=lambda turn: (turn.due_on is None, turn.due_on or date.max, turn.kind))
