"""Who runs a county's exit assessment, enters and rules; who files counter-evidence for a village.

The separations of one row (who asked and who rules, who closed and who decides) are constraints of the database too.
"""

from yishi.assistance.checks.rules import sets_rules, sets_somewhere
from yishi.assistance.register.rules import keeps_its_village, sits_where_households_are_kept, village_desk
from yishi.organisations.grants import SEEING, Viewer
from yishi.organisations.models import Place, PlaceLevel
from yishi.organisations.predicates import is_stationed_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import ExitAssessment, ExitCounter, ExitInterview, ExitSample, ExitSuspicion

Stage = ExitAssessment.Stage
COUNTY_UP = frozenset({PlaceLevel.COUNTY, PlaceLevel.PREFECTURE, PlaceLevel.PROVINCE})


def _runs(viewer: Viewer, county: Place) -> Answer:
    return viewer.oversees(county.lo, hi=county.hi)


@predicate
def runs_there(viewer: Viewer, place: Place | None) -> Answer:
    """Works at an overseeing desk of the county or of a tier above; without a county (the form), at any such desk."""
    if place is not None:
        return _runs(viewer, place)
    return any(post.body.place.level in COUNTY_UP and _runs(viewer, post.body.place) for post in viewer.working_posts)


@predicate
def runs_it(viewer: Viewer, assessment: ExitAssessment) -> Answer:
    """The same for an assessment."""
    return _runs(viewer, assessment.place)


@predicate
def reads_it(viewer: Viewer, assessment: ExitAssessment) -> Answer:
    """Sits at such a desk, also by a post that only reads."""
    return viewer.oversees(assessment.place.lo, SEEING, hi=assessment.place.hi)


@predicate
def asks_it(viewer: Viewer, sample: ExitSample) -> Answer:
    """Runs the assessment in whose sample the household is, while it is in the field."""
    is_open = sample.assessment.stage == Stage.DRAWN
    return _runs(viewer, sample.assessment.place) if is_open else None


@predicate
def reads_sample(viewer: Viewer, sample: ExitSample) -> Answer:
    """Reads the assessment in whose sample the household is."""
    return reads_it.test(viewer, sample.assessment)


@predicate
def enters_it(viewer: Viewer, interview: ExitInterview) -> Answer:
    """Runs the assessment of an interview, while it is in the field."""
    return asks_it.test(viewer, interview.sample)


@predicate
def reads_suspicion(viewer: Viewer, suspicion: ExitSuspicion) -> Answer:
    """Sits at a desk that oversees the village, at the village's own, or is stationed there."""
    village = suspicion.sample.place
    desk = viewer.oversees(village.lo, SEEING) or village_desk(viewer, village)
    return desk or viewer.stationed(village)


@predicate
def raises_it(viewer: Viewer, suspicion: ExitSuspicion) -> Answer:
    """Runs the assessment of the suspicion, while it is in the field."""
    return asks_it.test(viewer, suspicion.sample)


@predicate
def runs_its_assessment(viewer: Viewer, suspicion: ExitSuspicion) -> Answer:
    """Runs the assessment of the suspicion, in the field or closed."""
    return _runs(viewer, suspicion.sample.assessment.place)


def has_a_side(viewer: Viewer, suspicion: ExitSuspicion) -> bool:
    """Did they ask the household, raise the suspicion, or file counter-evidence that stands?"""
    sides = (suspicion.interviewer_id, suspicion.raised_by_id)
    return viewer.person_id in sides or suspicion.counters.filter(filed_by=viewer.person_id).exists()


@predicate
def has_no_side(viewer: Viewer, suspicion: ExitSuspicion) -> Answer:
    """Is another person than who asked the household, raised the suspicion or filed counter-evidence."""
    return not has_a_side(viewer, suspicion)


@predicate
def answers_for_village(viewer: Viewer, suspicion: ExitSuspicion) -> Answer:
    """Keeps the village's register or is stationed there, while the assessment is in the field."""
    if suspicion.sample.assessment.stage != Stage.DRAWN:
        return None
    village = suspicion.sample.place
    return keeps_its_village.test(viewer, village) or viewer.stationed(village)


@predicate
def filed_for_village(viewer: Viewer, counter: ExitCounter) -> Answer:
    """The same for what was filed."""
    return answers_for_village.test(viewer, counter.suspicion)


@predicate
def did_not_close(viewer: Viewer, assessment: ExitAssessment) -> Answer:
    """Is another person than who closed it."""
    return viewer.person_id != assessment.closed_by_id


add("exit.list", sits_where_households_are_kept, reads=True)
add("exit.see", reads_it, reads=True)
add("exit.open", runs_there)  # the form; its county is asked again
add("exit.run", runs_there)  # of a county
add("exit.draw", runs_it)
add("exit.drop", runs_it)
add("exit.close", runs_it)
add("exit.reopen", runs_it)
add("exit.decide", runs_it & did_not_close)
add("exit.decide_back", runs_it)
add("exit.rules", sits_where_households_are_kept, reads=True)
add("exit.rules_change", sets_somewhere)  # the form, in which the area is chosen
add("exit.rules_set", sets_rules)
add("exit.sample", reads_sample, reads=True)
add("exit.interview", asks_it)
add("exit.enter", enters_it)
add("exit.suspect", asks_it)
add("exit.suspicions", sits_where_households_are_kept | is_stationed_somewhere, reads=True)
add("exit.suspicion", reads_suspicion, reads=True)
add("exit.withdraw", raises_it)
add("exit.rule", raises_it & has_no_side)
add("exit.rule_back", raises_it)
add("exit.counter", answers_for_village)
add("exit.counter_back", filed_for_village)
