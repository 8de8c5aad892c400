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
WHY = ("agree", "pass", "object", "contradicts")


@dataclass(frozen=True, slots=True)
class Odd:
    """Who, and why: "agree", "object" or "pass" to everything, or "contradicts": two answers to the same statement."""

    participant: Any
    why: str


def one_answer(table: VoteTable, moderated: Flags) -> NDArray[np.int8]:
    """The one answer that a person gives to everything, (n,); 2 where there is none that would be odd.

    Odd is only what the others' answers do not explain: where nearly everybody agrees with all, nobody stands out.
    """
    found = np.full(table.shape[0], 2, dtype=np.int8)
    counted = ~moderated[table.column]
    begin = table.start[:-1]
    low = np.minimum.reduceat(np.where(counted, table.value, np.int8(2)), begin)
    high = np.maximum.reduceat(np.where(counted, table.value, np.int8(-2)), begin)
    same = np.flatnonzero((low == high) & (answered(table, moderated) >= LEAST_VOTES))
    if same.size == 0:
        return found
    theirs = table.rows(same)
    others = table.counts() - theirs.counts()
    if others.sum() == 0:
        return found
    chance = np.log((others + 0.5) / (others + 0.5).sum(axis=0))
    likely = chance[theirs.value.astype(np.intp) + 1, theirs.column]
    likely[moderated[theirs.column]] = 0.0
    out = np.add.reduceat(likely, theirs.start[:-1]) < np.log(CHANCE)
    found[same[out]] = low[same[out]]
    return found


def answered(table: VoteTable, moderated: Flags) -> NDArray[np.integer]:
    """On how many statements each participant voted that are not moderated, (n,)."""
    if not moderated.any():
        return table.per_participant
    counted = (~moderated[table.column]).view(np.int8)
    found: NDArray[np.integer] = np.add.reduceat(counted, table.start[:-1], dtype=np.int32)
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
