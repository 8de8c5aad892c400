"""Odd voters: who gives one answer to everything, and who keeps contradicting themselves.

They make no groups, for a group of people who press one button is no opinion; they stay in every count and are named.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .votes import VoteTable

Flags = NDArray[np.bool_]

LEAST_VOTES = 7  # of one and the same kind
CHANCE = 0.01  # that a person who answers as the others do would give one answer to all that many
CONTRADICTIONS, PART = 5, 0.5  # pairs answered in two ways, at least, and as a part of all that a person answered
WHY = ("agree", "object", "pass", "contradicts")


@dataclass(frozen=True, slots=True)
class Odd:
    """Who, and why: "agree", "object" or "pass" to everything, or "contradicts": two answers to the same statement."""

    participant: Any
    why: str


def one_answer(table: VoteTable, moderated: Flags) -> NDArray[np.int8]:
    """The one answer that a person gives to everything, (n,); 2 where there is none that would be odd.

    Odd is only what the others' answers do not explain: where nearly everybody agrees with all, nobody stands out.
    """
    n, m = table.shape
    counted = ~moderated[table.column]
    row = np.repeat(np.arange(n, dtype=np.int32), table.per_participant)[counted]
    value, column = table.value[counted], table.column[counted]
    size = np.bincount(row, minlength=n)
    of = np.stack([np.bincount(row[value == kind], minlength=n) for kind in (-1, 0, 1)])
    same = (of.max(axis=0) == size) & (size >= LEAST_VOTES)
    found = np.full(n, 2, dtype=np.int8)
    others = ~same[row]
    if not same.any() or not others.any():
        return found
    cell = column[others].astype(np.int64) * 3 + value[others] + 1
    seen = np.bincount(cell, minlength=3 * m).reshape(m, 3) + 0.5
    chance = np.log(seen / seen.sum(axis=1, keepdims=True))
    mine = ~others
    likely = np.bincount(row[mine], weights=chance[column[mine], value[mine].astype(np.intp) + 1], minlength=n)
    out = same & (likely < np.log(CHANCE))
    found[out] = (of.argmax(axis=0)[out] - 1).astype(np.int8)
    return found


def contradicting(
    table: VoteTable, participants: NDArray[Any], statements: NDArray[Any], votes: NDArray[np.int8]
) -> Flags:
    """Who answered the same statements in two ways again and again, (n,) by the table's rows; the columns are raw."""
    flags = np.zeros(table.shape[0], dtype=bool)
    if votes.size == table.column.size:
        return flags  # no pair comes twice
    order = np.lexsort((votes, statements, participants))
    who, what, said = participants[order], statements[order], votes[order]
    again = (who[1:] == who[:-1]) & (what[1:] == what[:-1])
    changed = again & (said[1:] != said[:-1])
    fresh = np.concatenate([[True], ~again])
    pair = np.cumsum(fresh) - 1
    of_pair = np.zeros(int(pair[-1]) + 1, dtype=bool)
    of_pair[pair[1:][changed]] = True
    people, place = np.unique(who[fresh], return_inverse=True)
    times = np.bincount(place, weights=of_pair, minlength=people.size)
    known = np.searchsorted(people, table.participants)
    flags |= (times[known] >= CONTRADICTIONS) & (times[known] >= PART * table.per_participant)
    return flags
