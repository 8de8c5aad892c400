"""Who reads and keeps the register of households.

A village's own desk and the overseeing desks of its place read its households and fill in their years; the village and
its stationed team ask for changes, an overseeing desk decides them. A desk of one village reads nothing of the next
one's.
"""

from typing import Any

from yishi.organisations.grants import OVERSEEING, SEEING, Viewer, is_overseeing
from yishi.organisations.models import BodyKind, Place
from yishi.organisations.predicates import is_stationed_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .hooks import HELPS_IT, HELPS_SOMEBODY
from .models import ChangeRequest, Household, HouseholdMember

# Bodies that keep the households of their place.
REGISTER_KEEPERS = OVERSEEING | {BodyKind.VILLAGE}


def village_desk(viewer: Viewer, place: Place, roles: tuple[str, ...] = SEEING) -> Answer:
    """Their post at the own desk of the village at `place`."""
    return viewer.nearest(place.lo, lambda post: post.body.kind == BodyKind.VILLAGE, roles)


@predicate
def sits_where_households_are_kept(viewer: Viewer, thing: Any = None) -> Answer:
    """Has a post, also one that only reads, at an overseeing desk or a village's own."""
    return viewer.holds_kind(*REGISTER_KEEPERS, roles=SEEING)


@predicate
def works_where_households_are_kept(viewer: Viewer, thing: Any = None) -> Answer:
    """Works at an overseeing desk or at a village's own."""
    return viewer.holds_kind(*REGISTER_KEEPERS)


@predicate
def reads_its_place(viewer: Viewer, household: Household) -> Answer:
    """Sits at a desk that oversees the household's place, or at its village's own."""
    return viewer.oversees(household.place.lo, SEEING) or village_desk(viewer, household.place)


@predicate
def is_stationed_there(viewer: Viewer, place: Place | None) -> Answer:
    """Belongs today to the team that is stationed at the place (without one, to any); the grant is the station, for the
    body that sent them."""
    return viewer.stationed(place)


@predicate
def is_stationed_by_it(viewer: Viewer, household: Household) -> Answer:
    """Is stationed in the household's village."""
    return viewer.stationed(household.place)


@predicate
def is_stationed_by_member(viewer: Viewer, member: HouseholdMember) -> Answer:
    """The same for somebody of a household, as long as they live in it."""
    return viewer.stationed(member.household.place) if member.valid_to is None else None


@predicate
def keeps_household(viewer: Viewer, household: Household) -> Answer:
    """Works at the own desk of the household's village, or at an overseeing desk around it."""
    return keeps_its_village.test(viewer, household.place)


@predicate
def keeps_member(viewer: Viewer, member: HouseholdMember) -> Answer:
    """Keeps the household, as long as the person lives in it: who left may stand in the next village's register."""
    return keeps_its_village.test(viewer, member.household.place) if member.valid_to is None else None


@predicate
def decides_at(viewer: Viewer, place: Place) -> Answer:
    """Works at a desk that oversees the place: county, township, or a tier above."""
    return viewer.oversees(place.lo)


@predicate
def decides_on(viewer: Viewer, household: Household) -> Answer:
    """Works at a desk that oversees the place where the household lives."""
    return decides_at.test(viewer, household.place)


@predicate
def reads_request(viewer: Viewer, request: ChangeRequest) -> Answer:
    """Sits at an overseeing desk around the request's place, or at the village's own desk, also by a post that only
    reads, or is stationed there."""
    desk = viewer.oversees(request.place.lo, SEEING) or village_desk(viewer, request.place)
    return desk or viewer.stationed(request.place)


@predicate
def decides_request(viewer: Viewer, request: ChangeRequest) -> Answer:
    """Works at an overseeing desk around the place of the request: the village asks, the tier above decides."""
    return viewer.oversees(request.place.lo)


@predicate
def asked_it(viewer: Viewer, request: ChangeRequest) -> Answer:
    """Works at the desk that asked or at the village's own, or is stationed there: what one of its people asked,
    another may take back. The desk above decides on it, and takes back nothing in the village's name."""
    village = viewer.nearest(request.place.lo, lambda post: post.body.kind == BodyKind.VILLAGE)
    return viewer.holds(request.asked_for_id) or village or viewer.stationed(request.place)


@predicate
def keeps_its_village(viewer: Viewer, place: Place | None) -> Answer:
    """Works at the village's own desk, or at an overseeing desk of the place; without one (the form, before it says
    where), at any such desk."""
    if place is None:
        return works_where_households_are_kept.test(viewer)
    return viewer.nearest(place.lo, lambda post: is_overseeing(post) or post.body.kind == BodyKind.VILLAGE)


@predicate
def is_helper(viewer: Viewer, thing: Any = None) -> Answer:
    """Helps somebody today, as the parts above know it (`hooks.py`)."""
    return next((answer for helps in HELPS_SOMEBODY if (answer := helps(viewer))), None)


@predicate
def helps_it(viewer: Viewer, household: Household) -> Answer:
    """Helps this household today, as the parts above know it."""
    return next((answer for helps in HELPS_IT if (answer := helps(viewer, household))), None)


add("household.list", sits_where_households_are_kept | is_helper, reads=True)
add("household.see", reads_its_place | helps_it, reads=True)
add(
    "household.keep", works_where_households_are_kept | is_stationed_somewhere
)  # opens the form; its place is asked again
add("household.ask", keeps_its_village | is_stationed_there)  # of a Place
add("household.decide", decides_at)  # of a Place
add("household.step_back", decides_on)
add("household.edit", keeps_household | is_stationed_by_it)  # forms of one household: asks for a change, or makes it
add("household.fill", keeps_household)
add("household.correct", keeps_member | is_stationed_by_member)
add("member.fill", keeps_member)
add("identity.open", keeps_member)
add("change.list", sits_where_households_are_kept | is_stationed_somewhere, reads=True)
add("change.see", reads_request, reads=True)
add("change.decide", decides_request)
add("change.withdraw", asked_it)
