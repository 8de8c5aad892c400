"""A family tells of its own trouble on its phone (农户自主申报): four answers, without scripts or an account.

With the family's own code, or its head's account, the household is known; from the poster a name and a place are asked
beside. The receipt says what happens next; with the code the family reads later what came of it, and nobody else does.
"""

import time
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy

from yishi.assistance.register.models import Household
from yishi.assistance.watch.models import SelfReport
from yishi.assistance.watch.services.self_reports import LEVELS, SOURCE, TOLD, self_report_by_code, self_report_file
from yishi.assistance.watch.services.signals import MOST_AMOUNT
from yishi.assistance.watch.triggers import read_pack
from yishi.notices.addresses import address_of
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place, Venue
from yishi.organisations.query_codes import Kind, spaced
from yishi.organisations.services.venues import venue_by_code
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.page import page
from yishi.web.kit.query_code import CodeForm, enter_code
from yishi.web.kit.request import Request

from .report_words import asked_of, status_of

SHOWN_ONCE = "self_reported"  # in the session: the receipt that only who sent it sees
SHOWN_SECONDS = 5 * 60  # then it is the next one's turn at a shared phone
MOST_SHOWN = 50  # reports of one family


class FourAnswers(ActForm):
    trigger = forms.ChoiceField(
        label=gettext_lazy("What happened to your family?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose what happened.")},
    )
    on = day_field(gettext_lazy("Since when?"))
    amount = AmountField(
        label=gettext_lazy("How much did it cost you, about? (if you know)"),
        help_text=gettext_lazy("In yuan; days, where a child is out of school."),
        min_value=0,
        max_value=MOST_AMOUNT,
        max_digits=12,
        decimal_places=2,
        required=False,
    )
    words = WordsField(TOLD, gettext_lazy("In your own words (if you like)"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        told = [each for each in read_pack().triggers.values() if SOURCE in each.sources]
        self.fields["trigger"].choices = [(each.code, asked_of(each)) for each in told]


class PosterForm(FourAnswers):
    """The same from a poster: who, and how to reach them."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=gettext_lazy("Your phone (if you like)"),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    field_order = ["act_id", "trigger", "on", "amount", "words", "name", "phone"]


class AnywhereForm(PosterForm):
    """Of any place; where no desk receives reports, the service says so."""

    place = PlaceField(label=gettext_lazy("Which village or community?"), levels=LEVELS)
    field_order = ["act_id", "place", "trigger", "on", "amount", "words", "name", "phone"]


def own_household(viewer: Viewer) -> Household | None:
    """The household whose head the viewer is, by the family's code or an account."""
    if not viewer.is_themselves:
        return None
    own = Household.within.filter(head=viewer.person, left_on=None).select_related("place", "head")
    return own.order_by("pk").first()


@page("public", face="public")
def self_report(request: Request) -> HttpResponse:
    """With the family's code four answers; without it the place and the name beside."""
    household = own_household(request.viewer)
    if household is None:
        return _from_poster(request, AnywhereForm(request.POST or None))
    form = FourAnswers(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("trigger", "on", "amount", "words")}
        receipt = form.attempt(request, self_report_by_code, household=household, **said)
        if receipt is not None:
            return _received(request, receipt)
    context = {"household": household, "by_code": request.viewer.query_code is not None}
    return _show(request, form, **context)


@page("public", face="public")
def self_report_at(request: Request, token: str) -> HttpResponse:
    """From the QR code of a venue: the place is known."""
    found_venue = venue_by_code(token)
    if found_venue is None:
        raise Http404
    if not found_venue.is_live and request.method == "GET":
        return redirect("venue_door", token=token)
    if own_household(request.viewer) is not None and request.method == "GET":
        return redirect("self_report")
    venue = Venue.objects.select_related("place").get(pk=found_venue.venue.pk)
    return _from_poster(request, PosterForm(request.POST or None), place=venue.place)


def _from_poster(request: Request, form: PosterForm, *, place: Place | None = None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name not in ("act_id", "place")}
        receipt = form.attempt(request, self_report_file, place=place or form.cleaned_data["place"], **said)
        if receipt is not None:
            return _received(request, receipt)
    return _show(request, form, place=place)


def _show(request: Request, form: FourAnswers, **context: Any) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, "assistance/watch/self_report.html", {"form": form, **context}, status=status)


def _received(request: Request, receipt: Any) -> HttpResponse:
    request.session[SHOWN_ONCE] = {
        "report": receipt.result["report"],
        "receipt": receipt.number,
        "code": getattr(receipt, "query_code", None) or "",
        "until": time.time() + SHOWN_SECONDS,
    }
    return redirect("self_reported")


@page("public", methods=("GET",), face="public")
def self_reported(request: Request) -> HttpResponse:
    """The receipt: number, code, what happens next and by when. Shown to whom it was given, in this browser."""
    kept = request.session.get(SHOWN_ONCE)
    if not kept or kept.get("until", 0) < time.time():
        request.session.pop(SHOWN_ONCE, None)
        return redirect("self_report_mine")
    report = SelfReport.within.select_related("place", "fact__signal").filter(pk=kept["report"]).first()
    if report is None:
        return redirect("self_report_mine")
    context = {
        "report": report,
        "status": status_of(report),
        "receipt": kept["receipt"],
        "code": spaced(kept["code"]) if kept["code"] else "",
        "mine_url": address_of("self_report_mine"),
    }
    return render(request, "assistance/watch/self_reported.html", context)


@page("public", face="public")
def self_report_code(request: Request) -> HttpResponse:
    """Type the family's code: then four answers are enough, and nobody has to look for the household."""
    return _code(request, "self_report")


def _code(request: Request, goes_on: str) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and enter_code(request, form, Kind.OWN):
        return redirect(goes_on)
    status = 422 if request.method == "POST" else 200
    return render(request, "assistance/watch/self_report_code.html", {"form": form}, status=status)


@page("public", face="public")
def self_report_mine(request: Request) -> HttpResponse:
    """What came of what one reported, with the code; neither what it was nor who is ill stands on the page."""
    if not request.viewer.is_themselves:
        return _code(request, "self_report_mine")
    watch = "fact__signal__watch"
    reports = SelfReport.within.filter(reporter=request.viewer.person).select_related(
        "place", "fact__signal__referred_to", watch
    )
    shown = [(report, status_of(report)) for report in reports.order_by("-filed_at")[:MOST_SHOWN]]
    context = {"reports": shown, "by_code": request.viewer.query_code is not None}
    return render(request, "assistance/watch/self_report_mine.html", context)


urlpatterns = [
    path("self-report/", self_report, name="self_report"),
    path("self-report/code/", self_report_code, name="self_report_code"),
    path("self-report/done/", self_reported, name="self_reported"),
    path("self-report/mine/", self_report_mine, name="self_report_mine"),
    path("v/<slug:token>/self-report/", self_report_at, name="self_report_at"),
]
