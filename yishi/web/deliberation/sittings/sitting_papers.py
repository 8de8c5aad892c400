"""The papers of a sitting: notice (会议通知), sign-in sheet (签到表), minutes (会议纪要)."""

from typing import Any

from django.utils import timezone, translation

from yishi.common_ground.floor import Ground
from yishi.deliberation.models import (
    Intervention,
    Minutes,
    Presence,
    Recess,
    Seat,
    Sitting,
    Statement,
    StatementEdition,
)
from yishi.deliberation.process.schema import read_document
from yishi.deliberation.services.chairing import interventions_of
from yishi.deliberation.services.fairness import Fairness, fairness_of
from yishi.deliberation.services.stances import room_floor
from yishi.formats.paper import Block, Facts, Heading, Paper, Signature, Table, Text
from yishi.web.deliberation.sittings.sitting_story import set_aside
from yishi.web.kit.press import (
    CHINESE,
    chinese_day,
    chinese_moment,
    clock_time,
    foot,
    ordinal_word,
)

from .ballots_kept import ballot_blocks
from .read_back import ReadBack, read_back

BLANK_ROWS = 6


def held_seats(sitting: Sitting) -> list[Seat]:
    """The seats that are held in the sitting's matter: by role, within a role by party."""
    seats = Seat.objects.filter(matter=sitting.matter, state__in=Seat.LIVE, ended_on__isnull=True)
    held = list(seats.select_related("person", "party", "body"))
    order = {role: place for place, role in enumerate(Seat.Role.values)}
    return sorted(held, key=lambda seat: (order[seat.role], seat.party.ordinal if seat.party else 0, str(seat.pk)))


def name_of(seat: Seat) -> str:
    return seat.person.name or "（未留姓名）"


def whose(seat: Seat) -> str:
    """The party or body for which somebody sits."""
    names = [seat.party.name if seat.party else "", seat.body.name if seat.body else ""]
    return "、".join(dict.fromkeys(name for name in names if name))


def role_of(seat: Seat, classes: dict[str, str]) -> str:
    """The name of the seat's class in the process model (`classes`: code → name), else its role."""
    return classes.get(seat.seat_class) or seat.get_role_display()


def where_of(sitting: Sitting) -> str:
    venue = sitting.venue
    if venue is None:
        return sitting.where
    return " ".join(part for part in (venue.name, venue.address, sitting.where) if part)


def notice_paper(sitting: Sitting) -> Paper:
    """The notice, addressed to everybody who holds a seat."""
    with translation.override(CHINESE):
        matter = sitting.matter
        classes = {seat.code: seat.name for seat in read_document(matter.process.document).seats}
        number = f"{matter.number}-通知-{sitting.ordinal}"
        seats = held_seats(sitting)
        blocks: list[Block] = [
            Text("各有关单位、各位参会人员：", indent=False),
            Text(
                f"经研究，定于{chinese_moment(sitting.starts_at, weekday=True)}就“{matter.title}”"
                "召开协商会议。现通知如下："
            ),
            Heading("一、时间"),
            Text(chinese_moment(sitting.starts_at, weekday=True)),
            Heading("二、地点"),
            Text(where_of(sitting)),
            Heading("三、议程"),
            Text(sitting.agenda or "（一）通报情况；（二）提问；（三）答复；（四）各方发言、逐条表态。"),
            Heading("四、参会人员"),
            Table(
                [("序号", 0.7), ("姓名", 1.6), ("身份", 1.6), ("代表方（单位）", 3.2)],
                [
                    [str(place), name_of(seat), role_of(seat, classes), whose(seat)]
                    for place, seat in enumerate(seats, start=1)
                ],
            ),
            Heading("五、有关事项"),
            Text(
                "请准时参会。不能参加的，请及时告知召集单位并说明原因，以便另行安排。"
                "没有手机的，可在现场口头表态，由记录人如实记录。"
            ),
        ]
        if sitting.short_notice_reason:
            blocks.append(Text(f"本次通知提前时间较短，原因：{sitting.short_notice_reason}"))
        blocks.append(Signature([matter.convener.name, chinese_day(sitting.notice_given_on or timezone.localdate())]))
        return Paper(f"关于召开“{matter.title}”协商会议的通知", blocks, number, foot(number))


def sign_in_data(sitting: Sitting) -> dict[str, Any]:
    """What the sign-in sheet shows: every seat, and rows for who comes unannounced. Times are written in by hand."""
    with translation.override(CHINESE):
        matter = sitting.matter
        classes = {seat.code: seat.name for seat in read_document(matter.process.document).seats}
        number = f"{matter.number}-签到-{sitting.ordinal}"
        rows = [
            [str(place), name_of(seat), role_of(seat, classes), whose(seat), "", "", ""]
            for place, seat in enumerate(held_seats(sitting), start=1)
        ]
        rows += [[str(place), "", "", "", "", "", ""] for place in range(len(rows) + 1, len(rows) + 1 + BLANK_ROWS)]
        facts = [
            ["事项", f"{matter.title}（{matter.number}）"],
            ["时间", chinese_moment(sitting.starts_at, weekday=True)],
            ["地点", where_of(sitting)],
        ]
        return {"title": "协商会议签到表", "facts": facts, "rows": rows, "foot": foot(number)}


