"""Who may do what with worries."""

from typing import Any

from yishi.organisations.grants import SEEING, Viewer
from yishi.organisations.models import Place
from yishi.organisations.predicates import sits_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import Worry
from .rules import runs_here


@predicate
def files_here(viewer: Viewer, place: Place) -> Answer:
    """Everybody may raise a worry, signed in or not; a desk or a member does it by their grant."""
    if viewer.query_code:
        return viewer.in_person if viewer.is_themselves else True
    near = viewer.nearest(place.lo, lambda post: True, SEEING)
    return near or viewer.is_sitting_member() or viewer.only_desk() or True


@predicate
def decides(viewer: Viewer, worry: Worry) -> Answer:
    """Works at the desk where it lies, at the convener's, or at the overseeing desk of the county or township."""
    return viewer.holds(worry.desk_id) or viewer.holds(worry.convener_id) or runs_here(viewer, worry.place.lo)


@predicate
def convenes(viewer: Viewer, worry: Worry) -> Answer:
    """Works at the desk that convenes for the worry."""
    return viewer.holds(worry.convener_id)


@predicate
def raised_it(viewer: Viewer, worry: Worry) -> Answer:
    """Raised the worry themselves: by account, or by the query code that they got for it."""
    return viewer.is_themselves and viewer.person_id == worry.raiser_id


@predicate
def holds_a_code(viewer: Viewer, thing: Any = None) -> Answer:
    """Came by the query code for what is their own; then acts in their own name."""
    return viewer.in_person if viewer.query_code and viewer.is_themselves else None


add("worry.file", files_here)
add("worry.write", sits_somewhere)
add("worry.list", sits_somewhere, reads=True)
add("worry.see", sits_somewhere, reads=True)
add("worry.screen", decides)
add("worry.reissue_code", convenes)
add("worry.reopen", raised_it | convenes)
add("worry.own", holds_a_code)
add("worry.follow", raised_it, reads=True)
