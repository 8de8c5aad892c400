"""Every clock of the product across 2026 to 2028, against a calendar written by hand, announced years and not."""

import ast
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import timezone

from tests.assistance.exits.assessed import Assessed
from tests.assistance.supervised import finding_of, supervised
from tests.calendar_by_hand import FIRST, LAST, NEXT_YEAR, NOTHING, TODAY
from tests.cast import sign_in
from tests.story import Story
from yishi.assistance.deeds.models import DeedCode
from yishi.assistance.deeds.services.family import answer_again_until
from yishi.assistance.supervision.models import Round
from yishi.assistance.supervision.services._common import coordinate_by
from yishi.assistance.supervision.services.coordination import coordination_recount, finding_coordinate
from yishi.assistance.supervision.services.findings import finding_rule
from yishi.commitments.clocks import next_due, yellow_from
from yishi.commitments.models import Commitment
from yishi.commitments.services import clocks_run
from yishi.commitments.services import judging as judged
from yishi.database.counted_days import CountedDayField
from yishi.database.reach import everything
from yishi.deliberation.models import GateRequest, Minutes, Sitting, StepRecord, Worry
from yishi.deliberation.process.schema import read_document
from yishi.deliberation.services import minutes as records
from yishi.deliberation.services import screening, sittings
from yishi.deliberation.services.worries import worry_file
from yishi.demo.story_time import story_time
from yishi.journal.models import Entry
from yishi.kit import clock
from yishi.kit.clock import CountedDay, add_workdays, is_workday, workdays_between
from yishi.kit.errors import Refusal
from yishi.notices.models import Notice
from yishi.organisations import digest
from yishi.organisations.counted_days import days_recount
from yishi.organisations.grants import Viewer, viewer_of
from yishi.organisations.models import Installation
from yishi.reporting import reads
from yishi.web.deliberation.process.waiting import _pressing
from yishi.web.deliberation.sittings.sitting_story import sitting_story
from yishi.web.deliberation.sittings.waiting import _notice_due

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]

PACKAGE = Path(clock.__file__).parents[1]
ASKS = {"add_workdays", "workdays_between", "is_workday"}

# Every place that asks for working days, and the test below that holds it to the calendar of the wall.
CLOCKS = {
    "assistance/deeds/services/family.py:answer_again_until": "test_a_familys_second_word",
    "assistance/exits/services/suspicions.py:counter_until": "test_counter_evidence",
    "assistance/supervision/services/_common.py:coordinate_by": "test_coordination",
    "commitments/clocks.py:next_due": "test_the_check_of_a_proof",
    "commitments/clocks.py:yellow_from": "test_a_promise_turns_yellow",
    "commitments/services/carrying.py:proof_check": "test_the_story_of_a_matter",
    "commitments/services/clock.py:_due": "test_a_promise_is_passed_on",
    "commitments/services/clock.py:_press": "test_a_promise_is_passed_on",
    "commitments/services/judging.py:_reopen": "test_a_reopened_promise",
    "commitments/services/recounting.py:days_recount": "test_what_was_in_doubt_is_counted_again",
    "deliberation/process/conditions.py:_ahead_of_sitting": "test_notice_and_papers",
    "deliberation/services/asking.py:put": "test_the_story_of_a_matter",
    "deliberation/services/course.py:enter": "test_the_story_of_a_matter",
    "deliberation/services/minutes.py:minutes_due": "test_the_story_of_a_matter",
    "deliberation/services/recounting.py:_gates": "test_what_was_in_doubt_is_counted_again",
    "deliberation/services/recounting.py:_steps": "test_what_was_in_doubt_is_counted_again",
    "deliberation/services/recounting.py:_worries": "test_what_was_in_doubt_is_counted_again",
    "deliberation/services/screening.py:owed_anew": "test_a_worry",
    "deliberation/services/screening.py:decide": "test_a_worry",
    "deliberation/services/screening.py:worry_reopen": "test_a_worry",
    "deliberation/services/sittings.py:_check_ahead": "test_notice_and_papers",
    "deliberation/services/worries.py:_write": "test_a_worry",
    "organisations/digest.py:digests_send": "test_the_daily_list",
    "reporting/reads.py:_last_due_soon": "test_a_promise_turns_yellow",
    "web/shell/calendar.py:calendar": "test_the_calendar_on_the_desk",
    "web/deliberation/process/waiting.py:_presses_until": "test_a_matter_that_presses",
    "web/deliberation/sittings/sitting_story.py:_ahead": "test_notice_and_papers",
    "web/deliberation/sittings/sitting_story.py:sitting_story": "test_notice_and_papers",
    "web/deliberation/sittings/sittings.py:__init__": "test_notice_and_papers",
    "web/deliberation/sittings/waiting.py:_notice_due": "test_notice_and_papers",
}

