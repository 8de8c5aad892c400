"""Pages of pairing, visits, needs: on the helper's phone and at the desk; a cadre of the next village reads nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.pairs import Paired
from tests.cast import sign_in
from tests.kept import kept_over_all_files
from yishi.assistance.pairing.models import (
    HelpKind,
    Match,
    Measure,
    Need,
    Offer,
    Pairing,
    Visit,
)
from yishi.assistance.pairing.services.matches import match_answer, match_end
from yishi.commitments.models import Commitment

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@kept_over_all_files
def paired(cast):
    return Paired(cast)


def test_a_helper_opens_their_families_records_a_visit_and_a_measure(client, cast, paired):
    paired.pair()
    sign_in(client, cast, "member")
    home = client.get(reverse("families"))
    assert paired.family.head.name in home.content.decode()
    assert paired.second.head.name not in home.content.decode()
    form = {"found": "老人常年吃药", "met": "户主", "on": TODAY().isoformat(), "then": "1"}
    answer = client.post(reverse("family_visit", args=[paired.family.pk]), form)
    visit = Visit.within.get()
    assert answer.url == reverse("family_measure", args=[paired.family.pk]) + f"?visit={visit.pk}"
    form = {"group": "health", "act_text": "办慢病卡", "due_on": (TODAY() + timedelta(days=9)).isoformat()}
    answer = client.post(answer.url, form)
    measure = Measure.within.get()
    assert (measure.visit, measure.commitment.bearer_person) == (visit, cast.people["member"])
    page = client.get(reverse("family", args=[paired.family.pk])).content.decode()
    assert "办慢病卡" in page
    assert "老人常年吃药" in page
    sheet = client.get(reverse("family_pdf", args=[paired.family.pk]))
    assert sheet.content[:5] == b"%PDF-"
    wrong = client.post(reverse("family_visit", args=[paired.family.pk]), {"met": "户主", "on": TODAY().isoformat()})
    assert wrong.status_code == 422
    assert 'value="户主"' in wrong.content.decode()


def test_a_desk_assigns_several_families_at_once(client, cast, paired):
    sign_in(client, cast, "village_head")
    address = f"{reverse('pairing_assign')}?place={cast.places['牟尼村'].pk}"
    homes = [one.pk for one in (paired.family, paired.second)]
    form = {"households": homes, "helper": "委员", "valid_from": TODAY().isoformat()}
    several = client.post(address, form)  # two members are called so
    assert several.status_code == 422
    assert str(cast.people["neighbour"].pk) in several.content.decode()
    assert client.post(address, {**form, "pick": cast.people["neighbour"].pk}).status_code == 302
    assert Pairing.within.filter(person=cast.people["neighbour"]).count() == 2
    rows = client.get(reverse("pairings"), {"q": paired.family.number})
    assert "委员乙" in rows.content.decode()
    gaps = client.get(reverse("pairing_gaps")).content.decode()
    assert paired.helping.households[2].number in gaps
    assert paired.family.number not in gaps
    assert client.get(reverse("pairings"), {"export": "xlsx"}).content[:2] == b"PK"
    foreign = f"{reverse('pairing_assign')}?place={cast.places['邻近村'].pk}"
    assert paired.foreign.head.name not in client.get(foreign).content.decode()


def test_gaps_show_who_was_not_visited_for_so_many_days(client, cast, paired):
    paired.pair(since=60)
    paired.visit(days_ago=40)
    sign_in(client, cast, "clerk")
    address = reverse("pairing_gaps") + "?which=visits"
    assert paired.family.number in client.get(address).content.decode()
    assert paired.family.number not in client.get(address + "&days=50").content.decode()
    client.post(reverse("visit_rule"), {"body": cast.bodies["office"].pk, "days": 50})
    assert paired.family.number not in client.get(address).content.decode()


def test_a_cadre_of_the_next_village_reads_nothing(client, cast, paired):
    pairing, team = paired.pair(), paired.team()
    visit, measure, plan = paired.visit(), paired.measure(), paired.plan()
    need, offer = paired.need(is_shared=True), paired.offer()
    match = paired.match(need, offer)
    sign_in(client, cast, "next")
    hidden = (paired.family.number, paired.family.head.name, visit.found, need.words, measure.commitment.act)
    for name in ("families", "pairings", "pairing_gaps", "visits", "needs", "offers", "teams", "village_plans", "desk"):
        for query in ({}, {"q": "户主"}, {"state": "all"}, {"which": "visits"}):
            text = client.get(reverse(name), query).content.decode()
            assert not [one for one in hidden if one in text], name
        book = client.get(reverse(name), {"export": "xlsx"})
        assert paired.family.number.encode() not in book.content
    assert client.get(reverse("needs_shared")).status_code == 403
    for name, thing in (
        ("family", paired.family),
        ("family_pdf", paired.family),
        ("family_visit", paired.family),
        ("visit", visit),
        ("measure_hear", measure),
        ("need", need),
        ("match", match),
        ("team", team),
        ("village_plan", plan),
        ("pairing_end", pairing),
    ):
        assert client.get(reverse(name, args=[thing.pk])).status_code == 404, name


def test_a_member_offers_in_one_step_and_helps_with_a_shared_need(client, cast, paired):
    need = paired.need(is_shared=True)
    sign_in(client, cast, "member")
    shared = client.get(reverse("needs_shared")).content.decode()
    assert need.words in shared
    assert paired.family.number not in shared
    place = cast.places["牟定县"]
    form = {"kind": HelpKind.SALES, "words": "超市可收", "place": place.full_name, "place_id": place.pk}
    answer = client.post(reverse("offer_new"), form)
    offer = Offer.within.get()
    page = client.get(answer.url).content.decode()
    assert need.words in page
    assert paired.family.head.name not in page
    address = reverse("match_propose", args=[need.pk, offer.pk])
    answer = client.post(address, {"due_on": (TODAY() + timedelta(days=9)).isoformat()})
    match = Match.within.get()
    assert paired.family.head.name not in client.get(answer.url).content.decode()
    sign_in(client, cast, "village_head")
    assert need.words in client.get(reverse("desk")).content.decode()
    client.post(reverse("match_answer", args=[match.pk]), {"accepted": "1"})
    sign_in(client, cast, "member")
    assert paired.family.head.name in client.get(reverse("match", args=[match.pk])).content.decode()
    item = paired.helping.items["channel"]
    client.post(reverse("match_deed", args=[match.pk]), {"item": item.pk, "amount": "1", "on": TODAY().isoformat()})
    need.refresh_from_db()
    assert need.state == Need.State.MET
    assert Commitment.within.get().state == "proved"


def test_pages_ask_the_database_little(client, cast, paired, django_assert_max_num_queries):
    paired.team()
    for home in paired.helping.households[:4]:
        paired.pair(family=home)
        paired.visit(family=home)
        paired.measure(family=home)
        paired.need(household=home)
    offer = paired.offer()
    need = paired.need()
    for who in ("member", "village_head", "clerk"):
        sign_in(client, cast, who)
        for name in ("families", "pairings", "pairing_gaps", "visits", "needs", "offers", "teams", "village_plans"):
            with django_assert_max_num_queries(15):
                client.get(reverse(name))
    for who in ("member", "clerk"):
        sign_in(client, cast, who)
        client.get(reverse("needs"))  # the first page of a session writes it
        for name, pk in (("family", paired.family.pk), ("need", need.pk), ("offer", offer.pk)):
            with django_assert_max_num_queries(15):
                assert client.get(reverse(name, args=[pk])).status_code == 200


def test_a_promised_need_says_who_promised_it_and_until_when(client, cast, paired):
    alone = paired.need(words="缺农技指导", quantity=Decimal(4), unit="次", kind="skill")
    need, offer = paired.need(words="土豆没人收"), paired.offer()
    match = paired.match(need, offer)
    sign_in(client, cast, "village_head")
    page = client.get(reverse("need", args=[need.pk])).content.decode()
    assert "已提出对接，待答复" in page
    match_answer(actor=cast.viewer("member"), match=match, accepted=True)
    match.refresh_from_db()
    page = client.get(reverse("need", args=[need.pk])).content.decode()
    assert "未满足" not in page
    assert "已承诺，尚未兑现" in page
    assert cast.people["member"].name in page
    assert match.commitment.number in page
    text = client.get(reverse("needs")).content.decode()
    assert text.index(alone.words) < text.index(need.words)  # what nobody promised stands first
    for state, shown, hidden in (("alone", alone, need), ("promised", need, alone)):
        text = client.get(reverse("needs"), {"state": state}).content.decode()
        assert shown.words in text
        assert hidden.words not in text
    match_end(actor=cast.viewer("village_head"), match=match, reason="收不了")
    text = client.get(reverse("needs"), {"state": "alone"}).content.decode()
    assert need.words in text  # a promise that came to nothing is none


def test_what_is_promised_in_part_says_what_is_still_lacking(client, cast, paired):
    need = paired.need(quantity=Decimal(10), unit="吨")
    match = paired.match(need, paired.offer(quantity=Decimal(4), unit="吨"))
    match_answer(actor=cast.viewer("member"), match=match, accepted=True)
    sign_in(client, cast, "village_head")
    page = client.get(reverse("need", args=[need.pk])).content.decode()
    assert "部分已承诺，尚未兑现" in page
    assert "其余 6 吨" in page
