"""Who may do what with worries."""

from typing import Any

import rules

from yishi.organisations.grants import SEEING, Viewer
from yishi.organisations.models import Place
from yishi.organisations.rights import add

from .models import Worry
from .rules import runs_here


@rules.predicate
def files_here(viewer: Viewer, place: Place) -> bool:
    """Everybody may raise a worry, signed in or not; a desk or a member does it by their grant."""
    if viewer.query_code:
        viewer.use("query_code", viewer.query_code.pk)
    elif not viewer.posts:
        viewer.is_sitting_member()
    return True


@rules.predicate
def writes_for_others(viewer: Viewer, thing: Any = None) -> bool:
    """Holds a post or a seat in a committee: may write down what somebody says by phone or on a visit."""
    return any(post.role in SEEING for post in viewer.posts) or viewer.is_sitting_member()


@rules.predicate
def sees_worries(viewer: Viewer, thing: Any = None) -> bool:
    return any(post.role in SEEING for post in viewer.posts) or viewer.is_sitting_member()


@rules.predicate
def decides(viewer: Viewer, worry: Worry) -> bool:
    """Works at the desk where it lies, at the convener's, or at the overseeing desk of the county or township."""
    return viewer.holds(worry.desk_id) or viewer.holds(worry.convener_id) or runs_here(viewer, worry.place.lo)


@rules.predicate
def convenes(viewer: Viewer, worry: Worry) -> bool:
    return viewer.holds(worry.convener_id)


@rules.predicate
def raised_it(viewer: Viewer, worry: Worry) -> bool:
    if viewer.person_id is None or viewer.person_id != worry.raiser_id:
        return False
    if viewer.query_code:
        viewer.use("query_code", viewer.query_code.pk)
    return True


@rules.predicate
def holds_a_code(viewer: Viewer, thing: Any = None) -> bool:
    if viewer.query_code is None:
        return False
    viewer.use("query_code", viewer.query_code.pk)
    return True


add("worry.file", files_here)
add("worry.write", writes_for_others)
add("worry.list", sees_worries)
add("worry.see", sees_worries)
add("worry.screen", decides)
add("worry.reissue_code", convenes)
add("worry.reopen", raised_it | convenes)
add("worry.own", holds_a_code)
add("worry.follow", raised_it)
