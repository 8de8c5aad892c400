"""What was promised and given, and fits no item of a catalogue: closed as delivered, listed, counted as no item."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from tests.assistance.pairs import Paired
from tests.cast import sign_in
from tests.kept import kept_over_all_files
from yishi.assistance.deeds.models import Deed
from yishi.assistance.pairing.models import Offer, OfferDelivery
from yishi.assistance.pairing.services.deliveries import DELIVERED, delivery_take_back, match_deliver, offer_deliver
from yishi.assistance.pairing.services.matches import idle_offers, match_answer, taken
from yishi.commitments.services import proof_check
from yishi.database.reach import reaching
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.models import Place
from yishi.reporting.figures import ask, value_of
from yishi.reporting.fold import fold_all
from yishi.reporting.indicators import DEEDS, INDICATORS
from yishi.reporting.question import Question
from yishi.web.shell.desk import inbox

pytestmark = pytest.mark.django_db
QUILTS = {"kind": "goods", "words": "一百床棉被", "quantity": Decimal(100), "unit": "床"}


@kept_over_all_files
def paired(cast):
    return Paired(cast)


@pytest.fixture
def accepted(paired):
    need = paired.need(kind="goods", words="冬天缺棉被", quantity=Decimal(100), unit="床")
    offer = paired.offer(**QUILTS)
    match = paired.match(need, offer)
    match_answer(actor=paired.cast.viewer("member"), match=match, accepted=True)
    match.refresh_from_db()
    return match


def deliver(paired, match, who="member", **given):
    return match_deliver(
        **{
            "actor": paired.cast.viewer(who),
            "match": match,
            "words": "百床棉被已送到村委会，户户签收",
            "on": paired.today,
            **given,
        }
    )


def of_items(paired):
    """Every figure that is read from deeds, over all places and both years around today."""
    fold_all()
    year = timedelta(days=366)
    question = Question(Place.objects.get(level="province"), paired.today - year, paired.today + year)
    return {one.code: value_of(one, ask(question)) for one in INDICATORS if one.series == DEEDS}


def test_records_13_a_kept_promise_that_fits_no_item_is_closed(paired, accepted):
    cast = paired.cast
    owed = accepted.commitment
    deliver(paired, accepted)
    for one in (accepted, accepted.need, accepted.offer, owed):
        one.refresh_from_db()
    assert (accepted.state, accepted.need.state, accepted.offer.state) == ("delivered", "met", "used")
    assert (owed.state, owed.proofs.get().quantity) == ("proved", 100)
    proof_check(actor=cast.viewer("village_head"), commitment=owed, accepted=True, finding="看过签收单", as_agreed=True)
    owed.refresh_from_db()
    assert owed.state == "checked"


def test_records_13_it_counts_as_no_item(paired, accepted):
    paired.helping.record()  # one deed, so that not all is nought
    before = of_items(paired)
    deliver(paired, accepted)
    offer = paired.offer(**QUILTS)
    offer_deliver(actor=paired.cast.viewer("member"), offer=offer, words="送到小学", on=paired.today)
    assert Deed.within.count() == 1
    assert of_items(paired) == before and before["deeds"] == 1


def test_records_13_an_offer_without_a_need_is_delivered_too(paired):
    offer, member = paired.offer(**QUILTS), paired.cast.viewer("member")
    with pytest.raises(NotAllowed):
        offer_deliver(actor=paired.cast.viewer("neighbour"), offer=offer, words="送了", on=paired.today)
    offer_deliver(actor=member, offer=offer, words="六十床送到小学", on=paired.today, quantity=Decimal(60))
    assert (Offer.within.get(pk=offer.pk).state, taken(offer)) == ("open", 60)
    with pytest.raises(Refusal, match="40"):
        offer_deliver(actor=member, offer=offer, words="再送", on=paired.today, quantity=Decimal(50))
    offer_deliver(actor=member, offer=offer, words="其余四十床送到敬老院", on=paired.today)
    assert Offer.within.get(pk=offer.pk).state == "delivered"
    assert not Offer.within.filter(idle_offers(paired.today), pk=offer.pk).exists()


def test_it_is_refused_before_it_is_promised_without_words_and_ahead_of_its_day(paired, accepted):
    need, offer = paired.need(), paired.offer()
    with pytest.raises(WrongStage):
        deliver(paired, paired.match(need, offer))
    with pytest.raises(Refusal):
        deliver(paired, accepted, words="  ")
    with pytest.raises(Refusal):
        deliver(paired, accepted, on=paired.today + timedelta(days=1))
    with pytest.raises(NotAllowed):
        deliver(paired, accepted, who="neighbour")
    with pytest.raises(WrongStage):
        offer_deliver(actor=paired.cast.viewer("member"), offer=accepted.offer, words="送了", on=paired.today)
    assert not OfferDelivery.within.exists()


def test_the_same_delivery_sent_again_is_one(paired, accepted):
    act_id = uuid7()
    first = deliver(paired, accepted, act_id=act_id)
    assert deliver(paired, accepted, act_id=act_id).result == first.result
    assert OfferDelivery.within.count() == 1
    with pytest.raises(WrongStage):
        deliver(paired, accepted)


def test_records_13_the_promise_moves_from_the_givers_desk_to_the_checkers(paired, accepted):
    def acts(who):
        with reaching(paired.cast.viewer(who).reach), translation.override("zh-hans"):
            return [item.act for item in inbox(paired.cast.viewer(who)) if item.kind == "commitment"]

    accepted.commitment.refresh_from_db()
    assert ("核验凭据" in acts("village_head")) is False
    deliver(paired, accepted)
    assert "核验凭据" in acts("village_head")


def test_records_13_page_lists_and_file_say_it(client, paired, accepted):
    cast = paired.cast
    client.force_login(cast.people["member"].account)
    page = client.get(reverse("match", args=[accepted.pk])).content.decode()
    assert reverse("match_deliver", args=[accepted.pk]) in page
    form = client.get(reverse("match_deliver", args=[accepted.pk])).content.decode()
    assert "一百床棉被" in form and 'value="100"' in form
    sent = {"words": "已送到村委会", "on": paired.today.isoformat(), "quantity": "100"}
    answer = client.post(reverse("match_deliver", args=[accepted.pk]), sent, follow=True)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "已送达" in page and "已送到村委会" in page and reverse("match_deliver", args=[accepted.pk]) not in page
    alone = paired.offer(**QUILTS)
    client.post(reverse("offer_deliver", args=[alone.pk]), {**sent, "words": "送到小学"})
    assert "送到小学" in client.get(reverse("offer", args=[alone.pk])).content.decode()
    assert "一百床棉被" in client.get(reverse("offers") + "?state=delivered").content.decode()
    mine = client.get(reverse("helping_file")).content.decode()
    assert "已送到村委会" in mine and "送到小学" in mine


def stand(*rows):
    for row in rows:
        row.refresh_from_db()
    return [row.state for row in rows]


def quantities(paired):
    entries = Entry.objects.exclude(quantities={}).filter(
        code__in=["assistance.need.close", "assistance.offer.close", *DELIVERED]
    )
    sums = {}
    for entry in entries:
        for name, number in entry.quantities.items():
            sums[name] = sums.get(name, 0) + number
    return {name: number for name, number in sums.items() if number}


def test_what_was_not_given_is_owed_again_and_listed_as_taken_back(client, paired, accepted):
    cast, member = paired.cast, paired.cast.viewer("member")
    rows = (accepted, accepted.need, accepted.offer, accepted.commitment)
    stood, left = stand(*rows), taken(accepted.offer)
    for _round in range(2):  # delivered, taken back, delivered again
        receipt = deliver(paired, accepted, quantity=Decimal(100))
        delivery = OfferDelivery.within.get(pk=receipt.result["delivery"])
        assert stand(*rows) == ["delivered", "met", "used", "proved"]
        with pytest.raises(NotAllowed):
            delivery_take_back(actor=cast.viewer("outsider"), delivery=delivery, reason="误录")
        with pytest.raises(Refusal):
            delivery_take_back(actor=member, delivery=delivery, reason=" ")
        delivery_take_back(actor=member, delivery=delivery, reason="还在路上")
        assert stand(*rows) == stood and taken(accepted.offer) == left and quantities(paired) == {}
        assert accepted.commitment.proofs.order_by("given_at").last().outcome == "withdrawn"
        with pytest.raises(WrongStage):
            delivery_take_back(actor=member, delivery=delivery, reason="再来一次")
    sign_in(client, cast, "member")
    page = client.get(reverse("match", args=[accepted.pk])).content.decode()
    assert page.count("还在路上") == 2 and "已撤回" in page
    delivery = OfferDelivery.within.get(pk=deliver(paired, accepted).result["delivery"])
    back = reverse("delivery_take_back", args=[delivery.pk])
    assert back in client.get(reverse("match", args=[accepted.pk])).content.decode()
    assert client.get(back).status_code == 200
    assert client.post(back, {"reason": "数错了"}).status_code == 302
    assert stand(*rows) == stood


def test_a_delivery_whose_proof_a_second_person_accepted_stands(paired, accepted):
    receipt = deliver(paired, accepted)
    delivery = OfferDelivery.within.get(pk=receipt.result["delivery"])
    proof_check(
        actor=paired.cast.viewer("village_head"),
        commitment=accepted.commitment,
        accepted=True,
        finding="看过",
        as_agreed=True,
    )
    with pytest.raises(WrongStage) as error:
        delivery_take_back(actor=paired.cast.viewer("member"), delivery=delivery, reason="误录")
    assert error.value.code == "delivery.checked" and OfferDelivery.within.filter(pk=delivery.pk).exists()


def test_an_offer_that_was_not_given_stands_again_with_what_was_proposed(client, paired):
    cast = paired.cast
    offer = paired.offer(**QUILTS)
    proposed = paired.match(paired.need(kind="goods", words="缺棉被", quantity=Decimal(10), unit="床"), offer)
    receipt = offer_deliver(actor=cast.viewer("member"), offer=offer, words="已送完", on=paired.today)
    assert stand(offer, proposed) == ["delivered", "ended"] and taken(offer) == 100
    delivery = OfferDelivery.within.get(pk=receipt.result["delivery"])
    delivery_take_back(actor=cast.viewer("member"), delivery=delivery, reason="送错了村")
    assert stand(offer, proposed) == ["open", "proposed"] and (taken(offer), proposed.reason) == (0, "")
    sign_in(client, cast, "member")
    assert "送错了村" in client.get(reverse("offer", args=[offer.pk])).content.decode()


def test_the_desk_of_the_need_takes_it_back_too(paired, accepted):
    receipt = deliver(paired, accepted, "village_head")
    delivery = OfferDelivery.within.get(pk=receipt.result["delivery"])
    delivery_take_back(actor=paired.cast.viewer("village_head"), delivery=delivery, reason="只送到一半")
    assert stand(accepted, accepted.need) == ["accepted", "open"]
