"""Pairing: my families (on the phone), the desk's list, its gaps."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.pairing.models import (
    Measure,
    Pairing,
    TeamMember,
    VisitRule,
)
from yishi.assistance.pairing.reads import (
    active_pairings,
    days_of,
    first_of_each,
    helper_counts,
    open_measures,
    unvisited,
    visit_last,
    with_last_visit,
    without_helper,
)
from yishi.assistance.pairing.rules import LATE_DAYS
from yishi.assistance.pairing.services.pairing import visit_rule_set
from yishi.assistance.register.models import Household
from yishi.commitments.models import Commitment
from yishi.database.gather import Question
from yishi.database.kept import kept_question
from yishi.database.named import record_named
from yishi.kit.records import certain, lend
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place, current, valid_on
from yishi.organisations.rights import may
from yishi.web.kit.exports import wants_export
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.forms import Form, ReplacingForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

PER_PAGE = 25
SHOWN = 100


def own_pairings(viewer: Viewer) -> QuerySet[Pairing]:
    """What the viewer helps as a person: their own pairings that are valid today."""
    pairings = Pairing.within.filter(valid_on(timezone.localdate()), person=viewer.person_id)
    pairings = pairings.select_related("household__head", "household__place", "place")
    return pairings.select_related("follows__person", "follows__body").order_by("household__place__lo", "pk")


@page("pairing.own", methods=("GET",))
def families(request: Request) -> HttpResponse:
    """The helper's phone home: my families, what is due next, when I was there last."""
    viewer, today = request.viewer, timezone.localdate()
    typed = request.GET.get("q", "").strip()
    if typed:
        found = Question(**_families_rows(viewer, typed)).answer()
    else:
        found = kept_question("families", viewer.key, lambda: _families_rows(viewer, "")).answer()
    own, stations, around, near = found["own"], found["stations"], found.get("around", []), found["near"]
    next_due, last_visit = first_of_each(found["measures"]), dict(found["visits"])
    cards = [
        {
            "pairing": pairing,
            "household": pairing.household,
            "due": next_due.get(pairing.household.pk),
            "last": last_visit.get(pairing.household.pk),
        }
        for pairing in own
        if pairing.household
    ]
    homes = {pairing.household_id for pairing in own}
    begun = [pairing for pairing in near if pairing.valid_from <= today]
    context = {
        # What begins on a later day, and what ended so lately that a visit may still be written down for it.
        "coming": [pairing for pairing in near if pairing.valid_from > today],
        "ended": [pairing for pairing in begun if pairing.household_id and pairing.household_id not in homes],
        "cards": sorted(cards, key=_longest_ago),
        "around": sorted(
            ({"household": home, "due": next_due.get(home.pk), "last": last_visit.get(home.pk)} for home in around),
            key=_longest_ago,
        ),
        "typed": typed,
        "places": [pairing for pairing in own if pairing.place],
        "stations": stations,
        "owed": found["owed"],
        "may_list": may("pairing.gaps", viewer),
        "may_offer": may("offer.make", viewer),
        "today": today,
    }
    return render(request, "assistance/pairing/families.html", context)


def _families_rows(viewer: Viewer, typed: str) -> dict[str, Any]:
    """All that a helper's home shows, by one question."""
    today = timezone.localdate()
    own = own_pairings(viewer)
    homes = own.filter(household__isnull=False).order_by().values("household")
    stations = TeamMember.objects.filter(pk__in=[station.grant.id for station in viewer.stations])
    there = Q(pk__in=[])
    for station in viewer.stations:
        there |= Q(household__place__lo__gte=station.lo, household__place__lo__lte=station.hi)
    owed = Measure.within.filter(
        there | Q(household__in=homes),
        commitment__bearer_person=viewer.person_id,
        commitment__state=Commitment.State.IN_FORCE,
    )
    near = Pairing.within.filter(current(today - timedelta(days=LATE_DAYS)), person=viewer.person_id)
    near = near.filter(Q(valid_from__gt=today) | Q(valid_to__lt=today)).order_by("valid_from", "pk")
    rows: dict[str, Any] = {
        "own": own[:SHOWN],
        "stations": stations.select_related("team__place").order_by("team__place__lo"),
        "owed": owed.select_related("commitment", "household__head").order_by("commitment__due_on")[:SHOWN],
        "near": near.select_related("household__head", "household__place", "place").order_by("valid_from", "pk")[
            :SHOWN
        ],
    }
    shown = Q(household__in=homes)
    if viewer.stations:
        rows["around"] = _around(viewer, homes, typed)
        shown |= Q(household__in=rows["around"].values("pk"))
    return {**rows, "measures": open_measures(shown), "visits": visit_last(shown)}


def _longest_ago(card: dict[str, Any]) -> tuple[bool, Any]:
    """The order of the cards: families never visited, then those whose last visit is longest ago."""
    return (card["last"] is not None, card["last"])


