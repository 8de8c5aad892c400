"""Votes in: three columns of equal length become one sparse table whose order no id and no row decides.

Participants and statements are put in an order of their own before anything is computed: by the time of the first vote
where times are given, else by what was voted. So sums of floating-point numbers are made in the same order, and every
figure has the same bits, however the rows were shuffled and the ids were numbered.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Signatures = NDArray[np.uint64]

AGREE, PASS, OBJECT = 1, 0, -1
CHUNK = 1 << 22  # votes handled at once where a temporary column is made
ROUNDS = 2  # of refining the signatures: statements by those who voted, participants by what they voted on


class BadVotes(ValueError):
    """What was given are no votes. `row` counts from 0 (None: the whole), `column` names the array."""

    def __init__(self, reason: str, *, row: int | None = None, column: str = ""):
        super().__init__(reason)
        self.reason, self.row, self.column = reason, row, column


@dataclass(frozen=True, slots=True)
class VoteTable:
    """The last vote of every participant on every statement, by rows: entries `start[i]` to `start[i + 1]` are row i's.

    `participants` (n,) and `statements` (m,) hold the ids; `column` (v,) the place of the statement, rising within a
    row; `value` (v,) +1 agree, 0 pass, -1 object. Statements without a vote have no column. `first` (n,) is the time
    of each participant's first vote, `opened` (n,) on how many statements there was a vote already when the participant
    last voted; None where no times are known.
    """

    participants: Ints
    statements: Ints
    start: Ints
    column: Indices
    value: NDArray[np.int8]
    first: NDArray[Any] | None = None
    opened: Ints | None = None

    @property
    def shape(self) -> tuple[int, int]:
        return self.participants.size, self.statements.size

    @property
    def per_participant(self) -> Ints:
        """How many statements each participant voted on, (n,)."""
        return np.diff(self.start)

    def matrix(self, data: NDArray[Any]) -> sparse.csr_array:
        """(n, m) with `data` (v,) at the entries; shares the indices."""
        start = self.start if self.start[-1] > np.iinfo(np.int32).max else self.start.astype(np.int32)
        made = sparse.csr_array((data, self.column, start), shape=self.shape)
        made.has_sorted_indices = True
        return made

    def counts(self) -> Ints:
        """Votes per statement, (3, m): objections, passes, agreements."""
        m = self.statements.size
        total = np.zeros(3 * m, dtype=np.int64)
        for part in _parts(self.column.size):
            total += np.bincount(self.column[part] + m * (self.value[part] + 1).astype(np.int32), minlength=3 * m)
        return total.reshape(3, m)

    def row_parts(self, votes: int = 1 << 20) -> list[tuple[int, int]]:
        """Stretches of rows with about so many votes each: first row, row after the last."""
        edges, low, n = [], 0, self.participants.size
        while low < n:
            high = int(np.searchsorted(self.start, self.start[low] + votes, side="right")) - 1
            high = min(max(high, low + 1), n)
            edges.append((low, high))
            low = high
        return edges

    def part(self, low: int, high: int) -> "VoteTable":
        """The rows from `low` to before `high`; nothing is copied."""
        inside = slice(self.start[low], self.start[high])
        return VoteTable(
            self.participants[low:high],
            self.statements,
            self.start[low : high + 1] - self.start[low],
            self.column[inside],
            self.value[inside],
            None if self.first is None else self.first[low:high],
            None if self.opened is None else self.opened[low:high],
        )

    def rows(self, chosen: NDArray[np.intp]) -> "VoteTable":
        """The table of `chosen` participants alone, in the order given; all statements keep their columns."""
        sizes = self.per_participant[chosen]
        start = np.concatenate([[0], np.cumsum(sizes)])
        where = np.arange(start[-1]) + np.repeat(self.start[:-1][chosen] - start[:-1], sizes)
        first = None if self.first is None else self.first[chosen]
        opened = None if self.opened is None else self.opened[chosen]
        return VoteTable(
            self.participants[chosen], self.statements, start, self.column[where], self.value[where], first, opened
        )


def vote_table(
    participants: ArrayLike, statements: ArrayLike, votes: ArrayLike, timestamps: ArrayLike | None = None
) -> VoteTable:
    """Make the table. Of several votes on a pair the latest wins: by timestamp, where equal or not given by row.

    Raises BadVotes for lengths that differ, for what is no whole number, ids beyond 63 bits, a vote that is not -1,
    0 or +1, and for no votes at all.
    """
    people, topics, values, times = columns_of(participants, statements, votes, timestamps)
    people_ids, row = _compact(people)
    topic_ids, column = _compact(topics)
    first = None if times is None else _first(row, people_ids.size, times)
    opened = None if times is None else _opened(row, people_ids.size, column, topic_ids.size, times)
    table = canonical(_table(people_ids, topic_ids, row, column, values, first, opened))
    if not _repeats(table):
        return table
    order = _sorted(row, people_ids.size, column, topic_ids.size)
    order = order[_latest(row[order], column[order], order, times)]
    return canonical(_table(people_ids, topic_ids, row[order], column[order], values[order], first, opened))


Columns = tuple[NDArray[Any], NDArray[Any], NDArray[np.int8], NDArray[Any] | None]


def columns_of(
    participants: ArrayLike, statements: ArrayLike, votes: ArrayLike, timestamps: ArrayLike | None = None
) -> Columns:
    """The columns as arrays of equal length, looked through; raises BadVotes as `vote_table` does."""
    people, topics = integers(participants, "participants"), integers(statements, "statements")
    values = _values(votes)
    times = None if timestamps is None else integers(timestamps, "timestamps")
    sizes = {"participants": people.size, "statements": topics.size, "votes": values.size}
    if times is not None:
        sizes["timestamps"] = times.size
    if len(set(sizes.values())) > 1:
        raise BadVotes("lengths differ: " + ", ".join(f"{size} {name}" for name, size in sizes.items()))
    if values.size == 0:
        raise BadVotes("there are no votes")
    return people, topics, values, times


def _table(
    people: Ints,
    topics: Ints,
    row: Indices,
    column: Indices,
    value: NDArray[np.int8],
    first: NDArray[Any] | None,
    opened: Ints | None,
) -> VoteTable:
    """The entries by row, within a row as they came."""
    made = sparse.coo_array((value, (row, column)), shape=(people.size, topics.size))
    made.has_canonical_format = True  # nothing is added up: what comes twice stands twice
    matrix = made.tocsr()
    return VoteTable(people, topics, matrix.indptr.astype(np.int64), matrix.indices, matrix.data, first, opened)


def _repeats(table: VoteTable) -> bool:
    """Whether a pair comes twice in a table whose columns rise within each row."""
    again = table.column[1:] == table.column[:-1]
    again[table.start[1:-1] - 1] = False
    return bool(again.any())


def _first(row: Indices, rows: int, times: NDArray[Any]) -> Ints:
    """The time of the first vote of each participant, also of a vote that was changed later."""
    first = np.full(rows, np.iinfo(np.int64).max)
    np.minimum.at(first, row, times.astype(np.int64, copy=False))
    return first


def _opened(row: Indices, rows: int, column: Indices, columns: int, times: NDArray[Any]) -> Ints:
    """How many statements had a vote when each participant last voted: what was open to them, at least."""
    times = times.astype(np.int64, copy=False)
    last, begun = np.full(rows, np.iinfo(np.int64).min), np.full(columns, np.iinfo(np.int64).max)
    np.maximum.at(last, row, times)
    np.minimum.at(begun, column, times)
    return np.searchsorted(np.sort(begun), last, side="right")


def integers(given: ArrayLike, name: str) -> NDArray[Any]:
    """A column of whole numbers of at most 63 bits and a sign; BadVotes names the first row that is none."""
    found = np.asarray(given)
    if found.ndim != 1:
        raise BadVotes(f"{name} is no single column", column=name)
    if found.dtype.kind == "i" or found.size == 0:
        return found
    if found.dtype.kind == "u":
        if found.dtype.itemsize == 8 and (wrong := found > np.uint64(np.iinfo(np.int64).max)).any():
            raise BadVotes("an id beyond 63 bits", row=int(wrong.argmax()), column=name)
        return found
    if found.dtype.kind == "f":
        if (wrong := np.isfinite(found) & (np.abs(found) >= 2.0**63)).any():
            raise BadVotes("an id beyond 63 bits", row=int(wrong.argmax()), column=name)
        wrong = ~(np.isfinite(found) & (np.floor(found) == found) & (np.abs(found) < 2.0**53))
        if wrong.any():
            row = int(wrong.argmax())
            raise BadVotes(f"{found[row]} is no whole number", row=row, column=name)
        return found.astype(np.int64)
    for row, number in enumerate(found.tolist()):
        if isinstance(number, bool) or not isinstance(number, int):
            raise BadVotes(f"{number!r} is no whole number", row=row, column=name)
        if not -(2**63) <= number < 2**63:
            raise BadVotes("an id beyond 63 bits", row=row, column=name)
    return found.astype(np.int64)


def _values(votes: ArrayLike) -> NDArray[np.int8]:
    found = integers(votes, "votes")
    wrong = (found > AGREE) | (found < OBJECT) if found.size else np.zeros(0, dtype=bool)
    if wrong.any():
        row = int(wrong.argmax())
        raise BadVotes(f"{found[row]} is no vote: +1 agrees, -1 objects, 0 passes", row=row, column="votes")
    return found.astype(np.int8, copy=False)


def _parts(size: int) -> list[slice]:
    return [slice(start, min(start + CHUNK, size)) for start in range(0, size, CHUNK)]


def _compact(ids: NDArray[Any]) -> tuple[Ints, Indices]:
    """The ids without repetition, rising, and for every entry the place of its id."""
    low, high = int(ids.min()), int(ids.max())
    if high - low > max(4 * ids.size, 1 << 20):
        unique, inverse = np.unique(ids, return_inverse=True)
        return unique.astype(np.int64), inverse.astype(np.int32)
    seen = np.zeros(high - low + 1, dtype=bool)
    for part in _parts(ids.size):
        seen[ids[part] - low] = True
    rank = np.cumsum(seen, dtype=np.int32) - np.int32(1)
    place: Indices = np.empty(ids.size, dtype=np.int32)
    for part in _parts(ids.size):
        place[part] = rank[ids[part] - low]
    unique = np.flatnonzero(seen) + np.int64(low)
    return unique, place


def _sorted(row: Indices, rows: int, column: Indices, columns: int) -> Indices:
    """The order of the entries by row, within it by column, and where both are equal as they came."""
    by_column = _counting_sort(column, columns)
    return by_column[_counting_sort(row[by_column], rows)]


def _counting_sort(keys: Indices, size: int) -> Indices:
    """The stable order of `keys` (all below `size`), in time proportional to their number."""
    places = np.arange(keys.size, dtype=np.int32)
    table = sparse.coo_array((np.ones(keys.size, dtype=np.int8), (keys, places)), shape=(size, keys.size))
    table.has_canonical_format = True  # no place comes twice: nothing to add up
    order: Indices = table.tocsr().indices
    return order


def _latest(row: Indices, column: Indices, order: Indices, times: NDArray[Any] | None) -> NDArray[np.bool_]:
    """Which of the sorted entries stand: of equal (row, column) the latest, else the one that came last."""
    again = (row[1:] == row[:-1]) & (column[1:] == column[:-1])
    stands = np.ones(row.size, dtype=bool)
    stands[:-1] = ~again
    if times is None or not again.any():
        return stands
    involved = np.zeros(row.size, dtype=bool)
    involved[1:] |= again
    involved[:-1] |= again
    where = np.flatnonzero(involved)
    run = np.cumsum(np.concatenate([[True], ~again]))[where]
    ranked = where[np.lexsort((order[where], times[order[where]], run))]
    last = np.flatnonzero(np.diff(run, append=run[-1] + 1))
    stands[where] = False
    stands[ranked[last]] = True
    return stands


def canonical(table: VoteTable) -> VoteTable:
    """The same table with rows and columns in an order that follows times and votes only."""
    rows, columns = _signatures(table)
    keys = (rows[1], rows[0]) if table.first is None else (rows[1], rows[0], table.first)
    by_row, by_column = np.lexsort(keys), np.lexsort((columns[1], columns[0]))
    place = np.empty(by_column.size, dtype=np.int32)
    place[by_column] = np.arange(by_column.size, dtype=np.int32)
    moved = table.matrix(table.value)[by_row]
    moved.indices = place[moved.indices]
    moved.has_sorted_indices = False
    moved.sort_indices()
    first = None if table.first is None else table.first[by_row]
    opened = None if table.opened is None else table.opened[by_row]
    start = moved.indptr.astype(np.int64)
    people, topics = table.participants[by_row], table.statements[by_column]
    return VoteTable(people, topics, start, moved.indices, moved.data, first, opened)


def _signatures(table: VoteTable) -> tuple[list[Signatures], list[Signatures]]:
    """Two 64-bit signatures of each participant's and each statement's votes, refined by each other.

    The first does not change when all agreements and objections are exchanged, the second breaks its ties. Both are
    sums modulo 2**64, so that no order enters. After Weisfeiler and Leman, "The reduction of a graph to canonical
    form" (1968), on the graph of participants and statements.
    """
    counts = table.counts().astype(np.uint64)
    kinds = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
    faces = []
    for swapped in (False, True):
        seen = counts[::-1] if swapped else counts
        faces.append(_mixed((_mixed(seen + kinds[:, None])).sum(axis=0, dtype=np.uint64)))
    columns = faces
    rows = columns
    for _ in range(ROUNDS):
        found = [_sums(table, face, kinds[::step]) for face, step in zip(columns, (1, -1), strict=True)]
        rows = [of_rows for of_rows, _ in found]
        columns = [_mixed(face + of_columns) for face, (_, of_columns) in zip(columns, found, strict=True)]
    return [rows[0] + rows[1], rows[0]], [columns[0] + columns[1], columns[0]]


def _sums(table: VoteTable, face: Signatures, kinds: Signatures) -> tuple[Signatures, Signatures]:
    """Signatures of the rows from the `face` of the columns, and the columns' sums of these: all modulo 2**64."""
    words = _mixed(face)
    rows = np.empty(table.participants.size, dtype=np.uint64)
    columns = np.zeros(face.size, dtype=np.uint64)
    for low, high in table.row_parts():
        part = slice(table.start[low], table.start[high])
        data = kinds[table.value[part] + 1]
        start = (table.start[low : high + 1] - table.start[low]).astype(np.int32)
        matrix = sparse.csr_array((data, table.column[part], start), shape=(high - low, face.size))
        rows[low:high] = _mixed(matrix @ words)
        columns += matrix.T @ rows[low:high]
    return rows, columns


def _mixed(words: Signatures) -> Signatures:
    """Each word spread over all 64 bits (the finaliser of SplitMix64: Steele, Lea, Flood 2014)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Signatures = words ^ (words >> np.uint64(31))
    return mixed
