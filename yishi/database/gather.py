"""Several lists by one question: what a page puts together from many tables without a query for each."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from functools import lru_cache
from threading import Lock
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Expression, Prefetch
from django.utils import timezone

from yishi.kit.records import certain

from . import alike, in_parts, planned

log = logging.getLogger("yishi.database.gather")

Rows = models.QuerySet[Any]
DAYS = 1000  # that are kept as they were read, of each kind of column
WIDEST = 50  # values in one array: both databases limit the arguments of a function
ARRAYS = {"sqlite": ("json_group_array", "json_array"), "postgresql": ("json_agg", "json_build_array")}


@dataclass(frozen=True, slots=True)
class HowMany:
    """Asked of `gather` instead of rows: their number."""

    rows: Rows


Asked = Rows | HowMany


def gather(**asked: Asked) -> dict[str, Any]:
    """What `list(rows)` gives for each queryset, and `rows.count()` for each `HowMany`, by one query.

    Rows of models come with their annotations and with what `select_related` names and
    `prefetch_related` names (one step: rows that point here, or many-to-many); rows of `values_list` come as tuples.
    Order and limits hold; `defer` is followed, `only` is not; columns of bytes are left out and loaded when read.
    """
    return Question(**asked).answer()


class Given(alike.Open, Expression):
    """Stands in a kept question for a value that comes with each asking: `Given("home", UUIDField())` and
    `question.answer(home=household.pk)`."""

    def __init__(self, name: str, output_field: Any):
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]

    def value(self, given: Mapping[str, Any]) -> Any:
        return self.output_field.get_db_prep_value(given[self.name], connection)

    def is_same(self, other: Any) -> bool:
        return bool(self.name == other.name and type(self.output_field) is type(other.output_field))


@dataclass(eq=False)
class Plan:
    """A statement, and how its answer is read; questions that differ in their values only have it in common."""

    sql: str
    lists: dict[str, Any]
    arms: list[Any]  # those that can have rows
    parts: list[in_parts.Part]  # the same as statements of their own
    is_kept: bool = False  # it will be asked again
    is_refused: bool = False  # by a server that should have kept its plan

    def values(self, params: Sequence[Any]) -> dict[Any, Any]:
        return dict(zip(self.arms, self._row(params), strict=True)) if self.arms else {}

    def _row(self, params: Sequence[Any]) -> Any:
        if self.is_kept and not self.is_refused and planned.may_plan():
            try:
                return planned.first_row(self.sql, params)
            except planned.Refused as error:
                self.is_refused = True
                log.info("asked without a plan: %s", error)
        if len(self.parts) >= in_parts.MANY and in_parts.may_part():
            return in_parts.first_row(self.sql, self.parts, params)
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return cursor.fetchone()

    def read(self, values: Mapping[Any, Any], *, is_lazy: bool = False) -> dict[str, Any]:
        return {name: listed.read(values, is_lazy=is_lazy) for name, listed in self.lists.items()}


class Question:
    """What `gather` asks, compiled once: to compile many querysets takes longer than to answer them.

    It may be kept and asked again, by several threads too, as long as the querysets would be built equal
    (`kept_question`).
    """

    def __init__(self, **asked: Asked):
        lists = {
            name: _Number(query.rows) if isinstance(query, HowMany) else _List(query) for name, query in asked.items()
        }
        selects: list[str] = []
        arms: list[Any] = []
        parts: list[in_parts.Part] = []
        self.params: list[Any] = []
        self.shape: list[str] = []  # the lists that can have rows
        for name, arm in ((name, arm) for name, listed in lists.items() for arm in listed.arms()):
            try:
                select, params = arm.compiled()
            except EmptyResultSet:  # it can have no rows, so nothing is asked
                continue
            selects.append(f"({select})")
            self.params += params
            self.shape.append(name)
            arms.append(arm)
            parts.append((f"SELECT ({select})", len(params)))
        self.plan = Plan("SELECT " + ", ".join(selects), lists, arms, parts)

    def answer(self, **given: Any) -> dict[str, Any]:
        """The rows as they are now, with the values for which a `Given` stands."""
        params = [param.value(given) if isinstance(param, Given) else param for param in self.params]
        return self.plan.read(self.plan.values(params))

    def like(self, params: list[Any]) -> "Question":
        """This question with other values."""
        other = Question.__new__(Question)
        other.params, other.shape, other.plan = params, self.shape, self.plan
        return other

    def asks_the_same(self, other: "Question") -> bool:
        same = self.plan.sql == other.plan.sql and self.shape == other.shape
        return same and alike.are_same(self.params, other.params)

    def glance(self) -> dict[str, Any]:
        """The same, of rows of which most are only sorted and counted: each becomes an object of its model when more
        than a column of its own is asked of it."""
        return self.plan.read(self.plan.values(self.params), is_lazy=True)


class Gathered:
    """The lists of one `gather` asked for again and again: the question is put together once, and its answer is read
    into records again only where the database says something else than before. Whoever reads shares the records with
    all others, and changes nothing about them. `asked` must not depend on the moment."""

    def __init__(self, asked: Callable[[], dict[str, Asked]]):
        self._asked = asked
        self._lock = Lock()
        self._question: Question | None = None
        self._values: dict[Any, Any] | None = None
        self._found: dict[str, Any] = {}

    def read(self) -> dict[str, Any]:
        """What is in the database now."""
        with self._lock:
            if self._question is None:
                self._question = Question(**self._asked())
                self._question.plan.is_kept = True
            plan = self._question.plan
            values = plan.values(self._question.params)
            if values != self._values:
                self._found, self._values = plan.read(values), values
            return self._found


class _Number:
    """How many rows there are."""

    def __init__(self, rows: Rows):
        self.rows: Rows | None = rows if rows.query.is_sliced else rows.order_by()

    def arms(self) -> Iterator[Any]:
        yield self

    def compiled(self) -> tuple[str, Sequence[Any]]:
        rows, self.rows = certain(self.rows), None
        inner, params = rows.values("pk").query.sql_with_params()
        return f"SELECT COUNT(*) FROM ({inner}) AS rows_of_it", params

    def read(self, values: Mapping[Any, Any], *, is_lazy: bool = False) -> int:
        return values.get(self) or 0


class _List:
    """Rows as one JSON text: an array for each, cut into short ones (see WIDEST)."""

    def __init__(self, rows: Rows):
        related = rows.query.select_related
        if related is True:
            raise ValueError("select_related() must name what it brings")
        inside: Any = rows  # what a queryset keeps for itself has no types
        self.is_values = inside._fields is not None
        self.annotations = [] if self.is_values else list(rows.query.annotation_select)
        self.brought = [] if self.is_values else [_Brought(rows, lookup) for lookup in inside._prefetch_related_lookups]
        left_out, is_left_out = rows.query.deferred_loading
        self.shape = _Shape(rows.model, related or {}, frozenset(left_out) if is_left_out else frozenset())
        paths = [*self.shape.paths(), *self.annotations]
        self.rows: Rows | None = rows if self.is_values else rows.prefetch_related(None).values_list(*paths)
        self.readers: list[Callable[[Any], Any] | None] = []
        own = (*enumerate(self.shape.names), *enumerate(self.annotations, self.shape.end))
        self.places = {name: place for place, name in own}  # of the columns of its own in a row

    def arms(self) -> Iterator[Any]:
        yield self
        for brought in self.brought:
            yield from brought.rows.arms()

    def compiled(self) -> tuple[str, Sequence[Any]]:
        rows, self.rows = certain(self.rows), None
        compiler = rows.query.get_compiler(connection.alias)
        inner, params = compiler.as_sql(with_col_aliases=True)
        self.readers = [_reader(expression.output_field) for expression, _sql, _alias in compiler.select]
        names = [connection.ops.quote_name(alias) for _expression, _sql, alias in compiler.select]
        listed, array = ARRAYS[connection.vendor]
        short = [f"{array}({', '.join(names[start : start + WIDEST])})" for start in range(0, len(names), WIDEST)]
        return f"SELECT CAST({listed}({array}({', '.join(short)})) AS text) FROM ({inner}) AS rows_of_it", params

    def read(self, values: Mapping[Any, Any], *, is_lazy: bool = False) -> list[Any]:
        lines = json.loads(values[self], parse_float=Decimal) if values.get(self) else []
        rows = (line[0] if len(line) == 1 else [value for part in line for value in part] for line in lines)
        if self.is_values:
            return [tuple(_converted(row, self.readers)) for row in rows]
        known: dict[Any, Any] = {}  # what many rows bring is made once
        if is_lazy and not self.brought:
            return [_Glance(self, row, known) for row in rows]
        records = [self.made(row, known) for row in rows]
        for brought in self.brought:
            brought.give(records, values)
        return records

    def made(self, row: list[Any], known: dict[Any, Any]) -> Any:
        record = self.shape.made(row, known)
        lent = _converted(row[self.shape.end :], self.readers[self.shape.end :])
        for name, value in zip(self.annotations, lent, strict=True):
            setattr(record, name, value)
        return record


class _Glance:
    """A row that is an object of its model as soon as more than a column of its own is asked of it."""

    __slots__ = ("_known", "_listed", "_made", "_row")

    def __init__(self, listed: _List, row: list[Any], known: dict[Any, Any]):
        self._listed, self._row, self._known, self._made = listed, row, known, None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            listed = self._listed
            place = listed.places.get(name)
            if place is not None:
                value, read = self._row[place], listed.readers[place]
                return value if read is None or value is None else read(value)
            if not hasattr(listed.shape.model, name):  # what it has not either need not be made to say so
                raise AttributeError(name)
            self._made = listed.made(self._row, self._known)
        return getattr(self._made, name)

    def __str__(self) -> str:
        return str(self._made or self._listed.made(self._row, self._known))


class _Brought:
    """What `prefetch_related` brings: rows that point to those of `rows`, or many-to-many by the rows between."""

    def __init__(self, rows: Rows, lookup: "str | Prefetch[Any]"):
        self.name = lookup if isinstance(lookup, str) else lookup.prefetch_through
        relation: Any = rows.model._meta.get_field(self.name)  # either kind of relation; each knows the other's names
        keys = rows.prefetch_related(None).values("pk")
        self.points_here: Any = None
        if relation.many_to_many:
            between = relation.remote_field.through._default_manager.all()
            self.mine, self.theirs = relation.m2m_field_name(), relation.m2m_reverse_field_name()
            self.rows = _List(between.filter(**{f"{self.mine}__in": keys}).select_related(self.theirs).order_by("pk"))
            return
        self.mine, self.theirs, self.points_here = relation.field.name, "", relation.field
        narrowed = lookup.queryset if isinstance(lookup, Prefetch) else None
        other = relation.related_model._default_manager.all() if narrowed is None else narrowed
        self.rows = _List(other.filter(**{f"{self.mine}__in": keys}))

    def give(self, records: list[Any], values: Mapping[Any, Any]) -> None:
        """Each of `records` knows its rows, so that `.all()` asks for nothing."""
        lists: dict[Any, list[Any]] = {}
        for row in self.rows.read(values):
            theirs = getattr(row, self.theirs) if self.theirs else row
            lists.setdefault(getattr(row, f"{self.mine}_id"), []).append(theirs)
        for record in records:
            known = getattr(record, self.name).all()
            known._result_cache, known._prefetch_done = lists.get(record.pk, []), True
            for row in known if self.points_here else ():
                self.points_here.set_cached_value(row, record)
            record.__dict__.setdefault("_prefetched_objects_cache", {})[self.name] = known


class _Shape:
    """The columns of a model that a row brings, from `start`, then those of each related one, to `end`."""

    def __init__(
        self,
        model: type[models.Model],
        related: dict[str, Any],
        left_out: frozenset[str],
        prefix: str = "",
        start: int = 0,
    ):
        fields = [
            field
            for field in model._meta.concrete_fields
            if not isinstance(field, models.BinaryField) and prefix + field.name not in left_out
        ]
        self.model, self.prefix, self.start = model, prefix, start
        self.names = [field.attname for field in fields]
        self.readers = [_reader(field) for field in fields]
        self.key = start + self.names.index(model._meta.pk.attname)
        self.end = self.own_end = start + len(fields)
        self.related: list[tuple[Any, _Shape]] = []
        for name, further in related.items():
            relation: Any = model._meta.get_field(name)
            shape = _Shape(relation.related_model, further, left_out, f"{prefix}{name}__", self.end)
            self.related.append((relation, shape))
            self.end = shape.end

    def paths(self) -> Iterator[str]:
        """As `values_list` names them."""
        for name in self.names:
            yield self.prefix + name
        for _relation, shape in self.related:
            yield from shape.paths()

    def made(self, row: list[Any], known: dict[Any, Any]) -> Any:
        """The object of a row; None where a relation is empty. Related ones that were made already are in `known`."""
        key = row[self.key]
        if key is None or (self.prefix and (self, key) in known):
            return known.get((self, key))
        taken = _converted(row[self.start : self.own_end], self.readers)
        record = known[self, key] = self.model.from_db(connection.alias, self.names, taken)
        for relation, shape in self.related:
            related_record = shape.made(row, known)
            relation.set_cached_value(record, related_record)
            if related_record is not None and (relation.one_to_one or relation.unique):
                relation.remote_field.set_cached_value(related_record, record)
        return record


def _converted(values: list[Any], readers: Sequence[Callable[[Any], Any] | None]) -> list[Any]:
    """The values of JSON as Python has them."""
    return [
        value if read is None or value is None else read(value) for value, read in zip(values, readers, strict=True)
    ]


AS_THEY_ARE = {models.CharField.to_python, models.TextField.to_python, models.IntegerField.to_python}


def _reader(field: Any) -> Callable[[Any], Any] | None:
    """What makes a JSON value what the field has in Python; None: it is that already."""
    if isinstance(field, models.ForeignKey):
        return _reader(field.target_field)
    if isinstance(field, models.JSONField):
        return json.loads if connection.vendor == "sqlite" else None
    if isinstance(field, models.DecimalField):
        places = field.decimal_places
        unit = None if places is None else Decimal(1).scaleb(-places)
        return lambda value: Decimal(str(value)) if unit is None else Decimal(str(value)).quantize(unit)
    if isinstance(field, models.DateTimeField):
        return lambda value: _aware(field.to_python(value))
    if isinstance(field, models.UUIDField):
        return _uuid
    if isinstance(field, models.DateField):
        return _day_reader(type(field))
    return None if type(field).to_python in AS_THEY_ARE else field.to_python


_day_readers: dict[Any, Callable[[Any], Any]] = {}


def _day_reader(kind: Any) -> Callable[[Any], Any]:
    """What reads the days of such columns: rows of a list have few different ones."""
    if kind not in _day_readers:
        read = kind().to_python
        _day_readers[kind] = lru_cache(maxsize=DAYS)(lambda value: read(value))
    return _day_readers[kind]


def _uuid(value: str) -> UUID:
    """As `UUID(value)` gives it, in half the time: a desk reads two thousand."""
    return UUID(int=int(value.replace("-", ""), 16))


def _aware(moment: Any) -> Any:
    return moment.replace(tzinfo=UTC) if timezone.is_naive(moment) else moment
