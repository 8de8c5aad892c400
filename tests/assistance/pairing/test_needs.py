"""Needs and offers: stated at the village's desk, offered in a minute, brought together, closed by the deed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.assistance.pairs import Paired
from tests.kept import kept_over_all_files
from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.services.deeds import deed_record
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.assistance.pairing.models import Need, Offer
from yishi.assistance.pairing.services.matches import (
    idle_offers,
    match_answer,
    match_end,
    match_propose,
    needs_for,
    offers_for,
)
from yishi.assistance.pairing.services.needs import need_close, need_share, offer_withdraw
from yishi.commitments.models import Commitment
from yishi.database.reach import reaching
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.notices.models import Notice

pytestmark = pytest.mark.django_db


@kept_over_all_files
def paired(cast):
    return Paired(cast)


def test_from_need_to_deed(paired):
    cast = paired.cast
    need, offer = paired.need(), paired.offer()
    assert need.desk == cast.bodies["village"]
    assert [one.offer for one in offers_for(need)] == [offer]
    match = paired.match(need, offer)
    assert match.waits_for == "offer"
    with pytest.raises(NotAllowed):
        match_answer(actor=cast.viewer("neighbour"), match=match, accepted=True)
    match_answer(actor=cast.viewer("member"), match=match, accepted=True)
    match.refresh_from_db()
    owed = match.commitment
    assert (owed.state, owed.bearer, owed.bearer_person) == ("in_force", cast.bodies["committee"], offer.person)
    assert (owed.origin_kind, owed.judges.get().person) == ("need", paired.family.head)
    receipt = deed_record(
        actor=cast.viewer("member"),
        item=paired.helping.items["channel"],
        place=cast.places["牟尼村"],
        on=paired.today,
        amount=Decimal(1),
        parties=[Part(cast.people["member"])],
        reached=Reached(households=[paired.family]),
        match=match,
    )
    for one in (match, need, offer, owed):
        one.refresh_from_db()
    assert (match.state, str(match.deed_id)) == ("done", receipt.result["deed"])
    assert (need.state, offer.state, owed.state) == ("met", "open", "proved")


def test_a_foreign_match_is_no_way_to_close_a_need(paired):
    cast = paired.cast
    match = paired.match(paired.need(), paired.offer())
    match_answer(actor=cast.viewer("member"), match=match, accepted=True)
    with pytest.raises(NotAllowed):
        deed_record(
            actor=cast.viewer("outsider"),
            item=paired.helping.items["training"],
            place=cast.places["牟尼村"],
            on=paired.today,
            amount=Decimal(1),
            parties=[Part(cast.bodies["outside_office"])],
            match=match,
        )
    assert not Deed.within.exists()


def test_quantities_are_used_up_over_several_matches(paired):
    first = paired.need(kind="jobs", words="两人想务工", quantity=Decimal(2), unit="人")
    second = paired.need(kind="jobs", words="两人想务工", quantity=Decimal(2), unit="人", household=paired.second)
    offer = paired.offer(kind="jobs", words="厂里招三人", quantity=Decimal(3), unit="人")
    matches = [paired.match(first, offer)]
    match_answer(actor=paired.cast.viewer("member"), match=matches[0], accepted=True)
    assert matches[0].quantity == 2
    with pytest.raises(Refusal):
        paired.match(second, offer, quantity=Decimal(2))
    matches.append(paired.match(second, offer))
    assert matches[1].quantity == 1
    match_answer(actor=paired.cast.viewer("member"), match=matches[1], accepted=True)
    for match in matches:
        deed_record(
            actor=paired.cast.viewer("member"),
            item=paired.helping.items["training"],
            place=paired.cast.places["牟尼村"],
            on=paired.today,
            amount=Decimal(1),
            parties=[Part(paired.cast.people["member"])],
            match=match,
        )
    states = [Need.within.get(pk=one.pk).state for one in (first, second)]
    assert states == ["met", "open"]  # of the second one person is still without work
    assert Offer.within.get(pk=offer.pk).state == "used"


def test_near_ones_come_first_and_what_is_over_does_not_come(paired):
    cast = paired.cast
    need = paired.need()
    far = paired.offer(place=cast.places["云南省"], words="省里")
    paired.offer(place=cast.places["宜良县"], words="外县")
    village = paired.offer(place=cast.places["牟尼村"], words="本村")
    next_one = paired.offer(place=cast.places["邻近村"], words="邻村")
    paired.offer(kind="money", words="有钱")
    gone = paired.offer(words="过期")
    Offer.within.filter(pk=gone.pk).update(valid_until=paired.today - timedelta(days=1))
    found = offers_for(need)
    assert [(one.offer.words, one.distance) for one in found] == [
        (village.words, 0),
        (next_one.words, 1),
        (far.words, 4),
    ]
    assert [one.need for one in needs_for(village)] == [need]


def test_a_member_reads_a_shared_need_and_says_i_can(paired):
    cast = paired.cast
    need, offer = paired.need(), paired.offer()
    member = cast.viewer("member")
    with reaching(member.reach):
        assert not Need.objects.exists()
        assert needs_for(offer, shared=True) == []
    with pytest.raises(NotAllowed):
        match_propose(actor=member, need=need, offer=offer, due_on=paired.today)
    need_share(actor=cast.viewer("village_head"), need=need, is_shared=True)
    need.refresh_from_db()
    with reaching(member.reach):
        assert not Need.objects.exists()
        assert [one.need.pk for one in needs_for(offer, shared=True)] == [need.pk]
    match = paired.match(need, offer, who="member")
    assert match.waits_for == "need"
    with pytest.raises(NotAllowed):  # who proposed does not accept
        match_answer(actor=member, match=match, accepted=True)
    with pytest.raises(Refusal):
        match_answer(actor=cast.viewer("village_head"), match=match, accepted=False)
    match_answer(actor=cast.viewer("village_head"), match=match, accepted=False, reason="已有人收")
    need.refresh_from_db()
    assert need.state == "open"


def test_what_comes_to_nothing_leaves_the_need_open(paired):
    cast = paired.cast
    need, offer = paired.need(), paired.offer()
    match = paired.match(need, offer)
    match_answer(actor=cast.viewer("member"), match=match, accepted=True)
    with pytest.raises(WrongStage):
        need_close(actor=cast.viewer("village_head"), need=need, is_met=True, reason="自己卖了")
    assert not Offer.within.filter(idle_offers(paired.today)).exists()
    match_end(actor=cast.viewer("member"), match=match, reason="超市倒闭")
    assert Offer.within.filter(idle_offers(paired.today)).exists()
    assert Commitment.within.get().state == "closed_undone"
    need_close(actor=cast.viewer("village_head"), need=need, is_met=True, reason="自己卖了")
    offer_withdraw(actor=cast.viewer("member"), offer=offer, reason="不做了")
    need.refresh_from_db()
    offer.refresh_from_db()
    assert (need.state, offer.state) == ("met", "withdrawn")


def test_a_friends_offer_is_kept_by_a_desk(paired):
    cast = paired.cast
    offer = paired.offer("clerk", body=cast.bodies["office"], friend_name="热心人", friend_phone="13900000000")
    assert (offer.person.name, offer.desk) == ("热心人", cast.bodies["office"])
    with pytest.raises(Refusal):
        paired.offer("clerk", body=cast.bodies["water"])
    match = paired.match(paired.need(), offer)
    match_answer(actor=cast.viewer("clerk"), match=match, accepted=True)
    assert Commitment.within.get().bearer == cast.bodies["office"]


@pytest.mark.parametrize("who", ["next", "outsider", "member", "handler"])
def test_a_need_is_stated_by_its_own_village(paired, who):
    with pytest.raises((NotAllowed, Refusal)):
        paired.need(who)
    assert not Need.within.exists()


def test_both_sides_are_told(paired):
    cast = paired.cast
    match = paired.match(paired.need(), paired.offer())
    asked = Notice.objects.get(code="match.proposed")
    assert (asked.person, asked.body_id) == (cast.people["member"], None)
    match_answer(actor=cast.viewer("member"), match=match, accepted=True)
    assert Notice.objects.get(code="match.answered").body_id == cast.bodies["village"].pk
