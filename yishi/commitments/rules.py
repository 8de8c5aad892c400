"""Who may do what in the ledger: who × where. Services check the stage."""

from typing import Any
from uuid import UUID

import rules

from yishi.organisations.grants import SEEING, Viewer
from yishi.organisations.models import BodyKind, Installation, Place
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
    """Works at the bearer's desk (it stays when a person leaves), or promised it in their own name."""
    if viewer.holds(commitment.bearer_id):
        return True
    own = commitment.bearer_person_id is not None and commitment.bearer_person_id == viewer.person_id
    if own and not viewer.query_code:
        viewer.use("bearer", commitment.pk)
    return own and not viewer.query_code


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


def same_hands(viewer: Viewer, commitment: Commitment, gave: UUID | None = None) -> bool:
    """Would the viewer decide about their own promise: as who gave the proof, or as somebody of the bearer's desk?"""
    if viewer.person_id is None:
        return False
    own_desk = any(post.body_id == commitment.bearer_id for post in viewer.posts)
    return own_desk or viewer.person_id in (commitment.bearer_person_id, gave)


def is_small_office() -> bool:
    """May one person hold several posts and decide for both? The file shows it then."""
    return Installation.objects.filter(pk=1, small_office=True).exists()


@rules.predicate
def is_second_person(viewer: Viewer, commitment: Commitment) -> bool:
    return not same_hands(viewer, commitment) or is_small_office()


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
def hears(viewer: Viewer, commitment: Commitment) -> bool:
    """Writes down what somebody who benefits says by word of mouth: the supervisor, never the bearer's own hands."""
    return supervises.test(viewer, commitment) and is_second_person.test(viewer, commitment)


@rules.predicate
def judges_its_promise(viewer: Viewer, thing: tuple[Commitment, Any]) -> bool:
    return judges.test(viewer, thing[0])


@rules.predicate
def sees_rates(viewer: Viewer, thing: Any = None) -> bool:
    return any(post.role in SEEING for post in viewer.posts)


add("commitment.list", sits_somewhere)
add("commitment.see", sits_somewhere)
add("commitment.agree", writes_agreements)
add("commitment.hand_over", hands_over)
add("commitment.answer", bears)
add("commitment.supervise", supervises)
add("commitment.decide", supervises & is_second_person)
add("commitment.decide_time", decides_time)
add("commitment.judge", judges)
add("commitment.hear", hears)
add("commitment.judge_photo", judges_its_promise)
add("rates.see", sees_rates)
