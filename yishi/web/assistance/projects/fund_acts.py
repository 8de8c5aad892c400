"""The acts on money, a page each: a fund is opened and filled, holds money ready, pays; a second person confirms."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign
from yishi.assistance.campaign.reads import campaigns_around
from yishi.assistance.deeds.models import Deed
from yishi.assistance.projects.models import Allotment, Contract, Fund, FundKind, FundMovement, Project
from yishi.assistance.projects.services import funds as money
from yishi.assistance.projects.services import payments
from yishi.assistance.projects.services.balances import money_of
from yishi.assistance.projects.services.funds import WHY
from yishi.journal.models import Receipt
from yishi.kit.money import yuan_text
from yishi.notices.days import day_said
from yishi.organisations.models import Body, Member, valid_on
from yishi.people.models import Person
from yishi.web.assistance.deeds.loads import load_deed
from yishi.web.kit.fields.paper_fields import with_scan
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .funds import load_fund, load_movement
from .money_fields import BodyField, GiverField, HouseholdField, YuanField, bodies_nearby
from .projects import load_project

MOST_OFFERED = 80
SCAN = gettext_lazy("Scan or PDF (a receipt, a contract)")


def today() -> Any:
    return timezone.localdate()


class FundForm(ActForm):
    name = forms.CharField(label=gettext_lazy("Name of the fund"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("Source"), choices=FundKind.choices)
    owner = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("Body that keeps it"))
    place = PlaceField(label=gettext_lazy("For which place"))
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(),
        label=gettext_lazy("Campaign"),
        required=False,
        empty_label=gettext_lazy("none"),
    )
    opened_on = day_field(gettext_lazy("Since when"))
    note = forms.CharField(label=gettext_lazy("Note (if you like)"), required=False, max_length=300)


@page("fund.open")
def fund_new(request: Request) -> HttpResponse:
    desks = request.viewer.desks
    form = FundForm(request.POST or None, initial={"opened_on": today(), "owner": desks[0] if desks else None})
    form.fields["owner"].queryset = Body.objects.filter(pk__in=desks)
    top = widest_place(request)
    form.fields["place"].limit(top)
    form.fields["campaign"].queryset = campaigns_around(top)
    return one_act(
        request,
        form,
        money.fund_open,
        heading=_("Open a fund"),
        lead=_("One source, one body, one place. Money that is mobilised, received and paid is counted apart."),
        back=reverse("funds"),
        done=_("The fund is open."),
        submit=_("Open the fund"),
        next_url=lambda receipt: reverse("fund", args=[receipt.result["fund"]]),
        layout=CENTRED,
    )


class IncomingForm(ActForm):
    """Money that is promised to a fund, or arrives in it."""

    giver = GiverField()
    amount = YuanField()
    on = day_field(gettext_lazy("When"))
    bill = forms.CharField(label=gettext_lazy("Number of the bill"), required=False, max_length=40)
    words = forms.CharField(label=gettext_lazy("Note (if you like)"), required=False, max_length=200)
    scan = forms.FileField(label=SCAN, required=False)

    def offer(self, request: Request, fund: Fund) -> None:
        """Offer givers: bodies near the fund's place, and sitting members of the committees around it."""
        giver = self.fields["giver"]
        giver.offer(bodies_nearby(fund.place, request.viewer))
        around = Q(term__body__place__lo__lte=fund.place.lo, term__body__place__hi__gte=fund.place.lo)
        members = Member.objects.filter(around, valid_on(today())).select_related("person", "term__body")
        giver.offer_members(members.order_by("person__name")[:MOST_OFFERED])


