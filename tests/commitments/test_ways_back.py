"""What was decided on a promise by mistake, and what somebody judged by mistake, has a way back that keeps both."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.commitments.test_promise_pages import with_code
from yishi.commitments import services
from yishi.commitments.models import Commitment, EarlierVerdict, LedgerEvent, Verdict
from yishi.commitments.reads import rates
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
