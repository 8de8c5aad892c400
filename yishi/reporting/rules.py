"""Who sees a place's overview: counts only, no file is opened by it."""

from typing import Any

from yishi.organisations.grants import OVERSEEING, READING, SEEING, Grant, Viewer
from yishi.organisations.models import BodyKind, Place
from yishi.organisations.predicates import is_stationed_somewhere, sits_somewhere
from yishi.organisations.rights import Answer, add, predicate

LEADING = OVERSEEING | {BodyKind.PARTY, BodyKind.GOVERNMENT, BodyKind.SPECIAL}


@predicate
def leads_there(viewer: Viewer, place: Place | None = None) -> Answer:
    """Sits at a leading desk of the place or of one above it, or is a sitting member of such a place's committee."""
    for post in viewer.posts:
        leads = post.role in READING or (post.body.kind in LEADING and post.role in SEEING)
        if leads and _within(place, post.body.place):
            return Grant.of_post(post)
    for member in viewer.memberships:
        if _within(place, member.term.body.place):
            return Grant.of_member(member)
    return None


def _within(place: Place | None, top: Place) -> bool:
    return place is None or top.lo <= place.lo <= top.hi


@predicate
def oversees_there(viewer: Viewer, thing: Any = None) -> Answer:
    """Works at the office of the place (or of the place of a report or answer sheet), or of one above it."""
    if thing is None:
        return viewer.holds_kind(*OVERSEEING)
    own, place = viewer.holds(getattr(thing, "body_id", None)), getattr(thing, "place", thing)
    return own or viewer.oversees(place.lo) or viewer.audits(place)


@predicate
def is_issued(viewer: Viewer, thing: Any = None) -> Answer:
    """The report is issued; drafts are read at their own desk alone."""
    return thing is None or thing.issued_at is not None


add("overview.see", leads_there, reads=True)
add("report.see", sits_somewhere, reads=True)
add("report.issue", oversees_there)
add("answer.see", (sits_somewhere & is_issued) | oversees_there, reads=True)
add("answer.write", oversees_there)
add("figure.see", sits_somewhere | is_stationed_somewhere, reads=True)
