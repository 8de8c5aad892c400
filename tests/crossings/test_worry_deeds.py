"""A worry that somebody helps with at once is a deed; its author reads what was done, and may ask again."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from tests.cast import sign_in
from tests.crossings.crossed import Crossed, read, told
from tests.kept import kept_over_all_files
from yishi.assistance.campaign.models import Campaign
from yishi.assistance.campaign.services.campaign_setup import campaign_begin
from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.services.deeds import Planned
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.crossings.models import Crossing
from yishi.crossings.worry_deeds import worry_help
from yishi.deliberation.models import Worry
from yishi.deliberation.services.screening import worry_answer, worry_reopen, worry_take_back
from yishi.kit.errors import NotAllowed, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.grants import viewer_of

pytestmark = pytest.mark.django_db


@kept_over_all_files
def campaign(cast):
    receipt = campaign_begin(
        actor=cast.viewer("clerk"),
        template="nine_ones",
        owner=cast.bodies["office"],
        name="助推行动",
        starts_on=date(2026, 1, 1),
    )
    return Campaign.objects.get(pk=receipt.result["campaign"])


@pytest.fixture
def worry(cast, campaign):
    return Crossed(cast).raised(text="苹果卖不出去，想找销路", theme="farming")


def item_of(campaign):
    return campaign.items.get(code="channel")


def help_with(cast, campaign, worry, who="clerk", desk="office", act_id=None):
    body = cast.bodies[desk]
    plan = Planned(
        item=item_of(campaign),
        place=worry.place,
        on=timezone.localdate(),
        amount=Decimal(1),
        parties=[Part(body)],
        reached=Reached(unnamed=4),
        words=worry.text,
        recorded_for=body,
    )
    reason = "已联系县里的合作社收购"
    return worry_help(actor=cast.viewer(who), worry=worry, deed=plan, reason=reason, act_id=act_id)


def test_it_works(cast, campaign, worry):
    receipt = help_with(cast, campaign, worry)
    deed = Deed.within.get(pk=receipt.result["deed"])
    worry.refresh_from_db()
    assert (worry.state, deed.place, deed.words) == (Worry.State.ANSWERED, worry.place, worry.text)
    assert deed.entry_id is not None and deed.unnamed == 4  # it counts
    crossing = Crossing.objects.get()
    assert (crossing.from_id, crossing.to_kind, crossing.to_id) == (worry.pk, "deed", deed.pk)
    with translation.override("zh-hans"):
        assert read(worry)[-1] == "已当场帮办" and told(worry) == ["worry.helped"]


def test_only_who_screens_it_may_and_for_a_desk_of_their_own(cast, campaign, worry):
    for who in ("outsider", "member", "handler", "auditor"):
        with pytest.raises(NotAllowed):
            help_with(cast, campaign, worry, who)
    with pytest.raises(NotAllowed):
        help_with(cast, campaign, worry, desk="department")
    worry.refresh_from_db()
    assert worry.state == Worry.State.FILED and not Deed.within.exists() and not told(worry)


def test_a_lost_answer_is_given_again_and_a_second_act_is_refused(cast, campaign, worry):
    act_id = uuid7()
    first = help_with(cast, campaign, worry, act_id=act_id)
    assert help_with(cast, campaign, worry, act_id=act_id).result == first.result
    with pytest.raises(WrongStage):
        help_with(cast, campaign, worry)
    assert Deed.within.count() == Crossing.objects.count() == 1


def test_done_by_mistake_the_deed_is_withdrawn_with_it(cast, campaign, worry):
    help_with(cast, campaign, worry)
    worry_take_back(actor=cast.viewer("clerk"), worry=worry, reason="不是这一件")
    worry.refresh_from_db()
    assert worry.state == Worry.State.FILED and Deed.within.get().state == Deed.State.WITHDRAWN
    assert Crossing.objects.get().ended_at is not None
    help_with(cast, campaign, worry)  # and may be done again
    assert Deed.within.filter(state=Deed.State.COUNTED).count() == 1


def test_a_later_answer_taken_back_leaves_the_deed_alone(cast, campaign, worry):
    help_with(cast, campaign, worry)
    worry.refresh_from_db()
    worry_reopen(actor=viewer_of(worry.raiser), worry=worry, reason="还有一半没卖")
    worry_answer(actor=cast.viewer("clerk"), worry=worry, text="下周再收一次")
    worry_take_back(actor=cast.viewer("clerk"), worry=worry, reason="答错了")
    assert Deed.within.get().state == Deed.State.COUNTED


def test_through_the_page(cast, campaign, worry, client):
    sign_in(client, cast, "clerk")
    address = reverse("worry_help", args=[worry.pk])
    assert address in client.get(reverse("worry", args=[worry.pk])).content.decode()
    assert client.get(address).context["form"]["words"].value() == worry.text
    sent = {
        "item": item_of(campaign).pk, "doer": cast.bodies["office"].pk, "amount": "1", "unnamed": "4",
        "on": timezone.localdate().isoformat(), "words": worry.text, "reason": "已联系收购", "act_id": uuid7(),
    }  # fmt: skip
    page = client.post(address, sent, follow=True).content.decode()
    assert worry.number in page and "来自民情诉求" in page