def minutes_paper(sitting: Sitting, minutes: Minutes | None) -> Paper:
    """The minutes: who was there from when to when, what was put to the room, where each party stands, the text."""
    with translation.override(CHINESE):
        matter = sitting.matter
        number = minutes.number if minutes else f"{matter.number}-纪要-{sitting.ordinal}"
        chair = next((seat for seat in held_seats(sitting) if seat.role == Seat.Role.CHAIR), None)
        writers = [name_of(seat) for seat in held_seats(sitting) if seat.role == Seat.Role.SECRETARY]
        span = chinese_moment(sitting.opened_at or sitting.starts_at, weekday=True)
        if sitting.closed_at:
            span += f"至{clock_time(sitting.closed_at)}"
        facts = [("时间", span), ("地点", where_of(sitting)), ("主持", name_of(chair) if chair else "")]
        facts += [("记录", "、".join(writers))] if writers else []
        recesses = [_recess_said(recess) for recess in sitting.recesses.all()]
        facts += [("休会", "；".join(recesses))] if recesses else []
        facts += [("法定到会人数", f"{sitting.quorum} 人，开会时实到 {sitting.present_at_opening or 0} 人")]
        parts: list[tuple[str, list[Block]]] = [("出席情况", _attendance(sitting))]
        if minutes and minutes.text:
            parts.append(("议定事项", [Text(minutes.text)]))
        parts += [(item.title, [Text(item.notes)]) for item in sitting.items.exclude(notes="")]
        figures = fairness_of(sitting)
        parts += [("发言情况", [_speeches(figures)])] if figures.seconds else []
        log = [_intervention(one) for one in interventions_of(sitting)]
        parts += [("主持人介入情况", [Text("；".join(log) + "。")])] if log else []
        statements = _statements(sitting)
        if statements:
            parts.append(("各方表态", statements))
        ballots = ballot_blocks(sitting)
        parts += [("无记名投票", ballots)] if ballots else []
        heard = read_back(sitting) if minutes and minutes.edition == 1 else None
        parts += [("宣读与确认", _read_back(heard, minutes.unheard))] if heard and minutes else []
        blocks: list[Block] = [Facts(facts)]
        if minutes and minutes.edition > 1:
            before = minutes.replaced.get(edition=minutes.edition - 1)
            day = chinese_day(before.issued_at)
            said = f"本纪要为更正件（第{minutes.edition}版），代替{day}印发的第{before.edition}版。"
            blocks.append(Text(f"{said}更正原因：{minutes.correction}"))
        for place, (name, inside) in enumerate(parts, start=1):
            blocks += [Heading(f"{ordinal_word(place)}、{name}"), *inside]
        issued = minutes.issued_at if minutes else None
        day = chinese_day(issued) if issued else "（草稿，尚未印发）"
        blocks.append(Signature([matter.convener.name, day]))
        return Paper(f"“{matter.title}”协商会议纪要", blocks, number, foot(number))


def _attendance(sitting: Sitting) -> list[Block]:
    presences = Presence.objects.filter(sitting=sitting).select_related("seat__person", "seat__party", "seat__body")
    stays: dict[Seat, list[str]] = {}
    for presence in presences.order_by("arrived_at"):
        span = f"{clock_time(presence.arrived_at)}—{clock_time(presence.left_at)}"
        span += f"（{presence.left_why}）" if presence.left_why else ""
        stays.setdefault(presence.seat, []).append(span)
    came = {seat.pk for seat in stays}
    absent = [seat for seat in held_seats(sitting) if seat.pk not in came]
    order = {role: place for place, role in enumerate(Seat.Role.values)}
    present = sorted(stays, key=lambda seat: (order[seat.role], str(seat.pk)))
    sitting_ones = [seat for seat in present if seat.role != Seat.Role.OBSERVER]
    observers = [seat for seat in present if seat.role == Seat.Role.OBSERVER]
    table = Table(
        [("姓名", 1.5), ("身份", 1.3), ("代表方（单位）", 3), ("在场时间", 2)],
        [
            [name_of(seat), seat.get_role_display(), whose(seat), "、".join(stays[seat])]
            for seat in [*sitting_ones, *observers]
        ],
    )
    lists = [("出席", sitting_ones), ("列席", observers), ("请假或未到", absent)]
    return [
        Facts([(label, "、".join(map(name_of, seats)) or "无") for label, seats in lists]),
        *([table] if present else []),
    ]


