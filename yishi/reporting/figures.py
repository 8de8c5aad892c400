"""Figures (统计): indicator × place × period, with at most two further dimensions, right the moment a deed is folded.

    ask(Question(place, start, end, item=item, body=body)).households

`period of` is when a deed happened; `known_by` what was known at a moment: a report that was closed stays what it was.
A page that asks for many figures takes `now = still()` once and gives it along: all are then of one state.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import ItemVersion
from yishi.assistance.deeds.models import Deed
from yishi.journal.models import Entry
from yishi.kit.errors import Refusal
from yishi.organisations.models import Place, PlaceSet

from .blocks import HOUSEHOLD, PERSON, VILLAGE
from .book import Still, forget, still
from .columns import FIRST, Asked, Columns, Figure, Mine, Window
from .fold import EPOCH
from .indicators import DEEDS, REGISTER, Indicator, Series
from .models import FigureRow
from .moves import LAST
from .question import DIMENSIONS, MOST_DIMENSIONS, Question

KINDS: dict[str, int] = {
    ItemVersion.Serves.HOUSEHOLD: HOUSEHOLD,
    ItemVersion.Serves.PERSON: PERSON,
    ItemVersion.Serves.VILLAGE: VILLAGE,
}
MEASURES = {HOUSEHOLD: "households", PERSON: "people", VILLAGE: "villages"}  # of a `Figure`
Three = list[int]  # deeds, amount, households
MOST_BEHIND = 20_000  # rows that a list behind a figure goes back


def ask(question: Question, series: Series = DEEDS, now: Still | None = None, *, mine: Mine | None = None) -> Figure:
    """The figure, from all that is folded now, or from `mine` of it."""
    now = now or still()
    return _columns(now, series, mine).figure(asked_of(question, now, series))


def deeds_in(question: Question, now: Still) -> int:
    """The number of deeds alone: a page that asks for many of them waits less."""
    return now.series[DEEDS.number].deeds(asked_of(question, now))


def value_of(indicator: Indicator, figure: Figure) -> int:
    """The indicator's number in what was asked of its series."""
    return int(getattr(figure, indicator.measure))


def by_place(
    question: Question,
    children: Iterable[Place],
    series: Series = DEEDS,
    now: Still | None = None,
    *,
    heads: bool = True,
    amounts: bool = True,
    mine: Mine | None = None,
) -> list[tuple[Place, Three]]:
    """[deeds, amount, households] of each of `children`, places that do not overlap, in the order of the tree."""
    now = now or still()
    ordered = sorted(set(children), key=lambda child: now.tree.span(child.pk))
    starts, ends = ([now.tree.span(child.pk)[n] for child in ordered] for n in (0, 1))
    asked = asked_of(question, now, series)
    counted = (
        _columns(now, series, mine).by(asked, "place", starts, ends, heads=heads, amounts=amounts) if ordered else {}
    )
    return [(child, counted.get(number, [0, 0, 0])) for number, child in enumerate(ordered)]


def by_item(
    question: Question,
    series: Series = DEEDS,
    now: Still | None = None,
    *,
    heads: bool = True,
    mine: Mine | None = None,
) -> dict[UUID, Three]:
    """[deeds, amount, households] of each item, by its id."""
    now = now or still()
    counted = _columns(now, series, mine).by(asked_of(question, now, series), "item", heads=heads)
    named = ((now.refs[key], row) for key, row in counted.items())
    return {UUID(ref): row for (kind, ref), row in named if kind == "item" and ref}


def heads_of(end: date, now: Still) -> dict[UUID, int]:
    """The items that count heads by what they say on the day `end`, and the kind of each: its amounts never add up."""
    last: dict[UUID, ItemVersion] = {}
    for version in now.catalogue:
        if version.valid_from <= end or version.item_id not in last:
            last[version.item_id] = version
    return {
        item: KINDS[version.serves]
        for item, version in last.items()
        if version.additivity == ItemVersion.Additivity.DISTINCT and version.serves in KINDS
    }


@dataclass(frozen=True, slots=True)
class Heads:
    """Of an item that counts heads: how many different ones are named; how many are a number without names, which may
    be among them and are never added."""

    kind: int
    named: int = 0
    nameless: int = 0
    deeds: int = 0


