"""三猛乡: the published sums stand on the pages, and every one of them is the sum of the records behind it."""

import re
from html import unescape

import pytest
from django.test import RequestFactory
from django.urls import reverse

from tests.assistance.sanmeng import MILLION, PROJECT_FUNDS, SOCIAL_HELP, YUAN, Sanmeng
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.projects.models import FundMovement, ProgressLine
from yishi.assistance.projects.services.balances import money_of
from yishi.assistance.projects.services.progress import standing_of, unit_cost, wholes
from yishi.database.reach import everything, reaching
from yishi.web.assistance.projects.money_tags import yuan_short
from yishi.web.assistance.projects.project_sections import at_place, of_household, of_member
from yishi.web.kit.sections import sections

pytestmark = pytest.mark.django_db


@kept
def sanmeng(cast) -> Sanmeng:
    with everything():
        return Sanmeng(cast).gather().build().help()


def asked(sanmeng, who, section, subject):
    """What a section says to `who`."""
    request = RequestFactory().get("/")
    request.viewer = sanmeng.viewer(who)
    with reaching(request.viewer.reach):
        (words,) = sections(request, [section], subject)
        return words


def listed(client, url: str) -> list[FundMovement]:
    """The movements on the page to which a number leads."""
    page = client.get(url)
    assert page.status_code == 200
    return list(page.context["page_obj"])


def test_the_published_sums_are_the_sums_of_movements(sanmeng):
    fiscal, donation = money_of(sanmeng.funds["fiscal"]), money_of(sanmeng.funds["donation"])
    assert (fiscal.received, fiscal.mobilised) == (56_200_000 * YUAN, 56_200_000 * YUAN)  # told apart, not 112.4
    assert donation.received == 5_800_000 * YUAN + 3_000 * YUAN  # and the member's gift
    assert (yuan_short(PROJECT_FUNDS), yuan_short(SOCIAL_HELP)) == ("5,620 万元", "580 万元")


def test_the_road_of_28_5_km_in_ten_hamlets_goes_from_plan_to_acceptance(sanmeng):
    with everything():
        (road,) = wholes(standing_of(sanmeng.project))
        assert len(road.parts) == 10
        assert {one.part.place.level for one in road.parts} == {"hamlet"}
        assert (road.planned, road.done, road.accepted) == (28_500, 28_500, 28_500)
        last = {line.part_id: line.done for line in ProgressLine.objects.order_by("report__on")}
        assert sum(last.values()) == road.done
        assert [step.stage for step in sanmeng.project.steps.all()][-1] == "accepted"
        assert unit_cost(123 * MILLION // 10, road.done) == 43_157_895  # fen for one km


@pytest.mark.parametrize("place", ["腊姑村", "三猛乡", "绿春县"])
def test_every_number_of_a_place_opens_into_its_records(sanmeng, client, place):
    said = asked(sanmeng, "clerk", at_place, sanmeng.places[place])
    sign_in(client, sanmeng.cast, "sanmeng_clerk")
    shown = 0
    for row in said["sources"]:
        for cell in row["cells"]:
            assert sum(one.amount for one in listed(client, cell["url"])) == cell["fen"]
            shown += cell["fen"] > 0
    assert shown >= 2
    assert len(client.get(said["projects_url"]).context["page_obj"]) == said["number"] == 1
    (line,) = said["lines"]
    paid = listed(client, f"{reverse('movements')}?project={sanmeng.pk}&kind=paid")
    assert line["money"].paid == sum(one.amount for one in paid) == 12_300_000 * YUAN


def test_the_projects_page_shows_each_hamlet_and_each_source(sanmeng, client, django_assert_max_num_queries):
    sign_in(client, sanmeng.cast, "sanmeng_clerk")
    client.get("/")
    with django_assert_max_num_queries(40):
        page = client.get(reverse("project", args=[sanmeng.pk]))
    text = unescape(re.sub(r"<[^>]+>", " ", page.content.decode()))
    for word in ["28.5", "第10村民小组", "财政资金", "12,000,000.00", "11,300,000.00", "LG-2019-01", "已验收", "250"]:
        assert word in text, word
    assert "腊姑户主1" in text


def test_a_family_and_a_member_see_what_they_got_and_gave(sanmeng):
    family = asked(sanmeng, "head", of_household, sanmeng.households[0])
    assert (family["total"], [one.name for one in family["projects"]]) == (3_000 * YUAN, ["腊姑村通组道路硬化"])
    request = RequestFactory().get("/")
    request.viewer = sanmeng.cast.viewer("member")
    with reaching(request.viewer.reach):
        (words,) = sections(request, [of_member], sanmeng.cast.people["member"])
        (gift,) = words["gifts"]
        assert (gift.amount, gift.went_on) == (3_000 * YUAN, 3_000 * YUAN)


def test_a_giver_reads_what_became_of_it_and_no_familys_name(sanmeng, client):
    gift = FundMovement.within.get(bill="捐 0001")
    sign_in(client, sanmeng.cast, "member")
    page = client.get(reverse("movement_paper", args=[gift.pk])).content.decode()
    assert "委员甲" in page and "3,000.00" in page and "腊姑村的一户" in page
    assert "腊姑户主" not in page and "LG001" not in page
    assert client.get(reverse("fund", args=[gift.fund_id])).status_code == 404


@pytest.mark.parametrize("who", ["outsider", "clerk", "member"])
def test_another_county_sees_nothing_of_it(sanmeng, client, who):
    sign_in(client, sanmeng.cast, who)
    assert client.get(reverse("project", args=[sanmeng.pk])).status_code == 404
    assert "腊姑" not in client.get(reverse("projects")).content.decode()
