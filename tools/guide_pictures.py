"""Take the pictures of docs/guide-assistance.zh-CN.md: walks the guide on a running demo, as a clerk does.

    ./run                                    # in another window; a fresh demo
    .venv/bin/python -m tools.guide_pictures http://localhost:8000 [part …]

Everything is done through the pages; each picture is at most 150 KB (docs/pictures, checked by tests/test_guide.py).
"""

import os
import sys
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import sync_playwright

from yishi.formats.sheets import write_sheet
from yishi.kit.identity import check_character

from .guide_clerk import PHONE, Clerk

CHROMIUM = "/usr/bin/chromium"
TODAY = date.today()  # noqa: DTZ011  the days that a clerk would type
YEAR = TODAY.replace(month=1, day=1)
OFFICE, VILLAGE, MEMBER = "demo-lvchun-clerk", "demo-lagu-head", "demo-helper"
PROVINCE = "demo-province-clerk"
HEADINGS = "县 乡 村 户编号 姓名 证件号码 与户主关系 户类型 民族 主要致贫原因".split()  # noqa: SIM905
AREA = "539900"  # of no county: nobody's number begins so


def campaign_set_up(browser: Any, base: str) -> None:
    """Section 1."""
    clerk = Clerk(browser, base, "demo-prefecture-clerk")
    clerk.open("/desk/place-sets/new/")
    clerk.fill(name="今年的重点县")
    clerk.send()
    clerk.fill(places="牟定县\n大姚县\n双柏县", since=YEAR.isoformat())
    clerk.picture("set-places", 760)
    clerk.send()
    clerk.open("/desk/campaigns/new/")
    clerk.fill(name="三个一活动", starts_on=YEAR.isoformat(), ends_on=f"{YEAR.year}-12-31")
    clerk.picture("campaign-new", 900)
    clerk.send()
    campaign = clerk.page.url
    clerk.picture("campaign-empty", 620)
    clerk.open(f"{campaign}phases/new/")
    clerk.fill(name="全年", starts_on=YEAR.isoformat(), ends_on=f"{YEAR.year}-12-31", focus="今年的重点县")
    clerk.send()
    clerk.open(f"{campaign}directions/new/")
    clerk.fill(name="为老服务")
    clerk.send()
    for name, unit in (("结一门亲", "户"), ("办一件实事", "件"), ("提一条建议", "条")):
        clerk.open(f"{campaign}items/new/")
        clerk.fill(direction="为老服务", name=name, unit=unit, hint="由办公室核实后记一次。")
        if name == "提一条建议":
            clerk.fill(fed_by="建言提交时自动计一条")
        if name == "办一件实事":
            clerk.fill(per_member="2", indicator="办实事件数")
            clerk.picture("campaign-item", 1100)
        clerk.send()
    clerk.follow("办一件实事")
    clerk.follow("设目标")
    clerk.fill(amount="400", baseline="35", due_on=f"{YEAR.year}-12-31")
    clerk.send()
    clerk.open(f"{campaign}drives/new/")
    days = (max(TODAY - timedelta(days=20), YEAR), min(TODAY + timedelta(days=20), YEAR.replace(month=12, day=31)))
    clerk.fill(name="百日行动", starts_on=days[0].isoformat(), ends_on=days[1].isoformat(), words="把实事办到家门口")
    clerk.send()
    clerk.open(campaign)
    clerk.picture("campaign", 1250)
    clerk.open(f"{campaign}meetings/new/")
    clerk.fill(title="第一次推进会", chaired_by="州政协主席", where="州政协三楼会议室")
    clerk.send()
    clerk.follow("登记议定事项")
    due = (TODAY + timedelta(days=40)).isoformat()
    clerk.fill(act_text="摸清重点县高龄独居老人底数", bearer="牟定县政协办公室", due_on=due)
    clerk.send()
    clerk.picture("steering-meeting", 800)
    member = Clerk(browser, base, "demo-member", PHONE)
    member.open("/desk/proposals/new/")
    member.fill(
        title="给独居老人装一键呼叫", text="村里独居老人摔倒没人知道。建议先给八十岁以上的装一键呼叫，连到村卫生室。"
    )
    member.picture("proposal-new", 900)