def by_heads(
    question: Question, items: Iterable[UUID], now: Still | None = None, *, mine: Mine | None = None
) -> dict[UUID, Heads]:
    """Of those of `items` that count heads: each head once, however many deeds name it."""
    now = now or still()
    asked, kinds = asked_of(question, now), heads_of(question.end, now)
    counted = {}
    for item in items:
        if item not in kinds:
            continue
        kind = kinds[item]
        keys = frozenset({now.keys.get(("item", str(item)), -1)})
        if asked.items is not None:
            keys &= asked.items
        figure = _columns(now, DEEDS, mine).figure(replace(asked, items=keys, head=kind))
        counted[item] = Heads(kind, getattr(figure, MEASURES[kind]), figure.nameless, figure.deeds)
    return counted


def by_fact(question: Question, now: Still | None = None, *, mine: Mine | None = None) -> dict[str, tuple[int, int]]:
    """Of the register: fact → households and people of whom it is true on the question's last day."""
    now = now or still()
    counted = _columns(now, REGISTER, mine).by(asked_of(question, now, REGISTER), "item", heads=False)
    return {now.refs[key][1]: (row[0], row[1]) for key, row in counted.items()}


def by_month(
    question: Question, series: Series = DEEDS, now: Still | None = None, *, heads: bool = True, amounts: bool = True
) -> list[tuple[date, Three]]:
    """[deeds, amount, households] of each month that the period touches."""
    now = now or still()
    months = [question.start.replace(day=1)]
    while (following := (months[-1] + timedelta(days=32)).replace(day=1)) <= question.end:
        months.append(following)
    asked = asked_of(question, now, series)
    starts = [month.toordinal() for month in months]
    counted = _columns(now, series).by(asked, "day", starts, heads=heads, amounts=amounts)
    return [(month, counted.get(number, [0, 0, 0])) for number, month in enumerate(months)]


def _columns(now: Still, series: Series, mine: Mine | None = None) -> Columns:
    return now.series[series.number].of(mine)


def deeds_of(question: Question) -> QuerySet[Deed]:
    """The deeds behind a figure: what it opens into, in the viewer's reach. Of an earlier day: as was known then."""
    if question.known_by is not None:
        return Deed.objects.filter(pk__in=entries_of(question).values("subject_id"))
    deeds = Deed.objects.filter(state=Deed.State.COUNTED, on__range=(question.start, question.end))
    deeds = deeds.filter(_there(question, "place__", "on"))
    if question.of_none:
        return deeds.none()
    if question.campaign:
        deeds = deeds.filter(item__campaign=question.campaign)
    if question.direction:
        deeds = deeds.filter(item__direction=question.direction)
    if question.item:
        deeds = deeds.filter(item=question.item)
    if question.phase:
        deeds = deeds.filter(on__range=(question.phase.starts_on, question.phase.ends_on))
        deeds = deeds.filter(item__campaign=question.phase.campaign_id)
    if question.body:
        deeds = deeds.filter(parties__body=question.body)
    if question.sector:
        deeds = deeds.filter(pk__in=Deed.within.filter(parties__sector=question.sector).values("pk"))
    return deeds


def entries_of(question: Question, series: Series = DEEDS, now: Still | None = None) -> QuerySet[Entry]:
    """The entries behind a figure that stand: neither reversals nor reversed (by what was known then)."""
    now = now or still()
    sequences = _columns(now, series).rows_of(asked_of(question, now, series))
    behind = FigureRow.objects.filter(sequence__in=sequences[-MOST_BEHIND:]).values("entry_id")
    reversed_by = Entry.objects.filter(reverses_id__isnull=False)
    if question.known_by:
        reversed_by = reversed_by.filter(received_at__lte=question.known_by)
    entries = Entry.objects.filter(pk__in=behind, reverses_id__isnull=True)
    return entries.exclude(pk__in=reversed_by.values("reverses_id"))


def _there(question: Question, place: str, day: str) -> Q:
    """The condition that something lies in the question's place and place set."""
    now = still()
    condition = Q(**{f"{place}lo__range": now.tree.span(question.place.pk)})
    if question.places_then and now.tree.held:
        condition = _in_one(now.tree.then(question.place.pk), place, day)
    if question.place_set:
        condition &= _in_one(_windows(question.place_set, question.sets_then, now), place, day)
    return condition


