"""Pages of figures: right at once, open into deeds, hide small numbers from those who may not see each family."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import sign_in
from tests.formats.books import read_sheet
from yishi.assistance.campaign.services.campaigns import target_set
from yishi.assistance.deeds.models import Unitemised
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.journal.act import SYSTEM, act
from yishi.organisations.place_file import SHIPPED, parse_places, unpacked
from yishi.reporting.fold import fold_all
from yishi.reporting.tiles import bounds, shade, tiles

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


def address(helping, place: str, page: str = "", **given: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in given.items())
    return f"/desk/figures/place/{helping.cast.places[place].pk}/{page}?{query}"


def said(response) -> str:
    """The words of the page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_it_works(client, helping):
    helping.record()
    helping.record(item="road", parties=[Part(helping.cast.bodies["office"]), Part(helping.cast.bodies["department"])])
    fold_all()
    sign_in(client, helping.cast, "clerk")
    page = client.get(address(helping, "牟定县"))
    words = said(page)
    assert "2 件 实绩" in words
    assert "1 户 惠及农户" in words
    assert "合计 3 份" in words
    behind = client.get(re.search(r'href="(/desk/figures/place/[^"]*/deeds/[^"]*)"', page.content.decode())[1])
    assert len(behind.context["deeds"]) == 2
    only = client.get(address(helping, "牟定县", "deeds/", item=str(helping.items["road"].pk)))
    assert [deed.item.code for deed in only.context["deeds"]] == ["road"]


def test_a_deed_is_on_the_pages_of_every_tier(client, helping):
    helping.record()
    fold_all()
    for who, place in (("province_clerk", "云南省"), ("prefecture_clerk", "楚雄彝族自治州"), ("clerk", "牟尼村")):
        sign_in(client, helping.cast, who)
        assert "1 件 实绩" in said(client.get(address(helping, place))), place
    assert "0 件 实绩" in said(client.get(address(helping, "邻近村")))


def test_small_numbers_of_families_are_hidden_from_others(client, helping):
    helping.record()
    fold_all()
    for who, shows in (("clerk", True), ("village_head", True), ("outsider", False), ("handler", False)):
        sign_in(client, helping.cast, who)
        page = client.get(address(helping, "牟尼村"))
        assert ("1 户 惠及农户" in said(page)) is shows, who
        assert ("少于 10 户 惠及农户" in said(page)) is not shows, who
        behind = client.get(address(helping, "牟尼村", "deeds/"))
        assert len(behind.context["deeds"]) == (1 if shows else 0), who
        book = read_sheet(client.get(address(helping, "牟尼村", export="xlsx")).content)
        assert ("少于 10" in str(book)) is not shows, who


def test_from_ten_families_on_everybody_reads_the_ten(client, helping):
    helping.record(reached=Reached(households=helping.households))
    fold_all()
    for who, shown in (("outsider", "约 15 户 惠及农户"), ("clerk", "12 户 惠及农户")):
        page = said(client.get(address(sign_in(client, helping.cast, who) and helping, "牟定县")))
        assert shown in page
        assert ("数字按十为一档" in page) is (who == "outsider")


def test_money_is_three_figures_that_open_into_their_entries(client, helping):
    place = helping.cast.places["牟尼村"].pk
    for kind, fen in (("mobilised", 5_620_000_000), ("received", 580_000_000), ("paid", 12_345)):
        with act("assistance.fund.move", actor=SYSTEM, body={"kind": kind}) as this:
            dims = {"campaign": helping.campaign.pk}
            this.entry(subject=("fund_movement", this.id), place=place, dims=dims, quantities={kind: fen})
    fold_all()
    sign_in(client, helping.cast, "clerk")
    words = said(client.get(address(helping, "牟定县")))
    for text in ("5,620 万元 动员资金", "580 万元 到位资金", "123.45 元 支付资金"):
        assert text in words
    assert "5,620 万元" in said(client.get(address(helping, "牟定县", "behind/mobilised/")))
    behind = client.get(address(helping, "牟定县", "behind/paid/"))
    assert [row["amount"] for row in behind.context["rows"]] == [123.45]
    sign_in(client, helping.cast, "outsider")
    assert client.get(address(helping, "牟定县", "behind/paid/")).context["outside"] == 1