# Columns in which a counted day is kept.
KEPT = {
    "assistance.exitsuspicion.due_on",
    "assistance.finding.coordinate_by",
    "commitments.commitment.verdict_due_on",
    "deliberation.gaterequest.due_on",
    "deliberation.matter.step_due_on",
    "deliberation.minutes.due_on",
    "deliberation.steprecord.due_on",
    "deliberation.worry.answer_due_on",
}
D = date.fromisoformat
STARTS = [
    D(text)
    for text in (
        *("2026-02-12", "2026-04-30", "2026-09-24", "2026-12-28", "2027-01-04", "2027-02-03", "2027-04-29"),
        *("2027-09-28", "2027-12-30", "2028-01-24", "2028-05-25", "2028-09-28"),
    )
]


@pytest.fixture(params=["as announced today", "nothing announced", "2027 announced"])
def wall(request, monkeypatch):
    """The calendar on the wall. As announced today the library itself answers: the hand's table is held against it."""
    hand = {"as announced today": TODAY, "nothing announced": NOTHING, "2027 announced": NEXT_YEAR}[request.param]
    if hand is not TODAY:
        announce(monkeypatch, hand)
    return hand


def announce(monkeypatch, hand):
    library = clock.chinese_calendar.is_workday

    def answer(day):
        if day.year < FIRST.year:
            return library(day)
        if day.year not in hand.announced:
            raise NotImplementedError
        return hand.works(day)

    monkeypatch.setattr(clock.chinese_calendar, "is_workday", answer)


def at(day, hour=10):
    return story_time(timezone.make_aware(datetime.combine(day, time(hour))))


def holds(wall, kept, start, count):
    """The day that is kept is that of the wall, and says whether it may move."""
    assert (kept, kept.is_certain) == (wall.counted(start, count), wall.stands(start, count)), (start, count)


def test_a_familys_second_word(wall):
    """Ten working days after what it said first; no longer where it said the other thing or something followed."""
    for start in STARTS:
        code = DeedCode(answered_at=timezone.make_aware(datetime.combine(start, time(10))))
        holds(wall, answer_again_until(code), start, 10)
        assert answer_again_until(DeedCode(answered_at=code.answered_at, settled_at=code.answered_at)) is None


def suspected(cast, start):
    """A suspicion that was raised on `start`."""
    with at(start):
        assessed = Assessed(cast, households=0).opened().drawn()
        interview = assessed.ask(assessed.of_kind("exited"))
        return assessed.suspect(interview.sample)


@pytest.mark.parametrize("start", STARTS[1:6])
def test_counter_evidence(wall, cast, start):
    """Five working days by the rules with which the assessment began."""
    holds(wall, suspected(cast, start).due_on, start, 5)


def test_counter_evidence_in_doubt_is_counted_again(monkeypatch, cast):
    """By the rules with which the assessment began; the village is told. What is ruled stays as it was."""
    start = D("2027-02-03")
    announce(monkeypatch, TODAY)
    Installation.objects.update_or_create(pk=1, defaults={"calendar_year": 2026})
    suspicion = suspected(cast, start)
    assert suspicion.due_on == TODAY.counted(start, 5) and not suspicion.due_on.is_certain
    monkeypatch.undo()
    announce(monkeypatch, NEXT_YEAR)
    assert days_recount() == 1
    suspicion.refresh_from_db()
    assert suspicion.due_on == NEXT_YEAR.counted(start, 5) != TODAY.counted(start, 5)
    notice = Notice.objects.get(code="due.recounted", subject_id=suspicion.pk)
    assert notice.body_id == cast.bodies["village"].pk
    assert days_recount() == 0


