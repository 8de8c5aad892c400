"""Figures of the campaign: a place's page at every level, and what is behind each figure."""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import IntegerField, Prefetch, Q, QuerySet, UUIDField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.deeds.models import Deed, DeedParty
from yishi.database.gather import Given
from yishi.journal.models import Entry
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.models import BodyKind, Place, PlaceLevel
from yishi.reporting import place_figures as figures
from yishi.reporting.behind import DeedsBehind
from yishi.reporting.book import Still, still
from yishi.reporting.figures import ask, entries_of
from yishi.reporting.indicators import INDICATOR, INDICATORS, Indicator, Series
from yishi.reporting.small_numbers import Reader, Told, exactly, is_rounded, roughly
from yishi.web.kit import sections as added
from yishi.web.kit.exports import (
    AT_ONCE,
    MOST_ROWS,
    wants_export,
)
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.nearby import stationed_places
from yishi.web.kit.numbers import number_text, plain
from yishi.web.kit.one_act import link
from yishi.web.kit.page import page
from yishi.web.kit.page_tags import share
from yishi.web.kit.peek import in_order
from yishi.web.kit.request import Request
from yishi.web.kit.titles import page_of

from .figure_choice import NONE, Choice, choose
from .figure_form import FigureForm
from .figure_sections import PHASES_FOCUS, focus_rows, map_of, month_rows, places_below
from .figure_words import Card, amount_text, behind_url, say_amounts, unit_of, words_of

PER_PAGE = 25
PARTIES = Prefetch("parties", DeedParty.objects.select_related("body", "person").order_by("pk"))
WIDE = (PlaceLevel.PROVINCE, PlaceLevel.PREFECTURE)  # what other parts add has a page of its own
SMALL = (PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE, PlaceLevel.HAMLET)  # where items without a deed say little
OPENED = ("fund_movement", "visit", "need", "proposal", "project")  # subjects of entries that lead to their page


# What the questions about a place read of it.
HERE = added.StandIn(
    SimpleNamespace(
        pk=Given("place", UUIDField()), lo=Given("lo", IntegerField()), hi=Given("hi", IntegerField())
    ),
    lambda place: {"place": place.pk, "lo": place.lo, "hi": place.hi},
)  # fmt: skip


def load_family(request: Request, pk: UUID) -> figures.Family:
    return figures.family_of(pk)


def load_place(request: Request, pk: UUID) -> Place:
    return Place.objects.get(pk=pk)


def top_place(viewer: Viewer) -> Place | None:
    """The largest place of the viewer's posts and memberships; without any, where they are stationed."""
    places = [post.body.place for post in viewer.posts] + [member.term.body.place for member in viewer.memberships]
    return max(places or stationed_places(viewer), key=lambda place: place.hi - place.lo, default=None)


@page("figure.see", methods=("GET",))
def top(request: Request) -> HttpResponse:
    place = top_place(request.viewer)
    return redirect("figures_place", place.pk) if place else redirect("desk")


@page("figure.see", load=load_family, methods=("GET",))
def figures_place(request: Request, family: figures.Family) -> HttpResponse:
    now, place = still(), family.place
    choice = choose(place, request.GET, now)
    question = choice.question
    if wants_export(request):
        return _export(request, choice, family.below, now)
    values, reader = figures.measure(question, now), Reader(request.viewer, now)
    shown = cards(choice, reader.tell(question, values))
    others = _of_none(choice, reader)
    children, focus = places_below(reader, choice, family.below), focus_rows(choice, now)
    lines = figures.lines(question, now)
    figures.add_targets(lines, question)
    if place.level in SMALL:
        lines = figures.without_empty(lines)
    say_amounts(lines, question, reader)
    return file_response(
        request,
        "reporting/place.html",
        {
            "place": place,
            "above": family.above,
            "choice": choice,
            "question": question,
            "today": timezone.localdate(),
            "form": FigureForm(choice, now),
            "cards": shown,
            "others": others,
            "is_rounded": is_rounded([*(card.value for card in [*shown, *others]), *(row["told"] for row in children)]),
            "overlap": values["credits"] - values["deeds"],
            "credits": values["credits"],
            "deeds": values["deeds"],
            "deeds_url": behind_url(place, choice.query()),
            "months": month_rows(choice, now),
            "lines": lines,
            "children": children,
            "map": map_of(choice, family.counties, now),
            "focus": focus,
            "sections": [] if place.level in WIDE else added.sections(request, added.PLACE, place, HERE),
            "more_url": reverse("figures_more", args=[place.pk]) if place.level in WIDE else "",
            "missing_url": f"{reverse('figures_missing', args=[place.pk])}?{choice.query()}",
            "behind": f"{reverse('figure_deeds', args=[place.pk])}?{choice.query()}",
            "query": choice.query(),
            "report_url": link("report_new", place.pk),
        },
        {PHASES_FOCUS: focus},
    )


