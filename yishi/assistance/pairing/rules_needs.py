"""Who states needs, offers help, brings both together."""

from typing import Any

from yishi.assistance.register.models import Household
from yishi.assistance.register.rules import is_stationed_there, keeps_its_village
from yishi.organisations.grants import SEEING, Viewer
from yishi.organisations.models import BodyKind, Place
from yishi.organisations.predicates import sits_as_member, sits_somewhere, works_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import Match, Need, Offer, OfferDelivery
from .rules import helps_it, is_helper


@predicate
def keeps_need(viewer: Viewer, need: Need) -> Answer:
    """Works at the desk that looks after it, at the village's or above; or helps the family, or is stationed there."""
    if viewer.query_code:
        return None
    keeping = viewer.holds(need.desk_id) or keeps_its_village.test(viewer, need.place)
    helping = keeping or (need.household is not None and helps_it.test(viewer, need.household))
    return helping or is_stationed_there.test(viewer, need.place)


@predicate
def states_need(viewer: Viewer, target: Household | Place | None = None) -> Answer:
    """Works at the desk of the village, or above it, or is stationed there, or helps the family that it is about."""
    if target is None:  # the form, before it says for whom
        return viewer.only_desk() or is_helper.test(viewer)
    place = target if isinstance(target, Place) else target.place
    keeping = keeps_its_village.test(viewer, place) or is_stationed_there.test(viewer, place)
    return keeping or (isinstance(target, Household) and helps_it.test(viewer, target))


@predicate
def keeps_offer(viewer: Viewer, offer: Offer) -> Answer:
    """Made it, works for the body that made it, or keeps it for a friend who has no account."""
    if viewer.person_id is not None and viewer.person_id == offer.person_id and not viewer.query_code:
        return viewer.is_sitting_member() or True
    return viewer.holds(offer.body_id) or viewer.holds(offer.desk_id)


@predicate
def takes_back(viewer: Viewer, delivery: OfferDelivery) -> Answer:
    """Keeps the match of which it was, or the offer alone: whoever may write it down."""
    if delivery.match is not None:
        return brings_together.test(viewer, delivery.match)
    return keeps_offer.test(viewer, delivery.offer)


@predicate
def browses_needs(viewer: Viewer, thing: Any = None) -> Answer:
    """Members, overseeing desks and bodies that could help; a village's desk sees its own village's needs alone."""
    if viewer.query_code:
        return None
    helping = [post for post in viewer.posts if post.role in SEEING and post.body.kind != BodyKind.VILLAGE]
    return bool(helping) or viewer.is_sitting_member()


@predicate
def brings_together(viewer: Viewer, match: Match) -> Answer:
    """Keeps the need or the offer of the match: either side may propose the other."""
    return keeps_need.test(viewer, match.need) or keeps_offer.test(viewer, match.offer)


@predicate
def answers_match(viewer: Viewer, match: Match) -> Answer:
    """Keeps the side whose answer the match waits for; who proposed it does not answer it."""
    if match.waits_for == Match.Side.OFFER:
        return keeps_offer.test(viewer, match.offer)
    return keeps_need.test(viewer, match.need)


@predicate
def may_propose(viewer: Viewer, pair: tuple[Need, Offer]) -> Answer:
    """From the need's side with any offer they may see; from the giver's with a need that is shared."""
    need, offer = pair
    return keeps_need.test(viewer, need) or (need.is_shared and keeps_offer.test(viewer, offer))


@predicate
def may_take(viewer: Viewer, need: Need) -> Answer:
    """Whoever may offer help, of a need that members may read; and who sees it anyway."""
    if not need.is_shared and not keeps_need.test(viewer, need):
        return None
    return sits_as_member.test(viewer) or works_somewhere.test(viewer)


add("need.take", may_take)
add("need.list", sits_somewhere | is_helper, reads=True)
add("need.see", sits_somewhere | is_helper, reads=True)
add("need.write", states_need)  # thing: the household, else the place
add("need.keep", keeps_need)
add("need.browse", browses_needs, reads=True)
add("offer.list", sits_somewhere | is_helper, reads=True)
add("offer.see", sits_somewhere | is_helper, reads=True)
add("offer.make", sits_as_member | works_somewhere)
add("offer.keep", keeps_offer)
add("delivery.take_back", takes_back)
add("match.see", sits_somewhere | is_helper, reads=True)
add("match.propose", may_propose)
add("match.answer", answers_match)
add("match.keep", brings_together)