def test_coordination(wall, cast):
    """Ten working days for whoever coordinates a finding, from the day on which they were asked."""
    for start in STARTS:
        holds(wall, coordinate_by(start, Round(pack="2020.1")), start, 10)


def test_coordination_in_doubt_is_counted_again(monkeypatch, cast, all_files):
    """Whoever coordinates is told; what was arranged, and what left the list, stays as it was."""
    start = D("2027-02-03")
    announce(monkeypatch, TODAY)
    Installation.objects.update_or_create(pk=1, defaults={"calendar_year": 2026})
    with at(start):
        round = supervised(cast)
        lanes = ("county", "province", "prefecture")
        waits, arranged, ruled = round.visit(*(round.gap("housing", number, lane) for number, lane in enumerate(lanes)))
        finding_coordinate(actor=cast.viewer("province_clerk"), finding=arranged, words="已商定")
        finding_rule(actor=cast.viewer("clerk"), finding=ruled, ruling="unfounded", reason="不存在")
    for found in (waits, arranged, ruled):
        assert found.coordinate_by == TODAY.counted(start, 10) and not found.coordinate_by.is_certain
    monkeypatch.undo()
    announce(monkeypatch, NEXT_YEAR)
    assert coordination_recount(D("2027-01-01"), D("2027-12-31")) == 1
    days = {key: finding_of(found.pk).coordinate_by for key, found in
            (("waits", waits), ("arranged", arranged), ("ruled", ruled))}  # fmt: skip
    before, after = TODAY.counted(start, 10), NEXT_YEAR.counted(start, 10)
    assert days == {"waits": after, "arranged": before, "ruled": before} and before != after
    notice = Notice.objects.get(code="due.recounted", subject_id=waits.pk)
    assert notice.body_id == cast.bodies["office"].pk
    assert coordination_recount(D("2027-01-01"), D("2027-12-31")) == 0


def test_the_table_names_every_place_that_asks_for_working_days():
    found = set()
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith("demo/") or name == "kit/clock.py":
            continue
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                asks = {getattr(n.func, "id", "") for n in ast.walk(function) if isinstance(n, ast.Call)} & ASKS
                inner = any(isinstance(n, ast.FunctionDef) and n is not function for n in ast.walk(function))
                if asks and not inner:
                    found.add(f"{name}:{function.name}")
    assert found == set(CLOCKS)
    assert set(CLOCKS.values()) <= set(globals())


def test_the_table_names_every_column_of_a_counted_day():
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    assert {str(field).lower() for field in fields if isinstance(field, CountedDayField)} == KEPT


def test_every_day_of_three_years(wall):
    day = FIRST
    while day <= LAST:
        assert is_workday(day) == wall.works(day), day
        for count in (1, 3, 5, 10, -1, -3, -7):
            if FIRST <= wall.counted(day, count) <= LAST:
                holds(wall, add_workdays(day, count), day, count)
        day += timedelta(days=1)


def test_a_worry(wall, cast):
    """Raised, passed on, asked again, its answer taken back: five working days each time."""
    for start in STARTS:
        with at(start):
            receipt = worry_file(
                actor=Viewer(), text="路灯坏了", theme="land", place=cast.places["牟尼村"], venue=None, channel="code"
            )
        worry = Worry.within.get(pk=receipt.result["worry"])
        holds(wall, worry.answer_due_on, start, 5)
        later = start + timedelta(days=2)
        with at(later):
            screening.worry_pass(
                actor=cast.viewer("convener"), worry=worry, to_body=cast.bodies["department"], reason="归口"
            )
            worry.refresh_from_db()
            holds(wall, worry.answer_due_on, later, 5)
            screening.worry_answer(actor=cast.viewer("handler"), worry=worry, text="已报修")
            screening.worry_reopen(actor=viewer_of(worry.raiser), worry=worry, reason="还没修好")
        worry.refresh_from_db()
        holds(wall, worry.answer_due_on, later, 5)
        last = later + timedelta(days=3)
        with at(last):
            screening.worry_answer(actor=cast.viewer("convener"), worry=worry, text="已修好")
            screening.worry_take_back(actor=cast.viewer("convener"), worry=worry, reason="答错了对象")
        worry.refresh_from_db()
        holds(wall, worry.answer_due_on, last, 5)
        notice = Notice.objects.filter(code="worry.filed", subject_id=worry.pk).earliest("created_at")
        assert notice.params["due_on"].endswith("?") != wall.stands(start, 5)


