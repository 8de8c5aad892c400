"""What families report themselves, at the desk: their list, one report, and whose it is, found by hand."""

import unicodedata
from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.watch.models import SelfReport
from yishi.assistance.watch.services.self_reports import (
    WHY_AGAIN,
    WHY_ASIDE,
    self_report_match,
    self_report_reopen,
    self_report_set_aside,
)
from yishi.assistance.watch.triggers import read_pack
from yishi.notices.days import day_said
from yishi.organisations.rights import may
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import CARD, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .loads import load_self_report
from .report_words import report_word, status_of
from .watch_story import report_events

State = SelfReport.State
MOST = 10_000
MOST_OFFERED = 20
LONG = replace(CARD, body="card-body long-choices")  # a household to a line

SELF_REPORTS = DeclaredList(
    "self_reports",
    gettext_lazy("families' own reports"),
    [
        Column(gettext_lazy("number"), "number", link="self_report_file"),
        Column(gettext_lazy("name as written"), "name"),
        Column(gettext_lazy("what is reported"), report_word),
        Column(gettext_lazy("place"), "place.full_name", shown="place.name"),
        Column(gettext_lazy("reported on"), lambda report: timezone.localdate(report.filed_at)),
        Column(gettext_lazy("find its household by"), "match_by"),
        Column(gettext_lazy("state"), "get_state_display"),
        Column(gettext_lazy("household"), lambda report: report.household.number if report.household else ""),
    ],
    most=MOST,
)


class ReportFilter(Form):
    place = PlaceField(label=gettext_lazy("place"), required=False, help_text="")
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.fields["place"].limit(widest_place(request))
        self.fields["state"].choices = [*State.choices, ("all", _("all"))]

    def narrow(self, reports: QuerySet[SelfReport]) -> QuerySet[SelfReport]:
        filters = self.cleaned_data if self.is_valid() else {}
        state = filters.get("state") or State.WAITING
        if state != "all":
            reports = reports.filter(state=state)
        if place := filters.get("place"):
            reports = reports.filter(place__lo__gte=place.lo, place__lo__lte=place.hi)
        return reports


@page("self_report.list", methods=("GET",))
def self_reports(request: Request) -> HttpResponse:
    """The reports that the viewer reaches; without a filter those whose household is to be found."""
    form = ReportFilter(request)
    found = form.narrow(SelfReport.objects.select_related("place", "household")).order_by("match_by", "pk")
    return SELF_REPORTS.respond(request, "assistance/watch/self_reports.html", found, form=form)


@page("self_report.see", load=load_self_report, methods=("GET",))
def self_report_file(request: Request, report: SelfReport) -> HttpResponse:
    viewer, waits = request.viewer, report.state == State.WAITING
    signal = report.fact.signal if report.fact else None
    context = {
        "report": report,
        "what": report_word(report),
        "badge": "warn" if waits else "",
        "facts": _facts(report),
        "family_reads": status_of(report),
        "signal": signal if signal is not None and may("signal.see", viewer, signal) else None,
        "events": report_events(report),
        "may_match": waits and may("self_report.match", viewer, report),
        "may_set_aside": waits and may("self_report.set_aside", viewer, report),
        "may_reopen": not waits and not _by_code(report) and may("self_report.reopen", viewer, report),
        "may_household": report.household is not None and may("household.see", viewer, report.household),
    }
    return render(request, "assistance/watch/self_report_file.html", context)


def _by_code(report: SelfReport) -> bool:
    return report.household is not None and report.household.head_id == report.reporter_id


def _facts(report: SelfReport) -> list[tuple[Any, Any]]:
    trigger = read_pack(report.pack).triggers[report.trigger]
    facts = [
        (_("name as written"), report.name),
        (_("place"), report.place.full_name),
        (_("what is reported"), report_word(report)),
        (_("day it happened"), day_said(report.on)),
        (
            _("amount or days"),
            f"{report.amount.normalize():f} {trigger.unit}" if report.amount is not None else "",
        ),
        (_("in their own words"), report.words),
    ]
    return [(label, said) for label, said in facts if said]


