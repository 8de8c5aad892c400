"""Who tells of a family's trouble, judges a signal, and takes each step to the county's recognition and beyond.

The village's own desk or its team visits and posts, a desk above it checks, a desk of the county recognises, clears and
lets the register follow. Who verified neither checks nor recognises, who checked does not recognise: a constraint of
the database too, but in a small office, where the file shows it.
"""

from typing import Any

from yishi.assistance.register.models import Household
from yishi.assistance.register.rules import (
    helps_it,
    is_helper,
    is_stationed_there,
    keeps_its_village,
    reads_its_place,
    sits_where_households_are_kept,
    village_desk,
)
from yishi.commitments.rules import is_small_office
from yishi.organisations.grants import SEEING, Viewer, is_overseeing
from yishi.organisations.models import Place, PlaceLevel
from yishi.organisations.predicates import is_stationed_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import SelfReport, Watch, WatchFact, WatchSignal

COUNTY_UP = frozenset({PlaceLevel.COUNTY, PlaceLevel.PREFECTURE, PlaceLevel.PROVINCE})


def is_county_desk(post: Any) -> bool:
    """An overseeing desk of a county or of a tier above."""
    return is_overseeing(post) and post.body.place.level in COUNTY_UP


def _recognises(viewer: Viewer, place: Place) -> Answer:
    return viewer.nearest(place.lo, is_county_desk)


@predicate
def tells_of_it(viewer: Viewer, household: Household) -> Answer:
    """Keeps the register of the household's village, is stationed there, or helps the household."""
    village = household.place
    return keeps_its_village.test(viewer, village) or is_stationed_there.test(viewer, village) or helps_it.test(
        viewer, household
    )  # fmt: skip


@predicate
def tells_of_fact(viewer: Viewer, fact: WatchFact) -> Answer:
    """The same of the household of which something was told."""
    return tells_of_it.test(viewer, fact.household)


@predicate
def reads_signal(viewer: Viewer, signal: WatchSignal) -> Answer:
    """Reads the household's place, is stationed there, or helps the household."""
    return _reads(viewer, signal.household)


@predicate
def reads_watch(viewer: Viewer, watch: Watch) -> Answer:
    """The same of a monitored family."""
    return _reads(viewer, watch.household)


def _reads(viewer: Viewer, household: Household) -> Answer:
    station = viewer.stationed(household.place)
    return reads_its_place.test(viewer, household) or station or helps_it.test(viewer, household)


@predicate
def judges_it(viewer: Viewer, signal: WatchSignal) -> Answer:
    """Works at the village's own desk or at an overseeing desk around it."""
    return keeps_its_village.test(viewer, signal.household.place)


@predicate
def visits_it(viewer: Viewer, watch: Watch) -> Answer:
    """Works at the village's own desk or above it, or is stationed there."""
    return keeps_its_village.test(viewer, watch.place) or viewer.stationed(watch.place)


@predicate
def posts_it(viewer: Viewer, watch: Watch) -> Answer:
    """Works at the village's own desk or above it."""
    return keeps_its_village.test(viewer, watch.place)


@predicate
def oversees_it(viewer: Viewer, watch: Watch) -> Answer:
    """Works at a desk that oversees the village: township, county, or a tier above."""
    return viewer.oversees(watch.place.lo)


@predicate
def is_of_the_county(viewer: Viewer, watch: Watch) -> Answer:
    """Works at an overseeing desk of the county or above."""
    return _recognises(viewer, watch.place)


@predicate
def did_not_verify(viewer: Viewer, watch: Watch) -> Answer:
    """Is another person than who verified the family at home; in a small office it may be the same.

    Nothing of the check itself is asked: whoever checked it, and did not get the answer, may ask for it again."""
    return viewer.person_id is None or viewer.person_id != watch.verified_by_id or is_small_office()


def took_a_step(viewer: Viewer, watch: Watch) -> bool:
    """Did they verify the family, or check it?"""
    return viewer.person_id is not None and viewer.person_id in (watch.verified_by_id, watch.checked_by_id)


@predicate
def has_other_hands(viewer: Viewer, watch: Watch) -> Answer:
    """Neither verified the family nor checked it; in a small office they may have."""
    return not took_a_step(viewer, watch) or is_small_office()


@predicate
def may_take_back(viewer: Viewer, watch: Watch) -> Answer:
    """What the county did is taken back by the county; what came before by a desk that oversees the village."""
    settled = (Watch.Stage.WATCHED, Watch.Stage.CLEARED, Watch.Stage.RETURNED)
    return _recognises(viewer, watch.place) if watch.stage in settled else viewer.oversees(watch.place.lo)


@predicate
def reports_here(viewer: Viewer, place: Place | None) -> Answer:
    """Everybody may report a family's own trouble, signed in or not."""
    return viewer.in_person if viewer.query_code and viewer.is_themselves else True


@predicate
def is_its_head(viewer: Viewer, household: Household) -> Answer:
    """Is the head of the household, by its own code or by an account; a seat's code opens nothing here."""
    return viewer.in_person if viewer.is_themselves and viewer.person_id == household.head_id else None


@predicate
def tends_report(viewer: Viewer, report: SelfReport) -> Answer:
    """Works at the own desk of the place that the report names, or at one that oversees it."""
    return keeps_its_village.test(viewer, report.place)


@predicate
def reads_report(viewer: Viewer, report: SelfReport) -> Answer:
    """The same, also by a post that only reads."""
    return viewer.oversees(report.place.lo, SEEING) or village_desk(viewer, report.place)


reading = sits_where_households_are_kept | is_helper | is_stationed_somewhere
add("signal.list", reading, reads=True)
add("signal.see", reads_signal, reads=True)
add("signal.raise", tells_of_it)  # of a household
add("signal.take_back", tells_of_fact)
add("signal.judge", judges_it)
add("signal.reopen", judges_it)
add("self_report.file", reports_here)  # of a place
add("self_report.by_code", is_its_head)  # of a household
add("self_report.list", sits_where_households_are_kept, reads=True)
add("self_report.see", reads_report, reads=True)
add("self_report.match", tends_report)
add("self_report.set_aside", tends_report)
add("self_report.reopen", tends_report)
add("watch.list", reading, reads=True)
add("watch.see", reads_watch, reads=True)
add("watch.verify", visits_it)
add("watch.post", posts_it)
add("watch.check", oversees_it & did_not_verify)
add("watch.recognise", is_of_the_county & has_other_hands)
add("watch.refuse", oversees_it)
add("watch.clear", is_of_the_county)
add("watch.resume", is_of_the_county)
add("watch.return", is_of_the_county)
add("watch.step_back", may_take_back)
