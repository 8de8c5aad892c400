"""The plan of a family (一户一策帮扶计划) and the plan of a village as sheets to print, hang up and sign."""

from django.utils import timezone, translation

from yishi.assistance.pairing.models import VillagePlan
from yishi.assistance.register.models import Household
from yishi.commitments.models import Commitment
from yishi.formats.paper import Block, Facts, Heading, Paper, Signature, Table, Text
from yishi.web.kit.press import CHINESE, amount, chinese_day, foot
from yishi.web.kit.standing import standing_text

from .family_plan import FamilyPlan, MeasureLine, family_plan

MOST_VISITS = 5


def family_paper(household: Household) -> Paper:
    """Why, who helps, what until when, and what the family said. No identity number, no phone, no bank account."""
    with translation.override(CHINESE):
        plan = family_plan(household)
        blocks: list[Block] = [
            Facts(
                [
                    (label, fact)
                    for label, fact in (
                        ("户主", household.head.name),
                        ("户编号", household.number),
                        ("住址", household.place.full_name),
                        ("家庭人口", f"{household.size} 人"),
                        ("主要致贫原因", plan.main_cause),
                        ("其他原因", "、".join(plan.other_causes)),
                        ("结对帮扶", _helpers(plan)),
                        ("驻村工作队", _stationed(plan)),
                    )
                    if fact
                ]
            ),
            Heading("一、帮扶措施"),
            _measures(plan) if plan.lines else Text("尚未商定措施。"),
            Heading("二、最近走访"),
            _visits(plan) if plan.visits else Text("尚无走访记录。"),
            Text("以上措施，谁承诺、谁办理；办得怎样，由本户评价，不满意的重新办理。"),
            Signature(["户主签名：____________", chinese_day(timezone.localdate())]),
        ]
        return Paper("一户一策帮扶计划", blocks, household.number, foot(household.number))


def _helpers(plan: FamilyPlan) -> str:
    return "、".join(
        f"{helper['name']}（{helper['where']}）" if helper["where"] else helper["name"] for helper in plan.helpers
    )


def _stationed(plan: FamilyPlan) -> str:
    return "、".join(f"{team_member.person.name}（{team_member.get_role_display()}）" for team_member in plan.stationed)


def _measures(plan: FamilyPlan) -> Table:
    return Table(
        [("类别", 1.3), ("办什么", 2.6), ("谁来办", 1.7), ("何时办完", 1.6), ("农户评价", 1.3), ("结果", 1.6)],
        [
            [_group(line), _task(line), _bearer(line), _deadline(line), line.verdict_word, _result(line)]
            for line in plan.lines
        ],
        tall=True,
    )


def _group(line: MeasureLine) -> str:
    return str(line.measure.get_group_display())


def _task(line: MeasureLine) -> str:
    owed = line.commitment
    return "；".join(part for part in (owed.act, amount(owed.quantity, owed.unit)) if part)


def _bearer(line: MeasureLine) -> str:
    owed = line.commitment
    return f"{owed.bearer_person.name}（{owed.owes}）" if owed.bearer_person else owed.owes


def _deadline(line: MeasureLine) -> str:
    """The day by which it is due; struck off (销号), the day on which it was."""
    owed = line.commitment
    settled = owed.state == Commitment.State.STRUCK_OFF and owed.settled_on
    return f"{chinese_day(owed.settled_on)}销号" if settled else chinese_day(owed.due_on)


def _result(line: MeasureLine) -> str:
    return line.measure.result or line.done_words


def _visits(plan: FamilyPlan) -> Table:
    return Table(
        [("日期", 1.4), ("走访人", 1.6), ("情况", 3.4), ("商定", 2.6)],
        [
            [
                chinese_day(visit.on),
                "、".join(person.name for person in visit.visitors.all()),
                "；".join(part for part in (visit.found, visit.cause) if part),
                visit.agreed,
            ]
            for visit in plan.visits[:MOST_VISITS]
        ],
    )


def village_plan_paper(plan: VillagePlan) -> Paper:
    """What a village wants to live on, and who owes what for it."""
    with translation.override(CHINESE):
        promises = Commitment.within.filter(origin_kind=Commitment.Origin.VILLAGE_PLAN, origin_id=plan.pk)
        promises = promises.exclude(state=Commitment.State.DROPPED).select_related("bearer", "supervisor")
        lines = [
            [
                str(promise.ordinal),
                "；".join(part for part in (promise.act, amount(promise.quantity, promise.unit)) if part),
                promise.owes,
                chinese_day(promise.due_on),
                promise.supervisor.name,
                standing_text(promise),
            ]
            for promise in promises.order_by("ordinal")
        ]
        columns = [("序", 0.5), ("办什么", 3.0), ("谁来办", 1.8), ("何时办完", 1.7), ("谁来督", 1.8), ("进度", 1.2)]
        blocks: list[Block] = [
            Facts(
                [
                    ("村", plan.place.full_name),
                    ("起止", f"{chinese_day(plan.starts_on)}至{chinese_day(plan.ends_on)}"),
                ]
            ),
            Heading("一、目标"),
            Text(plan.aim),
            Heading("二、谁来办、何时办完"),
            Table(columns, lines) if lines else Text("尚未列入承诺事项。"),
            Signature([plan.desk.name if plan.desk else "", chinese_day(timezone.localdate())]),
        ]
        return Paper(plan.title, blocks, "", foot(""))