def _statements(sitting: Sitting) -> list[Block]:
    blocks: list[Block] = []
    for statement, ground, parties in room_floor(sitting):
        blocks.append(Heading(f"（{ordinal_word(statement.ordinal)}）{statement.text}", level=2))
        blocks.append(
            Table(
                [("各方", 2.4), ("同意", 1), ("有条件接受", 1.3), ("反对", 1), ("弃权", 1)],
                [
                    [name, str(counts.agree), str(counts.conditional), str(counts.object), str(counts.abstain)]
                    for name, counts in parties
                ],
            )
        )
        names = {key: name for key, (name, _counts) in zip(ground.by_party, parties, strict=True)}
        blocks.append(Text(_undecided(statement) if statement.lacked_quorum else ground_words(ground, names)))
        if ground.conditions:
            said = [_condition_said(text, ground, names) for text in ground.conditions]
            blocks.append(Text("有条件接受的条件：" + "；".join(said) + "。"))
        if statement.minority_note:
            blocks.append(Text(f"不同意见（原话）：{statement.minority_note}"))
        blocks += [Text(_replaced(wording)) for wording in statement.replaced.all()]
    for statement in set_aside(sitting):
        heading = f"（{ordinal_word(statement.ordinal)}）{statement.text}"
        if statement.withdrawn_at is not None:
            blocks.append(Heading(f"{heading}（已撤回）", level=2))
            blocks.append(Text(f"撤回原因：{statement.withdrawn_reason}"))
        elif statement.merged_into is not None:
            blocks.append(Heading(f"{heading}（已并入第{statement.merged_into.ordinal}条）", level=2))
    return blocks


def _condition_said(text: str, ground: Ground, names: dict[str, str]) -> str:
    if not ground.asked or not ground.total.conditional:
        return text
    waiting = ground.waiting.get(text, ())
    return text + (f"（{'、'.join(names[key] for key in waiting)}尚未接受）" if waiting else "（其他各方均接受）")


def _replaced(wording: StatementEdition) -> str:
    until = f"第{wording.ordinal}稿（至{clock_time(wording.replaced_at)}）：{wording.text}"
    return until + ("（仅改正文字）" if wording.is_spelling else "")


def _read_back(said: ReadBack, unheard: str) -> list[Block]:
    """Who confirmed the text, and each objection in its own words."""
    lines: list[Block] = [Text(f"到会人员中{len(said.right)}人确认本纪要属实。")]
    for answer in said.objections:
        whose_seat = whose(answer.seat) or answer.seat.get_role_display()
        lines.append(Text(f"{name_of(answer.seat)}（{whose_seat}）的异议：{answer.objection}"))
    if said.silent:
        why = f"（提前印发的原因：{unheard}）" if unheard else ""
        lines.append(Text(f"未表态：{'、'.join(map(name_of, said.silent))}。{why}"))
    return lines


def _speeches(figures: Fairness) -> Table:
    """Time per party and per sex, as the chair saw it."""
    return Table(
        [("各方", 2.4), ("发言时间", 1.2), ("占比", 1), ("发言人数", 1.2), ("到会", 1), ("席位", 1)],
        [
            [share.name, share.time, f"{part}%", str(share.spoke), str(share.came), str(share.seats)]
            for share, part in figures.shares
        ],
    )


def _intervention(one: Intervention) -> str:
    towards = f"（{name_of(one.seat)}）" if one.seat else ""
    return f"{clock_time(one.at)}{one.get_kind_display()}{towards}" + (f"：{one.note}" if one.note else "")


def _recess_said(recess: Recess) -> str:
    ended = f"至{clock_time(recess.ended_at)}" if recess.ended_at else "起"
    if recess.resumes_at and recess.ended_at:
        ended = f"至{chinese_moment(recess.ended_at)}"
    return f"{clock_time(recess.began_at)}{ended}" + (f"（{recess.reason}）" if recess.reason else "")


def _undecided(statement: Statement) -> str:
    return f"结束时到会{statement.present}人，不足法定人数{statement.quorum}人，没有作出决定。"


def ground_words(ground: Any, names: dict[str, str]) -> str:
    """What every party shares, or what keeps it from being shared; counted, never estimated."""
    if ground.is_shared:
        return "各方都能接受。" if not ground.is_conditional else "各方都能接受，其中有的附条件。"
    parts = []
    if ground.objecting:
        parts.append("反对的有：" + "、".join(names[key] for key in ground.objecting))
    if ground.silent:
        parts.append("同意或有条件接受的未过半：" + "、".join(names[key] for key in ground.silent))
    if ground.asked and ground.waiting:
        parts.append("有条件尚待接受")
    return "尚未达成共同接受。" + "；".join(parts) + "。"
