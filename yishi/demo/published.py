"""The four published cases. Known is what was published, and that they were solved: so, and only so, they are shown.

牟尼村 is told through its whole chain, so that the platform can be seen at work: the facts are the published ones, the
people, dates and words of the room are invented, and its source note says so.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from yishi.commitments.cases import Case
from yishi.commitments.models import Commitment
from yishi.commitments.services import outcome_state, recheck_record
from yishi.deliberation.models import Agreement, Matter
from yishi.deliberation.services.agreements import agreement_draft, agreement_record
from yishi.deliberation.services.matters import matter_end, matter_open
from yishi.deliberation.services.processes import process_shipped
from yishi.deliberation.services.releases import case_choose
from yishi.organisations.models import Place

from .course import (
    Promise,
    Room,
    Said,
    Side,
    Story,
    agreed,
    answered,
    convened,
    handed_over,
    judged,
    made_public,
    named,
    proved,
    raised,
    reported,
    sat,
    seated,
    struck_off,
    studied,
    villager,
)
from .register import COUNTY
from .teller import Teller, matter_of

BEGUN = date(2020, 4, 13)
NOTE = "据公开报道：牟尼村 1,720 亩土地流转租金纠纷经协商解决。过程、日期、人物和发言为演示。"

SIDES = (
    Side("出租土地的村民", ("mn_one", "mn_two", "mn_three")),
    Side("种花企业", ("company_head",), "company"),
    Side("县农业农村局", ("handler",), f"farming/{COUNTY}"),
)
STATEMENTS = (
    Said(
        "欠的租金要付，什么时候付清要写下来。",
        0,
        (("agree", ""), ("agree", "企业认账，只是一时周转不开。"), ("agree", "")),
    ),
    Said(
        "今年的租金推迟到花卉销售旺季以后付。",
        1,
        (("conditional", "有部门盯着，到期一定付"), ("agree", ""), ("agree", "由我局监督。")),
    ),
    Said(
        "缓交的水费和租金一起，不加收滞纳金。",
        1,
        (("agree", ""), ("agree", ""), ("conditional", "最迟不超过九月底")),
    ),
    Said("合同不解除，地继续种，不荒着。", 2, (("agree", "荒了大家都亏。"), ("agree", ""), ("agree", ""))),
)
MINUTES = "会议由召集人主持，各方到齐。逐条表态后，各方同意租金和水费缓交，由县农业农村局监督；合同继续履行。"
TEXT = (
    "一、企业应付的土地租金缓至九月底前付清。\n"
    "二、灌溉水费同期缓交，不加收滞纳金。\n"
    "三、由县农业农村局监督企业按期付清。"
)
SUMMARY = "村民把 1,720 亩地租给企业种花，企业一时付不出租金，双方僵持。请各方坐下来，商量租金和水费怎么付、谁来监督。"
OUTCOME = (
    "村民把 1,720 亩地租给企业种花，企业一时付不出租金，双方僵持。"
    "各方坐下来协商：租金和水费缓交，由部门监督，地继续种。"
)


def told(t: Teller) -> None:
    _municun(t)
    _others(t)


def _municun(t: Teller) -> None:
    """From the worry to the verdict and the look back."""
    t.go_to(BEGUN)
    text = "我们村的地租给企业种花，一共 1,720 亩，今年的租金到期没有付，大家都在等，企业也说没有办法。"
    worry = raised(t, "mn_one", "演示·村民甲", text, "land", t.cast.places["牟尼"], venue=t.cast.venues["mnc"])
    for key, name in (("mn_two", "演示·村民乙"), ("mn_three", "演示·村民丙")):
        villager(t, key, name)
    t.wait(2)
    receipt = t.does(
        "clerk",
        matter_open,
        title="牟尼村 1,720 亩花卉用地租金缓交",
        summary=SUMMARY,
        theme="land",
        place=t.cast.places["牟尼"],
        convener=t.cast.bodies["council/ghz"],
        process=process_shipped("five_links"),
        venue=t.cast.venues["mnc"],
        worries=[worry],
        is_demo=True,
        is_published_case=True,
        source_note=NOTE,
    )
    story = Story(worry=worry, matter=matter_of(receipt))
    t.wait(2)
    answered(t, story, "chairs_plan", "chair_head", "群众反映集中，同意列入。")
    answered(t, story, "party_plan", "party_clerk", "同意协商，请农业农村局配合。")
    named(t, story, SIDES, "clerk")
    studied(
        t,
        story,
        "企业为什么付不出租金，村民能等多久",
        (("牟尼村花卉基地", "村民代表、企业负责人", "大棚里的花长势正常，订单推迟，企业账上周转困难。"),),
        ("企业愿意付，缺的是时间。", "多数村民愿意等到旺季以后，但要有人监督。"),
        "企业有还款意愿，双方都不愿解除合同，具备协商条件。",
    )
    seated(t, story, Room(further=(("member", "council", "representative"),)))
    convened(t, story, date(2020, 5, 25), venue="mnc", papers_after=2)
    sat(t, story, STATEMENTS, MINUTES)
    due = date(2020, 9, 30)
    agreed(
        t,
        story,
        TEXT,
        (
            Promise("付清缓交的土地租金", "company", due, f"farming/{COUNTY}", "付款凭证和村民代表签字", "1720", "亩"),
            Promise("付清缓交的灌溉水费", "company", due, f"farming/{COUNTY}", "缴费凭证"),
        ),
        conditions="企业每月向村民代表通报一次销售情况。",
    )
    t.wait(1)
    answered(t, story, "party_adopts", "party_clerk", "同意采纳，交县农业农村局监督落实。")
    handed_over(t, story)
    t.wait(10)
    for promise in story.promises:
        reported(t, promise, "company_head", "正在组织销售，款项按约定筹措。", "到村里同村民代表见面，说明销售情况。")
    t.go_to(date(2020, 9, 14))
    for promise in story.promises:
        proved(t, promise, "company_head", "款项已付清，凭证附后。", checked_by="clerk")
        judged(t, promise, "mn_one", "satisfied", "钱到了，地也还种着。")
    t.wait(2)
    for promise in story.promises:
        struck_off(t, promise)
    t.go_to(date(2020, 11, 9))
    for promise in story.promises:
        t.does("clerk", recheck_record, commitment=promise, holds=True, text="回头看：租金按年支付，没有新的拖欠。")
    t.wait(1)
    made_public(
        t,
        story,
        "牟尼村 1,720 亩花卉用地：租金、水费缓交，部门监督",
        OUTCOME,
        shows_statements=True,
    )
    story.matter.refresh_from_db()
    advice = "先弄清楚是没有钱还是不愿付，再坐下来；缓交要有期限、有监督，双方才放心。"
    t.does("province_clerk", case_choose, matter=story.matter, why=advice)


# County's clerk, who checks, title, theme, code and name of the place, what was published.
OTHERS = (
    (
        "luliang",
        "陆良县一处小区的不动产权证办理",
        "deeds",
        ("530322", ""),
        "一处小区的住户长期办不下不动产权证。经协商，权证于六月中旬办结。",
    ),
    (
        "yiliang",
        "宜良县城区小学午餐集中配送",
        "education",
        ("530125", ""),
        "学生午餐无着落。经协商，城区所有小学的午餐改由集中烹制、统一配送。",
    ),
    (
        "dayao",
        "大姚县金碧镇：医院合并后的公交线路",
        "health",
        ("532326", "金碧镇"),
        "两家医院合并后群众看病路远。经协商开通公交线路，往返车费由 40 元降到 4 元。",
    ),
)
SOURCE = "据公开报道，仅按公布的内容展示。"
FARE = {
    "sort": "level",
    "what": "到县城往返车费",
    "unit": "元",
    "before": Decimal(40),
    "after": Decimal(4),
    "source": "据公开报道",
}
CLERKS = {
    "luliang": ("luliang_clerk", "luliang_second", "530322"),
    "yiliang": ("outsider", "yiliang_second", "530125"),
    "dayao": ("dayao_clerk", "dayao_second", "532326"),
}


def _others(t: Teller) -> None:
    for key, title, theme, (code, town), published in OTHERS:
        clerk, second, county = CLERKS[key]
        place = Place.objects.get(parent__code=code, name=town) if town else t.cast.places[code]
        t.go_to(date(2020, 7, 6))
        receipt = t.does(
            clerk,
            matter_open,
            title=title,
            summary=published,
            theme=theme,
            place=place,
            convener=t.cast.bodies[f"office/{county}"],
            process=process_shipped("four_two_n"),  # its first step has no gate that would wait for an answer
            opened_on=date(2020, 3, 23),
            is_demo=True,
            is_published_case=True,
            source_note=SOURCE,
        )
        story = Story(matter=matter_of(receipt))
        written = t.does(clerk, agreement_draft, matter=story.matter, text=f"（公布的结果）{published}")
        agreement = Agreement.objects.select_related("matter__place", "matter__process").get(
            pk=UUID(written.result["agreement"])
        )
        t.does(clerk, agreement_record, agreement=agreement)
        if key == "dayao":
            t.does(clerk, outcome_state, case=Case(Commitment.Origin.MATTER, story.matter), on=t.day, **FARE)
        t.does(clerk, matter_end, matter=Matter.within.get(pk=story.matter.pk), reason="已解决（据公开报道）。")
        made_public(t, story, title, published, by=clerk, checked_by=second, shows_agreement=False)
