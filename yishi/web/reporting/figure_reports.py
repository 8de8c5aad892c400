"""Issued reports: numbers as they were said, beside what is known now; as page, PDF and workbook."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign, ItemVersion
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.reporting.book import still
from yishi.reporting.columns import HEAD
from yishi.reporting.figures import KINDS, Heads
from yishi.reporting.indicators import INDICATOR
from yishi.reporting.models import IssuedReport
from yishi.reporting.question import Question
from yishi.reporting.services import adjusted, report_issue
from yishi.reporting.small_numbers import Reader, Told, exactly, is_rounded
from yishi.web.kit.exports import wants_export
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, local_day
from yishi.web.kit.numbers import number_text, quantity_words
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.press import paper_response
from yishi.web.kit.request import Request

from .figure_choice import choose
from .figure_words import amount_text, behind_url, unit_of, words_of
from .figures import load_place
from .report_papers import report_paper

USUAL = ("deeds", "households", "people", "villages", "mobilised", "received", "paid", "visits")


class ReportForm(ActForm):
    title = forms.CharField(label=gettext_lazy("title"), max_length=96)
    starts_on = day_field(gettext_lazy("from"))
    ends_on = day_field(gettext_lazy("until"))
    campaign = forms.ModelChoiceField(Campaign.objects.none(), label=gettext_lazy("campaign"), required=False)
    indicators = forms.MultipleChoiceField(
        label=gettext_lazy("figures"),
        choices=[(indicator.code, indicator.words) for indicator in INDICATOR.values()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


REPORTS = DeclaredList(
    "reports",
    gettext_lazy("reports"),
    [
        Column(gettext_lazy("title"), "title", link="report"),
        Column(gettext_lazy("place"), "place.full_name"),
        Column(gettext_lazy("period"), cell="period"),
        Column(gettext_lazy("from"), "starts_on", page=False),
        Column(gettext_lazy("until"), "ends_on", page=False),
        Column(gettext_lazy("issued by"), "body.name", cell="issued_by"),
        Column(gettext_lazy("number"), "number", at=1),
        Column(gettext_lazy("issued on"), local_day("issued_at"), page=False),
    ],
)


@page("report.see", methods=("GET",))
def reports(request: Request) -> HttpResponse:
    """All issued reports, the newest first."""
    reports = IssuedReport.objects.select_related("place", "body", "campaign").order_by("-issued_at")
    typed = request.GET.get("q", "").strip()
    if typed:
        reports = reports.filter(title__finds=typed) | reports.filter(place__full_name__finds=typed)
    return REPORTS.respond(request, "reporting/reports.html", reports, typed=typed)


@page("report.issue", load=load_place)
def report_new(request: Request, place: Place) -> HttpResponse:
    """Issue what the page of figures shows: its place and period come along."""
    choice = choose(place, request.GET, still())
    initial = {
        "title": _("Figures of %(name)s") % {"name": place.name},
        "starts_on": choice.question.start,
        "ends_on": choice.question.end,
        "campaign": choice.question.campaign,
        "indicators": USUAL,
    }
    form = ReportForm(request.POST or None, initial=initial)
    form.fields["campaign"].queryset = Campaign.objects.filter(pk__in=[campaign.pk for campaign in choice.campaigns])
    return one_act(
        request,
        form,
        report_issue,
        heading=_("Issue a report: %(place)s") % {"place": place.full_name},
        lead=_("Its numbers stand as they are known now. What is corrected later changes today's figures, not it."),
        back=reverse("figures_place", args=[place.pk]),
        done=_("The report is issued."),
        submit=_("Issue the report"),
        given={"place": place},
        next_url=lambda receipt: reverse("report", args=[receipt.result["report"]]),
    )


def load_report(request: Request, pk: UUID) -> IssuedReport:
    return IssuedReport.objects.select_related("place", "body", "campaign", "previous").get(pk=pk)


def question_of(report: IssuedReport, known_by: Any) -> Question:
    """The report's question, as it was known at a moment; None is now."""
    return Question(report.place, report.starts_on, report.ends_on, report.campaign, known_by=known_by)