def told(start, cast):
    """The story of a matter, told from ten in the morning of `start`, up to the checked proof."""
    with at(start):
        return Story(cast).all()


@pytest.mark.parametrize("start", STARTS[2:6])
def test_the_story_of_a_matter(wall, cast, start):
    """Its steps, its gates, its minutes, the verdict on what was promised."""
    story = told(start, cast)
    model = read_document(story.matter.process.document)
    for record in StepRecord.objects.filter(matter=story.matter, due_on__isnull=False):
        holds(wall, record.due_on, start, model.step(record.step).days)
    with everything():
        for request in GateRequest.objects.filter(matter=story.matter):
            holds(wall, request.due_on, start, model.step(request.step).gate(request.gate).days)
        assert story.matter.step_due_on is None or isinstance(story.matter.step_due_on, CountedDay)
    holds(wall, story.commitment.verdict_due_on, start, 10)
    with at(start, 11):
        records.minutes_write(actor=cast.viewer("convener"), sitting=story.sitting, text="议定缓交半年")
    holds(wall, Minutes.objects.get(sitting=story.sitting).due_on, start, model.clock("minutes"))


@pytest.mark.parametrize("start", STARTS[2:6])
def test_a_reopened_promise(wall, cast, checked, start):
    """Ten working days at least; what people promised themselves is certain."""
    with at(start):
        commitment = checked(due_in=1)
        assert isinstance(commitment.verdict_due_on, CountedDay) and not isinstance(commitment.due_on, CountedDay)
        judged.verdict_give(actor=cast.viewer("villager"), commitment=commitment, value="not_satisfied", text="没到账")
    commitment.refresh_from_db()
    assert (commitment.round, commitment.due_counted_from) == (2, start)
    holds(wall, commitment.due_on, start, 10)


def test_a_promise_turns_yellow(wall):
    """Three working days before it is due, or in the last fifth of its time; the overview counts by the same day."""
    for due in STARTS:
        first = yellow_from(due - timedelta(days=10), due)
        assert first == min(due - timedelta(days=2), wall.counted(due, -3))
        soon = reads._last_due_soon(due)
        assert wall.counted(soon, -3) <= due < wall.counted(soon + timedelta(days=1), -3)


def test_the_check_of_a_proof(wall):
    """Ten working days from the proof; it is kept in no column."""
    for start in STARTS:
        holds(wall, next_due(Commitment(state="proved", proved_on=start)), start, 10)


@pytest.mark.parametrize("due", STARTS[1:6])
def test_a_promise_is_passed_on(wall, cast, promise, due):
    """To the next tier on the sixth working day after it was due."""
    with at(due - timedelta(days=5)):
        commitment = promise(due_in=5, bearer=cast.bodies["company"], supervisor=cast.bodies["office"])
    last = wall.counted(due, 5)
    for day, tier in ((due + timedelta(days=1), 2), (last, 2), (last + timedelta(days=1), 3)):
        with at(day):
            clocks_run(day)
        commitment.refresh_from_db()
        assert commitment.escalation == tier, day


@pytest.mark.parametrize("held", STARTS[2:7])
def test_notice_and_papers(wall, cast, held):
    """Given so many working days before the sitting, by the model: one day later it is short notice."""
    start = wall.counted(held, -8)
    with at(start):
        story = Story(cast).raise_worry().take_up("five_links").study_it().fill_seats()
        model = read_document(story.matter.process.document)
        ahead = model.clock("notice")
        sittings.sitting_plan(
            actor=cast.viewer("convener"),
            matter=story.matter,
            starts_at=timezone.make_aware(datetime.combine(held, time(9))),
            venue=cast.venue,
            agenda="协商",
        )
        sitting = Sitting.within.get(matter=story.matter)
        last = wall.counted(held, -ahead)
        assert (_notice_due(sitting), _notice_due(sitting).is_certain) == (last, wall.stands(held, -ahead))
        due = {str(event.title): event.due for event in sitting_story(sitting) if event.due}
        assert list(due.values()) == [last, wall.counted(held, -model.clock("papers"))]
    with at(wall.counted(last, 1)), pytest.raises(Refusal):
        sittings.sitting_notice(actor=cast.viewer("convener"), sitting=sitting)
    with at(last):
        sittings.sitting_notice(actor=cast.viewer("convener"), sitting=sitting)
        assert workdays_between(last, held) >= ahead


