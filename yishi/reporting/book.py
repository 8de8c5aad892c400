"""What this process knows of the figures, brought up to date before each answer; and one still state of it for a page.

Rows lie in the segments of this machine (segments.py), mapped; the few that came since are read from the database. Once
they are many, whoever asks next makes them a segment. What may yet be taken back, within an act, is seen by that act
alone: nothing of it is kept.
"""

import copy
import logging
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from yishi.assistance.campaign.models import ItemVersion
from yishi.database.gather import Gathered
from yishi.organisations.models import PlaceSetItem

from .blocks import READ, Block, arranged, read_rows
from .columns import Columns
from .fold import fold
from .indicators import SERIES
from .models import FigureKey, FigureRow
from .moves import Tree, tree_now
from .segments import Damaged, Manifest, Store
from .tallies import state_now

log = logging.getLogger("yishi.reporting.book")
CHUNK = 50_000
FLUSH = 2_000  # rows beyond the segments from which on they are made one
MUCH = 50_000  # rows that nobody reads beside another process that is at it
ASKED_BY = ("item", "fact", "campaign", "place", "body", "sector")  # kinds with keys in memory; heads are too many
PATIENCE = timedelta(seconds=2)  # what waits longer is folded by whoever asks: then no worker is at it
HELPING = 500
LOOKED_AT = 50  # of those that wait

ASKED_FOR = Gathered(
    lambda: {
        "catalogue": ItemVersion.objects.select_related("item__direction").order_by(
            "item__direction__ordinal", "item__ordinal", "number"
        ),
        "members": PlaceSetItem.objects.select_related("place_set").order_by("place_set__name", "pk"),
    }
)

Key = tuple[str, str]


@dataclass(frozen=True)
class Still:
    """All that was folded at one moment: every figure of a page is asked of the same state, and what questions are
    asked by is read once."""

    series: dict[int, Columns]
    keys: dict[Key, int]
    refs: dict[int, Key]
    tree: Tree

    @cached_property
    def _asked_by(self) -> dict[str, Any]:
        """One query for both: a page that asks by items offers the place sets too."""
        return ASKED_FOR.read()

    @cached_property
    def catalogue(self) -> tuple[ItemVersion, ...]:
        """All items of all campaigns in all versions, with their directions: some dozens of rows."""
        return tuple(self._asked_by["catalogue"])

    @cached_property
    def members(self) -> dict[UUID, list[PlaceSetItem]]:
        """The dated members of every place set."""
        by_set: dict[UUID, list[PlaceSetItem]] = {}
        for item in self._asked_by["members"]:
            by_set.setdefault(item.place_set_id, []).append(item)
        return by_set


@dataclass(frozen=True, slots=True)
class _State:
    """What is in the database: nothing is read where this is what was read."""

    generation: UUID | None = None
    sequence: int = 0
    key: int = 0
    places: int | None = None  # the tree's version
    last_place: Any = None
    last: UUID | None = None  # the entry of the last row that we have: another one in another or a restored database
    is_late: bool = False  # entries wait for longer than they should

    @property
    def tree(self) -> tuple[Any, ...]:
        return (self.places, self.last_place)


def _state(at: int) -> _State:
    """One query; `at` is the sequence of the last row that we have."""
    generation, sequence, key, places, last_place, last, is_late = state_now(at, timezone.now() - PATIENCE, LOOKED_AT)
    return _State(_uuid(generation), sequence or 0, key or 0, places, last_place, _uuid(last), bool(is_late))


def _uuid(said: Any) -> UUID | None:
    return UUID(said) if isinstance(said, str) else said


