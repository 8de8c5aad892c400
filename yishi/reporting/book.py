"""This process's columns in memory, brought up to date before each answer; and one still state of them for a page."""

import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
from django.db import OperationalError, transaction
from django.db.models import Exists, Subquery
from django.utils import timezone

from yishi.assistance.campaign.models import ItemVersion
from yishi.database.gather import gather
from yishi.journal.models import Entry, Unfolded
from yishi.organisations.models import Numbering, Place, PlaceSetItem

from .columns import ROWS, Columns
from .fold import fold
from .indicators import SERIES
from .models import FigureKey, FigureRow, FigureState
from .moves import Tree, tree_now

CHUNK = 50_000
ASKED_BY = ("item", "campaign", "place", "body", "sector")  # kinds whose keys are held in memory; heads are too many
PATIENCE = timedelta(seconds=2)  # what waits longer is folded by whoever asks: then no worker is at it
HELPING = 500
LOOKED_AT = 50  # of those that wait

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
        versions = ItemVersion.objects.select_related("item__direction")
        members = PlaceSetItem.objects.select_related("place_set")
        return gather(
            catalogue=versions.order_by("item__direction__ordinal", "item__ordinal", "number"),
            members=members.order_by("place_set__name", "pk"),
        )

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
    is_late: bool = False  # entries wait for longer than they should

    @property
    def tree(self) -> tuple[Any, ...]:
        return (self.places, self.last_place)


def _state() -> _State:
    """One query."""
    # Of some that wait, not by the time of all entries: a database without statistics would look through them all.
    waiting = Unfolded.objects.values("entry")[:LOOKED_AT]
    late = Entry.objects.filter(pk__in=waiting, received_at__lt=timezone.now() - PATIENCE)
    last = Place.objects.order_by("-hi")
    row = (
        FigureState.objects.filter(pk=1)
        .values_list(
            "generation",
            "sequence",
            "key",
            Subquery(Numbering.objects.filter(key="places").values("last")[:1]),
            Subquery(last.values("pk")[:1]),
            Exists(late),
        )
        .first()
    )
    return _State(*row) if row else _State(is_late=late.exists(), last_place=last.values_list("pk", flat=True).first())


@dataclass
class _Book:
    lock: threading.Lock = field(default_factory=threading.Lock)
    state: _State = field(default_factory=_State)
    series: dict[int, Columns] = field(default_factory=lambda: {series.number: Columns() for series in SERIES})
    keys: dict[Key, int] = field(default_factory=dict)
    refs: dict[int, Key] = field(default_factory=dict)
    tree: Tree = field(default_factory=Tree)

    def still(self) -> Still:
        with self.lock:
            state = _state()
            if state.is_late:
                _help()
                state = replace(_state(), is_late=False)
            while state != self.state:
                if state.generation != self.state.generation:
                    self.series = {series.number: Columns() for series in SERIES}
                    self.state = _State(state.generation)
                if state.sequence > self.state.sequence:
                    self._read()
                self._place(state)
                self.state = state
                # Again: a rebuild that ended while we read; its rows must not stand beside those of before.
                state = replace(_state(), is_late=False)
            series = {number: columns.still() for number, columns in self.series.items()}
            return Still(series, self.keys, self.refs, self.tree)

    def _read(self) -> None:
        """Rows that came since."""
        names = ("series", *ROWS, "touches", "parties")
        last = max(columns.sequence for columns in self.series.values())
        while True:
            figure_rows = list(
                FigureRow.objects.filter(sequence__gt=last).order_by("sequence").values_list(*names)[:CHUNK]
            )
            if not figure_rows:
                return
            last = figure_rows[-1][1]
            for number, columns in self.series.items():
                columns.add([row[1:] for row in figure_rows if row[0] == number], last)

    def _place(self, state: _State) -> None:
        """Keys that came since; where each place lies now: places may have been moved, merged, added."""
        if state.key > self.state.key:
            fresh = FigureKey.objects.filter(pk__gt=self.state.key, kind__in=ASKED_BY)
            self.keys = {**self.keys, **{(kind, ref): key for key, kind, ref in fresh.values_list("pk", "kind", "ref")}}
            self.refs = {key: ref for ref, key in self.keys.items()}
        elif state.tree == self.state.tree:
            return
        if state.tree != self.state.tree:
            self.tree = tree_now()
        places = {key: ref for (kind, ref), key in self.keys.items() if kind == "place"}
        lo = np.full(max(places, default=0) + 1, -1, dtype=np.int32)  # long enough for the key of "no place" too
        for key, ref in places.items():
            if ref != "None":
                lo[key] = self.tree.span(UUID(ref))[0]
        for columns in self.series.values():
            columns.lo = lo


_book = _Book()


def still() -> Still:
    """All that is folded, in memory, as of now."""
    return _book.still()


def forget() -> None:
    """Begin anew: for tests, whose databases come and go within one process."""
    global _book
    _book = _Book()


def _help() -> None:
    """Fold what has been waiting for longer than a worker would let it."""
    try:
        with transaction.atomic():
            fold(HELPING)
    except OperationalError:  # somebody else writes: the figures are then as of a moment ago
        return
