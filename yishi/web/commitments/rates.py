"""The five rates per handling body, each number opening into its cases."""

from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.commitments import queries
from yishi.organisations.models import Body, Place
from yishi.web.kit.exports import export
from yishi.web.kit.forms import Form
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

PARTS: tuple[tuple[str, Any], ...] = (
    ("struck_off", gettext_lazy("struck off")),
    ("answered", gettext_lazy("answered in time")),
    ("met", gettext_lazy("met the people")),
    ("as_agreed", gettext_lazy("carried out as agreed")),
)


class PeriodForm(Form):
    start = forms.DateField(label=gettext_lazy("due from"), widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=gettext_lazy("due until"), widget=forms.DateInput(attrs={"type": "date"}))


def period_of(request: Request) -> tuple[PeriodForm, date, date]:
    """The period asked for; this year without one."""
    today = timezone.localdate()
    default = {"start": date(today.year, 1, 1).isoformat(), "end": date(today.year, 12, 31).isoformat()}
    given = {key: request.GET.get(key) or default[key] for key in default}
    form = PeriodForm(given)
    if not form.is_valid():
        return form, date(today.year, 1, 1), date(today.year, 12, 31)
    return form, form.cleaned_data["start"], form.cleaned_data["end"]


@page("rates.see", methods=("GET",))
def rates(request: Request) -> HttpResponse:
    """Bodies with commitments due in the period: counts, rates, satisfaction with asked and answered."""
    form, start, end = period_of(request)
    lines: list[dict[str, Any]] = []
    due = queries.due_in(start, end)
    counted = queries.rates_by_bearer(due)
    for body in Body.objects.filter(pk__in=counted).select_related("place").order_by("place__lo", "name"):
        lines.append({"body": body, "rates": counted[body.pk], "place": body.place.name})
    if request.GET.get("export"):
        columns = [
            (_("body"), lambda line: line["body"].name),
            (_("place"), lambda line: line["place"]),
            (_("fell due"), lambda line: line["rates"].due),
            *[(label, lambda line, name=name: getattr(line["rates"], name)) for name, label in PARTS],
            (_("people asked"), lambda line: line["rates"].asked),
            (_("judged"), lambda line: line["rates"].judged),
            (_("satisfied"), lambda line: line["rates"].satisfied),
        ]
        return export(request, _("five rates"), columns, lines)
    page_obj = Paginator(lines, 25).get_page(request.GET.get("page"))
    for line in page_obj:
        line["cells"] = [
            (name, label, getattr(line["rates"], name), line["rates"].share(name)) for name, label in PARTS
        ]
        line["satisfaction"] = line["rates"].share("satisfied")
    words = {"form": form, "lines": page_obj, "page_obj": page_obj, "start": start, "end": end, "parts": PARTS}
    return render(request, "commitments/rates.html", words)


@page("rates.see", methods=("GET",))
def rate_cases(request: Request) -> HttpResponse:
    """The cases behind one number."""
    form, start, end = period_of(request)
    names = {
        "due": _("fell due"),
        "asked": _("people asked"),
        "judged": _("judged"),
        "satisfied": _("satisfied"),
        **dict(PARTS),
    }
    part = request.GET.get("part", "due") if request.GET.get("part") in names else "due"
    bearer = Body.objects.filter(pk=request.GET["body"]).first() if _is_uuid(request) else None
    place = _place(request)
    span = (place.lo, place.hi) if place else None
    rows = queries.cases(queries.due_in(start, end, bearer=bearer.pk if bearer else None, span=span), part)
    rows = rows.select_related("bearer", "place", "supervisor").order_by("due_on", "pk")
    if request.GET.get("export"):
        columns = [
            (_("number"), lambda one: one.number),
            (_("what is to be done"), lambda one: one.act),
            (_("bearer"), lambda one: one.bearer.name),
            (_("supervising body"), lambda one: one.supervisor.name),
            (_("place"), lambda one: one.place.full_name),
            (_("due"), lambda one: one.due_on),
            (_("answered on"), lambda one: one.answered_on),
            (_("met the people on"), lambda one: one.met_people_on),
            (_("state"), lambda one: one.get_state_display()),
        ]
        return export(request, str(names[part]), columns, rows)
    page_obj = Paginator(rows, 25).get_page(request.GET.get("page"))
    words = {"page_obj": page_obj, "part": names[part], "body": bearer, "start": start, "end": end}
    return render(request, "commitments/rate_cases.html", words)


def _place(request: Request) -> Place | None:
    """The place to which an overview narrows the cases."""
    return Place.objects.filter(pk=request.GET["place"]).first() if _is_uuid(request, "place") else None


def _is_uuid(request: Request, name: str = "body") -> bool:
    try:
        forms.UUIDField().clean(request.GET.get(name, ""))
    except forms.ValidationError:
        return False
    return True


urlpatterns = [
    path("desk/rates/", rates, name="rates"),
    path("desk/rates/cases/", rate_cases, name="rate_cases"),
]