def lines_of(reader: Reader, report: IssuedReport) -> list[dict[str, Any]]:
    """Each figure as it was issued and as it is known now, as the reader is told them."""
    issued = {code: report.values["total"].get(code, 0) for code in report.indicators}
    later = {code: number for code, _issued, number in adjusted(report, reader.now)}
    then = reader.tell(question_of(report, report.issued_at), issued)
    now = reader.tell(question_of(report, None), {code: later.get(code, number) for code, number in issued.items()})
    query = {"period": "dates", "start": report.starts_on, "end": report.ends_on}
    if report.campaign_id:
        query["campaign"] = report.campaign_id
    as_known = {**query, "known": report.issued_at.isoformat()}
    return [
        {
            "indicator": indicator,
            "words": words_of(indicator, report.campaign),
            "issued": amount_text(indicator, then[code]),
            "issued_unit": unit_of(indicator, then[code]),
            "known": amount_text(indicator, now[code]),
            "known_unit": unit_of(indicator, now[code]),
            "differs": then[code] != now[code],
            "difference": _difference(indicator, then[code], now[code]),
            "url": behind_url(report.place, urlencode(as_known), indicator),
            "now_url": behind_url(report.place, urlencode(query), indicator),
            "is_rounded": is_rounded([then[code], now[code]]),
        }
        for code, indicator in ((code, INDICATOR[code]) for code in report.indicators)
    ]


def _difference(indicator: Any, issued: Told, known: Told) -> str:
    """ "+3", "−2"; nothing where a number is rounded or the same."""
    if not (issued.is_exact and known.is_exact) or issued == known:
        return ""
    by = exactly(abs(known.low - issued.low))
    return f"{'+' if known.low > issued.low else '−'}{amount_text(indicator, by)} {unit_of(indicator, by)}"


def adjustments_of(reader: Reader, report: IssuedReport) -> list[dict[str, Any]]:
    """What was corrected since the report before, as it stood when this one was issued; a correction within a ten that
    the reader is told is not listed."""
    before = report.previous
    if before is None or not report.adjustments:
        return []
    then = reader.tell(question_of(before, before.issued_at), {code: issued for code, issued, _n in report.adjustments})
    now = reader.tell(question_of(before, report.issued_at), {code: known for code, _n, known in report.adjustments})
    return [
        {
            "indicator": INDICATOR[code],
            "words": words_of(INDICATOR[code], before.campaign),
            "issued": f"{amount_text(INDICATOR[code], then[code])} {unit_of(INDICATOR[code], then[code])}",
            "known": f"{amount_text(INDICATOR[code], now[code])} {unit_of(INDICATOR[code], now[code])}",
            "difference": _difference(INDICATOR[code], then[code], now[code]),
        }
        for code in then
        if then[code] != now[code]
    ]


def breakdown(reader: Reader, report: IssuedReport) -> dict[str, list[dict[str, Any]]]:
    """Items and places below, as they were issued."""
    asked = question_of(report, report.issued_at)
    versions = ItemVersion.objects.in_bulk([row[0] for row in report.values["items"]])
    items = [(version, row[1:]) for row in report.values["items"] if (version := versions.get(UUID(row[0])))]
    named = Place.objects.in_bulk([row[0] for row in report.values["places"]])
    places = [(place, row[1:]) for row in report.values["places"] if (place := named.get(UUID(row[0])))]
    of_items = reader.tell_items(asked, {version.item_id: row for version, row in items})
    stored = {version.item_id: _heads(version, row) for version, row in items}
    of_heads = reader.tell_heads(asked, {item: heads for item, heads in stored.items() if heads})
    return {
        "items": [
            {
                "name": version.name,
                "deeds": row[0],
                "amount": "，".join(filter(None, quantity_words(row[1], version.unit, of_heads.get(version.item_id)))),
                "households": number_text(of_items[version.item_id]),
            }
            for version, row in items
        ],
        "places": [
            {"place": place, "deeds": row[0], "households": number_text(number)}
            for (place, row), number in zip(places, reader.tell_places(asked, places), strict=True)
        ],
    }


