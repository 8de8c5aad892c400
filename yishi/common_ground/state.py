"""A consultation that goes on: new votes and statements are added, and the result is that of a full run.

What is kept are the votes in the order of participants and statements, and three whole-numbered tables of what is said
about every two statements (sums of products of votes, of who voted and votes, of who voted on both): mean-imputed
covariance follows from them exactly, and a new vote changes only the products with that participant's other votes.
Where votes are few, statements very many, or the method is "latent", the full run itself is made.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from .analysis import Settings, after_projection, analyse_table, columns_seen
from .components import Components, centred, principal, project, statement_means
from .odd import CONTRADICTIONS, PART
from .result import CommonGround
from .votes import BadVotes, VoteTable, canonical, columns_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MANY_VOTES = 100_000  # fewer are analysed anew
MANY_STATEMENTS = 1_500  # of more the tables of pairs would not pay
SHIFT, STATEMENT = np.int64(32), np.int64(2**32 - 1)
LATE = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class _Moments:
    """Sums over participants for every two statements, each (m, m): vote·vote, seen·vote, seen·seen."""

    votes: Floats
    mixed: Floats
    seen: Floats


class CommonGroundState:
    """Votes as they come in; `result()` is what `analyse` would say of all of them.

    Counts are equal, projections agree to 1e-6 (the sums are made in another order), groups are made from them in the
    same way. Takes the settings of `analyse`. Timestamps are given with every batch or with none.
    """

    def __init__(
        self,
        *,
        method: str = "latent",
        labels: Mapping[int, Any] | None = None,
        moderated: Collection[int] = (),
        meta: Collection[int] = (),
        seed: int = 0,
    ):
        Settings(method)  # raises ValueError
        self.method, self.labels, self.seed = method, labels, seed
        self.moderated, self.meta = frozenset(moderated), frozenset(meta)
        self._people, self._topics = _Ids(), _Ids()
        self._key = np.zeros(0, dtype=np.int64)  # participant << 32 | statement, rising
        self._value = np.zeros(0, dtype=np.int8)
        self._time: Ints | None = None
        self._first, self._last, self._begun = (np.zeros(0, dtype=np.int64) for _ in range(3))  # times
        self._changed = np.zeros(0, dtype=np.int64)  # keys of pairs that were answered in two ways
        self._moments: _Moments | None = None
        self._loadings: Floats | None = None
        self._kept: VoteTable | None = None

    @property
    def votes(self) -> int:
        """How many votes stand."""
        return int(self._key.size)

    def moderate(self, statements: Collection[int]) -> None:
        """From now on exactly these statements take no part."""
        self.moderated = frozenset(statements)

    def add(
        self, participants: ArrayLike, statements: ArrayLike, votes: ArrayLike, timestamps: ArrayLike | None = None
    ) -> None:
        """Take in columns of equal length as `analyse` does. A later vote replaces an earlier one on the same pair.

        Raises BadVotes, and then nothing has changed.
        """
        people, topics, values, times = columns_of(participants, statements, votes, timestamps)
        if self.votes and (times is None) != (self._time is None):
            raise BadVotes("timestamps are given with every batch or with none", column="timestamps")
        row, column = self._people.places(people), self._topics.places(topics)
        key = (row << SHIFT) | column
        order = np.argsort(key, kind="stable") if times is None else np.lexsort((times, key))
        first = np.full(self._people.size, LATE)
        first[: self._first.size] = self._first
        if times is not None:
            np.minimum.at(first, row, times)
            self._times(row, column, times)
        self._first = first
        self._note_changes(key, values)
        last = order[np.flatnonzero(np.diff(key[order], append=-1))]
        self._merge(key[last], values[last], None if times is None else times[last].astype(np.int64))

    def _times(self, row: Ints, column: Ints, times: NDArray[Any]) -> None:
        """When participants last voted, and when statements first had a vote."""
        times = times.astype(np.int64, copy=False)
        last, begun = np.full(self._people.size, np.iinfo(np.int64).min), np.full(self._topics.size, LATE)
        last[: self._last.size], begun[: self._begun.size] = self._last, self._begun
        np.maximum.at(last, row, times)
        np.minimum.at(begun, column, times)
        self._last, self._begun = last, begun

    def _note_changes(self, key: Ints, values: NDArray[np.int8]) -> None:
        """Remember pairs whose answers here differ from each other or from the one that stands."""
        order = np.lexsort((values, key))
        sorted_key, said = key[order], values[order]
        changed = sorted_key[1:][(sorted_key[1:] == sorted_key[:-1]) & (said[1:] != said[:-1])]
        if self.votes:
            place = np.minimum(np.searchsorted(self._key, sorted_key), self.votes - 1)
            other = (self._key[place] == sorted_key) & (self._value[place] != said)
            changed = np.concatenate([changed, sorted_key[other]])
        if changed.size:
            self._changed = np.union1d(self._changed, changed)

    def _merge(self, key: Ints, value: NDArray[np.int8], times: Ints | None) -> None:
        """Put in what is new and replace what is later; `key` rises and holds no pair twice."""
        self._kept = None
        if self.votes == 0:
            self._key, self._value, self._time = key, value, times
            return
        place = np.searchsorted(self._key, key)
        known = self._key[np.minimum(place, self.votes - 1)] == key
        stands = known.copy()
        if times is not None and self._time is not None:
            stands[known] = times[known] >= self._time[place[known]]
            self._time[place[stands]] = times[stands]
        change = value[stands].astype(np.float64) - self._value[place[stands]]
        self._value[place[stands]] = value[stands]
        fresh = ~known
        self._key = np.insert(self._key, place[fresh], key[fresh])
        self._value = np.insert(self._value, place[fresh], value[fresh])
        if times is not None and self._time is not None:
            self._time = np.insert(self._time, place[fresh], times[fresh])
        if self._moments is not None:
            self._update(key[stands], change, key[fresh], value[fresh].astype(np.float64))

    def _update(self, changed: Ints, change: Floats, added: Ints, value: Floats) -> None:
        """X'ᵀX' - XᵀX = DᵀX' + X'ᵀD - DᵀD, on the rows of those who voted."""
        before = self._moments
        if before is None or self._topics.size > MANY_STATEMENTS:
            self._moments = None
            return
        if changed.size + added.size == 0:
            return
        m, table = self._topics.size, self._table()
        row, column = np.concatenate([changed, added]) >> SHIFT, np.concatenate([changed, added]) & STATEMENT
        moved, appeared = np.concatenate([change, value]), np.concatenate([np.zeros(changed.size), np.ones(added.size)])
        squared, crossed, mixed, both = _products(table, row, column, moved, appeared)
        shape = (table.shape[0], m)
        step = sparse.csr_array((moved, (row, column)), shape=shape)
        new = sparse.csr_array((appeared[changed.size :], (row[changed.size :], column[changed.size :])), shape=shape)
        self._moments = _Moments(
            _grown(before.votes, m) + squared + squared.T - (step.T @ step).toarray(),
            _grown(before.mixed, m) + mixed + crossed.T - (new.T @ step).toarray(),
            _grown(before.seen, m) + both + both.T - (new.T @ new).toarray(),
        )

    def result(self) -> CommonGround:
        """The common ground of all votes so far. Raises BadVotes while there are none."""
        if self.votes == 0:
            raise BadVotes("there are no votes")
        table = self._table()
        fixed = self.method == "polis" or self.labels is not None
        if not fixed or self.votes < MANY_VOTES or self._topics.size > MANY_STATEMENTS:
            ordered = canonical(table)
            return analyse_table(ordered, self._settings(), contradicting=self._contradicting(ordered))
        out = np.isin(table.statements, list(self._settings().out))
        totals = table.counts()
        found = self._components(table, statement_means(totals, out), out)
        where = project(centred(table, found.mean, out), found, columns_seen(table, out))
        return after_projection(table, totals, found, where, out, self._settings(), self._contradicting(table))

    def _settings(self) -> Settings:
        return Settings(self.method, self.labels, self.moderated, self.meta, self.seed)

    def _contradicting(self, table: VoteTable) -> NDArray[np.bool_]:
        """`odd.contradicting` from the pairs that were ever answered in two ways."""
        times = np.bincount(self._changed >> SHIFT, minlength=self._people.size)
        known = self._people.places(table.participants)
        return (times[known] >= CONTRADICTIONS) & (times[known] >= PART * table.per_participant)

    def _components(self, table: VoteTable, mean: Floats, out: NDArray[np.bool_]) -> Components:
        known = self._moments or _moments(table)
        self._moments = known
        crossed = mean[:, None] * known.mixed
        squared = known.votes - crossed - crossed.T + mean[:, None] * mean[None, :] * known.seen
        squared[out, :] = 0.0
        squared[:, out] = 0.0
        wanted = min(2, *table.shape)
        total = float(np.trace(squared))
        if total <= 0.0:
            return Components(mean, np.zeros((2, mean.size)), np.zeros(2))
        start = None
        if self._loadings is not None:
            start = np.zeros(mean.size)
            start[: self._loadings.shape[1]] = self._loadings.sum(axis=0)
        found = principal(squared, mean, total, wanted, 2, start if start is not None and start.any() else None)
        self._loadings = found.loadings
        return found

    def _table(self) -> VoteTable:
        """All votes in the order of arrival of participants and statements; all of both have a vote."""
        if self._kept is not None:
            return self._kept
        row = (self._key >> SHIFT).astype(np.int32)
        start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=self._people.size))])
        column = (self._key & STATEMENT).astype(np.int32)
        first = None if self._time is None else self._first
        opened = None if self._time is None else np.searchsorted(np.sort(self._begun), self._last, side="right")
        self._kept = VoteTable(self._people.ids, self._topics.ids, start, column, self._value, first, opened)
        return self._kept


class _Ids:
    """Ids in the order of their arrival, found by search in the sorted ones."""

    def __init__(self) -> None:
        self.ids = np.zeros(0, dtype=np.int64)
        self._sorted = self.ids
        self._place = np.zeros(0, dtype=np.int64)

    @property
    def size(self) -> int:
        return int(self.ids.size)

    def places(self, given: NDArray[Any]) -> Ints:
        """The place of each id; unknown ones are put at the end."""
        unique, inverse = np.unique(given, return_inverse=True)
        unique = unique.astype(np.int64)
        where = np.searchsorted(self._sorted, unique)
        known = np.zeros(unique.size, dtype=bool)
        inside = where < self._sorted.size
        known[inside] = self._sorted[where[inside]] == unique[inside]
        places = np.empty(unique.size, dtype=np.int64)
        places[known] = self._place[where[known]]
        fresh = np.flatnonzero(~known)
        places[fresh] = self.size + np.arange(fresh.size)
        if fresh.size:
            self.ids = np.concatenate([self.ids, unique[fresh]])
            self._place = np.argsort(self.ids)
            self._sorted = self.ids[self._place]
        return places[inverse]


def _moments(table: VoteTable) -> _Moments:
    votes, seen = _matrices(table)
    return _Moments(
        (votes.T @ votes).toarray().astype(np.float64),
        (seen.T @ votes).toarray().astype(np.float64),
        (seen.T @ seen).toarray().astype(np.float64),
    )


def _matrices(table: VoteTable) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Votes, and who voted on what: in numbers that hold whole numbers exactly up to the number of participants."""
    kind = np.float32 if table.shape[0] < 2**24 else np.float64
    return table.matrix(table.value.astype(kind)), table.matrix(np.ones(table.value.size, dtype=kind))


def _products(
    table: VoteTable, row: Ints, column: Ints, moved: Floats, appeared: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """DᵀX, DᵀS, EᵀX and EᵀS (m, m) each: entries of D (`moved`) and E (`appeared`) with all votes in their rows."""
    m = table.shape[1]
    sizes = table.per_participant[row]
    ends = np.cumsum(sizes)
    where = np.arange(ends[-1]) + np.repeat(table.start[row] - ends + sizes, sizes)
    pair = np.repeat(column * m, sizes) + table.column[where]
    vote, step, new = table.value[where].astype(np.float64), np.repeat(moved, sizes), np.repeat(appeared, sizes)
    weights = (step * vote, step, new * vote, new)
    made = [np.bincount(pair, weight, m * m).astype(np.float64).reshape(m, m) for weight in weights]
    return made[0], made[1], made[2], made[3]


def _grown(table: Floats, m: int) -> Floats:
    return np.pad(table, (0, m - table.shape[0]))


__all__ = ["CommonGroundState"]
