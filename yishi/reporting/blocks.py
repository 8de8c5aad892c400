"""Rows of the figures as columns in the order in which questions find them. No Django; arrays in, arrays out.

Rows lie by series, then by area (a county, or one place above the counties) as the tree was when they were arranged,
then by day: what a question asks for is a few stretches of rows, however many rows there are. Where a place lies now is
looked up by its key, so that places may move; an area that was torn apart costs a look at its rows, nothing else.
Whom a row touches and who did it are links, each with its row, by kind and row.

Rows are only added. A reversal is a row with the sign turned, so that sums are sums and a head is counted while the
signs of its links add up to more than nothing.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Where = slice | NDArray[Any]
HOUSEHOLD, PERSON, VILLAGE, BODY, SOMEBODY = range(5)  # kinds of links
READ = ("series", "sequence", "deeds", "amount", "unnamed", "day", "received", "item", "place")
ROWS: dict[str, Any] = {
    "at": np.int64,  # series, area and day in one number: the order of the rows
    "series": np.int16,
    "sequence": np.int64,
    "deeds": np.int16,
    "amount": np.int64,
    "unnamed": np.int64,
    "day": np.int32,
    "received": np.int64,
    "item": np.int32,
    "place": np.int32,
    "credits": np.int32,  # parties, with the sign of the row
}
LINKS: dict[str, Any] = {
    "kind": np.int8,
    "row": np.int32,
    "key": np.int32,
    "sign": np.int8,
    "share": np.int16,
    "sector": np.int32,
}
PLACES: dict[str, Any] = {"area": np.int32, "place": np.int32}  # which places have rows in which area
TABLES = {"rows": ROWS, "links": LINKS, "places": PLACES}
TOUCH, PARTY = 3, 5  # numbers of a touch (kind, key, sign) and of a party (kind, key, role, share, sector)
_AREA, _SERIES = 21, 53  # where in `at` these begin; days fill the bits below
_LAST_DAY = (1 << _AREA) - 1
FEW = 8  # where fewer than one row in eight is chosen, links are looked up row by row
KEPT = 16  # lists of rows that are remembered, for those who ask one figure after the other

Row = tuple[Any, ...]  # READ, then the bytes of touches and parties
Table = dict[str, NDArray[Any]]


@dataclass(slots=True, eq=False)
class Block:
    """Some rows, arranged. A block never changes; what is worked out of it is kept."""

    rows: Table
    links: Table
    places: Table
    _bounds: Ints | None = None  # where the links of each kind begin
    _spans: Any = None
    known: dict[Any, Any] = field(default_factory=dict)  # rows that somebody knows, by who it is (columns.py)
    number: int = field(default_factory=itertools.count(1).__next__)  # no other block of this process has it

    @property
    def size(self) -> int:
        return int(self.rows["at"].size)

    @property
    def bounds(self) -> Ints:
        if self._bounds is None:
            self._bounds = np.searchsorted(self.links["kind"], np.arange(SOMEBODY + 2, dtype=np.int8))
        return self._bounds

    def spans(self, lo: NDArray[np.int32]) -> tuple[Ints, Ints, Ints]:
        """The areas, and between which numbers of the tree the places of each lie now (`lo` by the place's key)."""
        if self._spans is None or self._spans[0] is not lo:
            area, place = self.places["area"], lo[self.places["place"]]
            first = np.flatnonzero(np.diff(area, prepend=-1))
            low, high = (each.reduceat(place, first).astype(np.int64) for each in (np.minimum, np.maximum))
            self._spans = (lo, (area[first].astype(np.int64), low, high))
        spans: tuple[Ints, Ints, Ints] = self._spans[1]
        return spans

    def stretches(self, series: int, areas: Ints, start: int, end: int) -> tuple[Ints, Ints]:
        """From which row to before which the days `start` to `end` of each of `areas` lie; those that touch are one."""
        base = (series << _SERIES) | (areas << _AREA)
        at = self.rows["at"]
        starts = np.searchsorted(at, base | min(max(start, 0), _LAST_DAY))
        ends = np.searchsorted(at, base | min(max(end, 0), _LAST_DAY), side="right")
        filled = starts < ends
        starts, ends = starts[filled], ends[filled]
        if starts.size > 1:
            cut = starts[1:] != ends[:-1]
            starts, ends = starts[np.concatenate([[True], cut])], ends[np.concatenate([cut, [True]])]
        return starts, ends


@dataclass(slots=True)
class Chosen:
    """Rows of a block: all of some stretches, or `rows` of them (rising)."""

    block: Block
    starts: Ints
    ends: Ints
    rows: NDArray[Any] | None = None

    @property
    def size(self) -> int:
        return int((self.ends - self.starts).sum()) if self.rows is None else int(self.rows.size)

    def take(self, name: str) -> NDArray[Any]:
        """A column of these rows."""
        column = self.block.rows[name]
        return _pieces(column, self.starts, self.ends) if self.rows is None else column[self.rows]

    def only(self, mask: Mask) -> "Chosen":
        """Those of them for which the mask holds."""
        if self.rows is not None:
            return Chosen(self.block, self.starts, self.ends, self.rows[mask])
        local = np.flatnonzero(mask)
        if local.size == mask.size:
            return self
        if self.starts.size:
            lengths = self.ends - self.starts
            before = np.cumsum(lengths) - lengths
            held = np.add.reduceat(mask, before, dtype=np.int64)
            local += np.repeat(self.starts - before, held)
        return Chosen(self.block, self.starts, self.ends, local)

    def among(self, rows: NDArray[Any]) -> "Chosen":
        """Those of them that are in `rows` (rising, each once)."""
        if self.rows is not None:
            return Chosen(self.block, self.starts, self.ends, np.intersect1d(self.rows, rows, assume_unique=True))
        starts, ends = (np.searchsorted(rows, each.astype(rows.dtype)) for each in (self.starts, self.ends))
        return Chosen(self.block, self.starts, self.ends, _pieces(rows, starts, ends))

    def links(self, kind: int) -> "Links":
        """The links of a kind of these rows."""
        first, after = self.block.bounds[kind : kind + 2].tolist()
        row = self.block.links["row"][first:after]
        if self.rows is not None and FEW * self.rows.size < (self.ends - self.starts).sum():
            needles = self.rows.astype(np.int32)
            starts, ends = (np.searchsorted(row, needles, side=side) for side in ("left", "right"))
            return Links(self.block, first, _spread(starts, ends))
        starts, ends = (np.searchsorted(row, each.astype(np.int32)) for each in (self.starts, self.ends))
        if self.rows is None:
            return Links(self.block, first, None, starts, ends)
        holds = np.zeros(self.block.size, dtype=bool)
        holds[self.rows] = True
        lies = holds[_pieces(row, starts, ends)]
        where = _spread(starts, ends)
        index = np.flatnonzero(lies) + where.start if isinstance(where, slice) else where[lies]
        return Links(self.block, first, index)


@dataclass(slots=True)
class Links:
    """Some links of one kind: `where` counts from the first of the kind, or all of some stretches."""

    block: Block
    first: int
    where: Where | None
    starts: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    ends: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def take(self, name: str) -> NDArray[Any]:
        column = self.block.links[name][self.first :]
        return _pieces(column, self.starts, self.ends) if self.where is None else column[self.where]


def _pieces(column: NDArray[Any], starts: Ints, ends: Ints) -> NDArray[Any]:
    """The stretches of a column as one: copied stretch by stretch where they are long, a view where there is one."""
    if starts.size == 0:
        return column[:0]
    if starts.size == 1:
        return column[int(starts[0]) : int(ends[0])]
    if (ends - starts).sum() < FEW * starts.size:
        return column[_spread(starts, ends)]
    return np.concatenate([column[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)])


def _spread(starts: Ints, ends: Ints) -> Where:
    """The numbers of all stretches."""
    if starts.size == 0:
        return slice(0, 0)
    if starts.size == 1:
        return slice(int(starts[0]), int(ends[0]))
    lengths = ends - starts
    return np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(int(lengths.sum()))


def read_rows(figure_rows: Sequence[Row]) -> tuple[Table, Table]:
    """Rows as they stand in the database as a table of rows and one of links, in the order in which they came."""
    count = len(figure_rows)
    rows = {
        name: np.fromiter((figure_row[place] for figure_row in figure_rows), dtype=ROWS[name], count=count)
        for place, name in enumerate(READ)
    }
    touches, touched = _unpacked([figure_row[-2] for figure_row in figure_rows], TOUCH)
    parties, took_part = _unpacked([figure_row[-1] for figure_row in figure_rows], PARTY)
    rows["credits"] = np.bincount(took_part, minlength=count) * rows["deeds"]
    nothing = np.zeros(touched.size, dtype=np.int32)
    links = {
        "kind": np.concatenate([touches[:, 0], parties[:, 0] + BODY]),
        "row": np.concatenate([touched, took_part]),
        "key": np.concatenate([touches[:, 1], parties[:, 1]]),
        "sign": np.concatenate([touches[:, 2], rows["deeds"][took_part]]),
        "share": np.concatenate([nothing, parties[:, 3]]),
        "sector": np.concatenate([nothing, parties[:, 4]]),
    }
    return _typed(rows, ROWS), _typed(links, LINKS)


def _unpacked(packed: Sequence[bytes], width: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The int32 lines of `width` numbers in all the rows' bytes, one under the other, and the row of each line."""
    lengths = np.fromiter((len(blob) // (4 * width) for blob in packed), dtype=np.int64, count=len(packed))
    flat = np.frombuffer(b"".join(bytes(blob) for blob in packed), dtype=np.int32).reshape(-1, width)
    return flat, np.repeat(np.arange(len(packed), dtype=np.int32), lengths)


def _typed(table: Table, kinds: dict[str, Any]) -> Table:
    return {name: column.astype(kinds[name], copy=False) for name, column in table.items()}


def arranged(tables: Sequence[tuple[Table, Table]], area: NDArray[np.int32]) -> Block:
    """Rows and links of one or several readings (or blocks), in their order, as one block; `area` by the key of a
    place, none below 0."""
    before = np.cumsum([0, *(each[0]["series"].size for each in tables)])
    rows = {name: np.concatenate([each[name] for each, _links in tables]) for name in ROWS if name != "at"}
    links = {name: np.concatenate([each[name] for _rows, each in tables]) for name in LINKS}
    links["row"] = np.concatenate([each["row"] + start for (_rows, each), start in zip(tables, before, strict=False)])
    areas, day = area[rows["place"]], np.clip(rows["day"], 0, _LAST_DAY)
    pairs = np.unique((areas.astype(np.int64) << 32) | rows["place"])
    rows["at"] = (rows["series"].astype(np.int64) << _SERIES) | (areas.astype(np.int64) << _AREA) | day
    order = np.argsort(rows["at"], kind="stable")
    rows = {name: column[order] for name, column in rows.items()}
    lies = np.empty(order.size, dtype=np.int64)
    lies[order] = np.arange(order.size)
    links["row"] = lies[links["row"]]
    by_row = np.argsort((links["kind"].astype(np.int64) << 32) | links["row"], kind="stable")
    places = {"area": pairs >> 32, "place": pairs & 0xFFFFFFFF}
    return Block(
        _typed(rows, ROWS),
        _typed({name: column[by_row] for name, column in links.items()}, LINKS),
        _typed(places, PLACES),
    )
