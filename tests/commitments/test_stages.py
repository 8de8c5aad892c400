"""Every act is refused from every stage that is not its own, and nothing changes then."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yishi.commitments import services
from yishi.commitments.models import Commitment, LedgerEvent, TimeRequest
from yishi.commitments.stages import TABLE, may_step
from yishi.database.reach import everything
from yishi.journal.act import SYSTEM, act
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db
S = Commitment.State


def acts(cast, one):
    """Every act on a promise by who may do it: verb of the table → a call."""
    today = timezone.localdate()
    clerk, handler, villager = cast.viewer("clerk"), cast.viewer("handler"), cast.viewer("villager")
    at_desk, at_bearer = {"actor": clerk, "commitment": one}, {"actor": handler, "commitment": one}

    def decide():
        request = one.time_requests.filter(granted__isnull=True).first() or TimeRequest.objects.create(
            commitment=one, due_on=one.due_on + timedelta(days=9), reason="雨季", asked_at=timezone.now()
        )
        return services.time_decide(actor=clerk, request=request, granted=True, answer="同意")

    def aside():
        """As an act of an upper room sets a promise aside."""
        with act("assistance.finding.rule", actor=SYSTEM, act_id=uuid7(), body={}) as this:
            services.promise_set_aside(this, one, "查无此事")

    return {
        "confirm": lambda: services.commitment_confirm(**at_bearer),
        "hand_over": lambda: services.commitment_hand_over(**at_desk),
        "hand_over_correct": lambda: services.commitment_hand_over_correct(
            **at_desk, on=one.in_force_on or today, reason="写错了"
        ),
        "set_aside": aside,
        "drop": lambda: services.commitment_drop(**at_desk, reason="退回"),
        "answer": lambda: services.commitment_answer(**at_bearer, text="正在办"),
        "meet": lambda: services.people_met(**at_bearer, text="见了"),
        "prove": lambda: services.proof_give(**at_bearer, text="已办", done_on=today),
        "withdraw": lambda: services.proof_withdraw(**at_bearer, reason="传早了"),
        "ask_time": lambda: services.time_ask(**at_bearer, due_on=one.due_on + timedelta(days=5), reason="雨季"),
        "decide_time": decide,
        "escalate": lambda: services.reminder_send(**at_desk),
        "accept": lambda: services.proof_check(**at_desk, accepted=True, finding="属实", as_agreed=True),
        "return": lambda: services.proof_check(**at_desk, accepted=False, finding="不全"),
        "judge": lambda: services.verdict_give(actor=villager, commitment=one, value="partly"),
        "hear": lambda: services.verdict_give(actor=clerk, judge=villager.person, commitment=one, value="partly"),
        "hear_no": lambda: services.verdict_give(
            actor=clerk, judge=villager.person, commitment=one, value="not_satisfied"
        ),
        "strike_off": lambda: services.commitment_strike_off(**at_desk),
        "close_undone": lambda: services.commitment_close_undone(**at_desk, reason="撤销"),
        "reopen": lambda: services.commitment_reopen(**at_desk, reason="又坏了"),
        "recheck": lambda: services.recheck_record(**at_desk, holds=True, text="正常"),
    }


VERBS = sorted({verb for row in TABLE.values() for verb in row})


def test_the_table_names_every_state_and_no_other():
    assert set(TABLE) == set(S.values)
    assert {after for row in TABLE.values() for after in row.values()} <= set(S.values)


@pytest.mark.parametrize("verb", VERBS)
def test_an_act_from_the_wrong_stage_is_refused_and_changes_nothing(cast, promise, verb):
    one = promise()
    for state in S.values:
        one.state = state
        if may_step(one, verb) or (verb == "hear_no" and may_step(one, "hear")):  # a no is heard where a word is
            continue
        Commitment.objects.filter(pk=one.pk).update(state=state)
        before = Commitment.objects.filter(pk=one.pk).values().get()
        with pytest.raises(WrongStage) as refused:
            acts(cast, one)[verb]()
        assert refused.value.code.startswith("commitment."), state
        assert Commitment.objects.filter(pk=one.pk).values().get() == before


@pytest.mark.parametrize("who", ["outsider", "outside_handler", "villager", "former_member"])
def test_an_outsider_supervises_nothing(cast, proved, who):
    one = proved()
    stranger = cast.viewer(who)
    for service, given_ in [
        (services.proof_check, {"accepted": True, "finding": "属实", "as_agreed": True}),
        (services.commitment_close_undone, {"reason": "撤销"}),
        (services.commitment_reopen, {"reason": "又坏了"}),
        (services.letter_send, {"text": "请办"}),
        (services.next_tier_pass, {}),
        (services.recheck_record, {"holds": True, "text": "正常"}),
        (services.commitment_hand_over, {}),
    ]:
        with pytest.raises(Refusal) as refused:
            service(actor=stranger, commitment=one, **given_)
        assert refused.value.code == "right.missing", service.__name__


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(VERBS), min_size=4, max_size=14))
def test_whatever_people_try_in_whatever_order_the_file_stays_whole(cast, promise, verbs):
    with everything():
        one = promise(in_force=False, bearer_present=False)
        for verb in verbs:
            if verb == "decide_time" and not one.time_requests.filter(granted__isnull=True).exists():
                continue
            before = one.state
            try:
                acts(cast, one)[verb]()
            except Refusal:
                one.refresh_from_db()
                assert one.state == before
                continue
            one.refresh_from_db()
            assert one.state == TABLE[before][verb]
            kinds = list(LedgerEvent.objects.filter(commitment=one).values_list("kind", "round"))
            pressed = [row for row in kinds if row[0] in ("reminder", "letter", "next_tier")]
            assert len(pressed) == len(set(pressed))
            assert one.round == 1 + sum(kind == "reopened" for kind, _round in kinds)
            assert one.due_on >= one.first_due_on
            assert (one.settled_on is not None) == (
                one.state in (S.STRUCK_OFF, S.CLOSED_UNDONE, S.DROPPED, S.SET_ASIDE)
            )
            assert (one.in_force_on is None) == (one.state in (S.PROPOSED, S.AGREED, S.DROPPED))
            settled = one.settled_on is not None
            assert not (settled and one.time_requests.filter(granted__isnull=True).exists())
