"""The deliberation's only raw SQL: who votes holds a consultation open together, who closes it waits for them."""

from uuid import UUID

from django.db import connection


def hold(consultation_id: UUID, *, alone: bool) -> None:
    """Hold a consultation until the transaction ends: with others (who vote), or `alone` (who closes it, and waits).

    SQLite has one writer at a time anyway.
    """
    if connection.vendor != "postgresql":
        return
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [consultation_id.int & (1 << 63) - 1])
