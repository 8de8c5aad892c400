"""An issued report and an answer sheet on paper: the numbers as they were issued, never today's."""

from typing import Any

from django.utils import timezone, translation

from yishi.formats.paper import Block, Facts, Heading, Paper, Signature, Table, Text
from yishi.reporting.models import AnswerSheet, IssuedReport
from yishi.web.kit.press import CHINESE, chinese_day, chinese_moment

PUBLIC = "公开件：涉及农户和个人的数按十为一档，“约 15”为 10 至 19，“少于 10”为 0 至 9。"
INTERNAL = "内部件：户数、人数为准确数，含不足 10 的小数，不对外公开。"


def report_paper(
    report: IssuedReport,
    lines: list[dict[str, Any]],
    adjustments: list[dict[str, Any]],
    items: list[dict[str, Any]],
    places: list[dict[str, Any]],
    *,
    is_rounded: bool,
) -> Paper:
    """Figures, then the adjustments of the report before, then items and places below."""
    with translation.override(CHINESE):
        period = f"{chinese_day(report.starts_on)}至{chinese_day(report.ends_on)}"
        blocks: list[Block] = [
            Facts(
                [
                    ("范围", report.place.full_name),
                    ("期间", period),
                    *([("行动", report.campaign.name)] if report.campaign else []),
                    ("截至", f"{chinese_moment(report.issued_at)}已知"),
                ]
            ),
            Heading("一、主要数字"),
            Table(
                [("指标", 2.4), ("数", 1.4), ("单位", 1.0), ("说明", 4.2)],
                [[row["words"], row["issued"], str(row["issued_unit"]), str(row["indicator"].what)] for row in lines],
            ),
            Text("一件事只计一次；各参与方的份额不另加总。户数、人数按不重复计，不能跨期、跨单位相加。"),
            Text(PUBLIC if is_rounded else INTERNAL),
        ]
        if report.previous is not None:
            blocks += [Heading(f"二、对上期报告（{report.previous.number}）的调整"), *_adjustments(adjustments)]
        if items:
            blocks += [
                Heading("附表一、各活动项"),
                Table(
                    [("活动项", 3.6), ("实绩（件）", 1.4), ("数量", 1.6), ("惠及农户（户）", 1.6)],
                    [[row["name"], str(row["deeds"]), row["amount"], row["households"]] for row in items],
                ),
            ]
        if places:
            blocks += [
                Heading("附表二、下级地区"),
                Table(
                    [("地区", 3.6), ("实绩（件）", 1.6), ("惠及农户（户）", 1.6)],
                    [[row["place"].name, str(row["deeds"]), row["households"]] for row in places],
                ),
            ]
        blocks.append(Signature([report.body.name, chinese_day(report.issued_at)]))
        return Paper(report.title, blocks, report.number, _foot(report))


def _adjustments(adjustments: list[dict[str, Any]]) -> list[Block]:
    if not adjustments:
        return [Text("上期报告的数字没有更正。")]
    return [
        Table(
            [("指标", 2.6), ("上期报告", 1.6), ("更正后", 1.6), ("调整", 1.8)],
            [[row["words"], row["issued"], row["known"], row["difference"]] for row in adjustments],
        )
    ]


def answer_paper(sheet: AnswerSheet, paragraphs: list[str], *, is_rounded: bool) -> Paper:
    """The text with its numbers; a draft says that it is one."""
    with translation.override(CHINESE):
        signed = sheet.issued_at or timezone.now()
        day = chinese_day(signed) + ("" if sheet.issued_at else "（草稿）")
        texts = [*paragraphs, PUBLIC if is_rounded else INTERNAL]
        blocks: list[Block] = [*(Text(text) for text in texts), Signature([sheet.body.name, day])]
        return Paper(sheet.title, blocks, sheet.number, _foot(sheet) if sheet.issued_at else "")


def _foot(document: IssuedReport | AnswerSheet) -> str:
    """The journal's hash at the moment of issue, not at the moment of printing."""
    sealed = f"日志封存值 {document.sealed_hash[:16]}" if document.sealed_hash else ""
    return "    ".join(part for part in (f"编号 {document.number}", sealed) if part)
