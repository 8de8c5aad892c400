"""Campaigns: what runs, how one is opened, and its page: phases, focus, directions, catalogue, targets."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.catalogues import shipped
from yishi.assistance.campaign.models import (
    Campaign,
    CampaignLead,
    CatalogueItem,
    Direction,
    Phase,
    Target,
)
from yishi.assistance.campaign.services.campaign_setup import (
    campaign_begin,
    campaign_change,
    direction_change,
    lead_set,
    phase_change,
)
from yishi.assistance.campaign.services.campaigns import SOURCE_NOTE, direction_add, phase_add
from yishi.assistance.pairing.models import Pairing
from yishi.database.gather import gather
from yishi.organisations.grants import OVERSEEING
from yishi.organisations.models import Body, Place, Post, valid_on
from yishi.organisations.rights import may
from yishi.web.kit.fields.body_field import BodyField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.organisations.loads import sets_for

SHOWN = 25  # targets on the page of a campaign
LEADERS = 30  # responsible leaders on that page


def load_campaign(request: Request, pk: UUID) -> Campaign:
    return Campaign.objects.select_related("owner", "place").get(pk=pk)


def load_phase(request: Request, pk: UUID) -> Phase:
    return Phase.objects.select_related("campaign__place", "focus").get(pk=pk)


def load_direction(request: Request, pk: UUID) -> Direction:
    return Direction.objects.select_related("campaign__place").get(pk=pk)


CAMPAIGNS = DeclaredList(
    "campaigns",
    gettext_lazy("campaigns"),
    [
        Column(gettext_lazy("campaign"), "name", cell="campaign"),
        Column(gettext_lazy("place"), "place.full_name", at=3),
        Column(gettext_lazy("run by"), "owner.name"),
        Column(gettext_lazy("days"), cell="days"),
        Column(gettext_lazy("from"), "starts_on", page=False),
        Column(gettext_lazy("until"), "ends_on", page=False),
        Column(gettext_lazy("items of the catalogue"), "kinds"),
    ],
)


@page("campaign.see", methods=("GET",))
def campaigns(request: Request) -> HttpResponse:
    """The campaigns that take place where the viewer sits, the running ones first."""
    listed = Campaign.objects.filter(request.viewer.ground_q("place__")).select_related("owner", "place")
    listed = listed.annotate(kinds=Count("items", distinct=True)).order_by("-starts_on", "name")
    return CAMPAIGNS.respond(
        request,
        "assistance/campaign/campaigns.html",
        listed,
        today=timezone.localdate(),
        may_open=may("campaign.open", request.viewer),
    )


@page("campaign.see", load=load_campaign, methods=("GET",))
def campaign(request: Request, campaign: Campaign) -> HttpResponse:
    today = timezone.localdate()
    in_its_days = Q(focus__items__valid_from__lte=F("ends_on")) & (
        Q(focus__items__valid_to__isnull=True) | Q(focus__items__valid_to__gte=F("starts_on"))
    )
    places = Count("focus__items__place", filter=in_its_days, distinct=True)
    leads = campaign.leads.filter(valid_on(today))
    targets = (
        Target.objects.filter(item__campaign=campaign, drive=None)
        .select_related("place", "body")
        .order_by("due_on", "pk")
    )
    gathered = gather(
        phases=campaign.phases.select_related("focus").annotate(places=places),
        items=CatalogueItem.objects.filter(campaign=campaign).prefetch_related("versions").order_by("ordinal"),
        directions=campaign.directions.all(),
        leads=leads.select_related("body").order_by("role"),
        heads=Post.objects.filter(valid_on(today), body__in=leads.values("body"), role="head"),
        targets=targets[:SHOWN],
        drives=campaign.drives.select_related("direction"),
        leaders=_county_leaders(campaign),
        counties=_counties(campaign),
    )
    phases, heads, leaders = gathered["phases"], gathered["heads"], gathered["leaders"]
    by_direction: dict[Any, list[tuple[CatalogueItem, Any]]] = {}
    for item in gathered["items"]:
        by_direction.setdefault(item.direction_id, []).append((item, item.said))
    directions = [(direction, by_direction.get(direction.pk, [])) for direction in gathered["directions"]]
    items = {item.pk: item for item in gathered["items"]}
    for target in gathered["targets"]:
        target.item = items[target.item_id]
    runs = may("campaign.run", request.viewer, campaign)
    lacks = _lacks(campaign, gathered["leads"], phases, directions, bool(by_direction))
    context = {
        "campaign": campaign,
        "today": today,
        "phases": phases,
        "directions": directions,
        "count": sum(len(entries) for entries in by_direction.values()),
        "leads": [(lead, [post for post in heads if post.body_id == lead.body_id]) for lead in gathered["leads"]],
        "targets": gathered["targets"],
        "drives": gathered["drives"],
        "leaders": leaders[:LEADERS],
        "more_leaders": max(len(leaders) - LEADERS, 0),
        "unled": len({key for (key,) in gathered["counties"]} - {leader.place_id for leader in leaders}),
        "runs": runs,
        "lacks": lacks if runs else [],
        "is_over": campaign.ends_on is not None and campaign.ends_on < today,
    }
    return render(request, "assistance/campaign/campaign.html", context)


def _county_leaders(campaign: Campaign) -> QuerySet[Pairing]:
    """Who is responsible for which county today (挂联), as far as the viewer may see it."""
    leaders = Pairing.objects.filter(valid_on(timezone.localdate()), kind=Pairing.Kind.LEADER, place__level="county")
    leaders = leaders.filter(place__lo__range=(campaign.place.lo, campaign.place.hi)).select_related(
        "person", "body", "place"
    )
    return leaders.order_by("place__lo")


def _counties(campaign: Campaign) -> QuerySet[Place, Any]:
    """The counties of the campaign, by their keys."""
    counties = Place.objects.filter(
        level="county", lo__range=(campaign.place.lo, campaign.place.hi), closed_on__isnull=True
    )
    return counties.values_list("pk")


def _lacks(
    campaign: Campaign, leads: list[Any], phases: list[Any], directions: list[Any], has_items: bool
) -> list[tuple[Any, str]]:
    """What a campaign still lacks before its first deed, as pairs of label and address, in the order of doing."""
    steps = (
        (bool(directions) and has_items, _("Fill the catalogue"), "campaign_catalogue"),
        (bool(phases), _("Add the phases"), "phase_new"),
        (bool(leads), _("Name the leading group and its office"), "lead_set"),
    )
    return [(label, reverse(name, args=[campaign.pk])) for done, label, name in steps if not done]


class CampaignForm(ActForm):
    name = forms.CharField(label=gettext_lazy("name of the campaign"), max_length=64)
    starts_on = day_field(gettext_lazy("first day"))
    ends_on = day_field(gettext_lazy("last day (if it is known)"), required=False)
    source_note = WordsField(
        SOURCE_NOTE,
        gettext_lazy("where its catalogue comes from"),
        rows=2,
        help_text=gettext_lazy("For example the document that sets it up. It stands below the catalogue."),
    )


class OpenForm(CampaignForm):
    owner = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("body that runs it"))
    template = forms.ChoiceField(label=gettext_lazy("Begin with which catalogue?"), required=False)

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        desks = [post.body_id for post in request.viewer.working_posts if post.body.kind in OVERSEEING]
        self.fields["owner"].queryset = Body.objects.filter(pk__in=desks)
        self.fields["template"].choices = [
            ("", _("an empty one, filled by hand or from a file")),
            *((code, template.name) for code, template in shipped().items()),
        ]
        if desks:
            self.initial.setdefault("owner", desks[0])
        self.initial.setdefault("starts_on", timezone.localdate())
        self.order_fields(["act_id", "name", "owner", "starts_on", "ends_on", "template", "source_note"])


@page("campaign.open")
def campaign_new(request: Request) -> HttpResponse:
    return one_act(
        request,
        OpenForm(request.POST or None, request=request),
        campaign_begin,
        heading=_("Open a campaign"),
        lead=_("It takes place wherever that body's place reaches. Everything can be mended afterwards."),
        back=reverse("campaigns"),
        done=_("The campaign is open. The page says what it still lacks."),
        submit=_("Open the campaign"),
        next_url=lambda receipt: reverse("campaign", args=[receipt.result["campaign"]]),
        layout=CENTRED,
    )


def act_of(request: Request, campaign: Campaign, form: ActForm, service: Any, **texts: Any) -> HttpResponse:
    """The page of an act on a campaign; it leads `back`, else to the campaign's page."""
    back = texts.pop("back", None) or reverse("campaign", args=[campaign.pk])
    return one_act(request, form, service, back=back, layout=CENTRED, **texts)


