"""The journal's raw SQL."""

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from .models import Block, Entry, Receipt, Seal

CHUNK = 5000


# The columns of an entry that its hash covers, in the order in which `hashing.entry_hash` reads them.
_IDS = (
    "id",
    "receipt_id",
    "subject_id",
    "actor_id",
    "on_behalf_of_id",
    "right_id",
    "body_id",
    "place_id",
    "caused_by_id",
    "reverses_id",
)
_TIMES = ("at", "received_at")
_JSON = ("dims", "quantities", "touches", "data")
_PLAIN = ("ordinal", "code", "version", "subject_kind", "right_kind", "body_hash")
COLUMNS = (*_IDS, *_TIMES, *_JSON, *_PLAIN)


def _as_text(alias: str) -> str:
    """An entry's columns as texts and numbers that are read alike from both databases."""
    if connection.vendor != "postgresql":  # `|| ''`: Django's SQLite connection turns declared times into datetimes
        empty = " || ''"
        return ", ".join(f'{alias}."{name}"{empty if name in _TIMES else ""}' for name in COLUMNS)
    ids = [f"replace({alias}.{name}::text, '-', '')" for name in _IDS]
    times = [f"to_char({alias}.{name} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')" for name in _TIMES]
    values = [f"{alias}.{name}::text" for name in _JSON]
    return ", ".join([*ids, *times, *values, *(f'{alias}."{name}"' for name in _PLAIN)])


def unsealed(limit: int, since: str = "", after: tuple[Any, ...] | None = None) -> list[tuple[Any, ...]]:
    """Up to `limit` visible entries without a seal, as rows of COLUMNS, by (received_at, receipt, ordinal).

    Every visible one, not those after some last id: commit order is neither id order nor the order of times. `since`
    (UTC text) leaves out what was received before; `after` is a row of which those that follow are wanted.
    """
    is_postgresql = connection.vendor == "postgresql"
    time, uuid = ("%s::timestamp AT TIME ZONE 'UTC'", "%s::uuid") if is_postgresql else ("%s", "%s")
    conditions, values = [f"NOT EXISTS (SELECT 1 FROM {Seal._meta.db_table} s WHERE s.entry_id = e.id)"], []
    if since:
        conditions.append(f"e.received_at >= {time}")
        values.append(since)
    if after is not None:
        received, receipt, ordinal = (after[COLUMNS.index(name)] for name in ("received_at", "receipt_id", "ordinal"))
        conditions.append(f"e.received_at >= {time}")  # by the index
        conditions.append(f"(e.received_at, e.receipt_id, e.ordinal) > ({time}, {uuid}, %s)")
        values += [received, received, receipt, ordinal]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_as_text('e')} FROM {Entry._meta.db_table} e WHERE {' AND '.join(conditions)} "
            "ORDER BY e.received_at, e.receipt_id, e.ordinal LIMIT %s",
            [*values, limit],
        )
        entries: list[tuple[Any, ...]] = cursor.fetchall()
        return entries


def count_unsealed() -> int:
    """Entries that no block holds yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM {Entry._meta.db_table} e "
            f"WHERE NOT EXISTS (SELECT 1 FROM {Seal._meta.db_table} s WHERE s.entry_id = e.id)"
        )
        return int(cursor.fetchone()[0])


def unsealed_before(time: str) -> Any:
    """The id of the first unsealed entry received before `time` (UTC text) that no demo wrote; None without one."""
    mark = "'%%\"demo\"%%'"
    data = "e.data::text" if connection.vendor == "postgresql" else "e.data"
    limit = "%s::timestamp AT TIME ZONE 'UTC'" if connection.vendor == "postgresql" else "%s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.id FROM {Entry._meta.db_table} e "
            f"WHERE NOT EXISTS (SELECT 1 FROM {Seal._meta.db_table} s WHERE s.entry_id = e.id) "
            f"AND e.received_at < {limit} AND {data} NOT LIKE {mark} ORDER BY e.received_at, e.id LIMIT 1",
            [time],
        )
        row = cursor.fetchone()
        return row[0] if row else None


def sealed() -> Iterator[tuple[Any, ...]]:
    """Every seal in the order of blocks and positions: (block number, position, entry id, entry hash, *COLUMNS).

    The entry's columns are empty where the entry is gone.
    """
    entry_id = "s.entry_id" if connection.vendor != "postgresql" else "replace(s.entry_id::text, '-', '')"
    return _stream(
        f"SELECT s.block_id, s.position, {entry_id}, s.entry_hash, {_as_text('e')} "
        f"FROM {Seal._meta.db_table} s LEFT JOIN {Entry._meta.db_table} e ON e.id = s.entry_id "
        "ORDER BY s.block_id, s.position"
    )


def blocks() -> list[tuple[int, str, str, int, str]]:
    """Every block in order: (number, previous hash, hash, entry count, sealed at)."""
    time = "sealed_at || ''"
    if connection.vendor == "postgresql":
        time = "to_char(sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT number, previous_hash, hash, entry_count, {time} FROM {Block._meta.db_table} ORDER BY number"
        )
        in_order: list[tuple[int, str, str, int, str]] = cursor.fetchall()
        return in_order


def receipts_unlike() -> list[tuple[Any, Any]]:
    """The first entry without a fitting receipt, then the first receipt without all its entries: (entry, receipt)."""
    entries, receipts = Entry._meta.db_table, Receipt._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.id, e.receipt_id FROM {entries} e LEFT JOIN {receipts} r ON r.id = e.receipt_id "
            "WHERE r.id IS NULL OR r.body_hash <> e.body_hash OR r.received_at <> e.received_at "
            "OR e.ordinal >= r.entry_count ORDER BY e.received_at, e.id LIMIT 1"
        )
        unlike: list[tuple[Any, Any]] = cursor.fetchall()
        cursor.execute(
            f"SELECT NULL, r.id FROM {receipts} r LEFT JOIN (SELECT receipt_id, COUNT(*) AS n FROM {entries} "
            "GROUP BY receipt_id) c ON c.receipt_id = r.id WHERE COALESCE(c.n, 0) <> r.entry_count "
            "ORDER BY r.received_at, r.id LIMIT 1"
        )
        return unlike + list(cursor.fetchall())


def _stream(sql: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a long answer, without holding them all: a server-side cursor on PostgreSQL."""
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(sql)
            while rows := cursor.fetchmany(CHUNK):
                yield from rows
        return
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows
