"""A worry about a family in trouble becomes a signal; its author reads that it was looked into, and no more."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from tests.assistance.watched import Watched
from tests.cast import sign_in
from tests.crossings.crossed import Crossed, read, told
from tests.kept import kept_over_all_files
from yishi.assistance.register.models import HouseholdMember
from yishi.assistance.watch.models import WatchFact, WatchSignal
from yishi.assistance.watch.services.signals import signal_judge, signal_reopen
from yishi.crossings.models import Crossing
from yishi.crossings.worry_signals import worry_signal
from yishi.deliberation.models import Worry
from yishi.deliberation.services.screening import worry_reopen, worry_take_back
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.grants import viewer_of

pytestmark = pytest.mark.django_db


@kept_over_all_files
def watched(cast):
    return Watched(cast)


@pytest.fixture
def worry(cast, watched):
    return Crossed(cast).raised(text="隔壁人家房子裂了，下雨不敢住", theme="other")


def hand_on(cast, watched, worry, who="clerk", act_id=None, **given):
    given = {"household": watched.home, "trigger": "housing", "on": timezone.localdate(), "words": worry.text, **given}
    return worry_signal(actor=cast.viewer(who), worry=worry, reason="转村里入户看", act_id=act_id, **given)


def judge(cast, verdict, who="village_head"):
    signal = WatchSignal.within.get()
    signal_judge(actor=cast.viewer(who), signal=signal, verdict=verdict, reason="王家墙体开裂，属C级")


def test_it_works(cast, watched, worry):
    receipt = hand_on(cast, watched, worry)
    signal = WatchSignal.within.get(pk=receipt.result["signal"])
    worry.refresh_from_db()
    assert (worry.state, signal.household, signal.source) == (Worry.State.CARRIED, watched.home, "seen")
    assert signal.words == worry.text and signal.facts.count() == 1
    crossing = Crossing.objects.get()
    assert (crossing.to_kind, crossing.to_id, crossing.part_id) == ("watch_signal", signal.pk, signal.facts.get().pk)
    with translation.override("zh-hans"):
        assert read(worry)[-1] == "村里入户核实" and told(worry) == ["worry.signalled"]
        judge(cast, "true")
        worry.refresh_from_db()
        assert worry.state == Worry.State.SETTLED and told(worry)[-1] == "worry.settled"
        lines = read(worry)
    assert watched.home.head.name not in "".join(lines) and "C级" not in "".join(lines)


def test_the_familys_own_worry_is_its_own_report(cast, watched):
    worry = Crossed(cast).raised(text="我家房子裂了", theme="other")
    member = HouseholdMember.within.filter(household=watched.home).first()
    Worry.within.filter(pk=worry.pk).update(raiser=member.person)
    worry.refresh_from_db()
    receipt = hand_on(cast, watched, worry)
    assert WatchSignal.within.get(pk=receipt.result["signal"]).source == "self_report"


def test_only_who_screens_it_and_keeps_the_village_may(cast, watched, worry):
    for who in ("outsider", "member", "handler", "auditor", "village_head"):
        with pytest.raises(NotAllowed):
            hand_on(cast, watched, worry, who)
    assert not WatchFact.within.exists()


def test_a_lost_answer_is_given_again_and_a_second_act_is_refused(cast, watched, worry):
    act_id = uuid7()
    first = hand_on(cast, watched, worry, act_id=act_id)
    assert hand_on(cast, watched, worry, act_id=act_id).result == first.result
    with pytest.raises(WrongStage):
        hand_on(cast, watched, worry)
    assert WatchSignal.within.count() == WatchFact.within.count() == Crossing.objects.count() == 1


def test_a_family_of_another_place_is_refused(cast, watched):
    elsewhere = Crossed(cast).raised("邻近村", text="房子裂了", theme="other")
    with pytest.raises(Refusal) as refused:
        hand_on(cast, watched, elsewhere)
    assert refused.value.field == "household" and not WatchFact.within.exists()


def test_what_raises_no_signal_leaves_nothing_behind(cast, watched, worry):
    with pytest.raises(Refusal):
        hand_on(cast, watched, worry, trigger="self_paid", amount=Decimal(10))
    worry.refresh_from_db()
    assert worry.state == Worry.State.FILED and not WatchFact.within.exists() and not told(worry)


def test_a_second_worry_joins_the_signal_that_waits(cast, watched, worry):
    hand_on(cast, watched, worry)
    second = Crossed(cast).raised(text="他家墙裂了", theme="other")
    hand_on(cast, watched, second)
    assert WatchSignal.within.count() == 1 and WatchFact.within.count() == 2
    judge(cast, "true")
    for each in (worry, second):
        each.refresh_from_db()
        assert each.state == Worry.State.SETTLED


def test_not_true_its_author_may_ask_once_more(cast, watched, worry):
    hand_on(cast, watched, worry)
    judge(cast, "untrue")
    worry.refresh_from_db()
    assert worry.state == Worry.State.ANSWERED and told(worry)[-1] == "worry.answered"
    with translation.override("zh-hans"):
        assert "已入户核实，没有发现需要监测帮扶的情况" in read(worry)
    worry_reopen(actor=viewer_of(worry.raiser), worry=worry, reason="真的裂了")
    worry.refresh_from_db()
    assert worry.state == Worry.State.FILED


def test_a_verdict_taken_back_puts_it_under_way_again(cast, watched, worry):
    hand_on(cast, watched, worry)
    judge(cast, "untrue")
    signal_reopen(actor=cast.viewer("village_head"), signal=WatchSignal.within.get(), reason="看错了户")
    worry.refresh_from_db()
    assert worry.state == Worry.State.CARRIED and told(worry)[-1] == "worry.resumed"


def test_done_by_mistake_what_was_told_is_taken_back_with_it(cast, watched, worry):
    hand_on(cast, watched, worry)
    worry_take_back(actor=cast.viewer("clerk"), worry=worry, reason="点错了户")
    worry.refresh_from_db()
    assert worry.state == Worry.State.FILED and not WatchFact.within.exists()
    assert WatchSignal.within.get().state == "mistake" and Crossing.objects.get().ended_at is not None
    assert told(worry) == ["worry.signalled", "worry.taken_back"]


def test_through_the_page(cast, watched, worry, client):
    sign_in(client, cast, "clerk")
    address = reverse("worry_signal", args=[worry.pk])
    assert address in client.get(reverse("worry", args=[worry.pk])).content.decode()
    form = client.get(address).context["form"]
    assert form["words"].value() == worry.text
    sent = {
        "household": watched.home.pk, "trigger": "housing", "on": timezone.localdate().isoformat(),
        "words": worry.text, "reason": "转村里看", "act_id": uuid7(),
    }  # fmt: skip
    page = client.post(address, sent, follow=True).content.decode()
    assert worry.number in page and "来自民情诉求" in page