def _in_one(windows: Iterable[Window], place: str, day: str) -> Q:
    condition = Q(pk__in=[])
    for window in windows:
        days = (date.fromordinal(window.start), date.fromordinal(window.end))
        condition |= Q(**{f"{place}lo__range": (window.lo, window.hi), f"{day}__range": days})
    return condition


def asked_of(question: Question, now: Still, series: Series = DEEDS) -> Asked:
    """The question in the keys of the figures."""
    if len(question.dimensions) > MOST_DIMENSIONS:
        raise Refusal(
            "figure.dimensions", _("At most two of direction, item, body, sector, phase and place set at a time.")
        )
    start, end = question.days
    lo, hi = now.tree.span(question.place.pk)
    windows = _windows(question.place_set, question.sets_then, now) if question.place_set else None
    places = now.tree.then(question.place.pk) if question.places_then and now.tree.held else None
    if series.is_stock:
        windows, places = (_as_on(end.toordinal(), each) for each in (windows, places))
    return Asked(
        lo=lo,
        hi=hi,
        start=FIRST if series.is_stock else start.toordinal(),
        end=end.toordinal(),
        items=_items(question, now, series),
        body=now.keys.get(("body", str(question.body.pk)), -1) if question.body else None,
        sector=now.keys.get(("sector", question.sector), -1) if question.sector else None,
        windows=windows,
        places=places,
        head=heads_of(question.end, now).get(question.item.pk) if question.item and series is DEEDS else None,
        known_by=(question.known_by - EPOCH) // timedelta(microseconds=1) if question.known_by else None,
    )


def _as_on(day: int, windows: Iterable[Window] | None) -> tuple[Window, ...] | None:
    """Of a stock: what lay there on the day that is asked, whenever it began to stand."""
    if windows is None:
        return None
    return tuple(replace(window, start=FIRST, end=LAST) for window in windows if window.start <= day <= window.end)


def _items(question: Question, now: Still, series: Series) -> frozenset[int] | None:
    """The keys of the items that are asked for, by item, direction, phase and campaign together, and that of the
    campaign for what is of no item. A series that knows no campaigns is asked by the days alone."""
    if series.is_stock:
        if question.direction or question.item:
            return frozenset()
        return frozenset({now.keys.get(("fact", series.fact), -1)}) if series.fact else None
    by_item, campaign = bool(question.direction or question.item), None
    if series.of_campaigns:
        campaign = question.campaign.pk if question.campaign else None
        if question.phase:
            if question.of_none or campaign not in (None, question.phase.campaign_id):
                return frozenset()
            campaign = question.phase.campaign_id
        if question.of_none:
            return frozenset() if by_item or campaign else frozenset({now.keys.get(("item", ""), -1)})
    if not (campaign or by_item):
        return None
    refs = {
        str(version.item_id)
        for version in now.catalogue
        if (campaign is None or version.item.campaign_id == campaign)
        and (question.direction is None or version.item.direction_id == question.direction.pk)
        and (question.item is None or version.item_id == question.item.pk)
    }
    keys = {now.keys.get(("item", ref), -1) for ref in refs}
    if campaign and not by_item:
        keys.add(now.keys.get(("campaign", str(campaign)), -1))
    return frozenset(keys)


def _windows(place_set: PlaceSet, then: bool, now: Still) -> tuple[Window, ...]:
    """Where the set's places lie, on the days on which they belong to it (`then`), or on all days as it is today."""
    today = timezone.localdate()
    return tuple(
        Window(
            *now.tree.span(item.place_id),
            item.valid_from.toordinal() if then else 1,
            item.valid_to.toordinal() if then and item.valid_to else LAST,
        )
        for item in now.members.get(place_set.pk, ())
        if then or item.is_valid_on(today)
    )


__all__ = [
    "DIMENSIONS",
    "Question",
    "ask",
    "by_heads",
    "by_item",
    "by_month",
    "by_place",
    "deeds_in",
    "deeds_of",
    "entries_of",
    "forget",
    "still",
    "value_of",
]
