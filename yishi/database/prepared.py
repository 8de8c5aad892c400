"""Statements made ready with their values for many rows: what a short transaction writes at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from yishi.kit.records import certain


@dataclass(slots=True)
class Prepared:
    """One statement with its values for many rows, made before a transaction so that the transaction is short."""

    sql: str
    rows: list[list[Any]]

    def run(self) -> None:
        if self.rows:
            with connection.cursor() as cursor:
                cursor.executemany(self.sql, self.rows)


def insert_of(model: type[Model], rows: Iterable[Model]) -> Prepared:
    """Insert `rows` of `model`, all columns of them."""
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    columns, marks = ", ".join(quote(certain(f.column)) for f in fields), ", ".join(["%s"] * len(fields))
    return Prepared(
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})",
        [[f.get_db_prep_save(f.pre_save(row, True), connection) for f in fields] for row in rows],
    )


def _column(model: type[Model], name: str) -> "Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, Field)  # and no relation that points here
    return field


def update_of(model: type[Model], names: Sequence[str], rows: Iterable[tuple[Any, Sequence[Any]]]) -> Prepared:
    """Set the fields `names` of the rows with the given keys: (key, values)."""
    fields = [_column(model, name) for name in names]
    key = certain(model._meta.pk)
    quote = connection.ops.quote_name
    columns = ", ".join(f"{quote(certain(f.column))} = %s" for f in fields)
    return Prepared(
        f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE {quote(certain(key.column))} = %s",
        [
            [
                *(f.get_db_prep_save(value, connection) for f, value in zip(fields, values, strict=True)),
                key.get_db_prep_value(pk, connection),
            ]
            for pk, values in rows
        ],
    )
