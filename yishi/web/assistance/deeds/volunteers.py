"""Volunteer teams (志愿服务队): the list, one team with roster and trips, and what is done with it."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign
from yishi.assistance.deeds.models import Activity, Deed, Volunteer, VolunteerTeam
from yishi.assistance.deeds.reads import members_by, members_find, people_seen, teams_of
from yishi.assistance.deeds.services.volunteers import (
    CALLING,
    NAME,
    WHY,
    WRITTEN_NAME,
    volunteer_leave,
    volunteer_team_disband,
    volunteer_team_form,
    volunteers_join,
)
from yishi.kit.records import lend, lent
from yishi.organisations.grants import Viewer
from yishi.organisations.models import current
from yishi.organisations.rights import may
from yishi.web.kit.fields.picker import PickerField
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

Kind = VolunteerTeam.Kind


def counted(teams: list[VolunteerTeam]) -> list[VolunteerTeam]:
    """Each with its trips and the people whom it saw."""
    seen = people_seen(team.pk for team in teams)
    for team in teams:
        trips, named, unnamed = seen[team.pk]
        lend(team, trip_count=trips, named=named, unnamed=unnamed)
    return teams


TEAMS = DeclaredList(
    "volunteer_teams",
    gettext_lazy("volunteer teams"),
    [
        Column(gettext_lazy("team"), "name", link="volunteer_team"),
        Column(gettext_lazy("kind"), "get_kind_display"),
        Column(gettext_lazy("kept by"), "organiser.name"),
        Column(gettext_lazy("goes to"), "place.full_name", shown="place.name"),
        Column(gettext_lazy("people"), "people", css="number"),
        Column(gettext_lazy("trips"), "trip_count", css="number"),
        Column(gettext_lazy("people seen, by name"), "named", css="number"),
        Column(gettext_lazy("and without names"), "unnamed", css="number"),
        Column(gettext_lazy("last day"), "valid_to"),
    ],
    prepare=counted,
)


@page("volunteers.see", methods=("GET",))
def volunteer_teams(request: Request) -> HttpResponse:
    today = timezone.localdate()
    here = Q(volunteers__valid_to__isnull=True) | Q(volunteers__valid_to__gte=today)
    teams: QuerySet[VolunteerTeam] = teams_of(request.viewer)
    kind, typed = request.GET.get("kind", ""), request.GET.get("q", "").strip()
    if kind in Kind.values:
        teams = teams.filter(kind=kind)
    if typed:
        teams = teams.filter(Q(name__finds=typed) | Q(place__full_name__finds=typed))
    if not request.GET.get("ended"):
        teams = teams.filter(current(today))
    teams = teams.annotate(people=Count("volunteers", filter=here, distinct=True)).order_by("kind", "name", "pk")
    return TEAMS.respond(
        request,
        "assistance/deeds/volunteer_teams.html",
        teams,
        typed=typed,
        kind=kind,
        kinds=Kind.choices,
        ended=bool(request.GET.get("ended")),
        may_form=may("volunteers.form", request.viewer),
    )


def load_team(request: Request, pk: UUID) -> VolunteerTeam:
    return teams_of(request.viewer).select_related("organiser", "place", "campaign").get(pk=pk)


ROSTER = DeclaredList(
    "volunteers",
    gettext_lazy("people of the team"),
    [
        Column(gettext_lazy("person's name"), "name", cell="name"),
        Column(gettext_lazy("calling"), "calling"),
        Column(gettext_lazy("leads the team"), lambda volunteer: _("yes") if volunteer.leads else "", page=False),
        Column(gettext_lazy("from"), "valid_from"),
        Column(gettext_lazy("last day"), "valid_to", page=False),
        Column(gettext_lazy("next act"), cell="act", is_silent=True),
    ],
)
TRIPS = DeclaredList(
    "trips",
    gettext_lazy("trips"),
    [
        Column(gettext_lazy("day"), "on"),
        Column(gettext_lazy("trip"), "title", link="activity"),
        Column(gettext_lazy("place"), "place.full_name", shown="place.name"),
        Column(gettext_lazy("deeds"), "count", css="number"),
        Column(gettext_lazy("people seen, by name"), "named", css="number"),
        Column(gettext_lazy("and without names"), lambda trip: trip.unnamed or 0, css="number"),
    ],
)


def trips_of(team: VolunteerTeam) -> QuerySet[Activity]:
    """Its trips, the newest first, each with its deeds and the people of them."""
    stands = Q(deeds__state=Deed.State.COUNTED, deeds__arriving__isnull=True)
    numbers = Deed.within.filter(state=Deed.State.COUNTED, activity__team=team).order_by().values("activity")
    trips = Activity.objects.filter(team=team).select_related("place")
    trips = trips.annotate(
        count=Count("deeds", filter=stands, distinct=True),
        named=Count("deeds__beneficiaries__person", filter=stands, distinct=True),
    ).order_by("-on", "-pk")
    unnamed = dict(numbers.annotate(n=Sum("unnamed")).values_list("activity", "n"))
    return lend(trips, numbers=unnamed)


@page("volunteers.see", load=load_team, methods=("GET",))
def volunteer_team(request: Request, team: VolunteerTeam) -> HttpResponse:
    today = timezone.localdate()
    roster = list(team.volunteers.select_related("person").order_by("-leads", "valid_from", "pk"))
    trips = trips_of(team)
    rows = [lend(trip, unnamed=lent(trips, "numbers").get(trip.pk, 0)) for trip in trips]
    counted([team])
    may_keep = team.valid_to is None and may("volunteers.keep", request.viewer, team)
    context: dict[str, Any] = {
        "team": team,
        "here": [volunteer for volunteer in roster if volunteer.valid_to is None or volunteer.valid_to >= today],
        "gone": [volunteer for volunteer in roster if volunteer.valid_to is not None and volunteer.valid_to < today],
        "trips": rows,
        "may_keep": may_keep,
        "may_go": team.valid_to is None and may("activity.open", request.viewer),
    }
    lists = {ROSTER: context["here"], TRIPS: rows}
    return file_response(request, "assistance/deeds/volunteer_team.html", context, lists)


class TeamForm(ActForm):
    name = WordsField(NAME, gettext_lazy("name of the team"))
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=Kind.choices, widget=forms.RadioSelect)
    organiser = forms.ChoiceField(label=gettext_lazy("which desk keeps it"))
    place = PlaceField(label=gettext_lazy("where it goes"))
    campaign = forms.ModelChoiceField(Campaign.objects.none(), label=gettext_lazy("campaign"), required=False)
    valid_from = day_field(gettext_lazy("formed on"))

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.desks = {str(post.body_id): post.body for post in viewer.working_posts}
        self.fields["organiser"].choices = [(key, body.name) for key, body in self.desks.items()]
        self.fields["campaign"].queryset = Campaign.objects.filter(viewer.ground_q("place__")).order_by("-starts_on")
        self.fields["campaign"].empty_label = _("none")

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        return {**cleaned, "organiser": self.desks[cleaned["organiser"]]}


@page("volunteers.form")
def volunteer_team_new(request: Request) -> HttpResponse:
    form = TeamForm(request.POST or None, viewer=request.viewer, initial={"valid_from": timezone.localdate()})
    form.fields["place"].limit(widest_place(request))
    return one_act(
        request,
        form,
        volunteer_team_form,
        fields=form.service_fields,
        heading=_("Form a volunteer team"),
        lead=_("People who go out for a day, such as a medical team. Who stays in a village is a stationed team."),
        back=reverse("volunteer_teams"),
        done=_("The team is formed. Add its people."),
        submit=_("Form the team"),
        next_url=lambda receipt: reverse("volunteer_team", args=[receipt.result["team"]]),
    )


class VolunteersForm(ActForm):
    either = (("members", "written_name"),)

    members = PickerField(
        find=lambda text: [],
        by_ids=lambda ids: [],
        label=gettext_lazy("members who join"),
        placeholder=gettext_lazy("Name of the member"),
        required=False,
    )
    written_name = WordsField(WRITTEN_NAME, gettext_lazy("or somebody who is no member: the name"))
    calling = WordsField(CALLING, gettext_lazy("calling, and from where"))
    leads = forms.BooleanField(label=gettext_lazy("leads the team"), required=False)
    valid_from = day_field(gettext_lazy("from"))

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["members"]
        field.find = lambda text: members_find(viewer, text)
        field.by_ids = lambda ids: members_by(viewer, ids)


@page("volunteers.keep", load=load_team)
def volunteers_add(request: Request, team: VolunteerTeam) -> HttpResponse:
    form = VolunteersForm(request.POST or None, viewer=request.viewer, initial={"valid_from": timezone.localdate()})
    return one_act(
        request,
        form,
        volunteers_join,
        heading=_("People join %(team)s") % {"team": team.name},
        back=reverse("volunteer_team", args=[team.pk]),
        done=_("They are in the team."),
        submit=_("Add"),
        given={"team": team},
    )


def load_volunteer(request: Request, pk: UUID, volunteer: UUID) -> VolunteerTeam:
    """The team, lent `chosen`: the person's time in it that is to end."""
    team = load_team(request, pk)
    return lend(team, chosen=Volunteer.objects.select_related("person", "team__place").get(pk=volunteer, team=team))


