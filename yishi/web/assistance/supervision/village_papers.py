"""The list of a village on paper (入户清单): the leader takes it along, fills it in by hand, and brings it back."""

from collections.abc import Sequence

from django.utils import timezone, translation

from yishi.assistance.supervision.book import mark
from yishi.assistance.supervision.items import read_pack
from yishi.assistance.supervision.matrix import Line
from yishi.assistance.supervision.models import Finding, Round
from yishi.assistance.supervision.reads import STANDINGS, with_promise
from yishi.formats.paper import Block, Facts, Heading, Paper, Signature, Table, Text
from yishi.organisations.models import Place
from yishi.web.kit.press import CHINESE, chinese_day, foot

from .supervision_words import item_word, whom

LEGEND = (
    "格内填数字：1 现场解决，2 县级协调，3 州市协调，4 省级协调；无问题的留空。"
    "△：登记册或逻辑校验提示有缺项。“已列”：已在问题清单上。"
)


def village_paper(round: Round, place: Place, lines: Sequence[Line], first: int) -> Paper:
    """The households of one page of the grid, numbered as there, and what of the village is open from visits before.
    No identity number, no phone, no bank account."""
    with translation.override(CHINESE):
        items = read_pack(round.pack).some(round.items)
        columns = [
            ("序", 0.5),
            ("户主", 1.1),
            ("人口", 0.6),
            *((item.name, 0.8) for item in items),
            ("看到的情况", 2.6),
        ]
        rows = [
            [
                str(first + number),
                line.household.head.name,
                str(line.household.size),
                *(mark(cell) for cell in line.cells),
                "",
            ]
            for number, line in enumerate(lines, 1)
        ]
        blocks: list[Block] = [
            Facts(
                [
                    ("督战轮次", f"{round.name}（{round.number}）"),
                    ("村", place.full_name),
                    ("督战日期", "________年____月____日"),
                    ("督战人员", ""),
                ]
            ),
            Text(LEGEND),
            Table(columns, rows, tall=True) if rows else Text("登记册中本村没有农户。"),
            *_still_open(round, place),
            Signature(["督战组签字：____________", chinese_day(timezone.localdate())]),
        ]
        return Paper("挂牌督战入户清单", blocks, round.number, foot(round.number))


def _still_open(round: Round, place: Place) -> list[Block]:
    found = with_promise(Finding.within.filter(STANDINGS["open"], round=round, place=place)).order_by("found_on", "pk")
    rows = [
        [
            finding.commitment.number,
            whom(finding),
            f"{item_word(finding)}：{finding.words}",
            finding.commitment.owes,
            chinese_day(finding.commitment.due_on),
            "",
        ]
        for finding in found
    ]
    if not rows:
        return []
    columns = [("台账编号", 1.5), ("对象", 1.2), ("问题", 2.6), ("责任单位", 1.6), ("期限", 1.4), ("现场复核", 1.2)]
    return [Heading("以前发现、尚未销号的问题"), Table(columns, rows, tall=True)]