@page("figure.see", load=load_family, methods=("GET",))
def figures_more(request: Request, family: figures.Family) -> HttpResponse:
    """What other parts say of a province or prefecture: a page of its own, so that the figures stay quick."""
    place = family.place
    context = {
        "place": place,
        "above": family.above,
        "sections": added.sections(request, added.PLACE, place, HERE),
        "back": reverse("figures_place", args=[place.pk]),
    }
    return render(request, "reporting/more.html", context)


def cards(choice: Choice, told: dict[str, Told]) -> list[Card]:
    """The headline: each figure with its unit and its page; deeds and households stay, others are left out where they
    are nothing, or where not even a ten of them is told."""
    asked, shown = choice.question, []
    for indicator in INDICATORS:
        if (
            indicator.code in told
            and indicator.code != "credits"
            and (asked.campaign is None or indicator.series.of_campaigns)
            and (told[indicator.code].low or indicator.code in ("deeds", "households"))
        ):
            shown.append(Card(indicator, told[indicator.code], behind_url(asked.place, choice.query(), indicator)))
    return shown


def _of_none(choice: Choice, reader: Reader) -> list[Card]:
    """Beside a campaign's figures: those of the same days that belong to no campaign."""
    asked = figures.apart(choice.question)
    if asked is None:
        return []
    told = reader.tell(asked, figures.measure(asked, reader.now))
    days = {"period": "dates", "start": asked.start, "end": asked.end, "on": None, "phase": None}
    query = choice.query(campaign=NONE, **days)
    return [
        Card(indicator, told[indicator.code], behind_url(asked.place, query, indicator))
        for indicator in INDICATORS
        if indicator.opens and indicator.code in told and told[indicator.code].low
    ]


def _export(request: Request, choice: Choice, below: Sequence[Place], now: Still) -> HttpResponse:
    """The place and those below it, a column for each figure."""
    reader, asked = Reader(request.viewer, now), choice.question
    questions = [asked, *(choice.on(place) for place in below)]
    rows = [
        {"place": question.place, **reader.tell(question, figures.measure(question, now))} for question in questions
    ]
    columns = [
        Column(_("place"), "place.full_name"),
        Column(_("code"), "place.code"),
        Column(_("from"), lambda _row: asked.start),
        Column(_("until"), lambda _row: asked.end),
        *[
            Column(f"{words_of(indicator, asked.campaign)}（{indicator.unit}）", _cell(indicator.code))
            for indicator in INDICATORS
            if indicator.code in rows[0]
        ],
        Column(_("as of"), lambda _row: asked.known_by.date() if asked.known_by else timezone.localdate()),
    ]
    return DeclaredList("", _("figures %(place)s") % {"place": asked.place.name}, columns).workbook(request, rows)


def _cell(code: str) -> Any:
    """What the workbook's column of the indicator reads of a row: a number in its unit; words where it is rounded."""
    indicator = INDICATOR[code]

    def cell(row: dict[str, Any]) -> Any:
        value: Told = row[code]
        if not value.is_exact:
            return number_text(value)
        return value.low / indicator.per if indicator.is_money else value.low

    return cell


