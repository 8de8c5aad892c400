"""Funds: the list, one fund with its movements and its balance, all movements, one movement and its paper."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.deeds.models import Deed
from yishi.assistance.projects.models import (
    Fund,
    FundKind,
    FundMovement,
    Project,
)
from yishi.assistance.projects.services.balances import fund_money, money_of
from yishi.assistance.register.models import Household
from yishi.attachments.models import Attachment
from yishi.kit.money import yuan_text
from yishi.kit.records import filled
from yishi.organisations.rights import may
from yishi.web.kit.desk_items import DeskItem, Source
from yishi.web.kit.exports import export
from yishi.web.kit.forms import Form
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.page import page
from yishi.web.kit.place_field import PlaceField
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream

from .money_words import many_of, receiver_of

PER_PAGE = 25
SHOWN = 50
Kind, State = FundMovement.Kind, FundMovement.State
WITH = ("fund", "giver_body", "giver_person", "project", "household", "pupil", "body", "place", "gift")


class FundFilter(Form):
    q = forms.CharField(label=gettext_lazy("Name of the fund"), required=False, max_length=64)
    kind = forms.ChoiceField(label=gettext_lazy("Source"), required=False)
    body = forms.CharField(label=gettext_lazy("Body that keeps it"), required=False, max_length=64)
    place = PlaceField(required=False, help_text="")

    def __init__(self, request: Request):
        super().__init__(request.GET)
        self.fields["kind"].choices = [("", _("all")), *FundKind.choices]
        self.fields["place"].limit(widest_place(request))

    def narrow(self, rows: QuerySet[Fund]) -> QuerySet[Fund]:
        given = self.cleaned_data if self.is_valid() else {}
        if given.get("q"):
            rows = rows.filter(name__icontains=given["q"].strip())
        if given.get("kind"):
            rows = rows.filter(kind=given["kind"])
        if given.get("body"):
            rows = rows.filter(owner__name__icontains=given["body"].strip())
        if given.get("place"):
            rows = rows.filter(place__lo__gte=given["place"].lo, place__lo__lte=given["place"].hi)
        return rows


@page("fund.see", methods=("GET",))
def funds(request: Request) -> HttpResponse:
    form = FundFilter(request)
    rows = form.narrow(Fund.objects.select_related("owner", "place")).order_by("place__lo", "kind", "name")
    if request.GET.get("export"):
        found = list(rows)
        money = fund_money(one.pk for one in found)
        columns = [
            (_("fund"), lambda one: one.name),
            (_("Source"), lambda one: one.get_kind_display()),
            (_("kept by"), lambda one: one.owner.name),
            (_("place"), lambda one: one.place.full_name),
            (_("mobilised (yuan)"), lambda one: money[one.pk].mobilised / 100),
            (_("received (yuan)"), lambda one: money[one.pk].received / 100),
            (_("paid (yuan)"), lambda one: money[one.pk].paid / 100),
            (_("held ready (yuan)"), lambda one: money[one.pk].allotted / 100),
            (_("free (yuan)"), lambda one: money[one.pk].free / 100),
        ]
        return export(request, _("funds"), columns, found)
    page_obj = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    money = fund_money(one.pk for one in page_obj)
    words = {
        "form": form,
        "page_obj": page_obj,
        "lines": [(one, money[one.pk]) for one in page_obj],
        "is_filtered": any(value for key, value in request.GET.items() if key != "page"),
        "may_open": may("fund.open", request.viewer),
    }
    return render(request, "assistance/projects/funds.html", words)


def load_fund(request: Request, pk: UUID) -> Fund:
    return Fund.objects.select_related("owner", "place", "campaign").get(pk=pk)


@page("fund.see", load=load_fund, methods=("GET",))
def fund(request: Request, one: Fund) -> HttpResponse:
    """Its three sums apart, what is bound, what is free; then every movement."""
    rows = FundMovement.objects.filter(fund=one).select_related(*WITH).order_by("-on", "-recorded_at")
    money = money_of(one)
    words = {
        "fund": one,
        "money": money,
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "allotments": one.allotments.select_related("project").order_by("-on", "-recorded_at")[:SHOWN],
        "may_move": may("fund.move", request.viewer, one),
        "seen": seen_of(rows),
    }
    return render(request, "assistance/projects/fund.html", words)


def seen_of(rows: Any) -> set[UUID]:
    """The households among the receivers that the viewer may open; of others only the place is named."""
    return set(Household.objects.filter(pk__in=rows.values("household")).values_list("pk", flat=True))


class MovementFilter(Form):
    """Every sum on a page leads here, with the filter that gives exactly its movements."""

    kind = forms.ChoiceField(label=gettext_lazy("Movement"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("Source"), required=False)
    q = forms.CharField(label=gettext_lazy("Giver, bill or number"), required=False, max_length=64)
    place = PlaceField(required=False, help_text="")
    fund = forms.ModelChoiceField(Fund.within.none(), required=False, widget=forms.HiddenInput)
    project = forms.ModelChoiceField(Project.within.none(), required=False, widget=forms.HiddenInput)
    household = forms.ModelChoiceField(Household.within.none(), required=False, widget=forms.HiddenInput)
    giver = forms.UUIDField(required=False, widget=forms.HiddenInput)
    to = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: Request):
        given = request.GET.copy()
        given.setdefault("state", State.COUNTED)
        super().__init__(given)
        self.fields["kind"].choices = [("", _("all")), *Kind.choices]
        self.fields["state"].choices = [("", _("all")), *State.choices]
        self.fields["source"].choices = [("", _("all")), *FundKind.choices]
        self.fields["fund"].queryset = Fund.objects.all()
        self.fields["project"].queryset = Project.objects.all()
        self.fields["household"].queryset = Household.objects.all()
        self.fields["place"].limit(widest_place(request))

    def narrow(self, rows: QuerySet[FundMovement]) -> QuerySet[FundMovement]:
        if not self.is_valid():
            return rows.none()
        given = self.cleaned_data
        for name, field in (("kind", "kind"), ("state", "state"), ("source", "fund__kind")):
            if given.get(name):
                rows = rows.filter(**{field: given[name]})
        for name in ("fund", "project", "household"):
            if given.get(name):
                rows = rows.filter(**{name: given[name]})
        if given.get("giver"):
            rows = rows.filter(Q(giver_body=given["giver"]) | Q(giver_person=given["giver"]))
        if given.get("to"):
            rows = rows.filter(body=given["to"])
        if given.get("place"):
            rows = rows.filter(place__lo__gte=given["place"].lo, place__lo__lte=given["place"].hi)
        if given.get("q"):
            typed = given["q"].strip()
            giver = Q(giver_body__name__icontains=typed) | Q(giver_person__name=typed) | Q(giver_name__icontains=typed)
            rows = rows.filter(giver | Q(bill__icontains=typed) | Q(number=typed))
        return rows


@page("movement.see", methods=("GET",))
def movements(request: Request) -> HttpResponse:
    form = MovementFilter(request)
    rows = form.narrow(FundMovement.objects.select_related(*WITH)).order_by("-on", "-recorded_at")
    if request.GET.get("export"):
        seen = seen_of(rows)
        columns = [
            (_("number"), lambda one: one.number),
            (_("day"), lambda one: one.on),
            (_("movement"), lambda one: one.get_kind_display()),
            (_("fund"), lambda one: one.fund.name),
            (_("Source"), lambda one: one.fund.get_kind_display()),
            (_("amount in yuan"), lambda one: one.amount / 100),
            (_("from whom"), lambda one: one.giver),
            (_("to whom"), lambda one: receiver_of(one, seen)),
            (_("bill"), lambda one: one.bill),
            (_("place"), lambda one: one.place.full_name),
            (_("state"), lambda one: one.get_state_display()),
        ]
        return export(request, _("movements of money"), columns, rows)
    sums = dict(rows.order_by().values_list("kind").annotate(Sum("amount")))
    chosen = form.cleaned_data if form.is_valid() else {}
    words = {
        "form": form,
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "sums": [(label, sums[kind]) for kind, label in Kind.choices if kind in sums],
        "about": [chosen[name] for name in ("fund", "project") if chosen.get(name)],
        "seen": seen_of(rows),
    }
    return render(request, "assistance/projects/movements.html", words)


def load_movement(request: Request, pk: UUID) -> FundMovement:
    return FundMovement.objects.select_related(
        *WITH, "contract", "file", "recorded_by", "confirmed_by", "fund__owner", "fund__place"
    ).get(pk=pk)


def load_bill(request: Request, pk: UUID) -> Attachment:
    return Attachment.objects.get(pk__in=filled([FundMovement.objects.get(pk=pk).file_id]))


@page("movement.see", load=load_movement, methods=("GET",))
def movement(request: Request, one: FundMovement) -> HttpResponse:
    """One movement: whence, whither, by which bill, who recorded and who confirmed it; its deeds."""
    seen = set(Household.objects.filter(pk__in=filled([one.household_id])).values_list("pk", flat=True))
    passed_on = one.passed_on.filter(state=State.COUNTED)
    viewer = request.viewer
    words = {
        "movement": one,
        "receiver": receiver_of(one, seen),
        "sees_family": bool(seen),
        "sees_fund": Fund.objects.filter(pk=one.fund_id).exists(),
        "sees_project": Project.objects.filter(pk__in=filled([one.project_id])).exists(),
        "deeds": Deed.objects.filter(money__movement=one).select_related("version", "place"),
        "passed_on": passed_on.aggregate(total=Sum("amount"))["total"] or 0,
        "families": _families(passed_on),
        "may_confirm": one.state == State.WAITING and may("movement.confirm", viewer, one),
        "may_return": one.state == State.WAITING and may("movement.reverse", viewer, one),
        "may_reverse": one.state == State.COUNTED and may("movement.reverse", viewer, one),
        "is_gift": one.kind != Kind.PAID,
    }
    return render(request, "assistance/projects/movement.html", words)


def _families(passed_on: Any) -> str:
    """To how many it went on: those whom the viewer may see, and a ten of the others."""
    homes = passed_on.exclude(household=None)
    whole = homes.values("household").distinct().count()
    seen = Household.objects.filter(pk__in=homes.values("household")).count() if whole else 0
    return many_of(whole, seen) if whole else ""


@page("movement.see", load=load_movement, methods=("GET",))
def movement_paper(request: Request, one: FundMovement) -> HttpResponse:
    """What a giver holds in hand: what arrived, by which bill, and what became of it. It is no bill itself."""
    passed_on = one.passed_on.filter(state=State.COUNTED).select_related("place")
    words = {
        "movement": one,
        "passed_on": [(row.on, row.amount, receiver_of(row, set())) for row in passed_on.order_by("on")],
        "is_gift": one.kind != Kind.PAID,
        "receiver": receiver_of(one, set()),
    }
    return render(request, "assistance/projects/movement_paper.html", words)


@page("movement.see", load=load_bill, methods=("GET",))
def movement_file(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment)


def _waiting_rows(viewer: Any) -> Any:
    """Payments of our funds that somebody else recorded and that wait for a second person."""
    desks = [post.body_id for post in viewer.posts if viewer.holds(post.body_id)]
    rows = FundMovement.objects.filter(fund__owner__in=desks, state=State.WAITING)
    return rows.exclude(recorded_by=viewer.person_id).select_related(*WITH).order_by("recorded_at")


def _waiting_items(viewer: Any, rows: Any) -> list[DeskItem]:
    return [
        DeskItem(
            kind="payment",
            title=_("Payment of %(amount)s yuan to %(whom)s")
            % {"amount": yuan_text(one.amount), "whom": receiver_of(one, set())},
            act=_("Check the payment"),
            url=reverse("movement", args=[one.pk]),
            body_id=one.fund.owner_id,
            detail=one.fund.name,
        )
        for one in rows[:SHOWN]
    ]


waiting = Source(_waiting_rows, _waiting_items)


urlpatterns = [
    path("desk/funds/", funds, name="funds"),
    path("desk/funds/<uuid:pk>/", fund, name="fund"),
    path("desk/money/", movements, name="movements"),
    path("desk/money/<uuid:pk>/", movement, name="movement"),
    path("desk/money/<uuid:pk>/paper/", movement_paper, name="movement_paper"),
    path("desk/money/<uuid:pk>/file/", movement_file, name="movement_file"),
]
