"""Interviews as records of their own: at home by phone, from paper twice; suspicions, counter-evidence, rulings."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.assistance.exits.assessed import Assessed, answers
from tests.kept import kept
from yishi.assistance.campaign.services.stated import numbers_state
from yishi.assistance.exits.models import ExitCounter, ExitInterview, ExitSuspicion
from yishi.assistance.exits.reads import results_now
from yishi.assistance.exits.services.interviews import interview_second, interview_settle, interview_take_back
from yishi.assistance.exits.services.recounting import days_recount
from yishi.assistance.exits.services.suspicions import (
    counter_take_back,
    ruling_take_back,
    suspicion_rule,
    suspicion_withdraw,
)
from yishi.assistance.exits.survey import pack
from yishi.kit.clock import add_workdays
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def assessed(cast):
    return Assessed(cast).opened().drawn()


def test_it_works(assessed):
    """The record needs no other: version, what the register said, who asked and when."""
    interview = assessed.ask(assessed.of_kind("exited"), said={"remark": "院坝晒着玉米"})
    assert (interview.questionnaire, interview.known["people"], interview.asked_by) == (
        "2018-1",
        3,
        assessed.cast.people["clerk"],
    )
    assert interview.is_whole and interview.said["remark"] == "院坝晒着玉米"


def test_of_a_household_is_one_interview_and_not_before_its_register(assessed):
    sample = assessed.of_kind("exited")
    with pytest.raises(Refusal) as error:
        assessed.ask(sample, on=assessed.assessment.as_of - timedelta(days=1))
    assert error.value.field == "on"
    assessed.ask(sample)
    with pytest.raises(WrongStage):
        assessed.ask(sample, "second_clerk")


def test_a_household_that_was_not_met_has_no_answers(assessed):
    sample = assessed.of_kind("exited")
    interview = assessed.ask(sample, outcome="away", on_paper=True)
    assert (interview.answers, interview.on_paper, interview.is_whole) == ({}, False, True)
    with pytest.raises(WrongStage):
        assessed.suspect(sample)


def test_an_answer_that_is_missing_is_named_at_its_question(assessed):
    with pytest.raises(Refusal) as error:
        assessed.ask(assessed.of_kind("exited"), said={"water": ""})
    assert error.value.field == "answer_water"


def test_paper_is_entered_twice_and_by_two(assessed):
    sample = assessed.of_kind("unlisted")
    interview = assessed.ask(sample, on_paper=True)
    assert not interview.is_whole
    with pytest.raises(NotAllowed):
        interview_second(actor=assessed.by("clerk"), interview=interview, answers=answers(sample))
    with pytest.raises(IntegrityError), transaction.atomic():
        ExitInterview.objects.update(second_by=assessed.cast.people["clerk"])
    interview_second(actor=assessed.by("second_clerk"), interview=interview, answers=answers(sample))
    interview.refresh_from_db()
    assert interview.is_whole and interview.second_by == assessed.cast.people["second_clerk"]


def test_where_two_entries_differ_somebody_decides_by_the_paper(assessed):
    sample = assessed.of_kind("unlisted")
    interview = assessed.ask(sample, on_paper=True)
    second = answers(sample, water="no", people="4")
    receipt = interview_second(actor=assessed.by("second_clerk"), interview=interview, answers=second)
    assert receipt.result["differences"] == 2
    interview.refresh_from_db()
    assert not interview.is_whole
    with pytest.raises(Refusal):  # of each of the two something is said
        interview_settle(actor=assessed.by("clerk"), interview=interview, answers={"water": "no"}, reason="看原件")
    for value in ("yes", "no"):  # the last decision counts
        said = {"water": value, "people": "4"}
        interview_settle(actor=assessed.by("clerk"), interview=interview, answers=said, reason="看原件")
    interview.refresh_from_db()
    assert interview.is_whole and (interview.said["water"], interview.said["people"]) == ("no", 4)
    assert interview.answers["water"] == "yes"  # what was entered stays


def test_taken_back_it_may_be_recorded_anew(assessed):
    sample = assessed.of_kind("exited")
    interview = assessed.ask(sample)
    interview_take_back(actor=assessed.by("clerk"), interview=interview, reason="串户了")
    assessed.ask(sample, "second_clerk")
    assert ExitInterview.every.filter(sample=sample).count() == 2
    assessed.suspect(sample)
    with pytest.raises(Refusal):
        interview_take_back(actor=assessed.by("clerk"), interview=sample.interviews.get(), reason="串户了")


def test_who_enters_a_paper_may_say_who_asked(assessed):
    person = assessed.cast.people["second_clerk"]
    interview = assessed.ask(assessed.of_kind("exited"), asked_by=person)
    assert (interview.asked_by, interview.entered_by) == (person, assessed.cast.people["clerk"])
    with pytest.raises(Refusal) as error:
        assessed.ask(assessed.of_kind("exited", 1), asked_by=assessed.cast.people["villager"])
    assert error.value.field == "asked_by"


@pytest.mark.parametrize("who", ["outsider", "village_head", "convener", "auditor", "handler"])
def test_nobody_of_the_village_interviews_its_own(assessed, who):
    with pytest.raises(NotAllowed):
        assessed.ask(assessed.of_kind("exited"), who)


def test_the_village_is_told_until_when_it_may_refute(assessed):
    sample = assessed.of_kind("exited")
    assessed.ask(sample)
    suspicion = assessed.suspect(sample)
    assert suspicion.due_on == add_workdays(assessed.today, 5)
    notice = Notice.objects.get(code="exit.suspected")
    assert (notice.body_id, notice.params["number"]) == (assessed.cast.bodies["village"].pk, suspicion.number)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "missed"}, "suspicion.kind"),
        ({"kind": "rich"}, "suspicion.kind"),
        ({"conditions": []}, "suspicion.conditions"),
        ({"conditions": ["beauty"]}, "suspicion.conditions"),
        ({"people": 0}, "suspicion.people"),
        ({"people": 4}, "suspicion.people"),
        ({"basis": " "}, "suspicion.basis"),
    ],
)
def test_a_suspicion_that_cannot_be_is_refused(assessed, change, code):
    sample = assessed.of_kind("exited")
    assessed.ask(sample)
    with pytest.raises(Refusal) as error:
        assessed.suspect(sample, **change)
    assert error.value.code == code


def test_two_suspected_wrong_exits_one_refuted_one_upheld(assessed):
    assessed.asked()
    refuted, upheld = (assessed.suspect(assessed.of_kind("exited", number)) for number in (0, 1))
    assessed.counter(refuted)
    assessed.rule(refuted, False)
    assessed.rule(upheld, True)
    results = results_now(assessed.assessment)
    wrong = results["measures"]["wrong"]
    assert (wrong["hits"], wrong["sample"], wrong["concerned"], wrong["people"]) == (1, 7, 3, 21)
    assert results["suspicions"] == {"dismissed": 1, "upheld": 1}
    assert not results["lines"]["wrong"]["holds"] and results["lines"]["missed"]["holds"]
    assert results["zeros"]["missed"]["is_earned"]
    assert not results["zeros"]["wrong"]["is_earned"] and not results["zeros"]["counter"]["is_earned"]


def test_no_zero_is_earned_before_everybody_was_visited_and_enough_answered(assessed):
    for sample in assessed.samples[:-1]:
        assessed.ask(sample)
    assert not any(zero["is_earned"] for zero in results_now(assessed.assessment)["zeros"].values())
    assessed.ask(assessed.samples[-1], outcome="away")  # 8 of 9 answered: below nine tenths
    assert not any(zero["is_earned"] for zero in results_now(assessed.assessment)["zeros"].values())
    interview_take_back(actor=assessed.by("clerk"), interview=assessed.samples[-1].interviews.get(), reason="又访到了")
    assessed.ask(assessed.samples[-1])
    zeros = results_now(assessed.assessment)["zeros"]
    assert all(zero["is_earned"] for zero in zeros.values()) and zeros["wrong"]["sample"] == 7


def test_nobody_rules_before_the_village_had_its_time(assessed):
    sample = assessed.of_kind("exited")
    assessed.ask(sample)
    suspicion = assessed.suspect(sample)
    with pytest.raises(WrongStage) as error:
        suspicion_rule(actor=assessed.by("second_clerk"), suspicion=suspicion, is_upheld=True, reason="水窖见底")
    assert error.value.code == "suspicion.early"
    assessed.counter(suspicion)
    suspicion_rule(actor=assessed.by("second_clerk"), suspicion=suspicion, is_upheld=False, reason="水表在走")


def test_who_asked_or_raised_never_rules_by_the_database_too(assessed):
    """Also in a small office: three people are needed, or two where one both asked and raised."""
    sample = assessed.of_kind("exited")
    assessed.ask(sample, "clerk")
    suspicion = assessed.suspect(sample, "second_clerk")
    assessed.counter(suspicion)
    for who in ("clerk", "second_clerk"):
        with pytest.raises(NotAllowed) as error:
            suspicion_rule(actor=assessed.by(who), suspicion=suspicion, is_upheld=True, reason="不成立")
        assert error.value.code == "suspicion.same_hands"
        with pytest.raises(IntegrityError), transaction.atomic():
            ExitSuspicion.within.update(state="upheld", ruled_by=assessed.cast.people[who])
    with pytest.raises(IntegrityError), transaction.atomic():
        ExitSuspicion.within.update(state="upheld")
    assessed.rule(suspicion, True, "office_head")


def test_counter_evidence_has_files_and_says_when_it_is_late(assessed):
    sample = assessed.of_kind("exited")
    assessed.ask(sample)
    suspicion = assessed.suspect(sample)
    with pytest.raises(Refusal) as error:
        assessed.counter(suspicion, files=[])
    assert error.value.field == "scan"
    for who in ("outsider", "handler", "auditor"):
        with pytest.raises(NotAllowed):
            assessed.counter(suspicion, who)
    ExitSuspicion.within.update(due_on=assessed.today - timedelta(days=1))
    assessed.counter(suspicion)
    assert ExitCounter.objects.get().is_late


def test_every_step_has_its_way_back(assessed):
    sample = assessed.of_kind("exited")
    assessed.ask(sample)
    suspicion = assessed.suspect(sample)
    assessed.counter(suspicion)
    assessed.rule(suspicion, False)
    ruling_take_back(actor=assessed.by("clerk"), suspicion=suspicion, reason="复核材料拿错了")
    suspicion.refresh_from_db()
    assert (suspicion.state, suspicion.ruled_by, suspicion.ruling_reason) == ("countered", None, "")
    counter = ExitCounter.objects.get()
    counter_take_back(actor=assessed.by("village_head"), counter=counter, reason="别村的照片")
    suspicion.refresh_from_db()
    assert suspicion.state == "open" and not ExitCounter.objects.exists() and ExitCounter.every.exists()
    with pytest.raises(WrongStage):
        counter_take_back(actor=assessed.by("village_head"), counter=counter, reason="再撤")
    suspicion_withdraw(actor=assessed.by("clerk"), suspicion=suspicion, reason="问错了人家")
    assert results_now(assessed.assessment)["suspicions"] == {}
    again = assessed.suspect(sample)
    assert again.number != suspicion.number


def test_the_incidence_counts_the_poor_the_wrong_and_the_missed(cast):
    """By the register as it stood when the frame was made; without a paper about the rural people there is none."""
    assessed = Assessed(cast)
    assessed.keeping.register("牟尼村", "贫困户", 400, values={"kind": "listed", "state": "poor"})
    assessed.opened().drawn().asked()
    assessed.rule(assessed.suspect(assessed.of_kind("exited")), True)
    assert results_now(assessed.assessment)["incidence"]["share"] is None
    county = cast.places["牟定县"]
    said = {"what": "rural_people", "values": {county.pk: 180}, "on": assessed.assessment.as_of, "source": "示例年鉴"}
    numbers_state(actor=assessed.by("clerk"), place=county, **said)
    incidence = results_now(assessed.assessment)["incidence"]
    assert (incidence["poor"], incidence["rural"], incidence["missed"]) == (3, 180, 0)
    assert incidence["wrong"] == pytest.approx(3) and incidence["share"] == pytest.approx(6 / 180)
    line = results_now(assessed.assessment)["lines"]["incidence"]
    assert line["holds"] is False  # 3.33 % is not below 3 %


def test_a_new_version_of_the_rules_moves_no_day_of_what_began_before(assessed, tmp_path, monkeypatch):
    """An assessment keeps its version: days, lines and conditions are those with which it began."""
    sample = assessed.of_kind("exited")
    assessed.ask(sample)
    earlier = assessed.suspect(sample)
    for path in pack.PACKS.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    newer = (
        pack.rules_read("2018-west").text.replace("counter = 5", "counter = 10").replace('below = "2"', 'below = "1"')
    )
    (tmp_path / "2030-west.toml").write_text(newer, "utf-8")
    monkeypatch.setattr(pack, "PACKS", tmp_path)
    assert pack.rules_versions()[0] == "2030-west"
    assert days_recount(assessed.today, assessed.today + timedelta(days=60)) == 0
    later = Assessed(assessed.cast, households=0, keeping=assessed.keeping).opened(rules="2030-west").drawn()
    later.ask(later.of_kind("exited"))
    counted = later.suspect(later.of_kind("exited"))
    assert earlier.due_on == add_workdays(assessed.today, 5) and counted.due_on == add_workdays(assessed.today, 10)
    values = [results_now(each.assessment)["lines"]["wrong"]["value"] for each in (assessed, later)]
    assert values == ["2", "1"]
