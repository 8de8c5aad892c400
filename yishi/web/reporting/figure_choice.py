"""What a page of figures is asked for, read from its address: period, dimensions, as it was then, what was known when.

Everything stands in the address, so that a figure can be sent, and what it opens into answers the same question.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import BigIntegerField
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign, Drive, Phase
from yishi.database.gather import Given
from yishi.database.kept import kept_question
from yishi.database.named import record_named
from yishi.organisations.models import Body, Place, PlaceSet
from yishi.organisations.sectors import sectors
from yishi.reporting.book import Still
from yishi.reporting.question import DIMENSIONS, MOST_DIMENSIONS, Question
from yishi.web.kit.forms import FIRST_DAY, LAST_DAY

PERIODS = (
    ("campaign", gettext_lazy("the whole campaign")),
    ("year", gettext_lazy("year")),
    ("quarter", gettext_lazy("quarter")),
    ("month", gettext_lazy("month")),
    ("day", gettext_lazy("day")),
    ("dates", gettext_lazy("from day to day")),
)
NONE = "none"  # of no campaign
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
NAMES = (
    "campaign",
    "period",
    "on",
    "start",
    "end",
    "known",
    "direction",
    "item",
    "body",
    "sector",
    "phase",
    "set",
    "how",
)


@dataclass
class Choice:
    """The question of a page, and what its form shows."""

    question: Question
    asked: dict[str, str]  # what the address says, by name (`NAMES`); what it leaves empty is not in it
    campaigns: list[Campaign]
    phases: list[Phase]
    drives: list[Drive]
    problems: list[str] = field(default_factory=list)
    dimension_names: list[str] = field(default_factory=list)  # of the dimensions that are asked, for people

    def query(self, **more: Any) -> str:
        """The address's part behind the "?" for the same question, with `more` changed; None takes something out."""
        kept = {**self.asked, **{name: str(value) for name, value in more.items() if value is not None}}
        return urlencode({name: kept[name] for name in kept if kept[name] and more.get(name, "") is not None})

    def on(self, place: Place) -> Question:
        return replace(self.question, place=place)


def _campaigns() -> dict[str, Any]:
    """The campaigns of any place with what a question may name of them."""
    lo = Given("lo", BigIntegerField())
    here = Campaign.objects.filter(place__lo__lte=lo, place__hi__gte=lo).order_by("-starts_on", "code")
    return {
        "campaigns": here,
        "phases": Phase.objects.filter(campaign__in=here.values("pk")).select_related("focus", "campaign"),
        "drives": Drive.objects.filter(campaign__in=here.values("pk")),
    }


def choose(place: Place, query: QueryDict, now: Still) -> Choice:
    """Read the address. What cannot be understood is left out and said."""
    gathered = kept_question("campaigns of a place", None, _campaigns).answer(lo=place.lo)
    campaigns = gathered["campaigns"]
    asked = {name: query.get(name, "").strip() for name in NAMES}
    problems: list[str] = []
    of_none = asked["campaign"] == NONE
    campaign = None
    if not of_none:
        campaign = _known_record(campaigns, asked["campaign"], problems) or (campaigns[0] if campaigns else None)
    phases = [phase for phase in gathered["phases"] if phase.campaign_id == campaign.pk] if campaign else []
    drives = [drive for drive in gathered["drives"] if drive.campaign_id == campaign.pk] if campaign else []
    start, end = _period(asked, campaign, phases, drives, problems)
    known = _known_by(asked["known"], problems)
    dims, names = _dimensions(asked, now, phases, problems)
    question = Question(
        place=place,
        start=start,
        end=end,
        campaign=campaign,
        of_none=of_none,
        sets_then=asked["how"] != "now",
        places_then=asked["how"] == "then",
        known_by=known,
        **dims,
    )
    if len(question.dimensions) > MOST_DIMENSIONS:
        problems.append(_("At most two of direction, item, body, sector, phase and place set at a time."))
        left: dict[str, Any] = {
            name: "" if name == "sector" else None for name in question.dimensions[MOST_DIMENSIONS:]
        }
        question = replace(question, **left)
        names = names[:MOST_DIMENSIONS]
    kept = {name: value for name, value in asked.items() if value}
    return Choice(question, kept, campaigns, phases, drives, problems, names)


