"""Who states needs, offers help, brings both together."""

from typing import Any

import rules

from yishi.assistance.campaign.rules import has_desk, sits_as_member, works_somewhere
from yishi.assistance.register.rules import keeps_its_village
from yishi.organisations.grants import SEEING, Viewer
from yishi.organisations.models import BodyKind
from yishi.organisations.rights import add

from .models import Match, Need, Offer
from .rules import helps_it, is_helper, is_stationed_there


@rules.predicate
def keeps_need(viewer: Viewer, need: Need) -> bool:
    """Works at the desk that looks after it, at the village's or above; or helps the family, or is stationed there."""
    if viewer.query_code:
        return False
    if viewer.holds(need.desk_id) or keeps_its_village.test(viewer, need.place):
        return True
    if need.household is not None and helps_it.test(viewer, need.household):
        return True
    return is_stationed_there.test(viewer, need.place)


@rules.predicate
def keeps_offer(viewer: Viewer, offer: Offer) -> bool:
    """Made it, works for the body that made it, or keeps it for a friend who has no account."""
    if viewer.person_id is not None and viewer.person_id == offer.person_id and not viewer.query_code:
        viewer.is_sitting_member()
        return True
    return viewer.holds(offer.body_id) or viewer.holds(offer.desk_id)


@rules.predicate
def browses_needs(viewer: Viewer, thing: Any = None) -> bool:
    """Members, overseeing desks and bodies that could help; a village's desk sees its own village's needs alone."""
    if viewer.query_code:
        return False
    helping = [post for post in viewer.posts if post.role in SEEING and post.body.kind != BodyKind.VILLAGE]
    return bool(helping) or viewer.is_sitting_member()


@rules.predicate
def brings_together(viewer: Viewer, match: Match) -> bool:
    return keeps_need.test(viewer, match.need) or keeps_offer.test(viewer, match.offer)


@rules.predicate
def answers_match(viewer: Viewer, match: Match) -> bool:
    if match.waits_for == Match.Side.OFFER:
        return keeps_offer.test(viewer, match.offer)
    return keeps_need.test(viewer, match.need)


@rules.predicate
def may_propose(viewer: Viewer, pair: tuple[Need, Offer]) -> bool:
    """From the need's side with any offer they may see; from the giver's with a need that is shared."""
    need, offer = pair
    return keeps_need.test(viewer, need) or (need.is_shared and keeps_offer.test(viewer, offer))


add("need.list", has_desk | is_helper)
add("need.see", has_desk | is_helper)
add("need.write", works_somewhere | is_helper)  # the form; the service asks for the place
add("need.keep", keeps_need)
add("need.browse", browses_needs)
add("offer.list", has_desk | is_helper)
add("offer.see", has_desk | is_helper)
add("offer.make", works_somewhere | sits_as_member)
add("offer.keep", keeps_offer)
add("match.see", has_desk | is_helper)
add("match.propose", may_propose)
add("match.answer", answers_match)
add("match.keep", brings_together)