def families(spoilt: bool) -> bytes:
    """A workbook of two families; spoilt as real ones are: an identity number turned into a number, a relation."""
    born = ("19710305", "19740812", "19660120", "19690717")
    cards = [f"{AREA}{day}{100 + place}" for place, day in enumerate(born)]
    numbers: list[Any] = [first + check_character(first) for first in cards]
    relations = ["户主", "配偶", "户主", "配偶"]
    if spoilt:
        numbers[1], relations[3] = float(numbers[1][:17] + "0"), "大嫂子"
    names = ("演示·罗申", "演示·罗申妻", "演示·王酉", "演示·王酉妻")
    rows = []
    for place, name in enumerate(names):
        head = ["脱贫户", "哈尼族", "因学"] if relations[place] == "户主" else ["", "哈尼族", ""]
        number = f"532531207205000{place // 2 + 1}"
        rows.append(["绿春县", "三猛乡", "腊姑村", number, name, numbers[place], relations[place], *head])
    return write_sheet(rows, HEADINGS, "农户")


def register_imported(browser: Any, base: str) -> None:
    """Section 2."""
    clerk = Clerk(browser, base, OFFICE)
    for name, spoilt, stands in (("腊姑村.xlsx", True, "rejected.xlsx"), ("腊姑村-改好.xlsx", False, "/take/")):
        clerk.open("/desk/imports/new/")
        clerk.fill(kind="农户及家庭成员")
        clerk.upload(name, families(spoilt))
        clerk.send()
        clerk.wait_for(f'main a[href$="{stands}"]')
        clerk.picture("import-faulty" if spoilt else "import-ready", 900 if spoilt else 620)
    clerk.follow("全部导入")
    clerk.send()
    clerk.wait_for('main a[href$="/undo/"]')
    clerk.open("/desk/checks/")
    clerk.wait_without("正在核查")
    clerk.picture("checks", 620)
    village = Clerk(browser, base, VILLAGE)
    village.open("/desk/households/")
    village.follow("演示·普甲")
    village.picture("household", 760)
    village.follow("增加成员")
    born = (TODAY - timedelta(days=20)).isoformat()
    village.fill(why="新生儿", name="演示·普小乙", relation="子", sex="男", ethnic="哈尼族", born_on=born)
    village.fill(reason="已看出生医学证明")
    village.send()
    clerk.open("/desk/changes/")
    clerk.page.locator("main table a").first.click()
    clerk.picture("change-request", 620)


def deeds_recorded(browser: Any, base: str) -> str:
    """Section 3. Gives the address of a deed of the member."""
    member = Clerk(browser, base, MEMBER, PHONE)
    member.open("/desk/deeds/new/")
    member.follow_part("为农户的产品找一条销路")
    member.pick("households", "李乙")
    member.fill(words="县城超市每月收两百斤红米")
    member.picture("deed-new", 900)
    member.send()
    deed = member.page.url.removesuffix("done/")
    member.picture("deed-done", 620)
    member.open(f"{deed}code/")
    member.page.get_by_label("李乙").first.check()
    member.send()
    code = member.page.locator("main .code-big").first.inner_text().replace(" ", "")
    member.picture("deed-code", 860)
    family = Clerk(browser, base, size=PHONE)
    family.open(f"/d/{code}/")
    family.picture("family-code", 700)
    clerk = Clerk(browser, base, OFFICE)
    clerk.open("/desk/activities/new/")
    clerk.fill(title="腊姑村小学义诊")
    clerk.place("腊姑村")
    clerk.send()
    for name in ("普甲", "白丙"):
        clerk.pick("households", name)
    clerk.page.get_by_label("办一次义诊").fill("1")
    clerk.page.get_by_label("合计").check()
    clerk.pick("members", "医委员")
    clerk.picture("activity-add", 900)
    clerk.send()
    clerk.open("/desk/duplicates/")
    clerk.follow_part("为农户的产品找一条销路")
    clerk.picture("duplicate", 960)
    return deed


