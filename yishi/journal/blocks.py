"""Entries are sealed in hashed blocks by a job, not in the write path: each hash covers the hash before it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from .hashing import block_hash, entry_hash
from .models import Block, Seal
from .reads import COLUMNS, unsealed

BLOCK_SIZE = 10_000
GRACE = timedelta(hours=1)  # an entry is visible, and so sealed, within this time of its receipt
TRIES = 10
_ID, _RECEIVED = COLUMNS.index("id"), COLUMNS.index("received_at")


def seal(now: datetime | None = None, *, since: datetime | None = None) -> int:
    """Seal whatever is visible and unsealed; gives the number of entries that it sealed.

    `since`: when an earlier run began that reached its end; then only what may have become visible since is looked for.
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
                sealed = _seal_block(now or timezone.now(), start, after)
        except IntegrityError:  # another sealer had this number: its entries are sealed now
            missed += 1
            if missed > TRIES:
                raise
            continue
        total += len(sealed)
        if len(sealed) < BLOCK_SIZE:
            break
        after = sealed[-1]
    return total


def last_hash() -> str:
    """The hash of the last block, to be printed on reports; empty before the first."""
    return Block.objects.order_by("-number").values_list("hash", flat=True).first() or ""


def _seal_block(now: datetime, start: str, after: tuple[Any, ...] | None) -> list[tuple[Any, ...]]:
    """Seal the next block; gives its entries as rows of `reads.COLUMNS`, none where there was nothing to seal."""
    last = Block.objects.order_by("-number").first()
    number, previous = (last.number + 1, last.hash) if last else (1, "")
    block = Block.objects.create(number=number, previous_hash=previous, hash="", entry_count=0, sealed_at=now)
    entries = unsealed(BLOCK_SIZE, start, after)  # after the claim: what the sealer before us sealed is gone from it
    if not entries:
        block.delete()
        return []
    hashes = [entry_hash(entry) for entry in entries]
    Seal.objects.bulk_create(
        Seal(block=block, position=position, entry_id=UUID(str(entry[_ID])), entry_hash=hashed)
        for position, (entry, hashed) in enumerate(zip(entries, hashes, strict=True))
    )
    block.hash, block.entry_count = block_hash(number, previous, _text(now), hashes), len(entries)
    block.save(update_fields=["hash", "entry_count"])
    return entries


def _text(moment: datetime) -> str:
    """As the database's rows give their times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
