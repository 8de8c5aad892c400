"""The pages of supervision: a round is opened, its village looked through, a finding written down and settled."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.supervised import finding_of, supervised
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.supervision.models import Finding, ListedPlace, ListingRule, Round, RoundMember
from yishi.database.reach import everything, reaching
from yishi.web.kit.desk_items import DeskItem
from yishi.web.shell.desk import inbox

pytestmark = pytest.mark.django_db


@kept
def under_way(cast):
    with everything():
        return supervised(cast)


def desk_of(cast, who) -> list[DeskItem]:
    viewer = cast.viewer(who)
    with reaching(viewer.reach):
        return inbox(viewer)


def test_it_works_from_the_line_to_the_finding(cast, client, under_way):
    sign_in(client, cast, "clerk")
    today, county = timezone.localdate(), cast.places["牟定县"]
    place = {"place": county.full_name, "place_id": str(county.pk)}
    client.post(reverse("listing_rule_new"), {**place, "level": "village", "poor_people": "3", "source": "文件"})
    with everything():
        rule = ListingRule.objects.latest("set_at")
    assert (rule.number, rule.poor_people) == (2, 3)
    said = {
        **place, "name": "第二轮", "rule": str(rule.pk), "as_of": today, "starts_on": today, "visits": "team",
        "ends_on": today + timedelta(days=30), "items": ["water", "housing"], "plan": "逐户过", "leading": "",
    }  # fmt: skip
    answer = client.post(reverse("round_new"), said, follow=True)
    assert answer.status_code == 200 and "第二轮" in answer.content.decode()
    with everything():
        round = Round.objects.get(name="第二轮")
        assert round.items == ["housing", "water"] and round.listed.count() == 2
    page = client.get(reverse("round_list", args=[round.pk]), {"again": 1}).content.decode()
    assert "名单一致" in page and "贫困人口 12 人" in page
    village = reverse("round_village", args=[round.pk, under_way.village.pk])
    page = client.get(village).content.decode()
    home = under_way.homes[0]
    with everything():
        assert home.head.name in page
    assert page.count("登记册") >= 3  # the dangerous house and the tap, and what the word means
    gap = {
        "item": "housing", "words": "墙体开裂", "lane": "province", "on": today, "due_on": today + timedelta(days=9),
        "bearer": cast.bodies["township"].pk, "coordinator": cast.bodies["province_office"].pk, "member": "",
    }  # fmt: skip
    address = reverse("home_gap", args=[round.pk, under_way.village.pk, home.pk])
    assert client.post(address, gap).status_code == 302
    with everything():
        finding = Finding.within.get()
    assert "墙体开裂" in client.get(reverse("supervision_finding", args=[finding.pk])).content.decode()
    assert "墙体开裂" in client.get(reverse("supervision_findings"), {"lane": "province"}).content.decode()
    assert "墙体开裂" not in client.get(reverse("supervision_findings"), {"lane": "county"}).content.decode()
    for name in ("merge", "rule", "move"):
        assert client.get(reverse(f"finding_{name}", args=[finding.pk])).status_code == 200
    client.post(reverse("finding_rule", args=[finding.pk]), {"ruling": "unfounded", "reason": "并无开裂"})
    client.post(reverse("round_close", args=[round.pk]), {"words": "一项裁定"})
    with everything():
        assert Round.objects.get(pk=round.pk).state == "closed"


def test_what_the_province_coordinates_waits_on_its_desk_and_nowhere_else(cast, client, under_way):
    with everything():
        (tap,) = under_way.visit(under_way.gap("water", 1, "province", words="水源断流"))
    assert [item.kind for item in desk_of(cast, "province_clerk") if item.title == "水源断流"] == ["coordination"]
    assert [item for item in desk_of(cast, "prefecture_clerk") if item.kind == "coordination"] == []
    sign_in(client, cast, "province_clerk")
    assert "水源断流" in client.get(reverse("coordination"), {"ours": 1}).content.decode()
    client.post(reverse("finding_coordinate", args=[tap.pk]), {"words": "已商水利厅"})
    with everything():
        assert finding_of(tap.pk).coordination == "arranged"
    assert [item for item in desk_of(cast, "province_clerk") if item.kind == "coordination"] == []
    assert "水源断流" not in client.get(reverse("coordination")).content.decode()
    assert "水源断流" in client.get(reverse("coordination"), {"done": "arranged"}).content.decode()
    page = client.get(reverse("supervision_finding", args=[tap.pk])).content.decode()
    assert "已商水利厅" in page and "重新提请协调" in page


def test_a_member_of_the_team_without_a_desk_writes_down_what_they_find(cast, client, under_way):
    with everything():
        under_way.join("member", "leader")
    sign_in(client, cast, "member")
    home = under_way.homes[0]
    for name, args in (("round", ()), ("round_list", ()), ("round_village", (under_way.village.pk,))):
        assert client.get(reverse(name, args=[under_way.round.pk, *args])).status_code == 200
    args = [under_way.round.pk, under_way.village.pk, home.pk]
    page = client.get(reverse("round_home", args=args)).content.decode()
    assert "登记问题" in page and reverse("household", args=[home.pk]) not in page
    assert client.get(reverse("round_edit", args=[under_way.round.pk])).status_code == 404
    sign_in(client, cast, "neighbour")
    assert client.get(reverse("round_home", args=args)).status_code == 404


def test_a_namesake_is_asked_about_before_somebody_joins(cast, client, under_way):
    sign_in(client, cast, "clerk")
    address = reverse("round_member_new", args=[under_way.round.pk])
    said = {"name": "委员甲", "role": "leader", "valid_from": timezone.localdate()}
    answer = client.post(address, said)
    assert answer.status_code == 422 and "同名" in answer.content.decode()
    client.post(address, {**said, "pick": str(cast.people["member"].pk)})
    with everything():
        post = RoundMember.objects.get()
    assert post.person == cast.people["member"]
    leave = reverse("round_member_end", args=[under_way.round.pk, post.pk])
    assert client.post(leave, {"on": timezone.localdate()}).status_code == 302


def test_by_hand_through_the_pages(cast, client, under_way):
    sign_in(client, cast, "clerk")
    place = cast.places["邻近村"]
    said = {"place": place.full_name, "place_id": str(place.pk), "reason": "搬迁点"}
    client.post(reverse("listed_new", args=[under_way.round.pk]), said)
    with everything():
        listed = ListedPlace.objects.get(place=place)
    client.post(reverse("listed_off", args=[under_way.round.pk, listed.pk]), {"reason": "已摘"})
    page = client.get(reverse("round_list", args=[under_way.round.pk]), {"off": 1}).content.decode()
    assert "搬迁点" in page and "已摘" in page
