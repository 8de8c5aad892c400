"""The agreement (协商意见书) and the supervision letter (督办单)."""

from django.utils import timezone, translation

from yishi.commitments.models import LedgerEvent
from yishi.deliberation.models import Agreement, Consent, Duty, Matter, Party
from yishi.formats.paper import Block, Facts, Heading, Paper, Signature, Table, Text
from yishi.web.kit.press import (
    CHINESE,
    amount,
    chinese_day,
    foot,
    ordinal_word,
)

from .sitting_papers import where_of


def agreement_paper(agreement: Agreement) -> Paper:
    """What was agreed, who does what by when proved how, what stayed disputed, and where each party signs."""
    with translation.override(CHINESE):
        matter = agreement.matter
        parties = list(matter.parties.all())
        parts: list[tuple[str, list[Block]]] = [
            ("协商事项", [Text(f"{matter.title}（{matter.number}）。{matter.summary}".strip())]),
            ("协商情况", [Text(_how(agreement, [party.name for party in parties]))]),
            ("协商意见", [Text(agreement.text)]),
        ]
        if agreement.conditions:
            parts.append(("附带条件", [Text(agreement.conditions)]))
        duties = list(agreement.duties.select_related("bearer", "bearer_party", "supervisor", "commitment"))
        if duties:
            parts.append(
                (
                    "承诺事项",
                    [_duties(duties), Text("以上事项，谁承诺、谁办理；由督办单位督促，由提出诉求的群众评价。")],
                )
            )
        if agreement.minority:
            parts.append(("保留的不同意见", [Text(agreement.minority)]))
        parts.append(("各方签字", [_consents(agreement, parties)]))
        blocks: list[Block] = []
        for place, (name, inside) in enumerate(parts, start=1):
            blocks += [Heading(f"{ordinal_word(place)}、{name}"), *inside]
        day = chinese_day(agreement.recorded_on) if agreement.recorded_on else "（草稿，尚未签署）"
        blocks.append(Signature([matter.convener.name, day]))
        return Paper("协商意见书", blocks, agreement.number, foot(agreement.number))


def _how(agreement: Agreement, parties: list[str]) -> str:
    names = "、".join(parties)
    sitting = agreement.sitting
    if sitting is None:
        return f"经会前沟通，{names}未召开会议即谈定以下意见。" if names else "经会前沟通，形成以下意见。"
    return f"{chinese_day(sitting.starts_at)}，在{where_of(sitting)}召开协商会议，{names}参加，形成以下意见。"


def _duties(duties: list[Duty]) -> Table:
    return Table(
        [("序", 0.5), ("办什么", 3.0), ("谁来办", 1.7), ("何时办完", 1.9), ("凭什么算办成", 1.9), ("谁来督", 1.7)],
        [
            [
                str(duty.ordinal),
                "；".join(
                    part
                    for part in (
                        duty.act,
                        amount(duty.quantity, duty.unit),
                        f"条件：{duty.conditions}" if duty.conditions else "",
                    )
                    if part
                ),
                duty.owes + (f"（责任人：{duty.responsible}）" if duty.responsible else ""),
                chinese_day(duty.due_on),
                duty.proof_expected,
                duty.supervisor.name if duty.supervisor else "",
            ]
            for duty in duties
        ],
    )


def _consents(agreement: Agreement, parties: list[Party]) -> Table:
    consents = {consent.party_id: consent for consent in agreement.consents.all()}
    rows = []
    for party in parties:
        consent = consents.get(party.pk)
        how = ""
        if consent is not None:
            how = "纸面签字" if consent.way == Consent.Way.PAPER else f"口头同意，见证人：{consent.witness}"
            how += f"（{consent.condition}）" if consent.condition else ""
        rows.append([party.name, how, ""])
    return Table([("各方", 2.2), ("同意方式", 2.6), ("签名（盖章）", 2.6)], rows, tall=True)


def letter_paper(event: LedgerEvent) -> Paper:
    """The supervision letter of one overdue promise: what is owed, since when, and what is expected now."""
    with translation.override(CHINESE):
        owed = event.commitment
        matter = Matter.within.filter(pk=owed.origin_id).first()
        late = (event.on - owed.due_on).days
        blocks: list[Block] = [
            Text(f"{owed.owes}：" + ("" if not owed.responsible else f"（责任人：{owed.responsible}）"), indent=False),
            Text(
                f"{'你单位' if owed.bearer_id else '你方'}承诺的下列事项已于{chinese_day(owed.due_on)}到期，"
                + (f"截至{chinese_day(event.on)}逾期 {late} 天，" if late > 0 else "")
                + "尚未办结。现予督办。"
            ),
            Facts(
                [
                    row
                    for row in (
                        ("承诺事项", owed.act),
                        ("数量", amount(owed.quantity, owed.unit)),
                        ("条件", owed.conditions),
                        ("承诺编号", owed.number),
                        ("来源", f"{matter.title}（{matter.number}）" if matter else ""),
                        ("原定时限", chinese_day(owed.first_due_on) if owed.first_due_on != owed.due_on else ""),
                        ("办结凭据", owed.proof_expected),
                        ("督办单位", owed.supervisor.name),
                    )
                    if row[1]
                ]
            ),
        ]
        if event.text:
            blocks += [Heading("督办意见"), Text(event.text)]
        blocks += [
            Heading("办理要求"),
            Text(
                "请在收到本单后五个工作日内书面答复办理情况，并到现场与群众见面。确有困难的，说明原因并提出新的时限，由督办单位决定。"
            ),
            Signature(
                [event.body.name if event.body else owed.supervisor.name, chinese_day(event.on or timezone.localdate())]
            ),
        ]
        number = event.number or owed.number
        return Paper("督 办 单", blocks, number, foot(number))
