"""A county's exit assessment, from its frame to its decision: who does what, and what the database itself refuses."""

import gzip
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.assistance.exits.assessed import SEED, Assessed
from tests.kept import kept
from yishi.assistance.exits.models import ExitAssessment, ExitFile, ExitSample
from yishi.assistance.exits.services.assessments import assessment_draw, assessment_drop
from yishi.assistance.exits.services.closing import assessment_close, assessment_reopen
from yishi.assistance.exits.services.deciding import exit_decide, exit_take_back
from yishi.assistance.exits.services.framing import file_of
from yishi.assistance.exits.survey.draw import draw
from yishi.assistance.exits.survey.frame import frame_hash, frame_read
from yishi.assistance.exits.survey.package import package_check
from yishi.assistance.register.models import Household, HouseholdStanding
from yishi.assistance.register.services.identity import ring
from yishi.assistance.register.services.register import household_change
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def assessed(cast):
    return Assessed(cast)


def test_it_works(assessed):
    """The frame is of the register on its day; the sample is what anybody draws of frame and seed."""
    assessed.opened().drawn()
    text = file_of(assessed.assessment, ExitFile.Kind.FRAME).decode()
    frame = frame_read(text)
    assert frame_hash(text) == assessed.assessment.frame_hash
    assert sorted(unit.kind for unit in frame.units) == ["exited"] * 7 + ["unlisted"] * 2
    assert {unit.village for unit in frame.units} == {"532323100201", "532323100202"}
    again = draw(frame, SEED)
    assert [(s.code, s.rank, s.stratum) for s in assessed.samples] == [
        (drawn.unit.code, drawn.rank, drawn.unit.stratum) for drawn in again.households
    ]
    assert {s.household_id for s in assessed.samples} - {None} == {home.pk for home in assessed.households}
    assert sorted(s.roster_line for s in assessed.samples if s.roster_line) == [1, 2]


def test_the_frame_holds_nothing_of_a_person(assessed):
    """Neither names, numbers, phones nor the register's own numbers; in the next assessment other codes."""
    first = file_of(assessed.opened().assessment, ExitFile.Kind.FRAME).decode()
    for home in assessed.households:
        for secret in (home.number, str(home.pk), home.phone, home.head.name):
            assert secret not in first
    second = file_of(assessed.opened().assessment, ExitFile.Kind.FRAME).decode()
    codes = [{unit.code for unit in frame_read(text).units if unit.kind == "exited"} for text in (first, second)]
    assert not codes[0] & codes[1]


def test_who_left_poverty_after_the_day_is_not_in_the_frame(assessed):
    """The register as it was: of a household that left it or fell back later what stood then counts."""
    home = assessed.households[0]
    household_change(actor=assessed.by("clerk"), household=home, values={"state": "returned"})
    now, then = assessed.today, assessed.today - timedelta(days=30)
    counts = [assessed.opened(as_of=day).assessment.frame_people["exited"] for day in (now, then)]
    assert counts == [18, 21]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"year": 2013}, "exit.year"),
        ({"rules": "2099"}, "exit.version"),
        ({"exited": 0, "unlisted": 0}, "exit.plan"),
        ({"exited": 501}, "exit.plan"),
        ({"exited": -1}, "exit.plan"),
        ({"villages": 401}, "exit.villages"),
        ({"as_of": "tomorrow"}, "as_of.future"),
        ({"as_of": "before"}, "exit.empty"),
        ({"place": "共和镇"}, "exit.place"),
        ({"rosters": {"外县村": 1}}, "exit.roster"),
        ({"rosters": {"牟尼村": 5_001}}, "exit.roster_count"),
    ],
)
def test_what_cannot_be_is_refused(assessed, change, code):
    days = {"tomorrow": timedelta(days=1), "before": timedelta(days=-3000)}
    if change.get("as_of") in days:
        change = {"as_of": assessed.today + days[change["as_of"]], "rosters": {}}
    if "place" in change:
        change = {"place": assessed.cast.places[change["place"]]}
    if "rosters" in change:
        change = {**change, "rosters": {assessed.cast.places[k].pk: v for k, v in change["rosters"].items()}}
    with pytest.raises(Refusal) as error:
        assessed.opened(**change)
    assert error.value.code == code and not ExitAssessment.within.exists()


@pytest.mark.parametrize("who", ["outsider", "convener", "village_head", "handler", "auditor", "administrator"])
def test_only_an_overseeing_desk_of_the_county_runs_it(assessed, who):
    with pytest.raises(NotAllowed):
        assessed.opened(who=who)


def test_a_sample_is_drawn_once(assessed):
    assessed.opened().drawn()
    with pytest.raises(WrongStage):
        assessed.drawn("another seed")
    assert assessed.assessment.seed == SEED


@pytest.mark.parametrize(("seed", "source", "code"), [("", "x", "exit.seed"), ("1", "", "seed_source.empty")])
def test_a_seed_says_where_it_was_published(assessed, seed, source, code):
    assessed.opened()
    with pytest.raises(Refusal) as error:
        assessment_draw(actor=assessed.by("clerk"), assessment=assessed.assessment, seed=seed, seed_source=source)
    assert error.value.code == code


