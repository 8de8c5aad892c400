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
from yishi.assistance.projects.services.funds import fund_take_back, is_unused
from yishi.assistance.register.models import Household
from yishi.attachments.models import Attachment
from yishi.kit.records import filled, lend
from yishi.organisations.rights import may
from yishi.web.kit.exports import wants_export
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.forms import Form
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream
from yishi.web.kit.taking_back import taking_back

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

    def narrow(self, funds: QuerySet[Fund]) -> QuerySet[Fund]:
        filters = self.cleaned_data if self.is_valid() else {}
        if filters.get("q"):
            funds = funds.filter(name__finds=filters["q"].strip())
        if filters.get("kind"):
            funds = funds.filter(kind=filters["kind"])
        if filters.get("body"):
            funds = funds.filter(owner__name__finds=filters["body"].strip())
        if filters.get("place"):
            funds = funds.filter(place__lo__gte=filters["place"].lo, place__lo__lte=filters["place"].hi)
        return funds


def with_money(funds: list[Fund]) -> list[Fund]:
    """Lend each fund its sums as `money` (FundMoney, in fen), by one query; the funds themselves are returned."""
    money = fund_money(fund.pk for fund in funds)
    for fund in funds:
        lend(fund, money=money[fund.pk])
    return funds


FUNDS = DeclaredList(
    "funds",
    gettext_lazy("funds"),
    [
        Column(gettext_lazy("fund"), "name", cell="fund"),
        Column(gettext_lazy("Source"), "get_kind_display"),
        Column(gettext_lazy("mobilised"), cell="mobilised", css="number"),
        Column(gettext_lazy("received"), cell="received", css="number"),
        Column(gettext_lazy("paid"), cell="paid", css="number"),
        Column(gettext_lazy("free"), cell="free", css="number"),
        Column(gettext_lazy("kept by"), "owner.name", page=False),
        Column(gettext_lazy("place"), "place.full_name", page=False),
        Column(gettext_lazy("mobilised (yuan)"), lambda fund: fund.money.mobilised / 100, page=False),
        Column(gettext_lazy("received (yuan)"), lambda fund: fund.money.received / 100, page=False),
        Column(gettext_lazy("paid (yuan)"), lambda fund: fund.money.paid / 100, page=False),
        Column(gettext_lazy("held ready (yuan)"), lambda fund: fund.money.allotted / 100, page=False),
        Column(gettext_lazy("free (yuan)"), lambda fund: fund.money.free / 100, page=False),
    ],
    prepare=with_money,
)


@page("fund.see", methods=("GET",))
def funds(request: Request) -> HttpResponse:
    form = FundFilter(request)
    listed_funds = form.narrow(Fund.objects.select_related("owner", "place")).order_by("place__lo", "kind", "name")
    return FUNDS.respond(
        request,
        "assistance/projects/funds.html",
        listed_funds,
        form=form,
        may_open=may("fund.open", request.viewer),
    )


def load_fund(request: Request, pk: UUID) -> Fund:
    return Fund.objects.select_related("owner", "place", "campaign").get(pk=pk)


def load_kept(request: Request, pk: UUID) -> Fund:
    """The same, if it was taken back, too: its page says so."""
    return Fund.every.select_related("owner", "place", "campaign").get(pk=pk)


@page("fund.see", load=load_kept, methods=("GET",))
def fund(request: Request, fund: Fund) -> HttpResponse:
    """A fund: its three sums apart, what is held ready, what is free; then every movement."""
    movements = FundMovement.objects.filter(fund=fund).select_related(*WITH).order_by("-on", "-recorded_at")
    money = money_of(fund)
    page_obj = Paginator(movements, PER_PAGE).get_page(request.GET.get("page"))
    with_receivers(list(page_obj))
    may_move = fund.taken_back_at is None and may("fund.move", request.viewer, fund)
    context = {
        "fund": fund,
        "money": money,
        "page_obj": page_obj,
        "allotments": fund.allotments.select_related("project").order_by("-on", "-recorded_at")[:SHOWN],
        "may_move": may_move,
        "may_take_back": may_move and is_unused(fund),
    }
    return render(request, "assistance/projects/fund.html", context)


