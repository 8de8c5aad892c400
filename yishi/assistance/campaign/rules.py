"""Who sees, opens and runs a campaign; and the predicates on desks and seats that the rules of deeds, pairings and
projects are built from."""

from typing import Any

from django.utils import timezone

from yishi.organisations.grants import OVERSEEING, Viewer, first
from yishi.organisations.models import Place, valid_on
from yishi.organisations.predicates import sits_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import Campaign, StatedNumber


@predicate
def may_open_campaign(viewer: Viewer, thing: Any = None) -> Answer:
    """Works at an overseeing desk of any tier: its own body then owns the campaign."""
    return viewer.holds_kind(*OVERSEEING)


@predicate
def sees_campaign(viewer: Viewer, campaign: Campaign | None = None) -> Answer:
    """Sits where the campaign takes place, or above it."""
    return sits_somewhere.test(viewer) and (campaign is None or viewer.shares_ground(campaign.place))


@predicate
def runs_campaign(viewer: Viewer, campaign: Campaign) -> Answer:
    """Works at the desk whose campaign it is, at its leading group, or at that group's office."""
    leads = campaign.leads.filter(valid_on(timezone.localdate())).values_list("body", flat=True)
    return viewer.holds(campaign.owner_id) or first(map(viewer.holds, leads))


@predicate
def oversees_place(viewer: Viewer, place: Place) -> Answer:
    """Works at an overseeing desk around the place."""
    return viewer.oversees(place.lo)


@predicate
def oversees_its_place(viewer: Viewer, number: StatedNumber) -> Answer:
    """Works at an overseeing desk around the place of which it was stated."""
    return viewer.oversees(number.place.lo)


add("number.state", oversees_place)  # of a Place
add("number.withdraw", oversees_its_place)
add("campaign.see", sees_campaign, reads=True)
add("campaign.open", may_open_campaign)
add("campaign.run", runs_campaign)
