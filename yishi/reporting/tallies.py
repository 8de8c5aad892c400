"""The figures' raw SQL: many rows at once, and what every page asks first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from yishi.journal.models import Entry, Unfolded
from yishi.organisations.models import Numbering, Place

from .models import FigureRow, FigureState

COLUMNS = (
    "entry_id",
    "series",
    "deeds",
    "amount",
    "unnamed",
    "day",
    "received",
    "item",
    "place",
    "touches",
    "parties",
)


def rows_add(figure_rows: Sequence[dict[str, Any]]) -> None:
    """Write figure rows in their order, each with a value for all of COLUMNS.

    By COPY on PostgreSQL, by one prepared statement on SQLite: a million rows in half the time.
    """
    table, names = FigureRow._meta.db_table, ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            places = ", ".join(["%s"] * len(COLUMNS))
            entry, *others = COLUMNS
            cursor.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({places})",  # noqa: S608
                [(figure_row[entry].hex, *(figure_row[name] for name in others)) for figure_row in figure_rows],
            )
            return
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for figure_row in figure_rows:
                copy.write_row([figure_row[name] for name in COLUMNS])


_STATE = f"""
SELECT s.generation, s.sequence, s.key,
  (SELECT last FROM {Numbering._meta.db_table} WHERE key = 'places'),
  (SELECT id FROM {Place._meta.db_table} ORDER BY lo DESC LIMIT 1),
  (SELECT entry_id FROM {FigureRow._meta.db_table} WHERE sequence = %s),
  EXISTS (SELECT 1 FROM {Entry._meta.db_table} WHERE received_at < %s
          AND id IN (SELECT entry_id FROM {Unfolded._meta.db_table} LIMIT %s))
FROM (SELECT 1) one LEFT JOIN {FigureState._meta.db_table} s ON s.id = 1
"""  # noqa: S608  names of tables


def state_now(at: int, before: datetime, looked_at: int) -> tuple[Any, ...]:
    """Generation, sequence and last key of the figures; the tree's version and its last place; the entry of the row
    `at`; does one of `looked_at` entries that wait come from `before` a moment?

    Written out, for every page asks it, and putting such a question together costs more than its answer. Of some that
    wait, not by the time of all entries: a database without statistics would look through them all.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [at, connection.ops.adapt_datetimefield_value(before), looked_at])
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def places_now() -> list[tuple[str, int, int, str | None, bool, str]]:
    """Id, first and last number, parent, whether it is closed, and level of every place; ids in hexadecimal digits,
    for sixteen thousand of them are read before the first figure."""
    hexadecimal = "replace({}::text, '-', '')" if connection.vendor == "postgresql" else "{}"
    table, pk, parent = Place._meta.db_table, hexadecimal.format("id"), hexadecimal.format("parent_id")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {pk}, lo, hi, {parent}, closed_on IS NOT NULL, level FROM {table}")  # noqa: S608
        return list(cursor.fetchall())
