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

from . import blocks, queries
from .hashing import block_hash, entry_hash, moment

_COLUMN = {name: number for number, name in enumerate(queries.COLUMNS)}
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
    walk = _Walk(queries.blocks())
    damage = walk.damage() or _beside_the_blocks(walk.earliest)
    if damage is None and known_hash and known_hash.strip().lower() not in walk.hashes:
        damage = Damage(Kind.REWRITTEN)
    loose = queries.count_unsealed()
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
        runs = _runs(queries.sealed())
        run = next(runs, None)
        previous, number = "", 0
        for number, (block, said, hashed, count, time) in enumerate(self.blocks, start=1):
            time = moment(time)
            if block != number or said != previous:
                return Damage(Kind.BLOCK, block=number)
            if run is not None and run[0] < block:
                return Damage(Kind.BLOCK, block=run[0])
            rows = run[1] if run is not None and run[0] == block else []
            found = self._in_block(block, rows, count)
            if found is not None:
                return found
            if block_hash(block, previous, time, [row[3] for row in rows]) != hashed:
                return _moved(rows) or Damage(Kind.BLOCK, block=block)
            previous, self.earliest = hashed, _back(_sealed_to(time, rows))
            self.read += len(rows)
            run = next(runs, None) if rows else run
        return Damage(Kind.BLOCK, block=run[0]) if run is not None else None

    def _in_block(self, block: int, rows: list[tuple[Any, ...]], count: int) -> Damage | None:
        """Each entry against its seal."""
        received, data = _HEAD + _COLUMN["received_at"], _HEAD + _COLUMN["data"]
        for expected, row in enumerate(rows):
            if row[1] != expected:
                return Damage(Kind.REMOVED, None, block, expected)
            if row[_HEAD] is None:
                return Damage(Kind.REMOVED, _uuid(row[2]), block, expected)
            if entry_hash(row[_HEAD:]) != row[3]:
                return Damage(Kind.ALTERED, _uuid(row[2]), block, expected)
            if self.earliest and moment(row[received]) < self.earliest and '"demo"' not in row[data]:
                return Damage(Kind.INSERTED, _uuid(row[2]), block, expected)
        if len(rows) < count:
            return Damage(Kind.REMOVED, None, block, len(rows))
        if len(rows) > count:
            return Damage(Kind.INSERTED, _uuid(rows[count][2]), block, count)
        return None


def _sealed_to(time: str, rows: list[tuple[Any, ...]]) -> str:
    """Up to when a block sealed what had been received: a full one stops at its last entry, more may have waited."""
    last = moment(rows[-1][_HEAD + _COLUMN["received_at"]]) if len(rows) >= blocks.BLOCK_SIZE else time
    return min(time, last)


def _runs(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """The seals of one block after the other."""
    number: int | None = None
    run: list[tuple[Any, ...]] = []
    for row in rows:
        if row[0] != number:
            if number is not None:
                yield number, run
            number, run = row[0], []
        run.append(row)
    if number is not None:
        yield number, run


def _moved(rows: list[tuple[Any, ...]]) -> Damage | None:
    """The first entry out of the order (time of receipt, receipt, ordinal) in which a block is sealed."""
    received, receipt, ordinal = (_HEAD + _COLUMN[name] for name in ("received_at", "receipt_id", "ordinal"))
    before = ("", "", 0)
    for row in rows:
        here = (moment(row[received]), row[receipt], row[ordinal])
        if here < before:
            return Damage(Kind.MOVED, _uuid(row[2]), row[0], row[1])
        before = here
    return None


def _beside_the_blocks(earliest: str) -> Damage | None:
    """Entries that no block knows although they say that they are old; entries and receipts that do not fit."""
    if earliest:
        old = queries.unsealed_before(earliest)
        if old is not None:
            return Damage(Kind.INSERTED, _uuid(old))
    for entry, receipt in queries.receipts_unlike():
        if entry is not None:
            return Damage(Kind.INSERTED, _uuid(entry), receipt=_uuid(receipt))
        return Damage(Kind.RECEIPT, receipt=_uuid(receipt))
    return None


def _back(time: str) -> str:
    return (datetime.fromisoformat(time) - blocks.GRACE).strftime("%Y-%m-%d %H:%M:%S.%f")


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
