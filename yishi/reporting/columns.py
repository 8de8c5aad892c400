"""The rows of the figures as columns in memory: any figure is a pass over them. No Django; arrays in, numbers out.

Rows are only added. A reversal is a row with the sign turned, so that sums are sums and a head is counted while the
signs of its touches add up to more than nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Heads = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]
HOUSEHOLD, PERSON, VILLAGE = 0, 1, 2
BODY, SOMEBODY = 0, 1
ROWS = {
    "sequence": np.int64,
    "deeds": np.int8,
    "amount": np.int64,
    "unnamed": np.int64,
    "day": np.int32,
    "received": np.int64,
    "item": np.int32,
    "place": np.int32,
}
TOUCH = 3  # kind, key, sign
PARTY = 5  # kind, key, role, share, sector
WHOLE = 10_000  # a whole in shares
LOW = 1 << 20
HEAD = 1_000  # one head in thousandths

Row = tuple[int, int, int, int, int, int, int, int, bytes, bytes]  # the columns above, then touches and parties


@dataclass(slots=True)
class Block:
    """Some rows: columns (n,); touches (t, 3) and parties (p, 5), each with the row to which it belongs."""

    columns: dict[str, NDArray[Any]]
    touches: NDArray[np.int32]
    touch_row: NDArray[np.int32]
    parties: NDArray[np.int32]
    party_row: NDArray[np.int32]
    # Worked out when first asked for, and kept: a block never changes.
    kept: dict[tuple[str, int], Heads] = field(default_factory=dict)
    placed: tuple[NDArray[np.int32], NDArray[np.int32]] | None = None  # the tree's numbers, and those of the rows
    parts: dict[Any, Any] = field(default_factory=dict)  # see part.py

    @property
    def size(self) -> int:
        return int(self.columns["day"].size)

    def heads(self, kind: int) -> Heads:
        """Row, key and sign of the touches of a kind."""
        if ("touch", kind) not in self.kept:
            chosen = self.touches[:, 0] == kind
            self.kept["touch", kind] = (self.touch_row[chosen], self.touches[chosen, 1], self.touches[chosen, 2])
        return self.kept["touch", kind]

    def doers(self, kind: int) -> Heads:
        """Row, key and sign of the parties of a kind."""
        if ("party", kind) not in self.kept:
            chosen = self.parties[:, 0] == kind
            row = self.party_row[chosen]
            self.kept["party", kind] = (row, self.parties[chosen, 1], self.columns["deeds"][row].astype(np.int32))
        return self.kept["party", kind]


def block_of(figure_rows: Sequence[Row]) -> Block:
    """The block of `figure_rows`."""
    count = len(figure_rows)
    columns = {
        name: np.fromiter((figure_row[place] for figure_row in figure_rows), dtype=kind, count=count)
        for place, (name, kind) in enumerate(ROWS.items())
    }
    touches, touch_row = _unpacked([figure_row[-2] for figure_row in figure_rows], TOUCH)
    parties, party_row = _unpacked([figure_row[-1] for figure_row in figure_rows], PARTY)
    return Block(columns, touches, touch_row, parties, party_row)


def joined(blocks: Sequence[Block]) -> Block:
    """Several blocks as one."""
    starts = np.cumsum([0, *(block.size for block in blocks)])
    return Block(
        {name: np.concatenate([block.columns[name] for block in blocks]) for name in ROWS},
        np.concatenate([block.touches for block in blocks]),
        np.concatenate([block.touch_row + start for block, start in zip(blocks, starts, strict=False)]).astype(
            np.int32
        ),
        np.concatenate([block.parties for block in blocks]),
        np.concatenate([block.party_row + start for block, start in zip(blocks, starts, strict=False)]).astype(
            np.int32
        ),
    )


def _unpacked(packed: Sequence[bytes], width: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The int32 lines of `width` numbers in all the rows' bytes, one under the other, and the row of each line."""
    lengths = np.fromiter((len(blob) // (4 * width) for blob in packed), dtype=np.int64, count=len(packed))
    flat = np.frombuffer(b"".join(bytes(blob) for blob in packed), dtype=np.int32).reshape(-1, width)
    return flat, np.repeat(np.arange(len(packed), dtype=np.int32), lengths)


@dataclass(frozen=True, slots=True)
class Window:
    """Places lo…hi of the tree, on days from…to."""

    lo: int
    hi: int
    start: int  # date.toordinal
    end: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, in keys. Empty means: not asked by. One of `windows` must hold (a dated set of places), and one of
    `places`."""

    lo: int
    hi: int
    start: int
    end: int
    items: frozenset[int] | None = None
    body: int | None = None
    sector: int | None = None
    windows: tuple[Window, ...] | None = None
    places: tuple[Window, ...] | None = None  # instead of lo…hi: the place as it was then
    known_by: int | None = None  # microseconds since 1970
    head: int | None = None  # the kind whose heads the asked item counts (HOUSEHOLD, PERSON, VILLAGE)


@dataclass(frozen=True, slots=True)
class Figure:
    """What one question is answered with. Amounts are thousandths and mean something within one unit only."""

    deeds: int = 0
    amount: int = 0
    unnamed: int = 0
    households: int = 0
    people: int = 0
    villages: int = 0
    bodies: int = 0
    givers: int = 0  # persons who did it
    credits: int = 0  # parties of deeds, each deed of each party
    credited: int = 0  # the asked body's (or sector's) part of the amount, thousandths
    nameless: int = 0  # of an item that counts heads: how many its deeds give as a number alone

    @property
    def overlap(self) -> int:
        """How many credits stand beside the deeds because several share one."""
        return self.credits - self.deeds


@dataclass(slots=True)
class Columns:
    """All rows up to `sequence`, and where each place lies in the tree (`lo` by the place's key)."""

    blocks: list[Block] = field(default_factory=list)
    sequence: int = 0
    lo: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))

    @property
    def size(self) -> int:
        return sum(block.size for block in self.blocks)

    def add(self, figure_rows: Sequence[Row], sequence: int) -> None:
        """Rows in their order, up to `sequence`. Small blocks are joined, so that there are never many."""
        if figure_rows:
            self.blocks.append(block_of(figure_rows))
            while len(self.blocks) > 1 and 2 * self.blocks[-1].size >= self.blocks[-2].size:
                self.blocks[-2:] = [joined(self.blocks[-2:])]
        self.sequence = sequence

    def still(self) -> "Columns":
        """As they are now, whatever is added later: rows and blocks never change, only which of them there are."""
        return Columns(list(self.blocks), self.sequence, self.lo)

    def deeds(self, asked: Asked) -> int:
        """How many deeds, and nothing else: where a page asks often."""
        masks = ((block, self._mask(block, asked)) for block in self.blocks)
        return sum(int(block.columns["deeds"][mask].sum(dtype=np.int64)) for block, mask in masks)

    def figure(self, asked: Asked) -> Figure:
        """Everything about one question."""
        parts = [(block, self._mask(block, asked)) for block in self.blocks]
        total = dict.fromkeys(("deeds", "amount", "unnamed", "credits", "credited", "nameless"), 0)
        for block, mask in parts:
            for name in ("deeds", "amount", "unnamed"):
                total[name] += int(block.columns[name][mask].sum(dtype=np.int64))
            chosen = mask[block.party_row]
            sign = block.columns["deeds"][block.party_row].astype(np.int64)
            total["credits"] += int(sign[chosen].sum())
            ours = chosen & _party_mask(block, asked)
            if asked.body is not None or asked.sector is not None:
                high, low = np.divmod(block.columns["amount"][block.party_row[ours]], LOW)
                share = block.parties[ours, 3].astype(np.int64)
                total["credited"] += int((high * share).sum()) * LOW + int((low * share).sum())
            if asked.head is not None:
                total["nameless"] += _nameless(block, mask, asked.head)
        total["credited"] //= WHOLE
        total["nameless"] //= HEAD
        return Figure(
            **total,
            households=self._heads(parts, HOUSEHOLD),
            people=self._heads(parts, PERSON),
            villages=self._heads(parts, VILLAGE),
            bodies=self._doers(parts, BODY),
            givers=self._doers(parts, SOMEBODY),
        )

    def by(
        self, asked: Asked, label: str, starts: Sequence[int] = (), ends: Sequence[int] = (), *, heads: bool = True
    ) -> dict[int, list[int]]:
        """Deeds, amount and (with `heads`) households per value of `label`: "item" (key), "place" (number of the one of
        the stretches `starts`…`ends`, rising, in which it lies), "day" (the same with days), "body" or "sector" (key).
        Without `ends` a stretch reaches to the next one."""
        totals: dict[int, list[int]] = {}
        pairs: list[tuple[Ints, Ints, Ints]] = []
        for block in self.blocks:
            mask = self._mask(block, asked)
            if label in ("body", "sector"):
                self._by_party(block, mask, label, totals)
                continue
            value = self._label(block, label, starts, ends)
            keep = mask & (value >= 0)
            kept = value[keep]
            top = int(kept.max(initial=-1)) + 1
            deeds = np.bincount(kept, weights=block.columns["deeds"][keep], minlength=top)
            amount = _exact_sums(kept, block.columns["amount"][keep], top)
            for number in np.flatnonzero(np.bincount(kept, minlength=top)).tolist():
                numbers = totals.setdefault(number, [0, 0, 0])
                numbers[0] += int(deeds[number])
                numbers[1] += int(amount[number])
            if heads:
                pairs.append(self._touched(block, keep, value))
        for number, count in _heads_by(pairs):
            totals.setdefault(number, [0, 0, 0])[2] = count
        return {number: numbers for number, numbers in totals.items() if any(numbers)}

    def columns_of(self, asked: Asked, *names: str) -> list[NDArray[Any]]:
        """Columns of the rows that answer the question."""
        parts = [(block.columns, self._mask(block, asked)) for block in self.blocks]
        return [
            np.concatenate([np.zeros(0, ROWS[name]), *(columns[name][mask] for columns, mask in parts)])
            for name in names
        ]

    def rows_of(self, asked: Asked) -> list[int]:
        """The sequences of the rows that answer the question."""
        sequences: list[int] = self.columns_of(asked, "sequence")[0].tolist()
        return sequences

    @staticmethod
    def _touched(block: Block, keep: Mask, value: Ints) -> tuple[Ints, Ints, Ints]:
        """Label, household and sign of each touch of the kept rows."""
        row, key, sign = block.heads(HOUSEHOLD)
        chosen = keep[row]
        return value[row[chosen]].astype(np.int64), key[chosen].astype(np.int64), sign[chosen].astype(np.int64)

    def _by_party(self, block: Block, mask: Mask, label: str, totals: dict[int, list[int]]) -> None:
        """Add to `totals` each deed once for each of its bodies, or for each of its members' sectors."""
        kind, column = (BODY, 1) if label == "body" else (SOMEBODY, 4)
        chosen = mask[block.party_row] & (block.parties[:, 0] == kind) & (block.parties[:, column] > 0)
        row, key = block.party_row[chosen].astype(np.int64), block.parties[chosen, column].astype(np.int64)
        if key.size == 0:
            return
        pair = np.unique(row * (int(key.max()) + 1) + key)
        row, key = np.divmod(pair, int(key.max()) + 1)
        deeds = np.bincount(key, weights=block.columns["deeds"][row])
        amount = _exact_sums(key, block.columns["amount"][row], deeds.size)
        for number in np.unique(key).tolist():
            numbers = totals.setdefault(number, [0, 0, 0])
            numbers[0] += int(deeds[number])
            numbers[1] += int(amount[number])

    def _label(self, block: Block, label: str, starts: Sequence[int], ends: Sequence[int]) -> Ints:
        if label == "item":
            return block.columns["item"].astype(np.int64)
        value = self.places(block) if label == "place" else block.columns["day"]
        number = np.searchsorted(np.asarray(starts), value, side="right").astype(np.int64) - 1
        if ends:  # what lies between two stretches lies in neither
            number[value > np.asarray(ends)[number]] = -1
        return number

    def places(self, block: Block) -> NDArray[np.int32]:
        """Where each row lies in the tree."""
        placed = block.placed
        if placed is None or placed[0] is not self.lo:
            placed = block.placed = (self.lo, self.lo[block.columns["place"]])
        return placed[1]

    def _mask(self, block: Block, asked: Asked) -> Mask:
        """Which rows answer the question."""
        day, lo = block.columns["day"], self.places(block)
        mask: Mask = (day >= asked.start) & (day <= asked.end)
        if asked.places is None:
            mask &= (lo >= asked.lo) & (lo <= asked.hi)
        if asked.items is not None:
            mask &= np.isin(block.columns["item"], list(asked.items))
        if asked.known_by is not None:
            mask &= block.columns["received"] <= asked.known_by
        for windows in (asked.windows, asked.places):
            if windows is not None:
                mask &= _inside(lo, day, windows)
        for wanted in _party_masks(block, asked):
            has = np.zeros(mask.size, dtype=bool)
            has[block.party_row[wanted]] = True
            mask &= has
        return mask

    @staticmethod
    def _heads(parts: Sequence[tuple[Block, Mask]], kind: int) -> int:
        """How many of a kind are touched at least once, reversals taken off."""
        return _counted((block.heads(kind), mask) for block, mask in parts)

    @staticmethod
    def _doers(parts: Sequence[tuple[Block, Mask]], kind: int) -> int:
        return _counted((block.doers(kind), mask) for block, mask in parts)


def _nameless(block: Block, mask: Mask, kind: int) -> int:
    """What the amounts of the rows are beyond the heads of `kind` that they name: somebody counted these, nobody can
    say whether they are counted already."""
    row, _key, _sign = block.heads(kind)
    named = np.bincount(row, minlength=block.size)[mask] * HEAD
    amount = block.columns["amount"][mask]
    beyond = np.sign(amount) * np.maximum(np.abs(amount) - named, 0)
    return int(beyond.sum(dtype=np.int64))


def _inside(lo: NDArray[Any], day: NDArray[Any], windows: Sequence[Window]) -> Mask:
    """Which rows lie in one of the windows. Those of the same days share one table over the numbers of places."""
    inside: Mask = np.zeros(lo.size, dtype=bool)
    size = max([int(lo.max(initial=0)), *(window.hi for window in windows)]) + 2  # the last, lo -1, lies nowhere
    for start, end in sorted({(window.start, window.end) for window in windows}):
        table = np.zeros(size, dtype=bool)
        for window in windows:
            if (window.start, window.end) == (start, end):
                table[max(window.lo, 0) : window.hi + 1] = True
        inside |= table[lo] & (day >= start) & (day <= end)
    return inside


def _party_masks(block: Block, asked: Asked) -> Iterator[Mask]:
    """One mask over the parties for each dimension that is asked: a deed must have a party in each."""
    if asked.body is not None:
        yield (block.parties[:, 0] == BODY) & (block.parties[:, 1] == asked.body)
    if asked.sector is not None:
        yield (block.parties[:, 0] == SOMEBODY) & (block.parties[:, 4] == asked.sector)


def _party_mask(block: Block, asked: Asked) -> Mask:
    """The parties whose part is asked for: those of the body and of the sector."""
    mask: Mask = np.zeros(block.party_row.size, dtype=bool)
    for party_mask in _party_masks(block, asked):
        mask |= party_mask
    return mask


def _counted(parts: Iterable[tuple[Heads, Mask]]) -> int:
    """How many keys have signs that add up to more than nothing, in the rows that are chosen."""
    touched = []
    for (row, key, sign), mask in parts:
        chosen = mask[row]
        if chosen.any():
            touched.append((key[chosen], sign[chosen]))
    if not touched:
        return 0
    top = max(int(key.max()) for key, _sign in touched) + 1
    total = np.zeros(top, dtype=np.int64)
    for key, sign in touched:
        total += np.bincount(key, minlength=top)
        total -= 2 * np.bincount(key[sign < 0], minlength=top)
    return int((total > 0).sum())


def _heads_by(parts: Sequence[tuple[Ints, Ints, Ints]]) -> list[tuple[int, int]]:
    """(label, how many heads) from labels, keys and signs."""
    label, key, sign = (np.concatenate([part[n] for part in parts]) if parts else np.zeros(0, int) for n in range(3))
    if label.size == 0:
        return []
    width = int(key.max()) + 1
    pair = (label * width + key) * 2 + (sign < 0)  # the sign at the end: a plain sort is much faster than an argsort
    pair.sort()
    sign = 1 - 2 * (pair & 1)
    pair >>= 1
    first = np.flatnonzero(np.concatenate([[True], pair[1:] != pair[:-1]]))
    counted = np.add.reduceat(sign, first) > 0
    labels, counts = np.unique(pair[first][counted] // width, return_counts=True)
    return list(zip(labels.tolist(), counts.tolist(), strict=True))


def _exact_sums(value: NDArray[Any], amount: Ints, top: int) -> Ints:
    """Sums of whole numbers by label. Floats would lose the last thousandth of large sums, so high and low parts are
    summed apart: each stays below 2^53."""
    high, low = np.divmod(amount, LOW)
    tops, lows = (np.bincount(value, weights=part, minlength=top).astype(np.int64) for part in (high, low))
    return tops * LOW + lows
