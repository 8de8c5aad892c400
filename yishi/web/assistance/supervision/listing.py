"""A round's list of places: why each is on it, computed again, added to and taken from by hand; the lines themselves;
the team."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.pairing.reads import helpers_find, where_from
from yishi.assistance.supervision.listing import Values, listed_again
from yishi.assistance.supervision.models import ListedPlace, ListingRule, Round, RoundMember
from yishi.assistance.supervision.services.rounds import (
    SOURCE,
    WHY_LISTED,
    listed_add,
    listed_take_off,
    listing_rule_set,
    round_join,
    round_leave,
)
from yishi.kit.records import lend, lent
from yishi.organisations.rights import may
from yishi.people.models import Person
from yishi.web.kit.fields.body_field import BodyField
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .rounds import load_round
from .supervision_words import level_word, line_words, value_words

LISTED = DeclaredList(
    "listed_places",
    gettext_lazy("listed places"),
    [
        Column(gettext_lazy("place"), "place.full_name"),
        Column(gettext_lazy("what listed it"), lambda row: value_words(Values.of(row.values)), cell="why"),
        Column(gettext_lazy("poor people"), lambda row: row.values.get("poor_people"), page=False),
        Column(gettext_lazy("rural people"), lambda row: row.values.get("rural_people"), page=False),
        Column(gettext_lazy("incidence in %"), lambda row: row.values.get("incidence"), page=False),
        Column(gettext_lazy("by hand, because"), "reason", page=False),
        Column(gettext_lazy("off the list, because"), "off_reason", page=False),
        Column("", cell="acts", is_silent=True),
    ],
)


@page("round.see", load=load_round, methods=("GET",))
def round_list(request: Request, round: Round) -> HttpResponse:
    """The places on a round's list (`?off=1`: those taken off it); `?again=1` computes it once more."""
    rows = round.listed.select_related("place").filter(off_at__isnull=not request.GET.get("off"))
    again = listed_again(round) if request.GET.get("again") and round.rule is not None else None
    return LISTED.respond(
        request,
        "assistance/supervision/round_list.html",
        rows.order_by("place__lo"),
        dress=_dress,
        round=round,
        line=line_words(round.rule) if round.rule else "",
        again=again,
        more=[(place, value_words(values)) for place, values in again.more.items()] if again else (),
        gone=[(row.place, value_words(Values.of(row.values))) for row in again.gone] if again else (),
        changed=[(row.place, value_words(Values.of(row.values)), value_words(now)) for row, now in again.changed]
        if again
        else (),
        keeps=round.state == Round.State.OPEN and may("round.keep", request.viewer, round),
        off=bool(request.GET.get("off")),
        taken_off=round.listed.exclude(off_at=None).count(),
    )


def _dress(rows: list[ListedPlace]) -> None:
    for row in rows:
        lend(row, numbers=value_words(Values.of(row.values)))


class AddForm(ActForm):
    place = PlaceField(label=gettext_lazy("place"))
    reason = WordsField(WHY_LISTED, gettext_lazy("Why is it listed?"), rows=2)


@page("round.keep", load=load_round)
def listed_new(request: Request, round: Round) -> HttpResponse:
    form = AddForm(request.POST or None)
    form.fields["place"].limit(round.place)
    return one_act(
        request,
        form,
        listed_add,
        heading=_("Put a place on the list of %(name)s") % {"name": round.name},
        lead=_("A %(level)s within %(place)s.") % {"level": level_word(round.level), "place": round.place.full_name},
        back=reverse("round_list", args=[round.pk]),
        done=_("The place is on the list."),
        submit=_("Put it on the list"),
        given={"round": round},
    )


def load_listed(request: Request, pk: UUID, listed: UUID) -> Round:
    """The round, lent `chosen`: one place of its list."""
    round = load_round(request, pk)
    return lend(round, chosen=ListedPlace.objects.select_related("place", "round").get(pk=listed, round=round))


class OffForm(ActForm):
    reason = WordsField(WHY_LISTED, gettext_lazy("Why is it taken off?"), rows=2)


@page("round.keep", load=load_listed)
def listed_off(request: Request, round: Round) -> HttpResponse:
    chosen = lent(round, "chosen")
    return one_act(
        request,
        OffForm(request.POST or None),
        listed_take_off,
        heading=_("Take %(place)s off the list") % {"place": chosen.place.full_name},
        lead=_("Nothing that was found there is open. The place stays to be read, with the reason."),
        back=reverse("round_list", args=[round.pk]),
        done=_("The place is off the list."),
        submit=_("Take it off"),
        given={"listed": chosen},
    )


@page("listing.see", methods=("GET",))
def listing_rules(request: Request) -> HttpResponse:
    """The lines for listing that hold where the viewer sits, each with its earlier versions."""
    rules = ListingRule.objects.filter(request.viewer.ground_q("place__")).select_related("place", "set_for")
    groups: dict[tuple[UUID, str], list[ListingRule]] = {}
    for rule in rules.order_by("place__lo", "level", "-number"):
        groups.setdefault((rule.place_id, rule.level), []).append(lend(rule, words=line_words(rule)))
    context = {"groups": list(groups.values()), "may_set": may("listing.set", request.viewer)}
    return render(request, "assistance/supervision/listing_rules.html", context)


