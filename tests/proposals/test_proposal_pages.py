"""The pages of proposals: written on a phone, found again, handed over, answered, checked, rated, adopted."""

from datetime import date

import pytest
from django.urls import reverse

from tests.cast import sign_in
from tests.proposals.proposing import TEXT, Proposed
from yishi.assistance.campaign.models import CatalogueItem
from yishi.assistance.campaign.services.campaign_setup import campaign_begin
from yishi.database.reach import everything
from yishi.proposals.models import Proposal

pytestmark = pytest.mark.django_db


def write(client, cast, **more):
    said = {
        "title": "开一条公交线",
        "text": TEXT,
        "kind": "opinion",
        "theme": "roads",
        "place": "牟尼村",
        "then": "submit",
    }
    return client.post(reverse("proposal_new"), {**said, **more})


def test_it_works_through_the_pages(client, cast):
    sign_in(client, cast, "member")
    draft = write(client, cast, then="draft")
    with everything():
        one = Proposal.objects.get()
    assert (one.state, draft.url) == ("draft", reverse("proposal", args=[one.pk]))
    said = {"title": one.title, "text": TEXT, "kind": "opinion", "theme": "roads", "place": "牟尼村", "then": "submit"}
    assert client.post(reverse("proposal_edit", args=[one.pk]), said).status_code == 302

    def act(who, name, **fields):
        sign_in(client, cast, who)
        offered = client.get(reverse("proposal", args=[one.pk])).context["acts"]
        address = reverse(name, args=[one.pk])
        assert address in [url for _label, url in offered], (name, offered)
        response = client.post(address, fields)
        assert response.status_code == 302, response.context["form"].errors

    sign_in(client, cast, "clerk")
    assert "开一条公交线" in client.get(reverse("desk")).content.decode()
    act("clerk", "proposal_assign", bearer="牟定县农业农村局", due_on="2099-01-01")
    act("handler", "proposal_answer", text="下月开通，每天两班。")
    act("clerk", "proposal_check", accepted="yes", as_agreed="1", finding="有期限")
    sign_in(client, cast, "member")
    assert reverse("proposal_rate", args=[one.pk]) in client.get(reverse("mine")).content.decode()
    act("member", "proposal_rate", value="satisfied")
    decided = {"body": "牟定县农业农村局", "decided_on": "2026-01-02", "document": "三年规划", "clause": "第四条"}
    act("handler", "proposal_adopt", outcome="adopted", **decided)
    sign_in(client, cast, "member")
    words = client.get(reverse("proposal", args=[one.pk])).content.decode()
    for wanted in ("下月开通", "三年规划", "第四条", "采纳", "牟定县农业农村局"):
        assert wanted in words
    found = client.get(reverse("proposals"), {"q": "公交 看病", "outcome": "adopted"}).context["page_obj"]
    assert [row.pk for row in found] == [one.pk]
    assert not client.get(reverse("proposals"), {"q": "水库"}).context["page_obj"]
    assert client.get(reverse("proposals"), {"export": "xlsx"}).status_code == 200


def test_the_same_words_by_the_same_member_are_asked_about_before_they_count(client, cast):
    sign_in(client, cast, "member")
    assert write(client, cast).status_code == 302
    twin = write(client, cast, title="开一条 公交线")
    assert twin.status_code == 422 and "已经计入" in twin.content.decode()
    assert 'type="checkbox" name="again"' in twin.content.decode()
    with everything():
        assert Proposal.objects.count() == 1
    assert write(client, cast, again="on").status_code == 302
    assert write(client, cast, title="开两条公交线").status_code == 302
    draft = write(client, cast, then="draft")
    page = client.post(draft.url + "submit/", {"again": "False"})
    assert page.status_code == 422 and 'type="checkbox" name="again"' in page.content.decode()
    assert client.post(draft.url + "submit/", {"again": "on"}).status_code == 302
    with everything():
        assert Proposal.objects.filter(state="submitted").count() == 4


def test_the_same_words_by_another_member_count(client, cast):
    sign_in(client, cast, "member")
    assert write(client, cast).status_code == 302
    sign_in(client, cast, "neighbour")
    assert write(client, cast).status_code == 302


def test_a_search_for_who_signs_keeps_what_was_typed(client, cast):
    sign_in(client, cast, "member")
    page = write(client, cast, find="signers", signers_q="委员乙")
    assert page.status_code == 200
    words = page.content.decode()
    assert "开一条公交线" in words
    assert str(cast.people["neighbour"].pk) in words
    with everything():
        assert not Proposal.objects.exists()


def test_what_is_wrong_is_said_and_kept(client, cast):
    sign_in(client, cast, "member")
    page = write(client, cast, text="太短", place="没有的村")
    assert page.status_code == 422
    assert "太短" in page.content.decode()
    page = write(client, cast, text="太短")
    assert "请至少写10个字" in page.content.decode()


def test_another_county_finds_nothing(client, cast):
    with everything():
        one = Proposed(cast).proposal
    sign_in(client, cast, "outsider")
    assert client.get(reverse("proposal", args=[one.pk])).status_code == 404
    assert not client.get(reverse("proposals")).context["page_obj"]
    assert client.get(reverse("proposals"), {"export": "xlsx"}).status_code == 200


def test_an_item_that_proposals_feed_leads_to_the_writing_page(client, cast):
    campaign_begin(
        actor=cast.viewer("clerk"),
        template="nine_ones",
        owner=cast.bodies["office"],
        name="助推行动",
        starts_on=date(2026, 1, 1),
    )
    sign_in(client, cast, "member")
    item = CatalogueItem.objects.get(code="suggestion")
    assert client.get(reverse("deed_new_item", args=[item.pk])).url == reverse("proposal_new")
    words = client.get(reverse("deed_new")).content.decode()
    assert reverse("proposal_new") in words
    assert reverse("deed_new_item", args=[item.pk]) not in words
