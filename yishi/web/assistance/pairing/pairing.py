"""Pairing: my families (on the phone), the desk's list, its gaps."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
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
    Visit,
)
from yishi.assistance.pairing.reads import (
    active_pairings,
    days_of,
    helper_counts,
    last_visits,
    next_measures,
    unvisited,
    with_last_visit,
    without_helper,
)
from yishi.assistance.pairing.rules import HELPS, LATE_DAYS
from yishi.assistance.pairing.services.pairing import visit_rule_set
from yishi.assistance.register.models import Household
from yishi.commitments.models import Commitment
from yishi.kit.records import certain, lend
from yishi.organisations.models import Body, Place, current, valid_on
from yishi.organisations.rights import may
from yishi.web.kit.desk_items import DeskItem, Source
from yishi.web.kit.exports import export
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.place_field import PlaceField
from yishi.web.kit.request import Request

PER_PAGE = 25
SHOWN = 100
DAY = forms.DateInput(attrs={"type": "date"})


def own_pairings(viewer: Any) -> QuerySet[Pairing]:
    """What the viewer helps as a person: their own pairings that are valid today."""
    rows = Pairing.within.filter(valid_on(timezone.localdate()), person=viewer.person_id)
    rows = rows.select_related("household__head", "household__place", "place", "follows__person", "follows__body")
    return rows.order_by("household__place__lo", "pk")


def _waiting_rows(viewer: Any) -> Any:
    """Visits that arrived after their writer's grant had ended and wait for our desk."""
    return Visit.objects.filter(state=Visit.State.WAITING).select_related("household__place").order_by("on")


def _waiting_items(viewer: Any, rows: Any) -> list[DeskItem]:
    found = [one for one in rows[:SHOWN] if may("visit.decide", viewer, one)]
    return [
        DeskItem(
            kind="visit",
            title=_("A visit of %(day)s to household %(number)s") % {"day": one.on, "number": one.household.number},
            act=_("Say whether it counts"),
            url=reverse("visit", args=[one.pk]),
            detail=one.household.place.name,
        )
        for one in found
    ]


waiting = Source(_waiting_rows, _waiting_items)


@page("pairing.own", methods=("GET",))
def families(request: Request) -> HttpResponse:
    """The helper's phone home: my families, what is due next, when I was there last."""
    viewer, today = request.viewer, timezone.localdate()
    mine = list(own_pairings(viewer)[:SHOWN])
    homes = [one.household_id for one in mine if one.household_id]
    stations = list(
        TeamMember.objects.filter(valid_on(today), valid_on(today, "team__"), person=viewer.person_id)
        .select_related("team__place")
        .order_by("team__place__lo")
    )
    typed = request.GET.get("q", "").strip()
    around = _around(stations, homes, typed)
    shown = [*homes, *(one.pk for one in around)]
    due, last = next_measures(shown), last_visits(shown)
    cards = [
        {
            "pairing": one,
            "household": one.household,
            "due": due.get(one.household.pk),
            "last": last.get(one.household.pk),
        }
        for one in mine
        if one.household
    ]
    owed = Measure.within.filter(
        commitment__bearer_person=viewer.person_id, commitment__state=Commitment.State.IN_FORCE
    )
    seen = Q(household__in=homes)
    for one in stations:
        seen |= Q(household__place__lo__gte=one.team.place.lo, household__place__lo__lte=one.team.place.hi)
    if mine or stations:
        viewer.known.add(HELPS)
    coming, ended = _near(viewer, homes, today)
    words = {
        "coming": coming,
        "ended": ended,
        "cards": sorted(cards, key=_longest_ago),
        "around": sorted(
            ({"household": one, "due": due.get(one.pk), "last": last.get(one.pk)} for one in around), key=_longest_ago
        ),
        "typed": typed,
        "places": [one for one in mine if one.place],
        "stations": stations,
        "owed": owed.filter(seen)
        .select_related("commitment", "household__head")
        .order_by("commitment__due_on")[:SHOWN],
        "may_list": may("pairing.gaps", viewer),
        "may_offer": may("offer.make", viewer),
        "today": today,
    }
    return render(request, "assistance/pairing/families.html", words)


def _near(viewer: Any, homes: list[UUID], today: Any) -> tuple[list[Pairing], list[Pairing]]:
    """What begins on a later day, and what ended so lately that a visit may still be written down for it."""
    own = Pairing.within.filter(current(today - timedelta(days=LATE_DAYS)), person=viewer.person_id)
    own = own.filter(Q(valid_from__gt=today) | Q(valid_to__lt=today))
    rows = own.select_related("household__head", "household__place", "place").order_by("valid_from", "pk")[:SHOWN]
    near = list(rows)
    coming = [one for one in near if one.valid_from > today]
    ended = [one for one in near if one.valid_from <= today and one.household_id and one.household_id not in homes]
    return coming, ended


def _longest_ago(card: dict[str, Any]) -> tuple[bool, Any]:
    return (card["last"] is not None, card["last"])


