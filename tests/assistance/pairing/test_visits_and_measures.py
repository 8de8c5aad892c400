"""Visits and measures: one capture, counted once; each measure a promise that the family judges, by another's hand."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.assistance.pairs import Paired
from tests.cast import sign_in
from tests.kept import kept_over_all_files
from yishi.assistance.pairing.models import Measure, Visit
from yishi.assistance.pairing.services.measures import (
    family_code_issue,
    measure_done,
    measure_hear,
    supervisor_for,
)
from yishi.assistance.pairing.services.pairing import pairing_end
from yishi.assistance.pairing.services.village_plans import village_plan_promise
from yishi.assistance.pairing.services.visits import visit_decide, visit_decision_take_back, visit_log, visit_withdraw
from yishi.commitments.models import Commitment
from yishi.commitments.services import commitment_strike_off, proof_check, verdict_give
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.grants import viewer_of
from yishi.organisations.query_codes import code_find

pytestmark = pytest.mark.django_db
S = Commitment.State


@kept_over_all_files
def paired(cast):
    return Paired(cast)


def counted(code="assistance.visit.log") -> tuple[int, int]:
    """Visits and touches of families as the figures add them up."""
    rows = Entry.objects.filter(code=code)
    visits = sum(row.quantities.get("visits", 0) for row in rows)
    return visits, sum(touch[2] for row in rows for touch in row.touches)


def test_a_visit_of_yesterday_is_recorded_once_and_counts(paired):
    paired.pair()
    act_id = uuid7()
    first = paired.visit(act_id=act_id)
    assert paired.visit(act_id=act_id).pk == first.pk
    assert (first.state, first.on, first.visitors.get().name) == ("kept", paired.today - timedelta(days=1), "委员甲")
    entry = Entry.objects.get(code="assistance.visit.log")
    assert entry.quantities == {"visits": 1}
    assert entry.touches == [["household", str(paired.family.pk), 1]]
    assert entry.right_kind == "pairing"
    assert "老人" not in str(entry.data)


@pytest.mark.parametrize(
    ("wrong", "field"), [({"days_ago": -1}, "on"), ({"days_ago": 5000}, "on"), ({"found": " "}, "found")]
)
def test_what_is_refused_leaves_nothing(paired, wrong, field):
    paired.pair()
    with pytest.raises(Refusal) as refused:
        paired.visit(**wrong)
    assert refused.value.field == field
    assert not Visit.within.exists()


@pytest.mark.parametrize("who", ["member", "neighbour", "outsider", "next", "handler", "villager"])
def test_who_does_not_help_the_family_records_no_visit(paired, who):
    with pytest.raises(NotAllowed):
        paired.visit(who)


def test_a_visit_that_arrives_after_the_end_waits_for_the_desk(paired):
    cast = paired.cast
    pairing = paired.pair()
    pairing_end(actor=cast.viewer("village_head"), pairing=pairing, on=paired.today - timedelta(days=3), reason="调离")
    with pytest.raises(NotAllowed):  # a day after the end
        paired.visit(days_ago=2)
    late, other = paired.visit(days_ago=5), paired.visit(days_ago=6)
    assert late.state == "waiting"
    assert counted() == (0, 0)
    with pytest.raises(NotAllowed):
        visit_decide(actor=cast.viewer("member"), visit=late, accepted=True)
    visit_decide(actor=cast.viewer("village_head"), visit=late, accepted=True)
    with pytest.raises(Refusal):
        visit_decide(actor=cast.viewer("village_head"), visit=other, accepted=False)
    visit_decide(actor=cast.viewer("village_head"), visit=other, accepted=False, reason="当天没有去")
    assert counted() == (1, 1)
    with pytest.raises(WrongStage):
        visit_decide(actor=cast.viewer("village_head"), visit=late, accepted=True)


def test_a_withdrawn_visit_counts_no_longer(paired):
    paired.pair()
    visit = paired.visit()
    with pytest.raises(NotAllowed):
        visit_withdraw(actor=paired.cast.viewer("neighbour"), visit=visit, reason="x")
    visit_withdraw(actor=paired.cast.viewer("member"), visit=visit, reason="记错了户")
    assert counted() == (0, 0)


def test_a_measure_is_a_promise_from_visit_to_strike_off(paired):
    cast = paired.cast
    paired.pair()
    visit = paired.visit()
    measure = paired.measure(visit=visit)
    owed = measure.commitment
    assert (owed.state, owed.origin_kind, owed.origin_id) == (S.IN_FORCE, "household", paired.family.pk)
    assert (owed.supervisor, owed.judges.get().person) == (cast.bodies["village"], paired.family.head)
    assert Entry.objects.get(code="assistance.measure.agree").quantities == {"measures": 1}
    measure_done(actor=cast.viewer("member"), measure=measure, text="卡已办好", done_on=paired.today)
    with pytest.raises(NotAllowed):  # nobody judges their own promise in the family's name
        measure_hear(actor=cast.viewer("member"), measure=measure, value="satisfied")
    measure_hear(
        actor=cast.viewer("village_head"), measure=measure, value="satisfied", text="办好了", result="药费少一半"
    )
    owed.refresh_from_db()
    measure.refresh_from_db()
    assert (owed.state, owed.as_agreed, measure.result) == (S.STRUCK_OFF, True, "药费少一半")
    heard = Entry.objects.get(code="assistance.measure.hear")
    assert (heard.actor_id, heard.on_behalf_of_id) == (cast.people["village_head"].pk, paired.family.head_id)


def test_a_family_that_is_not_satisfied_opens_it_again(paired):
    cast = paired.cast
    paired.pair()
    measure = paired.measure()
    with pytest.raises(WrongStage):
        measure_hear(actor=cast.viewer("village_head"), measure=measure, value="not_satisfied")
    measure_done(actor=cast.viewer("member"), measure=measure, text="卡已办好", done_on=paired.today)
    receipt = measure_hear(actor=cast.viewer("clerk"), measure=measure, value="not_satisfied", text="没拿到")
    measure.commitment.refresh_from_db()
    assert receipt.result["reopened"] is True
    assert (measure.commitment.state, measure.commitment.round) == (S.IN_FORCE, 2)


def test_the_familys_own_word_is_proof_enough(paired):
    paired.pair()
    measure = paired.measure()
    measure_hear(actor=paired.cast.viewer("village_head"), measure=measure, value="partly", text="卡办了，药还没有")
    measure.commitment.refresh_from_db()
    assert (measure.commitment.state, measure.commitment.as_agreed) == (S.STRUCK_OFF, False)


def test_the_family_judges_by_its_code_too(paired):
    cast = paired.cast
    paired.pair()
    measure = paired.measure()
    measure_done(actor=cast.viewer("member"), measure=measure, text="卡已办好", done_on=paired.today)
    act_id = uuid7()
    with pytest.raises(NotAllowed):  # the bearer does not hold the key with which they are judged
        family_code_issue(actor=cast.viewer("member"), household=paired.family)
    receipt = family_code_issue(actor=cast.viewer("village_head"), household=paired.family, act_id=act_id)
    again = family_code_issue(actor=cast.viewer("village_head"), household=paired.family, act_id=act_id)
    assert receipt.query_code == again.query_code
    code = code_find(receipt.query_code)
    assert code.person == paired.family.head
    proof_check(
        actor=cast.viewer("village_head"),
        commitment=measure.commitment,
        accepted=True,
        finding="看过卡",
        as_agreed=True,
    )
    verdict_give(actor=viewer_of(code.person, code), commitment=measure.commitment, value="satisfied")
    assert measure.commitment.verdicts.get().value == "satisfied"


@pytest.mark.parametrize("who", ["neighbour", "outsider", "next", "handler"])
def test_who_does_not_help_the_family_agrees_nothing(paired, who):
    with pytest.raises(NotAllowed):
        paired.measure(who)
    assert not Measure.within.exists()
    assert not Commitment.within.exists()


def test_nobody_supervises_themselves(paired):
    cast = paired.cast
    village, place = cast.bodies["village"], cast.places["牟尼村"]
    assert supervisor_for(place, cast.bodies["committee"]) == village
    assert supervisor_for(place, village) == cast.bodies["council"]


def test_a_villages_plan_is_a_page_of_promises(paired):
    cast = paired.cast
    paired.team()
    with pytest.raises(NotAllowed):
        paired.plan("next")
    plan = paired.plan("cadre")
    for number in (1, 2):
        village_plan_promise(
            actor=cast.viewer("cadre"),
            plan=plan,
            act_text=f"修水渠第{number}段",
            bearer=cast.bodies["water"],
            due_on=paired.today + timedelta(days=100),
            proof_expected="验收单",
        )
    owed = Commitment.within.filter(origin_kind="village_plan", origin_id=plan.pk).order_by("ordinal")
    assert [(one.ordinal, one.state) for one in owed] == [(1, S.IN_FORCE), (2, S.IN_FORCE)]
    with pytest.raises(NotAllowed):
        visit_log(actor=cast.viewer("handler"), household=paired.family, on=paired.today, found="x")


def test_records_2_what_another_hand_writes_down_is_no_step_of_the_supervisor(paired):
    """The cadre helps the family and supervises nothing: the verdict stands, the check is still to come."""
    cast = paired.cast
    paired.pair("cadre")
    measure = paired.measure("village_head", bearer=cast.bodies["department"], bearer_person=None)
    owed = measure.commitment
    measure_done(actor=cast.viewer("handler"), measure=measure, text="卡已办好", done_on=paired.today)
    measure_hear(actor=cast.viewer("cadre"), measure=measure, value="satisfied", text="办好了")
    owed.refresh_from_db()
    assert owed.state == S.PROVED and owed.verdicts.get().value == "satisfied"
    assert not owed.proofs.exclude(outcome="").exists() and not owed.events.filter(kind="struck_off").exists()
    heard = owed.events.get(kind="heard")
    assert (heard.by, "干部甲" in heard.text) == (cast.people["cadre"], True)
    codes = ["commitments.commitment.check", "commitments.commitment.strike_off"]
    assert not Entry.objects.filter(code__in=codes).exists()
    proof_check(actor=cast.viewer("village_head"), commitment=owed, accepted=True, finding="看过卡", as_agreed=True)
    commitment_strike_off(actor=cast.viewer("village_head"), commitment=owed)
    owed.refresh_from_db()
    assert owed.state == S.STRUCK_OFF


def test_records_2_the_supervisors_own_hand_checks_in_its_own_name(paired):
    cast = paired.cast
    paired.pair()
    measure = paired.measure()
    measure_done(actor=cast.viewer("member"), measure=measure, text="卡已办好", done_on=paired.today)
    measure_hear(actor=cast.viewer("village_head"), measure=measure, value="satisfied")
    for code in ("commitments.commitment.check", "commitments.commitment.strike_off"):
        assert Entry.objects.get(code=code).actor_id == cast.people["village_head"].pk


def test_records_2_a_member_of_the_body_that_owes_it_writes_no_verdict(paired):
    cast = paired.cast
    paired.pair()
    measure = paired.measure(bearer_person=None)  # the committee owes it, the member sits on it
    with pytest.raises(NotAllowed):
        measure_hear(actor=cast.viewer("member"), measure=measure, value="satisfied")
    measure.commitment.refresh_from_db()
    assert measure.commitment.state == S.IN_FORCE


def test_records_2_who_said_it_for_the_bearer_does_not_check_it(paired):
    cast = paired.cast
    measure = paired.measure("village_head", bearer=cast.bodies["department"], bearer_person=None)
    measure_done(actor=cast.viewer("village_head"), measure=measure, text="卡已办好", done_on=paired.today)
    proof = measure.commitment.proofs.get()
    assert proof.given_by == cast.people["village_head"] and "记下" in proof.text
    with pytest.raises(NotAllowed):
        proof_check(
            actor=cast.viewer("village_head"),
            commitment=measure.commitment,
            accepted=True,
            finding="好",
            as_agreed=True,
        )


def test_records_2_an_unsatisfied_family_opens_it_again_before_any_check(paired):
    cast = paired.cast
    paired.pair("cadre")
    measure = paired.measure("village_head", bearer=cast.bodies["department"], bearer_person=None)
    measure_done(actor=cast.viewer("handler"), measure=measure, text="卡已办好", done_on=paired.today)
    receipt = measure_hear(actor=cast.viewer("cadre"), measure=measure, value="not_satisfied", text="没拿到")
    measure.commitment.refresh_from_db()
    assert receipt.result["reopened"] is True
    assert (measure.commitment.state, measure.commitment.round) == (S.IN_FORCE, 2)
    assert not measure.commitment.proofs.exclude(outcome="").exists()


def test_a_decision_on_a_late_visit_by_mistake_is_taken_back(paired, client):
    cast = paired.cast
    head = cast.viewer("village_head")
    pairing = paired.pair()
    pairing_end(actor=head, pairing=pairing, on=paired.today - timedelta(days=3), reason="调离")
    late = paired.visit(days_ago=5)
    with pytest.raises(WrongStage):
        visit_decision_take_back(actor=head, visit=late, reason="还没有决定")
    visit_decide(actor=head, visit=late, accepted=False, reason="当天没有去")
    with pytest.raises(NotAllowed):
        visit_decision_take_back(actor=cast.viewer("member"), visit=late, reason="误点")
    with pytest.raises(Refusal):
        visit_decision_take_back(actor=head, visit=late, reason=" ")
    visit_decision_take_back(actor=head, visit=late, reason="看错了人")
    late.refresh_from_db()
    assert (late.state, late.reason, counted()) == ("waiting", "", (0, 0))
    visit_decide(actor=head, visit=late, accepted=True)
    assert counted() == (1, 1)
    sign_in(client, cast, "village_head")
    page, back = reverse("visit", args=[late.pk]), reverse("visit_decision_take_back", args=[late.pk])
    assert back in client.get(page).content.decode()
    assert client.get(back).status_code == 200
    assert client.post(back, {"reason": "点错了"}).status_code == 302
    late.refresh_from_db()
    assert (late.state, late.entry_id, counted()) == ("waiting", None, (0, 0))
    told = client.get(page).content.decode()
    assert "看错了人" in told and "点错了" in told and back not in told
    visit_decide(actor=head, visit=late, accepted=True)
    visit_withdraw(actor=cast.viewer("village_head"), visit=late, reason="没有去")
    with pytest.raises(WrongStage):  # something has followed
        visit_decision_take_back(actor=head, visit=late, reason="误点")
