"""Entries are sealed in hashed blocks by a job, not in the write path: each hash covers the hash before it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from .hashing import block_hash, entry_hash
from .models import Block, Seal
from .queries import COLUMNS, unsealed

BLOCK_SIZE = 10_000
GRACE = timedelta(hours=1)  # an entry is visible, and so sealed, within this time of its receipt
TRIES = 10
_ID, _RECEIVED = COLUMNS.index("id"), COLUMNS.index("received_at")


def seal(now: datetime | None = None, *, since: datetime | None = None) -> int:
    """Seal whatever is visible and unsealed; the number of entries.

    `since`: when an earlier run began that reached its end; then only what may have become visible from then on.
    Two sealers at once are safe: the number of the next block is claimed first, and who comes second waits for the
    other's end and then looks anew.
    """
    total = missed = 0
    start = _text(since - GRACE) if since else ""
    after = None  # where the block before ended: a million entries at once are read once, not once for each block
    while first := unsealed(1, start, after):  # looked for outside the transaction, which holds other writers up
        start = first[0][_RECEIVED]
        try:
            with transaction.atomic():
                rows = _seal_block(now or timezone.now(), start, after)
        except IntegrityError:  # another sealer had this number: its entries are sealed now
            missed += 1
            if missed > TRIES:
                raise
            continue
        total += len(rows)
        if len(rows) < BLOCK_SIZE:
            break
        after = rows[-1]
    return total


def last_hash() -> str:
    """The hash of the last block, to be printed on reports; empty before the first."""
    return Block.objects.order_by("-number").values_list("hash", flat=True).first() or ""


def _seal_block(now: datetime, start: str, after: tuple[Any, ...] | None) -> list[tuple[Any, ...]]:
    """The entries of the next block, sealed."""
    last = Block.objects.order_by("-number").first()
    number, previous = (last.number + 1, last.hash) if last else (1, "")
    block = Block.objects.create(number=number, previous_hash=previous, hash="", entry_count=0, sealed_at=now)
    rows = unsealed(BLOCK_SIZE, start, after)  # read after the claim: what the sealer before us sealed is gone from it
    if not rows:
        block.delete()
        return []
    hashes = [entry_hash(row) for row in rows]
    Seal.objects.bulk_create(
        Seal(block=block, position=position, entry_id=UUID(str(row[_ID])), entry_hash=one)
        for position, (row, one) in enumerate(zip(rows, hashes, strict=True))
    )
    block.hash, block.entry_count = block_hash(number, previous, _text(now), hashes), len(rows)
    block.save(update_fields=["hash", "entry_count"])
    return rows


def _text(moment: datetime) -> str:
    """As the database's rows give their times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