def _around(stations: list[TeamMember], homes: list[UUID], typed: str) -> list[Household]:
    """The families of the villages where somebody is stationed, besides their own: by name or number, or the first."""
    if not stations:
        return []
    inside = Q(pk__in=[])
    for one in stations:
        inside |= Q(place__lo__gte=one.team.place.lo, place__lo__lte=one.team.place.hi)
    rows = Household.objects.filter(inside, left_on__isnull=True).exclude(pk__in=homes)
    if typed:
        rows = rows.filter(Q(head__name__contains=typed) | Q(number__contains=typed))
    return list(rows.select_related("head", "place").order_by("number")[:PER_PAGE])


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

    def narrow(self, rows: QuerySet[Pairing]) -> QuerySet[Pairing]:
        given = self.cleaned_data if self.is_valid() else {}
        today = timezone.localdate()
        if given.get("state") == "ended":
            rows = rows.filter(valid_to__lt=today)
        elif given.get("state") != "all":
            rows = rows.filter(current(today))
        if given.get("q"):
            typed = given["q"].strip()
            rows = rows.filter(
                Q(person__name__icontains=typed)
                | Q(body__name__icontains=typed)
                | Q(household__number__icontains=typed)
                | Q(household__head__name__icontains=typed)
            )
        if given.get("kind"):
            rows = rows.filter(kind=given["kind"])
        if given.get("place"):
            lo, hi = given["place"].lo, given["place"].hi
            rows = rows.filter(
                Q(place__lo__gte=lo, place__lo__lte=hi) | Q(household__place__lo__gte=lo, household__place__lo__lte=hi)
            )
        return rows


def _columns() -> list[tuple[str, Any]]:
    return [
        (_("kind"), lambda one: one.get_kind_display()),
        (_("helper"), lambda one: one.helper.name),
        (_("household number"), lambda one: one.household.number if one.household else ""),
        (_("head of the household"), lambda one: one.household.head.name if one.household else ""),
        (_("place"), lambda one: (one.household.place if one.household else one.place).full_name),
        (_("from"), lambda one: one.valid_from),
        (_("last day"), lambda one: one.valid_to),
        (_("last visit"), lambda one: one.last_visit),
        (_("note"), lambda one: one.note),
    ]


def _seen(rows: QuerySet[Pairing]) -> QuerySet[Pairing]:
    """With what a list shows; of an ended pairing its helper sees that it was, never the family."""
    return with_last_visit(rows).select_related("person", "body", "place", "household__head", "household__place")


@page("pairing.list", methods=("GET",))
def pairings(request: Request) -> HttpResponse:
    """The desk's list. Who only helps is shown their own families."""
    viewer = request.viewer
    if not viewer.reach.spans and not viewer.reach.villages:
        return redirect("families")
    form = PairingFilter(request)
    rows = form.narrow(_seen(_overseen(Pairing.objects.all(), viewer)))
    rows = rows.order_by("household__place__lo", "place__lo", "household__number", "valid_from", "pk")
    if request.GET.get("export"):
        return export(request, _("pairings"), _columns(), rows)
    today = timezone.localdate()
    page_obj = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page_obj)
    counts = helper_counts(shown)
    for one in shown:
        lend(one, all_of_helper=counts.get(certain(one.person_id or one.body_id), 0))
    page_obj.object_list = shown
    words = {
        "form": form,
        "page_obj": page_obj,
        "is_filtered": bool(request.GET),
        "none": without_helper(Household.objects.all(), today).count(),
        "silent": unvisited(active_pairings(today), days_of(viewer), today).count(),
        "days": days_of(viewer),
        "today": today,
        "may_assign": may("pairing.assign", viewer),
        "has_own": own_pairings(viewer).exists(),
    }
    return render(request, "assistance/pairing/pairings.html", words)


def _overseen(rows: QuerySet[Pairing], viewer: Any) -> QuerySet[Pairing]:
    """Without the ended ones that the viewer knows as a helper alone."""
    reach = viewer.reach
    if reach.everything:
        return rows
    seen = Q(valid_to__isnull=True) | Q(valid_to__gte=timezone.localdate())
    for spans in (reach.spans, reach.villages):
        seen |= reach.places("place__", spans) | reach.places("household__place__", spans)
    return rows.filter(seen)


@page("pairing.gaps", methods=("GET",))
def gaps(request: Request) -> HttpResponse:
    """Families without a helper, and pairings without a visit for N days: by village, ranking nobody."""
    viewer, today = request.viewer, timezone.localdate()
    which = request.GET.get("which", "none")
    days = _days(request)
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
    if request.GET.get("export"):
        columns = _columns()
        if which != "visits":
            columns = [
                (_("household number"), lambda one: one.number),
                (_("head of the household"), lambda one: one.head.name),
                (_("place"), lambda one: one.place.full_name),
                (_("registered on"), lambda one: one.registered_on),
            ]
        return export(request, _("gaps"), columns, rows)
    words = {
        "which": which,
        "days": days,
        "within": within,
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "none": homes.count(),
        "silent": silent.count(),
        "today": today,
        "may_assign": may("pairing.assign", viewer),
        "rule_desks": [post.body for post in viewer.posts if viewer.holds(post.body_id)],
    }
    return render(request, "assistance/pairing/gaps.html", words)


def _days(request: Request) -> int:
    try:
        return max(1, min(366, int(request.GET.get("days", ""))))
    except ValueError:
        return days_of(request.viewer)


def place_asked(request: Request) -> Place | None:
    try:
        return Place.objects.filter(pk=UUID(request.GET.get("place", ""))).first()
    except ValueError:
        return None


class RuleForm(ActForm):
    body = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("desk"))
    days = forms.IntegerField(
        label=gettext_lazy("days without a visit"),
        help_text=gettext_lazy("After so many days a pairing stands in the list of gaps."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


@page("visit_rule.set")
def visit_rule(request: Request) -> HttpResponse:
    viewer = request.viewer
    desks = Body.objects.filter(pk__in=[post.body_id for post in viewer.posts if viewer.holds(post.body_id)])
    form = RuleForm(request.POST or None, initial={"days": days_of(viewer), "body": desks.first()})
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
