"""A promise from its birth to its strike-off."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from yishi.commitments import services
from yishi.commitments.models import Commitment
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.notices.models import Notice
from yishi.organisations.models import Installation, Post

pytestmark = pytest.mark.django_db
S = Commitment.State


def test_it_works(cast, checked):
    commitment = checked()
    services.verdict_give(actor=cast.viewer("villager"), commitment=commitment, value="satisfied")
    services.commitment_strike_off(actor=cast.viewer("clerk"), commitment=commitment)
    commitment.refresh_from_db()
    assert (commitment.state, commitment.round) == (S.STRUCK_OFF, 1)
    codes = list(Entry.objects.order_by("received_at", "id").values_list("code", flat=True))
    assert codes == [
        "commitments.commitment.agree",
        "commitments.commitment.hand_over",
        "commitments.commitment.prove",
        "commitments.commitment.check",
        "commitments.verdict.give",
        "commitments.commitment.strike_off",
    ]


def test_no_words_of_people_enter_the_journal(cast, checked):
    commitment = checked()
    services.verdict_give(actor=cast.viewer("villager"), commitment=commitment, value="partly", text="只修了一半")
    assert "一半" not in str(list(Entry.objects.values()))
    assert "转账" not in str(list(Entry.objects.values()))


def test_an_absent_bearer_only_has_a_proposed_duty_until_it_confirms(cast, promise):
    commitment = promise(in_force=False, bearer_present=False)
    assert commitment.state == S.PROPOSED
    assert Notice.objects.filter(body_id=cast.bodies["department"].pk, code="commitment.proposed").count() == 1
    services.commitment_confirm(actor=cast.viewer("handler"), commitment=commitment)
    commitment.refresh_from_db()
    assert commitment.state == S.AGREED


def test_the_clock_starts_with_the_hand_over(cast, promise):
    commitment = promise(in_force=False)
    assert commitment.in_force_on is None
    services.commitment_hand_over(actor=cast.viewer("clerk"), commitment=commitment)
    commitment.refresh_from_db()
    assert commitment.in_force_on == timezone.localdate()


def test_a_due_date_in_the_past_is_refused(promise):
    with pytest.raises(Refusal) as refused:
        promise(due_in=-1)
    assert refused.value.field == "due_on"


def test_half_of_what_is_whole_is_neither_promised_nor_proved(cast, promise):
    half = Decimal("0.5")
    with pytest.raises(Refusal) as refused:
        promise(quantity=half, unit="次")
    assert refused.value.code == "amount.whole"
    given = {"actor": cast.viewer("handler"), "text": "办了", "done_on": timezone.localdate()}
    with pytest.raises(Refusal) as refused:
        services.proof_give(commitment=promise(quantity=Decimal(2), unit="次"), quantity=half, **given)
    assert (refused.value.code, refused.value.field) == ("amount.whole", "quantity")
    services.proof_give(commitment=promise(quantity=Decimal(2), unit="公里"), quantity=half, **given)


def test_a_promise_recorded_after_the_event_starts_no_clock(promise):
    day = timezone.localdate() - timedelta(days=60)
    commitment = promise(in_force=False, agreed_on=day, due_on=day + timedelta(days=20))
    assert commitment.backfilled
    services.clocks_run()
    assert not commitment.events.exists()


def test_nobody_supervises_themselves(cast, promise):
    with pytest.raises(Refusal):
        promise(supervisor=cast.bodies["department"])


@pytest.mark.parametrize("who", ["outsider", "outside_handler", "member", "villager", "former_member", "water_clerk"])
def test_only_the_bearers_desk_gives_proof(cast, promise, who):
    with pytest.raises(NotAllowed):
        services.proof_give(actor=cast.viewer(who), commitment=promise(), text="已办", done_on=timezone.localdate())


def test_whoever_sits_at_the_bearers_desk_does_not_check(cast, proved):
    Post.objects.create(person=cast.people["handler"], body=cast.bodies["office"], role="clerk")
    with pytest.raises(NotAllowed):
        services.proof_check(
            actor=cast.viewer("handler"), commitment=proved(), accepted=True, finding="属实", as_agreed=True
        )


def test_a_returned_proof_puts_the_duty_back_in_force(cast, proved):
    commitment = proved()
    services.proof_check(actor=cast.viewer("clerk"), commitment=commitment, accepted=False, finding="凭证不全")
    commitment.refresh_from_db()
    assert (commitment.state, commitment.proved_on) == (S.IN_FORCE, None)


def test_a_negative_verdict_of_who_raised_it_reopens_once(cast, checked):
    commitment = checked()
    first = services.verdict_give(actor=cast.viewer("villager"), commitment=commitment, value="not_satisfied")
    commitment.refresh_from_db()
    assert first.result["reopened"] and (commitment.state, commitment.round) == (S.IN_FORCE, 2)
    services.proof_give(actor=cast.viewer("handler"), commitment=commitment, text="补办", done_on=timezone.localdate())
    services.proof_check(
        actor=cast.viewer("clerk"), commitment=commitment, accepted=True, finding="属实", as_agreed=True
    )
    second = services.verdict_give(actor=cast.viewer("villager"), commitment=commitment, value="not_satisfied")
    commitment.refresh_from_db()
    assert not second.result["reopened"] and commitment.state == S.CHECKED


def test_a_second_verdict_in_one_round_is_refused(cast, checked):
    commitment = checked(judges=("villager", "second_villager"))
    services.verdict_give(actor=cast.viewer("villager"), commitment=commitment, value="partly")
    with pytest.raises(WrongStage):
        services.verdict_give(actor=cast.viewer("villager"), commitment=commitment, value="satisfied")


def test_it_is_not_struck_off_while_somebody_may_still_answer(cast, checked):
    commitment = checked()
    with pytest.raises(WrongStage):
        services.commitment_strike_off(actor=cast.viewer("clerk"), commitment=commitment)
    Commitment.objects.filter(pk=commitment.pk).update(verdict_due_on=timezone.localdate() - timedelta(days=1))
    services.commitment_strike_off(actor=cast.viewer("clerk"), commitment=commitment)
    entry = Entry.objects.get(code="commitments.commitment.strike_off")
    assert entry.data["unanswered"] == 1  # silence is shown as 未评


def test_more_time_moves_the_due_date_and_keeps_the_first(cast, promise):
    commitment = promise()
    later = commitment.due_on + timedelta(days=20)
    services.time_ask(actor=cast.viewer("handler"), commitment=commitment, due_on=later, reason="雨季")
    request = commitment.time_requests.get()
    services.time_decide(actor=cast.viewer("clerk"), request=request, granted=True, answer="同意")
    first = commitment.first_due_on
    commitment.refresh_from_db()
    assert (commitment.first_due_on, commitment.due_on) == (first, later)
    with pytest.raises(WrongStage):
        services.time_decide(actor=cast.viewer("second_clerk"), request=request, granted=False, answer="不同意")


def test_closed_undone_is_its_own_end(cast, promise):
    commitment = promise()
    services.commitment_close_undone(actor=cast.viewer("clerk"), commitment=commitment, reason="企业破产")
    commitment.refresh_from_db()
    assert commitment.state == S.CLOSED_UNDONE
    with pytest.raises(WrongStage):
        services.commitment_strike_off(actor=cast.viewer("clerk"), commitment=commitment)


def test_a_failed_look_back_opens_it_again(cast, checked):
    commitment = checked(judges=())
    services.commitment_strike_off(actor=cast.viewer("clerk"), commitment=commitment)
    with pytest.raises(Refusal):
        services.recheck_record(actor=cast.viewer("clerk"), commitment=commitment, holds=True, text="正常")
    Commitment.objects.filter(pk=commitment.pk).update(settled_on=timezone.localdate() - timedelta(days=40))
    services.recheck_record(actor=cast.viewer("clerk"), commitment=commitment, holds=False, text="又停水")
    commitment.refresh_from_db()
    assert (commitment.state, commitment.round) == (S.IN_FORCE, 2)


def test_a_post_that_ends_leaves_its_duties_on_the_desk(cast, promise):
    commitment = promise()
    post = cast.people["handler"].posts.get()
    post.valid_to = timezone.localdate() - timedelta(days=1)
    post.save()
    with pytest.raises(NotAllowed):
        services.commitment_answer(actor=cast.viewer("handler"), commitment=commitment, text="正在办")
    services.commitment_answer(actor=cast.viewer("handler_head"), commitment=commitment, text="正在办")
    commitment.refresh_from_db()
    assert commitment.answered_on == timezone.localdate()


def test_only_the_first_negative_verdict_reopens_by_itself(cast, checked):
    commitment = checked(judges=("villager", "second_villager"))
    services.verdict_give(actor=cast.viewer("villager"), commitment=commitment, value="not_satisfied")
    services.proof_give(actor=cast.viewer("handler"), commitment=commitment, text="补办", done_on=timezone.localdate())
    services.proof_check(
        actor=cast.viewer("clerk"), commitment=commitment, accepted=True, finding="属实", as_agreed=True
    )
    services.verdict_give(actor=cast.viewer("second_villager"), commitment=commitment, value="not_satisfied")
    commitment.refresh_from_db()
    assert (commitment.state, commitment.round) == (S.CHECKED, 2)
    assert Notice.objects.filter(code="commitment.judged_again", body_id=commitment.supervisor_id).count() == 1
    services.commitment_reopen(actor=cast.viewer("clerk"), commitment=commitment, reason="群众仍不满意")
    commitment.refresh_from_db()
    assert (commitment.state, commitment.round) == (S.IN_FORCE, 3)


def test_nobody_of_the_bearers_desk_decides_about_its_own_promise(cast, promise):
    commitment = promise(bearer=cast.bodies["office"], supervisor=cast.bodies["council"])
    later = commitment.due_on + timedelta(days=9)
    services.time_ask(actor=cast.viewer("clerk"), commitment=commitment, due_on=later, reason="雨季")
    for act, given in (
        (services.time_decide, {"request": commitment.time_requests.get(), "granted": True, "answer": "同意"}),
        (services.commitment_close_undone, {"commitment": commitment, "reason": "不办了"}),
    ):
        with pytest.raises(NotAllowed) as refused:
            act(actor=cast.viewer("second_clerk"), **given)
        assert refused.value.code == "commitment.second_person"
    Installation.objects.update(small_office=True)
    services.commitment_close_undone(actor=cast.viewer("second_clerk"), commitment=commitment, reason="不办了")
    entry = Entry.objects.get(code="commitments.commitment.close_undone")
    assert entry.data["same_hands"] is True
    assert commitment.time_requests.get().granted is False  # nobody decides it any more


def test_more_time_that_is_over_already_is_not_granted(cast, promise):
    commitment = promise()
    later = commitment.due_on + timedelta(days=20)
    services.time_ask(actor=cast.viewer("handler"), commitment=commitment, due_on=later, reason="雨季")
    request = commitment.time_requests.get()
    type(request).objects.update(due_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Refusal) as refused:
        services.time_decide(actor=cast.viewer("clerk"), request=request, granted=True, answer="同意")
    assert refused.value.field == "granted"


def test_an_event_that_is_still_to_come_is_refused(cast, promise):
    commitment, tomorrow = promise(), timezone.localdate() + timedelta(days=1)
    handler = cast.viewer("handler")
    for act, given in (
        (services.people_met, {"text": "见了", "on": tomorrow}),
        (services.proof_give, {"text": "已办", "done_on": tomorrow}),
    ):
        with pytest.raises(Refusal):
            act(actor=handler, commitment=commitment, **given)


def test_a_quantity_needs_its_unit(promise):
    with pytest.raises(Refusal) as refused:
        promise(quantity=1720)
    assert refused.value.field == "unit"


def test_who_is_late_reads_which_desk_was_quicker(cast, checked):
    commitment = checked(judges=())
    services.commitment_strike_off(actor=cast.viewer("second_clerk"), commitment=commitment)
    with pytest.raises(WrongStage) as refused:
        services.commitment_strike_off(actor=cast.viewer("clerk"), commitment=commitment)
    assert "牟定县政协办公室" in str(refused.value.message)
