"""Who may do what in the ledger: who × where. Services check the stage."""

from typing import Any

import rules

from yishi.organisations.grants import SEEING, Viewer
from yishi.organisations.models import BodyKind, Place
from yishi.organisations.rights import add

from .models import Commitment, Judge, TimeRequest


@rules.predicate
def sits_somewhere(viewer: Viewer, thing: Any = None) -> bool:
    return any(post.role in SEEING for post in viewer.posts) or viewer.is_sitting_member()


@rules.predicate
def writes_agreements(viewer: Viewer, place: Place) -> bool:
    """Works at a desk of the consultative body that oversees the place."""
    return viewer.oversees(place.lo)


@rules.predicate
def bears(viewer: Viewer, commitment: Commitment) -> bool:
    """Works at the bearer's desk: the desk stays when a person leaves."""
    return viewer.holds(commitment.bearer_id)


@rules.predicate
def supervises(viewer: Viewer, commitment: Commitment) -> bool:
    """Works at the supervisor's desk, at the tier it was passed to, or at the convening office of the place."""
    if viewer.holds(commitment.supervisor_id) or viewer.holds(commitment.escalated_to_id):
        return True
    for post in viewer.posts:
        place, body = post.body.place, post.body
        if body.kind in (BodyKind.OFFICE, BodyKind.COUNCIL) and viewer.holds(body.pk):
            inside = place.lo <= commitment.place.lo <= place.hi
            if inside and place.level in ("county", "township", "village"):
                return True
    return False


@rules.predicate
def decides_time(viewer: Viewer, request: TimeRequest) -> bool:
    return supervises.test(viewer, request.commitment)


@rules.predicate
def hands_over(viewer: Viewer, commitment: Commitment) -> bool:
    return viewer.oversees(commitment.place.lo) or viewer.holds(commitment.supervisor_id)


@rules.predicate
def judges(viewer: Viewer, commitment: Commitment) -> bool:
    """Is one of those who judge: by an account or by a query code."""
    judge = Judge.objects.filter(commitment=commitment, person=viewer.person).first() if viewer.person else None
    if judge is None:
        return False
    if viewer.query_code:
        viewer.use("query_code", viewer.query_code.pk)
    else:
        viewer.use("judge", judge.pk)
    return True


@rules.predicate
def sees_rates(viewer: Viewer, thing: Any = None) -> bool:
    return any(post.role in SEEING for post in viewer.posts)


add("commitment.list", sits_somewhere)
add("commitment.see", sits_somewhere)
add("commitment.agree", writes_agreements)
add("commitment.hand_over", hands_over)
add("commitment.answer", bears)
add("commitment.supervise", supervises)
add("commitment.decide_time", decides_time)
add("commitment.judge", judges)
add("rates.see", sees_rates)
