"""Stationed teams (驻村工作队): who is stationed where, with which role, sent by whom."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.pairing.models import StationedTeam, TeamMember
from yishi.assistance.pairing.reads import helpers_find, where_from
from yishi.assistance.pairing.services.teams import TEAM_NAME, WHY_ENDED, team_end, team_join, team_leave, team_open
from yishi.kit.records import lend, lent
from yishi.organisations.models import Body, current, valid_on
from yishi.organisations.rights import may
from yishi.people.models import Person
from yishi.web.kit.exports import wants_export
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

TEAMS = DeclaredList(
    "teams",
    gettext_lazy("stationed teams"),
    [
        Column(gettext_lazy("team"), shown="name", link="team"),
        Column(gettext_lazy("place"), shown="place.full_name"),
        Column(gettext_lazy("people"), shown="people"),
    ],
)
# The workbook holds the people of the teams.
TEAM_PEOPLE = DeclaredList(
    "team_people",
    gettext_lazy("stationed teams"),
    [
        Column(gettext_lazy("place"), "team.place.full_name"),
        Column(gettext_lazy("team"), "team.name"),
        Column(gettext_lazy("person's name"), "person.name"),
        Column(gettext_lazy("role"), "get_role_display"),
        Column(gettext_lazy("sending body"), "sent_by.name"),
        Column(gettext_lazy("from"), "valid_from"),
    ],
)


@page("team.see", methods=("GET",))
def teams(request: Request) -> HttpResponse:
    today = timezone.localdate()
    here = Q(members__valid_to__isnull=True) | Q(members__valid_to__gte=today)
    open_teams = StationedTeam.objects.filter(current(today)).select_related("place")
    open_teams = open_teams.annotate(people=Count("members", filter=here, distinct=True)).order_by("place__lo", "name")
    typed = request.GET.get("q", "").strip()
    if typed:
        open_teams = open_teams.filter(Q(name__finds=typed) | Q(place__full_name__finds=typed))
    if wants_export(request):
        posts = TeamMember.objects.filter(current(today), team__in=open_teams.values("pk"))
        posts = posts.select_related("team__place", "person", "sent_by").order_by("team__place__lo", "role", "pk")
        return TEAM_PEOPLE.workbook(request, posts)
    return TEAMS.respond(
        request,
        "assistance/pairing/teams.html",
        open_teams,
        typed=typed,
        may_open=may("team.open", request.viewer),
    )


def load_team(request: Request, pk: UUID) -> StationedTeam:
    members = TeamMember.objects.select_related("person", "sent_by").order_by("role", "valid_from", "pk")
    return StationedTeam.objects.select_related("place").prefetch_related(Prefetch("members", members)).get(pk=pk)


TEAM_POSTS = DeclaredList(
    "team_posts",
    gettext_lazy("people of the team"),
    [
        Column(gettext_lazy("person's name"), "person.name"),
        Column(gettext_lazy("role"), "get_role_display"),
        Column(gettext_lazy("sending body"), "sent_by.name"),
        Column(gettext_lazy("from"), "valid_from"),
        Column(gettext_lazy("last day"), "valid_to", page=False),
        Column(gettext_lazy("next act"), cell="act", is_silent=True),
    ],
)


@page("team.see", load=load_team, methods=("GET",))
def team(request: Request, team: StationedTeam) -> HttpResponse:
    today = timezone.localdate()
    posts = list(team.members.all())
    context: dict[str, Any] = {
        "team": team,
        "here": [post for post in posts if post.valid_to is None or post.valid_to >= today],
        "gone": [post for post in posts if post.valid_to is not None and post.valid_to < today],
        "may_keep": may("team.keep", request.viewer, team),
        "may_end": team.valid_to is None and may("team.end", request.viewer, team),
    }
    return file_response(request, "assistance/pairing/team.html", context, {TEAM_POSTS: context["here"]})


class TeamForm(ActForm):
    place = PlaceField(label=gettext_lazy("village or township"), levels=("village", "township"))
    name = WordsField(TEAM_NAME, gettext_lazy("name of the team"))
    valid_from = day_field(gettext_lazy("from"))


@page("team.open")
def team_new(request: Request) -> HttpResponse:
    form = TeamForm(request.POST or None, initial={"valid_from": timezone.localdate(), "name": _("stationed team")})
    form.fields["place"].limit(widest_place(request))
    return one_act(
        request,
        form,
        team_open,
        heading=_("Open a stationed team"),
        back=reverse("teams"),
        done=_("The team stands. Add its people."),
        submit=_("Open the team"),
        next_url=lambda receipt: reverse("team", args=[receipt.result["team"]]),
    )


class JoinForm(ActForm):
    name = forms.CharField(label=gettext_lazy("person's name"), max_length=64)
    pick = forms.ChoiceField(
        label=gettext_lazy("Is it one of these?"), widget=forms.RadioSelect, required=False, choices=()
    )
    phone = forms.CharField(
        label=gettext_lazy("phone"), max_length=32, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    role = forms.ChoiceField(label=gettext_lazy("role"), choices=TeamMember.Role.choices)
    sent_by = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("sending body"), required=False)
    valid_from = day_field(gettext_lazy("from"))

    def __init__(self, *args: Any, team: StationedTeam, **kwargs: Any):
        super().__init__(*args, **kwargs)
        near = Q(place__lo__lte=team.place.lo, place__hi__gte=team.place.hi)
        self.fields["sent_by"].queryset = Body.objects.filter(near, valid_on(timezone.localdate())).order_by(
            "-place__lo", "name"
        )
        self._picking = self.fields.pop("pick")
        self.team = team
        self.person: Any = None

    def clean(self) -> dict[str, Any]:
        """Somebody of this name is known already: ask once whether it is they."""
        cleaned = super().clean() or {}
        name, picked = cleaned.get("name", ""), self.data.get(self.add_prefix("pick"), "")
        helpers = helpers_find(name, self.team.place, bodies=False)
        namesakes = [helper for helper in helpers if isinstance(helper, Person) and helper.name == name]
        self.person = next((person for person in namesakes if str(person.pk) == picked), None)
        if namesakes and self.person is None and picked != "new":
            known = where_from(namesakes)
            choices = [(str(person.pk), f"{person.name}（{known.get(person.pk, '')}）") for person in namesakes]
            self._picking.choices = [*choices, ("new", _("somebody else of the same name"))]
            self.fields = {"name": self.fields["name"], "pick": self._picking, **self.fields}
            self.add_error("pick", _("Somebody of this name is known. Say whether it is they."))
        return cleaned


@page("team.keep", load=load_team)
def team_add(request: Request, team: StationedTeam) -> HttpResponse:
    form = JoinForm(request.POST or None, team=team, initial={"valid_from": timezone.localdate()})

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        cleaned.pop("pick", None)
        return {**cleaned, "person": form.person}

    return one_act(
        request,
        form,
        team_join,
        heading=_("Somebody joins %(team)s") % {"team": team.name},
        lead=_("From the first day on they see the files of the families there."),
        back=reverse("team", args=[team.pk]),
        done=_("The person is in the team."),
        submit=_("Add"),
        given={"team": team},
        fields=fields,
    )


def load_post(request: Request, pk: UUID, post: UUID) -> StationedTeam:
    """The team, lent `chosen`: the person's time in it (TeamMember) that is to end."""
    team = load_team(request, pk)
    return lend(team, chosen=TeamMember.objects.select_related("person", "team__place").get(pk=post, team=team))


