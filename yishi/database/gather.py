"""Several lists by one question: what a page puts together from many tables without a query for each."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Prefetch
from django.utils import timezone

Rows = models.QuerySet[Any]
WIDEST = 50  # values in one array: both databases limit the arguments of a function
ARRAYS = {"sqlite": ("json_group_array", "json_array"), "postgresql": ("json_agg", "json_build_array")}


@dataclass(frozen=True, slots=True)
class HowMany:
    """Asked of `gather` instead of rows: their number."""

    rows: Rows


Asked = Rows | HowMany


def gather(**asked: Asked) -> dict[str, Any]:
    """What `list(rows)` gives for each queryset, and `rows.count()` for each `HowMany`, by one query.

    Rows of models come with their annotations and with what `select_related` names (forward relations) and
    `prefetch_related` names (one step: rows that point here, or many-to-many); rows of `values_list` come as tuples.
    Order and limits hold; `only` and `defer` are not followed, but columns of bytes are left out and loaded when read.
    """
    return Gathered(lambda: asked).read()


class Gathered:
    """The lists of one `gather` asked for again and again: the question is put together once, and its answer is read
    into records again only where the database says something else than before. Whoever reads shares the records with
    all others, and changes nothing about them. `asked` must not depend on the moment."""

    def __init__(self, asked: Callable[[], dict[str, Asked]]):
        self._asked = asked
        self._lock = threading.Lock()
        self._lists: dict[str, Any] = {}
        self._arms: list[Any] = []
        self._sql, self._params = "", list[Any]()
        self._values: tuple[Any, ...] | None = None
        self._found: dict[str, Any] = {}

    def read(self) -> dict[str, Any]:
        """What is in the database now."""
        with self._lock:
            if not self._lists:
                self._put_together()
            values: tuple[Any, ...] = ()
            if self._arms:
                with connection.cursor() as cursor:
                    cursor.execute(self._sql, self._params)
                    values = tuple(cursor.fetchone())
            if values != self._values:
                for arm, value in zip(self._arms, values, strict=True):
                    arm.value = value
                self._found = {name: listed.read() for name, listed in self._lists.items()}
                self._values = values
            return self._found

    def _put_together(self) -> None:
        asked = self._asked().items()
        lists = {name: _Number(query.rows) if isinstance(query, HowMany) else _List(query) for name, query in asked}
        compiled: list[str] = []
        for arm in (arm for listed in lists.values() for arm in listed.arms()):
            try:
                select, params = arm.sql()
            except EmptyResultSet:  # it can have no rows, so nothing is asked
                continue
            compiled.append(f"({select})")
            self._params += params
            self._arms.append(arm)
        self._sql, self._lists = "SELECT " + ", ".join(compiled), lists


class _Number:
    """How many rows there are."""

    def __init__(self, rows: Rows):
        self.rows = rows if rows.query.is_sliced else rows.order_by()
        self.value: int | None = None

    def arms(self) -> Iterator[Any]:
        yield self

    def sql(self) -> tuple[str, Sequence[Any]]:
        inner, params = self.rows.values("pk").query.sql_with_params()
        return f"SELECT COUNT(*) FROM ({inner}) AS rows_of_it", params

    def read(self) -> int:
        return self.value or 0


class _List:
    """Rows as one JSON text: an array for each, cut into short ones (see WIDEST)."""

    def __init__(self, rows: Rows):
        related = rows.query.select_related
        if related is True:
            raise ValueError("select_related() must name what it brings")
        self.model, self.related = rows.model, related or {}
        inside: Any = rows  # what a queryset keeps for itself has no types
        self.is_values = inside._fields is not None
        self.annotations = [] if self.is_values else list(rows.query.annotation_select)
        self.brought = [] if self.is_values else [_Brought(rows, lookup) for lookup in inside._prefetch_related_lookups]
        paths = [*_paths(self.model, self.related), *self.annotations]
        self.rows = rows if self.is_values else rows.prefetch_related(None).values_list(*paths)
        self.fields: list[Any] = []
        self.value: str | None = None

    def arms(self) -> Iterator[Any]:
        yield self
        for brought in self.brought:
            yield from brought.rows.arms()

    def sql(self) -> tuple[str, Sequence[Any]]:
        compiler = self.rows.query.get_compiler(connection.alias)
        inner, params = compiler.as_sql(with_col_aliases=True)
        self.fields = [expression.output_field for expression, _sql, _alias in compiler.select]
        names = [connection.ops.quote_name(alias) for _expression, _sql, alias in compiler.select]
        listed, array = ARRAYS[connection.vendor]
        short = [f"{array}({', '.join(names[start : start + WIDEST])})" for start in range(0, len(names), WIDEST)]
        return f"SELECT CAST({listed}({array}({', '.join(short)})) AS text) FROM ({inner}) AS rows_of_it", params

    def read(self) -> list[Any]:
        lines = json.loads(self.value, parse_float=Decimal) if self.value else []
        rows = [
            tuple(_python(*pair) for pair in zip(self.fields, (value for part in line for value in part), strict=True))
            for line in lines
        ]
        if self.is_values:
            return rows
        records = [self._made(row) for row in rows]
        for brought in self.brought:
            brought.give(records)
        return records

    def _made(self, row: tuple[Any, ...]) -> Any:
        values = iter(row)
        record = _instance(self.model, self.related, values)
        for name, value in zip(self.annotations, values, strict=True):
            setattr(record, name, value)
        return record


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

    def give(self, records: list[Any]) -> None:
        """Each of `records` knows its rows, so that `.all()` asks for nothing."""
        lists: dict[Any, list[Any]] = {}
        for row in self.rows.read():
            theirs = getattr(row, self.theirs) if self.theirs else row
            lists.setdefault(getattr(row, f"{self.mine}_id"), []).append(theirs)
        for record in records:
            known = getattr(record, self.name).all()
            known._result_cache, known._prefetch_done = lists.get(record.pk, []), True
            for row in known if self.points_here else ():
                self.points_here.set_cached_value(row, record)
            record.__dict__.setdefault("_prefetched_objects_cache", {})[self.name] = known


def _columns(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.BinaryField)]


def _paths(model: type[models.Model], related: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """The columns of a model, then those of each related one, as `values_list` names them."""
    for field in _columns(model):
        yield prefix + field.attname
    for name, further in related.items():
        relation: Any = model._meta.get_field(name)
        yield from _paths(relation.related_model, further, f"{prefix}{name}__")


def _instance(model: type[models.Model], related: dict[str, Any], values: Iterator[Any]) -> Any:
    """The object of the next values, in the order of `_paths`; None where a relation is empty."""
    names = [field.attname for field in _columns(model)]
    taken = [next(values) for _name in names]
    record = model.from_db(connection.alias, names, taken) if taken[names.index(model._meta.pk.attname)] else None
    for name, further in related.items():
        field: Any = model._meta.get_field(name)
        related_record = _instance(field.related_model, further, values)
        if record is not None:
            field.set_cached_value(record, related_record)
            if field.unique and related_record is not None:
                field.remote_field.set_cached_value(related_record, record)
    return record


def _python(field: Any, value: Any) -> Any:
    """A JSON value as the field has it in Python."""
    if value is None:
        return None
    if isinstance(field, models.ForeignKey):
        return _python(field.target_field, value)
    if isinstance(field, models.JSONField):
        return json.loads(value) if connection.vendor == "sqlite" else value
    if isinstance(field, models.DecimalField):
        exact = Decimal(str(value))
        return exact if field.decimal_places is None else exact.quantize(Decimal(1).scaleb(-field.decimal_places))
    converted = field.to_python(value)
    if isinstance(field, models.DateTimeField) and timezone.is_naive(converted):
        return converted.replace(tzinfo=UTC)
    return converted
