"""What a member or a body gave, whom it reached, what is promised, and what nobody had to write again: one record for
the page, the printed file and the sections of other pages. No order of persons, no points."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from yishi.assistance.campaign.models import CatalogueItem, ItemVersion
from yishi.assistance.deeds.models import Deed, DeedBeneficiary, DeedParty
from yishi.assistance.deeds.models.deeds import WHOLE
from yishi.assistance.register.models import Household
from yishi.commitments.models import Commitment
from yishi.database.gather import HowMany, gather
from yishi.organisations.models import Body
from yishi.people.models import Person
from yishi.reporting.columns import HEAD
from yishi.reporting.models import IssuedReport
from yishi.reporting.small_numbers import Told, exactly, roughly, told
from yishi.web.kit.numbers import number_text, quantity_words, thousandths

SHOWN = 50
NOBODY = exactly(0)
NAMED = {"household": "household", "person": "person", "village": "village"}  # whom an item serves → beneficiary
TIERS = 5  # village, township, county, prefecture, province


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One kind of help: how many deeds, how much they are in all, how much of it is credited here."""

    name: str
    unit: str
    deeds: int
    amount: str
    credited: str
    item: Any = None
    apart: str = ""  # of an item that counts heads: those of whom only a number is known

    @property
    def in_all(self) -> str:
        return "，".join(filter(None, (f"{self.amount} {self.unit}", self.apart)))


@dataclass(frozen=True, slots=True)
class Given:
    """What one member or body gave from `start` to `end`. `households`, `people` and `unnamed` are told in tens to
    viewers who may not see them."""

    start: date
    end: date
    lines: list[ItemLine] = field(default_factory=list)
    deeds: int = 0
    together: int = 0  # deeds that others are credited for too
    households: Told = NOBODY
    people: Told = NOBODY
    villages: int = 0
    unnamed: Told = NOBODY
    promises: list[Commitment] = field(default_factory=list)
    kept: int = 0  # promises that were struck off
    tables: int = 0  # figures of places that these deeds fill by themselves
    bodies: int = 0  # other bodies in whose file they stand
    reports: int = 0  # issued reports that were filled from them
    merged: int = 0  # second reports that were not counted twice


def given_by(who: Person | Body, start: date, end: date) -> Given:
    """What a person or a body gave in a period, by one query. Families are looked up within the viewer's reach."""
    mine = Q(body=who) if isinstance(who, Body) else Q(person=who)
    standing = {"deed__state": Deed.State.COUNTED, "deed__arriving__isnull": True}
    parties = DeedParty.objects.filter(mine, **standing, deed__on__range=(start, end))
    deeds = Deed.within.filter(pk__in=parties.values("deed"))
    beneficiaries = DeedBeneficiary.objects.filter(deed__in=deeds.values("pk"))
    others = DeedParty.objects.filter(deed__in=deeds.values("pk")).exclude(mine)
    by_oneself = Q(recorded_by=None if isinstance(who, Body) else who)
    # Sums over all: every deed is counted, so that a row for each state is one row, or none.
    gathered = gather(
        sums=deeds.order_by()
        .values_list("state")
        .annotate(Count("pk"), Sum("unnamed"), Count("place", distinct=True), own=Count("pk", filter=by_oneself)),
        reached=beneficiaries.order_by()
        .values_list("deed__state")
        .annotate(*(Count(kind, distinct=True) for kind in ("household", "person", "village"))),
        others=others.order_by()
        .values_list("deed__state")
        .annotate(Count("deed", distinct=True), Count("body", distinct=True)),
        seen=HowMany(Household.objects.filter(pk__in=beneficiaries.values("household"))),
        promised=_promised(who, start, end),
        done=_done(parties),
        items=_items(parties),
        heads=_named(beneficiaries),
        beyond=_by_deed(deeds),
        issued=IssuedReport.objects.values_list("pk", "place__lo", "place__hi", "starts_on", "ends_on"),
        spans=deeds.order_by().values_list("place__lo", "on").distinct()[:2000],
        merged=HowMany(Deed.within.filter(merged_into__in=deeds.values("pk"))),
    )
    count, unnamed, places, own = _sums(gathered["sums"], 4)
    households, people, villages = _sums(gathered["reached"], 3)
    together, bodies = _sums(gathered["others"], 2)
    is_own = not isinstance(who, Body) and own == count  # recorded all: knows whom they reached
    say = exactly if is_own else roughly
    promised = gathered["promised"]
    return Given(
        start=start,
        end=end,
        lines=_lines(
            gathered["items"],
            gathered["done"],
            {item: counts for item, *counts in gathered["heads"]},
            [(item, amount, counts) for _deed, item, amount, *counts in gathered["beyond"]],
            say,
        ),
        deeds=count,
        together=together,
        households=exactly(households) if is_own else _said(households, gathered["seen"]),
        people=say(people) if count else NOBODY,
        villages=villages,
        unnamed=say(unnamed) if count else NOBODY,
        promises=[promise for promise in promised if promise.state != Commitment.State.STRUCK_OFF][:SHOWN],
        kept=sum(promise.state == Commitment.State.STRUCK_OFF for promise in promised),
        tables=places * TIERS,
        bodies=bodies,
        reports=_reports(gathered["issued"], gathered["spans"]),
        merged=gathered["merged"],
    )


