"""Whole numbers and heads added up by label. No Django; arrays in, numbers out."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .blocks import Ints, Mask

LOW = 1 << 20
FLAGS = 1 << 24  # labels × keys up to which heads are ticked off rather than sorted


def stretch_of(value: NDArray[Any], starts: Sequence[int], ends: Sequence[int]) -> Ints:
    """The number of the stretch in which each value lies, -1 for none."""
    number = np.searchsorted(np.asarray(starts), value, side="right").astype(np.int64) - 1
    if ends:  # what lies between two stretches lies in neither
        number[value > np.asarray(ends)[number]] = -1
    return number


def add_up(totals: dict[int, list[int]], value: NDArray[Any], deeds: NDArray[Any], amount: Ints | None) -> None:
    """Add to `totals` deeds and amount by label."""
    count = np.bincount(value)
    signed = np.bincount(value, weights=deeds)
    exact = np.zeros(count.size, np.int64) if amount is None else exact_sums(value, amount, count.size)
    for number in np.flatnonzero(count).tolist():
        numbers = totals.setdefault(number, [0, 0, 0])
        numbers[0] += int(signed[number])
        numbers[1] += int(exact[number])


def ticked_off(pairs: Sequence[tuple[NDArray[Any], NDArray[Any]]]) -> Mask:
    """By key: do its signs add up to more than nothing? Nearly all signs are +1: keys are ticked off, and only those
    that have another sign too are added up."""
    size = max((int(key.max()) for key, _sign in pairs), default=-1) + 1
    ticked: Mask = np.zeros(size, dtype=bool)
    suspect: Mask | None = None
    for key, sign in pairs:
        ticked[key] = True
        odd = key[sign != 1]
        if odd.size:
            suspect = np.zeros(size, dtype=bool) if suspect is None else suspect
            suspect[odd] = True
    if suspect is not None:
        among = [(key[chosen], sign[chosen]) for key, sign in pairs for chosen in [suspect[key]]]
        keys = np.concatenate([key for key, _sign in among])
        found, number = np.unique(keys, return_inverse=True)
        total = np.bincount(number, weights=np.concatenate([sign for _key, sign in among]))
        ticked[found] = total > 0
    return ticked


def heads_by(parts: Sequence[tuple[Ints, Ints, Ints]]) -> list[tuple[int, int]]:
    """(label, how many heads) from labels, keys and signs."""
    filled = [part for part in parts if part[0].size]
    if not filled:
        return []
    width = max(int(key.max()) for _label, key, _sign in filled) + 1
    labels = max(int(label.max()) for label, _key, _sign in filled) + 1
    pairs = [(label * width + key, sign) for label, key, sign in filled]
    if labels * width <= FLAGS:
        ticked = ticked_off(pairs)
        ticked = np.concatenate([ticked, np.zeros(labels * width - ticked.size, dtype=bool)])
        counts = np.count_nonzero(ticked.reshape(labels, width), axis=1)
        return [(int(label), int(counts[label])) for label in np.flatnonzero(counts)]
    pair = np.concatenate([pair * 2 + (sign < 0) for pair, sign in pairs])
    pair.sort()  # the sign at the end: a plain sort is much faster than an argsort
    sign = 1 - 2 * (pair & 1)
    pair >>= 1
    first = np.flatnonzero(np.concatenate([[True], pair[1:] != pair[:-1]]))
    counted = np.add.reduceat(sign, first) > 0
    found, numbers = np.unique(pair[first][counted] // width, return_counts=True)
    return list(zip(found.tolist(), numbers.tolist(), strict=True))


def exact_sums(value: NDArray[Any], amount: Ints, top: int) -> Ints:
    """Sums of whole numbers by label. Floats would lose the last thousandth of large sums, so high and low parts are
    summed apart: each stays below 2^53."""
    high, low = np.divmod(amount, LOW)
    tops, lows = (np.bincount(value, weights=part, minlength=top).astype(np.int64) for part in (high, low))
    return tops * LOW + lows
