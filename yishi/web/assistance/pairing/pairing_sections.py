"""Pairing, visits, measures, teams and plans on the pages of others; every number opens into its records."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.assistance.pairing.models import (
    Need,
    Pairing,
    StationedTeam,
    TeamMember,
    VillagePlan,
    Visit,
)
from yishi.assistance.pairing.reads import (
    active_pairings,
    days_said,
    last_visits,
    next_measures,
    unvisited,
    visit_days,
    without_helper,
)
from yishi.assistance.register.models import Household
from yishi.commitments.models import Commitment
from yishi.database.gather import HowMany
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place, valid_on
from yishi.organisations.rights import may
from yishi.people.models import Person
from yishi.web.kit.request import Request
from yishi.web.kit.sections import Asking

from .family_plan import plan_of, plan_rows
from .need_words import promises

SHOWN = 20


def household_help(request: Request, household: Household) -> Asking:
    """Helpers, visits and measures, within the family's own file."""
    viewer = request.viewer
    if not may("family.see", viewer, household):
        return None
    plan = plan_of(household, (yield plan_rows))
    return {
        "template": "assistance/pairing/section_household.html",
        "heading": _("Helpers, visits and measures"),
        "plan": plan,
        "visits": plan.visits[:3],
        "url": reverse("family", args=[household.pk]),
        "visit_url": reverse("family_visit", args=[household.pk]) if plan.is_helped_by(viewer) else "",
    }


@dataclass(frozen=True, slots=True)
class _PlaceRows:
    """What `place_help` asks first of a place; equal for all viewers, each of whom has a question of their own."""

    viewer: Viewer = field(compare=False)

    def __call__(self, place: Any) -> dict[str, Any]:
        today = timezone.localdate()
        here = Q(place__lo__gte=place.lo, place__lo__lte=place.hi)
        paired = Pairing.objects.filter(valid_on(today), place=place.pk).select_related("person", "body")
        posts = TeamMember.objects.filter(valid_on(today), team=OuterRef("pk")).order_by().values("team")
        teams = StationedTeam.objects.filter(valid_on(today), here).select_related("place")
        people = Coalesce(Subquery(posts.annotate(n=Count("pk")).values("n")), 0)
        plans = VillagePlan.objects.filter(here).select_related("place").order_by("-starts_on")
        return {
            "leaders": paired.order_by("kind", "valid_from")[:SHOWN],
            "teams": teams.order_by("place__lo", "name").annotate(people=people)[:SHOWN],
            "plans": plans[:SHOWN],
            "days": visit_days(self.viewer),
        }


@dataclass(frozen=True, slots=True)
class _PlaceCounts:
    """How many families, visits, promises and needs there are at a place, where a visit is owed after `days`."""

    days: int

    def __call__(self, place: Any) -> dict[str, Any]:
        today = timezone.localdate()
        inside = Q(household__place__lo__gte=place.lo, household__place__lo__lte=place.hi)
        here = Q(place__lo__gte=place.lo, place__lo__lte=place.hi)
        pairs = active_pairings(today).filter(inside)
        needs = Need.objects.filter(here, state=Need.State.OPEN)
        owed = Commitment.objects.filter(origin_kind=Commitment.Origin.HOUSEHOLD, state__in=Commitment.OPEN)
        return {
            "pairs": HowMany(pairs),
            "visits": HowMany(Visit.objects.filter(inside, state=Visit.State.KEPT)),
            "owed": HowMany(owed.filter(here)),
            "needs": HowMany(needs),
            "unpromised": HowMany(needs.exclude(pk__in=promises().values("need"))),
            "alone": HowMany(without_helper(Household.objects.filter(here), today)),
            "unvisited": HowMany(unvisited(pairs, self.days, today)),
        }


