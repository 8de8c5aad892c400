"""Who may do what in the ledger: who × where. Services check the stage."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from yishi.organisations.grants import Grant, Viewer
from yishi.organisations.models import BodyKind, Installation, Place, Post
from yishi.organisations.predicates import has_post, is_stationed_somewhere, sits_somewhere
from yishi.organisations.rights import Answer, add, may, predicate

from .cases import CASES, Case, case_found
from .models import Commitment, Judge, Outcome, Proof, TimeRequest


@predicate
def writes_agreements(viewer: Viewer, place: Place) -> Answer:
    """Works at a desk of the consultative body that oversees the place."""
    return viewer.oversees(place.lo)


@predicate
def bears(viewer: Viewer, commitment: Commitment) -> Answer:
    """Works at the bearer's desk (it stays when a person leaves), or promised it in their own name."""
    own = commitment.bearer_person_id is not None and commitment.bearer_person_id == viewer.person_id
    in_person = Grant("bearer", commitment.pk) if own and not viewer.query_code else None
    return viewer.holds(commitment.bearer_id) or in_person


def convenes_there(post: Post) -> bool:
    """Is it at a convening office of a county, township or village?"""
    is_near = post.body.place.level in ("county", "township", "village")
    return is_near and post.body.kind in (BodyKind.OFFICE, BodyKind.COUNCIL)


@predicate
def supervises(viewer: Viewer, commitment: Commitment) -> Answer:
    """Works at the supervisor's desk, at the tier it was passed to, or at the convening office of the place."""
    return (
        viewer.holds(commitment.supervisor_id)
        or viewer.holds(commitment.escalated_to_id)
        or viewer.nearest(commitment.place.lo, convenes_there)
    )


def same_hands(viewer: Viewer, commitment: Commitment, gave: UUID | None = None) -> bool:
    """Would the viewer decide about their own promise: as who gave the proof, or as somebody of the bearer's desk?"""
    if viewer.person_id is None:
        return False
    own_desk = any(post.body_id == commitment.bearer_id for post in viewer.all_posts)
    return own_desk or viewer.person_id in (commitment.bearer_person_id, gave)


def is_small_office() -> bool:
    """May one person hold several posts and decide for both? The file shows it then."""
    return Installation.objects.filter(pk=1, small_office=True).exists()


@predicate
def is_second_person(viewer: Viewer, commitment: Commitment) -> Answer:
    """Is not at once the one who gave the proof or of the bearer's desk; a small office may be both."""
    return not same_hands(viewer, commitment) or is_small_office()


def gave_proof(commitment: Commitment) -> UUID | None:
    """Who gave the proof of this round that was accepted, or waits; nobody for a family's own word."""
    closed = (Proof.Outcome.RETURNED, Proof.Outcome.WITHDRAWN)
    standing = [
        proof for proof in commitment.proofs.all() if proof.round == commitment.round and proof.outcome not in closed
    ]
    return max(standing, key=lambda proof: proof.given_at).given_by_id if standing else None


@predicate
def did_not_prove(viewer: Viewer, commitment: Commitment) -> Answer:
    """Is another person than who gave the proof that stands; a small office may be both."""
    return viewer.person_id is None or viewer.person_id != gave_proof(commitment) or is_small_office()


@predicate
def decides_time(viewer: Viewer, request: TimeRequest) -> Answer:
    """Supervises the promise for which more time is asked."""
    return supervises.test(viewer, request.commitment)


@predicate
def hands_over(viewer: Viewer, commitment: Commitment) -> Answer:
    """Works at the desk that supervises the promise, or oversees its place."""
    return viewer.holds(commitment.supervisor_id) or viewer.oversees(commitment.place.lo)


@predicate
def judges(viewer: Viewer, commitment: Commitment) -> Answer:
    """Is one of those who judge: by an account or by the query code for what they raised."""
    mine = Judge.objects.filter(commitment=commitment, person=viewer.person)
    judge = mine.first() if viewer.is_themselves else None
    if judge is None:
        return None
    return viewer.in_person if viewer.query_code else Grant("judge", judge.pk)


@predicate
def hears(viewer: Viewer, commitment: Commitment) -> Answer:
    """Writes down what somebody who benefits says by word of mouth: the supervisor, never the bearer's own hands."""
    return is_second_person.test(viewer, commitment) and supervises.test(viewer, commitment)


@predicate
def records_papers(viewer: Viewer, commitment: Commitment) -> Answer:
    """Writes down what the bearer said on paper: who supervises it, never the bearer's own hands."""
    return is_second_person.test(viewer, commitment) and supervises.test(viewer, commitment)


@predicate
def judges_its_promise(viewer: Viewer, proof_photo: tuple[Commitment, Any]) -> Answer:
    """Judges the promise of which a photo is the proof: `proof_photo` is both."""
    return judges.test(viewer, proof_photo[0])


@predicate
def works_on_case(viewer: Viewer, case: Case) -> Answer:
    """Works on the file to which promises belong, by the right that its own room names."""
    return may(CASES[case.kind].right, viewer, case.file)


@predicate
def works_on_its_case(viewer: Viewer, outcome: Outcome) -> Answer:
    """Works on the file of which the outcome was stated."""
    try:
        case = case_found(outcome.origin_kind, outcome.origin_id)
    except ObjectDoesNotExist:
        return None
    return works_on_case.test(viewer, case)


add("commitment.list", sits_somewhere | is_stationed_somewhere, reads=True)
add("commitment.see", sits_somewhere | is_stationed_somewhere, reads=True)
add("commitment.agree", writes_agreements)
add("commitment.hand_over", hands_over)
add("commitment.answer", bears)
add("commitment.supervise", supervises)
add("commitment.decide", supervises & is_second_person & did_not_prove)
add("commitment.decide_time", decides_time)
add("commitment.judge", judges)
add("commitment.hear", hears)
add("commitment.record", records_papers)
add("commitment.say", bears | records_papers)
add("commitment.judge_photo", judges_its_promise, reads=True)
add("rates.see", has_post, reads=True)
add("outcome.list", sits_somewhere | is_stationed_somewhere, reads=True)
add("outcome.state", works_on_case)
add("outcome.take_back", works_on_its_case)
