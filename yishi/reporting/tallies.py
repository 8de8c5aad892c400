"""The figures' raw SQL: many rows at once, and what every page asks first."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from yishi.journal.models import Entry, Unfolded
from yishi.organisations.models import Numbering, Place

from .models import FigureRow, FigureState

COLUMNS = (
    "entry_id",
    "series",
    "part",
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


@dataclass(slots=True)
class Said:
    """What figures read of an entry (fold.Counted), without the rest of it."""

    pk: str  # as the database writes it: `rows_of` names it so too
    code: str
    place_id: str | None
    at: datetime
    received_at: datetime
    reverses_id: Any
    dims: dict[str, Any]
    quantities: dict[str, Any]
    touches: list[Any]
    data: dict[str, Any]


def _text(column: str) -> str:
    return f"{column}::text" if connection.vendor == "postgresql" else column


def said_after(last: str, count: int, codes: Collection[str]) -> tuple[list[Said], str, int]:
    """Of the `count` entries after the id `last` ("": from the first) those that have one of `codes`; the last id of
    all, and how many they were.

    A whole journal passes here: nothing of the others is read, and of these no more than figures need. Codes are
    picked out here, for SQLite, asked for them, would put all entries in order each time.
    """
    whole = " || ',' || ".join(map(_text, ("dims", "quantities", "touches", "data")))
    columns = ", ".join((_text("id"), "code", _text("place_id"), "at", "received_at", _text("reverses_id"), whole))
    beyond, params = ("WHERE id > %s", [last]) if last else ("", [])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {Entry._meta.db_table} {beyond} ORDER BY id LIMIT %s",  # noqa: S608
            [*params, count],
        )
        rows = cursor.fetchall()
    found = [
        Said(key, code, _dashed(place), _moment(at), _moment(received), reverses, *json.loads(f"[{texts}]"))
        for key, code, place, at, received, reverses, texts in rows
        if code in codes
    ]
    return found, rows[-1][0] if rows else last, len(rows)


def _dashed(key: str | None) -> str | None:
    """An id as `str(UUID)` writes it."""
    if key is None or "-" in key:
        return key
    return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


def _moment(value: datetime) -> datetime:
    """As Django reads it: SQLite's moments say no zone."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def rows_between(first: str, last: str) -> Iterator[tuple[Any, ...]]:
    """The sequence and COLUMNS of the figure rows of the entries from `first` to `last`."""
    entry, *others = COLUMNS
    names = ", ".join(("sequence", _text(entry), *others))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {names} FROM {FigureRow._meta.db_table} WHERE entry_id BETWEEN %s AND %s",  # noqa: S608
            [first, last],
        )
        for row in cursor.fetchall():
            yield (*row[:-2], bytes(row[-2]), bytes(row[-1]))


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
