"""Pairing, visits, measures, teams and plans on the pages of others; every number opens into its records."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.assistance.models import Household, Need, Pairing, StationedTeam, TeamMember, VillagePlan, Visit
from yishi.assistance.pairings import (
    active_pairings,
    days_of,
    last_visits,
    next_measures,
    unvisited,
    without_helper,
)
from yishi.commitments.models import Commitment
from yishi.organisations.models import Body, Place, valid_on
from yishi.organisations.rights import may
from yishi.people.models import Person

from .family_plan import family_plan
from .need_words import promises

SHOWN = 20


def household_help(request: HttpRequest, household: Household) -> dict[str, Any] | None:
    """Helpers, visits and measures, within the family's own file."""
    viewer = request.viewer
    if not may("family.see", viewer, household):
        return None
    plan = family_plan(household)
    return {
        "template": "pairing/section_household.html",
        "heading": _("Helpers, visits and measures"),
        "plan": plan,
        "visits": plan.visits[:3],
        "url": reverse("family", args=[household.pk]),
        "visit_url": reverse("family_visit", args=[household.pk]) if plan.is_helped_by(viewer) else "",
    }


def place_help(request: HttpRequest, place: Place) -> dict[str, Any] | None:
    """Who is responsible, who is stationed, how many families have helpers and visits, where somebody is missing."""
    viewer, today = request.viewer, timezone.localdate()
    if not may("pairing.list", viewer):
        return None
    inside = Q(household__place__lo__gte=place.lo, household__place__lo__lte=place.hi)
    here = Q(place__lo__gte=place.lo, place__lo__lte=place.hi)
    paired = Pairing.objects.filter(valid_on(today), place=place).select_related("person", "body")
    teams = StationedTeam.objects.filter(valid_on(today), here).select_related("place").order_by("place__lo", "name")
    leaders = list(paired.order_by("kind", "valid_from")[:SHOWN])
    stations = list(teams[:SHOWN])
    posts = TeamMember.objects.filter(valid_on(today), team__in=[one.pk for one in stations])
    people = dict(posts.values_list("team").annotate(n=Count("pk")))
    pairs = active_pairings(today).filter(inside)
    homes = Household.objects.filter(here)
    visits = Visit.objects.filter(inside, state=Visit.State.KEPT)
    needs = Need.objects.filter(here, state=Need.State.OPEN)
    alone = needs.exclude(pk__in=promises().values("need")).count()
    plans = list(VillagePlan.objects.filter(here).select_related("place").order_by("-starts_on")[:SHOWN])
    owed = Commitment.objects.filter(here, origin_kind=Commitment.Origin.HOUSEHOLD, state__in=Commitment.OPEN)
    at = f"place={place.pk}"
    where = urlencode({"place": place.full_name, "place_id": place.pk})
    days = days_of(viewer)
    lines = [
        (_("pairings with families"), pairs.count(), f"{reverse('pairings')}?{where}"),
        (_("visits recorded"), visits.count(), f"{reverse('visits')}?{where}"),
        (_("measures under way"), owed.count(), f"{reverse('commitments')}?state=open&{where}"),
        (_("needs that nobody promised to meet yet"), alone, f"{reverse('needs')}?state=alone&{where}"),
        (_("needs promised, not kept yet"), needs.count() - alone, f"{reverse('needs')}?state=promised&{where}"),
        (
            _("families without a helper"),
            without_helper(homes, today).count(),
            f"{reverse('pairing_gaps')}?which=none&{at}",
        ),
        (
            _("pairings without a visit for %(days)d days") % {"days": days},
            unvisited(pairs, days, today).count(),
            f"{reverse('pairing_gaps')}?which=visits&days={days}&{at}",
        ),
    ]
    if not (leaders or stations or plans or any(count for _word, count, _url in lines)):
        return None
    return {
        "template": "pairing/section_place.html",
        "heading": _("Pairing and stationed teams"),
        "leaders": leaders,
        "teams": [{"team": one, "people": people.get(one.pk, 0)} for one in stations],
        "plans": plans,
        "lines": lines,
    }


def member_help(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """My families: for the person's own file."""
    if request.viewer.person_id != person.pk:
        return None
    today = timezone.localdate()
    rows = Pairing.objects.filter(valid_on(today), person=person).select_related(
        "household__head", "household__place", "place"
    )
    found = list(rows.order_by("household__place__lo", "pk")[:SHOWN])
    if not found:
        return None
    homes = [one.household_id for one in found if one.household_id]
    due, last = next_measures(homes), last_visits(homes)
    return {
        "template": "pairing/section_member.html",
        "heading": _("Families and places I help"),
        "rows": [
            {"pairing": one, "due": due.get(one.household_id), "last": last.get(one.household_id)} for one in found
        ],
        "visits": Visit.within.filter(visitors=person, state=Visit.State.KEPT).count(),
        "url": reverse("families"),
    }


def body_help(request: HttpRequest, body: Body) -> dict[str, Any] | None:
    """With which villages and families a body is paired, and whom it sent to a stationed team."""
    today = timezone.localdate()
    rows = Pairing.objects.filter(valid_on(today), body=body).select_related(
        "household__head", "household__place", "place"
    )
    found = list(rows.order_by("place__lo", "household__place__lo", "pk")[:SHOWN])
    sent = TeamMember.objects.filter(valid_on(today), sent_by=body, team__in=StationedTeam.objects.values("pk"))
    posts = list(sent.select_related("person", "team__place").order_by("team__place__lo", "pk")[:SHOWN])
    if not found and not posts:
        return None
    return {
        "template": "pairing/section_body.html",
        "heading": _("Pairing and stationed teams"),
        "rows": found,
        "posts": posts,
    }
