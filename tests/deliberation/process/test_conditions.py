"""Each condition of a step: what is missing is said in a plain sentence, and once it is there nothing is missing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.deliberation.facts import (
    a_chair,
    a_commitment,
    a_matter,
    a_sitting,
    a_study,
    a_worry,
    an_agreement,
    every_seat,
    two_parties,
)
from tests.kept import kept
from yishi.commitments.models import Commitment, Judge, Verdict
from yishi.deliberation.models import ChairObjection, GateRequest, Matter, PlanTopic, Worry, YearPlan
from yishi.deliberation.process.conditions import CONDITIONS, label_of, missing
from yishi.deliberation.process.facts import Facts
from yishi.deliberation.services.matters import matter_missing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


def lacks(matter, code):
    """What the condition says about the matter as it stands now."""
    fresh = Matter.within.select_related("place", "convener", "process").get(pk=matter.pk)
    facts = Facts(fresh)
    return missing(code, facts, facts.model)


@kept
def matter(cast):
    return a_matter(cast)


def test_it_works(cast, matter):
    assert [one.code for one in matter_missing(matter)] == ["gate:chairs_plan", "gate:party_plan"]
    assert all("答复" in one.message for one in matter_missing(matter))


def test_every_condition_is_proved_here():
    proved = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert set(CONDITIONS) <= proved


def test_every_condition_has_words():
    assert all(str(condition.label) for condition in CONDITIONS.values())
    assert label_of("gate:nobody") == "关口已同意：nobody"


def test_a_condition_that_nobody_knows_never_holds(matter):
    assert "moon_full" in lacks(matter, "moon_full")


def test_worry_linked(cast, matter):
    assert lacks(matter, "worry_linked") is None
    assert "关联民情诉求" in lacks(a_matter(cast, worries=[]), "worry_linked")


def test_screened(cast, matter):
    assert lacks(matter, "screened") is None
    waiting = a_worry(cast)
    Worry.within.filter(pk=waiting.pk).update(matter=matter)
    assert waiting.number in lacks(matter, "screened")


def test_summary_written(cast, matter):
    assert lacks(matter, "summary_written") is None
    assert "事由" in lacks(a_matter(cast, summary=" "), "summary_written")


def test_plan_approved(cast, matter):
    assert "年度协商计划" in lacks(matter, "plan_approved")
    plan = YearPlan.within.create(body=cast.bodies["office"], approver=cast.bodies["party"], year=2026)
    topic = PlanTopic.objects.create(plan=plan, title="租金", theme="land", matter=matter, state="drafted")
    assert "还没有批准" in lacks(matter, "plan_approved")
    topic.state = PlanTopic.State.APPROVED
    topic.save()
    assert lacks(matter, "plan_approved") is None


def test_parties_named(matter):
    assert "两个利益相关方" in lacks(matter, "parties_named")
    two_parties(matter)
    assert lacks(matter, "parties_named") is None


@pytest.mark.parametrize(
    ("given", "says"),
    [({"visit": False}, "没有走访"), ({"finding": False}, "发现"), ({"handed_in": False}, "交稿")],
)
def test_a_study_is_done_only_with_visit_finding_and_report(cast, matter, given, says):
    a_study(cast, matter, **given)
    assert says in lacks(matter, "study_done")


def test_study_done(cast, matter):
    assert "还没有调研" in lacks(matter, "study_done")
    a_study(cast, matter)
    assert lacks(matter, "study_done") is None


def test_study_checked(cast, matter):
    study = a_study(cast, matter, checked=False)
    assert "没有人核过" in lacks(matter, "study_checked")
    study.checked_on = timezone.localdate()
    study.save()
    assert lacks(matter, "study_checked") is None


def test_seats_filled(cast, matter):
    assert "主持人：0人，至少要1人" in lacks(matter, "seats_filled")
    a_chair(cast, matter)
    every_seat(cast, matter, Facts(matter).model)
    assert lacks(matter, "seats_filled") is None


def test_chair_neutral(cast, matter):
    assert "还没有主持人" in lacks(matter, "chair_neutral")
    chair = a_chair(cast, matter, declared=False)
    assert "申报利害关系" in lacks(matter, "chair_neutral")
    chair.interests_declared_at = timezone.now()
    chair.save()
    assert lacks(matter, "chair_neutral") is None


def test_a_chair_of_an_obligated_body_needs_a_recusal_note(cast, matter):
    chair = a_chair(cast, matter, who="company_head")
    assert lacks(matter, "chair_neutral") is None
    an_agreement(cast, matter)  # the company bears a duty
    assert "不中立" in lacks(matter, "chair_neutral")
    chair.recusal_note = "不参与本公司事项的讨论，由副主持人代为主持"
    chair.save()
    assert lacks(matter, "chair_neutral") is None


def test_an_objection_to_the_chair_is_decided_first(cast, matter):
    chair, party = a_chair(cast, matter), two_parties(matter)[0]
    objection = ChairObjection.objects.create(seat=chair, party=party, reason="是亲戚", at=timezone.now())
    assert "异议" in lacks(matter, "chair_neutral")
    objection.upheld = True
    objection.save()
    assert "更换主持人" in lacks(matter, "chair_neutral")
    objection.upheld = False
    objection.save()
    assert lacks(matter, "chair_neutral") is None


def test_notice_given(cast, matter):
    assert "还没有安排" in lacks(matter, "notice_given")
    a_sitting(matter, noticed=False, closed=False, minutes=False)
    assert "通知还没有发" in lacks(matter, "notice_given")
    sitting = matter.sittings.get()
    sitting.notice_given_on = timezone.localdate()
    sitting.save()
    assert lacks(matter, "notice_given") is None


def test_short_notice_needs_a_reason(cast, matter):
    a_sitting(matter, days=2, closed=False, minutes=False)
    assert "15个" in lacks(matter, "notice_given") and "10个" in lacks(matter, "papers_sent")
    matter.sittings.update(short_notice_reason="汛期抢修，等不得")
    assert lacks(matter, "notice_given") is None and lacks(matter, "papers_sent") is None


def test_papers_sent(matter):
    a_sitting(matter, papers=False, closed=False, minutes=False)
    assert "材料还没有送" in lacks(matter, "papers_sent")
    matter.sittings.update(papers_sent_on=timezone.localdate())
    assert lacks(matter, "papers_sent") is None


def test_sitting_held(matter):
    assert "还没有开" in lacks(matter, "sitting_held")
    sitting = a_sitting(matter, closed=False, minutes=False)
    sitting.state = "open"
    sitting.save()
    assert "还没有结束" in lacks(matter, "sitting_held")
    sitting.state = "closed"
    sitting.save()
    assert lacks(matter, "sitting_held") is None


def test_quorum_met(matter):
    assert "会还没有开" in lacks(matter, "quorum_met")
    a_sitting(matter, present=3, quorum=5)
    assert "到会3人" in lacks(matter, "quorum_met")
    a_sitting(matter, present=5, quorum=5)
    assert lacks(matter, "quorum_met") is None


def test_minutes_issued(matter):
    a_sitting(matter, minutes=False)
    assert "纪要" in lacks(matter, "minutes_issued")
    a_sitting(matter)
    assert lacks(matter, "minutes_issued") is None


def test_agreement_recorded(cast, matter):
    assert "还没有协商意见" in lacks(matter, "agreement_recorded")
    agreement = an_agreement(cast, matter, state="draft")
    assert "草稿" in lacks(matter, "agreement_recorded")
    agreement.state = "recorded"
    agreement.save()
    assert lacks(matter, "agreement_recorded") is None


def test_consents_given(cast, matter):
    assert "无从同意" in lacks(matter, "consents_given")
    two_parties(matter)
    agreement = an_agreement(cast, matter, consents=False)
    assert "村民、花卉公司" in lacks(matter, "consents_given")
    for party in matter.parties.all():
        agreement.consents.create(party=party, way="oral", witness="村主任")
    assert lacks(matter, "consents_given") is None


def test_duties_complete(cast, matter):
    agreement = an_agreement(cast, matter, bearer=None)
    assert "第1条承诺还缺：承办单位" in lacks(matter, "duties_complete")
    agreement.duties.update(bearer=cast.bodies["company"], due_on=None, proof_expected="", supervisor=None)
    assert "办结期限、以什么为凭、督办单位" in lacks(matter, "duties_complete")
    agreement.duties.all().delete()
    assert "还没有承诺" in lacks(matter, "duties_complete")
    agreement.duties.create(
        ordinal=1,
        act="付租",
        bearer=cast.bodies["company"],
        due_on=timezone.localdate(),
        proof_expected="凭证",
        supervisor=cast.bodies["department"],
    )
    assert lacks(matter, "duties_complete") is None


def test_handed_over(cast, matter):
    agreement = an_agreement(cast, matter)
    assert "还没有交办" in lacks(matter, "handed_over")
    agreement.state = "handed_over"
    agreement.save()
    assert lacks(matter, "handed_over") is None


def test_proofs_checked(cast, matter):
    assert "无从核验" in lacks(matter, "proofs_checked")
    commitment = a_commitment(cast, matter)
    assert commitment.number in lacks(matter, "proofs_checked")
    commitment.state = Commitment.State.CHECKED
    commitment.save()
    assert lacks(matter, "proofs_checked") is None


def test_verdict_asked(cast, matter):
    assert "没有请" in lacks(matter, "verdict_asked")
    commitment = a_commitment(cast, matter, state="checked")
    assert "没有请" in lacks(matter, "verdict_asked")
    commitment.verdict_due_on = timezone.localdate()
    commitment.save()
    assert lacks(matter, "verdict_asked") is None


def test_fed_back(cast, matter):
    today = timezone.localdate()
    commitment = a_commitment(cast, matter, state="checked", verdict_due_on=today)
    judge = Judge.objects.create(commitment=commitment, person=cast.people["villager"])
    assert "评价期内" in lacks(matter, "fed_back")
    Verdict.objects.create(commitment=commitment, judge=judge, round=1, value="satisfied", at=timezone.now())
    assert lacks(matter, "fed_back") is None


def test_silence_past_the_time_to_judge_is_feedback_too(cast, matter):
    yesterday = timezone.localdate() - timedelta(days=1)
    commitment = a_commitment(cast, matter, state="checked", verdict_due_on=yesterday)
    Judge.objects.create(commitment=commitment, person=cast.people["villager"])
    assert lacks(matter, "fed_back") is None


def test_all_settled(cast, matter):
    assert "无从销号" in lacks(matter, "all_settled")
    commitment = a_commitment(cast, matter, state="checked")
    assert "还没有销号" in lacks(matter, "all_settled")
    commitment.state = "closed_undone"
    commitment.save()
    assert lacks(matter, "all_settled") is None


def test_a_gate_says_how_it_stands(cast, matter):
    gate = GateRequest.objects.get(matter=matter, gate="party_plan")
    assert "答复期限" in lacks(matter, "gate:party_plan")
    gate.due_on = timezone.localdate() - timedelta(days=1)
    gate.save()
    assert "没有答复" in lacks(matter, "gate:party_plan") and gate.body.name in lacks(matter, "gate:party_plan")
    for answer, says in (("hold", "暂缓"), ("return", "退回")):
        gate.answer, gate.reason = answer, "请补材料"
        gate.save()
        assert says in lacks(matter, "gate:party_plan") and "请补材料" in lacks(matter, "gate:party_plan")
    gate.answer = "approve"
    gate.save()
    assert lacks(matter, "gate:party_plan") is None
    assert "还没有送审" in lacks(matter, "gate:party_adopts")
