"""What waits, waits on somebody's desk: the declarations of next acts, compared with the desks.

Sisters that were looked for: every stage of every kind of file that has a course (`COURSES`). Found besides the ones
that were reported: a payment and a public file in a small office, a plan that came back, a promise whose supervisor is
its bearer, a promise in a member's own name that is only proposed, a workbook that is checked or has faulty rows, a
need without an offer, a draft of an answer sheet, a matter whose step has no clock.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from tests.assistance.works import Works
from tests.cast import sign_in
from tests.kept import kept
from tests.samples import kwargs_by_loader
from tests.story import Story
from yishi.assistance.exits.models import ExitInterview, ExitSample, ExitSuspicion
from yishi.assistance.imports.models import Import
from yishi.assistance.pairing.models import Match
from yishi.assistance.projects.stages import TABLE as PROJECT_TABLE
from yishi.assistance.supervision.models import RoundMember
from yishi.assistance.watch.models import WatchFact
from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment, TimeRequest
from yishi.commitments.stages import TABLE as PROMISE_TABLE
from yishi.database.reach import everything, reaching
from yishi.deliberation.models import GateRequest, Matter, Minutes, PlanTopic, Stage
from yishi.deliberation.services.gates import gate_answer
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Installation, Post
from yishi.web.kit.next_acts import value_of
from yishi.web.shell.desk import KINDS, inbox
from yishi.web.shell.member import duties
from yishi.web.shell.waiting import COURSES

pytestmark = pytest.mark.django_db


def on_desk(viewer):
    """(kind, url, act) of what waits for the viewer, within what they may see."""
    with reaching(viewer.reach):
        return [(item.kind, item.url, item.act) for item in inbox(viewer)]


@pytest.mark.parametrize("course", COURSES, ids=lambda course: f"{course.kind} {course.title.__module__}")
def test_waiting_1_every_stage_has_a_next_act_or_a_reason_for_none(course):
    """Generated: no stage of any table was forgotten, none is in both."""
    acted = {stage for act in course.acts for stage in act.stages}
    assert acted | set(course.rests) == set(course.stages)
    assert not acted & set(course.rests)


@pytest.mark.parametrize("kind, table", [("commitment", PROMISE_TABLE), ("project", PROJECT_TABLE)])
def test_waiting_1_a_stage_that_can_be_left_says_whose_turn_it_is(kind, table):
    """A stage that leads on is on a desk, or points to the file on whose desk it waits."""
    (course,) = (course for course in COURSES if course.kind == kind)
    for stage, verbs in table.items():
        leads_on = set(verbs.values()) - {stage}
        if leads_on - {"dropped"} and stage in course.rests and course.rests[stage] == "over":
            assert leads_on == {"in_force"}, stage  # reopened only


def _promise(record, act, cast):
    for name in ("bearer", "supervisor", "escalated_to"):
        if name != act.desk:
            setattr(record, name, cast.bodies["water"])
    asks = "more time" in act.act._args[0]
    if "paper" in act.act._args[0]:
        record.bearer, record.bearer_kind, record.bearer_name = None, "party", "二组村民"
    else:
        record.bearer, record.bearer_kind, record.bearer_name = record.bearer or cast.bodies["water"], "body", ""
    record.supervisor = cast.bodies["office"] if act.whose else record.supervisor
    record.due_on = timezone.localdate() - timedelta(days=1)
    record.settled_on, record.rechecked_on = timezone.localdate() - timedelta(days=900), None
    record.backfilled = False
    TimeRequest.objects.filter(commitment=record).update(granted=None if asks else True)


def _project(record, act, cast):
    record.starts_on, record.ends_on = (timezone.localdate() - timedelta(days=ago) for ago in (3, 2))
    if act.desk != "responsible":
        record.responsible = cast.bodies["water"]
    record.acceptor = cast.bodies["office"] if act.desk == "acceptor" else None
    is_asked = act.page == "project_money_decide"
    record.asked_money, record.asked_money_on = ({"donation": 1}, timezone.localdate()) if is_asked else (None, None)
    is_asked = act.page == "project_works_decide"
    record.asked_works, record.asked_works_on = ([], timezone.localdate()) if is_asked else (None, None)


def _proposal(record, act, cast):
    record.outcome, record.commitment = "", None


def _study(record, act, cast):
    record.matter.convener = cast.bodies["office"]
    record.matter.save()
    record.handed_in_on, record.checked_on = timezone.localdate(), None
    record.visits.update(recorded_by=cast.people["convener"])


def _sitting(record, act, cast):
    record.notice_given_on = None if "notice" in act.act._args[0] else timezone.localdate()
    Minutes.objects.filter(sitting=record).update(issued_at=None)


def _gate(record, act, cast):
    record.step, record.round = record.matter.step, 9
    record.papers.all().delete()
    if act.whose is None:
        return
    says, matter = act.act._args[0], record.matter
    matter.convener = record.convener = cast.bodies["office"]
    matter.save()
    record.body = Body.objects.create(kind="party", name=f"中共某镇委员会{uuid7().hex}", place=matter.place)
    record.save()  # nobody has a post there
    if "Compare" in says:
        scan = Attachment.objects.first()
        record.papers.create(
            scan=scan,
            signed_by="某书记",
            signed_on=timezone.localdate(),
            recorded_at=timezone.now(),
            answer="approve",
            recorded_by=cast.people["second_clerk"],
        )


def _match(record, act, cast):
    if isinstance(record, Match):
        record.need.desk, record.proposed_by = cast.bodies["office"], "offer"
        record.need.save()
    else:
        record.matches.update(state="declined")


def _plan(record, act, cast):
    is_supplement = "supplement" in act.act._args[0]
    record.reason, record.decided_at = ("", timezone.now()) if is_supplement else ("请补充", None)
    state = PlanTopic.State.PROPOSED if "put forward" in act.act._args[0] else PlanTopic.State.APPROVED
    record.topics.update(state=state)


def _import(record, act, cast):
    record.body = cast.bodies["office"]


def _report(record, act, cast):
    record.issued_at = None


def _coordination(record, act, cast):
    record.lane, record.coordinate_by = "county", timezone.localdate()


def _round(record, act, cast):
    member = {"round": record, "person": cast.people["clerk"], "valid_to": None}
    RoundMember.objects.get_or_create(**member, defaults={"valid_from": timezone.localdate()})


def _watch(record, act, cast):
    """Nobody who is asked took a step; the notice no longer hangs."""
    record.verified_by = record.checked_by = None
    record.posted_on = record.posted_until = timezone.localdate() - timedelta(days=9)


def _watch_signal(record, act, cast):
    record.judge_by = timezone.localdate() - timedelta(days=1)


def _self_report(record, act, cast):
    record.match_by = timezone.localdate() - timedelta(days=1)


def _exit_assessment(record, act, cast):
    """All drawn households but one are away; with a paper, or with nothing left to do."""
    record.decision = ""
    ExitInterview.every.filter(sample__assessment=record).update(on_paper=False)
    suspicions = ExitSuspicion.every.filter(sample__assessment=record)
    suspicions.update(state="dismissed", ruled_by=cast.people["second_clerk"])
    away = ExitInterview.every.filter(sample__assessment=record, questionnaire="away")
    away.delete()
    if act.says(record) in ("Visit the drawn households", "入户调查"):
        ExitInterview.every.filter(sample__assessment=record).update(taken_back_at=timezone.now())
        return
    ExitInterview.every.filter(sample__assessment=record).update(taken_back_at=None)
    person = cast.people["clerk"]
    said = {"outcome": "away", "on": timezone.localdate(), "entered_at": timezone.now(), "questionnaire": "away"}
    left = ExitSample.within.filter(assessment=record).exclude(pk__in=ExitInterview.objects.values("sample"))
    for sample in left:
        ExitInterview.every.create(sample=sample, asked_by=person, entered_by=person, **said)
    if act.page == "exit_sample":
        ExitInterview.every.filter(sample__assessment=record).update(on_paper=True, outcome="done", second_answers=None)


def _exit_suspicion(record, act, cast):
    record.ruled_by, record.due_on = None, timezone.localdate() - timedelta(days=1)
    record.interviewer = record.raised_by = cast.people["handler"]
    type(record.sample.assessment)._base_manager.filter(pk=record.sample.assessment_id).update(stage="drawn")


def _nobodys(record, act, cast):
    """Recorded by nobody whom the test asks."""
    for name in ("recorded_by", "prepared_by"):
        if hasattr(record, name):
            setattr(record, name, None)


PREPARED = {
    "commitment": _promise, "project": _project, "proposal": _proposal, "study": _study, "sitting": _sitting,
    "coordination": _coordination, "round": _round, "gate": _gate, "match": _match, "plan": _plan, "import": _import,
    "report": _report, "self_report": _self_report, "watch": _watch, "watch_signal": _watch_signal,
    "exit_assessment": _exit_assessment,
    "exit_suspicion": _exit_suspicion,
}  # fmt: skip


def _shape(course, act, stage, record, cast):
    """Bring `record` to `stage`, with `act` next, so that its desk is the county office's."""
    if course.column != "stage_now":
        setattr(record, course.column, stage)
    if not act.whose:
        *path, last = act.desk.split("__")
        owner = value_of(record, "__".join(path)) if path else record
        setattr(owner, last, cast.bodies["office"])
        owner.save()
    PREPARED.get(course.kind, _nobodys)(record, act, cast)
    record.save()
    if hasattr(record, "matter_id"):
        Matter.within.filter(pk=record.matter_id).update(state=Matter.State.OPEN)