def figures_shown(browser: Any, base: str) -> str:
    """Section 8. Gives the address of a report that the office issued."""
    province = Clerk(browser, base, "demo-province-clerk")
    province.open("/desk/figures/")
    province.picture("figures", 860)
    clerk = Clerk(browser, base, OFFICE)
    clerk.open("/desk/figures/")
    clerk.page.locator(".figure-choice summary").click()
    clerk.picture("figures-choice", 620)
    clerk.follow_part("惠及农户")
    clerk.picture("figure-deeds", 620)
    clerk.open("/desk/figures/")
    clerk.follow("写答卷")
    clerk.fill(
        text="第三阶段以来，全县办成实绩 [[deeds]] 件，惠及 [[households]] 户，为农户打通销路 "
        "[[amount item=channel]] 条。\n\n到位资金 [[received]]，建成道路 [[roads]] 公里。"
    )
    clerk.send()
    clerk.picture("answer", 520)
    clerk.open("/desk/figures/")
    clerk.follow("出具报告")
    clerk.send()
    return str(clerk.page.url)


def mistakes_mended(browser: Any, base: str, deed: str, report: str) -> None:
    """Section 4: after the report."""
    member = Clerk(browser, base, MEMBER)
    member.open(f"{deed}correct/")
    member.fill(words="县城超市每月收一百五十斤红米", reason="合同写的是一百五十斤")
    member.send()
    member.picture("deed-corrected", 760, "main .spine")
    member.open(f"{deed}withdraw/")
    member.fill(reason="超市停业，没有成交")
    member.send()
    clerk = Clerk(browser, base, OFFICE)
    clerk.open(report)
    clerk.picture("report", 760)


def families_visited(browser: Any, base: str) -> None:
    """Section 5."""
    member = Clerk(browser, base, MEMBER, PHONE)
    member.open("/desk/families/")
    member.follow_part("李乙")
    member.picture("family", 900)
    clerk = Clerk(browser, base, OFFICE)
    clerk.open("/desk/pairings/")
    clerk.picture("pairings", 900)
    clerk.page.locator('a[href$="/hand-over-all/"]').last.click()
    clerk.fill(helper="演示·哈委员", note="两户老人要按月送药；茶苗在三月补。")
    clerk.send()
    clerk.picture("hand-over", 700)
    clerk.open("/desk/needs/")
    clerk.follow("八百斤茶叶要找买家")
    clerk.picture("need", 620)


def projects_and_money(browser: Any, base: str) -> None:
    """Section 6."""
    clerk = Clerk(browser, base, OFFICE)
    clerk.open("/desk/projects/")
    clerk.follow_part("道路硬化")
    clerk.picture("project", 900)
    clerk.open("/desk/funds/")
    clerk.follow("三猛乡项目资金")
    clerk.picture("fund", 760)


def round_supervised(browser: Any, base: str) -> None:
    """Section 7."""
    clerk = Clerk(browser, base, PROVINCE)
    clerk.open("/desk/rounds/")
    clerk.follow_part("绿春县挂牌督战第二轮")
    clerk.picture("round", 900)
    clerk.follow("打开逐户逐项表")
    clerk.picture("round-matrix", 620)
    clerk.follow("登记督战")
    clerk.picture("round-grid", 820)
    clerk.open("/desk/supervision/findings/")
    clerk.follow_part("新接的水管冬天冻裂，又断了几天")
    clerk.picture("round-finding", 760)
    office = Clerk(browser, base, OFFICE)
    office.open("/desk/watch/families/?stage=watched")
    office.page.locator("main td a").first.click()
    office.follow("列入督战问题清单")
    office.picture("crossing-door", 1150)
    office.open("/desk/supervision/findings/")
    office.follow_part("村小学门口的水龙头坏了")
    office.picture("crossing-links", 720)


