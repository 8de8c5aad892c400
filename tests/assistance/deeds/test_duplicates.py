"""One deed reported twice comes into a queue; a merge moves credit, counts once, and deletes nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.cast import sign_in
from tests.kept import kept, kept_over_all_files
from yishi.assistance.deeds.models import Deed, PossibleDuplicate
from yishi.assistance.deeds.reads import pairs_to_decide, pairs_with
from yishi.assistance.deeds.services.deeds import deed_correct, deed_withdraw
from yishi.assistance.deeds.services.duplicates import duplicate_decide, duplicate_take_back
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.reporting.figures import Question, ask
from yishi.reporting.fold import fold_all

pytestmark = pytest.mark.django_db


@kept_over_all_files
def helping(cast):
    return Helping(cast)


@kept
def pair(helping):
    """A member's deed, and the same from the prefecture's own list."""
    helping.record(amount=Decimal(10), reached=Reached(households=helping.households[:2]))
    helping.record(
        "prefecture_clerk",
        amount=Decimal(10),
        on=timezone.localdate() - timedelta(days=2),
        parties=[Part(helping.cast.bodies["prefecture_office"])],
        reached=Reached(households=helping.households[1:3]),
        recorded_for=helping.cast.bodies["prefecture_office"],
    )
    return PossibleDuplicate.objects.get()


def figure(helping):
    fold_all()
    return ask(Question(helping.cast.places["云南省"], helping.start, timezone.localdate()))


def test_the_queue_finds_it_and_same_makes_one_deed_with_two_credits(helping, pair):
    assert figure(helping).deeds == 2
    with pytest.raises(NotAllowed):
        duplicate_decide(actor=helping.cast.viewer("outsider"), pair=pair, verdict="same")
    duplicate_decide(actor=helping.cast.viewer("clerk"), pair=pair, verdict="same", reason="同一条销路")
    found = figure(helping)
    assert (found.deeds, found.amount, found.credits, found.households) == (1, 10_000, 2, 3)
    assert set(Deed.within.values_list("state", flat=True)) == {"counted", "merged"}
    assert Deed.within.get(state="merged").merged_into == pair.earlier
    with pytest.raises(WrongStage):
        duplicate_decide(actor=helping.cast.viewer("clerk"), pair=pair, verdict="distinct")


def test_part_takes_the_overlap_off_the_later_one(helping, pair):
    with pytest.raises(Refusal):
        duplicate_decide(actor=helping.cast.viewer("clerk"), pair=pair, verdict="part", reason="同一条路")
    with pytest.raises(Refusal):
        duplicate_decide(
            actor=helping.cast.viewer("clerk"), pair=pair, verdict="part", overlap=Decimal(10), reason="同一条路"
        )
    duplicate_decide(
        actor=helping.cast.viewer("clerk"), pair=pair, verdict="part", overlap=Decimal(4), reason="同一条路"
    )
    found = figure(helping)
    assert (found.deeds, found.amount, found.households) == (2, 16_000, 3)
    assert pair.earlier.parties.count() == 2


def test_distinct_leaves_both(helping, pair):
    duplicate_decide(actor=helping.cast.viewer("clerk"), pair=pair, verdict="distinct", reason="两条路")
    assert figure(helping).amount == 20_000


def test_a_pair_of_which_one_is_gone_is_not_merged(helping, pair):
    deed_withdraw(actor=helping.cast.viewer("prefecture_clerk"), deed=pair.later, reason="误报")
    with pytest.raises(WrongStage):
        duplicate_decide(actor=helping.cast.viewer("clerk"), pair=pair, verdict="same")


@pytest.mark.parametrize(
    "other",
    [
        {"item": "training", "reached": Reached(villages=[])},
        {"on": timezone.localdate() - timedelta(days=30)},
        {"amount": Decimal(1)},
        {"place": "邻近村"},
        {"reached": "others"},
    ],
)
def test_what_is_another_deed_is_not_asked_about(helping, other):
    """Another item, a month apart, a tenth of it, the next village, other families."""
    helping.record(amount=Decimal(10), reached=Reached(households=helping.households[:2]))
    given = {"amount": Decimal(10), "reached": Reached(households=helping.households[:2]), **other}
    if given["reached"] == "others":
        given["reached"] = Reached(households=helping.households[2:4])
    if "place" in given:
        given["place"] = helping.cast.places[given["place"]]
    helping.record("neighbour", **given)
    assert not PossibleDuplicate.objects.exists()


def test_a_pair_waits_where_its_earlier_deed_lies_also_after_a_correction(helping, pair):
    """Whoever oversees one side alone has nothing to compare."""
    assert set(pairs_to_decide(helping.cast.viewer("clerk"))) == {pair}
    elsewhere = helping.cast.places["外县村"]
    deed_correct(actor=helping.cast.viewer("clerk"), deed=pair.earlier, place=elsewhere, reason="村写错了")
    pair.refresh_from_db()
    assert pair.place == elsewhere
    assert not pairs_to_decide(helping.cast.viewer("clerk"))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a table of one row without any index")
def test_of_a_deed_both_sides_are_found_without_looking_through_the_queue(helping, pair):
    for side, index in zip(pairs_with(pair.later), ("duplicate_of_earlier", "duplicate_of_later"), strict=True):
        assert index in side.explain()
    assert "duplicate_of_place" in pairs_to_decide(helping.cast.viewer("clerk")).explain()


def test_the_same_hands_on_another_day_mean_another_deed(helping):
    helping.record()
    helping.record(on=timezone.localdate() - timedelta(days=3))
    assert not PossibleDuplicate.objects.exists()


@pytest.mark.parametrize(("verdict", "doer"), [("later", "member"), ("first", "prefecture_office")])
def test_records_9_whoever_only_reports_it_has_no_credit(helping, pair, verdict, doer):
    cast = helping.cast
    duplicate_decide(actor=cast.viewer("clerk"), pair=pair, verdict=verdict, reason="州里的清单是转报")
    kept = Deed.within.get(state="counted")
    party = kept.parties.get()
    assert (party.who, party.share) == (cast.people.get(doer) or cast.bodies[doer], 10_000)
    found = figure(helping)
    assert (found.deeds, found.amount, found.credits, found.households) == (1, 10_000, 1, 3)


def standing(deed):
    deed = Deed.within.get(pk=deed.pk)
    return (
        deed.state,
        deed.amount,
        deed.unnamed,
        deed.merged_into_id,
        sorted(deed.parties.values_list("body", "person", "role", "share"), key=str),
        sorted(deed.beneficiaries.values_list("household", "person", "village"), key=str),
    )


@pytest.mark.parametrize("verdict", ["same", "later", "first", "part", "distinct"])
def test_a_ruling_given_by_mistake_is_taken_back_and_both_count_as_they_did(helping, pair, verdict):
    clerk = helping.cast.viewer("clerk")
    found, stood = figure(helping), (standing(pair.earlier), standing(pair.later))
    with pytest.raises(WrongStage):
        duplicate_take_back(actor=clerk, pair=pair, reason="还没有判定")
    overlap = Decimal(4) if verdict == "part" else None
    duplicate_decide(actor=clerk, pair=pair, verdict=verdict, reason="看错了", overlap=overlap)
    assert (figure(helping) == found) is (verdict == "distinct")
    with pytest.raises(NotAllowed):
        duplicate_take_back(actor=helping.cast.viewer("outsider"), pair=pair, reason="误点")
    with pytest.raises(Refusal):
        duplicate_take_back(actor=clerk, pair=pair, reason=" ")
    duplicate_take_back(actor=clerk, pair=pair, reason="是两条销路")
    assert (standing(pair.earlier), standing(pair.later)) == stood
    assert figure(helping) == found
    pair.refresh_from_db()
    assert (pair.verdict, pair.reason, pair.decided_at) == ("", "", None)
    with pytest.raises(WrongStage):
        duplicate_take_back(actor=clerk, pair=pair, reason="再来一次")
    duplicate_decide(actor=clerk, pair=pair, verdict=verdict, reason="想好了", overlap=overlap)
    assert (figure(helping) == found) is (verdict == "distinct")


def test_a_ruling_on_which_a_withdrawal_rests_stands(helping, pair):
    clerk = helping.cast.viewer("clerk")
    duplicate_decide(actor=clerk, pair=pair, verdict="same", reason="同一条")
    deed_withdraw(actor=clerk, deed=Deed.within.get(pk=pair.earlier_id), reason="没有办成")
    with pytest.raises(WrongStage) as error:
        duplicate_take_back(actor=clerk, pair=pair, reason="误点")
    assert error.value.code == "moved.followed"


def test_nobody_lets_their_own_second_record_count_again(helping, pair):
    duplicate_decide(actor=helping.cast.viewer("clerk"), pair=pair, verdict="same", reason="同一条")
    Deed.within.filter(pk=pair.later_id).update(recorded_by=helping.cast.people["clerk"])
    with pytest.raises(Refusal) as error:
        duplicate_take_back(actor=helping.cast.viewer("clerk"), pair=pair, reason="误点")
    assert error.value.code == "duplicate.own"


def test_the_page_of_a_pair_offers_it_and_tells_it(helping, pair, client):
    sign_in(client, helping.cast, "clerk")
    page, back = reverse("duplicate", args=[pair.pk]), reverse("duplicate_take_back", args=[pair.pk])
    assert back not in client.get(page).content.decode()
    duplicate_decide(actor=helping.cast.viewer("clerk"), pair=pair, verdict="same", reason="同一条")
    assert back in client.get(page).content.decode()
    assert client.get(back).status_code == 200
    assert client.post(back, {"reason": "是两条销路"}).status_code == 302
    told = client.get(page).content.decode()
    assert "是两条销路" in told and back not in told and 'name="verdict"' in told