DEEDS_BEHIND = DeclaredList(
    "deeds_behind",
    gettext_lazy("deeds"),
    [
        Column(gettext_lazy("item"), "version.name", link=lambda deed: link("deed", pk=deed.pk), at=4),
        Column(gettext_lazy("day"), "on", css="nowrap"),
        Column(gettext_lazy("place"), "place.full_name"),
        Column(gettext_lazy("quantity"), "quantity", cell="quantity", css="number"),
        Column(gettext_lazy("unit"), "version.unit", page=False),
        Column(gettext_lazy("who"), lambda deed: "、".join(str(party) for party in deed.parties.all())),
        Column(gettext_lazy("receipt number"), "number", at=1, css="nowrap"),
        Column(gettext_lazy("words"), "words", page=False),
    ],
)


@page("figure.see", load=load_place, methods=("GET",))
def figure_deeds(request: Request, place: Place) -> HttpResponse:
    """The deeds behind a figure: those that the viewer may see, and how many there are besides."""
    now = still()
    choice = choose(place, request.GET, now)
    behind = DeedsBehind(choice.question, request.viewer.reach, now)
    if wants_export(request):
        return DEEDS_BEHIND.workbook(request, _all_deeds(behind))
    page_obj = Paginator(behind, PER_PAGE).get_page(request.GET.get("page"))
    counted = ask(choice.question, now=now)
    context = {
        "place": place,
        "choice": choice,
        "question": choice.question,
        "page_obj": page_obj,
        "deeds": _deeds_in_order(list(page_obj)),
        "counted": counted,
        "outside": max(0, counted.deeds - page_obj.paginator.count),
        "limit": MOST_ROWS if page_obj.paginator.count > MOST_ROWS else 0,
        "back": f"{reverse('figures_place', args=[place.pk])}?{choice.query()}",
    }
    return render(request, "reporting/deeds.html", context)


def _deeds_in_order(ids: Sequence[UUID]) -> list[Deed]:
    """The deeds of these ids in their order, as far as the viewer may see them."""
    deeds = Deed.objects.filter(pk__in=ids).select_related("place", "version", "recorded_for").prefetch_related(PARTIES)
    return in_order(ids, deeds)


def _all_deeds(ids: DeedsBehind) -> Iterator[Deed]:
    for start in range(0, len(ids), AT_ONCE):
        yield from _deeds_in_order(ids[start : start + AT_ONCE])


def load_figure(request: Request, pk: UUID, figure: str) -> tuple[Place, Indicator]:
    """A place, and an indicator whose entries have no page of deeds."""
    if figure not in INDICATOR or INDICATOR[figure].opens != "figure_entries":
        raise Http404
    return load_place(request, pk), INDICATOR[figure]


@page("figure.see", load=load_figure, methods=("GET",))
def figure_entries(request: Request, place_and_figure: tuple[Place, Indicator]) -> HttpResponse:
    """What is behind a figure of money, visits or needs: each entry, where the viewer may see its place's files."""
    place, indicator = place_and_figure
    series, now = indicator.series, still()
    choice = choose(place, request.GET, now)
    everything = entries_of(choice.question, series, now)
    entries = everything.filter(place_id__in=_my_places(request).values("pk")).order_by("-at", "-pk")
    declared = _entries(series)
    if wants_export(request):
        return declared.workbook(request, entries)
    page_obj = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    total = figures.measure(choice.question, now, [indicator]).get(indicator.code, 0)
    value = Reader(request.viewer, now).tell_one(choice.question, indicator, total)
    outside = max(0, everything.count() - page_obj.paginator.count)
    hidden = exactly(outside) if value.is_exact else roughly(outside)
    context = {
        "place": place,
        "choice": choice,
        "question": choice.question if series.of_campaigns else figures.apart(choice.question) or choice.question,
        "indicator": indicator,
        "page_obj": page_obj,
        "declared": declared,
        "rows": certain(declared.prepare)(list(page_obj)),
        "total": amount_text(indicator, value),
        "total_unit": unit_of(indicator, value),
        "outside": outside if hidden.is_exact else 0,
        "hidden": "" if hidden.is_exact else number_text(hidden),
        "is_rounded": is_rounded([value]),
        "back": f"{reverse('figures_place', args=[place.pk])}?{choice.query()}",
    }
    return render(request, "reporting/entries.html", context)


