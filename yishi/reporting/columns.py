"""Any figure is a pass over the few stretches of rows that its question reaches (blocks.py). No Django; arrays in,
numbers out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .blocks import BODY, HOUSEHOLD, KEPT, PERSON, ROWS, SOMEBODY, VILLAGE, Block, Chosen, Ints, Links, Mask

WHOLE = 10_000  # a whole in shares
LOW = 1 << 20
HEAD = 1_000  # one head in thousandths
FIRST, LAST = 1, (1 << 31) - 1  # days: always
FLAGS = 1 << 24  # labels × keys up to which heads are ticked off rather than sorted


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
        return sum(int(chosen.take("deeds").sum(dtype=np.int64)) for chosen in self._chosen(asked))

    def figure(self, asked: Asked) -> Figure:
        """Everything about one question."""
        parts = list(self._chosen(asked))
        total = dict.fromkeys(("deeds", "amount", "unnamed", "credits"), 0)
        credited = nameless = 0
        for chosen in parts:
            for name in total:
                total[name] += int(chosen.take(name).sum(dtype=np.int64))
            credited += _credited(chosen, asked)
            nameless += 0 if asked.head is None else _nameless(chosen, asked.head)
        return Figure(
            **total,
            credited=credited // WHOLE,
            nameless=nameless // HEAD,
            households=_distinct(parts, HOUSEHOLD),
            people=_distinct(parts, PERSON),
            villages=_distinct(parts, VILLAGE),
            bodies=_distinct(parts, BODY),
            givers=_distinct(parts, SOMEBODY),
        )

    def by(
        self, asked: Asked, label: str, starts: Sequence[int] = (), ends: Sequence[int] = (), *, heads: bool = True
    ) -> dict[int, list[int]]:
        """Deeds, amount and (with `heads`) households per value of `label`: "item" (key), "place" (number of the one of
        the stretches `starts`…`ends`, rising, in which it lies), "day" (the same with days), "body" or "sector" (key).
        Without `ends` a stretch reaches to the next one."""
        totals: dict[int, list[int]] = {}
        pairs: list[tuple[Ints, Ints, Ints]] = []
        for chosen in self._chosen(asked):
            if label in ("body", "sector"):
                row, value = _of_parties(chosen, label)
                column = chosen.block.rows
                _add(totals, value, column["deeds"][row], column["amount"][row])
                continue
            value = self._label(chosen, label, starts, ends)
            if (value < 0).any():
                chosen, value = chosen.only(value >= 0), value[value >= 0]
                if not value.size:
                    continue
            _add(totals, value, chosen.take("deeds"), chosen.take("amount"))
            if heads:
                pairs.append(_touched(chosen, value))
        for number, count in _heads_by(pairs):
            totals.setdefault(number, [0, 0, 0])[2] = count
        return {number: numbers for number, numbers in totals.items() if any(numbers)}

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
            of_place: Ints = _stretch_of(self.lo, starts, ends)[chosen.take("place")]
            return of_place
        day = chosen.take("day")
        first = int(day.min(initial=LAST))
        of_day: Ints = _stretch_of(np.arange(first, int(day.max(initial=first)) + 1), starts, ends)[day - first]
        return of_day

    def _chosen(self, asked: Asked) -> Iterator[Chosen]:
        """The rows that answer the question, block by block."""
        for block in self.blocks:
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


def _stretch_of(value: NDArray[Any], starts: Sequence[int], ends: Sequence[int]) -> Ints:
    """The number of the stretch in which each value lies, -1 for none."""
    number = np.searchsorted(np.asarray(starts), value, side="right").astype(np.int64) - 1
    if ends:  # what lies between two stretches lies in neither
        number[value > np.asarray(ends)[number]] = -1
    return number


def _add(totals: dict[int, list[int]], value: NDArray[Any], deeds: NDArray[Any], amount: Ints) -> None:
    """Add to `totals` deeds and amount by label."""
    count = np.bincount(value)
    signed, exact = np.bincount(value, weights=deeds), _exact_sums(value, amount, count.size)
    for number in np.flatnonzero(count).tolist():
        numbers = totals.setdefault(number, [0, 0, 0])
        numbers[0] += int(signed[number])
        numbers[1] += int(exact[number])


def _distinct(parts: Sequence[Chosen], kind: int) -> int:
    """How many keys of a kind have signs that add up to more than nothing."""
    links = [chosen.links(kind) for chosen in parts]
    pairs = [(each.take("key"), each.take("sign")) for each in links]
    return int(np.count_nonzero(_ticked([pair for pair in pairs if pair[0].size])))


def _ticked(pairs: Sequence[tuple[NDArray[Any], NDArray[Any]]]) -> Mask:
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


def _heads_by(parts: Sequence[tuple[Ints, Ints, Ints]]) -> list[tuple[int, int]]:
    """(label, how many heads) from labels, keys and signs."""
    filled = [part for part in parts if part[0].size]
    if not filled:
        return []
    width = max(int(key.max()) for _label, key, _sign in filled) + 1
    labels = max(int(label.max()) for label, _key, _sign in filled) + 1
    pairs = [(label * width + key, sign) for label, key, sign in filled]
    if labels * width <= FLAGS:
        ticked = _ticked(pairs)
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


def _exact_sums(value: NDArray[Any], amount: Ints, top: int) -> Ints:
    """Sums of whole numbers by label. Floats would lose the last thousandth of large sums, so high and low parts are
    summed apart: each stays below 2^53."""
    high, low = np.divmod(amount, LOW)
    tops, lows = (np.bincount(value, weights=part, minlength=top).astype(np.int64) for part in (high, low))
    return tops * LOW + lows
