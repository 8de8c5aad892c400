"""A campaign is set up in pages, without code: the nine ones from the file that comes along, or three of one's own."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from yishi.assistance.campaign.catalogues import read_catalogue, shipped, written_catalogue
from yishi.assistance.campaign.models import Campaign, CatalogueItem, Target
from yishi.assistance.campaign.services.campaign_setup import campaign_begin, catalogue_load, lead_set
from yishi.assistance.deeds.services.deeds import deed_record
from yishi.assistance.deeds.services.standing import Part
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, PlaceSet, valid_on

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def begun(cast, template="nine_ones", who="clerk", **said):
    receipt = campaign_begin(
        actor=cast.viewer(who),
        template=template,
        **{"owner": cast.bodies["office"], "name": "助推行动", "starts_on": date(2026, 1, 1), **said},
    )
    return Campaign.objects.get(pk=receipt.result["campaign"])


def test_it_works_with_the_nine_ones(cast):
    campaign = begun(cast)
    assert campaign.directions.count() == 6
    assert campaign.items.count() == 9
    published = [one for one in campaign.items.all() if not one.versions.get().is_reconstruction]
    assert [one.code for one in published] == ["channel", "job", "suggestion"]
    assert "复原" in campaign.source_note


def test_sent_twice_it_is_opened_once(cast):
    key = uuid7()
    assert begun(cast, act_id=key) == begun(cast, act_id=key)
    assert CatalogueItem.objects.count() == 9


def test_an_outsider_changes_nothing(cast):
    campaign = begun(cast)
    for who in ("outsider", "handler", "member"):
        with pytest.raises(NotAllowed):
            catalogue_load(actor=cast.viewer(who), campaign=campaign, catalogue=shipped()["nine_ones"])
    with pytest.raises(Refusal):
        begun(cast, who="outsider")  # nobody opens a campaign for another's desk


def test_a_catalogue_is_taken_along_to_the_next_campaign(cast):
    first = begun(cast)
    taken = read_catalogue(written_catalogue(first).encode())
    assert [one["code"] for one in taken.items] == [one["code"] for one in shipped()["nine_ones"].items]
    second = begun(cast, template="", name="另一次")
    again = catalogue_load(actor=cast.viewer("clerk"), campaign=second, catalogue=taken)
    assert again.result["items"] == 9
    assert catalogue_load(actor=cast.viewer("clerk"), campaign=second, catalogue=taken).result["items"] == 0
    assert written_catalogue(second).splitlines()[3:] == written_catalogue(first).splitlines()[3:]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"name = ", "第 1 行"),
        (b"name = 'x'", "[[directions]]"),
        (b"[[directions]]\ncode='a'\nname='A'\n[[items]]\ncode='x'\nname='X'\nunit='u'\ndirection='b'", "“b”"),
        (b"[[directions]]\ncode='a'\nname='A'\n[[items]]\ncode='x'\nname='X'\ndirection='a'", "“unit”"),
        (
            b"[[directions]]\ncode='a'\nname='A'\n[[items]]\ncode='x'\nname='X'\nunit='u'\ndirection='a'\npoints=3",
            "points",
        ),
    ],
)
def test_a_file_that_is_no_catalogue_says_what_is_wrong(content, says):
    with pytest.raises(Refusal, match="不能用作目录") as refused:
        read_catalogue(content)
    assert says in str(refused.value.message)


def test_an_item_that_proposals_feed_takes_no_deed_by_hand(cast):
    campaign = begun(cast)
    with pytest.raises(Refusal) as refused:
        deed_record(
            actor=cast.viewer("member"),
            item=campaign.items.get(code="suggestion"),
            place=cast.places["牟尼村"],
            on=TODAY,
            amount=1,
            parties=[Part(cast.people["member"])],
        )
    assert refused.value.code == "deed.fed"


def test_the_office_of_the_leading_group_runs_it_too(cast):
    campaign = begun(cast)
    with pytest.raises(NotAllowed):
        catalogue_load(actor=cast.viewer("handler"), campaign=campaign, catalogue=shipped()["nine_ones"])
    lead_set(actor=cast.viewer("clerk"), campaign=campaign, role="office", body=cast.bodies["department"], since=TODAY)
    catalogue_load(actor=cast.viewer("handler"), campaign=campaign, catalogue=shipped()["nine_ones"])
    later = TODAY + timedelta(days=1)
    lead_set(actor=cast.viewer("clerk"), campaign=campaign, role="office", body=cast.bodies["water"], since=later)
    names = list(campaign.leads.order_by("valid_from").values_list("body__name", "valid_to"))
    assert names == [("牟定县农业农村局", TODAY), ("牟定县水务局", None)]


def test_three_ones_are_set_up_in_the_pages_alone(client, cast):
    """Another campaign, of other items in other units, from the first page to its first target."""
    sign_in(client, cast, "clerk")

    def send(address, /, *args, **fields):
        response = client.post(reverse(address, args=args), fields)
        assert response.status_code == 302, (address, response.context["form"].errors)
        return response.url

    send("place_set_new", name="今年的重点村", owner=cast.bodies["office"].pk)
    focus = PlaceSet.objects.get()
    send("place_set_put", focus.pk, places="牟尼村、邻近村", since="2026-01-01", until="2026-06-30")
    send(
        "campaign_new", name="三个一活动", owner=cast.bodies["office"].pk, starts_on="2026-01-01", ends_on="2026-12-31"
    )
    campaign = Campaign.objects.get()
    page = client.get(reverse("campaign", args=[campaign.pk]))
    assert [label for label, _url in page.context["lacks"]] != []
    days = {"starts_on": "2026-01-01", "ends_on": "2026-06-30"}
    send("phase_new", campaign.pk, name="上半年", focus=focus.pk, focus_note="高龄独居老人", **days)
    send("direction_new", campaign.pk, name="敬老")
    direction = campaign.directions.get()
    for name, unit in (("结一门亲", "户"), ("办一件实事", "件"), ("修一条路", "公里")):
        item = {"direction": direction.pk, "name": name, "unit": unit, "additivity": "sum", "serves": "anybody"}
        send("item_new", campaign.pk, **item, fed_by="hand", per_member=2)
    road = CatalogueItem.objects.get(versions__name="修一条路")
    target = {"place": cast.places["牟定县"].full_name, "amount": "28.5", "baseline": "3", "due_on": "2026-12-31"}
    send("target_new", road.pk, **target)
    send("item_edit", road.pk, since="2026-03-01", name="修一段路", additivity="sum", serves="anybody", fed_by="hand")
    send("drive_new", campaign.pk, name="百日总攻", starts_on="2026-02-01", ends_on="2026-05-11", words="通到户")
    group = Body.objects.create(kind="leading", name="三个一活动领导小组", place=cast.places["牟定县"])
    send("lead_set", campaign.pk, role="group", body=group.name, since="2026-01-01")
    assert (Target.objects.get().goal, Target.objects.get().start) == (28.5, 3)
    assert [one.name for one in road.versions.all()] == ["修一条路", "修一段路"]
    words = client.get(reverse("campaign", args=[campaign.pk])).content.decode()
    for wanted in ("上半年", "今年的重点村", "高龄独居老人", "敬老", "结一门亲", "28.5 公里", "百日总攻", group.name):
        assert wanted in words, wanted
    send("item_retire", road.pk, act_id=uuid7())
    assert CatalogueItem.objects.get(pk=road.pk).is_retired
    assert Entry.objects.filter(subject_kind="campaign", subject_id=campaign.pk).count() > 9


def test_a_pasted_list_names_every_line_that_is_no_place(client, cast):
    sign_in(client, cast, "clerk")
    client.post(reverse("place_set_new"), {"name": "重点村", "owner": cast.bodies["office"].pk})
    focus = PlaceSet.objects.get()
    address = reverse("place_set_put", args=[focus.pk])
    wrong = client.post(address, {"places": "牟尼村\n没有的村\n外县村", "since": "2026-01-01"})
    assert wrong.status_code == 422
    assert "没有的村、外县村" in str(wrong.context["form"].errors)
    assert "牟尼村" in wrong.content.decode()  # what was typed stays
    client.post(address, {"places": "532323100201\n邻近村", "since": "2026-01-01"})
    client.post(address, {"places": "牟尼村", "since": "2026-02-01"})  # is there already
    assert focus.items.count() == 2
    item = focus.items.get(place=cast.places["牟尼村"])
    assert client.post(reverse("place_set_end", args=[item.pk]), {"until": "2026-03-31"}).status_code == 302
    assert focus.items.filter(valid_on(date(2026, 3, 31))).count() == 2
    assert focus.items.filter(valid_on(date(2026, 4, 1))).count() == 1


def test_the_neighbour_county_sees_neither_the_campaign_nor_the_set(client, cast):
    campaign = begun(cast)
    sign_in(client, cast, "outsider")
    assert client.get(reverse("campaign", args=[campaign.pk])).status_code == 404
    assert not client.get(reverse("campaigns")).context["page_obj"].object_list
    sign_in(client, cast, "province_clerk")
    assert client.get(reverse("campaign", args=[campaign.pk])).status_code == 200
