"""What the campaign's published words (the seed) speak of, walked on the demo in Chinese, on a phone and at a desk.

Each row of the table is shown by pages that one reaches, that fit, that are translated, and that say they are a demo's.
"""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from tests.browser.conftest import WIDTHS, violations
from yishi.assistance.campaign.models import Campaign, Drive
from yishi.assistance.deeds.models import Activity, VolunteerTeam
from yishi.assistance.exits.models import ExitAssessment
from yishi.assistance.supervision.models import Round
from yishi.assistance.watch.models import Watch
from yishi.database.reach import everything
from yishi.deliberation.models import Matter
from yishi.demo.load import demo_load
from yishi.organisations.demo import MARK
from yishi.organisations.models import Place
from yishi.people.models import Account

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]
PROVINCE, COUNTY, VILLAGE = "demo-province-clerk", "demo-lvchun-clerk", "demo-lagu-head"
WORDS = """() => {
  const main = document.querySelector("main").cloneNode(true);
  main.querySelectorAll("code").forEach(command => command.remove());
  return main.textContent;
}"""
ENGLISH = re.compile(r"\b[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}\b")


class Accounts:
    """Who enters the demo, as `session_of` asks for them."""

    def account(self, who):
        return Account.objects.get(username=who)


@pytest.fixture
def demo(transactional_db):
    demo_load()
    with everything():
        yield {
            "first": Round.objects.order_by("starts_on").first(),
            "now": Round.objects.order_by("starts_on").last(),
            "assessments": list(ExitAssessment.within.order_by("opened_at")),
            "returned": Watch.within.get(stage="returned"),
            "province": Place.objects.get(code="53"),
            "county": Place.objects.get(code="532531"),
            "village": Place.objects.get(code="532531207205"),
            "campaign": Campaign.objects.get(),
            "drive": Drive.objects.get(name="百日总攻"),
            "team": VolunteerTeam.objects.get(),
            "pupils": Activity.objects.get(title__contains="助学金"),
            "bus": Matter.within.get(title__contains="公交"),
        }


def rows(demo) -> list[tuple[str, str, list[tuple[str, tuple, tuple[str, ...]]]]]:
    """What the seed says, who walks it, and the pages with what each of them says."""
    first, now = demo["first"], demo["now"]
    refused, approved = demo["assessments"]
    village, county, province = demo["village"], demo["county"], demo["province"]
    return [
        (
            "逐村逐户逐人逐项补短板；省级协调解决的具体事项",
            PROVINCE,
            [
                ("rounds", (), ("绿春县挂牌督战第一轮（演示）", "回头看")),
                ("round", (first.pk,), ("腊姑村", "三个问题全部销号")),
                ("round_village", (now.pk, village.pk), ("义务教育", "住房安全", "演示·白丙")),
                ("supervision_findings", (), ("水龙头坏了一个星期",)),
                ("coordination?done=all", (), ("新接的水管冬天冻裂", "云南省政协办公厅（演示）")),
            ],
        ),
        (
            "零举证、零错退、零漏评",
            PROVINCE,
            [
                ("exit_assessments", (), (refused.number, approved.number)),
                ("exit_assessment", (refused.pk,), ("错退率高于标准",)),
                ("exit_assessment", (approved.pk,), ("零举证", "零错退", "零漏评", "02 08 11 17 25 30 + 12")),
            ],
        ),
        (
            "监测跟踪，站得住、走得稳",
            COUNTY,
            [
                ("watch_figures", (), ("稳定脱贫情况", "站稳户数", "预警")),
                ("watches?stage=all", (), (demo["returned"].number,)),
                ("watch", (demo["returned"].pk,), ("返贫", "慢病卡")),
                ("watch_signals", (), ()),
            ],
        ),
        (
            "332万人、5732村、73县；27 → 40 + 9族 → 9 + 7",
            PROVINCE,
            [
                ("register_figures", (province.pk,), ("3,320,000", "5,732", "73")),
                ("place_sets", (), ("贫困县（演示节选）", "第三阶段重点县（演示节选）")),
                ("campaign", (demo["campaign"].pk,), ("27 个深度贫困县", "9 个人口较少民族", "7 个挂牌督战重点县")),
                ("place", (county.pk,), ("绿春县",)),
            ],
        ),
        (
            "户均增收2400元；往返40元降至4元；发生率10.9%",
            PROVINCE,
            [
                ("outcomes", (), ("2,400", "往返车费", "40", "4")),
                ("matter", (demo["bus"].pk,), ("往返车费",)),
                ("register_figures", (village.pk,), ("贫困发生率",)),
            ],
        ),
        (
            "40余支医疗队，7万余名学生；百日总攻",
            COUNTY,
            [
                ("volunteer_teams", (), ("义诊医疗队",)),
                ("volunteer_team", (demo["team"].pk,), ("演示·医生甲", "腊姑村义诊")),
                ("activity", (demo["pupils"].pk,), ("秋季助学金", "资助一名学生")),
                ("drive", (demo["drive"].pk,), ("百日总攻", "巧家县")),
            ],
        ),
    ]


def address(name: str, arguments: tuple) -> str:
    name, _mark, query = name.partition("?")
    return reverse(name, args=arguments) + (f"?{query}" if query else "")


def test_every_row_of_the_table_is_walked_on_a_phone_and_at_a_desk(demo, open_page):
    wrong: list[tuple[str, ...]] = []
    translation.activate("zh-hans")
    for width in WIDTHS:
        if width not in (390, 1440):
            continue
        for seed, who, pages in rows(demo):
            page = open_page(who, Accounts(), width=width)
            for name, arguments, words in pages:
                page.goto(address(name, arguments))
                text = page.locator("body").inner_text()
                where = (seed, name, str(width))
                wrong += [(*where, f"does not say {word}") for word in words if word not in text]
                if MARK not in text:
                    wrong.append((*where, "does not say that it is a demo"))
                if found := ENGLISH.search(page.evaluate(WORDS)):
                    wrong.append((*where, f"English: {found[0]}"))
                over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                if over > 1:
                    wrong.append((*where, f"{over} px too wide"))
                if width == 1440:
                    wrong += [(*where, fault) for fault in violations(page)]
            page.context.close()
    assert not wrong, "\n".join(" ".join(fault) for fault in wrong)
