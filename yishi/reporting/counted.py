"""What a question counted in blocks of rows, kept for whoever asks the same again. No Django; arrays in, numbers out.

A block never changes, so that what was counted in it stays true: of the rows that came since only these are counted,
and added. Sums add up by themselves. A head counts once in all blocks together: of each label and head is kept what its
signs add up to, so that a later row, also one with the sign turned, changes the number of heads as it should.

Kept is what many rows answer, from the second asking on: most questions reach few rows, and are asked once.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .blocks import Block, Ints

MANY = 20_000  # rows of an answer that is worth keeping
SETTLED = 2_000  # rows of a block from which on it is no longer joined to what came last
MOST_BYTES = 24_000_000  # of all that a process keeps
MOST_ASKED = 1_000  # questions whose second asking is noticed
KEY_BITS = 32
DENSE = 1 << 22  # labels × keys up to which signs are added up in a table rather than sorted

Heads = tuple[Any, NDArray[Any], NDArray[Any]]  # labels (or one for all), keys, signs


@dataclass(frozen=True, slots=True)
class Counted:
    """Sums by label; the pairs (label, key), rising, with what the signs of each add up to; heads by label."""

    sums: dict[int, list[int]]
    pair: Ints
    signs: NDArray[np.int32]
    heads: dict[int, int]

    @classmethod
    def of(cls, sums: dict[int, list[int]], touched: Sequence[Heads]) -> "Counted":
        pair, signs = _added_up([each for each in touched if each[1].size])
        return cls(sums, pair, signs, _numbers(pair[signs > 0] >> KEY_BITS, None))

    @property
    def bytes(self) -> int:
        return self.pair.nbytes + self.signs.nbytes + 200 * len(self.sums)

    def beside(self, more: "Counted") -> "Counted":
        """Sums and heads of both together, without the pairs: for rows of which more will come."""
        return self._with(more, is_whole=False)

    def joined(self, more: "Counted") -> "Counted":
        """Both together, to be kept."""
        return self._with(more, is_whole=True)

    def _with(self, more: "Counted", *, is_whole: bool) -> "Counted":
        sums = {label: [*numbers] for label, numbers in self.sums.items()}
        for label, numbers in more.sums.items():
            before = sums.get(label)
            sums[label] = [a + b for a, b in zip(before, numbers, strict=True)] if before else numbers
        place = np.searchsorted(self.pair, more.pair)
        is_known = np.zeros(place.size, dtype=bool)
        inside = place < self.pair.size
        is_known[inside] = self.pair[place[inside]] == more.pair[inside]
        had = np.zeros(place.size, dtype=np.int32)
        had[is_known] = self.signs[place[is_known]]
        change = ((had + more.signs) > 0).astype(np.int64) - (had > 0)
        heads = dict(self.heads)
        for label, number in _numbers(more.pair >> KEY_BITS, change).items():
            heads[label] = heads.get(label, 0) + number
        if not is_whole:
            return Counted(sums, self.pair[:0], self.signs[:0], heads)
        signs = self.signs.copy()
        signs[place[is_known]] += more.signs[is_known]
        pair = np.insert(self.pair, place[~is_known], more.pair[~is_known])
        return Counted(sums, pair, np.insert(signs, place[~is_known], more.signs[~is_known]), heads)


def _numbers(label: Ints, change: Ints | None) -> dict[int, int]:
    """How many of each label, or what its changes add up to."""
    if not label.size:
        return {}
    found, number = np.unique(label, return_inverse=True)
    count = np.bincount(number, weights=change).astype(np.int64)
    return {each: total for each, total in zip(found.tolist(), count.tolist(), strict=True) if total}


def _added_up(touched: Sequence[Heads]) -> tuple[Ints, NDArray[np.int32]]:
    """The pairs, rising, each once, with what its signs add up to; those that come to nothing are left out."""
    if not touched:
        return np.zeros(0, np.int64), np.zeros(0, np.int32)
    width = max(int(key.max()) for _label, key, _sign in touched) + 1
    labels = max(int(np.max(label)) for label, _key, _sign in touched) + 1
    pairs = [np.asarray(label, np.int64) * width + key for label, key, _sign in touched]
    if labels * width <= DENSE:
        total = np.zeros(labels * width)
        for pair, (_label, _key, sign) in zip(pairs, touched, strict=True):
            counted = np.bincount(pair, weights=sign)
            total[: counted.size] += counted
        found = np.flatnonzero(total)
        signs = total[found].astype(np.int32)
    else:
        pair, sign = np.concatenate(pairs), np.concatenate([sign for _label, _key, sign in touched])
        order = np.argsort(pair, kind="stable")
        pair = pair[order]
        first = np.flatnonzero(np.concatenate([[True], pair[1:] != pair[:-1]]))
        signs = np.add.reduceat(sign[order].astype(np.int32), first)
        found, signs = pair[first][signs != 0], signs[signs != 0]
    return (found // width << KEY_BITS) | found % width, signs


@dataclass(slots=True)
class _Entry:
    lo: Any  # where the places lay: a place that moved may have left what was asked
    blocks: tuple[int, ...]  # their numbers
    counted: Counted


class Recall:
    """What this process counted before, the newest asked, within so many bytes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._asked: OrderedDict[Hashable, None] = OrderedDict()
        self._bytes = 0

    def find(self, question: Hashable, lo: Any, blocks: Sequence[Block]) -> tuple[Counted | None, int]:
        """What is known of the question, and of how many of `blocks`, from the first on."""
        with self._lock:
            entry = self._kept.get(question)
            if entry is None:
                return None, 0
            self._kept.move_to_end(question)
            covered = len(entry.blocks)
            if entry.lo is not lo or entry.blocks != tuple(block.number for block in blocks[:covered]):
                return None, 0
            return entry.counted, covered

    def is_asked_again(self, question: Hashable) -> bool:
        """Was it noted, or kept, before?"""
        with self._lock:
            return question in self._kept or question in self._asked

    def note(self, question: Hashable) -> None:
        """That it reached many rows."""
        with self._lock:
            self._asked[question] = None
            while len(self._asked) > MOST_ASKED:
                self._asked.popitem(last=False)

    def keep(self, question: Hashable, lo: Any, blocks: Sequence[Block], counted: Counted) -> None:
        with self._lock:
            self._asked.pop(question, None)
            before = self._kept.pop(question, None)
            self._bytes += counted.bytes - (before.counted.bytes if before else 0)
            self._kept[question] = _Entry(lo, tuple(block.number for block in blocks), counted)
            while self._bytes > MOST_BYTES and len(self._kept) > 1:
                self._bytes -= self._kept.popitem(last=False)[1].counted.bytes

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()
            self._asked.clear()
            self._bytes = 0


RECALL = Recall()