def test_dropped_it_stays_with_its_reason(assessed):
    assessed.opened().drawn()
    assessment_drop(actor=assessed.by("clerk"), assessment=assessed.assessment, reason="抽样框日期填错")
    row = ExitAssessment.within.get()
    assert (row.stage, row.drop_reason, row.seed) == ("dropped", "抽样框日期填错", SEED)
    with pytest.raises(WrongStage):
        assessment_drop(actor=assessed.by("clerk"), assessment=row, reason="再来一次")


def test_it_is_closed_when_nothing_waits(assessed):
    assessed.opened().drawn()
    with pytest.raises(Refusal) as error:
        assessed.closed()
    assert error.value.code == "exit.unfinished" and "9" in str(error.value.message)
    assessed.asked()
    suspicion = assessed.suspect(assessed.of_kind("exited"))
    with pytest.raises(Refusal):
        assessed.closed()
    assessed.counter(suspicion)
    assessed.rule(suspicion, False)
    assert assessed.closed().assessment.results["answered"] == 9


def test_the_package_is_checked_and_names_nobody(assessed):
    assessed.opened().drawn().asked().closed()
    content = file_of(assessed.assessment, ExitFile.Kind.PACKAGE)
    found = package_check(content, ring().public_key)
    assert found.problem == "" and found.about["number"] == assessed.assessment.number and found.files == 8
    for home in Household.within.all():
        assert home.number.encode() not in content and home.head.name.encode() not in content
    assert len(gzip.compress(content)) < len(content)


def test_opened_again_the_package_is_void(assessed):
    assessed.opened().drawn().asked().closed()
    assessment_reopen(actor=assessed.by("clerk"), assessment=assessed.assessment, reason="漏录一份问卷")
    row = ExitAssessment.within.get()
    assert (row.stage, row.results, row.package_hash, row.closed_by) == ("drawn", {}, "", None)
    assert not ExitFile.objects.filter(kind="package").exists()


def test_who_closed_it_does_not_decide(assessed):
    assessed.opened().drawn().asked().closed("second_clerk")
    with pytest.raises(NotAllowed) as error:
        assessed.decided(who="second_clerk")
    assert error.value.code == "exit.same_hands"
    assessed.decided()
    with pytest.raises(IntegrityError), transaction.atomic():
        ExitAssessment.within.update(decided_by=assessed.cast.people["second_clerk"])


def test_the_register_follows_what_was_upheld_and_approved(assessed):
    """A wrong exit is poor as if it had never left, who was about to leave has left. Taken back, all is as before."""
    pending = assessed.keeping.register("牟尼村", "预脱贫户", 300, values={"kind": "listed", "state": "pending"})
    assessed.opened().drawn().asked()
    wrong = next(sample for sample in assessed.samples if sample.household_id == assessed.households[0].pk)
    suspicion = assessed.suspect(wrong)
    assessed.rule(suspicion, True)
    before = standings()
    assessed.closed().decided()
    home = assessed.households[0]
    assert [row.state for row in HouseholdStanding.objects.filter(household=home)] == ["poor"]
    pending.refresh_from_db()
    assert (pending.state, pending.exited_year) == ("exited", assessed.today.year)
    assert HouseholdStanding.objects.get(household=pending, valid_to=None).state == "exited"
    told = Entry.objects.filter(code="assistance.exit.follow")
    assert {entry.subject_id for entry in told} == {home.pk, pending.pk}
    exit_take_back(actor=assessed.by("clerk"), assessment=assessed.assessment, reason="文号写错")
    assert standings() == before
    assert ExitAssessment.within.get().decision == ""


def standings():
    rows = HouseholdStanding.objects.order_by("household", "valid_from")
    return list(rows.values_list("household", "state", "valid_from", "valid_to"))


def test_refused_only_what_was_upheld_follows(assessed):
    pending = assessed.keeping.register("牟尼村", "预脱贫户", 300, values={"kind": "listed", "state": "pending"})
    assessed.opened().drawn().asked().closed().decided("refused")
    pending.refresh_from_db()
    assert pending.state == "pending"


def test_a_record_that_changed_since_is_not_overwritten(assessed):
    pending = assessed.keeping.register("牟尼村", "预脱贫户", 300, values={"kind": "listed", "state": "pending"})
    assessed.opened().drawn().asked().closed().decided()
    pending.refresh_from_db()
    household_change(actor=assessed.by("clerk"), household=pending, values={"state": "returned"})
    with pytest.raises(WrongStage) as error:
        exit_take_back(actor=assessed.by("clerk"), assessment=assessed.assessment, reason="文号写错")
    assert pending.number in str(error.value.message)


def test_an_approval_of_other_figures_is_refused(assessed):
    assessed.opened().drawn().asked().closed()
    with pytest.raises(WrongStage) as error:
        exit_decide(
            actor=assessed.by("office_head"),
            assessment=assessed.assessment,
            decision="approved",
            reason="纪要",
            shown="0" * 64,
        )
    assert error.value.code == "shown.changed"


def test_sent_again_it_is_the_same_answer(assessed):
    assessed.opened().drawn().asked()
    same = {"actor": assessed.by("clerk"), "assessment": assessed.assessment}
    first = assessment_close(**same, act_id=assessed.assessment.pk)
    again = assessment_close(**same, act_id=assessed.assessment.pk)
    assert first.result == again.result and Entry.objects.filter(code="assistance.exit.close").count() == 1


def test_a_sample_names_a_household_or_a_line_of_a_roster(assessed):
    assessed.opened().drawn()
    with pytest.raises(IntegrityError), transaction.atomic():
        ExitSample.within.filter(household=None).update(roster_line=None)
