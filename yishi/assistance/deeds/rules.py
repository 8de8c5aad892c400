"""Who speaks for a deed, an activity, a body's numbers; who reads a body's file."""

import rules

from yishi.assistance.campaign.rules import has_desk, sits_as_member, works_somewhere
from yishi.organisations.grants import SEEING, Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import add

from .models import Activity, Deed, PossibleDuplicate, Unitemised


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


@rules.predicate
def recorded_it(viewer: Viewer, deed: Deed) -> bool:
    """Recorded it and still sits somewhere, or works at the desk for which it was recorded."""
    own = viewer.person_id is not None and viewer.person_id == deed.recorded_by_id
    if own and (viewer.is_sitting_member() or works_somewhere.test(viewer)):
        return True
    return viewer.holds(deed.recorded_for_id) if deed.recorded_for_id else False


@rules.predicate
def is_its_party(viewer: Viewer, deed: Deed) -> bool:
    """Is named in it, or works at a body that is. Who comes by a query code alone is a villager here."""
    if viewer.query_code:
        return False
    for party in deed.parties.all():
        if party.person_id is not None and party.person_id == viewer.person_id:
            return True
        if party.body_id is not None and viewer.holds(party.body_id):
            return True
    return False


@rules.predicate
def oversees_its_place(viewer: Viewer, deed: Deed) -> bool:
    return viewer.oversees(deed.place.lo)


@rules.predicate
def oversees_both(viewer: Viewer, pair: PossibleDuplicate) -> bool:
    """Works at an office above both: of the place in which both deeds lie, or of a tier above it."""
    return viewer.oversees(pair.earlier.place.lo) and viewer.oversees(pair.later.place.lo)


add("deed.see", has_desk)
add("deed.record", works_somewhere | sits_as_member)
add("deed.claim", works_somewhere | sits_as_member)
add("deed.confirm", is_its_party)
add("deed.correct", recorded_it | oversees_its_place)
add("deed.prove", recorded_it | is_its_party | oversees_its_place)
add("duplicate.see", has_desk)
add("duplicate.decide", oversees_both)
add("unitemised.report", works_somewhere)
add("deed.disown", is_its_person)
add("activity.see", has_desk)
add("activity.open", works_somewhere | sits_as_member)
add("activity.extend", organised_it)
add("unitemised.see", has_desk)
add("unitemised.withdraw", reported_it)
add("helping.see", has_desk)
add("body_file.see", reads_its_file)
