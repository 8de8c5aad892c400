"""Who sets up a campaign, records deeds, decides on duplicates."""

from typing import Any

import rules
from django.utils import timezone

from yishi.organisations.grants import OVERSEEING, SEEING, Viewer
from yishi.organisations.models import valid_on
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


add("campaign.see", sees_campaign)
add("campaign.open", may_open_campaign)
add("campaign.run", runs_campaign)
