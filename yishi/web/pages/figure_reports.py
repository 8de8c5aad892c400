"""Issued reports: numbers as they were said, beside what is known now; as page, PDF and workbook."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.models import Campaign, ItemVersion
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.reporting.book import still
from yishi.reporting.indicators import INDICATOR, INDICATORS
from yishi.reporting.models import IssuedReport
from yishi.reporting.place_figures import covers, shown, told_below
from yishi.reporting.services import adjusted, report_issue
from yishi.web.components.figure_choice import choose
from yishi.web.components.figure_words import amount_text, behind_url, thousandths, unit_of
from yishi.web.exports import export, wants_export
from yishi.web.forms import ActForm
from yishi.web.page import page
from yishi.web.papers.press import paper_response
from yishi.web.papers.report_papers import report_paper

from .figures import load_place
from .one_act import one_act

PER_PAGE = 25
USUAL = ("deeds", "households", "people", "villages", "mobilised", "received", "paid", "visits")


class ReportForm(ActForm):
    title = forms.CharField(label=gettext_lazy("title"), max_length=96)
    starts_on = forms.DateField(label=gettext_lazy("from"), widget=forms.DateInput({"type": "date"}))
    ends_on = forms.DateField(label=gettext_lazy("until"), widget=forms.DateInput({"type": "date"}))
    campaign = forms.ModelChoiceField(Campaign.objects.none(), label=gettext_lazy("campaign"), required=False)
    indicators = forms.MultipleChoiceField(
        label=gettext_lazy("figures"),
        choices=[(one.code, one.words) for one in INDICATORS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


@page("report.see", methods=("GET",))
def reports(request: HttpRequest) -> HttpResponse:
    """All issued reports, the newest first."""
    rows = IssuedReport.objects.select_related("place", "body", "campaign").order_by("-issued_at")
    typed = request.GET.get("q", "").strip()
    if typed:
        rows = rows.filter(title__icontains=typed) | rows.filter(place__full_name__contains=typed)
    if wants_export(request):
        columns = [
            (_("number"), lambda one: one.number),
            (_("title"), lambda one: one.title),
            (_("place"), lambda one: one.place.full_name),
            (_("from"), lambda one: one.starts_on),
            (_("until"), lambda one: one.ends_on),
            (_("issued by"), lambda one: one.body.name),
            (_("issued on"), lambda one: timezone.localdate(one.issued_at)),
        ]
        return export(request, _("reports"), columns, rows)
    context = {"page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")), "typed": typed}
    return render(request, "figures/reports.html", context)


@page("report.issue", load=load_place)
def report_new(request: HttpRequest, place: Place) -> HttpResponse:
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
    form.fields["campaign"].queryset = Campaign.objects.filter(pk__in=[one.pk for one in choice.campaigns])
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


def load_report(request: HttpRequest, pk: UUID) -> IssuedReport:
    return IssuedReport.objects.select_related("place", "body", "campaign", "previous").get(pk=pk)


def lines_of(request: HttpRequest, report: IssuedReport) -> list[dict[str, Any]]:
    """Each figure as it was issued and as it is known now."""
    later = {code: number for code, _issued, number in adjusted(report, still())}
    covered = covers(request.viewer, report.place)
    rows = []
    for code in report.indicators:
        one, issued = INDICATOR[code], report.values["total"].get(code, 0)
        numbers = [issued, later.get(code, issued)]
        told = [shown(number, is_personal=one.is_personal, is_covered=covered) for number in numbers]
        query = {"period": "dates", "start": report.starts_on, "end": report.ends_on}
        if report.campaign_id:
            query["campaign"] = report.campaign_id
        then = {**query, "known": report.issued_at.isoformat()}
        rows.append(
            {
                "indicator": one,
                "issued": amount_text(one, told[0]),
                "issued_unit": unit_of(one, told[0]),
                "known": amount_text(one, told[1]),
                "known_unit": unit_of(one, told[1]),
                "differs": code in later,
                "difference": _difference(one, told),
                "url": behind_url(report.place, urlencode(then), one),
                "now_url": behind_url(report.place, urlencode(query), one),
            }
        )
    return rows


def _difference(indicator: Any, told: list[int | None]) -> str:
    """ "+3", "−2"; nothing where a number is hidden or the same."""
    issued, known = told
    if issued is None or known is None or issued == known:
        return ""
    text = amount_text(indicator, abs(known - issued))
    return f"{'+' if known > issued else '−'}{text} {unit_of(indicator, abs(known - issued))}"


def adjustments_of(request: HttpRequest, report: IssuedReport) -> list[dict[str, Any]]:
    """What was corrected since the report before, as it stood when this one was issued."""
    if report.previous is None:
        return []
    covered = covers(request.viewer, report.place)
    rows = []
    for code, issued, known in report.adjustments:
        one = INDICATOR[code]
        told = [shown(n, is_personal=one.is_personal, is_covered=covered) for n in (issued, known)]
        rows.append(
            {
                "indicator": one,
                "issued": amount_text(one, told[0]),
                "known": amount_text(one, told[1]),
                "difference": _difference(one, told),
            }
        )
    return rows


def breakdown(request: HttpRequest, report: IssuedReport) -> dict[str, list[dict[str, Any]]]:
    """Items and places below, as they were issued."""
    items, places = report.values["items"], report.values["places"]
    versions = ItemVersion.objects.in_bulk([row[0] for row in items])
    named = Place.objects.in_bulk([row[0] for row in places])
    households = INDICATOR["households"]

    def heads(place: Place, number: int) -> str:
        return amount_text(households, shown(number, is_personal=True, is_covered=covers(request.viewer, place)))

    below = [(place, row[1], row[3]) for row in places if (place := named.get(UUID(row[0])))]
    told = told_below(request.viewer, [(place, number) for place, _deeds, number in below])
    return {
        "items": [
            {
                "name": version.name,
                "unit": version.unit,
                "deeds": row[1],
                "amount": thousandths(row[2]),
                "households": heads(report.place, row[3]),
            }
            for row in items
            if (version := versions.get(UUID(row[0])))
        ],
        "places": [
            {"place": place, "deeds": deeds, "households": amount_text(households, number)}
            for (place, deeds, _heads), number in zip(below, told, strict=True)
        ],
    }


@page("report.see", load=load_report, methods=("GET",))
def report(request: HttpRequest, report: IssuedReport) -> HttpResponse:
    lines = lines_of(request, report)
    if wants_export(request):
        columns = [
            (_("figure"), lambda row: str(row["indicator"].words)),
            (_("as issued"), lambda row: row["issued"]),
            (_("unit"), lambda row: str(row["issued_unit"])),
            (_("as known now"), lambda row: row["known"]),
            (_("unit"), lambda row: str(row["known_unit"])),
            (_("difference"), lambda row: row["difference"]),
        ]
        return export(request, report.number, columns, lines)
    context = {
        "report": report,
        "lines": lines,
        "adjustments": adjustments_of(request, report),
        **breakdown(request, report),
        "pdf": reverse("report_pdf", args=[report.pk]),
        "may_issue": may("report.issue", request.viewer, report.place),
    }
    return render(request, "figures/report.html", context)


def _paper(ending: str) -> Any:
    @page("report.see", load=load_report, methods=("GET",))
    def view(request: HttpRequest, report: IssuedReport) -> HttpResponse:
        paper = report_paper(
            report, lines_of(request, report), adjustments_of(request, report), **breakdown(request, report)
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
