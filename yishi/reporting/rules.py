"""Who sees a place's overview: counts only, no file is opened by it."""

from typing import Any

import rules

from yishi.assistance.campaign.rules import has_desk
from yishi.organisations.grants import OVERSEEING, SEEING, Viewer
from yishi.organisations.models import BodyKind, Place
from yishi.organisations.rights import add

LEADING = OVERSEEING | {BodyKind.PARTY, BodyKind.GOVERNMENT, BodyKind.SPECIAL}


@rules.predicate
def leads_there(viewer: Viewer, place: Place | None = None) -> bool:
    """Sits at a leading desk of the place or of one above it, or is a sitting member of such a place's committee."""
    for post in viewer.posts:
        if post.body.kind in LEADING and post.role in SEEING and _within(place, post.body.place):
            viewer.use("post", post.pk, post.body_id)
            return True
    for member in viewer.memberships:
        if _within(place, member.term.body.place):
            viewer.use("member", member.pk, None)
            return True
    return False


def _within(place: Place | None, top: Place) -> bool:
    return place is None or top.lo <= place.lo <= top.hi


@rules.predicate
def oversees_there(viewer: Viewer, thing: Any = None) -> bool:
    """Works at the office of the place (or of the place of a report or answer sheet), or of one above it."""
    place = getattr(thing, "place", thing)
    return viewer.oversees(place.lo) if place is not None else viewer.holds_kind(*OVERSEEING)


@rules.predicate
def is_issued(viewer: Viewer, thing: Any = None) -> bool:
    return thing is None or thing.issued_at is not None


add("overview.see", leads_there)
add("report.see", has_desk)
add("report.issue", oversees_there)
add("answer.see", (has_desk & is_issued) | oversees_there)
add("answer.write", oversees_there)
add("figure.see", has_desk)
