"""Who sets the line for listing, runs a round, goes on its visits, coordinates, settles findings."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from yishi.commitments.rules import is_small_office, same_hands
from yishi.organisations.grants import OVERSEEING, Grant, Viewer, first
from yishi.organisations.models import Place, PlaceLevel, valid_on
from yishi.organisations.predicates import sits_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import Finding, Round, RoundMember

LISTING = frozenset({PlaceLevel.PROVINCE, PlaceLevel.PREFECTURE, PlaceLevel.COUNTY})


def teams_of(viewer: Viewer, day: date | None = None) -> Q:
    """The condition that a round is one in whose team the viewer is."""
    if viewer.person_id is None or viewer.query_code:
        return Q(pk__in=[])
    mine = RoundMember.objects.filter(valid_on(day or timezone.localdate()), person=viewer.person_id)
    return Q(pk__in=mine.values("round"))


def rounds_for(viewer: Viewer) -> Q:
    """The condition that the viewer may know of a round: they run it, are in its team, sit in its area or above it. An
    unannounced one is hidden from whom it visits (every place below its area) while it is under way, until it has been
    there."""
    own = Q(body__in=viewer.reach.bodies) | Q(leading__in=viewer.reach.bodies) | teams_of(viewer)
    above, below, seen = Q(pk__in=[]), Q(pk__in=[]), Q(pk__in=[])
    for lo, hi in viewer.grounds:
        above |= Q(place__lo__gte=lo, place__hi__lte=hi)
        below |= Q(place__lo__lte=lo, place__hi__gte=hi)
        been = Round.objects.filter(made__place__lo__range=(lo, hi), made__taken_back_at__isnull=True)
        seen |= Q(pk__in=been.values("pk"))
    announced = ~Q(visits=Round.Visits.UNANNOUNCED) | ~Q(state=Round.State.OPEN)
    return own | above | (below & (announced | seen))


@predicate
def sees_round(viewer: Viewer, round: Round | None = None) -> Answer:
    """May know of it (`rounds_for`)."""
    if round is None:
        return sits_somewhere.test(viewer) or Round.objects.filter(teams_of(viewer)).exists()
    return Round.objects.filter(rounds_for(viewer), pk=round.pk).exists()


@predicate
def opens_rounds(viewer: Viewer, place: Place | None = None) -> Answer:
    """Works at an overseeing desk around the area; without one (the form), at any of a county or above."""
    if place is None:
        return first(
            viewer.holds(post.body_id)
            for post in viewer.posts
            if post.body.kind in OVERSEEING and post.body.place.level in LISTING
        )
    return viewer.nearest(
        place.lo, lambda post: post.body.kind in OVERSEEING and post.body.place.level in LISTING, hi=place.hi
    )


@predicate
def runs_round(viewer: Viewer, round: Round) -> Answer:
    """Works at the desk that runs it, or at that of the body whose supervision it is."""
    return viewer.holds(round.body_id) or viewer.holds(round.leading_id)


@predicate
def is_in_team(viewer: Viewer, round: Round) -> Answer:
    """Is in its team today, while it is under way."""
    if viewer.person_id is None or viewer.query_code or round.state != Round.State.OPEN:
        return None
    mine = round.members.filter(valid_on(timezone.localdate()), person=viewer.person_id).first()
    return Grant("round_team", mine.pk) if mine is not None else None


@predicate
def reads_lists(viewer: Viewer, round: Round) -> Answer:
    """Reads the families of its villages: who runs it or is in its team, and the overseeing desks above its area."""
    return (
        runs_round.test(viewer, round)
        or is_in_team.test(viewer, round)
        or viewer.oversees(round.place.lo, hi=round.place.hi)
        or viewer.audits(round.place)
    )


@predicate
def may_hear_of(viewer: Viewer, finding: Finding) -> Answer:
    """It was reached (`Finding.reach_q`), by somebody who sits somewhere or is in the team."""
    return sits_somewhere.test(viewer) or is_in_team.test(viewer, finding.round)


@predicate
def sees_lists(viewer: Viewer, thing: Any = None) -> Answer:
    """Sits somewhere or is in a team: opens the lists, which hold what they reach."""
    return sees_round.test(viewer)


@predicate
def runs_its_round(viewer: Viewer, finding: Finding) -> Answer:
    """Runs the round that found it."""
    return runs_round.test(viewer, finding.round)


@predicate
def is_another_hand(viewer: Viewer, finding: Finding) -> Answer:
    """Is not of the desk that owes it; a small office may be both, and the file shows it then."""
    return not same_hands(viewer, finding.commitment) or is_small_office()


@predicate
def coordinates(viewer: Viewer, finding: Finding) -> Answer:
    """Works at the desk that is to coordinate it."""
    return viewer.holds(finding.coordinator_id)


add("listing.see", sees_lists, reads=True)
add("listing.set", opens_rounds)  # thing: the place whose places are listed
add("round.see", sees_round, reads=True)
add("round.open", opens_rounds)  # thing: the area
add("round.keep", runs_round)
add("round.read", reads_lists, reads=True)
add("round.visit", runs_round | is_in_team)
add("finding.list", sees_lists, reads=True)
add("finding.see", may_hear_of, reads=True)
add("finding.settle", runs_its_round & is_another_hand)
add("finding.move", runs_its_round | coordinates)
add("finding.coordinate", coordinates)
