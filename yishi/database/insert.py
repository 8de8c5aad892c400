"""Inserts by hand: what two deliveries of one thing need, where looking first would let both insert; and a few rows of
several tables in one statement."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import AutoField, Field, Model

from yishi.kit.records import certain

Row = TypeVar("Row", bound=Model)


def insert_or_return(draft: Row) -> tuple[Row, bool]:
    """Insert `draft` and give (it, True), or give the row that stands under its primary key and False.

    No index is named as the arbiter: of two deliveries at one moment the second may meet the first in another unique
    index before that of the key, and PostgreSQL forgives only a conflict in a named one. `Model.DoesNotExist` if the
    conflict was with another row: its key is another, something else of it is the same.
    """
    model = type(draft)
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(certain(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    values = [field.get_db_prep_save(getattr(draft, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING", values
        )
        if cursor.rowcount == 1:
            draft._state.adding = False
            return draft, True
    return model._default_manager.get(pk=draft.pk), False


def insert_together(*groups: Sequence[Model]) -> None:
    """Insert the rows of each group, all of one model, in this order: on PostgreSQL in one statement, which is one way
    to the server and back instead of one for each table.

    For a few rows that belong together; many of one table are `bulk_create`'s. What the database numbers is not read
    back. A row may name one of a later group: foreign keys are asked at the end of the transaction.
    """
    filled = [rows for rows in groups if rows]
    if connection.vendor != "postgresql":
        for rows in filled:
            type(rows[0])._base_manager.bulk_create(rows)
        return
    values: list[Any] = []
    for rows in filled:
        fields = _written_fields(type(rows[0]))
        for row in rows:
            values += [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    if filled:
        with connection.cursor() as cursor:
            cursor.execute(_together(tuple((type(rows[0]), len(rows)) for rows in filled)), values)
    for rows in filled:
        for row in rows:
            row._state.adding, row._state.db = False, connection.alias


@lru_cache(maxsize=200)
def _written_fields(model: type[Model]) -> "tuple[Field[Any, Any], ...]":
    """All columns but a number that the database gives."""
    return tuple(field for field in model._meta.concrete_fields if not isinstance(field, AutoField))


@lru_cache(maxsize=200)
def _together(groups: tuple[tuple[type[Model], int], ...]) -> str:
    """The statement for so many rows of each model: every insert but the last in a part of its own (WITH)."""
    quote, inserts = connection.ops.quote_name, []
    for model, count in groups:
        fields = _written_fields(model)
        columns = ", ".join(quote(certain(field.column)) for field in fields)
        marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
        rows = ", ".join([marks] * count)
        inserts.append(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {rows}")
    *parts, last = inserts
    named = ", ".join(f"part{number} AS ({part})" for number, part in enumerate(parts))
    return f"WITH {named} {last}" if parts else last
