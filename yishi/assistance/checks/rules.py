"""Who sees what the logic checks found, lets a finding stand, has a place checked, changes the rules of an area."""

from typing import Any

from yishi.assistance.register.rules import keeps_its_village, works_where_households_are_kept
from yishi.organisations.grants import OVERSEEING, SEEING, Viewer, first, is_overseeing
from yishi.organisations.models import BodyKind, Place, PlaceLevel
from yishi.organisations.predicates import is_stationed_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import CheckFinding, Severity

SETTING = frozenset({PlaceLevel.PROVINCE, PlaceLevel.PREFECTURE, PlaceLevel.COUNTY})


@predicate
def has_register(viewer: Viewer, thing: Any = None) -> Answer:
    """Sits at a desk whose place has households it may see."""
    return any(
        post.role in SEEING and (is_overseeing(post) or post.body.kind == BodyKind.VILLAGE) for post in viewer.posts
    )


@predicate
def covers_place(viewer: Viewer, place: Place | None) -> Answer:
    """Works at a desk whose own place contains all of `place`; without one (the form), at any desk that could."""
    if place is None:
        return works_where_households_are_kept.test(viewer)
    return viewer.nearest(place.lo, lambda post: post.body.kind in {*OVERSEEING, BodyKind.VILLAGE}, hi=place.hi)


@predicate
def may_waive(viewer: Viewer, finding: CheckFinding) -> Answer:
    """Doubts and hints: whoever keeps the village. Errors: an overseeing desk, never the village alone."""
    place = finding.household.place
    if finding.severity == Severity.ERROR:
        return viewer.oversees(place.lo)
    return keeps_its_village.test(viewer, place)


def _sets(viewer: Viewer, place: Place | None) -> Answer:
    return first(
        viewer.holds(post.body_id)
        for post in viewer.posts
        if post.body.kind in OVERSEEING
        and post.body.place.level in SETTING
        and (place is None or post.body.place_id == place.pk)
    )


@predicate
def sets_rules(viewer: Viewer, place: Place) -> Answer:
    """Works at an overseeing desk of this county, prefecture or province."""
    return _sets(viewer, place)


@predicate
def sets_somewhere(viewer: Viewer, thing: Any = None) -> Answer:
    """Works at such a desk: may open the form in which its area is chosen."""
    return _sets(viewer, None)


add("check.see", has_register | is_stationed_somewhere, reads=True)
add("check.run", covers_place)
add("check.waive", may_waive)
add("check.set", sets_rules)
add("check.change", sets_somewhere)
