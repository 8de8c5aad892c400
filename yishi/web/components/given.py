"""What a member or a body gave, whom it reached, what is promised, and what nobody had to write again: one record for
the page, the printed file and the sections of other pages. No order of persons, no points."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from yishi.assistance.models import CatalogueItem, Deed, DeedBeneficiary, DeedParty, Household
from yishi.assistance.models.deeds import WHOLE
from yishi.commitments.models import Commitment
from yishi.organisations.models import Body
from yishi.people.models import Person
from yishi.reporting.models import IssuedReport
from yishi.reporting.small_numbers import Told, exactly, roughly, told

from .deed_words import plain

SHOWN = 50
NOBODY = exactly(0)
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


@dataclass(frozen=True, slots=True)
class Given:
    """`households`, `people` and `unnamed` are told in tens to a viewer who may not see them."""

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
    """Of a person or a body, for deeds of a period. Asks for families within the viewer's reach."""
    mine = Q(body=who) if isinstance(who, Body) else Q(person=who)
    parties = DeedParty.objects.filter(mine, deed__state=Deed.State.COUNTED, deed__on__range=(start, end))
    deeds = Deed.within.filter(pk__in=parties.values("deed"))
    beneficiaries = DeedBeneficiary.objects.filter(deed__in=deeds.values("pk"))
    counts = beneficiaries.aggregate(
        households=Count("household", distinct=True),
        people=Count("person", distinct=True),
        villages=Count("village", distinct=True),
    )
    others = DeedParty.objects.filter(deed__in=deeds.values("pk")).exclude(mine)
    with_others = others.aggregate(deeds=Count("deed", distinct=True), bodies=Count("body", distinct=True))
    sums = deeds.aggregate(
        count=Count("pk"),
        unnamed=Sum("unnamed"),
        places=Count("place", distinct=True),
        own=Count("pk", filter=Q(recorded_by=None if isinstance(who, Body) else who)),
    )
    is_own = not isinstance(who, Body) and sums["own"] == sums["count"]  # recorded all: knows whom they reached
    say = exactly if is_own else roughly
    promised = _promised(who, start, end)
    return Given(
        start=start,
        end=end,
        lines=_lines(parties),
        deeds=sums["count"],
        together=with_others["deeds"],
        households=exactly(counts["households"]) if is_own else _said(counts["households"], beneficiaries),
        people=say(counts["people"]) if sums["count"] else NOBODY,
        villages=counts["villages"],
        unnamed=say(sums["unnamed"]) if sums["count"] else NOBODY,
        promises=[one for one in promised if one.state != Commitment.State.STRUCK_OFF][:SHOWN],
        kept=sum(one.state == Commitment.State.STRUCK_OFF for one in promised),
        tables=sums["places"] * TIERS,
        bodies=with_others["bodies"],
        reports=_reports(deeds),
        merged=Deed.within.filter(merged_into__in=deeds.values("pk")).count(),
    )


def _promised(who: Person | Body, start: date, end: date) -> list[Commitment]:
    """What is owed now, and what was struck off in the period."""
    kept = Q(state=Commitment.State.STRUCK_OFF, settled_on__range=(start, end))
    mine = Q(bearer=who) if isinstance(who, Body) else Q(bearer_person=who)
    rows = Commitment.within.filter(mine, kept | Q(state__in=Commitment.OPEN)).select_related("place")
    return list(rows.order_by("due_on"))


def _said(number: int, beneficiaries: QuerySet[DeedBeneficiary]) -> Told:
    """Those whom the viewer may see, and a ten of the others."""
    if not number:
        return NOBODY
    seen = Household.objects.filter(pk__in=beneficiaries.values("household")).count()
    return told(number, seen, has_own=False, has_rest=seen != number)


def _lines(parties: QuerySet[DeedParty]) -> list[ItemLine]:
    rows = (
        parties.order_by()
        .values("deed__item")
        .annotate(deeds=Count("deed"), all=Sum("deed__amount"), own=Sum(F("deed__amount") * F("share") / WHOLE))
    )
    found = {row["deed__item"]: row for row in rows}
    items = CatalogueItem.objects.filter(pk__in=found).prefetch_related("versions").select_related("direction")
    lines = []
    for item in items.order_by("campaign__starts_on", "direction__ordinal", "ordinal"):
        version = max(item.versions.all(), key=lambda one: one.number)
        row = found[item.pk]
        lines.append(
            ItemLine(version.name, version.unit, row["deeds"], plain(row["all"]), plain(int(row["own"])), item.pk)
        )
    return lines


def _reports(deeds: QuerySet[Deed]) -> int:
    """Issued reports of places and periods in which at least one of these deeds lies."""
    found = set()
    reports = list(IssuedReport.objects.values_list("pk", "place__lo", "place__hi", "starts_on", "ends_on"))
    spans = list(deeds.order_by().values_list("place__lo", "on").distinct()[:2000]) if reports else []
    for key, lo, hi, start, end in reports:
        if any(lo <= place <= hi and start <= on <= end for place, on in spans):
            found.add(key)
    return len(found)


def period_of(year: str) -> tuple[date, date]:
    """A year that was asked for, else all until today."""
    today = timezone.localdate()
    if year.isdigit() and 1949 < int(year) <= today.year:
        return date(int(year), 1, 1), min(date(int(year), 12, 31), today)
    return date(1949, 10, 1), today