class LeaveForm(ActForm):
    on = day_field(gettext_lazy("last day"))


@page("team.keep", load=load_post)
def team_remove(request: Request, team: StationedTeam) -> HttpResponse:
    return one_act(
        request,
        LeaveForm(request.POST or None, initial={"on": timezone.localdate()}),
        team_leave,
        heading=_("%(name)s leaves the team") % {"name": lent(team, "chosen").person.name},
        lead=_("From the next day on they see no family there; what they recorded stays."),
        back=reverse("team", args=[team.pk]),
        done=_("The last day is stored."),
        submit=_("Save"),
        given={"post": lent(team, "chosen")},
    )


class EndForm(ActForm):
    on = day_field(gettext_lazy("last day"))
    reason = WordsField(WHY_ENDED, gettext_lazy("Why does its posting end?"), rows=2)


@page("team.end", load=load_team)
def team_close(request: Request, team: StationedTeam) -> HttpResponse:
    return one_act(
        request,
        EndForm(request.POST or None, initial={"on": timezone.localdate()}),
        team_end,
        heading=_("End the posting of %(team)s") % {"team": team.name},
        lead=_(
            "Everybody's time in the team ends with that day, and what they may see and record there; nothing is lost."
        ),
        back=reverse("team", args=[team.pk]),
        done=_("The last day of the team is stored."),
        submit=_("End the posting"),
        given={"team": team},
    )


urlpatterns = [
    path("desk/teams/", teams, name="teams"),
    path("desk/teams/new/", team_new, name="team_new"),
    path("desk/teams/<uuid:pk>/", team, name="team"),
    path("desk/teams/<uuid:pk>/add/", team_add, name="team_add"),
    path("desk/teams/<uuid:pk>/end/", team_close, name="team_end"),
    path("desk/teams/<uuid:pk>/<uuid:post>/leave/", team_remove, name="team_leave"),
]
