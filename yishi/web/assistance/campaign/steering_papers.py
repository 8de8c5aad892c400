"""The minutes of a steering meeting (会议纪要): reports heard, instructions with bearer and date."""

from yishi.assistance.campaign.models import SteeringMeeting
from yishi.commitments.models import Commitment
from yishi.formats.paper import Block, Facts, Heading, Paper, Signature, Table, Text
from yishi.web.kit.press import (
    amount,
    chinese_day,
    foot,
    ordinal_word,
)


def steering_paper(meeting: SteeringMeeting) -> Paper:
    """What the meeting heard and laid down; a meeting without written minutes says so at the end."""
    facts = [("行动", meeting.campaign.name), ("时间", chinese_day(meeting.on))]
    facts += [("地点", meeting.where)] if meeting.where else []
    facts += [("主持", meeting.chaired_by)] if meeting.chaired_by else []
    parts: list[tuple[str, list[Block]]] = []
    if meeting.minutes:
        parts.append(("会议情况", [Text(line) for line in meeting.minutes.splitlines() if line.strip()]))
    reports = list(meeting.reports.select_related("body"))
    if reports:
        said = [
            Text(f"{report.body.name}{f'（{report.speaker}）' if report.speaker else ''}汇报：{report.text}")
            for report in reports
        ]
        parts.append(("听取汇报", [*said]))
    instructions = Commitment.within.filter(origin_kind=Commitment.Origin.STEERING, origin_id=meeting.pk)
    duties = list(
        instructions.exclude(state=Commitment.State.DROPPED).select_related("bearer", "supervisor").order_by("ordinal")
    )
    if duties:
        table = Table(
            [("序号", 0.6), ("事项", 3.4), ("责任单位", 2), ("时限", 1.4), ("督办单位", 2)],
            [
                [
                    str(number),
                    " ".join(part for part in (duty.act, amount(duty.quantity, duty.unit)) if part),
                    duty.owes,
                    chinese_day(duty.first_due_on),
                    duty.supervisor.name,
                ]
                for number, duty in enumerate(duties, start=1)
            ],
        )
        parts.append(("议定事项", [table, Text("以上事项列入承诺事项台账，由督办单位跟踪督办，办结销号。")]))
    blocks: list[Block] = [Facts(facts)]
    for place, (name, inside) in enumerate(parts, start=1):
        blocks += [Heading(f"{ordinal_word(place)}、{name}"), *inside]
    day = chinese_day(meeting.minutes_at) if meeting.minutes_at else "（草稿，尚未印发）"
    blocks.append(Signature([meeting.body.name, day]))
    return Paper(f"{meeting.title}纪要", blocks, meeting.number, foot(meeting.number))
