"""Any figure is a pass over the few stretches of rows that its question reaches (blocks.py). No Django; arrays in,
numbers out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from .blocks import BODY, HOUSEHOLD, KEPT, PERSON, ROWS, SOMEBODY, VILLAGE, Block, Chosen, Ints, Links, Mask
from .counted import MANY, RECALL, SETTLED, Counted
from .sums import LOW, add_up, heads_by, stretch_of, ticked_off

T = TypeVar("T")
WHOLE = 10_000  # a whole in shares
HEAD = 1_000  # one head in thousandths
FIRST, LAST = 1, (1 << 31) - 1  # days: always


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
class Mine:
    """The rows that somebody knows: those in one of the spans of places, and those with one of the parties."""

    spans: tuple[tuple[int, int], ...] = ()
    bodies: tuple[int, ...] = ()  # keys
    people: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.spans or self.bodies or self.people)

    @property
    def windows(self) -> tuple[Window, ...]:
        return tuple(Window(lo, hi, FIRST, LAST) for lo, hi in self.spans)


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


@dataclass(frozen=True, slots=True)
class Columns:
    """The rows of one series in all blocks, or `mine` of them; where each place lies in the tree (`lo` by its key)."""

    blocks: tuple[Block, ...] = ()
    lo: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    series: int = 0
    mine: Mine | None = None

    def of(self, mine: Mine | None) -> "Columns":
        """Those of these rows that somebody knows; all for None."""
        return self if mine is None else replace(self, mine=mine)

    def deeds(self, asked: Asked) -> int:
        """How many deeds, and nothing else: where a page asks often."""
        return self._recalled("deeds", asked, _deeds, _deeds_counted, lambda counted: counted.sums[0][0])

    def figure(self, asked: Asked) -> Figure:
        """Everything about one question."""
        count = partial(_figure_counted, asked=asked)
        return self._recalled("figure", asked, partial(_figure, asked=asked), count, _figure_of)

    def by(
        self,
        asked: Asked,
        label: str,
        starts: Sequence[int] = (),
        ends: Sequence[int] = (),
        *,
        heads: bool = True,
        amounts: bool = True,
    ) -> dict[int, list[int]]:
        """Deeds, amount (with `amounts`) and households (with `heads`) per value of `label`: "item" (key), "place"
        (number of the one of the stretches `starts`…`ends`, rising, in which it lies), "day" (the same with days),
        "body" or "sector" (key). Without `ends` a stretch reaches to the next one."""
        named = partial(self._labelled, label=label, starts=starts, ends=ends)

        def summed(parts: Sequence[Chosen]) -> tuple[dict[int, list[int]], list[tuple[Ints, Ints, Ints]]]:
            totals: dict[int, list[int]] = {}
            touched = []
            for chosen in parts:
                labelled, value, deeds, amount = named(chosen)
                add_up(totals, value, deeds, amount if amounts else None)
                if heads and labelled is not None and value.size:
                    touched.append(_touched(labelled, value))
            return totals, touched

        def direct(parts: Sequence[Chosen]) -> dict[int, list[int]]:
            totals, touched = summed(parts)
            return _by(totals, dict(heads_by(touched)))

        what = ("by", label, tuple(starts), tuple(ends), heads, amounts)
        return self._recalled(
            what,
            asked,
            direct,
            lambda parts: Counted.of(*summed(parts)),
            lambda counted: _by(counted.sums, counted.heads),
        )

    def _labelled(
        self, chosen: Chosen, *, label: str, starts: Sequence[int], ends: Sequence[int]
    ) -> tuple[Chosen | None, Ints, NDArray[Any], Ints]:
        """The rows that have a value of `label` (None: they are listed party by party), it, their deeds and amount."""
        if label in ("body", "sector"):
            row, value = _of_parties(chosen, label)
            return None, value, chosen.block.rows["deeds"][row], chosen.block.rows["amount"][row]
        value = self._label(chosen, label, starts, ends)
        if (value < 0).any():
            chosen, value = chosen.only(value >= 0), value[value >= 0]
        return chosen, value, chosen.take("deeds"), chosen.take("amount")

    def _recalled(
        self,
        what: Any,
        asked: Asked,
        direct: Callable[[Sequence[Chosen]], T],
        count: Callable[[Sequence[Chosen]], Counted],
        say: Callable[[Counted], T],
    ) -> T:
        """The answer `direct`ly from the rows; where many answer and it is asked again, from what was counted in blocks
        that stay, and the rows since."""
        question = (what, self.series, self.mine, asked)
        counted, covered = RECALL.find(question, self.lo, self.blocks)
        if counted is None and not RECALL.is_asked_again(question):
            parts = list(self._chosen(asked, self.blocks))
            if sum(chosen.size for chosen in parts) >= MANY:
                RECALL.note(question)
            return direct(parts)
        settled = covered
        while settled < len(self.blocks) and self.blocks[settled].size >= SETTLED:
            settled += 1
        if counted is None or settled > covered:
            fresh = count(list(self._chosen(asked, self.blocks[covered:settled])))
            counted = fresh if counted is None else counted.joined(fresh)
            RECALL.keep(question, self.lo, self.blocks[:settled], counted)
        rest = list(self._chosen(asked, self.blocks[settled:]))
        return say(counted.beside(count(rest)) if rest else counted)

    def columns_of(self, asked: Asked, *names: str) -> list[NDArray[Any]]:
        """Columns of the rows that answer the question, in no order."""
        parts = list(self._chosen(asked))
        return [np.concatenate([np.zeros(0, ROWS[name]), *(chosen.take(name) for chosen in parts)]) for name in names]

    def rows_of(self, asked: Asked) -> list[int]:
        """The sequences of the rows that answer the question, rising."""
        sequences: list[int] = np.sort(self.columns_of(asked, "sequence")[0]).tolist()
        return sequences

    def heads_of(self, asked: Asked, kind: int) -> set[int]:
        """The keys that the rows of the question touch, those of reversals too."""
        found = (chosen.links(kind).take("key").tolist() for chosen in self._chosen(asked))
        return {key for keys in found for key in keys}

    def _label(self, chosen: Chosen, label: str, starts: Sequence[int], ends: Sequence[int]) -> Ints:
        if label == "item":
            return chosen.take("item").astype(np.int64)
        if label == "place":  # of each place once, not of each row
            of_place: Ints = stretch_of(self.lo, starts, ends)[chosen.take("place")]
            return of_place
        day = chosen.take("day")
        first = int(day.min(initial=LAST))
        of_day: Ints = stretch_of(np.arange(first, int(day.max(initial=first)) + 1), starts, ends)[day - first]
        return of_day

    def _chosen(self, asked: Asked, blocks: Sequence[Block] | None = None) -> Iterator[Chosen]:
        """The rows that answer the question, block by block."""
        for block in self.blocks if blocks is None else blocks:
            chosen = self._reached(block, asked)
            if chosen.size:
                yield chosen

    def _reached(self, block: Block, asked: Asked) -> Chosen:
        area, low, high = block.spans(self.lo)
        here = asked.places if asked.places is not None else (Window(asked.lo, asked.hi, asked.start, asked.end),)
        conditions = [here] + ([] if asked.windows is None else [asked.windows])
        mine = self.mine
        if mine is not None and not (mine.bodies or mine.people):
            conditions.append(mine.windows)
        reached, torn = np.ones(area.size, dtype=bool), []
        for windows in conditions:
            some, whole = _overlap(windows, low, high, asked)
            reached &= some
            torn.append((windows, whole))
        chosen = Chosen(block, *block.stretches(self.series, area[reached], asked.start, asked.end))
        if mine is not None and (mine.bodies or mine.people):
            chosen = chosen.among(self._known(block, mine))
        for windows, whole in torn:
            if not whole[reached].all() and chosen.size:
                chosen = chosen.only(self._inside(chosen, windows, asked))
        return _narrowed(chosen, asked)

    def _inside(self, chosen: Chosen, windows: Sequence[Window], asked: Asked) -> Mask:
        """Which rows lie in one of the windows. Those of the same days share one table over the places."""
        place = chosen.take("place")
        inside: Mask = np.zeros(place.size, dtype=bool)
        for start, end in sorted({(window.start, window.end) for window in windows}):
            if start > asked.end or end < asked.start:
                continue
            there = np.zeros(self.lo.size, dtype=bool)
            for window in windows:
                if (window.start, window.end) == (start, end):
                    there |= (self.lo >= max(window.lo, 0)) & (self.lo <= window.hi)
            found = there[place]
            if start > asked.start or end < asked.end:
                day = chosen.take("day")
                found &= (day >= start) & (day <= end)
            inside |= found
        return inside

    def _known(self, block: Block, mine: Mine) -> NDArray[np.int32]:
        """The rows of the block that are known to somebody, rising."""
        kept = block.known.get(mine)
        if kept is not None and kept[0] is self.lo:  # a place that moved may have left the span
            rows: NDArray[np.int32] = kept[1]
            return rows
        everything = Chosen(block, np.array([0]), np.array([block.size]))
        always = Asked(0, 0, FIRST, LAST)
        found = [np.flatnonzero(self._inside(everything, mine.windows, always))] if mine.spans else []
        for kind, keys in ((BODY, mine.bodies), (SOMEBODY, mine.people)):
            links = everything.links(kind)
            found += [links.take("row")[links.take("key") == key] for key in keys]
        rows = np.unique(np.concatenate(found)).astype(np.int32)
        block.known = dict([*block.known.items()][1 - KEPT :]) | {mine: (self.lo, rows)}
        return rows


SUMS = ("deeds", "amount", "unnamed", "credits")
DISTINCT = {HOUSEHOLD: "households", PERSON: "people", VILLAGE: "villages", BODY: "bodies", SOMEBODY: "givers"}


def _deeds(parts: Sequence[Chosen]) -> int:
    return sum(int(chosen.take("deeds").sum(dtype=np.int64)) for chosen in parts)


def _deeds_counted(parts: Sequence[Chosen]) -> Counted:
    return Counted.of({0: [_deeds(parts)]}, ())


def _sums(parts: Sequence[Chosen], asked: Asked) -> list[int]:
    """SUMS, then what is credited (times WHOLE) and nameless (times HEAD)."""
    sums = [sum(int(chosen.take(name).sum(dtype=np.int64)) for chosen in parts) for name in SUMS]
    credited = sum(_credited(chosen, asked) for chosen in parts)
    return [*sums, credited, 0 if asked.head is None else sum(_nameless(chosen, asked.head) for chosen in parts)]


def _told(sums: Sequence[int], heads: Mapping[int, int]) -> Figure:
    *plain, credited, nameless = sums
    counted = {name: heads.get(kind, 0) for kind, name in DISTINCT.items()}
    return Figure(
        **dict(zip(SUMS, plain, strict=True)), **counted, credited=credited // WHOLE, nameless=nameless // HEAD
    )


def _figure(parts: Sequence[Chosen], asked: Asked) -> Figure:
    return _told(_sums(parts, asked), {kind: _distinct(parts, kind) for kind in DISTINCT})


def _figure_counted(parts: Sequence[Chosen], asked: Asked) -> Counted:
    links = [(kind, chosen.links(kind)) for kind in DISTINCT for chosen in parts]
    return Counted.of({0: _sums(parts, asked)}, [(kind, each.take("key"), each.take("sign")) for kind, each in links])


def _figure_of(counted: Counted) -> Figure:
    return _told(counted.sums[0], counted.heads)


def _by(sums: Mapping[int, Sequence[int]], heads: Mapping[int, int]) -> dict[int, list[int]]:
    """Deeds, amount and heads by label, without those that are nothing."""
    whole = {label: [*numbers[:2], heads.get(label, 0)] for label, numbers in sums.items()}
    whole |= {label: [0, 0, number] for label, number in heads.items() if label not in whole}
    return {label: numbers for label, numbers in whole.items() if any(numbers)}


def _overlap(windows: Sequence[Window], low: Ints, high: Ints, asked: Asked) -> tuple[Mask, Mask]:
    """Which areas (low…high) some window reaches, and which lie wholly in one on all days that are asked."""
    some, whole = np.zeros(low.size, dtype=bool), np.zeros(low.size, dtype=bool)
    for window in windows:
        if window.start <= asked.end and window.end >= asked.start:
            some |= (high >= max(window.lo, 0)) & (low <= window.hi)
            if window.start <= asked.start and window.end >= asked.end:
                whole |= (low >= max(window.lo, 0)) & (high <= window.hi)
    return some, whole


def _narrowed(chosen: Chosen, asked: Asked) -> Chosen:
    """Those rows that are of the items, known by the moment, and have a party in each dimension that is asked."""
    if asked.items is not None and chosen.size:
        item = chosen.take("item")
        if len(asked.items) == 1:
            chosen = chosen.only(item == next(iter(asked.items)))
        else:
            wanted = np.zeros(max(int(item.max()), *asked.items, 0) + 1, dtype=bool)
            wanted[[key for key in asked.items if key >= 0]] = True
            chosen = chosen.only(wanted[item])
    if asked.known_by is not None and chosen.size:
        chosen = chosen.only(chosen.take("received") <= asked.known_by)
    for links in _asked_parties(chosen, asked):
        chosen = chosen.among(np.unique(links[0]).astype(np.int64)) if chosen.size else chosen
    return chosen


def _asked_parties(chosen: Chosen, asked: Asked) -> Iterator[tuple[NDArray[Any], Links, Mask]]:
    """For each dimension of parties that is asked: the rows that have one, the links of its kind, which those are."""
    for kind, column, wanted in ((BODY, "key", asked.body), (SOMEBODY, "sector", asked.sector)):
        if wanted is not None:
            links = chosen.links(kind)
            is_wanted = links.take(column) == wanted
            yield links.take("row")[is_wanted], links, is_wanted


def _credited(chosen: Chosen, asked: Asked) -> int:
    """The parts of the amount that the asked body and sector have, times WHOLE."""
    total = 0
    for row, links, is_wanted in _asked_parties(chosen, asked):
        high, low = np.divmod(chosen.block.rows["amount"][row], LOW)
        share = links.take("share")[is_wanted].astype(np.int64)
        total += int((high * share).sum()) * LOW + int((low * share).sum())
    return total


def _nameless(chosen: Chosen, kind: int) -> int:
    """What the amounts of the rows are beyond the heads of `kind` that they name: somebody counted these, nobody can
    say whether they are counted already."""
    numbers = _numbers(chosen)
    named = np.bincount(_local(chosen, numbers, chosen.links(kind).take("row")), minlength=chosen.size) * HEAD
    amount = chosen.take("amount")
    beyond = np.sign(amount) * np.maximum(np.abs(amount) - named, 0)
    return int(beyond.sum(dtype=np.int64))


def _numbers(chosen: Chosen) -> tuple[int, NDArray[np.int32]]:
    """A row of the block (from the first one on) → its place among those chosen."""
    if chosen.rows is not None:
        rows = chosen.rows
    elif chosen.starts.size == 1:
        return int(chosen.starts[0]), np.zeros(0, dtype=np.int32)
    else:
        rows = np.concatenate([np.arange(a, b) for a, b in zip(chosen.starts, chosen.ends, strict=True)])
    first = int(rows[0])
    numbers = np.zeros(int(rows[-1]) - first + 1, dtype=np.int32)
    numbers[rows - first] = np.arange(rows.size)
    return first, numbers


def _local(chosen: Chosen, numbers: tuple[int, NDArray[np.int32]], row: NDArray[Any]) -> NDArray[Any]:
    first, places = numbers
    return row - first if chosen.rows is None and chosen.starts.size == 1 else places[row - first]


def _of_parties(chosen: Chosen, label: str) -> tuple[Ints, Ints]:
    """Row and key of each of a deed's bodies, or of its members' sectors, each once."""
    links = chosen.links(BODY if label == "body" else SOMEBODY)
    row, key = links.take("row").astype(np.int64), links.take("key" if label == "body" else "sector").astype(np.int64)
    row, key = row[key > 0], key[key > 0]
    width = int(key.max(initial=0)) + 1
    return np.divmod(np.unique(row * width + key), width)


def _touched(chosen: Chosen, value: Ints) -> tuple[Ints, Ints, Ints]:
    """Label, household and sign of each touch of the rows."""
    links = chosen.links(HOUSEHOLD)
    label = value[_local(chosen, _numbers(chosen), links.take("row"))]
    return label, links.take("key"), links.take("sign")


def _distinct(parts: Sequence[Chosen], kind: int) -> int:
    """How many keys of a kind have signs that add up to more than nothing."""
    links = [chosen.links(kind) for chosen in parts]
    pairs = [(each.take("key"), each.take("sign")) for each in links]
    return int(np.count_nonzero(ticked_off([pair for pair in pairs if pair[0].size])))