def place_help(request: Request, place: Place) -> Asking:
    """Who is responsible, who is stationed, how many families have helpers and visits, where somebody is missing."""
    if not may("pairing.list", request.viewer):
        return None
    gathered = yield _PlaceRows(request.viewer)
    days = days_said(gathered["days"])
    counts = yield _PlaceCounts(days)
    lines = _place_lines(place, counts, days)
    if not (
        gathered["leaders"] or gathered["teams"] or gathered["plans"] or any(number for _label, number, _url in lines)
    ):
        return None
    return {
        "template": "assistance/pairing/section_place.html",
        "heading": _("Pairing and stationed teams"),
        "leaders": gathered["leaders"],
        "teams": gathered["teams"],
        "plans": gathered["plans"],
        "lines": lines,
    }


def _place_lines(place: Place, counts: dict[str, int], days: int) -> list[tuple[str, int, str]]:
    """What `place_help` counts at a place: its label, the number, and the address of the list of what is counted."""
    promised = counts["needs"] - counts["unpromised"]
    at = f"place={place.pk}"
    where = urlencode({"place": place.full_name, "place_id": place.pk})
    return [
        (_("pairings with families"), counts["pairs"], f"{reverse('pairings')}?{where}"),
        (_("visits recorded"), counts["visits"], f"{reverse('visits')}?{where}"),
        (_("measures under way"), counts["owed"], f"{reverse('commitments')}?state=open&{where}"),
        (_("needs that nobody promised to meet yet"), counts["unpromised"], f"{reverse('needs')}?state=alone&{where}"),
        (_("needs promised, not kept yet"), promised, f"{reverse('needs')}?state=promised&{where}"),
        (
            _("families without a helper"),
            counts["alone"],
            f"{reverse('pairing_gaps')}?which=none&{at}",
        ),
        (
            _("pairings without a visit for %(days)d days") % {"days": days},
            counts["unvisited"],
            f"{reverse('pairing_gaps')}?which=visits&days={days}&{at}",
        ),
    ]


def member_help(request: Request, person: Person) -> Asking:
    """The families and places that a person helps: for that person's own file."""
    if request.viewer.person_id != person.pk:
        return None
    today = timezone.localdate()
    pairings = Pairing.objects.filter(valid_on(today), person=person).select_related(
        "household__head", "household__place", "place"
    )
    made = Visit.within.filter(visitors=person, state=Visit.State.KEPT)
    gathered = yield {"pairings": pairings.order_by("household__place__lo", "pk")[:SHOWN], "visits": HowMany(made)}
    if not gathered["pairings"]:
        return None
    homes = [pairing.household_id for pairing in gathered["pairings"] if pairing.household_id]
    due, last = next_measures(homes), last_visits(homes)
    return {
        "template": "assistance/pairing/section_member.html",
        "heading": _("Families and places I help"),
        "cards": [
            {"pairing": pairing, "due": due.get(pairing.household_id), "last": last.get(pairing.household_id)}
            for pairing in gathered["pairings"]
        ],
        "visits": gathered["visits"],
        "url": reverse("families"),
    }


def body_help(request: Request, body: Body) -> Asking:
    """With which villages and families a body is paired, and whom it sent to a stationed team."""
    today = timezone.localdate()
    pairings = Pairing.objects.filter(valid_on(today), body=body).select_related(
        "household__head", "household__place", "place"
    )
    sent = TeamMember.objects.filter(valid_on(today), sent_by=body, team__in=StationedTeam.keys())
    gathered = yield {
        "pairings": pairings.order_by("place__lo", "household__place__lo", "pk")[:SHOWN],
        "posts": sent.select_related("person", "team__place").order_by("team__place__lo", "pk")[:SHOWN],
    }
    if not gathered["pairings"] and not gathered["posts"]:
        return None
    return {
        "template": "assistance/pairing/section_body.html",
        "heading": _("Pairing and stationed teams"),
        "pairings": gathered["pairings"],
        "posts": gathered["posts"],
        "hand_over": next(
            (pairing.pk for pairing in gathered["pairings"] if may("pairing.keep", request.viewer, pairing)), None
        ),
    }
