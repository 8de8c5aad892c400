"""The sections of a place's figures: months, the places below it, the map of its counties, the focus of each phase."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from yishi.organisations.models import Place
from yishi.reporting import place_figures as figures
from yishi.reporting.book import Still
from yishi.reporting.figures import by_place
from yishi.reporting.small_numbers import Reader
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.numbers import number_text
from yishi.web.kit.page_tags import day

from .figure_choice import Choice
from .figure_map import figure_map
from .figure_words import behind_url

DeclaredList(  # the workbook is that of the page: the place and those below, a column for each figure
    "figures_below",
    gettext_lazy("The places below"),
    [
        Column(gettext_lazy("place"), shown="place.name", link=lambda row: row["url"]),
        Column(gettext_lazy("deeds"), cell="deeds", css="number"),
        Column(gettext_lazy("households reached"), shown="households", css="number"),
    ],
)
PHASES_FOCUS = DeclaredList(
    "phases_focus",
    gettext_lazy("Phases and their focus"),
    [
        Column(gettext_lazy("phase"), "line.phase.name"),
        Column(
            gettext_lazy("days"),
            lambda row: f"{day(row['line'].phase.starts_on)} – {day(row['line'].phase.ends_on)}",
        ),
        Column(gettext_lazy("deeds"), "line.deeds", link=lambda row: row["url"], css="number"),
        Column(gettext_lazy("focus"), "line.phase.focus", cell="focus"),
        Column(gettext_lazy("in focus, as it was then"), "line.then", link=lambda row: row["then_url"], css="number"),
        Column(gettext_lazy("in focus, as it is now"), "line.today", link=lambda row: row["now_url"], css="number"),
    ],
)


def month_rows(choice: Choice, now: Still) -> list[dict[str, Any]]:
    return [
        {
            "month": month,
            "deeds": row[0],
            "url": behind_url(
                choice.question.place, choice.query(period="month", on=month.isoformat(), start=None, end=None)
            ),
        }
        for month, row in figures.months(choice.question, now)
    ]


def places_below(reader: Reader, choice: Choice, below: Sequence[Place]) -> list[dict[str, Any]]:
    """The places below with deeds and households, in the order of the tree: nobody is ranked."""
    children, counted = [], by_place(choice.question, below, now=reader.now)
    numbers = reader.tell_places(choice.question, counted)
    for (place, (deeds, _amount, _households)), number in zip(counted, numbers, strict=True):
        children.append(
            {
                "place": place,
                "deeds": deeds,
                "told": number,
                "households": number_text(number),
                "url": f"{reverse('figures_place', args=[place.pk])}?{choice.query()}",
                "behind": behind_url(place, choice.query()),
            }
        )
    return children


def map_of(choice: Choice, counties: Sequence[Place], now: Still) -> dict[str, Any] | None:
    if len(counties) <= 1:
        return None
    return figure_map(figures.squares(choice.question, counties, now), choice.query())


def focus_rows(choice: Choice, now: Still) -> list[dict[str, Any]]:
    place = choice.question.place
    focus = []
    for line in figures.focus_lines(choice.phases, choice.question, now):
        asked = {"phase": line.phase.pk, "set": line.phase.focus_id, "how": None}
        focus.append(
            {
                "line": line,
                "url": behind_url(place, choice.query(phase=line.phase.pk)),
                "then_url": behind_url(place, choice.query(**asked)),
                "now_url": behind_url(place, choice.query(**{**asked, "how": "now"})),
            }
        )
    return focus
