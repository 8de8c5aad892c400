"""Bearer and striker-off, interviewer and ruler, who asks for money and who grants it: never the same person.

Where both persons stand in one row the database refuses it. Elsewhere a rule refuses it, and what a small office lets
one person do stands in the story. The tables below are read against the models and the sources, so they cannot rot.
"""

import inspect
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import CheckConstraint, F, Q

from tests.assistance.exits.assessed import Assessed
from tests.assistance.supervised import supervised
from tests.assistance.watched import Watched
from tests.assistance.works import Works
from yishi.assistance.exits.models import ExitAssessment, ExitInterview, ExitSuspicion
from yishi.assistance.exits.services import suspicions
from yishi.assistance.projects.models import FundMovement, ProjectStep
from yishi.assistance.projects.services import building, projects
from yishi.assistance.supervision import rules as supervision_rules
from yishi.assistance.supervision.models import Finding
from yishi.assistance.watch.models import Watch
from yishi.assistance.watch.services import recognising
from yishi.commitments.models import LedgerEvent, Proof, TimeRequest
from yishi.commitments.services import carrying, commitment_strike_off, judging, proof_check, time_ask, time_decide
from yishi.database.reach import everything
from yishi.kit.errors import NotAllowed
from yishi.organisations.models import Installation
from yishi.people.models import Person
from yishi.web.assistance.projects import project_story
from yishi.web.assistance.supervision import finding_story
from yishi.web.commitments import promise_story

TEMPLATES = Path(promise_story.__file__).parents[1] / "templates"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]

# Constraint → who and who. All in the database: no page, service, job or import gets round it.
CONSTRAINTS = {
    "exit_closed_decided_apart": "who closed an assessment, who decides on the exit; in a small office too",
    "exit_entered_twice_apart": "who entered a paper, who enters it again; in a small office too",
    "exit_asked_ruled_apart": "who asked the household or raised the suspicion, who rules; in a small office too",
    "finding_second_person": "whose proof was accepted, who struck the finding off; else the row says that it is one",
    "proof_second_person": "who gave a proof, who checked it; else the row says that it is one",
    "sheet_typed_twice_apart": "who typed a paper sheet of a sitting, who types it again; in a small office too",
    "time_second_person": "who asked for more time, who decided; else the row says that it is one",
    "movement_second_person": "who recorded a payment, who confirmed it; else the row says that it is one",
    "watch_other_hands": "who verified at home, checked, recognised; else the row says that two are one",
}
# The persons stand in different rows, or it is a desk that is apart: (service, what refuses it, where it is shown).
# What refuses: the code of the refusal in the service, or the right's part in the rules.
RULES = {
    "who filed counter-evidence, who rules": (suspicions.suspicion_rule, "suspicion.same_hands", None),
    "the bearer's desk or who gave the proof, who strikes off": (
        judging.commitment_strike_off, "second_person", promise_story.promise_events,
    ),
    "the bearer's desk, who closes it undone": (
        judging.commitment_close_undone, "second_person", promise_story.promise_events,
    ),
    "the bearer's desk or who gave the proof, who looks back": (
        judging.recheck_record, "second_person", promise_story.promise_events,
    ),
    "the bearer's desk, who checks the proof": (carrying.proof_check, "second_person", promise_story.promise_events),
    "the bearer's desk, who grants more time": (carrying.time_decide, "second_person", promise_story.promise_events),
    "the bearer's desk, who merges or rules on a finding": (
        supervision_rules, "is_another_hand", finding_story.finding_events,
    ),
    "who builds or planned a project, who approves it": (
        building.project_approve, "project.approve", project_story.project_events,
    ),
    "who asked for more money, who grants it": (projects.money_decide, "project.approve", project_story.project_events),
    "who asked for more works, who grants them": (
        projects.works_decide, "project.approve", project_story.project_events,
    ),
    "who verified a family, who checks it": (recognising.watch_check, "other_hands", "assistance/watch/watch.html"),
    "who verified or checked a family, who recognises it": (
        recognising.watch_recognise, "other_hands", "assistance/watch/watch.html",
    ),
}  # fmt: skip


def persons_compared(model, condition):
    """The pairs of columns of persons that a condition compares."""
    pairs = set()
    if isinstance(condition, tuple):
        name, value = condition
        if isinstance(value, F) and "__" not in name:
            first, second = (model._meta.get_field(each) for each in (name, value.name))
            if all(isinstance(each, models.ForeignKey) and each.related_model is Person for each in (first, second)):
                pairs.add(frozenset((name, value.name)))
    elif isinstance(condition, Q):
        for child in condition.children:
            pairs |= persons_compared(model, child)
    return pairs


def test_it_works():
    """The table names every constraint of the models that keeps two persons apart, and no other."""
    found = {
        constraint.name
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint) and persons_compared(model, constraint.condition)
    }
    assert found == set(CONSTRAINTS)


def test_each_rule_is_asked_for_and_shown():
    """Each service names what refuses it; each story says where one person was both."""
    for pair, (service, refusal, shown) in RULES.items():
        assert refusal in inspect.getsource(service), pair
        if isinstance(shown, str):
            assert "same_hands" in (TEMPLATES / shown).read_text("utf-8"), pair
        elif shown is not None:
            assert "same_hands" in inspect.getsource(inspect.getmodule(shown)), pair


