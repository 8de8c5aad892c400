"""Who sets up a campaign, records deeds, decides on duplicates."""

from typing import Any

from django.utils import timezone

from yishi.organisations.grants import OVERSEEING, SEEING, Viewer, first
from yishi.organisations.models import BodyKind, Place, valid_on
from yishi.organisations.rights import Answer, add, predicate

from .models import Campaign, Deed, PossibleDuplicate


@predicate
def has_desk(viewer: Viewer, thing: Any = None) -> Answer:
    """Sits at a desk, or is a sitting member."""
    return any(post.role in SEEING for post in viewer.posts) or viewer.is_sitting_member()


@predicate
def works_somewhere(viewer: Viewer, thing: Any = None) -> Answer:
    """Works at a desk: who asks names it (`at`), else it is done in their own name by whoever works at several."""
    return viewer.only_desk()


@predicate
def sits_as_member(viewer: Viewer, thing: Any = None) -> Answer:
    return viewer.is_sitting_member()


@predicate
def may_open_campaign(viewer: Viewer, thing: Any = None) -> Answer:
    return viewer.holds_kind(*OVERSEEING)


@predicate
def sees_campaign(viewer: Viewer, campaign: Campaign | None = None) -> Answer:
    """Sits where the campaign takes place, or above it."""
    return has_desk.test(viewer) and (campaign is None or viewer.shares_ground(campaign.place))


@predicate
def runs_campaign(viewer: Viewer, campaign: Campaign) -> Answer:
    """Works at the desk whose campaign it is, at its leading group, or at that group's office."""
    leads = campaign.leads.filter(valid_on(timezone.localdate())).values_list("body", flat=True)
    return viewer.holds(campaign.owner_id) or first(map(viewer.holds, leads))


@predicate
def recorded_it(viewer: Viewer, deed: Deed) -> Answer:
    """Works at the desk for which it was recorded, or recorded it and still sits somewhere."""
    at_its_desk = viewer.holds(deed.recorded_for_id)
    if at_its_desk or viewer.person_id is None or viewer.person_id != deed.recorded_by_id:
        return at_its_desk
    return viewer.is_sitting_member() or bool(viewer.only_desk())


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
    return viewer.oversees(deed.place.lo)


@predicate
def oversees_both(viewer: Viewer, pair: PossibleDuplicate) -> Answer:
    """Works at an office above both: of the place in which both deeds lie, or of a tier above it."""
    both = pair.earlier.place.lo, pair.later.place.lo
    return viewer.oversees(min(both), hi=max(both))


@predicate
def keeps_its_village(viewer: Viewer, place: Place) -> Answer:
    """Works at the village's own desk, or at an overseeing desk of the place."""
    return viewer.oversees(place.lo) or first(
        viewer.holds(post.body_id)
        for post in viewer.posts
        if post.body.kind == BodyKind.VILLAGE and post.body.place.lo <= place.lo <= post.body.place.hi
    )


add("campaign.see", sees_campaign, reads=True)
add("campaign.open", may_open_campaign)
add("campaign.run", runs_campaign)
add("deed.see", has_desk, reads=True)
add("deed.record", sits_as_member | works_somewhere)
add("deed.claim", sits_as_member | works_somewhere)
add("deed.confirm", is_its_party)
add("deed.correct", recorded_it | oversees_its_place)
add("deed.prove", recorded_it | is_its_party | oversees_its_place)
add("duplicate.see", has_desk, reads=True)
add("duplicate.decide", oversees_both)
add("household.add", keeps_its_village)
add("figure.see", has_desk, reads=True)
add("unitemised.report", works_somewhere)
