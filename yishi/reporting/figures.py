"""Figures (统计): indicator × place × period, with at most two further dimensions, right the moment a deed is folded.

    ask(Question(place, start, end, item=item, body=body)).households

`period of` is when a deed happened; `known_by` what was known at a moment: a report that was closed stays what it was.
"As it was then" (`sets_then`) takes a place set's members on each deed's own day; else today's members for all days.
"""

import threading
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.utils import timezone

from yishi.assistance.models import Campaign, CatalogueItem, Deed, Direction, Phase
from yishi.kit.errors import Refusal
from yishi.organisations.models import Body, Place, PlaceSet, PlaceSetItem, valid_on

from .columns import ROWS, Asked, Columns, Figure, Window
from .fold import _EPOCH as EPOCH
from .models import FigureKey, FigureRow, FigureState

MOST_DIMENSIONS = 2
CHUNK = 50_000
FAR = date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. Of the dimensions below `campaign` at most two are given (Refusal)."""

    place: Place
    start: date
    end: date
    campaign: Campaign | None = None
    direction: Direction | None = None
    item: CatalogueItem | None = None
    body: Body | None = None
    sector: str = ""
    phase: Phase | None = None
    place_set: PlaceSet | None = None
    sets_then: bool = True
    known_by: datetime | None = None

    @property
    def dimensions(self) -> list[str]:
        return [name for name in DIMENSIONS if getattr(self, name)]


DIMENSIONS = ("direction", "item", "body", "sector", "phase", "place_set")


def ask(question: Question) -> Figure:
    """The figure, from all that is folded now."""
    return current().figure(asked_of(question))


def by_place(question: Question, children: list[Place]) -> list[tuple[Place, list[int]]]:
    """[deeds, amount, households] of each of `children`, places in the order of the tree that do not overlap."""
    ordered = sorted(children, key=lambda one: one.lo)
    found = current().by(asked_of(question), "place", [one.lo for one in ordered])
    return [(one, found.get(number, [0, 0, 0])) for number, one in enumerate(ordered)]


def by_item(question: Question) -> dict[UUID, list[int]]:
    """The same per item."""
    found = current().by(asked_of(question), "item")
    return {UUID(ref): found[key] for key, ref in _refs("item", found).items()}


def by_body(question: Question) -> dict[UUID, list[int]]:
    """Deeds and amount per body that was a party: a deed of two bodies stands under both."""
    found = current().by(asked_of(question), "body")
    return {UUID(ref): found[key] for key, ref in _refs("body", found).items()}


def by_sector(question: Question) -> dict[str, list[int]]:
    """Deeds and amount per sector of the members who took part."""
    found = current().by(asked_of(question), "sector")
    return {ref: found[key] for key, ref in _refs("sector", found).items()}


def by_month(question: Question) -> list[tuple[date, list[int]]]:
    """[deeds, amount, households] of each month that the period touches."""
    months = [question.start.replace(day=1)]
    while (following := (months[-1] + timedelta(days=32)).replace(day=1)) <= question.end:
        months.append(following)
    found = current().by(asked_of(question), "day", [one.toordinal() for one in months])
    return [(one, found.get(number, [0, 0, 0])) for number, one in enumerate(months)]


def deeds_of(question: Question) -> Any:
    """The deeds behind a figure, as they are known today: what the figure opens into. In the viewer's reach."""
    rows = Deed.objects.filter(state=Deed.State.COUNTED, on__range=(question.start, question.end))
    rows = rows.filter(place__lo__range=(question.place.lo, question.place.hi))
    if question.campaign:
        rows = rows.filter(item__campaign=question.campaign)
    if question.direction:
        rows = rows.filter(item__direction=question.direction)
    if question.item:
        rows = rows.filter(item=question.item)
    if question.phase:
        rows = rows.filter(on__range=(question.phase.starts_on, question.phase.ends_on))
        rows = rows.filter(item__campaign=question.phase.campaign_id)
    if question.body:
        rows = rows.filter(parties__body=question.body)
    if question.sector:
        rows = rows.filter(pk__in=Deed.within.filter(parties__sector=question.sector).values("pk"))
    if question.place_set:
        keep = [
            rows.filter(place__lo__range=(one.lo, one.hi), on__range=(_day(one.start), _day(one.end))).values("pk")
            for one in _windows(question.place_set, question.sets_then)
        ]
        pks = {row["pk"] for part in keep for row in part}
        rows = rows.filter(pk__in=pks)
    return rows


