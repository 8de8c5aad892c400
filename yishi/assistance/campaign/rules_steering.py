"""Who sets up the parts of a campaign, holds its meetings, writes down its cooperation agreements."""

from typing import Any

import rules

from yishi.organisations.grants import OVERSEEING, Viewer
from yishi.organisations.rights import add

from .models import Campaign, Cooperation, SteeringMeeting, Target
from .rules import has_desk, runs_campaign, sees_campaign


@rules.predicate
def runs_its_campaign(viewer: Viewer, part: Any) -> bool:
    """Runs the campaign to which a phase, direction, drive or item belongs."""
    return runs_campaign.test(viewer, part.campaign)


@rules.predicate
def sees_its_campaign(viewer: Viewer, part: Any) -> bool:
    return sees_campaign.test(viewer, part.campaign)


@rules.predicate
def runs_its_target(viewer: Viewer, target: Target) -> bool:
    return runs_campaign.test(viewer, target.item.campaign)


@rules.predicate
def steers_there(viewer: Viewer, campaign: Campaign) -> bool:
    """Runs the campaign, or works at an overseeing desk of a place in which it takes place."""
    if runs_campaign.test(viewer, campaign):
        return True
    for post in viewer.posts:
        inside = campaign.place.lo <= post.body.place.lo <= campaign.place.hi
        if inside and post.body.kind in OVERSEEING and viewer.holds(post.body_id):
            return True
    return False


@rules.predicate
def sees_meeting(viewer: Viewer, meeting: SteeringMeeting) -> bool:
    """Sits where the meeting's place is, above it or within it."""
    return has_desk.test(viewer) and viewer.shares_ground(meeting.place)


@rules.predicate
def keeps_meeting(viewer: Viewer, meeting: SteeringMeeting) -> bool:
    """Works at the desk that convened it, or runs the campaign."""
    return viewer.holds(meeting.body_id) or runs_campaign.test(viewer, meeting.campaign)


@rules.predicate
def sees_cooperation(viewer: Viewer, one: Cooperation) -> bool:
    """Sits where it serves, above or within; or at the desk of a party or of its supervisor."""
    if has_desk.test(viewer) and viewer.shares_ground(one.place):
        return True
    parties = {one.supervisor_id, *one.parties.values_list("pk", flat=True)}
    return bool(parties & viewer.reach.bodies)


@rules.predicate
def keeps_cooperation(viewer: Viewer, one: Cooperation) -> bool:
    """Works at the supervising desk, or runs the campaign."""
    return viewer.holds(one.supervisor_id) or runs_campaign.test(viewer, one.campaign)


add("campaign.part", runs_its_campaign)
add("campaign.see_part", sees_its_campaign)
add("campaign.target", runs_its_target)
add("steering.hold", steers_there)
add("steering.see", sees_meeting)
add("steering.keep", keeps_meeting)
add("cooperation.write", steers_there)
add("cooperation.see", sees_cooperation)
add("cooperation.keep", keeps_cooperation)