def _heads(version: ItemVersion, row: list[int]) -> Heads | None:
    """What was stored of an item that counts heads: a row of such a one has a fourth number."""
    return Heads(KINDS[version.serves], row[1] // HEAD, row[3], row[0]) if row[3:] else None


LINES = DeclaredList(
    "report_lines",
    gettext_lazy("figures"),
    [
        Column(gettext_lazy("figure"), "words", cell="figure"),
        Column(gettext_lazy("as issued"), "issued", cell="issued", css="number"),
        Column(gettext_lazy("unit"), "issued_unit", page=False),
        Column(gettext_lazy("as known now"), "known", cell="known", css="number"),
        Column(gettext_lazy("unit"), "known_unit", page=False),
        Column(gettext_lazy("difference"), "difference", cell="difference"),
        Column(gettext_lazy("what it counts"), cell="what"),
    ],
)
ADJUSTMENTS = DeclaredList(
    "report_adjustments",
    gettext_lazy("Adjustments of the report before"),
    [
        Column(gettext_lazy("figure"), shown="words"),
        Column(gettext_lazy("as issued"), shown="issued", css="number"),
        Column(gettext_lazy("corrected"), shown="known", css="number"),
        Column(gettext_lazy("difference"), shown="difference", css="number"),
    ],
)
ITEMS = DeclaredList(
    "report_items",
    gettext_lazy("Items, as issued"),
    [
        Column(gettext_lazy("item"), shown="name"),
        Column(gettext_lazy("deeds"), shown="deeds", css="number"),
        Column(gettext_lazy("quantity"), shown="amount", css="number"),
        Column(gettext_lazy("households reached"), shown="households", css="number"),
    ],
)
PLACES = DeclaredList(
    "report_places",
    gettext_lazy("Places below, as issued"),
    [
        Column(gettext_lazy("place"), shown="place.name"),
        Column(gettext_lazy("deeds"), shown="deeds", css="number"),
        Column(gettext_lazy("households reached"), shown="households", css="number"),
    ],
)


@page("report.see", load=load_report, methods=("GET",))
def report(request: Request, report: IssuedReport) -> HttpResponse:
    reader = Reader(request.viewer, still())
    lines = lines_of(reader, report)
    if wants_export(request):
        return LINES.workbook(request, lines, filename=report.number)
    context = {
        "report": report,
        "lines": lines,
        "adjustments": adjustments_of(reader, report),
        "is_rounded": not reader.covers(report.place),
        **breakdown(reader, report),
        "pdf": reverse("report_pdf", args=[report.pk]),
        "may_issue": may("report.issue", request.viewer, report.place),
    }
    return render(request, "reporting/report.html", context)


def paper_reader(request: Request) -> Reader:
    """Who reads a paper: whoever opens it; `?for=all` makes the copy for those who may read no family's file."""
    return Reader(Viewer() if request.GET.get("for") == "all" else request.viewer, still())


def _paper(ending: str) -> Any:
    @page("report.see", load=load_report, methods=("GET",))
    def view(request: Request, report: IssuedReport) -> HttpResponse:
        reader = paper_reader(request)
        paper = report_paper(
            report,
            lines_of(reader, report),
            adjustments_of(reader, report),
            **breakdown(reader, report),
            is_rounded=not reader.covers(report.place),
        )
        return paper_response(paper, report.number, ending)

    return view


report_pdf, report_docx = _paper("pdf"), _paper("docx")

urlpatterns = [
    path("desk/figures/reports/", reports, name="reports"),
    path("desk/figures/place/<uuid:pk>/report/", report_new, name="report_new"),
    path("desk/figures/reports/<uuid:pk>/", report, name="report"),
    path("desk/figures/reports/<uuid:pk>/report.pdf", report_pdf, name="report_pdf"),
    path("desk/figures/reports/<uuid:pk>/report.docx", report_docx, name="report_docx"),
]
