"""Money of the campaign: three counts that are never added, never more than there is, two people for a payment."""

from decimal import Decimal

import pytest

from tests.assistance.helping import Helping
from tests.assistance.works import YUAN, Works
from tests.kept import kept
from yishi.assistance.projects.models import Allotment, FundMovement
from yishi.assistance.projects.services.balances import money_of, project_money
from yishi.assistance.projects.services.funds import (
    allotment_make,
    allotment_take_back,
    fund_open,
    money_mobilise,
    money_receive,
    movement_reverse,
)
from yishi.assistance.projects.services.payments import (
    deed_link,
    donation_record,
    payment_confirm,
    payment_return,
)
from yishi.database.reach import reaching
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.models import Installation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def works(cast) -> Works:
    return Works(cast)


def moved(movement) -> Entry:
    return Entry.objects.get(pk=movement.entry_id)


def test_it_works(works):
    money_mobilise(actor=works.clerk, fund=works.fund, giver="某集团", amount=5_000_000, on=works.day(260))
    works.approve().allot().pay(30_000 * YUAN)
    money = money_of(works.fund)
    assert (money.mobilised, money.received, money.paid) == (5_000_000, 10_000_000, 3_000_000)
    assert (money.allotted, money.free, money.in_hand) == (8_000_000, 2_000_000, 7_000_000)
    line = project_money(works.project).sources["donation"]
    assert (line.planned, line.allotted, line.paid, line.left) == (8_000_000, 8_000_000, 3_000_000, 5_000_000)


def test_each_movement_is_one_entry_with_its_kind_of_count(works, cast):
    movement = works.approve().allot().pay(100)
    entry = moved(movement)
    assert entry.code == "assistance.fund.move"
    assert entry.quantities == {"paid": 100}
    assert entry.dims == {"campaign": None, "fund": str(works.fund.pk), "kind": "donation"}
    assert entry.place_id == cast.places["牟尼村"].pk  # a payment is counted where it arrives
    assert moved(FundMovement.within.get(kind="received")).place_id == cast.places["共和镇"].pk


@pytest.mark.parametrize("who", ["outsider", "water_clerk", "member", "prefecture_clerk"])
def test_only_the_funds_desk_moves_its_money(works, cast, who):
    with pytest.raises(NotAllowed):
        money_receive(actor=cast.viewer(who), fund=works.fund, giver="某人", amount=1, on=works.day(1))
    with pytest.raises(NotAllowed):
        allotment_make(actor=cast.viewer(who), fund=works.fund, project=works.project, amount=1, on=works.day(1))


def test_a_fund_is_opened_by_its_own_desk(works, cast):
    with pytest.raises(Refusal, match="岗位|任职|post"):
        fund_open(
            actor=cast.viewer("handler"),
            owner=cast.bodies["office"],
            name="别人的",
            kind="fiscal",
            place=cast.places["牟定县"],
        )


def test_not_more_is_held_ready_than_the_fund_has_free_or_the_plan_says(works):
    works.approve()
    with pytest.raises(Refusal) as refused:
        works.allot(100_001 * YUAN)
    assert refused.value.code == "allotment.free" and "100,000.00" in str(refused.value)
    with pytest.raises(Refusal) as refused:
        works.allot(80_001 * YUAN)
    assert refused.value.code == "allotment.planned" and "80,000.00" in str(refused.value)
    works.allot(80_000 * YUAN)


def test_not_more_is_paid_than_is_held_ready(works):
    works.approve().allot(50_000 * YUAN).pay(30_000 * YUAN, confirmed=False)  # what waits is bound as well
    with pytest.raises(Refusal) as refused:
        works.pay(20_001 * YUAN)
    assert refused.value.code == "payment.allotted" and "20,000.00" in str(refused.value)
    works.pay(20_000 * YUAN)


def test_a_family_gets_nothing_of_what_is_held_for_a_project(works, cast):
    household = Helping(cast).households[0]
    works.approve().allot()
    with pytest.raises(Refusal) as refused:
        works.pay(20_001 * YUAN, to=household)
    assert refused.value.code == "payment.free"
    movement = works.pay(20_000 * YUAN, to=household)
    assert moved(movement).touches == [["household", str(household.pk), 1]]


def test_whoever_records_a_payment_does_not_confirm_it(works):
    movement = works.approve().allot().pay(500, confirmed=False)
    with pytest.raises(NotAllowed):
        payment_confirm(actor=works.clerk, movement=movement)
    assert money_of(works.fund).paid == 0
    payment_confirm(actor=works.second, movement=movement)
    assert money_of(works.fund).paid == 500


def test_in_a_small_office_one_person_may_and_the_file_shows_it(works):
    Installation.objects.update(small_office=True)
    movement = works.approve().allot().pay(500, confirmed=False)
    payment_confirm(actor=works.clerk, movement=movement)
    movement.refresh_from_db()
    assert movement.same_hands


def test_a_payment_that_is_returned_binds_nothing_and_cannot_be_confirmed(works):
    movement = works.approve().allot().pay(500, confirmed=False)
    payment_return(actor=works.second, movement=movement, reason="发票不符")
    assert money_of(works.fund).waiting == 0
    with pytest.raises(WrongStage):
        payment_confirm(actor=works.second, movement=movement)


