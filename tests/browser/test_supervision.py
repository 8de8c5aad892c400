"""A round of supervision in 绿春县 through the pages, from its line to its last strike-off, as different people: one
finding settled by the township, one coordinated by the province."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.sanmeng import Sanmeng
from tests.assistance.supervised import poor_family
from tests.browser.test_chain import People, newest, send
from yishi.assistance.supervision.models import Finding, ListingRule, Round
from yishi.database.reach import everything

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(open_page, cast):
    return People(open_page, cast)


@pytest.fixture
def sanmeng(cast):
    with everything():
        sanmeng = Sanmeng(cast)
        village = sanmeng.places["腊姑村"]
        sanmeng.homes = [poor_family(village, 501, house_grade="D"), poor_family(village, 502)]
        return sanmeng


def prove_and_strike(people, finding, bearer: str, words: str) -> None:
    """Whoever owes it proves it; the province's clerk checks and strikes off, and the bearer is not offered that."""
    promise = finding.commitment_id
    page = people.at(bearer, "commitment_prove", promise)
    page.fill("[name=text]", words)
    page.fill("[name=done_on]", timezone.localdate().isoformat())
    send(page)
    people.refused(bearer, "commitment_check", promise)
    page = people.at("province_clerk", "commitment_check", promise)
    page.locator("[name=accepted]").first.check(force=True)
    page.locator("[name=as_agreed]").first.check(force=True)
    page.fill("[name=finding]", "到户看过，属实")
    send(page)
    send(people.at("province_clerk", "commitment_strike_off", promise))


def test_a_round_in_lvchun_from_the_line_to_the_last_strike_off(people, cast, sanmeng):
    today, village = timezone.localdate(), sanmeng.places["腊姑村"]

    # The province sets the line and opens the round; the village is listed by itself.
    page = people.at("province_clerk", "listing_rule_new")
    page.fill("[name=place]", "云南省")
    page.check("[name=level][value=village]", force=True)
    page.fill("[name=poor_people]", "3")
    page.fill("[name=source]", "示例文件")
    send(page)
    page = people.at("province_clerk", "round_new")
    page.fill("[name=name]", "绿春县督战第一轮")
    page.fill("[name=place]", "绿春县")
    page.select_option("[name=rule]", str(newest(ListingRule).pk))
    page.fill("[name=ends_on]", (today + timedelta(days=60)).isoformat())
    page.check("[name=visits][value=fixed]", force=True)
    page.fill("[name=plan]", "逐村逐户、逐人逐项")
    send(page)
    round = newest(Round)
    assert "腊姑村" in page.locator("main").inner_text()
    people.refused("outsider", "round", round.pk)

    # The visit: a digit in two cells; the register knows the house, the tap needs words.
    house, tap = sanmeng.homes
    page = people.at("province_clerk", "round_grid", round.pk, village.pk)
    page.fill(f"[name=housing_{house.pk}]", "1")
    page.fill(f"[name=water_{tap.pk}]", "4")
    page.fill(f"[name=words_{tap.pk}]", "水源旱季断流")
    send(page)
    with everything():
        by_item = {found.item: found for found in Finding.within.select_related("commitment__bearer", "coordinator")}
    roof, water = by_item["housing"], by_item["water"]
    assert roof.commitment.bearer == sanmeng.bodies["township"] and water.coordinator == cast.bodies["province_office"]

    # The township settles its own; the round cannot be closed yet.
    prove_and_strike(people, roof, "sanmeng_builder", "已加固，附验收单")
    page = people.at("province_clerk", "round_close", round.pk)
    page.fill("[name=words]", "完成")
    page.locator("main form.act-form button[type=submit]").last.click()
    assert "1" in page.locator(".error-summary").inner_text()

    # What needs the province waits on its desk as such; it is coordinated, and then whoever owes it goes on.
    page = people.at("province_clerk", "coordination")
    assert "水源旱季断流" in page.locator("main").inner_text()
    page = people.at("province_clerk", "desk")
    assert page.locator(f"a[href='{reverse('supervision_finding', args=[water.pk])}']").count()
    page = people.at("province_clerk", "finding_coordinate", water.pk)
    page.fill("[name=words]", "已商省水利厅安排应急水源")
    send(page)
    prove_and_strike(people, water, "sanmeng_inspector", "应急水源已通")

    # Nothing is open: the round is closed, and its sums say how.
    page = people.at("province_clerk", "round_close", round.pk)
    page.fill("[name=words]", "两项问题全部销号")
    send(page)
    assert newest(Round).state == "closed"
    sums = people.at("province_clerk", "round", round.pk).locator("main table").first.inner_text()
    assert [line.split()[-1] for line in sums.splitlines() if line.startswith("合计")] == ["2"]