@page("campaign.run", load=load_campaign)
def campaign_edit(request: Request, campaign: Campaign) -> HttpResponse:
    initial = {name: getattr(campaign, name) for name in ("name", "starts_on", "ends_on", "source_note")}
    return act_of(
        request,
        campaign,
        CampaignForm(request.POST or None, initial=initial, edits=campaign),
        campaign_change,
        heading=_("Change %(name)s") % {"name": campaign.name},
        done=_("The change is stored."),
        submit=_("Save"),
        given={"campaign": campaign},
    )


class LeadForm(ActForm):
    role = forms.ChoiceField(
        label=gettext_lazy("which"), choices=CampaignLead.Role.choices, widget=forms.RadioSelect, initial="group"
    )
    body = BodyField(
        help_text=gettext_lazy("A leading group is registered under Bodies, with its people as posts; then named here.")
    )
    since = day_field(gettext_lazy("from"))


@page("campaign.run", load=load_campaign)
def lead_page(request: Request, campaign: Campaign) -> HttpResponse:
    has_group = campaign.leads.filter(role="group", valid_to__isnull=True).exists()
    initial = {"role": "office" if has_group else "group", "since": max(campaign.starts_on, timezone.localdate())}
    form = LeadForm(request.POST or None, initial=initial)
    form.fields["body"].limit(campaign.place)
    return act_of(
        request,
        campaign,
        form,
        lead_set,
        heading=_("Who leads"),
        lead=_("The office may run the campaign and supervises what its meetings lay down."),
        done=_("It is set down who leads."),
        submit=_("Save"),
        given={"campaign": campaign},
    )