def exit_assessed(browser: Any, base: str) -> None:
    """Section 8."""
    clerk = Clerk(browser, base, OFFICE)
    clerk.open("/desk/exits/new/")
    clerk.page.select_option("[name=place]", label="绿春县")
    clerk.fill(year=str(TODAY.year), as_of=TODAY.isoformat(), villages="0", exited="5", unlisted="2")
    clerk.page.select_option("[name=rules]", "2018-west")
    clerk.page.fill("[name=rosters]", "腊姑村 3")
    clerk.picture("exit-new", 1100)
    clerk.send()
    address = clerk.page.url
    clerk.open(f"{address}draw/")
    clerk.fill(seed="05 11 17 21 28 33 + 02", seed_source="抽样框公布次日开奖的一期彩票")
    clerk.send()
    clerk.open(f"{address}sample/")
    household = clerk.page.locator("main td a, main .cards a").first.get_attribute("href") or ""
    phone = Clerk(browser, base, OFFICE, PHONE)
    phone.open(f"{household}interview/")
    phone.picture("exit-interview", 1300)
    clerk.open("/desk/exits/")
    clerk.page.locator("main td a").last.click()
    clerk.picture("exit-assessment", 1250)
    clerk.open("/desk/exits/suspicions/?state=dismissed")
    clerk.page.locator("main td a").first.click()
    clerk.picture("exit-suspicion", 720)


def family_watched(browser: Any, base: str) -> None:
    """Section 9."""
    clerk = Clerk(browser, base, OFFICE)
    clerk.open("/desk/imports/new/?kind=facts")
    card = f"{AREA}19710305107"
    card += check_character(card)
    rows = [
        ["演示·白寅", "", "2026-01-15", 12800.5, "YB0001"],
        ["演示·查无", card, "2026-01-15", 6400, "YB0002"],
        ["演示·龙戊", card, "2026-01-15", -300, "YB0003"],
    ]
    headings = ["姓名", "证件号码", "结算日期", "个人自付金额（元）", "结算单号"]
    clerk.fill(kind="部门预警名单")
    clerk.upload("大额医疗费用.xlsx", write_sheet(rows, headings, "名单"))
    clerk.send()
    clerk.wait_for('main a[href$="rejected.xlsx"]')
    clerk.picture("watch-import", 900)
    phone = Clerk(browser, base, size=PHONE)
    phone.open("/self-report/")
    phone.fill(place="腊姑村", trigger="illness", on=TODAY.isoformat(), words="住院两个星期", name="演示·李乙")
    phone.picture("self-report", 1300)
    phone.send()
    village = Clerk(browser, base, VILLAGE)
    village.open("/desk/watch/reports/")
    village.page.locator("main td a").first.click()
    village.follow("认户")
    village.picture("self-report-match", 820)
    clerk.open("/desk/watch/signals/?state=all")
    clerk.picture("watch-signals", 720)
    clerk.open("/desk/watch/families/?stage=watched")
    clerk.page.locator("main td a").first.click()
    clerk.picture("watch", 1100)
    clerk.open("/desk/watch/figures/")
    clerk.picture("watch-figures", 900)


def walk(browser: Any, base: str, parts: set[str]) -> None:
    if not parts or "campaign" in parts:
        campaign_set_up(browser, base)
    if not parts or "register" in parts:
        register_imported(browser, base)
    if not parts or "deeds" in parts:
        deed = deeds_recorded(browser, base)
        report = figures_shown(browser, base)
        mistakes_mended(browser, base, deed, report)
    if not parts or "families" in parts:
        families_visited(browser, base)
    if not parts or "projects" in parts:
        projects_and_money(browser, base)
    if not parts or "supervision" in parts:
        round_supervised(browser, base)
    if not parts or "exits" in parts:
        exit_assessed(browser, base)
    if not parts or "watch" in parts:
        family_watched(browser, base)


def main() -> None:
    base = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--lang=zh-CN"], env={**os.environ, "LANGUAGE": "zh_CN"}
        )
        walk(browser, base, set(sys.argv[2:]))
        browser.close()


if __name__ == "__main__":
    main()
