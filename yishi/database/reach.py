"""Who may see what: every query on files runs inside a scope, else it raises.

A `Reach` is what one viewer's grants let them see. Models that hold files take `FilesManager` and say in
`reach_q(reach)` which rows a reach covers. Outside any scope a query raises `django_scopes.ScopeError`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django_scopes import scope
from django_scopes.manager import DisabledQuerySet
from django_scopes.state import get_scope

from .unions import union_of

Span = tuple[int, int]  # the numbers `lo`…`hi` of a place
WIDE = 3_000  # places: more than a prefecture has, fewer than a province; what lies in more is looked for row by row


def width(spans: Sequence[Span]) -> int:
    """How many places some spans hold."""
    return sum(hi - lo + 1 for lo, hi in spans)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a viewer's grants cover: places (as numbers `lo`…`hi`), desks, themself."""

    everything: bool = False
    spans: tuple[tuple[int, int], ...] = ()  # places whose files their bodies oversee
    villages: Sequence[tuple[int, int]] = ()  # where they sit at the village's desk or are stationed: families only
    bodies: frozenset[UUID] = frozenset()  # desks at which they sit
    person: UUID | None = None  # themself: seats held, worries raised
    helper: UUID | None = None  # themself signed in: the families with whom they are paired; never by a query code
    registers: tuple[tuple[int, int], ...] = ()  # places whose register of people and bodies they keep; no files
    register_bodies: frozenset[UUID] = frozenset()  # single bodies whose register they keep

    @property
    def key(self) -> tuple[Any, ...]:
        """What two equal reaches have in common, their villages asked for."""
        return (
            self.everything, self.spans, tuple(self.villages), self.bodies, self.person, self.helper,
            self.registers, self.register_bodies,
        )  # fmt: skip

    @property
    def is_wide(self) -> bool:
        """Does it cover so many places that a row in it is found sooner in the order of a list than by its place?

        Villages are few, and to know them asks the database.
        """
        return self.everything or width(self.spans) > WIDE

    def places(self, prefix: str, spans: Sequence[tuple[int, int]] | None = None) -> Q:
        """The condition that the place at `prefix` ("place__") lies in one of the spans; never true without spans."""
        condition = Q(pk__in=[])
        for lo, hi in self.spans if spans is None else spans:
            condition |= Q(**{f"{prefix}lo__gte": lo, f"{prefix}lo__lte": hi})
        return condition


EVERYTHING = Reach(everything=True)
NEVER: tuple[str, list[Any]] = ("pk__in", [])  # the condition with which an OR of nothing begins


def arms_of(condition: Q) -> list[Q]:
    """The conditions of which `condition` is the OR, also where something else must be true beside it; itself alone,
    where there is no OR in it. Those that are never true are left out."""
    if condition.negated:
        return [condition]
    if condition.connector != Q.OR and len(condition.children) > 1:
        return _beside_an_or(condition)
    arms: list[Q] = []
    for child in condition.children:
        if isinstance(child, Q):
            arms += arms_of(child)
        elif child != NEVER:
            arms.append(Q(child))
    return arms


def _beside_an_or(condition: Q) -> list[Q]:
    """(A or B) and C: A and C, B and C."""
    for at, child in enumerate(condition.children):
        if isinstance(child, Q) and child.connector == Q.OR and not child.negated:
            rest = Q(*condition.children[:at], *condition.children[at + 1 :])
            return [arm & rest for arm in arms_of(child)]
    return [condition]


@contextmanager
def reaching(reach: Reach) -> Iterator[None]:
    """Run queries within `reach`."""
    with scope(reach=reach):
        yield


@contextmanager
def everything() -> Iterator[None]:
    """Run queries over all files: for jobs, counts and checks whose result shows nothing of a single file."""
    with scope(reach=EVERYTHING):
        yield


@contextmanager
def nowhere() -> Iterator[None]:
    """Outside any reach: a query on files raises."""
    with scope(reach=None):
        yield


def reach_now() -> Reach | None:
    """The reach within which we run; None outside any scope."""
    reach: Reach | None = get_scope().get("reach")
    return reach


def in_reach(lo: int) -> bool:
    """Does the place with this number lie in the spans of the reach within which we run?"""
    reach = reach_now()
    return reach is not None and any(first <= lo <= last for first, last in (*reach.spans, *reach.villages))


AFile = TypeVar("AFile", bound="File")


class FilesManager(models.Manager[AFile]):
    """A manager that answers only inside a scope, and only with what the reach covers."""

    def get_queryset(self) -> models.QuerySet[AFile]:
        reach = reach_now()
        if reach is None:
            nothing: models.QuerySet[AFile] = DisabledQuerySet(self.model, using=self._db, missing_scopes=("reach",))
            return nothing
        files = super().get_queryset()
        return files if reach.everything else files.filter(self.model.reach_q(reach))


class File(models.Model):
    """A record that only those may see whom it concerns.

    `objects` answers inside a scope only. Relations of a record that was reached (`matter.sittings`) go through
    `within`: whoever may see the file may see what belongs to it.
    """

    within = models.Manager()
    objects = FilesManager()

    class Meta:
        abstract = True
        default_manager_name = "within"

    @classmethod
    def parts(cls, **narrowed: Any) -> list[models.QuerySet[Any]]:
        """What `objects` gives of records that fit `narrowed`, in parts that may overlap: within a reach of few places
        one for each arm of its condition, found by its own index. An OR over several tables looks at every row."""
        reach = reach_now()
        if reach is None or reach.is_wide:
            return [cls.objects.filter(**narrowed)]
        arms = arms_of(cls.reach_q(reach))
        with everything():
            files = cls.objects.filter(**narrowed)
        return [files.filter(arm) for arm in arms] or [files.none()]

    @classmethod
    def keys(cls, **narrowed: Any) -> models.QuerySet[Any, Any]:
        """The keys of the same, to be asked `in`."""
        return union_of([part.order_by().values("pk") for part in cls.parts(**narrowed)])

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        raise NotImplementedError
