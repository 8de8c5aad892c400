"""Millions of rows written straight into the tables: what is the same in all of them is prepared once."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction


class Rows:
    """Rows of one model. `plain` is what they have in common; what nobody says has the model's own default."""

    def __init__(self, model: type[models.Model], **plain: Any):
        self.fields = [field for field in model._meta.concrete_fields if field.column]
        self.table = model._meta.db_table
        self.place = {field.attname: number for number, field in enumerate(self.fields)}
        made = model(**plain)  # what it says itself when it is added (a moment, a folded name) is said once, too
        self.common = [field.get_db_prep_save(field.pre_save(made, add=True), connection) for field in self.fields]
        self.waiting: list[list[Any]] = []

    def add(self, **said: Any) -> None:
        row = self.common.copy()
        for name, value in said.items():
            row[self.place[name]] = _told(value)
        self.waiting.append(row)

    def keep(self, made: models.Model) -> None:
        """A record as it was made, all of its columns; of a model without columns of JSON."""
        self.waiting.append([_told(getattr(made, field.attname)) for field in self.fields])

    def write(self) -> None:
        columns = ", ".join(connection.ops.quote_name(field.column) for field in self.fields)
        if connection.vendor == "postgresql":
            connection.ensure_connection()
            copying = f"COPY {self.table} ({columns}) FROM STDIN"
            with connection.connection.cursor() as cursor, cursor.copy(copying) as copy:
                for row in self.waiting:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(self.fields))
            with connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {self.table} ({columns}) VALUES ({marks})", self.waiting)  # noqa: S608
        self.waiting.clear()


def _told(value: Any) -> Any:
    """A value as both databases take it."""
    if isinstance(value, UUID):
        return value if connection.vendor == "postgresql" else value.hex
    if connection.vendor == "postgresql" or not isinstance(value, date):
        return value
    return str(value.astimezone(UTC).replace(tzinfo=None)) if isinstance(value, datetime) else value.isoformat()


def write_all(tables: Iterable[Rows]) -> None:
    """What waits in each table, in this order, in one transaction."""
    with transaction.atomic():
        for rows in tables:
            rows.write()
