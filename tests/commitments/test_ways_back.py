"""What was decided on a promise by mistake, and what somebody judged by mistake, has a way back that keeps both."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.commitments.test_promise_pages import with_code
from yishi.commitments import services
from yishi.commitments.models import Commitment, EarlierVerdict, LedgerEvent, TimeRequest, Verdict
from yishi.commitments.reads import rates
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
S = Commitment.State
TODAY = timezone.localdate()


def of(commitment):
    return Commitment.within.get(pk=commitment.pk)


def test_closed_by_mistake_it_stands_as_it_stood_with_its_delay(cast, promise):
    """To open it again began a new round with a new day: twenty days of delay were gone."""
    commitment, clerk = promise(), cast.viewer("clerk")
    late = TODAY - timedelta(days=20)
    Commitment.within.filter(pk=commitment.pk).update(due_on=late, first_due_on=late, escalation=1)
    services.time_ask(
        actor=cast.viewer("handler"), commitment=commitment, due_on=TODAY + timedelta(days=9), reason="雨季"
    )
    before = of(commitment).clocks_kept()
    with pytest.raises(WrongStage):
        services.commitment_take_back(actor=clerk, commitment=commitment, reason="还没有决定")
    services.commitment_close_undone(actor=clerk, commitment=commitment, reason="点错了")
    with pytest.raises(NotAllowed):
        services.commitment_take_back(actor=cast.viewer("outsider"), commitment=commitment, reason="误点")
    with pytest.raises(Refusal):
        services.commitment_take_back(actor=clerk, commitment=commitment, reason=" ")
    services.commitment_take_back(actor=clerk, commitment=commitment, reason="点错了一行")
    after = of(commitment)
    assert after.clocks_kept() == before
    assert (after.state, after.round, after.due_on, after.settled_on) == (S.IN_FORCE, 1, late, None)
    assert commitment.time_requests.get().granted is None  # what it ended waits for its decision again
    last = commitment.events.order_by("-at")[0]
    assert last.kind == LedgerEvent.Kind.TAKEN_BACK and "点错了一行" in last.text
    assert Notice.objects.filter(code="commitment.taken_back").count() >= 2
    with pytest.raises(WrongStage):
        services.commitment_take_back(actor=clerk, commitment=commitment, reason="再来一次")


def test_struck_off_dropped_or_opened_again_by_mistake_is_taken_back(cast, promise, checked):
    clerk = cast.viewer("clerk")
    struck = checked()
    services.verdict_give(actor=cast.viewer("villager"), commitment=struck, value="satisfied")
    was = of(struck).clocks_kept()
    services.commitment_strike_off(actor=clerk, commitment=struck)
    services.commitment_take_back(actor=clerk, commitment=struck, reason="早了")
    assert of(struck).clocks_kept() == was
    services.commitment_reopen(actor=clerk, commitment=struck, reason="误点")
    assert of(struck).round == 2
    services.commitment_take_back(actor=clerk, commitment=struck, reason="误点")
    assert of(struck).clocks_kept() == was
    dropped = promise(in_force=False)
    was = of(dropped).clocks_kept()
    services.commitment_drop(actor=clerk, commitment=dropped, reason="误点")
    services.commitment_take_back(actor=clerk, commitment=dropped, reason="误点")
    assert of(dropped).clocks_kept() == was


def test_what_has_been_followed_is_not_taken_back(cast, checked):
    clerk, commitment = cast.viewer("clerk"), checked()
    services.commitment_reopen(actor=clerk, commitment=commitment, reason="不合约")
    services.proof_give(
        actor=cast.viewer("handler"), commitment=commitment, text="又做了一遍", quantity=1, done_on=TODAY
    )
    with pytest.raises(WrongStage):
        services.commitment_take_back(actor=clerk, commitment=commitment, reason="误点")
    assert of(commitment).round == 2


def test_a_villager_says_it_once_more_within_their_time_and_both_are_kept(cast, checked, client):
    commitment, villager = checked(), cast.viewer("villager")
    services.verdict_give(actor=villager, commitment=commitment, value="satisfied", text="很好")
    with pytest.raises(Refusal):
        services.verdict_change(actor=villager, commitment=commitment, value="very good")
    services.verdict_change(actor=villager, commitment=commitment, value="partly", text="路灯还没有装")
    verdict, earlier = Verdict.objects.get(), EarlierVerdict.objects.get()
    assert (verdict.value, verdict.text) == ("partly", "路灯还没有装")
    assert (earlier.value, earlier.text) == ("satisfied", "很好")
    assert rates(Commitment.within.all()).satisfied == 0  # the last word counts
    with pytest.raises(WrongStage):
        services.verdict_change(actor=villager, commitment=commitment, value="satisfied")  # a second word, no third
    sign_in(client, cast, "clerk")
    page = client.get(reverse("commitment", args=[commitment.pk])).content.decode()
    assert "路灯还没有装" in page and "很好" in page
    sign_in(client, cast, "handler")
    page = client.get(reverse("commitment", args=[commitment.pk])).content.decode()
    assert "路灯还没有装" not in page and "很好" not in page


def test_the_time_for_a_second_word_ends(cast, checked):
    commitment, villager = checked(), cast.viewer("villager")
    services.verdict_give(actor=villager, commitment=commitment, value="satisfied")
    Commitment.within.filter(pk=commitment.pk).update(verdict_due_on=TODAY - timedelta(days=1))
    with pytest.raises(WrongStage):
        services.verdict_change(actor=villager, commitment=commitment, value="partly")
    Commitment.within.filter(pk=commitment.pk).update(verdict_due_on=TODAY)
    services.verdict_change(actor=villager, commitment=commitment, value="not_satisfied")
    assert (of(commitment).state, of(commitment).round) == (S.IN_FORCE, 2)  # it opens as a first word would


def test_a_no_by_mistake_closes_again_what_it_had_opened(cast, checked):
    """Only whoever judged takes that back, not the desk that is supervised by it."""
    commitment, villager = checked(), cast.viewer("villager")
    before = of(commitment).clocks_kept()
    services.verdict_give(actor=villager, commitment=commitment, value="not_satisfied")
    assert of(commitment).round == 2
    with pytest.raises(WrongStage):
        services.commitment_take_back(actor=cast.viewer("clerk"), commitment=commitment, reason="不该重办")
    services.verdict_change(actor=villager, commitment=commitment, value="satisfied", text="点错了")
    assert of(commitment).clocks_kept() == before
    assert not commitment.judges.filter(has_reopened=True).exists()
    assert not Verdict.objects.get().reopened


def test_the_page_of_judging_offers_the_second_word(cast, checked, client):
    commitment = checked()
    with_code(client, cast, "villager")
    address = reverse("judge_one", args=[commitment.pk])
    first = {"value": "satisfied", "text": "好", "act_id": str(uuid7())}
    client.post(address, first)
    client.post(address, first)  # its answer was lost: no second word
    assert not EarlierVerdict.objects.exists()
    page = client.get(address).content.decode()
    assert "再说一次" in page and "<strong>满意</strong>" in page
    client.post(address, {"value": "partly", "text": "", "again": "True"})
    assert Verdict.objects.get().value == "partly"
    assert "再说一次" not in client.get(address).content.decode()


def test_the_page_of_a_promise_offers_to_take_back(cast, promise, client):
    commitment = promise()
    sign_in(client, cast, "clerk")
    address = reverse("commitment_take_back", args=[commitment.pk])
    page = reverse("commitment", args=[commitment.pk])
    assert address not in client.get(page).content.decode()
    services.commitment_close_undone(actor=cast.viewer("clerk"), commitment=commitment, reason="点错了")
    assert address in client.get(page).content.decode()
    client.post(address, {"reason": "点错了一行"})
    assert of(commitment).state == S.IN_FORCE
    assert "点错了一行" in client.get(page).content.decode()


def asked(cast, commitment, days=9):
    due = of(commitment).due_on + timedelta(days=days)
    receipt = services.time_ask(actor=cast.viewer("handler"), commitment=commitment, due_on=due, reason="雨季")
    return TimeRequest.objects.get(pk=receipt.result["time"])


def test_more_time_granted_by_mistake_waits_for_its_decision_again_with_the_old_day(cast, promise):
    commitment, clerk = promise(), cast.viewer("clerk")
    due = of(commitment).due_on
    with pytest.raises(WrongStage):
        services.time_take_back(actor=clerk, commitment=commitment, reason="还没有决定")
    request = asked(cast, commitment)
    services.time_decide(actor=clerk, request=request, granted=True, answer="同意")
    assert of(commitment).due_on == request.due_on
    services.commitment_answer(actor=cast.viewer("handler"), commitment=commitment, text="在办")  # no step from it
    with pytest.raises(NotAllowed):
        services.time_take_back(actor=cast.viewer("outsider"), commitment=commitment, reason="误点")
    with pytest.raises(Refusal):
        services.time_take_back(actor=clerk, commitment=commitment, reason=" ")
    services.time_take_back(actor=clerk, commitment=commitment, reason="批错了一件")
    request.refresh_from_db()
    assert of(commitment).due_on == due
    assert (request.granted, request.answer, request.decided_at, request.decided_by) == (None, "", None, None)
    assert Notice.objects.filter(code="commitment.taken_back").exists()
    with pytest.raises(WrongStage):
        services.time_take_back(actor=clerk, commitment=commitment, reason="再来一次")
    services.time_decide(actor=clerk, request=request, granted=False, answer="不同意")
    services.time_take_back(actor=clerk, commitment=commitment, reason="应当同意")
    services.time_decide(actor=clerk, request=request, granted=True, answer="同意")
    assert of(commitment).due_on == request.due_on


def test_more_time_on_which_proof_or_another_request_rests_stays_decided(cast, promise):
    clerk = cast.viewer("clerk")
    for follows in ("proof", "request"):
        commitment = promise()
        services.time_decide(actor=clerk, request=asked(cast, commitment), granted=True, answer="同意")
        if follows == "request":
            asked(cast, commitment, 20)
        else:
            services.proof_give(
                actor=cast.viewer("handler"), commitment=commitment, text="做完了", quantity=1, done_on=TODAY
            )
        with pytest.raises(WrongStage):
            services.time_take_back(actor=clerk, commitment=commitment, reason="误点")


def test_a_meeting_that_was_none_counts_for_no_rate(cast, promise):
    commitment, handler = promise(), cast.viewer("handler")
    services.people_met(actor=handler, commitment=commitment, text="写错了事项")
    services.people_met(actor=handler, commitment=commitment, text="在院坝里见了")
    first, second = commitment.events.filter(kind="met").order_by("at")
    assert rates(Commitment.within.all()).met == 1
    with pytest.raises(NotAllowed):
        services.meeting_take_back(actor=cast.viewer("outsider"), commitment=commitment, meeting=first, reason="误")
    with pytest.raises(Refusal):
        services.meeting_take_back(actor=handler, commitment=commitment, meeting=first, reason=" ")
    services.meeting_take_back(actor=handler, commitment=commitment, meeting=first, reason="是另一件事")
    assert of(commitment).met_people_on == second.on
    services.meeting_take_back(actor=handler, commitment=commitment, meeting=second, reason="没有见成")
    assert of(commitment).met_people_on is None and rates(Commitment.within.all()).met == 0
    with pytest.raises(WrongStage):
        services.meeting_take_back(actor=handler, commitment=commitment, meeting=second, reason="再来一次")
    met = Entry.objects.filter(code="commitments.commitment.meet", subject_id=commitment.pk)
    assert sum(entry.quantities["met"] for entry in met) == 0


def test_the_page_of_a_promise_offers_both_and_tells_both(cast, promise, client):
    commitment = promise()
    page, time, meeting = (
        reverse(name, args=[commitment.pk])
        for name in ("commitment", "commitment_time_back", "commitment_meeting_back")
    )
    sign_in(client, cast, "clerk")
    assert time not in client.get(page).content.decode()
    services.time_decide(actor=cast.viewer("clerk"), request=asked(cast, commitment), granted=True, answer="同意延期")
    services.people_met(actor=cast.viewer("handler"), commitment=commitment, text="在院坝里见了")
    assert time in client.get(page).content.decode()
    assert client.get(time).status_code == 200
    assert client.post(time, {"reason": "批错了一件"}).status_code == 302
    told = client.get(page).content.decode()
    assert "批错了一件" in told and "同意延期" in told and "已撤回" in told and time not in told
    sign_in(client, cast, "handler")
    assert meeting in client.get(page).content.decode()
    assert "在院坝里见了" in client.get(meeting).content.decode()
    met = commitment.events.get(kind="met")
    assert client.post(meeting, {"meeting": met.pk, "reason": "没有见成"}).status_code == 302
    told = client.get(page).content.decode()
    assert "没有见成" in told and meeting not in told
