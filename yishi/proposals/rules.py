"""Who writes, signs, assigns and adopts proposals: who × where. Services check the stage."""

from typing import Any

import rules

from yishi.commitments.rules import judges
from yishi.organisations.grants import OVERSEEING, SEEING, Viewer
from yishi.organisations.models import BodyKind
from yishi.organisations.rights import add

from .models import Proposal

# Desks that write down what a member says: whoever organised it records it.
WRITING = OVERSEEING | {BodyKind.SPECIAL, BodyKind.GROUP}


@rules.predicate
def sits_somewhere(viewer: Viewer, thing: Any = None) -> bool:
    return any(post.role in SEEING for post in viewer.posts) or viewer.is_sitting_member()


@rules.predicate
def may_write(viewer: Viewer, thing: Any = None) -> bool:
    """Is a sitting member, or works at a desk of the consultative body."""
    return viewer.is_sitting_member() or viewer.holds_kind(*WRITING)


@rules.predicate
def wrote_it(viewer: Viewer, proposal: Proposal) -> bool:
    """Is its author, or works at the desk that wrote it down. Never by a query code."""
    if viewer.person_id is not None and viewer.person_id == proposal.author_id and not viewer.query_code:
        viewer.is_sitting_member()
        return True
    return viewer.holds(proposal.desk_id)


@rules.predicate
def is_asked(viewer: Viewer, proposal: Proposal) -> bool:
    return (
        viewer.person_id is not None
        and not viewer.query_code
        and proposal.signers.filter(person=viewer.person_id).exists()
    )


@rules.predicate
def receives_it(viewer: Viewer, proposal: Proposal) -> bool:
    """Works at the office that received it, or at an overseeing desk of its place."""
    return viewer.holds(proposal.office_id) or viewer.oversees(proposal.place.lo)


@rules.predicate
def bears_it(viewer: Viewer, proposal: Proposal) -> bool:
    """Works at the body that owes the answer."""
    return proposal.commitment is not None and viewer.holds(proposal.commitment.bearer_id)


@rules.predicate
def rates_it(viewer: Viewer, proposal: Proposal) -> bool:
    return proposal.commitment is not None and judges.test(viewer, proposal.commitment)


add("proposal.list", sits_somewhere)
add("proposal.see", sits_somewhere)
add("proposal.write", may_write)
add("proposal.edit", wrote_it)
add("proposal.cosign", is_asked)
add("proposal.assign", receives_it)
add("proposal.answer", bears_it)
add("proposal.rate", rates_it)
add("proposal.adopt", receives_it | bears_it)