def asked_of(question: Question) -> Asked:
    """The question in the keys of the figures."""
    if len(question.dimensions) > MOST_DIMENSIONS:
        raise Refusal("figure.dimensions", f"at most {MOST_DIMENSIONS} dimensions")
    start, end = question.start, question.end
    if question.phase:
        start, end = max(start, question.phase.starts_on), min(end, question.phase.ends_on)
    return Asked(
        lo=question.place.lo,
        hi=question.place.hi,
        start=start.toordinal(),
        end=end.toordinal(),
        items=_items(question),
        body=_key("body", str(question.body.pk)) if question.body else None,
        sector=_key("sector", question.sector) if question.sector else None,
        windows=_windows(question.place_set, question.sets_then) if question.place_set else None,
        known_by=(question.known_by - EPOCH) // timedelta(microseconds=1) if question.known_by else None,
    )


def _items(question: Question) -> frozenset[int] | None:
    """The keys of the items that are asked for, by item, direction, phase and campaign together."""
    campaign = question.campaign or (question.phase.campaign if question.phase else None)
    if not (campaign or question.direction or question.item):
        return None
    rows = CatalogueItem.objects.all()
    if campaign:
        rows = rows.filter(campaign=campaign)
    if question.direction:
        rows = rows.filter(direction=question.direction)
    if question.item:
        rows = rows.filter(pk=question.item.pk)
    refs = [str(pk) for pk in rows.values_list("pk", flat=True)]
    return frozenset(FigureKey.objects.filter(kind="item", ref__in=refs).values_list("pk", flat=True))


def _windows(place_set: PlaceSet, then: bool) -> tuple[Window, ...]:
    rows = PlaceSetItem.objects.filter(place_set=place_set).select_related("place")
    if then:
        return tuple(
            Window(
                one.place.lo,
                one.place.hi,
                one.valid_from.toordinal() if one.valid_from else 1,
                (one.valid_to or FAR).toordinal(),
            )
            for one in rows
        )
    today = rows.filter(valid_on(timezone.localdate()))
    return tuple(Window(one.place.lo, one.place.hi, 1, FAR.toordinal()) for one in today)


def _day(ordinal: int) -> date:
    return date.fromordinal(ordinal)


def _key(kind: str, ref: str) -> int:
    """The key, or -1 for what no figure knows yet."""
    return FigureKey.objects.filter(kind=kind, ref=ref).values_list("pk", flat=True).first() or -1


def _refs(kind: str, keys: Any) -> dict[int, str]:
    return dict(FigureKey.objects.filter(kind=kind, pk__in=list(keys)).values_list("pk", "ref"))


class _Book:
    """This process's columns, brought up to date before each answer."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.generation: UUID | None = None
        self.columns = Columns()
        self.tree: tuple[Any, ...] = ()

    def current(self) -> Columns:
        with self.lock:
            generation = FigureState.objects.filter(pk=1).values_list("generation", flat=True).first()
            if generation != self.generation:
                self.columns, self.generation, self.tree = Columns(), generation, ()
            self._read()
            self._place()
            return self.columns

    def _read(self) -> None:
        """Rows that came since."""
        names = ("sequence", *ROWS, "touches", "parties")
        while True:
            rows = list(
                FigureRow.objects.filter(sequence__gt=self.columns.sequence)
                .order_by("sequence")
                .values_list(*names)[:CHUNK]
            )
            if not rows:
                return
            self.columns.add([row[1:] for row in rows], rows[-1][0])
            if len(rows) < CHUNK:
                return

    def _place(self) -> None:
        """Where each place that is counted lies in the tree now; places may have been moved, merged, added."""
        top = FigureKey.objects.filter(kind="place").order_by("-pk").values_list("pk", flat=True).first() or 0
        root = Place.objects.order_by("-hi").values_list("hi", "lo").first()
        tree = (top, root, Place.objects.count())
        if tree == self.tree:
            return
        keys = FigureKey.objects.filter(kind="place").values_list("pk", "ref")
        where = {str(pk): lo for pk, lo in Place.objects.values_list("pk", "lo")}
        lo = np.full(top + 1, -1, dtype=np.int32)
        for key, ref in keys:
            lo[key] = where.get(ref, -1)
        self.columns.lo, self.tree = lo, tree


_book = _Book()


def current() -> Columns:
    """All that is folded, in memory."""
    return _book.current()


def forget() -> None:
    """Begin anew: for tests, whose databases come and go within one process."""
    _book.__init__()  # type: ignore[misc]


NAMES = tuple(one.name for one in fields(Figure))