class DonationForm(IncomingForm):
    household = HouseholdField(label=gettext_lazy("On to the household of number (if it is passed on)"), required=False)
    pupil = forms.CharField(label=gettext_lazy("For which pupil of this family"), required=False, max_length=32)
    payment_bill = forms.CharField(
        label=gettext_lazy("Number of the bill of the payment"), required=False, max_length=40
    )
    field_order = ["giver", "amount", "on", "bill", "household", "pupil", "payment_bill", "words", "scan"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["bill"].required = True
        self.fields["words"].help_text = _("The giver reads it: write no family's name here.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        household, typed = cleaned.get("household"), (cleaned.get("pupil") or "").strip()
        cleaned["pupil"] = None
        if typed:
            cleaned["pupil"] = pupil_called(household, typed)
            if cleaned["pupil"] is None:
                self.add_error("pupil", _("The register has nobody of this name in this household."))
        return cleaned


def pupil_called(household: Any, name: str) -> Person | None:
    """The person of this name who lives in the household now (None: nobody, or no household)."""
    if household is None:
        return None
    members = household.members.filter(valid_to__isnull=True, person__name=name).select_related("person")
    return next((member.person for member in members), None)


def _to_movement(receipt: Receipt) -> str:
    return reverse("movement", args=[receipt.result["movement"]])


def _fund_act(request: Request, fund: Fund, form: ActForm, service: Any, **arguments: Any) -> HttpResponse:
    """The page of one act on a fund; `arguments` are those of `one_act`. Its lead says what is free in the fund."""
    free = _("free: %(amount)s yuan") % {"amount": yuan_text(money_of(fund).free)}
    return one_act(
        request,
        form,
        service,
        given={"fund": fund},
        lead=arguments.pop("lead", f"{fund.name} · {free}"),
        back=reverse("fund", args=[fund.pk]),
        layout=CENTRED,
        **arguments,
    )


@page("fund.move", load=load_fund)
def fund_mobilise(request: Request, fund: Fund) -> HttpResponse:
    form = IncomingForm(request.POST or None, request.FILES or None, initial={"on": today()})
    form.offer(request, fund)
    return _fund_act(
        request,
        fund,
        form,
        with_scan(money.money_mobilise, "file"),
        heading=_("Money was promised or decided"),
        lead=_("%(name)s: it is counted as mobilised. When it arrives, record that too; the two are never added.")
        % {"name": fund.name},
        done=_("Counted as mobilised."),
        submit=_("Record it"),
    )


@page("fund.move", load=load_fund)
def fund_receive(request: Request, fund: Fund) -> HttpResponse:
    form = IncomingForm(request.POST or None, request.FILES or None, initial={"on": today()})
    form.offer(request, fund)
    return _fund_act(
        request,
        fund,
        form,
        with_scan(money.money_receive, "file"),
        heading=_("Money arrived"),
        done=_("Counted as received."),
        submit=_("Record it"),
        next_url=_to_movement,
    )


@page("fund.move", load=load_fund)
def fund_donation(request: Request, fund: Fund) -> HttpResponse:
    """From a giver to the fund and, if it is meant so, on to a family or its pupil: one page, two movements."""
    form = DonationForm(request.POST or None, request.FILES or None, initial={"on": today()})
    form.offer(request, fund)
    return _fund_act(
        request,
        fund,
        form,
        with_scan(payments.donation_record, "file"),
        heading=_("Record a donation"),
        lead=_("%(name)s: what is passed on to a family waits until a second person has confirmed it.")
        % {"name": fund.name},
        done=_("The donation is recorded."),
        submit=_("Record the donation"),
        fields=lambda cleaned: {
            **{name: cleaned[name] for name in ("giver", "amount", "on", "bill", "pupil", "payment_bill", "words")},
            "scan": cleaned.get("scan"),
            "to": cleaned.get("household"),
        },
        next_url=_to_movement,
    )


class PayForm(ActForm):
    project = forms.ModelChoiceField(
        Project.within.none(), label=gettext_lazy("To the project"), required=False, empty_label=gettext_lazy("none")
    )
    contract = forms.ModelChoiceField(
        Contract.objects.none(), label=gettext_lazy("On the contract"), required=False, empty_label=gettext_lazy("none")
    )
    household = HouseholdField(label=gettext_lazy("or to the household of number"), required=False)
    body = BodyField(label=gettext_lazy("or to the body"), required=False)
    amount = YuanField()
    on = day_field(gettext_lazy("When"))
    bill = forms.CharField(label=gettext_lazy("Number of the bill"), required=False, max_length=40)
    gift = forms.ModelChoiceField(
        FundMovement.within.none(),
        label=gettext_lazy("Passing on the donation"),
        required=False,
        empty_label=gettext_lazy("none"),
    )
    words = forms.CharField(label=gettext_lazy("For what"), required=False, max_length=200)
    scan = forms.FileField(label=SCAN, required=False)

    def __init__(self, *args: Any, request: Request, fund: Fund, **kwargs: Any):
        super().__init__(*args, **kwargs)
        held = fund.allotments.filter(taken_back_at=None).values("project")
        self.fields["project"].queryset = Project.within.filter(pk__in=held).order_by("name")
        contracts = Contract.objects.filter(project__in=held, ended_at=None).select_related("project")
        self.fields["contract"].queryset = contracts.order_by("project", "signed_on")
        self.fields["contract"].label_from_instance = lambda contract: (
            f"{contract.project.name} · {contract.number} · {contract.with_whom}"
        )
        gifts = FundMovement.within.filter(fund=fund, kind="received", state="counted")
        gifts = gifts.select_related("giver_body", "giver_person").order_by("-on")[:MOST_OFFERED]
        self.fields["gift"].queryset = FundMovement.within.filter(fund=fund, kind="received", state="counted")
        choices = [("", _("none"))]
        choices += [(str(gift.pk), f"{gift.giver} · {yuan_text(gift.amount)} · {day_said(gift.on)}") for gift in gifts]
        self.fields["gift"].choices = choices
        self.fields["body"].offer(bodies_nearby(fund.place, request.viewer))

    either = (("project", "household", "body"),)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        to = [cleaned[name] for name in ("project", "household", "body") if cleaned.get(name)]
        if cleaned.get("contract") and not to:
            to = [cleaned["contract"].project]
        if not self.errors and len(to) != 1:
            self.add_error("project", _("Say to whom: a project, or a household, or a body; one of them."))
        cleaned["to"] = to[0] if to else None
        return cleaned


@page("fund.move", load=load_fund)
def fund_pay(request: Request, fund: Fund) -> HttpResponse:
    form = PayForm(request.POST or None, request.FILES or None, request=request, fund=fund, initial={"on": today()})
    names = ("to", "amount", "on", "bill", "contract", "gift", "words", "scan")
    return _fund_act(
        request,
        fund,
        form,
        with_scan(payments.payment_record, "file"),
        heading=_("Record a payment"),
        done=_("The payment is recorded; it is counted when a second person has confirmed it."),
        submit=_("Record the payment"),
        fields=lambda cleaned: {name: cleaned.get(name) for name in names},
        next_url=_to_movement,
    )


class AllotForm(ActForm):
    fund = forms.ModelChoiceField(Fund.within.none(), label=gettext_lazy("From the fund"))
    amount = YuanField()
    on = day_field(gettext_lazy("When"))
    paper = forms.CharField(label=gettext_lazy("Number of the document"), required=False, max_length=64)


@page("project.allot", load=load_project)
def project_allot(request: Request, project: Project) -> HttpResponse:
    """Money of one of the viewer's funds is held ready for a project; the service asks for the right to the fund."""
    form = AllotForm(request.POST or None, initial={"on": today()})
    form.fields["fund"].queryset = Fund.within.filter(owner__in=request.viewer.desks).order_by("name")
    form.fields["fund"].label_from_instance = lambda fund: (
        f"{fund.name} · {_('free: %(amount)s yuan') % {'amount': yuan_text(money_of(fund).free)}}"
    )
    return one_act(
        request,
        form,
        money.allotment_make,
        given={"project": project},
        heading=_("Hold money ready"),
        lead=f"{project.number} · {project.name}",
        back=reverse("project", args=[project.pk]),
        done=_("The money is held ready for the project."),
        submit=_("Hold it ready"),
        layout=CENTRED,
    )


class ReasonForm(ActForm):
    reason = WordsField(WHY, gettext_lazy("Reason"), rows=2)


def load_allotment(request: Request, pk: UUID) -> Allotment:
    """An allotment whose fund the viewer reaches."""
    allotment = Allotment.objects.select_related("fund", "project").get(pk=pk)
    Fund.objects.get(pk=allotment.fund_id)
    return allotment


@page("allotment.take_back", load=load_allotment)
def allotment_back(request: Request, allotment: Allotment) -> HttpResponse:
    return one_act(
        request,
        ReasonForm(request.POST or None),
        money.allotment_take_back,
        given={"allotment": allotment},
        heading=_("Take %(amount)s yuan back") % {"amount": yuan_text(allotment.amount)},
        lead=f"{allotment.fund.name} → {allotment.project.name}",
        back=reverse("fund", args=[allotment.fund_id]),
        done=_("The money is free again."),
        submit=_("Take it back"),
        layout=CENTRED,
    )


def _movement_act(
    request: Request, movement: FundMovement, form: ActForm, service: Any, **arguments: Any
) -> HttpResponse:
    amount = f"{movement.get_kind_display()} · {yuan_text(movement.amount)} {_('yuan')}"
    return one_act(
        request,
        form,
        service,
        given={"movement": movement},
        lead=f"{movement.number} · {amount} · {movement.fund.name}",
        back=reverse("movement", args=[movement.pk]),
        layout=CENTRED,
        **arguments,
    )


@page("movement.confirm", load=load_movement)
def movement_confirm(request: Request, movement: FundMovement) -> HttpResponse:
    return _movement_act(
        request,
        movement,
        ActForm(request.POST or None),
        payments.payment_confirm,
        heading=_("Confirm the payment"),
        done=_("The payment is counted."),
        submit=_("I have checked it: confirm"),
    )


@page("movement.reverse", load=load_movement)
def movement_return(request: Request, movement: FundMovement) -> HttpResponse:
    return _movement_act(
        request,
        movement,
        ReasonForm(request.POST or None),
        payments.payment_return,
        heading=_("Return the payment"),
        done=_("The payment is not made; its money is free again."),
        submit=_("Return it"),
    )


@page("movement.reverse", load=load_movement)
def movement_reverse(request: Request, movement: FundMovement) -> HttpResponse:
    return _movement_act(
        request,
        movement,
        ReasonForm(request.POST or None),
        money.movement_reverse,
        heading=_("Reverse the movement"),
        done=_("It counts no longer; its line stays with the reason."),
        submit=_("Reverse it"),
    )


class LinkForm(ActForm):
    number = forms.CharField(
        label=gettext_lazy("Number of the movement of money"),
        max_length=16,
        help_text=gettext_lazy("It stands on the movement's page. The deed itself adds no money."),
    )

    def clean_number(self) -> FundMovement:
        movement = FundMovement.objects.filter(number=self.cleaned_data["number"].strip().upper()).first()
        if movement is None:
            raise forms.ValidationError(_("You see no movement of this number."))
        return movement


@page("deed.link_money", load=load_deed)
def deed_money(request: Request, deed: Deed) -> HttpResponse:
    return one_act(
        request,
        LinkForm(request.POST or None),
        payments.deed_link,
        given={"deed": deed},
        heading=_("Which money belongs to this deed?"),
        lead=f"{deed.number} · {deed.version.name} · {deed.place.full_name}",
        back=reverse("deed", args=[deed.pk]),
        done=_("The deed refers to this money now."),
        submit=_("Link them"),
        fields=lambda cleaned: {"movement": cleaned["number"]},
        layout=CENTRED,
    )


urlpatterns = [
    path("desk/funds/new/", fund_new, name="fund_new"),
    path("desk/funds/<uuid:pk>/mobilise/", fund_mobilise, name="fund_mobilise"),
    path("desk/funds/<uuid:pk>/receive/", fund_receive, name="fund_receive"),
    path("desk/funds/<uuid:pk>/donation/", fund_donation, name="fund_donation"),
    path("desk/funds/<uuid:pk>/pay/", fund_pay, name="fund_pay"),
    path("desk/projects/<uuid:pk>/allot/", project_allot, name="project_allot"),
    path("desk/allotments/<uuid:pk>/take-back/", allotment_back, name="allotment_back"),
    path("desk/money/<uuid:pk>/confirm/", movement_confirm, name="movement_confirm"),
    path("desk/money/<uuid:pk>/return/", movement_return, name="movement_return"),
    path("desk/money/<uuid:pk>/reverse/", movement_reverse, name="movement_reverse"),
    path("desk/deeds/<uuid:pk>/money/", deed_money, name="deed_money"),
]
