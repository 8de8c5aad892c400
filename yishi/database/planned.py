"""Questions that PostgreSQL plans once for a connection: planning a long one takes four times as long as answering it.

Only outside a transaction, where what the server refuses costs nothing (a value whose type it cannot tell by itself):
it is then asked as ever. Never through a pooler such as PgBouncer, which hands our statements to connections that do
not know them, or know another one by the same name: the server names itself (`pg_backend_pid`), and where that is not
whom the connection was promised, nothing is prepared.
"""

import secrets
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DataError, NotSupportedError, OperationalError, ProgrammingError, connection

ASKED = 2  # times, before the server keeps the plan
KEPT = 40  # plans of a connection, the newest asked: the longest takes nine megabytes of the server's memory

_is_its_own: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()  # by connection of psycopg


UNKNOWN = "26000"  # the server knows no statement of this name


class Refused(Exception):
    """The server does not take the statement so."""


def may_plan() -> bool:
    """Are we where a plan is kept: on PostgreSQL itself, and in no transaction?"""
    if connection.vendor != "postgresql" or connection.in_atomic_block or not connection.get_autocommit():
        return False
    connection.ensure_connection()
    ours = connection.connection
    known = _is_its_own.get(ours)
    if known is None:
        known = _is_its_own[ours] = _stands_alone(ours)
    return known


def first_row(sql: str, params: Sequence[Any]) -> Any:
    """The answer's first row. Raises Refused where the statement is better asked as ever."""
    ours: Any = connection.connection
    inside: Any = connection  # Django counts and logs what its own cursors ask
    try:
        with inside._prepare_cursor(ours.cursor_of_plans()) as cursor:
            cursor.execute(sql, params)
            return cursor.fetchone()
    except (ProgrammingError, DataError, NotSupportedError, OperationalError) as error:
        is_unknown = getattr(error.__cause__, "sqlstate", None) == UNKNOWN
        if isinstance(error, OperationalError) and not is_unknown:
            raise  # the server is away, or shuts down
        _is_its_own[ours] = not is_unknown
        raise Refused(str(error)) from error


def _stands_alone(ours: Any) -> bool:
    import psycopg  # noqa: PLC0415  an installation with SQLite needs none of it

    class Cursor(psycopg.Cursor[Any]):
        def execute(self, *asked: Any, **how: Any) -> Any:
            self.connection.prepare_threshold = ASKED
            try:
                return super().execute(*asked, **how)
            finally:
                self.connection.prepare_threshold = None

    found = ours.execute("SELECT pg_backend_pid()").fetchone()
    ours.prepared_max = KEPT
    ours._prepared._prepared_idx = secrets.randbits(60)  # names that no other connection gives
    ours.cursor_of_plans = lambda: Cursor(ours)
    return bool(found) and found[0] == ours.info.backend_pid
