"""All figures of one place's page from one still state: headline, months, directions, places below, focus, gaps."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import DateField, F, IntegerField, Subquery, Sum, UUIDField

from yishi.assistance.campaign.models import (
    CatalogueItem,
    Direction,
    ItemVersion,
    Phase,
    Target,
)
from yishi.assistance.deeds.models import Unitemised
from yishi.database.gather import Given
from yishi.database.kept import kept_question
from yishi.organisations.models import Place, PlaceLevel

from .book import Still
from .columns import HEAD, Figure
from .figures import Heads, Three, ask, by_heads, by_item, by_month, by_place, deeds_in, value_of
from .indicators import DEEDS, INDICATORS, Indicator
from .question import MOST_DIMENSIONS, Question
from .small_numbers import Reader, Told
from .tiles import Tile, tiles

WIDE = 500  # places: a county has some hundred


def applies(indicator: Indicator, question: Question) -> bool:
    """Is the indicator kept by what the question asks by? Money, visits and needs are of no item, body or sector."""
    return indicator.series is DEEDS or not (question.item or question.direction or question.body or question.sector)


def apart(question: Question) -> Question | None:
    """The same place and days, asked for what is of no campaign: it stands beside a campaign's, by that name."""
    if question.campaign is None and question.phase is None:
        return None
    start, end = question.days
    return replace(question, campaign=None, phase=None, of_none=True, start=start, end=end)


def measure(question: Question, now: Still, indicators: Iterable[Indicator] = INDICATORS) -> dict[str, int]:
    """Indicator code → number (in the units of its series, see `Indicator.per`); each series is asked once."""
    asked: dict[str, Figure] = {}
    figures = {}
    for indicator in indicators:
        if applies(indicator, question):
            if indicator.series.code not in asked:
                asked[indicator.series.code] = ask(question, indicator.series, now)
            figures[indicator.code] = value_of(indicator, asked[indicator.series.code])
    return figures


@dataclass(slots=True)
class ItemLine:
    """One item of the catalogue: what was done, what was aimed at, what is reported without deeds."""

    version: ItemVersion
    deeds: int = 0
    amount: int = 0  # thousandths of its unit
    target: int = 0
    baseline: int = 0
    due_on: date | None = None
    unitemised: int = 0
    heads: Heads | None = None  # of an item that counts heads; `amount` is then those with names
    told: tuple[Told, Told] | None = None  # its heads with and without names, as the reader is told them
    said: str = ""  # the amount in words, and what stands apart from it: the page's
    apart: str = ""

    @property
    def share(self) -> float | None:
        """Of the target, from the baseline on: recomputed from its parts, never an average of shares. Heads without
        names are not in it; of heads that are told in tens there is none."""
        if not self.target or (self.told and not self.told[0].is_exact):
            return None
        return (self.baseline + self.amount) / self.target


@dataclass(slots=True)
class DirectionLine:
    direction: Direction
    items: list[ItemLine] = field(default_factory=list)
    deeds: int = 0


@dataclass(frozen=True, slots=True)
class FocusLine:
    """A phase and its focus set: as the set was on each deed's day, and as it is today."""

    phase: Phase
    deeds: int
    then: int | None
    today: int | None


@dataclass(frozen=True, slots=True)
class Square:
    """A county on the schematic map."""

    tile: Tile
    place: Place
    value: int


def lines(question: Question, now: Still) -> list[DirectionLine]:
    """Directions and their items with what was done; those of the question's campaign, also where nothing was."""
    if question.of_none:
        return []
    done = by_item(question, DEEDS, now, heads=False)
    heads = by_heads(question, done, now)
    last: dict[UUID, ItemVersion] = {}
    for version in now.catalogue:
        if version.valid_from <= question.end or version.item_id not in last:
            last[version.item_id] = version
    lines: dict[UUID, DirectionLine] = {}
    for version in last.values():
        item = version.item
        if not _is_asked(item, question) or (item.is_retired and item.pk not in done):
            continue
        line = lines.setdefault(item.direction_id, DirectionLine(item.direction))
        deeds, amount, _households = done.get(item.pk, (0, 0, 0))
        counted = heads.get(item.pk)
        line.items.append(ItemLine(version, deeds, counted.named * HEAD if counted else amount, heads=counted))
        line.deeds += deeds
    return sorted(lines.values(), key=lambda line: line.direction.ordinal)


def tell_heads(lines: Iterable[DirectionLine], question: Question, reader: Reader) -> None:
    """Lend the items that count heads what the reader is told of them."""
    items = {item.version.item_id: item for line in lines for item in line.items if item.heads}
    told = reader.tell_heads(question, {key: item.heads for key, item in items.items() if item.heads})
    for key, item in items.items():
        item.told = told[key]


def _is_asked(item: CatalogueItem, question: Question) -> bool:
    return (
        (question.campaign is None or item.campaign_id == question.campaign.pk)
        and (question.direction is None or item.direction_id == question.direction.pk)
        and (question.item is None or item.pk == question.item.pk)
    )


