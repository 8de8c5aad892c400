"""Who sets up the parts of a campaign, holds its meetings, writes down its cooperation agreements."""

from typing import Any

from yishi.organisations.grants import OVERSEEING, Viewer, first
from yishi.organisations.predicates import sits_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import Campaign, Cooperation, SteeringMeeting, Target
from .rules import runs_campaign, sees_campaign


@predicate
def runs_its_campaign(viewer: Viewer, part: Any) -> Answer:
    """Runs the campaign to which a phase, direction, drive or item belongs."""
    return runs_campaign.test(viewer, part.campaign)


@predicate
def sees_its_campaign(viewer: Viewer, part: Any) -> Answer:
    """Sees the campaign of which this meeting, agreement or drive is a part."""
    return sees_campaign.test(viewer, part.campaign)


@predicate
def runs_its_target(viewer: Viewer, target: Target) -> Answer:
    """Runs the campaign of the target's item."""
    return runs_campaign.test(viewer, target.item.campaign)


@predicate
def steers_there(viewer: Viewer, campaign: Campaign) -> Answer:
    """Runs the campaign, or works at an overseeing desk of a place in which it takes place."""
    return runs_campaign.test(viewer, campaign) or first(
        viewer.holds(post.body_id)
        for post in viewer.posts
        if post.body.kind in OVERSEEING and campaign.place.lo <= post.body.place.lo <= campaign.place.hi
    )


@predicate
def sees_meeting(viewer: Viewer, meeting: SteeringMeeting) -> Answer:
    """Sits where the meeting's place is, above it or within it."""
    return sits_somewhere.test(viewer) and viewer.shares_ground(meeting.place)


@predicate
def keeps_meeting(viewer: Viewer, meeting: SteeringMeeting) -> Answer:
    """Works at the desk that convened it, or runs the campaign."""
    return viewer.holds(meeting.body_id) or runs_campaign.test(viewer, meeting.campaign)


@predicate
def sees_cooperation(viewer: Viewer, cooperation: Cooperation) -> Answer:
    """Sits where it serves, above or within; or at the desk of a party or of its supervisor."""
    if sits_somewhere.test(viewer) and viewer.shares_ground(cooperation.place):
        return True
    parties = {cooperation.supervisor_id, *cooperation.parties.values_list("pk", flat=True)}
    return bool(parties & viewer.reach.bodies)


@predicate
def keeps_cooperation(viewer: Viewer, cooperation: Cooperation) -> Answer:
    """Works at the supervising desk, or runs the campaign."""
    return viewer.holds(cooperation.supervisor_id) or runs_campaign.test(viewer, cooperation.campaign)


add("campaign.part", runs_its_campaign)
add("campaign.see_part", sees_its_campaign, reads=True)
add("campaign.target", runs_its_target)
add("steering.hold", steers_there)
add("steering.see", sees_meeting, reads=True)
add("steering.keep", keeps_meeting)
add("cooperation.write", steers_there)
add("cooperation.see", sees_cooperation, reads=True)
add("cooperation.keep", keeps_cooperation)