@page("fund.move", load=load_fund)
def fund_back(request: Request, fund: Fund) -> HttpResponse:
    return taking_back(
        request,
        fund_take_back,
        what=fund.name,
        heading=_("Entered by mistake: take it back"),
        lead=_("It is listed no more, its name is free, and its page says that it was taken back, and why."),
        back=reverse("fund", args=[fund.pk]),
        given={"fund": fund},
    )


def with_receivers(movements: list[FundMovement]) -> list[FundMovement]:
    """Lend each movement its `receiver`, in words that the viewer may read; the movements themselves are returned."""
    homes = {movement.household_id for movement in movements if movement.household_id}
    seen = set(Household.objects.filter(pk__in=homes).values_list("pk", flat=True)) if homes else set()
    for movement in movements:
        lend(movement, receiver=receiver_of(movement, seen))
    return movements


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
        filters = request.GET.copy()
        filters.setdefault("state", State.COUNTED)
        super().__init__(filters)
        self.fields["kind"].choices = [("", _("all")), *Kind.choices]
        self.fields["state"].choices = [("", _("all")), *State.choices]
        self.fields["source"].choices = [("", _("all")), *FundKind.choices]
        self.fields["fund"].queryset = Fund.objects.all()
        self.fields["project"].queryset = Project.objects.all()
        self.fields["household"].queryset = Household.objects.all()
        self.fields["place"].limit(widest_place(request))

    def narrow(self, movements: QuerySet[FundMovement]) -> QuerySet[FundMovement]:
        if not self.is_valid():
            return movements.none()
        filters = self.cleaned_data
        for name, field in (("kind", "kind"), ("state", "state"), ("source", "fund__kind")):
            if filters.get(name):
                movements = movements.filter(**{field: filters[name]})
        for name in ("fund", "project", "household"):
            if filters.get(name):
                movements = movements.filter(**{name: filters[name]})
        if filters.get("giver"):
            movements = movements.filter(Q(giver_body=filters["giver"]) | Q(giver_person=filters["giver"]))
        if filters.get("to"):
            movements = movements.filter(body=filters["to"])
        if filters.get("place"):
            movements = movements.filter(place__lo__gte=filters["place"].lo, place__lo__lte=filters["place"].hi)
        if filters.get("q"):
            typed = filters["q"].strip()
            giver = Q(giver_body__name__finds=typed) | Q(giver_person__name=typed) | Q(giver_name__finds=typed)
            movements = movements.filter(giver | Q(bill__finds=typed) | Q(number=typed))
        return movements


MOVEMENTS = DeclaredList(
    "movements",
    gettext_lazy("movements of money"),
    [
        Column(gettext_lazy("number"), "number", page=False),
        Column(gettext_lazy("day"), "on", link="movement"),
        Column(gettext_lazy("movement"), "get_kind_display", cell="movement"),
        Column(gettext_lazy("fund"), "fund.name", only="of_all_funds"),
        Column(gettext_lazy("Source"), "fund.get_kind_display", page=False),
        Column(gettext_lazy("from whom or to whom"), cell="whom"),
        Column(gettext_lazy("from whom"), "giver", page=False),
        Column(gettext_lazy("to whom"), "receiver", page=False),
        Column(gettext_lazy("bill"), "bill", cell="bill"),
        Column(
            gettext_lazy("amount in yuan"), lambda movement: movement.amount / 100, cell="amount", at=6, css="number"
        ),
        Column(gettext_lazy("place"), "place.full_name", page=False),
        Column(gettext_lazy("state"), "get_state_display", page=False),
    ],
    prepare=with_receivers,
)