def add_targets(lines: list[DirectionLine], question: Question) -> None:
    """Targets of the place, and what bodies report without deeds: both stand beside, and are never added."""
    items = {line.version.item_id: line for direction in lines for line in direction.items}
    place, (start, end) = question.place, (question.start, question.end)
    is_wide = place.hi - place.lo > WIDE
    found = kept_question("targets of a place", is_wide, partial(_beside, is_wide=is_wide), is_reached=False).answer(
        place=place.pk, lo=place.lo, hi=place.hi, start=start, end=end
    )
    for item, amount in found["reported"]:
        if line := items.get(item):
            line.unitemised = amount
    for item, amount, baseline, due_on in found["targets"]:
        if line := items.get(item):  # the one that is due last
            line.target, line.baseline, line.due_on = amount, baseline, due_on


def _beside(*, is_wide: bool) -> dict[str, Any]:
    """What `add_targets` asks, for any place and days. Of a wide place all that is reported is looked at, by a number
    that no index has: else each of its places would be."""
    number, day = IntegerField(), DateField()
    reported = Unitemised.objects.annotate(lies=F("place__lo") + 0 if is_wide else F("place__lo")).filter(
        withdrawn_at=None,
        lies__gte=Given("lo", number),
        lies__lte=Given("hi", number),
        starts_on__gte=Given("start", day),
        ends_on__lte=Given("end", day),
    )
    targets = Target.objects.filter(place=Given("place", UUIDField()), body=None, drive=None).order_by("due_on")
    return {
        "reported": reported.values_list("item").annotate(total=Sum("amount")),
        "targets": targets.values_list("item", "amount", "baseline", "due_on"),
    }


def without_empty(lines: list[DirectionLine]) -> list[DirectionLine]:
    """Only items with a deed, a target or a number without deeds."""
    for line in lines:
        line.items = [item for item in line.items if item.deeds or item.target or item.unitemised]
    return [line for line in lines if line.items]


def focus_lines(phases: Iterable[Phase], question: Question, now: Still) -> list[FocusLine]:
    """What was done in each phase, and of that in its focus set. Nothing where the question has no room for it."""
    if len(question.dimensions) > MOST_DIMENSIONS - 2:
        return []
    lines = []
    for phase in phases:
        asked = replace(question, phase=phase)
        then = today = None
        if phase.focus:
            then = deeds_in(replace(asked, place_set=phase.focus), now)
            today = deeds_in(replace(asked, place_set=phase.focus, sets_then=False), now)
        lines.append(FocusLine(phase, deeds_in(asked, now), then, today))
    return lines


def months(question: Question, now: Still) -> list[tuple[date, Three]]:
    """Deeds of each month, without the months after the last one and before the first one with a deed."""
    counted = by_month(question, DEEDS, now, heads=False, amounts=False)
    filled = [number for number, (_month, row) in enumerate(counted) if any(row)]
    return counted[filled[0] : filled[-1] + 1] if filled else []


def squares(question: Question, counties: Iterable[Place], now: Still) -> list[Square]:
    """The counties that stand on the map, each with its deeds."""
    known = tiles()
    on_map = [place for place in counties if place.code in known]
    return [
        Square(known[place.code], place, row[0])
        for place, row in by_place(question, on_map, DEEDS, now, heads=False, amounts=False)
    ]


@dataclass(frozen=True, slots=True)
class Family:
    """A place, those above it from the top, those right below it, and the counties in it: closed ones left out."""

    place: Place
    above: tuple[Place, ...]
    below: tuple[Place, ...]
    counties: tuple[Place, ...]


ABOVE = "parent__parent__parent__parent__parent"  # a hamlet has five above it


def _around() -> dict[str, Any]:
    """The places of `family_of`, for any place: each list by an index of its own."""
    key = Given("place", UUIDField())
    here = Place.objects.filter(pk=key)
    inside = {"lo__gt": Subquery(here.values("lo")), "hi__lte": Subquery(here.values("hi"))}
    return {
        "place": here.select_related(ABOVE),
        "below": Place.objects.filter(parent=key, closed_on=None).order_by("lo"),
        "counties": Place.objects.filter(level=PlaceLevel.COUNTY, closed_on=None, **inside).order_by("lo"),
    }


def family_of(key: UUID) -> Family:
    """One query. Place.DoesNotExist where there is none."""
    found = kept_question("family of a place", None, _around, is_reached=False).answer(place=key)
    if not found["place"]:
        raise Place.DoesNotExist
    place, above = found["place"][0], list[Place]()
    over = place.parent
    while over is not None:
        above.insert(0, over)
        over = over.parent
    return Family(place, tuple(above), tuple(found["below"]), tuple(found["counties"]))


@dataclass(frozen=True, slots=True)
class Gap:
    """An item that nobody has done yet in some of the places below."""

    version: ItemVersion
    places: list[Place]
    of: int


def gaps(question: Question, places: Iterable[Place], now: Still) -> list[Gap]:
    """For each item the places in which there is no deed of it, the item with the most such places first."""
    lacking, places = [], list(places)
    for line in lines(question, now):
        for item in line.items:
            if item.version.item.is_retired:
                continue
            if item.deeds:
                asked = replace(question, item=item.version.item, direction=None)
                counted = by_place(asked, places, DEEDS, now, heads=False, amounts=False)
                empty = [place for place, row in counted if not row[0]]
            else:
                empty = list(places)
            if empty:
                lacking.append(Gap(item.version, empty, len(places)))
    return sorted(lacking, key=lambda gap: -len(gap.places))