class PhaseForm(ActForm):
    name = forms.CharField(label=gettext_lazy("name of the phase"), max_length=64)
    starts_on = day_field(gettext_lazy("first day"))
    ends_on = day_field(gettext_lazy("last day"))
    focus: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("places on which it lays its weight"),
        required=False,
        help_text=gettext_lazy("A set of places; sets are kept under “Sets of places”."),
    )
    focus_note = forms.CharField(
        label=gettext_lazy("further focus, in words"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For people rather than places, such as the small-population ethnic groups."),
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["focus"].queryset = sets_for(request.viewer).order_by("name")


@page("campaign.run", load=load_campaign)
def phase_new(request: Request, campaign: Campaign) -> HttpResponse:
    return act_of(
        request,
        campaign,
        PhaseForm(request.POST or None, request=request),
        phase_add,
        heading=_("Add a phase"),
        done=_("The phase is there."),
        submit=_("Add the phase"),
        given={"campaign": campaign},
    )


@page("campaign.part", load=load_phase)
def phase_edit(request: Request, phase: Phase) -> HttpResponse:
    fields = ("name", "starts_on", "ends_on", "focus", "focus_note")
    return act_of(
        request,
        phase.campaign,
        PhaseForm(
            request.POST or None, request=request, initial={name: getattr(phase, name) for name in fields}, edits=phase
        ),
        phase_change,
        heading=_("Change %(name)s") % {"name": phase.name},
        lead=_("Figures of the phase follow its days at once; closed reports stay as they are."),
        done=_("The change is stored."),
        submit=_("Save"),
        given={"phase": phase},
    )


class DirectionForm(ActForm):
    name = forms.CharField(label=gettext_lazy("name of the direction"), max_length=32)


@page("campaign.run", load=load_campaign)
def direction_new(request: Request, campaign: Campaign) -> HttpResponse:
    return act_of(
        request,
        campaign,
        DirectionForm(request.POST or None),
        direction_add,
        heading=_("Add a direction"),
        back=reverse("campaign_catalogue", args=[campaign.pk]),
        done=_("The direction is there."),
        submit=_("Add the direction"),
        given={"campaign": campaign},
    )


@page("campaign.part", load=load_direction)
def direction_edit(request: Request, direction: Direction) -> HttpResponse:
    return act_of(
        request,
        direction.campaign,
        DirectionForm(request.POST or None, initial={"name": direction.name}, edits=direction),
        direction_change,
        heading=_("Change %(name)s") % {"name": direction.name},
        back=reverse("campaign_catalogue", args=[direction.campaign_id]),
        done=_("The change is stored."),
        submit=_("Save"),
        given={"direction": direction},
    )


urlpatterns = [
    path("desk/campaigns/", campaigns, name="campaigns"),
    path("desk/campaigns/new/", campaign_new, name="campaign_new"),
    path("desk/campaigns/<uuid:pk>/", campaign, name="campaign"),
    path("desk/campaigns/<uuid:pk>/change/", campaign_edit, name="campaign_edit"),
    path("desk/campaigns/<uuid:pk>/lead/", lead_page, name="lead_set"),
    path("desk/campaigns/<uuid:pk>/phases/new/", phase_new, name="phase_new"),
    path("desk/phases/<uuid:pk>/change/", phase_edit, name="phase_edit"),
    path("desk/campaigns/<uuid:pk>/directions/new/", direction_new, name="direction_new"),
    path("desk/directions/<uuid:pk>/change/", direction_edit, name="direction_edit"),
]
