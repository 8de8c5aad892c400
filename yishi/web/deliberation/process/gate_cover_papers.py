"""The cover paper with which a matter goes to a gate (请示), with the slip on which the body answers."""

from django.utils import timezone, translation

from yishi.deliberation.models import GateRequest
from yishi.deliberation.services.asking import shown_to
from yishi.formats.paper import Block, Facts, Heading, Paper, Signature, Table, Text
from yishi.web.kit.press import CHINESE, chinese_day, foot


def cover_paper(gate: GateRequest) -> Paper:
    """What is asked of whom by when, what it is about and what was agreed; below it, the answer to fill in and sign."""
    with translation.override(CHINESE):
        matter, shown = gate.matter, shown_to(gate)
        number = f"{matter.number}-请示-{gate.round}"
        blocks: list[Block] = [
            Text(f"{gate.body.name}：", indent=False),
            Text(f"现将“{matter.title}”（{matter.number}）报请贵单位办理“{gate.name}”。有关情况如下："),
            Facts([("地方", matter.place.full_name), ("请于何时前答复", chinese_day(gate.due_on))]),
        ]
        parts = [
            ("事由", shown["summary"]),
            ("协商意见", shown.get("text", "")),
            ("附带条件", shown.get("conditions", "")),
            ("保留的不同意见", shown.get("minority", "")),
            ("承诺事项", "；".join(duty[0] or "" for duty in shown.get("duties", []))),
        ]
        for name, text in parts:
            if text:
                blocks += [Heading(name), Text(text)]
        blocks += [
            Text("妥否，请批示。"),
            Signature([matter.convener.name, chinese_day(timezone.localdate())]),
            Heading("答复（由受理单位填写，交回召集单位）"),
            Table(
                [("事项", 1.6), ("填写", 5.4)],
                [
                    ["答复（划√）", "□ 同意    □ 退回    □ 暂缓"],
                    ["理由", ""],
                    ["签字（盖章）", ""],
                    ["日期", "    年    月    日"],
                ],
                tall=True,
            ),
        ]
        return Paper(f"关于“{matter.title}”的请示", blocks, number, foot(number))
