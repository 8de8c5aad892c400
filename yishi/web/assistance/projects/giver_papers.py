"""A giver's sheet (捐助使用情况) as a paper: what arrived, by which bill, what it was paid for and to how many."""

from datetime import date

from django.utils import translation

from yishi.assistance.projects.reads import GiverSheet
from yishi.formats.paper import Block, Facts, Heading, Paper, Signature, Table, Text
from yishi.kit.money import yuan_text
from yishi.web.kit.press import CHINESE, chinese_day, foot, ordinal_word

from .money_words import many_of, receiver_of


def giver_paper(sheet: GiverSheet, year: str, today: date) -> Paper:
    """The sheet of one year ("2025"), or of all years until `today` where `year` is empty."""
    with translation.override(CHINESE):
        head = [
            ("捐助方", sheet.name),
            ("期间", f"{year}年" if year else f"截至{chinese_day(today)}"),
            ("到账", f"{yuan_text(sheet.total)} 元，{len(sheet.received)} 笔"),
        ]
        if sheet.mobilised:
            head.append(("协调落实", f"{yuan_text(sheet.promised)} 元（与到账分列，不相加）"))
        parts: list[tuple[str, list[Block]]] = [("到账明细", [_gifts(sheet)])]
        parts.append(("指定用途的支出", _uses(sheet)))
        if sheet.funds:
            parts.append(("所在资金的整体使用", _funds(sheet)))
        blocks: list[Block] = [Facts(head)]
        for place, (name, inside) in enumerate(parts, start=1):
            blocks += [Heading(f"{ordinal_word(place)}、{name}"), *inside]
        if sheet.is_cut:
            blocks.append(Text("捐助较多，本表只列最早的 500 笔；请按年度打印。"))
        blocks.append(Text("本表不是票据；票据以所列票据号为准。表中不列农户姓名和户编号。"))
        blocks.append(Signature([chinese_day(today)]))
        return Paper("捐助使用情况", blocks, "", foot(""))


def _gifts(sheet: GiverSheet) -> Block:
    if not sheet.received:
        return Text("本期没有到账记录。")
    rows = [
        [
            chinese_day(gift.movement.on),
            gift.movement.fund.name,
            yuan_text(gift.movement.amount),
            gift.movement.bill or "—",
        ]
        for gift in sheet.received
    ]
    return Table([("日期", 1.8), ("资金", 2.8), ("金额（元）", 2.0), ("票据号", 2.0)], rows)


def _uses(sheet: GiverSheet) -> list[Block]:
    if not sheet.payments:
        return [Text("没有逐笔指明用于何处的支出。")]
    rows = [
        [chinese_day(payment.on), receiver_of(payment, set()), yuan_text(payment.amount), payment.bill or "—"]
        for payment in sheet.payments
    ]
    reached = [
        (_many(sheet.families), "户农户"),
        (_many(sheet.pupils), "名学生"),
        (str(sheet.projects), "个项目"),
        (str(sheet.bodies), "个单位"),
    ]
    whom = "、".join(f"{number} {unit}" for number, unit in reached if number != "0")
    paid, left = yuan_text(sheet.passed_on), yuan_text(sheet.total - sheet.passed_on)
    return [
        Table([("日期", 1.8), ("用于", 2.8), ("金额（元）", 2.0), ("票据号", 2.0)], rows),
        Text(f"合计 {paid} 元，惠及{whom}（各只计一次）；其余 {left} 元未逐笔指明用途。"),
    ]


def _funds(sheet: GiverSheet) -> list[Block]:
    rows = [
        [
            use.fund.name,
            yuan_text(use.given),
            yuan_text(use.money.received),
            yuan_text(use.money.paid),
            f"农户 {_many(use.families)} 户、项目 {use.projects} 个、单位 {use.bodies} 个",
        ]
        for use in sheet.funds
    ]
    return [
        Text("同一资金由多方汇集，下列支出是整个资金的，不归于某一捐助方。"),
        Table(
            [("资金", 1.8), ("其中本方（元）", 1.9), ("累计到账（元）", 1.9), ("累计支出（元）", 1.9), ("支给", 1.9)],
            rows,
        ),
    ]


def _many(number: int) -> str:
    """In tens, whoever prints it: the paper goes into other hands."""
    return many_of(number, 0)