class MatchForm(ActForm):
    """Households with somebody of that name are offered, none of them chosen; or its number is typed."""

    either = (("household", "number"),)
    household = forms.ChoiceField(
        label=gettext_lazy("households with somebody of this name"), widget=forms.RadioSelect, required=False
    )
    number = forms.CharField(
        label=gettext_lazy("or the number of its household"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("Ask the family, or look at its papers: nobody is found by guess."),
    )

    def __init__(self, *args: Any, offered: list[Household], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offered = {str(household.pk): household for household in offered}
        choices = [(key, _line(household)) for key, household in self.offered.items()]
        if choices:
            self.fields["household"].choices = choices
        else:
            del self.fields["household"]
            self.fields["number"].label = _("number of the household")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        typed = unicodedata.normalize("NFKC", cleaned.pop("number", "") or "").strip()
        chosen = self.offered.get(cleaned.get("household") or "")
        if typed:
            chosen = Household.objects.filter(number=typed).select_related("place", "head").first()
            if chosen is None:
                self.add_error("number", _("You have no household of this number. Look it up in the register."))
        elif chosen is None and not self.errors:
            self.add_error("number", _("Say whose report it is."))
        cleaned["household"] = chosen
        return cleaned


def _line(household: Household) -> str:
    return f"{household.head.name} · {household.number} · {household.place.name}"


def offered_to(report: SelfReport) -> list[Household]:
    """Households of the place with somebody who is called so today, by number."""
    members = HouseholdMember.within.filter(valid_to=None, person__name=report.name).values("household")
    households = Household.objects.filter(
        pk__in=members, left_on=None, place__lo__gte=report.place.lo, place__lo__lte=report.place.hi
    )
    return list(households.select_related("head", "place").order_by("number")[:MOST_OFFERED])


@page("self_report.match", load=load_self_report)
def self_report_whose(request: Request, report: SelfReport) -> HttpResponse:
    return one_act(
        request,
        MatchForm(request.POST or None, offered=offered_to(report)),
        self_report_match,
        given={"report": report},
        heading=_("Whose report is %(number)s?") % {"number": report.number},
        lead=_("The family's signal waits for a verdict then. A name alone is no proof: ask."),
        facts=_facts(report),
        back=reverse("self_report_file", args=[report.pk]),
        done=_("The family is known; its signal waits for a verdict."),
        submit=_("It is this family's"),
        layout=LONG,
    )


class AsideForm(ActForm):
    reason = WordsField(WHY_ASIDE, gettext_lazy("why"), rows=2)


@page("self_report.set_aside", load=load_self_report)
def self_report_aside(request: Request, report: SelfReport) -> HttpResponse:
    return one_act(
        request,
        AsideForm(request.POST or None),
        self_report_set_aside,
        given={"report": report},
        heading=_("Do not take up %(number)s") % {"number": report.number},
        lead=_("Who reported it reads that it was looked at, and asks you why."),
        facts=_facts(report),
        back=reverse("self_report_file", args=[report.pk]),
        done=_("It is not taken up."),
        submit=_("Do not take it up"),
    )


class AgainForm(ActForm):
    reason = WordsField(WHY_AGAIN, gettext_lazy("why"), rows=2)


@page("self_report.reopen", load=load_self_report)
def self_report_again(request: Request, report: SelfReport) -> HttpResponse:
    return one_act(
        request,
        AgainForm(request.POST or None),
        self_report_reopen,
        given={"report": report},
        heading=_("Look at %(number)s again") % {"number": report.number},
        lead=_("It waits again; what it told of a family is taken back, as long as no verdict rests on it."),
        facts=_facts(report),
        back=reverse("self_report_file", args=[report.pk]),
        done=_("The report waits again."),
        submit=_("Look at it again"),
    )


urlpatterns = [
    path("desk/watch/reports/", self_reports, name="self_reports"),
    path("desk/watch/reports/<uuid:pk>/", self_report_file, name="self_report_file"),
    path("desk/watch/reports/<uuid:pk>/match/", self_report_whose, name="self_report_match"),
    path("desk/watch/reports/<uuid:pk>/aside/", self_report_aside, name="self_report_set_aside"),
    path("desk/watch/reports/<uuid:pk>/again/", self_report_again, name="self_report_reopen"),
]