@kept
def world(cast):
    kwargs_by_loader(cast)
    with everything():
        Import.objects.create(
            kind="deeds", body=cast.bodies["office"], place=cast.places["牟定县"], year=2026, filename="帮扶.xlsx",
            size=1, sha256="0" * 64, sent_at=timezone.now(),
        )  # fmt: skip
    return cast


NAMED = {
    "worry", "matter", "gate", "plan", "study", "sitting", "consultation", "agreement", "commitment", "proposal",
    "match", "project", "payment", "coordination", "round", "change_request", "duplicate", "import", "report",
    "release", "visit", "self_report", "watch", "watch_signal", "exit_assessment", "exit_suspicion",
}  # fmt: skip


def test_waiting_1_every_kind_of_file_has_a_course():
    assert {course.kind for course in COURSES} == NAMED


def _url(course, act, record):
    return reverse(course.page) if course.together else reverse(act.page, args=[value_of(record, act.of)])


@pytest.mark.long
def test_waiting_1_every_stage_with_a_next_act_is_on_that_desk(world):
    """Generated: each record of each kind is brought to each stage with a next act; whose act it is sees it on their
    desk with that act's page; in a stage that rests nobody sees it."""
    clerk, outsider = world.viewer("clerk"), world.viewer("outsider")
    of_village = world.viewer("village_head")  # some acts are the village's own
    missing, lingering, tried = [], [], 0
    for course in COURSES:
        if course.kind == "matter":
            continue  # many conditions: tested one by one below
        with everything():
            record = course.records().order_by("pk").first()
        assert record is not None, course.kind
        for act in course.acts:
            for stage in act.stages:
                if course.kind == "consultation" and stage == "open":
                    continue  # waits only while statements do: tried in its own tests
                with everything():
                    _shape(course, act, stage, record, world)
                url, says = _url(course, act, record), act.says(record)
                tried += 1
                if (course.kind, url, says) not in on_desk(of_village if act.desk == "village" else clerk):
                    missing.append((course.kind, stage, act.desk, says))
                if (course.kind, url) in [item[:2] for item in on_desk(outsider)]:
                    lingering.append((course.kind, stage, "outsider"))
        for stage in course.rests:
            if course.column == "stage_now":
                continue
            with everything():
                over = {course.column: stage}
                if course.kind == "exit_suspicion":
                    over["ruled_by"] = world.people["second_clerk"]
                if course.kind == "self_report":  # what is matched has its family
                    fact = WatchFact.within.first()
                    over.update(household=fact.household_id, fact=fact.pk)
                type(record)._base_manager.filter(pk=record.pk).update(**over)
            urls = {_url(course, act, record) for act in course.acts}
            lingering += [
                (course.kind, stage) for kind, url, _act in on_desk(clerk) if kind == course.kind and url in urls
            ]
    assert not missing
    assert not lingering
    assert tried >= 25