class LeaveForm(ActForm):
    on = day_field(gettext_lazy("last day"))


@page("volunteers.keep", load=load_volunteer)
def volunteer_remove(request: Request, team: VolunteerTeam) -> HttpResponse:
    volunteer = lent(team, "chosen")
    return one_act(
        request,
        LeaveForm(request.POST or None, initial={"on": timezone.localdate()}),
        volunteer_leave,
        heading=_("%(name)s leaves the team") % {"name": volunteer.name},
        lead=_("Whoever was entered by mistake leaves on the first day, %(day)s.")
        % {"day": volunteer.valid_from.isoformat()},
        back=reverse("volunteer_team", args=[team.pk]),
        done=_("The last day is stored."),
        submit=_("Save"),
        given={"volunteer": volunteer},
    )


class EndForm(ActForm):
    on = day_field(gettext_lazy("last day"))
    reason = WordsField(WHY, gettext_lazy("why it ends"), rows=2)


@page("volunteers.keep", load=load_team)
def volunteer_team_end(request: Request, team: VolunteerTeam) -> HttpResponse:
    return one_act(
        request,
        EndForm(request.POST or None, initial={"on": timezone.localdate()}),
        volunteer_team_disband,
        heading=_("Disband %(team)s") % {"team": team.name},
        lead=_("Its trips and what it did stay; nobody joins it any more."),
        back=reverse("volunteer_team", args=[team.pk]),
        done=_("The last day of the team is stored."),
        submit=_("Disband the team"),
        given={"team": team},
    )


urlpatterns = [
    path("desk/volunteers/", volunteer_teams, name="volunteer_teams"),
    path("desk/volunteers/new/", volunteer_team_new, name="volunteer_team_new"),
    path("desk/volunteers/<uuid:pk>/", volunteer_team, name="volunteer_team"),
    path("desk/volunteers/<uuid:pk>/add/", volunteers_add, name="volunteers_add"),
    path("desk/volunteers/<uuid:pk>/end/", volunteer_team_end, name="volunteer_team_end"),
    path("desk/volunteers/<uuid:pk>/<uuid:volunteer>/leave/", volunteer_remove, name="volunteer_leave"),
]