def refused(rows, **change):
    """By a constraint of the table, and not by another one that the change breaks too."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        rows.update(**change)
    assert any(name in str(error.value) for name in CONSTRAINTS), error.value


def test_the_database_refuses_every_pair(cast):
    """Whoever writes past the services: rows of every model of the table."""
    supervision = supervised(cast)
    (finding,) = supervision.visit(supervision.gap(bearer=cast.bodies["water"]))
    supervision.prove(finding, "water_clerk")
    supervision.strike(finding)
    works = Works(cast).approve().allot().start()
    works.build().accept()
    works.pay(100)
    watched = Watched(cast).recognised()
    assessed = Assessed(cast, households=0).opened().drawn()
    interview = assessed.ask(assessed.of_kind("exited"))
    suspicion = assessed.suspect(interview.sample)
    assessed.rule(suspicion, True)
    assessed.asked().closed()
    with everything():
        refused(Proof.objects.exclude(checked_by=None), checked_by=F("given_by"), same_hands=False)
        refused(Finding.within.exclude(settled_by=None), settled_by=F("proved_by"), same_hands=False)
        refused(FundMovement.within.exclude(confirmed_by=None), confirmed_by=F("recorded_by"), same_hands=False)
        for first, second in (("recognised", "checked"), ("recognised", "verified"), ("checked", "verified")):
            refused(Watch.within.filter(pk=watched.watch.pk), **{f"{first}_by": F(f"{second}_by")})
        refused(ExitInterview.objects.filter(pk=interview.pk), second_by=F("entered_by"))
        for side in ("interviewer", "raised_by"):
            refused(ExitSuspicion.within.filter(pk=suspicion.pk), ruled_by=F(side))
        refused(ExitAssessment.within.exclude(closed_by=None), decided_by=F("closed_by"), decision="approved")


def small_office():
    Installation.objects.update_or_create(pk=1, defaults={"small_office": True})


def test_who_asked_for_more_time_does_not_grant_it(cast, promise):
    """A small office may; then the row and the story say it."""
    commitment = promise(due_in=5)
    bearer = cast.viewer("handler")
    time_ask(actor=bearer, commitment=commitment, due_on=commitment.due_on + timedelta(days=9), reason="等汛期过")
    row = TimeRequest.objects.get(commitment=commitment)
    refused(TimeRequest.objects.filter(pk=row.pk), decided_by=F("asked_by"), granted=True)
    TimeRequest.objects.update(asked_by=cast.people["clerk"])
    with pytest.raises(NotAllowed):
        time_decide(actor=cast.viewer("clerk"), request=row, granted=True, answer="同意")
    small_office()
    time_decide(actor=cast.viewer("clerk"), request=row, granted=True, answer="同意")
    row.refresh_from_db()
    commitment.refresh_from_db()
    assert row.same_hands and any("小机构" in event.flag for event in promise_story.promise_events(commitment))


def test_who_gave_the_proof_does_not_strike_it_off(cast):
    """Also where they have left the bearer's desk since; a small office may, and the file says so."""
    supervision = supervised(cast)
    (finding,) = supervision.visit(supervision.gap(bearer=cast.bodies["water"]))
    supervision.prove(finding, "water_clerk")
    proof = Proof.objects.get(commitment=finding.commitment)
    Proof.objects.filter(pk=proof.pk).update(given_by=cast.people["second_clerk"])
    actor, promise = cast.viewer("clerk"), finding.commitment
    proof_check(actor=actor, commitment=promise, accepted=True, finding="现场看过", as_agreed=True)
    promise.refresh_from_db()
    other = cast.viewer("second_clerk")
    with pytest.raises(NotAllowed):
        commitment_strike_off(actor=other, commitment=promise)
    small_office()
    commitment_strike_off(actor=other, commitment=promise)
    assert LedgerEvent.objects.get(commitment=promise, kind="struck_off").same_hands
    promise.refresh_from_db()
    assert [event.flag for event in promise_story.promise_events(promise) if "小机构" in event.flag]
    finding.refresh_from_db()
    assert finding.same_hands and finding.settled_by_id == finding.proved_by_id


def test_who_planned_a_project_or_asked_for_more_does_not_approve_it(cast):
    """The office of the county plans one itself: a colleague approves. A small office may alone; the story says so."""
    works = Works(cast)
    ProjectStep.objects.filter(project=works.project, verb="plan").update(by=cast.people["clerk"])
    with pytest.raises(NotAllowed):
        works.approve()
    small_office()
    works.approve()
    step = ProjectStep.objects.get(project=works.project, verb="approve")
    steps = list(ProjectStep.objects.filter(project=works.project).select_related("body"))
    events = project_story.project_events(works.project, steps, [], [], [])
    assert step.same_hands and [event.flag for event in events if "小机构" in event.flag]


def test_who_filed_counter_evidence_does_not_rule(cast):
    """Somebody with a post in the village and one at the county's desk; in a small office neither."""
    assessed = Assessed(cast, households=0).opened().drawn()
    interview = assessed.ask(assessed.of_kind("exited"))
    suspicion = assessed.suspect(interview.sample)
    assessed.counter(suspicion)
    suspicion.counters.update(filed_by=cast.people["second_clerk"])
    small_office()
    with pytest.raises(NotAllowed) as error:
        assessed.rule(suspicion, False)
    assert error.value.code == "suspicion.same_hands"
    assessed.rule(suspicion, False, who="office_head")