def test_the_daily_list(wall, cast, promise):
    """Goes out on working days, and looks three working days ahead."""
    body = cast.bodies["department"]
    body.email = "office@example.org"
    body.save()
    for start in STARTS:
        with at(start - timedelta(days=1)):
            near = promise(due_in=(wall.counted(start, 3) - start).days + 1)
            promise(due_in=(wall.counted(start, 3) - start).days + 2)
        with at(start):
            assert digest.digests_send() == int(wall.works(start))
        if wall.works(start):
            notice = Notice.objects.get(code="digest.due", once=f"digest:{body.pk}:{start}")
            assert notice.params["count"] == "1" and near.number in notice.params["due"]
            assert notice.params["due_on"].endswith("?") != wall.stands(start, 3)
        Commitment.within.update(state="struck_off")


def test_a_matter_that_presses(wall):
    for day in STARTS:
        assert f"'step_due_on__lte', {wall.counted(day, 3)!r}".replace("datetime.date", "CountedDay") in repr(
            _pressing(day)
        )


def test_the_calendar_on_the_desk(wall, cast, client):
    sign_in(client, cast, "convener")
    for month in ("2026-02", "2026-10", "2027-02", "2027-05", "2028-01"):
        page = client.get("/desk/calendar/", {"month": month})
        cells = [cell for week in page.context["weeks"] for cell in week if FIRST <= cell["day"] <= LAST]
        assert {cell["day"] for cell in cells if cell["is_free"]} == {
            cell["day"] for cell in cells if not wall.works(cell["day"])
        }
        assert page.context["is_certain"] == wall.stands(D(month + "-01"), 0)


def test_what_was_in_doubt_is_counted_again(monkeypatch, cast, checked):
    """2027 is announced after the days were counted: each moves by an act that leaves its entry and tells its desk."""
    start = D("2027-02-03")
    announce(monkeypatch, TODAY)
    Installation.objects.update_or_create(pk=1, defaults={"calendar_year": 2026})
    story = told(start, cast)
    with at(start):
        records.minutes_write(actor=cast.viewer("convener"), sitting=story.sitting, text="议定缓交半年")
        receipt = worry_file(
            actor=Viewer(), text="路灯坏了", theme="land", place=cast.places["牟尼村"], venue=None, channel="code"
        )
        reopened = checked(due_in=1)
        judged.verdict_give(actor=cast.viewer("villager"), commitment=reopened, value="not_satisfied", text="没到账")
        kept = checked(due_in=40)
    worry = Worry.within.get(pk=receipt.result["worry"])
    assert days_recount() == 0  # nothing new is announced
    assert worry.answer_due_on == TODAY.counted(start, 5) and not worry.answer_due_on.is_certain

    monkeypatch.undo()
    announce(monkeypatch, NEXT_YEAR)
    moved = days_recount()
    for row in (worry, reopened, kept, story.matter, story.commitment):
        row.refresh_from_db()
    model = read_document(story.matter.process.document)
    minutes = Minutes.objects.get(sitting=story.sitting)
    assert worry.answer_due_on == NEXT_YEAR.counted(start, 5) != TODAY.counted(start, 5)
    assert minutes.due_on == NEXT_YEAR.counted(start, model.clock("minutes"))
    assert reopened.due_on == story.commitment.verdict_due_on == NEXT_YEAR.counted(start, 10)
    assert kept.due_on == start + timedelta(days=40)
    assert all(day.is_certain for day in (worry.answer_due_on, minutes.due_on, reopened.due_on))
    entries = Entry.objects.filter(code__endswith=".due.recount")
    assert moved == entries.count() == Notice.objects.filter(code="due.recounted", body_id__isnull=False).count() >= 5
    assert entries.get(subject_id=worry.pk).data["was"] == TODAY.counted(start, 5).isoformat()
    assert days_recount() == 0
