"""A member's file (委员履职档案) and a body's, as papers to print."""

from datetime import date

from django.utils import translation

from yishi.formats.paper import Block, Facts, Heading, Paper, Signature, Table, Text
from yishi.organisations.models import Body
from yishi.people.models import Person
from yishi.web.kit.numbers import number_text
from yishi.web.kit.press import CHINESE, chinese_day, foot, ordinal_word

from .given import Given

BEGINNING = date(1949, 10, 1)


def given_paper(who: Person | Body, given: Given, today: date) -> Paper:
    """What was given, whom it reached, what is promised, what had not to be written again."""
    with translation.override(CHINESE):
        is_body = isinstance(who, Body)
        period = f"截至{chinese_day(given.end)}"
        if given.start > BEGINNING:
            period = f"{chinese_day(given.start)}至{chinese_day(given.end)}"
        parts: list[tuple[str, list[Block]]] = [
            ("办了什么", [_lines(given)] if given.lines else [Text("本期没有记录。")]),
            (
                "惠及谁",
                [
                    Facts(
                        [
                            ("农户（按户去重）", f"{number_text(given.households)} 户"),
                            ("人员（按人去重）", f"{number_text(given.people)} 人"),
                            ("村", f"{given.villages} 个"),
                            ("另有未列名", f"{number_text(given.unnamed)} 人次（不计入按户、按人的去重数）"),
                        ]
                    )
                ],
            ),
            ("承诺了什么", _promises(given)),
            (
                "不必重复填报的",
                [
                    Facts(
                        [
                            ("自动进入各级统计", f"{given.tables} 处（村、乡镇、县、州市、省）"),
                            ("同时记入其他单位台账", f"{given.bodies} 个单位"),
                            ("已取用的正式报表", f"{given.reports} 份"),
                            ("合并的重复上报", f"{given.merged} 条"),
                        ]
                    )
                ],
            ),
        ]
        head = [
            ("单位" if is_body else "委员", who.name),
            ("期间", period),
            ("实绩", f"{given.deeds} 条，其中与他人共同完成 {given.together} 条"),
        ]
        blocks: list[Block] = [Facts(head)]
        for place, (name, inside) in enumerate(parts, start=1):
            blocks += [Heading(f"{ordinal_word(place)}、{name}"), *inside]
        blocks.append(Signature([who.name, chinese_day(today)]))
        return Paper("单位助推档案" if is_body else "委员履职档案", blocks, "", foot(""))


def _lines(given: Given) -> Table:
    return Table(
        [("活动项", 3.4), ("条数", 0.9), ("总量", 1.5), ("计入本人（单位）", 1.9), ("单位", 0.9)],
        [
            [line.name, str(line.deeds), "，".join(filter(None, (line.amount, line.apart))), line.credited, line.unit]
            for line in given.lines
        ],
    )


def _promises(given: Given) -> list[Block]:
    done: Block = Text(f"本期已办结销号 {given.kept} 项。")
    if not given.promises:
        return [Text("目前没有未办结的承诺。"), done]
    lines = [[promise.act, promise.place.name, chinese_day(promise.due_on)] for promise in given.promises]
    return [Table([("事项", 4.0), ("地点", 1.6), ("期限", 1.8)], lines), done]
