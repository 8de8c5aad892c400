"""Who sets up a campaign, records deeds, decides on duplicates."""

from typing import Any

import rules
from django.utils import timezone

from yishi.assistance.deeds.models import Deed, PossibleDuplicate
from yishi.organisations.grants import OVERSEEING, SEEING, Viewer
from yishi.organisations.models import BodyKind, Place, valid_on
from yishi.organisations.rights import add

from .models import Campaign


@rules.predicate
def has_desk(viewer: Viewer, thing: Any = None) -> bool:
    """Sits at a desk, or is a sitting member."""
    return any(post.role in SEEING for post in viewer.posts) or viewer.is_sitting_member()


@rules.predicate
def works_somewhere(viewer: Viewer, thing: Any = None) -> bool:
    return any(viewer.holds(post.body_id) for post in viewer.posts)


@rules.predicate
def sits_as_member(viewer: Viewer, thing: Any = None) -> bool:
    return viewer.is_sitting_member()


@rules.predicate
def may_open_campaign(viewer: Viewer, thing: Any = None) -> bool:
    return viewer.holds_kind(*OVERSEEING)


@rules.predicate
def sees_campaign(viewer: Viewer, campaign: Campaign | None = None) -> bool:
    """Sits where the campaign takes place, or above it."""
    return has_desk.test(viewer) and (campaign is None or viewer.shares_ground(campaign.place))


@rules.predicate
def runs_campaign(viewer: Viewer, campaign: Campaign) -> bool:
    """Works at the desk whose campaign it is, at its leading group, or at that group's office."""
    if viewer.holds(campaign.owner_id):
        return True
    leads = campaign.leads.filter(valid_on(timezone.localdate())).values_list("body", flat=True)
    return any(viewer.holds(body) for body in leads)


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


@rules.predicate
def keeps_its_village(viewer: Viewer, place: Place) -> bool:
    """Works at the village's own desk, or at an overseeing desk of the place."""
    if viewer.oversees(place.lo):
        return True
    return any(
        viewer.holds(post.body_id)
        for post in viewer.posts
        if post.body.kind == BodyKind.VILLAGE and post.body.place.lo <= place.lo <= post.body.place.hi
    )


add("campaign.see", sees_campaign)
add("campaign.open", may_open_campaign)
add("campaign.run", runs_campaign)
add("deed.see", has_desk)
add("deed.record", works_somewhere | sits_as_member)
add("deed.claim", works_somewhere | sits_as_member)
add("deed.confirm", is_its_party)
add("deed.correct", recorded_it | oversees_its_place)
add("deed.prove", recorded_it | is_its_party | oversees_its_place)
add("duplicate.see", has_desk)
add("duplicate.decide", oversees_both)
add("household.add", keeps_its_village)
add("figure.see", has_desk)
add("unitemised.report", works_somewhere)