def _sums(sums: list[tuple[Any, ...]], number: int) -> tuple[int, ...]:
    """The sums of the one row, without the column that it is grouped by; `number` zeros where there is no row."""
    return tuple(value or 0 for value in sums[0][1:]) if sums else (0,) * number


def _promised(who: Person | Body, start: date, end: date) -> QuerySet[Commitment]:
    """What is owed now, and what was struck off in the period."""
    kept = Q(state=Commitment.State.STRUCK_OFF, settled_on__range=(start, end))
    mine = Q(bearer=who) if isinstance(who, Body) else Q(bearer_person=who)
    promises = Commitment.within.filter(mine, kept | Q(state__in=Commitment.OPEN)).select_related("place")
    return promises.order_by("due_on")


def _said(number: int, seen: int) -> Told:
    """A number of families as it is told: those whom the viewer may see exactly, the others in tens."""
    if not number:
        return NOBODY
    return told(number, seen, has_own=False, has_rest=seen != number)


def _done(parties: QuerySet[DeedParty]) -> QuerySet[DeedParty, Any]:
    """For each item: its key, how many deeds, how much they are (thousandths), how much of it is credited."""
    own = Sum(F("deed__amount") * F("share") / WHOLE)
    return parties.order_by().values_list("deed__item").annotate(Count("deed"), Sum("deed__amount"), own=own)


def _items(parties: QuerySet[DeedParty]) -> QuerySet[CatalogueItem]:
    items = CatalogueItem.objects.filter(pk__in=parties.order_by().values("deed__item")).prefetch_related("versions")
    return items.select_related("direction").order_by("campaign__starts_on", "direction__ordinal", "ordinal")


def _named(beneficiaries: QuerySet[DeedBeneficiary]) -> QuerySet[DeedBeneficiary, Any]:
    """For each item the different households, people and villages that its deeds name."""
    by_item = beneficiaries.order_by().values_list("deed__item")
    return by_item.annotate(*(Count(kind, distinct=True) for kind in NAMED.values()))


def _by_deed(deeds: QuerySet[Deed]) -> QuerySet[Deed, Any]:
    """Of items that count heads each deed: its item, its amount, how many of each kind it names."""
    heads = ItemVersion.objects.filter(additivity=ItemVersion.Additivity.DISTINCT).values("item")
    counted = deeds.filter(item__in=heads).order_by().values_list("pk", "item", "amount")
    return counted.annotate(*(Count(f"beneficiaries__{kind}", distinct=True) for kind in NAMED.values()))


def _lines(
    items: list[CatalogueItem],
    done: list[tuple[Any, ...]],
    named: dict[Any, list[int]],
    by_deed: list[tuple[Any, int, list[int]]],
    say: Callable[[int], Told],
) -> list[ItemLine]:
    sums_by_item = {item: sums for item, *sums in done}
    lines = []
    for item in items:
        version = max(item.versions.all(), key=lambda version: version.number)
        deeds, amount, own = sums_by_item[item.pk]
        said, apart, credited = thousandths(amount), "", thousandths(int(own))
        if version.additivity == ItemVersion.Additivity.DISTINCT and version.serves in NAMED:
            kind = list(NAMED).index(version.serves)
            beyond = sum(max(much - counts[kind] * HEAD, 0) for key, much, counts in by_deed if key == item.pk)
            heads = named.get(item.pk, [0] * len(NAMED))[kind]
            said, credited = number_text(say(heads) if heads else NOBODY), "—"  # a head has no parts
            nameless = say(beyond // HEAD) if beyond else NOBODY
            _named_words, apart = quantity_words(0, version.unit, (NOBODY, nameless))
        lines.append(ItemLine(version.name, version.unit, deeds, said, credited, item.pk, apart))
    return lines


def _reports(issued: list[tuple[Any, ...]], spans: list[tuple[int, date]]) -> int:
    """Issued reports of places and periods in which at least one of these deeds lies."""
    return sum(
        any(lo <= place <= hi and start <= on <= end for place, on in spans) for _key, lo, hi, start, end in issued
    )


def period_of(year: str) -> tuple[date, date]:
    """First and last day of the year that was asked for; without a year, of all time until today."""
    today = timezone.localdate()
    if re.fullmatch(r"[0-9]{4}", year) and 1949 < int(year) <= today.year:
        return date(int(year), 1, 1), min(date(int(year), 12, 31), today)
    return date(1949, 10, 1), today
