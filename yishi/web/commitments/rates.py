"""The five rates per handling body, each number opening into its cases."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.commitments import reads
from yishi.database.named import record_named
from yishi.organisations.models import Body, Place
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.forms import Form
from yishi.web.kit.lists import Column, DeclaredList, reader
from yishi.web.kit.page import page
from yishi.web.kit.page_tags import share
from yishi.web.kit.request import Request

PARTS: tuple[tuple[str, Any], ...] = (
    ("struck_off", gettext_lazy("struck off")),
    ("answered", gettext_lazy("answered in time")),
    ("met", gettext_lazy("met the people")),
    ("as_agreed", gettext_lazy("carried out as agreed")),
)


class PeriodForm(Form):
    start = day_field(gettext_lazy("due from"))
    end = day_field(gettext_lazy("due until"))


def period_of(request: Request) -> tuple[PeriodForm, date, date]:
    """The period asked for; this year without one."""
    today = timezone.localdate()
    default = {"start": date(today.year, 1, 1).isoformat(), "end": date(today.year, 12, 31).isoformat()}
    period = {key: request.GET.get(key) or default[key] for key in default}
    form = PeriodForm(period)
    if not form.is_valid():
        return form, date(today.year, 1, 1), date(today.year, 12, 31)
    return form, form.cleaned_data["start"], form.cleaned_data["end"]


def _cases(part: str) -> Any:
    """Every number opens into its cases."""

    def address(line: dict[str, Any]) -> str:
        asked = {"part": part, "body": line["key"], "start": line["start"], "end": line["end"]}
        return f"{reverse('rate_cases')}?{urlencode(asked)}"

    return address


def _part(name: str) -> Any:
    """A number with its share of what fell due."""
    address, read = _cases(name), reader(f"rates.{name}")
    shape = '<span><a href="{}">{}</a> <span class="muted">{}</span></span>'
    return lambda line: format_html(shape, address(line), read(line), share(line["rates"].share(name)))


NO_BODY = "none"
RATES = DeclaredList(
    "rates",
    gettext_lazy("five rates"),
    [
        Column(gettext_lazy("body"), "name", cell="body"),
        Column(gettext_lazy("place"), "place", page=False),
        Column(gettext_lazy("fell due"), "rates.due", link=_cases("due"), css="number"),
        *[Column(label, f"rates.{name}", shown=_part(name), css="number") for name, label in PARTS],
        Column(gettext_lazy("people asked"), "rates.asked", page=False),
        Column(gettext_lazy("judged"), "rates.judged", page=False),
        Column(gettext_lazy("satisfied"), "rates.satisfied", cell="satisfied", css="number"),
    ],
)


@page("rates.see", methods=("GET",))
def rates(request: Request) -> HttpResponse:
    """Bodies with commitments due in the period: counts, rates, satisfaction with asked and answered."""
    form, start, end = period_of(request)
    lines: list[dict[str, Any]] = []
    due = reads.due_in(start, end)
    counted = reads.rates_by_bearer(due)
    for body in (
        Body.objects.filter(pk__in=[key for key in counted if key is not None])
        .select_related("place")
        .order_by("place__lo", "name")
    ):
        lines.append({"key": body.pk, "name": body.name, "rates": counted[body.pk], "place": body.place.name})
    if None in counted:  # they owe too, and are no handling body: one line, apart
        lines.append({"key": NO_BODY, "name": _("parties and households"), "rates": counted[None], "place": ""})
    for line in lines:
        line |= {"start": start, "end": end}
        line["satisfied"] = _part("satisfied")(line)
    return RATES.respond(request, "commitments/rates.html", lines, form=form, start=start, end=end)


RATE_CASES = DeclaredList(
    "rate_cases",
    gettext_lazy("promises"),
    [
        Column(gettext_lazy("promise"), cell="promise"),
        Column(gettext_lazy("number"), "number", page=False),
        Column(gettext_lazy("what is to be done"), "act", page=False),
        Column(gettext_lazy("bearer"), "owes"),
        Column(gettext_lazy("supervising body"), "supervisor.name", page=False),
        Column(gettext_lazy("place"), "place.full_name", page=False),
        Column(gettext_lazy("due"), "due_on"),
        Column(gettext_lazy("answered on"), "answered_on", page=False),
        Column(gettext_lazy("met the people on"), "met_people_on", page=False),
        Column(gettext_lazy("state"), "get_state_display"),
    ],
)


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
    bearer = record_named(Body.objects, request.GET.get("body"))
    place = _place(request)
    span = (place.lo, place.hi) if place else None
    commitments = reads.cases(reads.due_in(start, end, bearer=bearer.pk if bearer else None, span=span), part)
    if request.GET.get("body") == NO_BODY:
        commitments = commitments.filter(bearer__isnull=True)
    commitments = commitments.select_related("bearer", "place", "supervisor").order_by("due_on", "pk")
    return RATE_CASES.respond(
        request,
        "commitments/rate_cases.html",
        commitments,
        filename=str(names[part]),
        part=names[part],
        body=bearer,
        start=start,
        end=end,
    )


def _place(request: Request) -> Place | None:
    """The place to which an overview narrows the cases."""
    return record_named(Place.objects, request.GET.get("place"))


urlpatterns = [
    path("desk/rates/", rates, name="rates"),
    path("desk/rates/cases/", rate_cases, name="rate_cases"),
]
