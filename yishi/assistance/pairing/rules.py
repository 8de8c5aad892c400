"""Who pairs helpers with families and places, visits them, agrees measures, keeps teams and village plans."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from yishi.assistance.register.models import Household
from yishi.assistance.register.rules import is_stationed_there, keeps_its_village
from yishi.commitments.rules import bears, is_small_office, same_hands
from yishi.organisations.grants import Grant, Viewer
from yishi.organisations.models import Place, current, valid_on
from yishi.organisations.predicates import sits_somewhere, works_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import Measure, Pairing, StationedTeam, Visit
from .models.pairing import PAIRED

LATE_DAYS = 30  # for so long after their time a helper writes down a visit that was made within it


def pairing_of(viewer: Viewer, household: Household) -> Pairing | None:
    """The pairing by which the viewer helps this household today."""
    helper = Q(body__in=viewer.reach.bodies) | Q(person=viewer.person_id, person__isnull=False)
    return Pairing.within.filter(valid_on(timezone.localdate()), helper, household=household).first()


@predicate
def is_helper(viewer: Viewer, thing: Any = None) -> Answer:
    """Is paired, or is stationed somewhere, by whatever grant: also somebody without any desk."""
    if viewer.person_id is None or viewer.query_code:
        return False
    return viewer.stationed() is not None or PAIRED in viewer.facts


@predicate
def is_near_helping(viewer: Viewer, thing: Any = None) -> Answer:
    """Will help from a later day on, or helped until a few days ago: their list says so, and nothing of the family."""
    if viewer.person_id is None or viewer.query_code:
        return False
    since = timezone.localdate() - timedelta(days=LATE_DAYS)
    return Pairing.within.filter(current(since), person=viewer.person_id).exists()


@predicate
def helped_lately(viewer: Viewer, pairing: Pairing) -> Answer:
    """Helped this family in person, until at most LATE_DAYS ago."""
    if viewer.person_id is None or viewer.query_code or viewer.person_id != pairing.person_id:
        return False
    today = timezone.localdate()
    last = pairing.valid_to
    return pairing.household_id is not None and last is not None and today - timedelta(days=LATE_DAYS) <= last < today


@predicate
def helps_it(viewer: Viewer, household: Household) -> Answer:
    """Is paired with the household, or stationed in its village."""
    if viewer.query_code:
        return None
    pairing = pairing_of(viewer, household)
    if pairing is not None:
        return Grant("pairing", pairing.pk, pairing.body_id)
    return is_stationed_there.test(viewer, household.place)


@predicate
def keeps_its_place(viewer: Viewer, household: Household) -> Answer:
    """Keeps the register of the household's village: its own desk, or an overseeing desk around it."""
    return keeps_its_village.test(viewer, household.place)


@predicate
def keeps_pairing(viewer: Viewer, pairing: Pairing) -> Answer:
    """Works at the desk of the village, or above it; the place of a paired county is kept by its own office."""
    place = pairing.household.place if pairing.household else pairing.place
    return keeps_its_village.test(viewer, place) if place is not None else None


@predicate
def keeps_visit(viewer: Viewer, visit: Visit) -> Answer:
    """Keeps the register of the village whose household was visited."""
    return keeps_its_village.test(viewer, visit.household.place)


@predicate
def wrote_it(viewer: Viewer, visit: Visit) -> Answer:
    """Wrote it down, and may still see the family."""
    own = viewer.person_id is not None and viewer.person_id == visit.written_by_id
    if not own:
        return None
    return helps_it.test(viewer, visit.household) or keeps_its_place.test(viewer, visit.household)


@predicate
def looks_after(viewer: Viewer, measure: Measure) -> Answer:
    """Keeps the register of the household that the measure is for, or helps that household."""
    return keeps_its_place.test(viewer, measure.household) or helps_it.test(viewer, measure.household)


@predicate
def bears_it(viewer: Viewer, measure: Measure) -> Answer:
    """Bears the promise that stands behind the measure."""
    return bears.test(viewer, measure.commitment)


@predicate
def is_another_hand(viewer: Viewer, measure: Measure) -> Answer:
    """Whoever writes down the family's verdict is not who owes the measure (in a small office it may be): neither at a
    desk of the bearer, nor as a member of its committee, nor paired or stationed here on its behalf."""
    return not (same_hands(viewer, measure.commitment) or _is_of_bearer(viewer, measure)) or is_small_office()


def _is_of_bearer(viewer: Viewer, measure: Measure) -> bool:
    bearer = measure.commitment.bearer_id
    pairing = pairing_of(viewer, measure.household)
    station = viewer.stationed(measure.household.place)
    return (
        any(membership.term.body_id == bearer for membership in viewer.memberships)
        or (pairing is not None and pairing.body_id == bearer)
        or (station is not None and station.body_id == bearer)
    )


@predicate
def keeps_team(viewer: Viewer, team: StationedTeam) -> Answer:
    """Keeps the register of the village at which the team is stationed."""
    return keeps_its_village.test(viewer, team.place)


@predicate
def keeps_village_plan(viewer: Viewer, plan: Any) -> Answer:
    """Keeps the register of the plan's village, or is stationed there."""
    return keeps_its_village.test(viewer, plan.place) or is_stationed_there.test(viewer, plan.place)


@predicate
def pairs_there(viewer: Viewer, place: Place | None = None) -> Answer:
    """Looks after the place; without one (the form, before it says where), works or helps somewhere."""
    if place is None:
        return viewer.only_desk() or is_helper.test(viewer)
    return keeps_its_village.test(viewer, place)


add("pairing.list", sits_somewhere | is_helper, reads=True)
add("pairing.own", sits_somewhere | is_helper | is_near_helping, reads=True)
add("pairing.see", sits_somewhere | is_helper, reads=True)
add("pairing.assign", pairs_there)  # thing: the place
add("pairing.keep", keeps_pairing)
add("pairing.gaps", sits_somewhere, reads=True)
add("visit_rule.set", works_somewhere)
add("family.see", sits_somewhere | is_helper, reads=True)  # the household was reached
add("family.code", keeps_its_place)
add("visit.see", sits_somewhere | is_helper, reads=True)
add("visit.log", keeps_its_place | helps_it)
add("visit.late", helped_lately)  # thing: the pairing that ended
add("visit.decide", keeps_visit)
add("visit.withdraw", wrote_it | keeps_visit)
add("measure.agree", keeps_its_place | helps_it)
add("measure.done", bears_it | looks_after)
add("measure.hear", looks_after & is_another_hand)
add("team.see", sits_somewhere | is_helper, reads=True)
add("team.open", keeps_its_village)  # thing: the place
add("team.keep", keeps_team)
add("team.end", keeps_team)
add("village_plan.see", sits_somewhere | is_helper, reads=True)
add("village_plan.open", keeps_its_village | is_stationed_there)  # thing: the place
add("village_plan.keep", keeps_village_plan)
