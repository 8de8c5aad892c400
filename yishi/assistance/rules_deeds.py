"""Who speaks for a deed, an activity, a body's numbers; who reads a body's file."""

from yishi.organisations.grants import SEEING, Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import Answer, add, predicate

from .models import Activity, Deed, Unitemised
from .rules import has_desk, sits_as_member, works_somewhere


@predicate
def is_its_person(viewer: Viewer, deed: Deed) -> Answer:
    """A sitting member who is named in it."""
    named = viewer.person_id is not None and any(one.person_id == viewer.person_id for one in deed.parties.all())
    return viewer.is_sitting_member() if named else None


@predicate
def organised_it(viewer: Viewer, activity: Activity) -> Answer:
    if activity.organiser_id is not None:
        return viewer.holds(activity.organiser_id)
    own = viewer.person_id is not None and viewer.person_id == activity.recorded_by_id
    return (viewer.is_sitting_member() or viewer.only_desk()) if own else None


@predicate
def reported_it(viewer: Viewer, row: Unitemised) -> Answer:
    return viewer.holds(row.body_id)


@predicate
def reads_its_file(viewer: Viewer, body: Body | None = None) -> Answer:
    """Sits at its desk, or at an overseeing desk above it."""
    return body and (viewer.holds(body.pk, *SEEING) or viewer.oversees(body.place.lo, SEEING))


add("deed.disown", is_its_person)
add("activity.see", has_desk, reads=True)
add("activity.open", sits_as_member | works_somewhere)
add("activity.extend", organised_it)
add("unitemised.see", has_desk, reads=True)
add("unitemised.withdraw", reported_it)
add("helping.see", has_desk, reads=True)
add("body_file.see", reads_its_file, reads=True)
