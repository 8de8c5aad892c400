"""The plan of a project, a page each: written down, what is built, its money, its contracts, its families."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign, Direction
from yishi.assistance.campaign.reads import campaigns_around, directions_around
from yishi.assistance.projects.models import Contract, FundKind, Project
from yishi.assistance.projects.services import building, contracts
from yishi.assistance.projects.services import projects as planning
from yishi.assistance.projects.services.asked_works import asked_quantities
from yishi.assistance.projects.services.funds import WHY
from yishi.assistance.projects.services.projects import WORDS
from yishi.assistance.projects.shown import works_asked_digest
from yishi.assistance.register.models import Household
from yishi.attachments.store import scan_keep
from yishi.database.named import record_named
from yishi.journal.models import Receipt
from yishi.kit.money import yuan_text
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place
from yishi.web.kit.edited import version_of
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .money_fields import (
    BodyField,
    HouseholdsField,
    QuantitiesField,
    YuanField,
    bodies_nearby,
)
from .project_acts import PAPER, DecideForm, ReasonForm, act_on, lead_of, today
from .projects import load_project


class DescribeForm(ActForm):
    """What describes a project: its kind, its days, its campaign, what it is for."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Project.Kind.choices)
    starts_on = day_field(gettext_lazy("planned from"))
    ends_on = day_field(gettext_lazy("planned until"))
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(),
        label=gettext_lazy("Campaign"),
        required=False,
        empty_label=gettext_lazy("none"),
    )
    direction = forms.ModelChoiceField(
        Direction.objects.none(),
        label=gettext_lazy("Direction"),
        required=False,
        empty_label=gettext_lazy("none"),
    )
    outside_number = forms.CharField(
        label=gettext_lazy("Its number in a system of the state"), required=False, max_length=40
    )
    words = WordsField(WORDS, gettext_lazy("What it is for, in a sentence or two"), rows=3)

    def around(self, place: Place | None) -> None:
        """Offer the campaigns of `place` and their directions, each with its campaign's name."""
        self.fields["campaign"].queryset = campaigns_around(place)
        self.fields["direction"].queryset = directions_around(place)
        self.fields["direction"].label_from_instance = lambda direction: f"{direction.campaign.name} · {direction.name}"


def money_fields(form: forms.Form, planned: dict[str, int]) -> None:
    """Give `form` a field for each source of money, filled with what is planned of it (kind → fen)."""
    for kind, label in FundKind.choices:
        initial = yuan_text(planned[kind]) if planned.get(kind) else ""
        form.fields[kind] = YuanField(label=label, required=False, help_text="", initial=initial)


def take_planned_money(cleaned: dict[str, Any]) -> dict[str, int]:
    """Take the fields of `money_fields` out of `cleaned`: what is planned of each source that was filled in, in fen."""
    amounts = {kind: cleaned.pop(kind, None) for kind in FundKind.values}
    return {kind: fen for kind, fen in amounts.items() if fen}


