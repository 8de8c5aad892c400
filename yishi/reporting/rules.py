"""Who sees a place's overview: counts only, no file is opened by it."""

import rules

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


add("overview.see", leads_there)