def test_a_reversal_takes_the_money_out_of_the_count_and_keeps_the_line(works):
    movement = works.approve().allot().pay(500)
    counted = moved(movement)
    movement_reverse(actor=works.clerk, movement=movement, reason="重复付款")
    movement.refresh_from_db()
    assert (movement.state, movement.reason) == ("reversed", "重复付款")
    assert money_of(works.fund).paid == 0
    assert Entry.objects.get(reverses_id=counted.pk).quantities == {"paid": -500}
    with pytest.raises(WrongStage):
        movement_reverse(actor=works.clerk, movement=movement, reason="再来一次")


def test_money_that_is_bound_cannot_be_reversed_away(works):
    works.approve().allot()
    with pytest.raises(Refusal) as refused:
        movement_reverse(actor=works.clerk, movement=FundMovement.within.get(), reason="退回")
    assert refused.value.code == "movement.bound"
    allotment_take_back(actor=works.clerk, allotment=Allotment.objects.get(), reason="改用途")
    movement_reverse(actor=works.clerk, movement=FundMovement.within.get(), reason="退回")
    assert money_of(works.fund).received == 0


def test_what_is_paid_cannot_be_taken_back(works):
    works.approve().allot().pay(1)
    with pytest.raises(Refusal) as refused:
        allotment_take_back(actor=works.clerk, allotment=Allotment.objects.get(), reason="改用途")
    assert refused.value.code == "allotment.paid"


def test_the_same_bill_is_counted_once(works):
    works.receive(100, bill="No 0001")
    with pytest.raises(Refusal) as refused:
        works.receive(100, bill="No 0001")
    assert refused.value.code == "movement.bill" and "No 0001" in str(refused.value)


def test_a_repeated_delivery_moves_no_money_twice(works):
    act_id = uuid7()
    first = works.receive(100, act_id=act_id)
    assert works.receive(100, act_id=act_id) == first
    assert money_of(works.fund).received == 10_000_100


def test_nothing_is_paid_before_the_fund_had_money(works):
    """A payment day before the fund began was taken; money that came before it was opened here counts from its day."""
    works.approve().allot()
    with pytest.raises(Refusal) as refused:
        works.pay(100, on=works.day(301))
    assert (refused.value.code, refused.value.field) == ("money.early", "on")
    works.receive(100, on=works.day(310))
    works.pay(100, on=works.day(301))


def test_a_donation_goes_from_a_member_to_a_pupil_with_its_bill(works, cast):
    helping = Helping(cast)
    receipt = donation_record(
        actor=works.clerk,
        fund=works.fund,
        giver=cast.people["member"],
        amount=2_000 * YUAN,
        on=works.day(5),
        bill="捐 0007",
        to=helping.households[0],
        pupil=helping.households[0].head,
    )
    gift = FundMovement.within.get(pk=receipt.result["movement"])
    paid = FundMovement.within.get(pk=receipt.result["payment"])
    assert (gift.giver, gift.bill, gift.kind) == ("委员甲", "捐 0007", "received")
    assert (paid.gift, paid.state, paid.household) == (gift, "waiting", helping.households[0])
    with pytest.raises(Refusal) as refused:  # a gift is passed on once
        works.pay(1, to=helping.households[1], gift=gift, on=works.day(5))
    assert refused.value.code == "payment.gift_left"
    with pytest.raises(Refusal) as refused:  # nor before it came
        works.pay(1, to=helping.households[1], gift=gift, on=works.day(6))
    assert refused.value.code == "money.early"
    with pytest.raises(Refusal):
        movement_reverse(actor=works.clerk, movement=gift, reason="退回")


def test_a_donation_needs_a_bill(works):
    with pytest.raises(Refusal) as refused:
        donation_record(actor=works.clerk, fund=works.fund, giver="某人", amount=1, on=works.day(1), bill=" ")
    assert refused.value.field == "bill"


def test_a_deed_refers_to_money_and_adds_none(works, cast):
    deed = Helping(cast).record(amount=Decimal(1))
    movement = works.approve().allot().pay(500)
    before = money_of(works.fund)
    deed_link(actor=cast.viewer("member"), deed=deed, movement=movement)
    deed_link(actor=cast.viewer("member"), deed=deed, movement=movement)
    assert deed.money.count() == 1
    assert money_of(works.fund) == before
    with pytest.raises(NotAllowed):
        deed_link(actor=cast.viewer("outsider"), deed=deed, movement=movement)


def test_a_giver_sees_their_gift_and_no_other(works, cast):
    mine = works.receive(100, giver=cast.people["member"])
    works.receive(100, giver=cast.people["neighbour"])
    with reaching(cast.viewer("member").reach):
        assert list(FundMovement.objects.all()) == [mine]
    with reaching(cast.viewer("outsider").reach):
        assert not FundMovement.objects.exists()


def test_a_village_reads_what_its_own_families_got_and_nothing_of_the_next_one(works, cast):
    households = Helping(cast).households  # four in 牟尼村, then four in 邻近村
    ours, theirs = works.pay(100, to=households[0]), works.pay(100, to=households[4])
    with reaching(cast.viewer("village_head").reach):
        assert list(FundMovement.objects.filter(household__isnull=False)) == [ours]
    with reaching(cast.viewer("clerk").reach):
        assert set(FundMovement.objects.filter(household__isnull=False)) == {ours, theirs}