class NewForm(DescribeForm):
    name = forms.CharField(label=gettext_lazy("Name of the project"), max_length=120)
    place = PlaceField()
    responsible = BodyField(label=gettext_lazy("Responsible body"))
    quantities = QuantitiesField(required=False)
    planned_on = day_field(gettext_lazy("Planned on (if not today)"), required=False)
    field_order = ["name", "place", "kind", "responsible", "starts_on", "ends_on", "quantities", *FundKind.values]

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        money_fields(self, {})
        self.fields[FundKind.values[0]].help_text = _("Planned money by source, in yuan: 1500, or 5620万.")
        top = widest_place(request)
        self.fields["place"].limit(top)
        self.around(top)
        self.fields["responsible"].offer(bodies_nearby(top, request.viewer))
        self.order_fields([*self.field_order, "campaign", "direction", "outside_number", "words"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        place = cleaned.get("place")
        if place is not None and "quantities" in cleaned:
            self.fields["quantities"].place = place
            cleaned["quantities"] = self.fields["quantities"].clean(self.data.get("quantities", ""))
        return cleaned


def _opening(cleaned: dict[str, Any]) -> dict[str, Any]:
    """The fields of `project_open` from those of `NewForm`."""
    money = take_planned_money(cleaned)
    return {**cleaned, "money": money}


@page("project.open")
def project_new(request: Request) -> HttpResponse:
    desks = [post.body for post in request.viewer.working_posts]
    initial = {"responsible": desks[0].name if desks else "", "starts_on": today()}
    place = record_named(Place.objects, request.GET.get("place"))
    if place:
        initial["place"] = place
    return one_act(
        request,
        NewForm(request.POST or None, request=request, initial=initial),
        planning.project_open,
        heading=_("Write a project down"),
        lead=_("What is built where, until when, from which money. An office above approves it."),
        back=reverse("projects"),
        done=_("The project is written down; an office above its place approves it."),
        submit=_("Write it down"),
        fields=_opening,
        next_url=lambda receipt: reverse("project", args=[receipt.result["project"]]),
        layout=CENTRED,
    )


class ContractForm(ActForm):
    number = forms.CharField(label=gettext_lazy("Number of the contract"), max_length=64)
    contractor = BodyField(label=gettext_lazy("With whom"), outside=True)
    amount = YuanField()
    signed_on = day_field(gettext_lazy("Signed on"))
    what = forms.CharField(label=gettext_lazy("For what"), required=False, max_length=120)
    scan = forms.FileField(label=PAPER, required=False)


class ReplanForm(ActForm):
    """A change of the plan: once it is approved, it says why."""

    reason = WordsField(
        WHY, gettext_lazy("Reason"), required=False, help_text=gettext_lazy("Needed once the plan is approved.")
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = project.stage != Project.Stage.PLANNED


class QuantitiesForm(ReplanForm):
    quantities = QuantitiesField()
    field_order = ["quantities", "reason"]


class MoneyForm(ReplanForm):
    def __init__(self, *args: Any, project: Project, **kwargs: Any):
        super().__init__(*args, project=project, **kwargs)
        money_fields(self, dict(project.planned_money.values_list("kind", "amount")))
        self.initial.update({kind: self.fields[kind].initial for kind in FundKind.values})
        self.initial["version"] = version_of(self.initial)
        self.order_fields([*FundKind.values, "reason"])


class HouseholdsForm(ActForm):
    households = HouseholdsField(
        label=gettext_lazy("Numbers of the households, a line each"),
        required=False,
        help_text=gettext_lazy("Only households that you may see; those that others wrote down stay."),
    )
    unnamed = forms.IntegerField(
        label=gettext_lazy("Further families, as a number"), min_value=0, max_value=1_000_000, initial=0
    )


class ChangeForm(DescribeForm):
    name = forms.CharField(label=gettext_lazy("Name of the project"), max_length=120)
    field_order = ["name"]


@page("project.plan", load=load_project)
def project_change(request: Request, project: Project) -> HttpResponse:
    names = ("name", "kind", "starts_on", "ends_on", "outside_number", "words", "campaign", "direction")
    form = ChangeForm(request.POST or None, initial={name: getattr(project, name) for name in names}, edits=project)
    form.around(project.place)
    return act_on(
        request,
        project,
        form,
        planning.project_change,
        heading=_("Change the project"),
        done=_("The change is stored."),
        submit=_("Save"),
    )


@page("project.plan", load=load_project)
def project_quantities(request: Request, project: Project) -> HttpResponse:
    lines: list[str] = []
    for quantity in project.quantities.prefetch_related("parts"):
        lines += ["" for _gap in lines[:1]] + [f"{quantity.what}（{quantity.unit}）"]
        lines += [f"{part.name} {building.plain(part.planned)}" for part in quantity.parts.all()]
    form = QuantitiesForm(
        request.POST or None, initial={"quantities": "\n".join(lines)}, project=project, edits=project
    )
    form.fields["quantities"].place = project.place
    return act_on(
        request,
        project,
        form,
        planning.quantities_plan,
        heading=_("What is built"),
        done=_("The change is stored; more works than were approved wait for who approves them."),
        submit=_("Save"),
    )


@page("project.approve", load=load_project)
def project_works_decide(request: Request, project: Project) -> HttpResponse:
    """Who approved the plan reads what it is, what is asked for beyond it, and why."""
    before = {part.name: (part.quantity.unit, part.planned) for part in planning.parts_of(project)}
    facts = [
        (
            f"{quantity.what} · {where}",
            f"{building.plain(before.get(where, ('', 0))[1])} → {part.planned.normalize():f} {quantity.unit}",
        )
        for quantity in asked_quantities(project)
        for part in quantity.parts
        for where in [part.where if isinstance(part.where, str) else part.where.name]
    ]
    return act_on(
        request,
        project,
        DecideForm(request.POST or None, shown=works_asked_digest(project)),
        planning.works_decide,
        heading=_("Decide about more works"),
        done=_("Decided; until then the approved plan held."),
        submit=_("Decide"),
        facts=[*facts, (_("Reason"), project.asked_works_why)] if facts else [],
    )


@page("project.plan", load=load_project)
def project_money(request: Request, project: Project) -> HttpResponse:
    return act_on(
        request,
        project,
        MoneyForm(request.POST or None, project=project, edits=project),
        planning.money_plan,
        heading=_("Plan of its money"),
        done=_("The change is stored; more money than was approved waits for who approves it."),
        submit=_("Save"),
        fields=lambda cleaned: {"reason": cleaned["reason"], "money": take_planned_money(dict(cleaned))},
    )


@page("project.plan", load=load_project)
def project_households(request: Request, project: Project) -> HttpResponse:
    seen = Household.objects.filter(pk__in=project.reached.values("household")).order_by("number")
    initial = {"households": list(seen.values_list("number", flat=True)), "unnamed": project.unnamed_households}
    return act_on(
        request,
        project,
        HouseholdsForm(request.POST or None, initial=initial, edits=project),
        contracts.households_reach,
        heading=_("Families reached"),
        done=_("The families are written down."),
        submit=_("Save"),
    )


@page("project.build", load=load_project)
def contract_sign(request: Request, project: Project) -> HttpResponse:
    form = ContractForm(request.POST or None, request.FILES or None)
    form.fields["contractor"].offer(bodies_nearby(project.place, request.viewer))

    def sign(*, actor: Viewer, act_id: UUID | None = None, scan: Any = None, **fields: Any) -> Receipt:
        file = scan_keep(actor=actor, upload=scan) if scan else None
        return contracts.contract_sign(actor=actor, act_id=act_id, file=file, **fields)

    return act_on(
        request,
        project,
        form,
        sign,
        heading=_("Add a contract"),
        done=_("The contract is recorded."),
        submit=_("Record it"),
    )


def load_contract(request: Request, pk: UUID) -> Contract:
    """A contract whose project the viewer reaches."""
    contract = Contract.objects.select_related("project__place", "contractor").get(pk=pk)
    Project.objects.get(pk=contract.project_id)
    return contract


@page("project.cancel_contract", load=load_contract)
def contract_cancel(request: Request, contract: Contract) -> HttpResponse:
    return one_act(
        request,
        ReasonForm(request.POST or None),
        contracts.contract_cancel,
        given={"contract": contract},
        heading=_("Cancel contract %(number)s") % {"number": contract.number},
        lead=lead_of(contract.project),
        back=reverse("project", args=[contract.project_id]),
        done=_("The contract is cancelled; its line stays."),
        submit=_("Cancel the contract"),
        layout=CENTRED,
    )


urlpatterns = [
    path("desk/projects/new/", project_new, name="project_new"),
    path("desk/projects/<uuid:pk>/change/", project_change, name="project_change"),
    path("desk/projects/<uuid:pk>/quantities/decide/", project_works_decide, name="project_works_decide"),
    path("desk/projects/<uuid:pk>/quantities/", project_quantities, name="project_quantities"),
    path("desk/projects/<uuid:pk>/money/", project_money, name="project_money"),
    path("desk/projects/<uuid:pk>/households/", project_households, name="project_households"),
    path("desk/projects/<uuid:pk>/contract/", contract_sign, name="contract_sign"),
    path("desk/contracts/<uuid:pk>/cancel/", contract_cancel, name="contract_cancel"),
]
