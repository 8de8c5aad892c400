"""The result of an online consultation as a paper (线上征询结果), and the slips and the poster that invite to it."""

from typing import Any

from django.utils import timezone, translation

from yishi.deliberation.models import Consultation
from yishi.formats.paper import Block, Facts, Heading, Paper, Picture, Signature, Table, Text
from yishi.formats.qr import qr_svg
from yishi.notices.addresses import address_of, public_host
from yishi.organisations.models import Installation
from yishi.web.kit.press import (
    CHINESE,
    chinese_day,
    chinese_moment,
    foot,
    ordinal_word,
)

from .consultation_result import ConsultationResult, Line


def result_data(consultation: Consultation) -> dict[str, Any]:
    """The result's paper as data for `paper.typ`."""
    return result_paper(consultation).data()


def result_paper(consultation: Consultation) -> Paper:
    """Who was asked, how the votes fall, what is shared, what each group holds dear, what divides, every count."""
    with translation.override(CHINESE):
        result = ConsultationResult(consultation)
        matter = consultation.matter
        opened, closed = chinese_moment(consultation.opened_at), chinese_moment(consultation.closed_at)
        early = f"（提前结束：{consultation.closing_reason}）" if consultation.closing_reason else ""
        parts: list[tuple[str, list[Block]]] = [
            (
                "协商情况",
                [
                    Facts(
                        [
                            ("协商事项", f"{matter.title}（{matter.number}）"),
                            ("协商问题", consultation.question),
                            ("参与方式", consultation.get_audience_display()),
                            ("起止时间", f"{opened}至{closed}{early}"),
                        ]
                    ),
                    Text(result.asked_text),
                    Text(result.cautions_text),
                ],
            )
        ]
        if result.is_too_few:
            parts.append(("结果", [Text(f"参与不足 {result.least} 人，为不暴露个人表态，不列计数。")]))
        else:
            parts += _result_parts(result)
        blocks: list[Block] = []
        for place, (name, inside) in enumerate(parts, start=1):
            blocks += [Heading(f"{ordinal_word(place)}、{name}"), *inside]
        blocks.append(Signature([matter.convener.name, chinese_day(consultation.closed_at)]))
        number = f"{matter.number}-线上征询-{consultation.ordinal}"
        return Paper("线上征询结果", blocks, number, foot(number))


def _result_parts(result: ConsultationResult) -> list[tuple[str, list[Block]]]:
    groups: list[Block] = [Text(result.standing)]
    if result.has_groups:
        groups += [
            Picture(str(result.map), f"意见分布图：一点代表一人，离得近的表态相近（画出 {result.drawn} 点）。"),
            Table(
                [("群组", 1), ("人数", 1), ("归属把握", 1), ("重抽后仍成立", 1.2)],
                [
                    [f"第 {group['n']} 组", str(group["size"]), _share(group["certainty"]), _share(group["stability"])]
                    for group in result.groups
                ],
            ),
        ]
    parts: list[tuple[str, list[Block]]] = [("意见分布", groups)]
    shared: list[Block] = [_lines(result.shared)] if result.shared else [Text("没有一条有把握这样说。")]
    parts.append((result.shared_heading, [Text(result.shared_note), *shared]))
    if result.refused:
        parts.append(("各群组都反对的" if result.has_groups else "多数反对的", [_lines(result.refused)]))
    if result.has_groups:
        dear: list[Block] = []
        for group in result.groups:
            dear.append(Heading(f"第 {group['n']} 组（{group['size']} 人）", level=2))
            dear += [
                Text(f"{'同意' if line['agrees'] else '反对'} {line['count']}/{line['of']}：{line['line'].text}")
                for line in group["dear"]
            ]
        parts.append(("各群组看重什么", dear))
        divides: list[Block] = [_lines(result.divides)] if result.divides else [Text("没有明显的分歧。")]
        parts.append(("分歧在哪里", divides))
    if result.parties:
        parts.append(("参与人自报的所属方", [_parties(result)]))
    parts.append(("全部观点", [_all(result)]))
    parts.append(("怎样算出来的", [_method(result)]))
    return parts


def _parties(result: ConsultationResult) -> Text:
    """How many declared each party; fewer than `result.least` are not counted out."""
    said = (
        f"{party['name']} {party['people']} 人"
        if party["people"] is not None
        else f"{party['name']} 不足 {result.least} 人（不列数字）"
        for party in result.parties
    )
    return Text("；".join(said) + "。")


def _method(result: ConsultationResult) -> Text:
    """What the words of the paper mean, and with what anybody can count it again."""
    told = result.told
    versions = "、".join(f"{name} {version}" for name, version in told["versions"].items())
    return Text(
        "“归属把握”：成员属于本组而不是别组的平均可能；“重抽后仍成立”：把参与的人重新抽取，这个群组有多少还在。"
        "只有不少于 30 人表态、且不低于 95% 的把握时，才写“多数”。"
        f"方法 {told['method']}，种子 {told['seed']}，"
        f"{versions}。匿名表态数据可以下载，人人可以重算；其校验值（SHA-256）：{_grouped(told['votes_hash'])}。"
    )


def _lines(lines: list[Line]) -> Table:
    """A few statements, each with the counts on which its place rests."""
    return Table(
        [("序号", 0.6), ("观点", 4.0), ("表态", 2.6)],
        [[str(line.number), line.text, line.per_group or line.counts] for line in lines],
    )


def _all(result: ConsultationResult) -> Table:
    """Every statement with its counts, of everybody and of each group."""
    heads: list[tuple[str, float]] = [("序号", 0.6), ("观点", 4.0), ("同意/反对/弃权", 1.7)]
    heads += [(f"第 {group['n']} 组", 1.1) for group in result.groups]
    cells = []
    for row in result.rows:
        text = (
            row["text"]
            + ("（工作人员起草）" if row["by_staff"] else "")
            + (f"［{row['word']}］" if row["word"] else "")
        )
        cells.append([str(row["number"]), text, f"{row['agree']}/{row['object']}/{row['pass']}", *row["groups"]])
    return Table(heads, cells)


def _grouped(digest: str) -> str:
    """Eight characters at a time, so that the line can break."""
    return " ".join(digest[place : place + 8] for place in range(0, len(digest), 8))


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.0%}"


def poster_of(consultation: Consultation, site: Installation) -> dict[str, Any]:
    """The poster: one large code, the question, until when, and how to take part without a phone."""
    address = address_of("consult", args=[consultation.code])
    matter = consultation.matter
    phone = site.contact_phone
    facts = [
        ("截止", chinese_moment(consultation.closes_at)),
        ("召集单位", matter.convener.name),
        ("电话", f"{phone}（不会扫码，请打电话，或到召集单位说）" if phone else ""),
    ]
    return {
        "title": f"线上征询：{consultation.question}",
        "site": site.site_name or "议事",
        "headline": "大家说，大家定方向",
        "lead": consultation.question,
        "qr": qr_svg(address),
        "address": address.split("://", 1)[-1],
        "steps": [
            ("扫码", "用微信或手机相机扫一扫，不用登录，不用下载"),
            ("表态", "一次看一条观点，同意、反对、弃权，点一下"),
            ("补一句", "没人说到的，自己写一句，让大家表态"),
            ("看结果", "结束前谁也看不到票数；结束后人人看得到"),
        ],
        "venue": matter.title,
        "where": matter.place.full_name,
        "facts": [[name, text] for name, text in facts if text],
        "check": f"谨防假码：网址应当以 {public_host()} 开头。"
        f"本码编号 {consultation.code[-4:]}，{chinese_day(timezone.localdate())}印制。",
    }