class RuleForm(ActForm):
    place = PlaceField(label=gettext_lazy("area"), levels=("province", "prefecture", "county"))
    level = forms.ChoiceField(
        label=gettext_lazy("What is listed?"),
        choices=[(level.value, level.label) for level in ListingRule.LEVELS],
        widget=forms.RadioSelect,
    )
    poor_people = forms.IntegerField(label=gettext_lazy("with more poor people than"), required=False, min_value=0)
    incidence = forms.DecimalField(
        label=gettext_lazy("with an incidence, in %, from"),
        required=False,
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
    )
    needs_both = forms.BooleanField(label=gettext_lazy("Only where both are so"), required=False)
    source = WordsField(SOURCE, gettext_lazy("paper on which it rests"), rows=2)


@page("listing.set")
def listing_rule_new(request: Request) -> HttpResponse:
    form = RuleForm(request.POST or None)
    form.fields["place"].limit(widest_place(request))
    return one_act(
        request,
        form,
        listing_rule_set,
        heading=_("Set a line for listing"),
        lead=_("It is the next version for its area; rounds that are under way keep the one with which they began."),
        back=reverse("listing_rules"),
        done=_("The line is set. Open a round with it."),
        submit=_("Set the line"),
    )


class JoinForm(ActForm):
    name = forms.CharField(label=gettext_lazy("person's name"), max_length=64)
    phone = forms.CharField(
        label=gettext_lazy("phone"), max_length=32, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    role = forms.ChoiceField(label=gettext_lazy("role"), choices=RoundMember.Role.choices)
    sent_by = BodyField(label=gettext_lazy("sending body"), required=False)
    valid_from = day_field(gettext_lazy("from"))

    def __init__(self, *args: Any, round: Round, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.round = round
        self.person: Person | None = None
        self._picking = forms.ChoiceField(
            label=_("Is it one of these?"), widget=forms.RadioSelect, required=False, choices=()
        )

    def clean(self) -> dict[str, Any]:
        """Somebody of this name is known already: ask once whether it is they."""
        cleaned = super().clean()
        name, picked = cleaned.get("name", ""), self.data.get(self.add_prefix("pick"), "")
        known = [person for person in helpers_find(name, self.round.place, bodies=False) if isinstance(person, Person)]
        namesakes = [person for person in known if person.name == name]
        self.person = next((person for person in namesakes if str(person.pk) == picked), None)
        if namesakes and self.person is None and picked != "new":
            desks = where_from(namesakes)
            choices = [(str(person.pk), f"{person.name}（{desks.get(person.pk, '')}）") for person in namesakes]
            self._picking.choices = [*choices, ("new", _("somebody else of the same name"))]
            self.fields = {"name": self.fields["name"], "pick": self._picking, **self.fields}
            self.add_error("pick", _("Somebody of this name is known. Say whether it is they."))
        return cleaned


@page("round.keep", load=load_round)
def round_member_new(request: Request, round: Round) -> HttpResponse:
    initial = {"valid_from": max(round.starts_on, timezone.localdate())}
    form = JoinForm(request.POST or None, round=round, initial=initial)

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        cleaned.pop("pick", None)
        return {**cleaned, "person": form.person}

    return one_act(
        request,
        form,
        round_join,
        heading=_("Somebody joins the team of %(name)s") % {"name": round.name},
        lead=_("From the first day on they see the lists of its villages and write down what they find."),
        back=reverse("round", args=[round.pk]),
        done=_("The person is in the team."),
        submit=_("Add"),
        given={"round": round},
        fields=fields,
    )


def load_post(request: Request, pk: UUID, post: UUID) -> Round:
    """The round, lent `chosen`: somebody's time in its team."""
    round = load_round(request, pk)
    return lend(round, chosen=RoundMember.objects.select_related("person", "round").get(pk=post, round=round))


class LeaveForm(ActForm):
    on = day_field(gettext_lazy("last day"))


@page("round.keep", load=load_post)
def round_member_end(request: Request, round: Round) -> HttpResponse:
    chosen = lent(round, "chosen")
    return one_act(
        request,
        LeaveForm(request.POST or None, initial={"on": timezone.localdate()}),
        round_leave,
        heading=_("%(name)s leaves the team") % {"name": chosen.person.name},
        lead=_("From the next day on they see its lists no longer; what they wrote down stays."),
        back=reverse("round", args=[round.pk]),
        done=_("The last day is stored."),
        submit=_("Save"),
        given={"post": chosen},
    )


urlpatterns = [
    path("desk/listing/", listing_rules, name="listing_rules"),
    path("desk/listing/new/", listing_rule_new, name="listing_rule_new"),
    path("desk/rounds/<uuid:pk>/list/", round_list, name="round_list"),
    path("desk/rounds/<uuid:pk>/list/new/", listed_new, name="listed_new"),
    path("desk/rounds/<uuid:pk>/list/<uuid:listed>/off/", listed_off, name="listed_off"),
    path("desk/rounds/<uuid:pk>/team/new/", round_member_new, name="round_member_new"),
    path("desk/rounds/<uuid:pk>/team/<uuid:post>/leave/", round_member_end, name="round_member_end"),
]
