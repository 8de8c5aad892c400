"""Whose act comes next on an exit assessment, and on a suspicion."""

from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from yishi.assistance.exits.models import ExitAssessment, ExitCounter, ExitInterview, ExitSample, ExitSuspicion
from yishi.organisations.grants import OVERSEEING, Viewer
from yishi.organisations.models import BodyKind, PlaceLevel
from yishi.web.kit.next_acts import Course, NextAct, inside

Stage, State = ExitAssessment.Stage, ExitSuspicion.State
COUNTY_UP = (PlaceLevel.COUNTY, PlaceLevel.PREFECTURE, PlaceLevel.PROVINCE)


def _undecided(today: date) -> Q:
    return Q(decision="")


def _not_closed_by(viewer: Viewer) -> Q:
    """The county's overseeing desks, but for whoever closed it."""
    there = inside(viewer, "place__", lambda post: post.body.kind in OVERSEEING and post.body.place.level == "county")
    return there & ~Q(closed_by=viewer.person_id)


def _unvisited(today: date) -> Q:
    """A drawn household was not visited yet."""
    asked = ExitInterview.objects.filter(sample=OuterRef("pk"))
    return Q(Exists(ExitSample.within.filter(~Exists(asked), assessment=OuterRef("pk"))))


def _on_paper(today: date) -> Q:
    """All were visited; a paper was entered once."""
    papers = ExitInterview.objects.filter(
        sample__assessment=OuterRef("pk"),
        outcome=ExitInterview.Outcome.DONE,
        on_paper=True,
        second_answers__isnull=True,
        settled_answers__isnull=True,
    )
    return ~_unvisited(today) & Q(Exists(papers))


def _finished(today: date) -> Q:
    """All were visited, all papers entered twice and all suspicions ruled; two entries that differ, the page says."""
    unruled = ExitSuspicion.within.filter(sample__assessment=OuterRef("pk"), state__in=(State.OPEN, State.COUNTERED))
    return ~_unvisited(today) & ~_on_paper(today) & ~Q(Exists(unruled))


ASSESSMENTS = Course(
    kind="exit_assessment",
    column="stage",
    stages=tuple(Stage.values),
    acts=(
        NextAct((Stage.FRAMED,), "opened_for", _("Draw the sample"), "exit_draw"),
        NextAct((Stage.DRAWN,), "opened_for", _("Visit the drawn households"), "exit_sample", when=_unvisited),
        NextAct((Stage.DRAWN,), "opened_for", _("Enter papers the second time"), "exit_sample", when=_on_paper),
        NextAct((Stage.DRAWN,), "opened_for", _("Close the assessment"), "exit_close", when=_finished),
        NextAct(
            (Stage.CLOSED,), "office", _("Decide on the exit"), "exit_decide", when=_undecided, whose=_not_closed_by
        ),
    ),
    rests={Stage.DROPPED: "over"},
    records=lambda: ExitAssessment.objects.select_related("place"),
    order="opened_at",
    page="exit_assessment",
    number="number",
    title=lambda assessment: f"{assessment.place.name} · {assessment.number}",
    detail=lambda assessment: str(assessment.get_stage_display()),
)


def _in_field(day: date) -> Q:
    return Q(sample__assessment__stage=Stage.DRAWN)


def _village(viewer: Viewer) -> Q:
    return inside(viewer, "sample__place__", lambda post: post.body.kind == BodyKind.VILLAGE)


def _rules(viewer: Viewer) -> Q:
    """The county's overseeing desks, but for who asked the household, raised the suspicion or refuted it."""
    there = inside(
        viewer, "sample__place__", lambda post: post.body.kind in OVERSEEING and post.body.place.level in COUNTY_UP
    )
    filed = ExitCounter.objects.filter(suspicion=OuterRef("pk"), filed_by=viewer.person_id)
    return there & ~Q(interviewer=viewer.person_id) & ~Q(raised_by=viewer.person_id) & ~Q(Exists(filed))


def _overdue(today: date) -> Q:
    return Q(due_on__lt=today)


SUSPICIONS = Course(
    kind="exit_suspicion",
    column="state",
    stages=tuple(State.values),
    acts=(
        NextAct((State.COUNTERED,), "office", _("Rule on it"), "exit_rule", "due_on", whose=_rules),
        NextAct((State.OPEN,), "office", _("Rule on it"), "exit_rule", "due_on", when=_overdue, whose=_rules),
        NextAct((State.OPEN,), "village", _("File counter-evidence"), "exit_counter", "due_on", whose=_village),
    ),
    rests={State.UPHELD: "done", State.DISMISSED: "done"},
    records=lambda: ExitSuspicion.objects.select_related("sample__place", "sample__assessment"),
    common=_in_field,
    order="due_on",
    page="exit_suspicion",
    number="number",
    title=lambda suspicion: f"{suspicion.number} · {suspicion.sample.place.name}",
    detail=lambda suspicion: str(suspicion.get_kind_display()),
)