def test_records_3_what_is_of_no_campaign_stands_apart_by_name_and_opens(client, helping):
    with act("assistance.fund.move", actor=SYSTEM, body={}) as this:
        this.entry(
            subject=("fund_movement", this.id), place=helping.cast.places["牟尼村"].pk, quantities={"received": 50_000}
        )
    helping.record()
    fold_all()
    sign_in(client, helping.cast, "clerk")
    page = client.get(address(helping, "牟定县"))
    (card,) = page.context["others"]
    assert card.text == "500" and "received" not in {shown.indicator.code for shown in page.context["cards"]}
    assert "同一时期、不属于任何行动的" in said(page)
    behind = client.get(card.url)
    assert [row["amount"] for row in behind.context["rows"]] == [500] and "不属于任何行动" in said(behind)
    assert client.get(address(helping, "牟定县", "behind/received/")).context["rows"] == []
    none = client.get(address(helping, "牟定县", campaign="none"))
    assert none.context["deeds"] == 0 and "另一" not in said(none) and not none.context["lines"]


def test_a_period_two_dimensions_and_a_day_of_knowledge(client, helping):
    today = timezone.localdate()
    helping.record(on=today - timedelta(days=500))
    helping.record(on=today - timedelta(days=1))
    fold_all()
    sign_in(client, helping.cast, "clerk")

    def deeds(**given: str) -> int:
        return client.get(address(helping, "牟定县", **given)).context["deeds"]

    day = (today - timedelta(days=1)).isoformat()
    assert deeds() == 2
    assert deeds(period="day", on=day) == deeds(period="month", on=day) == 1
    assert deeds(period="dates", start="2000-01-01", end=day) == 2
    assert deeds(set=str(helping.focus.pk)) == 1
    assert deeds(set=str(helping.focus.pk), how="now") == 0
    assert deeds(known=day) == 0
    phase = helping.campaign.phases.get(ordinal=2)
    assert deeds(period=f"phase:{phase.pk}") == 1
    three = {"set": str(helping.focus.pk), "sector": "agriculture", "item": str(helping.items["channel"].pk)}
    assert "一次最多选两样" in said(client.get(address(helping, "牟定县", **three)))
    assert "不是日期" in said(client.get(address(helping, "牟定县", period="day", on="gestern")))


def test_a_village_lists_only_what_was_done(client, helping):
    helping.record()
    fold_all()
    sign_in(client, helping.cast, "clerk")

    def items(place: str) -> list[str]:
        lines = client.get(address(helping, place)).context["lines"]
        return [item.version.item.code for line in lines for item in line.items]

    assert items("牟尼村") == ["channel"]
    assert len(items("牟定县")) == 4


def test_what_is_missing_names_the_places(client, helping):
    helping.record()
    fold_all()
    sign_in(client, helping.cast, "clerk")
    gaps = client.get(address(helping, "共和镇", "missing/")).context["gaps"]
    assert [(gap.version.name, len(gap.places)) for gap in gaps if gap.version.item.code in ("channel", "job")] == [
        ("介绍一个就业岗位", 2),
        ("为农户找一条销路", 1),
    ]


def test_targets_and_numbers_without_deeds_stand_beside_and_are_never_added(client, helping):
    cast, today = helping.cast, timezone.localdate()
    helping.record()
    helping.record(on=today - timedelta(days=40))
    fold_all()
    clerk = cast.viewer("clerk")
    target_set(
        actor=clerk, item=helping.items["channel"], place=cast.places["牟定县"], amount=Decimal(10),
        baseline=Decimal(3), due_on=today,
    )  # fmt: skip
    Unitemised.objects.create(
        item=helping.items["channel"], body=cast.bodies["office"], place=cast.places["牟尼村"], amount=7000,
        starts_on=today, ends_on=today, note="电话报数", reported_at=timezone.now(),
    )  # fmt: skip
    sign_in(client, cast, "clerk")
    lines = client.get(address(helping, "牟定县")).context["lines"]
    (line,) = (one for direction in lines for one in direction.items if one.version.item.code == "channel")
    assert (line.amount, line.target, line.unitemised) == (2000, 10_000, 7000)
    assert line.share == 0.5
    missing = said(client.get(address(helping, "牟定县", "missing/")))
    assert "3 条 2 条 10 条 50%" in missing


def test_the_provinces_page_asks_few_questions(client, helping):
    helping.record()
    fold_all()
    sign_in(client, helping.cast, "province_clerk")
    client.get(address(helping, "云南省"))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address(helping, "云南省")).status_code == 200
    assert len(asked) <= MOST_QUERIES, [one["sql"][:120] for one in asked]


def test_every_county_stands_once_on_the_map():
    counties = {row.code: row.name for row in parse_places(unpacked(SHIPPED), {}) if row.level == "county"}
    placed = tiles()
    assert set(placed) == set(counties)
    assert len({(one.column, one.row) for one in placed.values()}) == len(counties) == 129
    for code, one in placed.items():
        assert counties[code].startswith(one.name), one


def test_shades_say_the_same_as_the_numbers():
    cuts = bounds([0, 1, 2, 3, 40, 500])
    assert [shade(value, cuts) for value in (0, 1, 500)] == [0, 1, len(cuts)]
    assert bounds([0, 0]) == []
