"""Who makes a file of one part a file of another: always by the rights of both."""

from typing import Any

from django.db.models import Q

from yishi.assistance.deeds.rules import is_stationed
from yishi.assistance.exits.rules import runs_its_assessment
from yishi.assistance.register.rules import is_stationed_there, keeps_its_village
from yishi.assistance.supervision.models import Round
from yishi.assistance.supervision.rules import is_in_team, runs_round
from yishi.assistance.watch.rules import judges_it, posts_it
from yishi.deliberation.models import Worry
from yishi.deliberation.rules import runs_matter
from yishi.deliberation.rules_worries import decides
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place
from yishi.organisations.predicates import sits_as_member, works_somewhere
from yishi.organisations.rights import Answer, add, predicate
from yishi.proposals.rules import receives_it

visits = runs_round | is_in_team


def rounds_open_for(viewer: Viewer, place: Place) -> list[Round]:
    """The rounds under way that list the place, or places within it, and for which the viewer puts findings down."""
    around = Q(listed__place__lo__lte=place.lo, listed__place__hi__gte=place.hi)
    within = Q(listed__place__lo__range=(place.lo, place.hi))
    rounds = Round.objects.filter(around | within, state=Round.State.OPEN, listed__off_at=None).distinct()
    related = rounds.select_related("place", "body", "leading").order_by("-starts_on", "pk")
    return [round for round in related if visits.test(viewer, round)]


def place_of(file: Any) -> Place:
    """Where a file of any of the kinds that become others is at home."""
    place: Place = file.place if hasattr(file, "place") else file.household.place
    return place


@predicate
def lists_there(viewer: Viewer, file: Any) -> Answer:
    """Puts findings down for a round under way that lists where the file is at home."""
    return bool(rounds_open_for(viewer, place_of(file)))


@predicate
def tells_of_families_there(viewer: Viewer, worry: Worry) -> Answer:
    """Keeps the register of the worry's village, or is stationed there."""
    return keeps_its_village.test(viewer, worry.place) or is_stationed_there.test(viewer, worry.place)


@predicate
def records_there(viewer: Viewer, worry: Worry) -> Answer:
    """Records deeds: a member, somebody of a desk, or whoever is stationed there."""
    records = sits_as_member | works_somewhere | is_stationed
    return records.test(viewer, worry.place)


add("worry.supervise", decides & lists_there)
add("worry.signal", decides & tells_of_families_there)
add("worry.help", decides & records_there)
add("matter.supervise", runs_matter & lists_there)
add("proposal.supervise", receives_it & lists_there)
add("signal.supervise", judges_it & lists_there)
add("watch.supervise", posts_it & lists_there)
add("suspicion.supervise", runs_its_assessment & lists_there)
