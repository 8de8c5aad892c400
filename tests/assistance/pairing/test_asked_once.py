"""Nothing is asked twice: what the platform knows stands in the next form."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.assistance.pairs import Paired
from tests.cast import sign_in
from tests.kept import kept_over_all_files
from yishi.assistance.pairing.models import Match, Need, Offer
from yishi.assistance.pairing.services.matches import need_take
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.web.assistance.register.household_years import measures_of

pytestmark = pytest.mark.django_db


@kept_over_all_files
def paired(cast):
    return Paired(cast)


def test_forms_11_what_was_agreed_on_a_visit_is_what_is_to_be_done(client, paired):
    paired.pair()
    visit = paired.visit(agreed="帮办慢病卡，月底前交到户")
    sign_in(client, paired.cast, "member")
    address = reverse("family_measure", args=[paired.family.pk])
    page = client.get(address, {"visit": visit.pk}).content.decode()
    assert 'value="帮办慢病卡，月底前交到户"' in page
    assert "帮办慢病卡" not in client.get(address).content.decode()


def test_forms_11_the_yearly_form_knows_the_measures_and_who_fills_it_in(client, paired):
    paired.pair()
    paired.measure()
    paired.measure(group="schooling", act_text="劝返复学")
    year = paired.today.year
    assert measures_of(paired.family, year) == ["health", "compulsory_education"]
    assert measures_of(paired.family, year - 1) == []
    sign_in(client, paired.cast, "village_head")
    page = client.get(reverse("household_year", args=[paired.family.pk, year])).content.decode()
    name = paired.cast.people["village_head"].name
    assert f'value="{name}"' in page
    for code, is_there in (("health", True), ("compulsory_education", True), ("water", False)):
        box = page.split(f'value="{code}"')[1].split(">")[0]
        assert ("checked" in box) is is_there, code


def test_forms_11_a_need_is_taken_by_one_act(paired):
    need = paired.need(kind="goods", words="冬天缺棉被", quantity=Decimal(100), unit="床", is_shared=True)
    member, act_id = paired.cast.viewer("member"), uuid7()
    given = {"need": need, "due_on": paired.today + timedelta(days=9), "quantity": Decimal(60), "act_id": act_id}
    receipt = need_take(actor=member, **given)
    match, offer = Match.within.get(), Offer.within.get()
    assert (match.need, match.offer, match.proposed_by, match.state) == (need, offer, "offer", "proposed")
    assert (offer.words, offer.quantity, offer.unit, offer.person) == ("冬天缺棉被", 60, "床", member.person)
    assert need_take(actor=member, **given).result == receipt.result and Offer.within.count() == 1


def test_forms_11_only_a_shared_need_is_taken_and_none_that_is_met(paired):
    hidden = paired.need(is_shared=False)
    soon = paired.today + timedelta(days=9)
    with pytest.raises(NotAllowed):
        need_take(actor=paired.cast.viewer("neighbour"), need=hidden, due_on=soon)
    need = paired.need(is_shared=True)
    with pytest.raises(Refusal):
        need_take(actor=paired.cast.viewer("member"), need=need, due_on=paired.today - timedelta(days=1))
    assert not Offer.within.exists()  # the act is whole or not at all
    Need.within.filter(pk=need.pk).update(state="met")
    with pytest.raises(WrongStage):
        need_take(actor=paired.cast.viewer("member"), need=need, due_on=soon)


def test_forms_11_the_page(client, paired):
    need = paired.need(is_shared=True)
    sign_in(client, paired.cast, "member")
    assert reverse("need_take", args=[need.pk]) in client.get(reverse("needs_shared")).content.decode()
    page = client.get(reverse("need_take", args=[need.pk])).content.decode()
    assert need.words in page and paired.family.head.name not in page
    sent = {"words": need.words, "due_on": (paired.today + timedelta(days=9)).isoformat()}
    answer = client.post(reverse("need_take", args=[need.pk]), sent, follow=True)
    assert answer.status_code == 200 and Match.within.get().need == need
