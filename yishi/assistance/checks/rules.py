"""Who sees what the logic checks found, lets a finding stand, has a place checked, changes the rules of an area."""

from typing import Any

import rules

from yishi.organisations.grants import OVERSEEING, SEEING, Viewer
from yishi.organisations.models import BodyKind, Place, PlaceLevel
from yishi.organisations.rights import add

from .models import CheckFinding, Severity

SETTING = frozenset({PlaceLevel.PROVINCE, PlaceLevel.PREFECTURE, PlaceLevel.COUNTY})


@rules.predicate
def has_register(viewer: Viewer, thing: Any = None) -> bool:
    """Sits at a desk whose place has households it may see."""
    return any(
        post.role in SEEING and (post.body.kind in OVERSEEING or post.body.kind == BodyKind.VILLAGE)
        for post in viewer.posts
    )


@rules.predicate
def keeps_place(viewer: Viewer, place: Place) -> bool:
    """Works at an overseeing desk of the place, or at the village's own desk."""
    if viewer.oversees(place.lo):
        return True
    return any(
        viewer.holds(post.body_id)
        for post in viewer.posts
        if post.body.kind == BodyKind.VILLAGE and post.body.place.lo <= place.lo <= post.body.place.hi
    )


@rules.predicate
def covers_place(viewer: Viewer, place: Place) -> bool:
    """Works at a desk whose own place contains all of `place`."""
    return any(
        viewer.holds(post.body_id)
        for post in viewer.posts
        if post.body.kind in {*OVERSEEING, BodyKind.VILLAGE}
        and post.body.place.lo <= place.lo
        and place.hi <= post.body.place.hi
    )


@rules.predicate
def may_waive(viewer: Viewer, finding: CheckFinding) -> bool:
    """Doubts and hints: whoever keeps the village. Errors: an overseeing desk, never the village alone."""
    place = finding.household.place
    if finding.severity == Severity.ERROR:
        return viewer.oversees(place.lo)
    return keeps_place.test(viewer, place)


def _sets(viewer: Viewer, place: Place | None) -> bool:
    return any(
        viewer.holds(post.body_id)
        for post in viewer.posts
        if post.body.kind in OVERSEEING
        and post.body.place.level in SETTING
        and (place is None or post.body.place_id == place.pk)
    )


@rules.predicate
def sets_rules(viewer: Viewer, place: Place) -> bool:
    """Works at an overseeing desk of this county, prefecture or province."""
    return _sets(viewer, place)


@rules.predicate
def sets_somewhere(viewer: Viewer, thing: Any = None) -> bool:
    """Works at such a desk: may open the form in which its area is chosen."""
    return _sets(viewer, None)


add("check.see", has_register)
add("check.run", covers_place)
add("check.waive", may_waive)
add("check.set", sets_rules)
add("check.change", sets_somewhere)