def _entries(series: Series) -> DeclaredList:
    """The list of the entries behind one figure: what each counts, in the words of the series' first indicator."""
    indicator = next(indicator for indicator in INDICATORS if indicator.series is series)

    def lines(entries: list[Entry]) -> list[dict[str, Any]]:
        places = Place.objects.in_bulk({entry.place_id for entry in entries})
        return [
            {
                "day": timezone.localdate(entry.at),
                "place": places.get(entry.place_id),
                "amount": _quantity(entry, series) / indicator.per,
                "url": _subject_url(entry),
            }
            for entry in entries
        ]

    columns = [
        Column(_("day"), "day", link=lambda line: line["url"]),
        Column(_("place"), "place.full_name"),
        Column(indicator.unit, shown=lambda line: plain(line["amount"], 2), css="number"),
        Column(f"{indicator.words}（{indicator.unit}）", "amount", page=False),
    ]
    return DeclaredList("", str(indicator.words), columns, prepare=lines)


def _quantity(entry: Entry, series: Series) -> Any:
    return entry.quantities.get(series.amount or series.count, 0)


def _subject_url(entry: Entry) -> str:
    return page_of(entry.subject_kind, entry.subject_id) if entry.subject_kind in OPENED else ""


def _my_places(request: Request) -> QuerySet[Place]:
    """The places whose files the viewer sees."""
    reach = request.viewer.reach
    villages = [
        post.body.place_id
        for post in request.viewer.posts
        if post.body.kind == BodyKind.VILLAGE and post.body_id in reach.bodies
    ]
    return Place.objects.filter(reach.places("") | Q(pk__in=villages))


TARGETS_REACHED = DeclaredList(
    "targets_reached",
    gettext_lazy("Targets and what was reached"),
    [
        Column(gettext_lazy("item"), shown="version.name"),
        Column(gettext_lazy("at the start"), cell="start", css="number"),
        Column(gettext_lazy("by deeds"), cell="amount", css="number"),
        Column(gettext_lazy("target"), cell="target", css="number"),
        Column(gettext_lazy("reached"), shown=lambda item: share(item.share), css="number"),
        Column(gettext_lazy("by when"), shown="due_on"),
    ],
)
MISSING = DeclaredList(
    "",
    gettext_lazy("without deeds"),
    [
        Column(gettext_lazy("item"), lambda row: row[0].name),
        Column(gettext_lazy("place"), lambda row: row[1].full_name),
        Column(gettext_lazy("code"), lambda row: row[1].code),
    ],
)


@page("figure.see", load=load_family, methods=("GET",))
def figures_missing(request: Request, family: figures.Family) -> HttpResponse:
    """What is missing: for each item the places below without a deed of it; targets against what was reached."""
    now, place = still(), family.place
    choice = choose(place, request.GET, now)
    places = family.counties if place.level == PlaceLevel.PROVINCE else family.below
    gaps = figures.gaps(choice.question, places, now)
    lines = figures.lines(choice.question, now)
    figures.add_targets(lines, choice.question)
    say_amounts(lines, choice.question, Reader(request.viewer, now))
    targets = [item for line in lines for item in line.items if item.target]
    if wants_export(request):
        rows = [(gap.version, place) for gap in gaps for place in gap.places]
        return MISSING.workbook(request, rows)
    context = {
        "place": place,
        "choice": choice,
        "question": choice.question,
        "gaps": gaps,
        "targets": targets,
        "query": choice.query(),
        "back": f"{reverse('figures_place', args=[place.pk])}?{choice.query()}",
    }
    return render(request, "reporting/missing.html", context)


urlpatterns = [
    path("desk/figures/", top, name="figures"),
    path("desk/figures/place/<uuid:pk>/", figures_place, name="figures_place"),
    path("desk/figures/place/<uuid:pk>/more/", figures_more, name="figures_more"),
    path("desk/figures/place/<uuid:pk>/deeds/", figure_deeds, name="figure_deeds"),
    path("desk/figures/place/<uuid:pk>/behind/<slug:figure>/", figure_entries, name="figure_entries"),
    path("desk/figures/place/<uuid:pk>/missing/", figures_missing, name="figures_missing"),
]
