"""Is the journal still what it was? Names the first entry that was altered, removed, inserted or moved.

What nobody can tell from the database alone is a journal that was rewritten as a whole, hashes included: for that the
last hash is printed on reports, and given here it must still be the hash of some block.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from . import blocks, reads
from .hashing import block_hash, entry_hash, moment

_COLUMN = {name: number for number, name in enumerate(reads.COLUMNS)}
_HEAD = 4  # block, position, entry id, entry hash stand before an entry's columns


class Kind(StrEnum):
    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    MOVED = "moved"
    BLOCK = "block"  # a block's own row, or seals together with their entries
    RECEIPT = "receipt"  # a receipt that says otherwise than its entries
    REWRITTEN = "rewritten"  # the whole


@dataclass(frozen=True, slots=True)
class Damage:
    """The first thing that is not as it was sealed."""

    kind: Kind
    entry: UUID | None = None
    block: int | None = None
    position: int | None = None
    receipt: UUID | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was read, and the first damage (None: all is as it was)."""

    entries: int
    blocks: int
    unsealed: int
    last_hash: str
    damage: Damage | None = None

    @property
    def is_whole(self) -> bool:
        return self.damage is None


def verify(known_hash: str | None = None) -> Report:
    """Read the whole journal and report. `known_hash` is a last hash that was printed or written down before."""
    walk = _Walk(reads.blocks())
    damage = walk.damage() or _beside_the_blocks(walk.earliest)
    if damage is None and known_hash and known_hash.strip().lower() not in walk.hashes:
        damage = Damage(Kind.REWRITTEN)
    loose = reads.count_unsealed()
    last = walk.blocks[-1][2] if walk.blocks else ""
    return Report(walk.read + loose, len(walk.blocks), loose, last, damage)


class _Walk:
    """One reading of all blocks in order."""

    def __init__(self, all_blocks: list[tuple[int, str, str, int, str]]):
        self.blocks = all_blocks
        self.hashes = {block[2] for block in all_blocks}
        self.earliest = ""  # what was received before this had to be in a block that is read already
        self.read = 0

    def damage(self) -> Damage | None:
        runs = _runs(reads.sealed())
        run = next(runs, None)
        previous, number = "", 0
        for number, (block, previous_hash, hashed, count, time) in enumerate(self.blocks, start=1):
            time = moment(time)
            if block != number or previous_hash != previous:
                return Damage(Kind.BLOCK, block=number)
            if run is not None and run[0] < block:
                return Damage(Kind.BLOCK, block=run[0])
            seals = run[1] if run is not None and run[0] == block else []
            damage = self._in_block(block, seals, count)
            if damage is not None:
                return damage
            if block_hash(block, previous, time, [seal[3] for seal in seals]) != hashed:
                return _moved(seals) or Damage(Kind.BLOCK, block=block)
            previous, self.earliest = hashed, _back(_sealed_to(time, seals))
            self.read += len(seals)
            run = next(runs, None) if seals else run
        return Damage(Kind.BLOCK, block=run[0]) if run is not None else None

    def _in_block(self, block: int, seals: list[tuple[Any, ...]], count: int) -> Damage | None:
        """Hold each entry of a block against its seal. `seals`, here and below, are rows of `reads.sealed`."""
        received, data = _HEAD + _COLUMN["received_at"], _HEAD + _COLUMN["data"]
        for expected, seal in enumerate(seals):
            if seal[1] != expected:
                return Damage(Kind.REMOVED, None, block, expected)
            if seal[_HEAD] is None:
                return Damage(Kind.REMOVED, _uuid(seal[2]), block, expected)
            if entry_hash(seal[_HEAD:]) != seal[3]:
                return Damage(Kind.ALTERED, _uuid(seal[2]), block, expected)
            if self.earliest and moment(seal[received]) < self.earliest and '"demo"' not in seal[data]:
                return Damage(Kind.INSERTED, _uuid(seal[2]), block, expected)
        if len(seals) < count:
            return Damage(Kind.REMOVED, None, block, len(seals))
        if len(seals) > count:
            return Damage(Kind.INSERTED, _uuid(seals[count][2]), block, count)
        return None


def _sealed_to(time: str, seals: list[tuple[Any, ...]]) -> str:
    """Up to when a block sealed what had been received: a full one stops at its last entry, more may have waited."""
    last = moment(seals[-1][_HEAD + _COLUMN["received_at"]]) if len(seals) >= blocks.BLOCK_SIZE else time
    return min(time, last)


def _runs(seals: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """(block number, its seals), one block after the other."""
    number: int | None = None
    run: list[tuple[Any, ...]] = []
    for seal in seals:
        if seal[0] != number:
            if number is not None:
                yield number, run
            number, run = seal[0], []
        run.append(seal)
    if number is not None:
        yield number, run


def _moved(seals: list[tuple[Any, ...]]) -> Damage | None:
    """The first entry out of the order (time of receipt, receipt, ordinal) in which a block is sealed."""
    received, receipt, ordinal = (_HEAD + _COLUMN[name] for name in ("received_at", "receipt_id", "ordinal"))
    before = ("", "", 0)
    for seal in seals:
        here = (moment(seal[received]), seal[receipt], seal[ordinal])
        if here < before:
            return Damage(Kind.MOVED, _uuid(seal[2]), seal[0], seal[1])
        before = here
    return None


def _beside_the_blocks(earliest: str) -> Damage | None:
    """Entries that no block knows although they say that they are old; entries and receipts that do not fit."""
    if earliest:
        old = reads.unsealed_before(earliest)
        if old is not None:
            return Damage(Kind.INSERTED, _uuid(old))
    for entry, receipt in reads.receipts_unlike():
        if entry is not None:
            return Damage(Kind.INSERTED, _uuid(entry), receipt=_uuid(receipt))
        return Damage(Kind.RECEIPT, receipt=_uuid(receipt))
    return None


def _back(time: str) -> str:
    return (datetime.fromisoformat(time) - blocks.GRACE).strftime("%Y-%m-%d %H:%M:%S.%f")


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