def _around(viewer: Viewer, homes: Any, typed: str) -> QuerySet[Household]:
    """The families of the villages where somebody is stationed, besides their own: by name or number, or the first."""
    inside = Q(pk__in=[])
    for station in viewer.stations:
        inside |= Q(place__lo__gte=station.lo, place__lo__lte=station.hi)
    households = Household.objects.filter(inside, left_on__isnull=True).exclude(pk__in=homes)
    if typed:
        households = households.filter(Q(head__name__finds=typed) | Q(number__finds=typed))
    return households.select_related("head", "place").order_by("number")[:PER_PAGE]


class PairingFilter(Form):
    q = forms.CharField(label=gettext_lazy("helper or household"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("kind"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)
    place = PlaceField(label=gettext_lazy("place"), required=False)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.fields["kind"].choices = [("", _("all")), *Pairing.Kind.choices]
        self.fields["state"].choices = [("", _("valid now")), ("ended", _("ended ones")), ("all", _("all"))]
        self.fields["place"].limit(widest_place(request))

    def narrow(self, pairings: QuerySet[Pairing]) -> QuerySet[Pairing]:
        filters = self.cleaned_data if self.is_valid() else {}
        today = timezone.localdate()
        if filters.get("state") == "ended":
            pairings = pairings.filter(valid_to__lt=today)
        elif filters.get("state") != "all":
            pairings = pairings.filter(current(today))
        if filters.get("q"):
            typed = filters["q"].strip()
            pairings = pairings.filter(
                Q(person__name__finds=typed)
                | Q(body__name__finds=typed)
                | Q(household__number__finds=typed)
                | Q(household__head__name__finds=typed)
            )
        if filters.get("kind"):
            pairings = pairings.filter(kind=filters["kind"])
        if filters.get("place"):
            lo, hi = filters["place"].lo, filters["place"].hi
            pairings = pairings.filter(
                Q(place__lo__gte=lo, place__lo__lte=hi) | Q(household__place__lo__gte=lo, household__place__lo__lte=hi)
            )
        return pairings


def _with_shown(pairings: QuerySet[Pairing]) -> QuerySet[Pairing]:
    """`pairings` with what the desk's list and its workbook show of each."""
    return with_last_visit(pairings).select_related("person", "body", "place", "household__head", "household__place")


def with_counts(pairings: list[Pairing]) -> None:
    """Lend each pairing `all_of_helper`: how many pairings its helper has, for handing over all of them at once."""
    counts = helper_counts(pairings)
    for pairing in pairings:
        lend(pairing, all_of_helper=counts.get(certain(pairing.person_id or pairing.body_id), 0))


PAIRINGS = DeclaredList(
    "pairings",
    gettext_lazy("pairings"),
    [
        Column(gettext_lazy("kind"), "get_kind_display", page=False),
        Column(gettext_lazy("helper"), "helper.name", cell="helper"),
        Column(gettext_lazy("helps"), cell="helps"),
        Column(gettext_lazy("household number"), "household.number", page=False),
        Column(gettext_lazy("head of the household"), "household.head.name", page=False),
        Column(
            gettext_lazy("place"),
            lambda pairing: (pairing.household.place if pairing.household else pairing.place).full_name,
            page=False,
        ),
        Column(gettext_lazy("from"), "valid_from", cell="from"),
        Column(gettext_lazy("last day"), "valid_to", page=False),
        Column(gettext_lazy("last visit"), "last_visit", cell="last_visit"),
        Column(gettext_lazy("note"), "note", page=False),
        Column(gettext_lazy("why it ended"), "end_reason", page=False),
        Column(gettext_lazy("next act"), cell="acts", is_silent=True),
    ],
)


@page("pairing.list", methods=("GET",))
def pairings(request: Request) -> HttpResponse:
    """The desk's list. Who only helps is shown their own families."""
    viewer = request.viewer
    if not viewer.reach.spans and not viewer.reach.villages:
        return redirect("families")
    form = PairingFilter(request)
    listed_pairings = form.narrow(_with_shown(_overseen(Pairing.objects.all(), viewer)))
    in_order = "household__place__lo", "place__lo", "household__number", "valid_from", "pk"
    listed_pairings = listed_pairings.order_by(*in_order)
    if wants_export(request):
        return PAIRINGS.workbook(request, listed_pairings)
    today = timezone.localdate()
    return PAIRINGS.respond(
        request,
        "assistance/pairing/pairings.html",
        listed_pairings,
        form=form,
        dress=with_counts,
        without_helper_count=without_helper(Household.objects.all(), today).count(),
        unvisited_count=unvisited(active_pairings(today), days_of(viewer), today).count(),
        days=days_of(viewer),
        today=today,
        may_assign=may("pairing.assign", viewer),
        has_own=own_pairings(viewer).exists(),
    )


def _overseen(pairings: QuerySet[Pairing], viewer: Viewer) -> QuerySet[Pairing]:
    """`pairings` without the ended ones that the viewer reaches as their helper only, not as a desk."""
    reach = viewer.reach
    if reach.everything:
        return pairings
    seen = Q(valid_to__isnull=True) | Q(valid_to__gte=timezone.localdate())
    for spans in (reach.spans, reach.villages):
        seen |= reach.places("place__", spans) | reach.places("household__place__", spans)
    return pairings.filter(seen)


WITHOUT_HELPER = DeclaredList(
    "without_helper",
    gettext_lazy("gaps"),
    [
        Column(gettext_lazy("household"), cell="household"),
        Column(gettext_lazy("household number"), "number", page=False),
        Column(gettext_lazy("head of the household"), "head.name", page=False),
        Column(gettext_lazy("place"), "place.full_name"),
        Column(gettext_lazy("registered on"), "registered_on"),
        Column(gettext_lazy("next act"), cell="acts", is_silent=True),
    ],
)
# Its workbook is that of the pairings.
UNVISITED = DeclaredList(
    "unvisited",
    gettext_lazy("gaps"),
    [
        Column(gettext_lazy("household"), cell="household"),
        Column(gettext_lazy("place"), shown="household.place.full_name"),
        Column(gettext_lazy("helper"), shown="helper.name"),
        Column(gettext_lazy("last visit"), cell="last_visit"),
    ],
)


@page("pairing.gaps", methods=("GET",))
def gaps(request: Request) -> HttpResponse:
    """Families without a helper, and pairings without a visit for N days: by village, ranking nobody."""
    viewer, today = request.viewer, timezone.localdate()
    which = request.GET.get("which", "none")
    days = _days_asked(request)
    within = place_asked(request)
    homes = without_helper(Household.objects.all(), today).select_related("place", "head")
    silent = unvisited(active_pairings(today), days, today).select_related(
        "person", "body", "household__place", "household__head"
    )
    if within is not None:
        homes = homes.filter(place__lo__gte=within.lo, place__lo__lte=within.hi)
        silent = silent.filter(household__place__lo__gte=within.lo, household__place__lo__lte=within.hi)
    homes = homes.order_by("place__lo", "number")
    silent = silent.order_by("household__place__lo", "household__number", "pk")
    rows: Any = silent if which == "visits" else homes
    if wants_export(request):
        declared = PAIRINGS if rows is silent else WITHOUT_HELPER
        return declared.workbook(request, rows, filename=_("gaps"))
    return UNVISITED.respond(
        request,
        "assistance/pairing/gaps.html",
        rows,
        which=which,
        days=days,
        within=within,
        without_helper_count=homes.count(),
        unvisited_count=silent.count(),
        today=today,
        may_assign=may("pairing.assign", viewer),
        rule_desks=[post.body for post in viewer.working_posts],
    )


def _days_asked(request: Request) -> int:
    """The days without a visit that the address names (1 to 366), else those of the viewer's desk."""
    try:
        return max(1, min(366, int(request.GET.get("days", ""))))
    except ValueError:
        return days_of(request.viewer)


def place_asked(request: Request) -> Place | None:
    """The place whose id the address names, if it names one."""
    return record_named(Place.objects, request.GET.get("place"))


class RuleForm(ReplacingForm):
    replaced = ("days",)

    body = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("desk"))
    days = forms.IntegerField(
        label=gettext_lazy("days without a visit"),
        help_text=gettext_lazy("After so many days a pairing stands in the list of gaps."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


@page("visit_rule.set")
def visit_rule(request: Request) -> HttpResponse:
    viewer = request.viewer
    desks = Body.objects.filter(pk__in=viewer.desks)
    desk = certain(desks.first())

    def standing(cleaned: dict[str, Any]) -> dict[str, Any] | None:
        rule = VisitRule.objects.filter(body=cleaned["body"]).first()
        return {"days": rule.days} if rule else None

    initial = {"days": days_of(viewer), "body": desk}
    form = RuleForm(request.POST or None, initial=initial, edits=desk, standing=standing)
    form.shows(standing({"body": desk}))
    form.fields["body"].queryset = desks
    return one_act(
        request,
        form,
        visit_rule_set,
        heading=_("After how many days do you want to know?"),
        back=reverse("pairing_gaps") + "?which=visits",
        done=_("The number of days is stored for your desk."),
        submit=_("Save"),
    )


urlpatterns = [
    path("desk/families/", families, name="families"),
    path("desk/pairings/", pairings, name="pairings"),
    path("desk/pairings/gaps/", gaps, name="pairing_gaps"),
    path("desk/pairings/gaps/days/", visit_rule, name="visit_rule"),
]
