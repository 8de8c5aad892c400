"""Who somebody is at all, whatever the thing: the predicates from which the rules of every room above are made."""

from typing import Any

from .grants import SEEING, Viewer
from .rights import Answer, predicate


@predicate
def is_known(viewer: Viewer, thing: Any = None) -> Answer:
    """Is signed in, or came by a query code."""
    return viewer.is_known


@predicate
def has_post(viewer: Viewer, thing: Any = None) -> Answer:
    """Has a post at any desk, also one that only reads."""
    return any(post.role in SEEING for post in viewer.posts)


@predicate
def sits_as_member(viewer: Viewer, thing: Any = None) -> Answer:
    """Sits in a committee as a member today."""
    return viewer.is_sitting_member()


@predicate
def is_stationed_somewhere(viewer: Viewer, thing: Any = None) -> Answer:
    """Is stationed somewhere: reads, and opens forms in which the place is still to be chosen."""
    return viewer.stationed()


@predicate
def works_somewhere(viewer: Viewer, thing: Any = None) -> Answer:
    """Works at a desk: who asks names it (`at`), else it is done in their own name by whoever works at several."""
    return viewer.only_desk()


# Sits at a desk, also one that only reads, or in a committee: somebody for whom the inner pages are made.
sits_somewhere = has_post | sits_as_member
