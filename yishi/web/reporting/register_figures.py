"""The register in figures: a place as it stood on any day, and the families behind each number."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import StatedNumber
from yishi.assistance.campaign.reads import stated_by
from yishi.assistance.register.facts import STANDINGS, fact_words
from yishi.assistance.register.reads import households_in, ordered
from yishi.assistance.register.reads_then import households_on
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.reporting import register_figures as register
from yishi.reporting.book import still
from yishi.reporting.figures import by_fact
from yishi.reporting.indicators import INDICATOR
from yishi.reporting.place_figures import Family
from yishi.reporting.question import Question
from yishi.reporting.register_figures import NOTHING, Both
from yishi.reporting.small_numbers import Reader, Told, exactly, is_rounded, roughly
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.forms import Form
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.numbers import number_text
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .figure_choice import choose
from .figures import load_family, load_place

PER_PAGE = 25


class DayForm(Form):
    on = day_field(gettext_lazy("as of"))


def _plain(told: Told) -> Any:
    """In a workbook: a number, or words where it is told in tens."""
    return told.low if told.is_exact else number_text(told)


def _number(heading: Any, told: Callable[[Any], Told]) -> Column:
    return Column(heading, lambda row: _plain(told(row)), shown=lambda row: number_text(told(row)), css="number")


def _standing(fact: str, index: int) -> Column:
    """A fact of a row: its households (0) or its people (1)."""
    return _number(HEADINGS[fact, index], lambda row: row["facts"].get(fact, NOTHING)[index])


HEADINGS = {
    ("poor", 0): gettext_lazy("poor households"),
    ("poor", 1): gettext_lazy("poor people"),
    ("exited", 0): gettext_lazy("households out of poverty"),
    ("exited", 1): gettext_lazy("people out of poverty"),
    ("returned", 0): gettext_lazy("households that fell back"),
    ("returned", 1): gettext_lazy("people who fell back"),
}


INCIDENCE = Column(
    gettext_lazy("incidence (%)"),
    lambda row: row["incidence"],
    shown=lambda row: "" if row["incidence"] is None else f"{row['incidence']}",
    css="number",
)
STANDING = [_standing(fact, index) for fact in STANDINGS for index in (0, 1)]
PLACES = DeclaredList(
    "register_places",
    gettext_lazy("the register by place"),
    [
        Column(gettext_lazy("place"), "place.full_name", shown="place.name", link=lambda row: row["url"]),
        *STANDING,
        INCIDENCE,
    ],
)
YEARS = DeclaredList(
    "register_years",
    gettext_lazy("the register year by year"),
    [
        Column(gettext_lazy("day"), "day", link=lambda row: row["url"], css="nowrap"),
        *STANDING,
        INCIDENCE,
    ],
)
STATED = DeclaredList(
    "register_stated",
    gettext_lazy("numbers that papers state"),
    [
        Column(gettext_lazy("which number"), lambda line: _stated_words(line.number)),
        Column(gettext_lazy("as of"), "number.on", css="nowrap"),
        Column(gettext_lazy("stated"), "number.value", shown=lambda line: f"{line.number.value:,}", css="number"),
        Column(
            gettext_lazy("counted on this day"),
            lambda line: "" if line.counted is None else _plain(line.counted),
            shown=lambda line: "" if line.counted is None else number_text(line.counted),
            css="number",
        ),
        Column(
            gettext_lazy("change"),
            lambda line: line.change,
            shown=lambda line: "" if line.change is None else f"{line.change:+,}",
            css="number",
        ),
        Column(gettext_lazy("source"), "number.source"),
        Column("", cell="acts", only="may_state", is_silent=True),
    ],
)
FACTS = DeclaredList(
    "register_facts",
    gettext_lazy("what the families suffer from and lack"),
    [
        Column(gettext_lazy("what"), "words", link=lambda row: row["url"]),
        _number(gettext_lazy("households"), lambda row: row["both"][0]),
        _number(gettext_lazy("persons"), lambda row: row["both"][1]),
    ],
)
SETS = DeclaredList(
    "register_sets",
    gettext_lazy("listed places"),
    [
        Column(gettext_lazy("place set"), "place_set.name"),
        Column(gettext_lazy("places on this day"), lambda line: len(line.items), css="number"),
        Column(gettext_lazy("left by then"), lambda line: len(line.left), css="number"),
        Column(gettext_lazy("by which decision"), lambda line: _papers(line)),
    ],
)


def _stated_words(number: StatedNumber) -> str:
    words = [number.get_what_display(), number.place_set, number.campaign]
    return " · ".join(str(word) for word in words if word)


def _papers(line: register.SetLine) -> str:
    papers = [item.paper for item in line.items] + [item.end_paper for item in line.left]
    return "、".join(dict.fromkeys(paper for paper in papers if paper))


def _on_day(request: Request, place: Place) -> tuple[Question, DayForm]:
    """The question of the page; without a day that can be read it asks as of today."""
    form, day = DayForm(request.GET), timezone.localdate()
    if form.is_valid():
        day = form.cleaned_data["on"]
    if "on" not in request.GET or form.is_valid():
        form = DayForm(initial={"on": day.isoformat()})
    return Question(place, day, day), form


def _url(name: str, place: Place, day: date, *args: Any) -> str:
    return f"{reverse(name, args=[place.pk, *args])}?on={day.isoformat()}"


@page("figure.see", load=load_family, methods=("GET",))
def register_figures(request: Request, family: Family) -> HttpResponse:
    """A place on a day, as the register says it of that day today."""
    now, place = still(), family.place
    question, form = _on_day(request, place)
    reader, day = Reader(request.viewer, now), question.end
    facts = register.facts_on(question, reader)
    below = register.places_below(question, family.below, reader)
    stated = stated_by([place, *(line.place for line in below)], day)
    rows_of_places = [
        {
            "place": line.place,
            "facts": line.facts,
            "url": _url("register_figures", line.place, day),
            "incidence": register.incidence(line.facts, register.rural_people(stated, line.place, day)),
        }
        for line in below
    ]
    course = [
        {
            "day": then,
            "facts": row,
            "url": _url("register_figures", place, then),
            "incidence": register.incidence(row, register.rural_people(stated, place, then)),
        }
        for then, row in register.years(question, reader)
    ]
    causes, lacks = ([_line(place, day, row) for row in group(facts)] for group in (register.causes, register.lacks))
    sets = register.sets_of(place, day, now)
    numbers = register.stated_lines(stated, place, facts, sets)
    shown = [facts, *(line.facts for line in below)]
    return file_response(
        request,
        "reporting/register.html",
        {
            "place": place,
            "above": family.above,
            "day": day,
            "form": form,
            "cards": [_card(place, day, fact, facts.get(fact, NOTHING)) for fact in register.HEADLINE],
            "causes": causes,
            "lacks": lacks,
            "peoples": [_line(place, day, row) for row in register.in_group(facts, "poor.ethnic.")],
            "rows_of_places": rows_of_places,
            "course": course,
            "sets": sets,
            "stated": numbers,
            "may_state": may("number.state", request.viewer, place),
            "incidence": register.incidence(facts, register.rural_people(stated, place, day)),
            "is_rounded": is_rounded(number for row in shown for both in row.values() for number in both),
            "figures_url": reverse("figures_place", args=[place.pk]),
        },
        {PLACES: rows_of_places, YEARS: course, SETS: sets, STATED: numbers, FACTS: [*causes, *lacks]},
    )


def _card(place: Place, day: date, fact: str, both: Both) -> dict[str, Any]:
    return {
        "words": fact_words(fact),
        "households": number_text(both[0]),
        "people": number_text(both[1]),
        "url": _url("register_behind", place, day, fact),
    }


def _line(place: Place, day: date, row: tuple[str, Both]) -> dict[str, Any]:
    fact, both = row
    return {"words": fact_words(fact), "both": both, "url": _url("register_behind", place, day, fact)}


BEHIND = DeclaredList(
    "register_behind",
    gettext_lazy("households behind a figure"),
    [
        Column(gettext_lazy("head of the household"), "head.name", link="household"),
        Column(gettext_lazy("number of the household"), "number", css="nowrap"),
        Column(gettext_lazy("place today"), "place.full_name"),
        Column(gettext_lazy("people today"), "size", css="number"),
    ],
)


def load_fact(request: Request, pk: UUID, fact: str) -> tuple[Place, str]:
    """A place, and a fact of the register or the code of a figure that counts one."""
    fact = INDICATOR[fact].series.fact if fact in INDICATOR else fact
    if not fact or not fact_words(fact):
        raise Http404
    return load_place(request, pk), fact


@page("figure.see", load=load_fact, methods=("GET",))
def register_behind(request: Request, place_and_fact: tuple[Place, str]) -> HttpResponse:
    """The families behind a figure of the register: those that the viewer may see, and how many there are besides."""
    place, fact = place_and_fact
    now = still()
    question = choose(place, request.GET, now).question if "period" in request.GET else None
    if question is None:
        question, _form = _on_day(request, place)
    day = question.end
    question = Question(place, day, day)
    reader = Reader(request.viewer, now)
    counted = by_fact(question, now).get(fact, (0, 0))
    told = reader.tell_facts(question, {fact: counted})[fact]
    listed = ordered(households_on(households_in(request.viewer.reach), day, fact, place))
    paginator = Paginator(listed.select_related("head", "place"), PER_PAGE)
    if reader.reads(question):
        paginator.__dict__["count"] = counted[0]  # they see all, and counting anew takes long in a province
    outside = max(0, counted[0] - paginator.count)
    hidden = exactly(outside) if told[0].is_exact else roughly(outside)
    return BEHIND.respond(
        request,
        "reporting/register_behind.html",
        listed.select_related("head", "place"),
        paginator=paginator,
        place=place,
        day=day,
        words=fact_words(fact),
        households=number_text(told[0]),
        people=number_text(told[1]),
        hidden=number_text(hidden) if outside else "",
        is_rounded=is_rounded(told),
        back=_url("register_figures", place, day),
    )


urlpatterns = [
    path("desk/figures/place/<uuid:pk>/register/", register_figures, name="register_figures"),
    path("desk/figures/place/<uuid:pk>/register/<str:fact>/", register_behind, name="register_behind"),
]
