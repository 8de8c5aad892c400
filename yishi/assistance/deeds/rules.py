"""Who speaks for a deed, an activity, a body's numbers; who reads a body's file."""

import rules

from yishi.assistance.campaign.rules import has_desk, sits_as_member, works_somewhere
from yishi.organisations.grants import SEEING, Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import add

from .models import Activity, Deed, Unitemised


@rules.predicate
def is_its_person(viewer: Viewer, deed: Deed) -> bool:
    """A sitting member who is named in it."""
    if viewer.person_id is None or not viewer.is_sitting_member():
        return False
    return any(party.person_id == viewer.person_id for party in deed.parties.all())


@rules.predicate
def organised_it(viewer: Viewer, activity: Activity) -> bool:
    if activity.organiser_id is not None:
        return viewer.holds(activity.organiser_id)
    own = viewer.person_id is not None and viewer.person_id == activity.recorded_by_id
    return own and (viewer.is_sitting_member() or works_somewhere.test(viewer))


@rules.predicate
def reported_it(viewer: Viewer, row: Unitemised) -> bool:
    return viewer.holds(row.body_id)


@rules.predicate
def reads_its_file(viewer: Viewer, body: Body | None = None) -> bool:
    """Sits at its desk, or at an overseeing desk above it."""
    return body is not None and (viewer.holds(body.pk, *SEEING) or viewer.oversees(body.place.lo, SEEING))


add("deed.disown", is_its_person)
add("activity.see", has_desk)
add("activity.open", works_somewhere | sits_as_member)
add("activity.extend", organised_it)
add("unitemised.see", has_desk)
add("unitemised.withdraw", reported_it)
add("helping.see", has_desk)
add("body_file.see", reads_its_file)
