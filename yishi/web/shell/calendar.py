"""The calendar: sittings, and what is due by whom, of one month, by day."""

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.database.kept import kept_question
from yishi.deliberation.models import Sitting
from yishi.kit.clock import is_workday, knows_year
from yishi.notices.days import doubt_of
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .waiting import COURSES

SHOWN = 300  # of each kind in a month
YEARS = (2000, 2100)


@dataclass(frozen=True, slots=True)
class Item:
    """Something on a day: its kind is a word and a colour, never a colour alone."""

    day: date
    kind: str
    word: str
    title: str
    url: str = ""
    at: datetime | None = None

    @property
    def doubt(self) -> str:
        """What is said of a day that may still move."""
        return doubt_of(self.day)


def month_of(request: Request) -> date:
    """The first day of the month in the address, else of this month."""
    today = timezone.localdate()
    try:
        year, month = (int(part) for part in request.GET.get("month", "").split("-"))
        first = date(year, month, 1)
    except (ValueError, OverflowError):  # a year beyond what the machine counts is no ValueError
        return today.replace(day=1)
    return first if YEARS[0] <= year <= YEARS[1] else today.replace(day=1)


def _due(first: date, last: date) -> dict[str, Any]:
    begin = timezone.make_aware(datetime.combine(first, time()))
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))
    sittings = Sitting.objects.filter(starts_at__gte=begin, starts_at__lt=end).exclude(state=Sitting.State.CANCELLED)
    courses = {f"course_{number}": course.falling(first, last)[:SHOWN] for number, course in enumerate(COURSES)}
    return {**courses, "sittings": sittings.select_related("matter").order_by("starts_at")[:SHOWN]}


def items_of(first: date, last: date) -> list[Item]:
    """The sittings of the days from `first` to `last`, and the next acts that are due on them, whosever they are, as
    far as the viewer reaches: by the same declarations as the desks (`COURSES`)."""
    gathered = kept_question("calendar", (first, last), lambda: _due(first, last)).answer()
    items = [
        Item(
            timezone.localtime(sitting.starts_at).date(),
            "sitting",
            _("sitting"),
            sitting.matter.title,
            reverse("sitting", args=[sitting.pk]),
            timezone.localtime(sitting.starts_at),
        )
        for sitting in gathered["sittings"]
    ]
    held = {(item.url, item.day) for item in items}
    for number, course in enumerate(COURSES):
        for record in gathered[f"course_{number}"]:
            act, url = course.acts[record.next_act], course.file_url(record)
            day = act.due_on(record)
            if day is not None and first <= day <= last and (url, day) not in held:
                items.append(Item(day, course.kind, act.says(record), course.title(record), url))
    return sorted(items, key=lambda item: (item.day, item.kind != "sitting", item.title))


CALENDAR = DeclaredList(
    "",
    gettext_lazy("calendar"),
    [
        Column(gettext_lazy("day"), "day"),
        Column(gettext_lazy("time"), lambda item: item.at.strftime("%H:%M") if item.at else ""),
        Column(gettext_lazy("kind"), "word"),
        Column(gettext_lazy("what"), "title"),
    ],
)


@page("desk.see", methods=("GET",))
def calendar(request: Request) -> HttpResponse:
    first = month_of(request)
    last = first.replace(day=months.monthrange(first.year, first.month)[1])
    items = items_of(first, last)
    if request.GET.get("export"):
        return CALENDAR.workbook(request, items)
    by_day: dict[date, list[Item]] = {}
    for item in items:
        by_day.setdefault(date(item.day.year, item.day.month, item.day.day), []).append(item)
    today = timezone.localdate()
    weeks = [
        [
            {
                "day": day,
                "items": by_day.get(day, []) if day.month == first.month else [],
                "is_here": day.month == first.month,
                "is_today": day == today,
                "is_free": not is_workday(day),
            }
            for day in week
        ]
        for week in months.Calendar().monthdatescalendar(first.year, first.month)
    ]
    context = {
        "first": first,
        "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "after": (last + timedelta(days=1)).strftime("%Y-%m"),
        "weeks": weeks,
        "days": sorted(by_day.items()),
        "weekdays": [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")],
        "is_certain": knows_year(first.year),
        "today": today,
    }
    return render(request, "shell/calendar.html", context)


urlpatterns = [path("desk/calendar/", calendar, name="calendar")]
