"""A long question to SQLite, asked part by part: of a desk's 28 lists in one statement it took three times as long.

SQLite has its statements in the same process, so that many cost no way to a server. The parts are read at one moment,
as by one statement, and Django counts and logs them as one.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.backends.sqlite3.base import SQLiteCursorWrapper

MANY = 8  # parts, from which on it is quicker

Part = tuple[str, int]  # the statement, and how many values it takes


def may_part() -> bool:
    """Are we where many statements cost no way?"""
    return connection.vendor == "sqlite"


def first_row(sql: str, parts: Sequence[Part], params: Sequence[Any]) -> list[Any]:
    """The row of `sql`, of whose columns each is the answer to one part."""
    connection.ensure_connection()
    ours: Any = connection.connection
    inside: Any = connection
    cursor = _Cursor(ours)
    cursor.parts = parts
    with inside._prepare_cursor(cursor) as asking:
        is_ours = not ours.in_transaction
        if is_ours:
            ours.execute("BEGIN")  # of readers: it waits for nobody, and nobody for it
        try:
            asking.execute(sql, params)
        finally:
            if is_ours:
                ours.execute("COMMIT")
    return cursor.row


class _Cursor(SQLiteCursorWrapper):
    parts: Sequence[Part] = ()

    def execute(self, query: str, params: Any = None) -> Any:
        start, self.row = 0, list[Any]()
        for sql, takes in self.parts:
            super().execute(sql, params[start : start + takes])
            self.row += self.fetchone()
            start += takes
        return self
