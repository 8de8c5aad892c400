"""A gate's answer: approve, return, on hold; two clerks at once; who has no right; silence."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.deliberation.facts import a_matter, an_agreement, two_parties
from tests.kept import kept
from yishi.deliberation.models import Agreement, GateRequest, Matter
from yishi.deliberation.services.gates import gate_answer, gate_ask, gates_of
from yishi.deliberation.services.matters import matter_advance, matter_missing, matter_move_on
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.notices.models import Notice
from yishi.organisations.models import Body

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def matter(cast):
    return a_matter(cast)


def gate_of(matter, code="party_plan", **given):
    return GateRequest.objects.select_related("body", "matter").get(matter=matter, gate=code, **given)


def answer(cast, gate, what="approve", who="party_clerk", reason="同意", **given):
    return gate_answer(actor=cast.viewer(who), gate=gate, answer=what, reason=reason, **given)


def again(matter):
    return Matter.within.select_related("place", "convener", "process").get(pk=matter.pk)


def test_it_works(cast, matter):
    answer(cast, gate_of(matter))
    assert again(matter).step == "plan"
    answer(cast, gate_of(matter, "chairs_plan"), who="chair_head")
    assert again(matter).step == "study"
    assert gate_of(matter).answered_by == cast.people["party_clerk"]


def test_the_body_is_found_by_kind_and_tier(cast, matter):
    assert gate_of(matter).body == cast.bodies["party"]
    assert gate_of(matter, "chairs_plan").body == cast.bodies["chairs"]
    township = a_matter(cast, "one_seven_n", convener="council")
    assert gate_of(township, "township_party").body == cast.bodies["township_party"]


def test_the_desk_is_told_when_it_is_asked_and_the_convener_when_it_answered(cast, matter):
    assert Notice.objects.filter(body_id=cast.bodies["party"].pk, code="gate.asked").count() == 1
    answer(cast, gate_of(matter))
    assert Notice.objects.filter(body_id=matter.convener_id, code="gate.answered").count() == 1


def test_of_two_clerks_the_second_hears_who_was_quicker(cast, matter):
    gate = gate_of(matter)
    answer(cast, gate)
    with pytest.raises(WrongStage) as refused:
        answer(cast, gate, "return", who="party_second", reason="再议")
    assert refused.value.code == "gate.answered"
    assert "县委甲" in str(refused.value) and "同意" in str(refused.value)
    assert gate_of(matter).answer == "approve"


def test_the_same_delivery_twice_is_one_answer(cast, matter):
    act_id = uuid7()
    first = answer(cast, gate_of(matter), act_id=act_id)
    second = answer(cast, gate_of(matter), act_id=act_id)
    assert second.replayed and second.result == first.result


@pytest.mark.parametrize("who", ["outsider", "clerk", "chair_head", "member", "administrator", "handler_head"])
def test_nobody_answers_for_another_body(cast, matter, who):
    with pytest.raises(NotAllowed):
        answer(cast, gate_of(matter), who=who)


def test_an_answer_without_reason_is_refused(cast, matter):
    for what in ("approve", "return", "hold"):
        with pytest.raises(Refusal) as refused:
            answer(cast, gate_of(matter), what, reason="  ")
        assert refused.value.field == "reason"


def test_an_unknown_answer_is_refused(cast, matter):
    with pytest.raises(Refusal) as refused:
        answer(cast, gate_of(matter), "perhaps")
    assert refused.value.field == "answer"


def test_a_return_without_a_way_back_is_mended_and_asked_again(cast, matter):
    answer(cast, gate_of(matter), "return", reason="依据不足")
    assert again(matter).step == "plan"
    gate_ask(actor=cast.viewer("clerk"), matter=again(matter), gate_code="party_plan")
    second = gate_of(matter, round=2)
    assert second.body == cast.bodies["party"] and not second.answer
    with pytest.raises(Refusal) as refused:
        gate_ask(actor=cast.viewer("clerk"), matter=again(matter), gate_code="party_plan")
    assert refused.value.code == "gate.asked"


def at_hand_over(cast):
    """A courtyard-free way to the hand-over gate: put the matter there as its steps would."""
    matter = a_matter(cast)
    two_parties(matter)
    an_agreement(cast, matter)
    for code, who in (("chairs_plan", "chair_head"), ("party_plan", "party_second")):
        answer(cast, gate_of(matter, code), who=who)
    steps = matter.steps.order_by("-ordinal").first()
    Matter.within.filter(pk=matter.pk).update(step="agree", stage="agreed")
    steps.step, steps.stage = "agree", "agreed"
    steps.save()
    matter_move_on(again(matter))
    return again(matter)


def test_a_return_leads_back_and_is_asked_again_as_round_two(cast):
    matter = at_hand_over(cast)
    assert matter.step == "hand_over"
    answer(cast, gate_of(matter, "party_adopts"), "return", reason="期限写得太松")
    matter = again(matter)
    assert matter.step == "agree"
    assert matter_move_on(matter) == []  # what was returned is mended by somebody first
    assert again(matter).step == "agree"
    matter_advance(actor=cast.viewer("clerk"), matter=matter, step="agree", note="期限改为六月")
    assert again(matter).step == "hand_over"
    assert gate_of(matter, "party_adopts", round=2).answer == ""
    assert Agreement.objects.get(matter=matter).state == "recorded"


def test_on_hold_is_answered_later_and_stays_on_the_record(cast, matter):
    answer(cast, gate_of(matter), "hold", reason="等省里文件")
    held = gate_of(matter)
    assert held in gates_of([held.body_id])
    answer(cast, held, "approve", who="party_second", reason="文件到了")
    assert gate_of(matter, round=1).answer == "hold" and gate_of(matter, round=2).answer == "approve"
    assert held not in gates_of([held.body_id])
    with pytest.raises(WrongStage):
        answer(cast, held, "return")


def test_a_gate_that_is_silent_past_its_deadline_shows_as_silent(cast, matter):
    GateRequest.objects.filter(matter=matter).update(due_on=timezone.localdate() - timedelta(days=3))
    assert all("到期" in one.message for one in matter_missing(matter))


def test_where_no_body_fits_one_is_chosen(cast):
    matter = a_matter(cast, "enterprise")
    assert not matter.gates.exists()  # two departments stand in the county
    clerk = cast.viewer("clerk")
    with pytest.raises(Refusal) as refused:
        gate_ask(actor=clerk, matter=matter, gate_code="department_leads")
    assert refused.value.field == "body"
    with pytest.raises(Refusal) as refused:
        gate_ask(actor=clerk, matter=matter, gate_code="department_leads", body=cast.bodies["party"])
    assert refused.value.code == "gate.other_body"
    gate_ask(actor=clerk, matter=matter, gate_code="department_leads", body=cast.bodies["department"])
    answer(cast, gate_of(matter, "department_leads"), who="handler")
    assert again(matter).step == "study"


def test_a_gate_of_another_step_is_not_asked(cast, matter):
    with pytest.raises(WrongStage):
        gate_ask(actor=cast.viewer("clerk"), matter=matter, gate_code="party_adopts")
    with pytest.raises(NotAllowed):
        gate_ask(actor=cast.viewer("outsider"), matter=matter, gate_code="party_plan")


def test_a_post_that_ends_leaves_the_gate_on_the_desk(cast, matter):
    gate = gate_of(matter)
    cast.people["party_clerk"].posts.update(valid_to=timezone.localdate() - timedelta(days=1))
    with pytest.raises(NotAllowed):
        answer(cast, gate)
    answer(cast, gate, who="party_second")
    assert gate_of(matter).answer == "approve"


def test_a_body_that_ended_is_not_asked(cast):
    Body.objects.filter(pk=cast.bodies["party"].pk).update(valid_to=timezone.localdate() - timedelta(days=1))
    matter = a_matter(cast)
    assert {gate.gate for gate in matter.gates.all()} == {"chairs_plan"}
    assert any("还没有送审" in one.message for one in matter_missing(matter))