@dataclass
class Book:
    store: Store
    lock: threading.Lock = field(default_factory=threading.Lock)
    generation: UUID | None = None
    blocks: tuple[Block, ...] = ()  # the segments
    manifest: Manifest | None = None
    mark: Any = None  # which manifest was looked at last
    tail: Block | None = None  # what came since
    sequence: int = 0  # up to which the rows are read
    at: int = 0  # of the last row among them
    last: UUID | None = None  # its entry
    key: int = 0
    keys: dict[Key, int] = field(default_factory=dict)
    refs: dict[int, Key] = field(default_factory=dict)
    tree: Tree = field(default_factory=Tree)
    tree_of: Any = None
    lo: NDArray[np.int32] = field(default_factory=lambda: np.full(1, -1, dtype=np.int32))  # by the key of a place
    area: NDArray[np.int32] = field(default_factory=lambda: np.zeros(1, dtype=np.int32))

    def still(self) -> Still:
        with self.lock:
            is_firm = not _may_be_taken_back()
            book = self if is_firm else copy.copy(self)
            book.follow(is_firm=is_firm)
            blocks = book.blocks if book.tail is None else (*book.blocks, book.tail)
            series = {each.number: Columns(blocks, book.lo, each.number) for each in SERIES}
            return Still(series, book.keys, book.refs, book.tree)

    def follow(self, *, is_firm: bool) -> None:
        """Take in what came since; nothing that is not firm is kept for others."""
        state = _state(self.at)
        if state.is_late:
            _help()
            state = _state(self.at)
        while self._lacks(state) and self._take_in(state, is_firm=is_firm):
            state = _state(self.at)  # again: a rebuild may have ended while we read

    def _lacks(self, state: _State) -> bool:
        have = (self.generation, self.sequence, self.key, self.tree_of, self.last, self.mark)
        return have != (state.generation, state.sequence, state.key, state.tree, state.last, self.store.mark())

    def _take_in(self, state: _State, *, is_firm: bool) -> bool:
        """False where that is all for now: figures are being made anew, and until then those of before are shown."""
        if state.last != self.last:
            self._let_go()
            self.key, self.keys, self.refs, self.tree_of = 0, {}, {}, None
        self._place(state)
        self._adopt(state)
        if not is_firm or state.sequence - (self.at if self.generation == state.generation else 0) <= MUCH:
            self._read(state)
            if is_firm and self.tail is not None and self.tail.size >= FLUSH:
                with self.store.held(wait=False) as is_ours:
                    if is_ours:
                        self._keep()
            return True
        with self.store.held(wait=self.at == 0) as is_ours:
            if not is_ours:
                self._read(state, anew=False)
                return False
            self._adopt(state)
            self._read(state)
            self._keep()
        return True

    def _let_go(self) -> None:
        self.blocks, self.manifest, self.tail = (), None, None
        self.sequence, self.at, self.last, self.generation = 0, 0, None, None

    def _adopt(self, state: _State) -> None:
        """Take up the segments of this machine where they are of these figures, and begin after them."""
        for _attempt in range(2):  # a file may go while we look, with the manifest that named it
            self.mark = self.store.mark()
            manifest = self.store.read()
            if manifest is None or manifest == self.manifest or not _fits(manifest, state):
                return
            try:
                blocks = self.store.blocks(manifest)
            except Damaged as error:
                if self.store.mark() == self.mark:
                    log.warning("the segments of the figures are made anew: %s", error)
                    return
                continue
            self._let_go()
            self.generation, self.manifest, self.blocks = manifest.generation, manifest, blocks
            self.sequence, self.at, self.last = manifest.sequence, manifest.sequence, manifest.last
            self.store.confirm(manifest)
            self.mark = self.store.mark()
            return

    def _read(self, state: _State, *, anew: bool = True) -> None:
        """The rows up to where the figures are; all of them, where they were made `anew`."""
        if anew and state.generation != self.generation:
            self._let_go()
            self.generation = state.generation
        tables = [] if self.tail is None else [(self.tail.rows, self.tail.links)]
        rows_there = FigureRow.objects.filter(sequence__lte=state.sequence).order_by("sequence")
        while self.sequence < state.sequence:
            figure_rows = list(
                rows_there.filter(sequence__gt=self.at).values_list(*READ, "touches", "parties", "entry_id")[:CHUNK]
            )
            if figure_rows:
                tables.append(read_rows([row[:-1] for row in figure_rows]))
                self.at, self.last = figure_rows[-1][READ.index("sequence")], figure_rows[-1][-1]
            self.sequence = self.at if len(figure_rows) == CHUNK else state.sequence
        if tables:
            self.tail = arranged(tables, self.area)

    def _keep(self) -> None:
        """Make the rows since a segment. By the one writer only, of rows that stand."""
        if self.tail is None or self.tail.size < FLUSH or self.generation is None or self.last is None:
            return
        try:
            if self.manifest is None:
                self.store.clear()
            elif self.store.read() != self.manifest:  # somebody was quicker, or threw ours away
                self._let_go()
                return
            self.manifest = self.store.add(self.manifest, self.tail, self.generation, self.at, self.last, self.area)
            self.blocks, self.tail = self.store.blocks(self.manifest), None
        except (OSError, pl.exceptions.PolarsError, Damaged) as error:  # no room: then they stay in memory
            log.warning("no segment of the figures could be written: %s", error)
        self.mark = self.store.mark()

    def _place(self, state: _State) -> None:
        """Keys that came since; where each place lies now: places may have been moved, merged, added."""
        fresh: dict[Key, int] = {}
        if state.key != self.key:
            keys = FigureKey.objects.filter(pk__gt=self.key, pk__lte=state.key, kind__in=ASKED_BY)
            fresh = {(kind, ref): key for key, kind, ref in keys.values_list("pk", "kind", "ref")}
            self.keys = {**self.keys, **fresh}
            self.refs = {**self.refs, **{key: ref for ref, key in fresh.items()}}
            self.key = state.key
        if state.tree != self.tree_of:
            self.tree, self.tree_of = tree_now(), state.tree
            fresh, self.lo = self.keys, self.lo[:0]
        places = {key: ref for (kind, ref), key in fresh.items() if kind == "place"}
        if places or not self.lo.size:
            lo = np.full(max(places, default=0) + 1, -1, dtype=np.int32)
            lo[: self.lo.size] = self.lo
            lo[list(places)] = self.tree.numbers(places.values())
            self.lo, self.area = lo, self.tree.areas(lo)


def _fits(manifest: Manifest, state: _State) -> bool:
    """Are these the figures of this database, as far as they go? Another journal has another generation; one that was
    restored and went on from there has other entries."""
    if manifest.generation != state.generation or manifest.sequence > state.sequence:
        return False
    last = FigureRow.objects.filter(sequence=manifest.sequence).values_list("entry_id", flat=True).first()
    return last == manifest.last


def _may_be_taken_back() -> bool:
    """Do we run within an act, whose rows are nobody else's yet?"""
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


def _new_book() -> Book:
    return Book(Store(Path(settings.DATA_DIR) / "figures"))


_book = _new_book()


def still() -> Still:
    """All that is folded, as of now."""
    return _book.still()


def keep() -> None:
    """Bring the segments of this machine up to date, before anybody asks."""
    still()


def forget() -> None:
    """Begin anew, as a process that starts."""
    global _book
    _book = _new_book()


def _help() -> None:
    """Fold what has been waiting for longer than a worker would let it."""
    try:
        with transaction.atomic():
            fold(HELPING)
    except OperationalError:  # somebody else writes: the figures are then as of a moment ago
        return