def _period(
    asked: dict[str, str], campaign: Campaign | None, phases: list[Phase], drives: list[Drive], problems: list[str]
) -> tuple[date, date]:
    """The first and the last day that are asked; without an answer those of the campaign, at the latest today."""
    today = timezone.localdate()
    first = campaign.starts_on if campaign else date(today.year, 1, 1)
    last = min(today, campaign.ends_on) if campaign and campaign.ends_on else today
    kind, _colon, key = (asked["period"] or "campaign").partition(":")
    if kind in ("phase", "drive"):
        periods: list[Any] = phases if kind == "phase" else drives
        period = _known_record(periods, key, problems)
        return (period.starts_on, period.ends_on) if period else (first, last)
    day = _day(asked["on"], problems) or min(today, last)
    if kind == "day":
        return day, day
    if kind in MONTHS_OF:
        length = MONTHS_OF[kind]
        month = (day.month - 1) // length * length + 1
        start = day.replace(month=month, day=1)
        return start, _months_after(start, length) - timedelta(days=1)
    if kind == "dates":
        start, end = _day(asked["start"], problems) or first, _day(asked["end"], problems) or last
        if end < start:
            problems.append(_("The last day lies before the first one."))
            return first, last
        return start, end
    return first, max(first, last)


def _months_after(day: date, count: int) -> date:
    years, month = divmod(day.month - 1 + count, 12)
    return date(day.year + years, month + 1, 1)


def _dimensions(
    asked: dict[str, str], now: Still, phases: list[Phase], problems: list[str]
) -> tuple[dict[str, Any], list[str]]:
    """The dimensions that are asked, as arguments of a `Question`, and what each is called."""
    dimensions: dict[str, Any] = {}
    names: list[str] = []

    def take(dimension: str, value: Any, name: str) -> None:
        dimensions[dimension] = value
        names.append(name)

    items = {str(version.item_id): version for version in now.catalogue}
    directions = {str(version.item.direction_id): version.item.direction for version in now.catalogue}
    if direction := _known_value(directions, asked["direction"], problems):
        take("direction", direction, direction.name)
    if version := _known_value(items, asked["item"], problems):
        take("item", version.item, version.name)
    if asked["body"] and (body := _stored_record(Body, asked["body"], problems)):
        take("body", body, body.name)
    if asked["sector"] and (sector := _known_value(dict(sectors()), asked["sector"], problems)):
        take("sector", sector.code, sector.name)
    if asked["phase"] and (phase := _known_record(phases, asked["phase"], problems)):
        take("phase", phase, phase.name)
    if asked["set"] and (place_set := _stored_record(PlaceSet, asked["set"], problems)):
        take("place_set", place_set, place_set.name)
    return {name: dimensions[name] for name in DIMENSIONS if name in dimensions}, names


def _known_value(known: dict[str, Any], key: str, problems: list[str]) -> Any:
    """What `known` holds under `key`, or None; a key that it does not hold is a problem."""
    if key and key not in known:
        problems.append(_unknown())
    return known.get(key)


def _known_record(records: list[Any], key: str, problems: list[str]) -> Any:
    """That of `records` whose id is `key`, or None."""
    return _known_value({str(record.pk): record for record in records}, key, problems)


def _stored_record(model: Any, key: str, problems: list[str]) -> Any:
    """The record of `model` whose id is `key`, or None."""
    record = record_named(model.objects, key)
    if record is None:
        problems.append(_unknown())
    return record


def _unknown() -> str:
    return _("Something in the address is not known here; it was left out.")


def _day(text: str, problems: list[str]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValueError(text)
        return day
    except ValueError:
        problems.append(_("“%(text)s” is no day. Write it as 2026-11-24.") % {"text": text[:20]})
        return None


def _known_by(text: str, problems: list[str]) -> datetime | None:
    """The moment up to which knowledge counts: the end of a day, or a moment itself (of an issued report)."""
    if "T" in text:
        try:
            moment = datetime.fromisoformat(text)
            if not FIRST_DAY <= moment.date() <= LAST_DAY:
                raise ValueError(text)
            return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        except ValueError:
            text = text.partition("T")[0]
    day = _day(text, problems)
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) - timedelta(microseconds=1)