def test_waiting_1_a_planned_project_waits_for_approval_and_a_finished_one_for_whoever_may_accept(cast):
    with everything():
        works = Works(cast)
    approve = ("project", reverse("project_approve", args=[works.pk]))
    assert approve in [item[:2] for item in on_desk(cast.viewer("clerk"))]
    assert approve not in [item[:2] for item in on_desk(cast.viewer("water_clerk"))]  # who builds does not approve
    assert approve not in [item[:2] for item in on_desk(cast.viewer("outsider"))]
    with everything():
        works.approve().start().build()
    accept = ("project", reverse("project_accept", args=[works.pk]))
    assert accept in [item[:2] for item in on_desk(cast.viewer("clerk"))]
    assert accept not in [item[:2] for item in on_desk(cast.viewer("water_clerk"))]


def test_waiting_1_a_study_goes_to_the_desk_above_where_nobody_else_may_check_it(cast):
    with everything():
        story = Story(cast).raise_worry().take_up().study_it()
        story.study.refresh_from_db()
        story.study.checked_on = None
        story.study.save()
        story.study.visits.update(recorded_by=cast.people["convener"])
    item = ("study", reverse("matter_studies", args=[story.matter.pk]))
    assert item not in [one[:2] for one in on_desk(cast.viewer("convener"))]  # their own hands
    assert item in [one[:2] for one in on_desk(cast.viewer("clerk"))]
    with everything():  # a colleague at the convener's desk: then it is theirs
        Post.objects.create(person=cast.people["villager"], body=cast.bodies["council"], role="clerk")
    assert item in [one[:2] for one in on_desk(cast.viewer("villager"))]
    assert item not in [one[:2] for one in on_desk(cast.viewer("clerk"))]


