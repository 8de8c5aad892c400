"""Who speaks for a deed, an activity, a body's numbers; who reads a body's file."""

from typing import Any

from yishi.assistance.register.rules import is_helper
from yishi.organisations.grants import SEEING, Viewer, first
from yishi.organisations.models import Body, Place
from yishi.organisations.predicates import sits_as_member, sits_somewhere, works_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import Activity, Deed, PossibleDuplicate, Unitemised, VolunteerTeam


@predicate
def is_stationed(viewer: Viewer, thing: Any = None) -> Answer:
    """Is stationed where it was done: `thing` is the place, or a deed; without either (a form) stationed anywhere."""
    place = thing if isinstance(thing, Place) else getattr(thing, "place", None)
    return viewer.stationed(place)


@predicate
def is_its_person(viewer: Viewer, deed: Deed) -> Answer:
    """A sitting member who is named in it."""
    named = viewer.person_id is not None and any(party.person_id == viewer.person_id for party in deed.parties.all())
    return viewer.is_sitting_member() if named else None


@predicate
def organised_it(viewer: Viewer, activity: Activity) -> Answer:
    """Works at the desk that organised the activity; without such a desk: recorded it, and is a member or works
    somewhere."""
    if activity.organiser_id is not None:
        return viewer.holds(activity.organiser_id)
    own = viewer.person_id is not None and viewer.person_id == activity.recorded_by_id
    return (viewer.is_sitting_member() or viewer.only_desk()) if own else None


@predicate
def keeps_volunteers(viewer: Viewer, team: VolunteerTeam) -> Answer:
    """Works at the desk that formed the team, or at an overseeing desk of where it goes."""
    return viewer.holds(team.organiser_id) or viewer.oversees(team.place.lo)


@predicate
def reported_it(viewer: Viewer, unitemised: Unitemised) -> Answer:
    """Works for the body that reported the quantity without deeds."""
    return viewer.holds(unitemised.body_id)


@predicate
def reads_its_file(viewer: Viewer, body: Body | None = None) -> Answer:
    """Sits at its desk, or at an overseeing desk above it."""
    if body is None:
        return None
    return viewer.holds(body.pk, *SEEING) or viewer.oversees(body.place.lo, SEEING)


@predicate
def recorded_it(viewer: Viewer, deed: Deed) -> Answer:
    """Works at the desk for which it was recorded, or recorded it and still sits somewhere, or is stationed there."""
    at_its_desk = viewer.holds(deed.recorded_for_id)
    if at_its_desk or viewer.person_id is None or viewer.person_id != deed.recorded_by_id:
        return at_its_desk
    return viewer.is_sitting_member() or viewer.stationed(deed.place) or bool(viewer.only_desk())


@predicate
def is_its_party(viewer: Viewer, deed: Deed) -> Answer:
    """Is named in it, or works at a body that is. Who comes by a query code alone is a villager here."""
    if viewer.query_code:
        return None
    parties = list(deed.parties.all())
    if viewer.person_id is not None and any(party.person_id == viewer.person_id for party in parties):
        return viewer.is_sitting_member() or True
    return first(viewer.holds(party.body_id) for party in parties)


@predicate
def oversees_its_place(viewer: Viewer, deed: Deed) -> Answer:
    """Works at an overseeing desk of the place at which the deed was done."""
    return viewer.oversees(deed.place.lo)


@predicate
def oversees_both(viewer: Viewer, pair: PossibleDuplicate) -> Answer:
    """Works at an office above both: of the place in which both deeds lie, or of a tier above it."""
    both = pair.earlier.place.lo, pair.later.place.lo
    return viewer.oversees(min(both), hi=max(both))


add("deed.see", sits_somewhere | is_helper, reads=True)  # which deeds: their reach says
add("deed.record", sits_as_member | works_somewhere | is_stationed)
add("deed.claim", sits_as_member | works_somewhere | is_stationed)
add("deed.confirm", is_its_party)
add("deed.correct", recorded_it | oversees_its_place)
add("deed.prove", recorded_it | is_its_party | oversees_its_place)
add("duplicate.see", sits_somewhere, reads=True)
add("duplicate.decide", oversees_both)
add("unitemised.report", works_somewhere)
add("deed.disown", is_its_person)
add("activity.see", sits_somewhere | is_helper, reads=True)
add("activity.open", sits_as_member | works_somewhere)
add("activity.extend", organised_it)
add("volunteers.see", sits_somewhere | is_helper, reads=True)
add("volunteers.form", works_somewhere)
add("volunteers.keep", keeps_volunteers)
add("unitemised.see", sits_somewhere, reads=True)
add("unitemised.withdraw", reported_it)
add("helping.see", sits_somewhere, reads=True)
add("body_file.see", reads_its_file, reads=True)