@page("movement.see", methods=("GET",))
def movements(request: Request) -> HttpResponse:
    form = MovementFilter(request)
    listed_movements = form.narrow(FundMovement.objects.select_related(*WITH)).order_by("-on", "-recorded_at")
    if wants_export(request):
        return MOVEMENTS.workbook(request, listed_movements)
    sums = dict(listed_movements.order_by().values_list("kind").annotate(Sum("amount")))
    chosen = form.cleaned_data if form.is_valid() else {}
    return MOVEMENTS.respond(
        request,
        "assistance/projects/movements.html",
        listed_movements,
        form=form,
        of_all_funds=True,
        sums=[(label, sums[kind]) for kind, label in Kind.choices if kind in sums],
        about=[chosen[name] for name in ("fund", "project") if chosen.get(name)],
    )


def load_movement(request: Request, pk: UUID) -> FundMovement:
    return FundMovement.objects.select_related(
        *WITH, "contract", "file", "recorded_by", "confirmed_by", "fund__owner", "fund__place"
    ).get(pk=pk)


def load_bill(request: Request, pk: UUID) -> Attachment:
    """The scan kept with a movement that the viewer reaches."""
    return Attachment.objects.get(pk__in=filled([FundMovement.objects.get(pk=pk).file_id]))


@page("movement.see", load=load_movement, methods=("GET",))
def movement(request: Request, movement: FundMovement) -> HttpResponse:
    """One movement: whence, whither, by which bill, who recorded and who confirmed it; its deeds."""
    seen = set(Household.objects.filter(pk__in=filled([movement.household_id])).values_list("pk", flat=True))
    passed_on = movement.passed_on.filter(state=State.COUNTED)
    viewer = request.viewer
    context = {
        "movement": movement,
        "receiver": receiver_of(movement, seen),
        "sees_family": bool(seen),
        "sees_fund": Fund.objects.filter(pk=movement.fund_id).exists(),
        "sees_project": Project.objects.filter(pk__in=filled([movement.project_id])).exists(),
        "deeds": Deed.objects.filter(money__movement=movement).select_related("version", "place"),
        "passed_on": passed_on.aggregate(total=Sum("amount"))["total"] or 0,
        "families": _families(passed_on),
        "may_confirm": movement.state == State.WAITING and may("movement.confirm", viewer, movement),
        "may_return": movement.state == State.WAITING and may("movement.reverse", viewer, movement),
        "may_reverse": movement.state == State.COUNTED and may("movement.reverse", viewer, movement),
        "is_gift": movement.kind != Kind.PAID,
    }
    return render(request, "assistance/projects/movement.html", context)


def _families(passed_on: Any) -> str:
    """To how many it went on: those whom the viewer may see, and a ten of the others."""
    homes = passed_on.exclude(household=None)
    whole = homes.values("household").distinct().count()
    seen = Household.objects.filter(pk__in=homes.values("household")).count() if whole else 0
    return many_of(whole, seen) if whole else ""


@page("movement.see", load=load_movement, methods=("GET",))
def movement_paper(request: Request, movement: FundMovement) -> HttpResponse:
    """What a giver holds in hand: what arrived, by which bill, and what became of it. It is no bill itself."""
    passed_on = movement.passed_on.filter(state=State.COUNTED).select_related("place")
    context = {
        "movement": movement,
        "passed_on": [
            (payment.on, payment.amount, receiver_of(payment, set())) for payment in passed_on.order_by("on")
        ],
        "is_gift": movement.kind != Kind.PAID,
        "receiver": receiver_of(movement, set()),
    }
    return render(request, "assistance/projects/movement_paper.html", context)


@page("movement.see", load=load_bill, methods=("GET",))
def movement_file(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment)


urlpatterns = [
    path("desk/funds/", funds, name="funds"),
    path("desk/funds/<uuid:pk>/back/", fund_back, name="fund_take_back"),
    path("desk/funds/<uuid:pk>/", fund, name="fund"),
    path("desk/money/", movements, name="movements"),
    path("desk/money/<uuid:pk>/", movement, name="movement"),
    path("desk/money/<uuid:pk>/paper/", movement_paper, name="movement_paper"),
    path("desk/money/<uuid:pk>/file/", movement_file, name="movement_file"),
]
