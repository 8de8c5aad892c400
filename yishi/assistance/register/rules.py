"""Who reads and keeps the register of households.

A village's own desk and the overseeing desks of its place read its households and fill in their years; the village asks
for changes, an overseeing desk decides them. A desk of one village reads nothing of the next one's.
"""

from typing import Any

import rules

from yishi.organisations.grants import OVERSEEING, SEEING, Viewer
from yishi.organisations.models import BodyKind, Place
from yishi.organisations.rights import add

from .hooks import HELPS_IT, HELPS_SOMEBODY
from .models import ChangeRequest, Household, HouseholdMember

KEEPING = OVERSEEING | {BodyKind.VILLAGE}


def village_desk(viewer: Viewer, place: Place, roles: tuple[str, ...] = SEEING) -> bool:
    """Do they sit at the own desk of the village at `place`?"""
    return any(
        viewer.holds(post.body_id, *roles)
        for post in viewer.posts
        if post.body.kind == BodyKind.VILLAGE and post.body.place.lo <= place.lo <= post.body.place.hi
    )


@rules.predicate
def sits_where_households_are_kept(viewer: Viewer, thing: Any = None) -> bool:
    return viewer.holds_kind(*KEEPING, roles=SEEING)


@rules.predicate
def works_where_households_are_kept(viewer: Viewer, thing: Any = None) -> bool:
    return viewer.holds_kind(*KEEPING)


@rules.predicate
def reads_its_place(viewer: Viewer, household: Household) -> bool:
    """Sits at a desk that oversees the household's place, or at its village's own."""
    return viewer.oversees(household.place.lo, SEEING) or village_desk(viewer, household.place)


@rules.predicate
def keeps_household(viewer: Viewer, household: Household) -> bool:
    return keeps_its_village.test(viewer, household.place)


@rules.predicate
def keeps_member(viewer: Viewer, member: HouseholdMember) -> bool:
    """Keeps the household, as long as the person lives in it: who left may stand in the next village's register."""
    return member.valid_to is None and keeps_its_village.test(viewer, member.household.place)


@rules.predicate
def decides_at(viewer: Viewer, place: Place) -> bool:
    """Works at a desk that oversees the place: county, township, or a tier above."""
    return viewer.oversees(place.lo)


@rules.predicate
def reads_request(viewer: Viewer, request: ChangeRequest) -> bool:
    return viewer.oversees(request.place.lo, SEEING) or village_desk(viewer, request.place)


@rules.predicate
def decides_request(viewer: Viewer, request: ChangeRequest) -> bool:
    return viewer.oversees(request.place.lo)


@rules.predicate
def asked_it(viewer: Viewer, request: ChangeRequest) -> bool:
    return keeps_its_village.test(viewer, request.place)


@rules.predicate
def keeps_its_village(viewer: Viewer, place: Place) -> bool:
    """Works at the village's own desk, or at an overseeing desk of the place."""
    if viewer.oversees(place.lo):
        return True
    return any(
        viewer.holds(post.body_id)
        for post in viewer.posts
        if post.body.kind == BodyKind.VILLAGE and post.body.place.lo <= place.lo <= post.body.place.hi
    )


@rules.predicate
def is_helper(viewer: Viewer, thing: Any = None) -> bool:
    """Helps somebody today, as the parts above know it (`hooks.py`)."""
    return next(filter(None, (helps(viewer) for helps in HELPS_SOMEBODY)), False)


@rules.predicate
def helps_it(viewer: Viewer, household: Household) -> bool:
    """Helps this household today, as the parts above know it."""
    return next(filter(None, (helps(viewer, household) for helps in HELPS_IT)), False)


add("household.list", sits_where_households_are_kept | is_helper)
add("household.add", keeps_its_village)
add("household.see", reads_its_place | helps_it)
add("household.keep", works_where_households_are_kept)  # opens the form; the place chosen in it is asked again
add("household.ask", keeps_its_village)  # of a Place
add("household.decide", decides_at)  # of a Place
add("household.edit", keeps_household)  # the forms of one household: asks for a change, or makes it
add("household.fill", keeps_household)
add("household.correct", keeps_member)
add("identity.open", keeps_member)
add("change.list", sits_where_households_are_kept)
add("change.see", reads_request)
add("change.decide", decides_request)
add("change.withdraw", asked_it)