def _matter_acts(cast, matter):
    return [act for kind, _url, act in on_desk(cast.viewer("convener")) if kind == "matter"]


def test_waiting_1_an_open_matter_is_on_a_desk_at_every_stage(cast, settings):
    """Just taken up, seats to fill, an agreement to write, a gate that came back at its own step: with or without a
    clock."""
    with everything():
        story = Story(cast).raise_worry().take_up()
        matter = story.matter
        Matter.within.filter(pk=matter.pk).update(step_due_on=None)
        GateRequest.objects.filter(matter=matter).delete()
    assert len(_matter_acts(cast, matter)) == 1
    for stage, act in ((Stage.DELIBERATED, "补齐席位"), (Stage.AGREED, "起草协商意见")):
        with everything():
            Matter.within.filter(pk=matter.pk).update(stage=stage)
        assert _matter_acts(cast, matter) == [act]
    for stage in Stage.values:
        with everything():
            Matter.within.filter(pk=matter.pk).update(stage=stage)
        assert len(_matter_acts(cast, matter)) == 1, stage
    with everything():
        matter.refresh_from_db()
        gate = GateRequest.objects.create(
            matter=matter, step=matter.step, gate="g", name="审定", body=cast.bodies["party"],
            asked_at=timezone.now(), due_on=timezone.localdate(),
        )  # fmt: skip
    assert not _matter_acts(cast, matter)  # it waits for the party committee
    assert ("gate", reverse("gate", args=[gate.pk])) in [one[:2] for one in on_desk(cast.viewer("party_clerk"))]
    with everything():
        gate_answer(actor=cast.viewer("party_clerk"), gate=gate, answer="return", reason="请补充")
    assert _matter_acts(cast, matter) == ["按退回意见补正后重新提请"]


def test_waiting_1_in_a_small_office_the_same_person_sees_what_they_must_check(cast):
    with everything():
        works = Works(cast).approve().allot()
        works.pay(500, confirmed=False)
        assert "payment" not in [kind for kind, _url, _act in on_desk(works.clerk)]
        Installation.objects.update(small_office=True)
    assert "payment" in [kind for kind, _url, _act in on_desk(works.clerk)]


def test_waiting_1_a_proposed_promise_in_ones_own_name_is_among_ones_duties(cast):
    with everything():
        story = Story(cast).all()
        Commitment.within.filter(pk=story.commitment.pk).update(
            state="proposed", bearer_person=cast.people["member"]
        )  # fmt: skip
    viewer = cast.viewer("member")
    with reaching(viewer.reach):
        assert [item.act for item in duties(viewer) if item.kind == "commitment"] == ["确认承诺"]


def test_the_desk_asks_at_most_ten_times(client, world, django_assert_max_num_queries):
    """All kinds of file by one question (tests/bench/deliberation.py measures its processor time)."""
    sign_in(client, world, "clerk")
    client.get(reverse("desk"))  # the first page of a session writes it
    with django_assert_max_num_queries(10):
        assert client.get(reverse("desk")).status_code == 200


def test_waiting_1_the_title_of_an_item_is_a_link(client, cast):
    with everything():
        works = Works(cast)
    page = sign_in(client, cast, "clerk").get(reverse("desk")).content.decode()
    assert f'<a href="{reverse("project_approve", args=[works.pk])}">通组路硬化</a>' in page


def test_forms_12_every_kind_on_a_desk_has_its_chinese():
    """A kind without a word stood as "payment 1" between Chinese ones."""
    with translation.override("zh-hans"):
        words = {course.kind: KINDS[course.kind]() for course in COURSES}
    assert not {kind for kind, word in words.items() if word.isascii()}
