"""Who writes, signs, assigns and adopts proposals: who × where. Services check the stage."""

from typing import Any

from yishi.commitments.rules import judges
from yishi.organisations.grants import OVERSEEING, Viewer
from yishi.organisations.models import BodyKind
from yishi.organisations.predicates import sits_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import Proposal

# Desks that write down what a member says: whoever organised it records it.
WRITING = OVERSEEING | {BodyKind.SPECIAL, BodyKind.GROUP}


@predicate
def may_write(viewer: Viewer, thing: Any = None) -> Answer:
    """Is a sitting member, or works at a desk of the consultative body."""
    return viewer.is_sitting_member() or viewer.holds_kind(*WRITING)


@predicate
def wrote_it(viewer: Viewer, proposal: Proposal) -> Answer:
    """Is its author, or works at the desk that wrote it down. Never by a query code."""
    if viewer.person_id is not None and viewer.person_id == proposal.author_id and not viewer.query_code:
        return viewer.is_sitting_member() or True
    return viewer.holds(proposal.desk_id)


@predicate
def is_asked(viewer: Viewer, proposal: Proposal) -> Answer:
    """Was asked to sign the proposal. By an account only: a query code signs nothing."""
    if viewer.person_id is None or viewer.query_code:
        return None
    asked = proposal.signers.filter(person=viewer.person_id).exists()
    return (viewer.is_sitting_member() or True) if asked else None


@predicate
def receives_it(viewer: Viewer, proposal: Proposal) -> Answer:
    """Works at the office that received it, or at an overseeing desk of its place."""
    return viewer.holds(proposal.office_id) or viewer.oversees(proposal.place.lo)


@predicate
def bears_it(viewer: Viewer, proposal: Proposal) -> Answer:
    """Works at the body that owes the answer."""
    return viewer.holds(proposal.commitment.bearer_id) if proposal.commitment is not None else None


@predicate
def rates_it(viewer: Viewer, proposal: Proposal) -> Answer:
    """Is one of those who judge the promise that the proposal became; without a promise nobody."""
    return judges.test(viewer, proposal.commitment) if proposal.commitment is not None else None


add("proposal.list", sits_somewhere, reads=True)
add("proposal.see", sits_somewhere, reads=True)
add("proposal.write", may_write)
add("proposal.edit", wrote_it)
add("proposal.cosign", is_asked)
add("proposal.assign", receives_it)
add("proposal.answer", bears_it)
add("proposal.rate", rates_it)
add("proposal.adopt", receives_it | bears_it)
