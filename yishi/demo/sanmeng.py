"""三猛乡 as it was published: a leader paired with the county, ten stationed cadres, 56.2 and 5.8 million yuan,
28.5 km of road in ten hamlets of 腊姑村, a channel for the terraces, a college, a new variety of rice.

Families, names, days and how the sums are divided are invented; the totals are the published ones.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from yishi.assistance.pairing.models import (
    Match,
    Measure,
    Need,
    Offer,
    StationedTeam,
    VillagePlan,
    Visit,
)
from yishi.assistance.pairing.services.matches import match_answer, match_propose
from yishi.assistance.pairing.services.measures import measure_agree, measure_done, measure_hear
from yishi.assistance.pairing.services.needs import need_state, offer_make
from yishi.assistance.pairing.services.pairing import PairingRow, pairing_make
from yishi.assistance.pairing.services.teams import team_join, team_open
from yishi.assistance.pairing.services.village_plans import village_plan_open, village_plan_promise
from yishi.assistance.pairing.services.visits import visit_log
from yishi.assistance.projects.models import (
    Contract,
    Fund,
    FundMovement,
    Project,
)
from yishi.assistance.projects.services.acceptance import project_accept
from yishi.assistance.projects.services.asked_works import Part, Quantity
from yishi.assistance.projects.services.building import (
    progress_report,
    project_approve,
    project_finish,
    project_start,
)
from yishi.assistance.projects.services.contracts import contract_sign, households_reach
from yishi.assistance.projects.services.funds import (
    allotment_make,
    fund_open,
    money_mobilise,
    money_receive,
)
from yishi.assistance.projects.services.payments import donation_record, payment_confirm, payment_record
from yishi.assistance.projects.services.projects import parts_of, project_open
from yishi.assistance.register.models import Household
from yishi.commitments.cases import Case
from yishi.commitments.models import Commitment
from yishi.commitments.services import outcome_state
from yishi.journal.act import SYSTEM
from yishi.people.models import Person
from yishi.people.services import account_demo

from .campaign import Help
from .honghe import LAGU, LISHU, LVCHUN, SANMENG
from .story_time import story_time
from .teller import Teller

YUAN = 100  # fen
FISCAL, SOCIAL = 56_200_000 * YUAN, 5_800_000 * YUAN  # published
ROAD = ("3.2", "2.8", "3.5", "2.4", "2.9", "3.1", "2.6", "2.7", "2.5", "2.8")  # 28.5 km (published) in ten hamlets
HAMLETS = tuple(f"腊姑{number}组" for number in "一二三四五六七八九十")
CADRES = 10  # published: ten stationed, among them the first secretary and the team leader


def told(t: Teller, help: Help, families: Sequence[Household]) -> None:
    here = [family for family in families if family.place_id == t.cast.places[LAGU].pk]
    there = [family for family in families if family.place_id == t.cast.places[LISHU].pk]
    paired(t, help, here, there)
    fiscal = money(t, help)
    road(t, help, fiscal, here)
    channel(t, help, fiscal)
    given(t, help, here)
    visited(t, help, here)
    lives_on(t, help)
    needed(t, here)


def paired(t: Teller, help: Help, here: Sequence[Household], there: Sequence[Household]) -> None:
    """The leader and the county, a college and the village, cadres and members and families; the stationed team."""
    since = help.begins + timedelta(days=3)
    t.go_to(since)
    cast = t.cast
    wanted: list[tuple[str, PairingRow]] = [
        ("province_clerk", PairingRow(cast.people["leader"], cast.places[LVCHUN], since, kind="leader")),
        ("lvchun_clerk", PairingRow(cast.bodies["college"], cast.places[LAGU], since)),
        *(("lvchun_clerk", PairingRow(cast.people["helper"], family, since)) for family in here[:3]),
        *(("lvchun_clerk", PairingRow(cast.people["lagu_head"], family, since)) for family in here[3:6]),
        ("lvchun_clerk", PairingRow(cast.people["doctor"], here[6], since)),
        *(("qiaojia_clerk", PairingRow(cast.people["lishu_head"], family, since)) for family in there[:3]),
    ]
    for who, row in wanted:
        t.does(who, pairing_make, row=row)
    receipt = t.does("lvchun_clerk", team_open, place=cast.places[LAGU], name="腊姑村驻村工作队", valid_from=since)
    team = StationedTeam.within.get(pk=UUID(receipt.result["team"]))
    for number in range(CADRES):
        role = ("first_secretary", "team_leader")[number] if number < 2 else "member"
        receipt = t.does(
            "lvchun_clerk",
            team_join,
            team=team,
            role=role,
            valid_from=since,
            name=f"演示·驻村{'甲乙丙丁戊己庚辛壬癸'[number]}",
            sent_by=cast.bodies["office/53" if number == 0 else "government/532531"],
        )
        if number == 0:
            cast.people["secretary"] = Person.within.get(pk=UUID(receipt.result["person"]))
            with story_time(t.moment):
                account_demo(by=SYSTEM, person=cast.people["secretary"], username="demo-secretary")


def money(t: Teller, help: Help) -> Fund:
    """Fiscal and social money: decided, then arrived in three parts. Gives the fiscal fund."""
    funds = {}
    for name, kind, total, source in (
        ("三猛乡项目资金", "fiscal", FISCAL, "财政专项（演示）"),
        ("三猛乡社会帮扶资金", "donation", SOCIAL, "社会各界（演示）"),
    ):
        t.go_to(help.begins + timedelta(days=40))
        fund = _fund(t, help, name, kind)
        t.does("lvchun_clerk", money_mobilise, fund=fund, giver=source, amount=total, on=t.day, bill=f"{kind}-批复")
        for number, share in enumerate((50, 30, 20)):
            t.go_to(help.starts[number] + timedelta(days=70))
            t.does(
                "lvchun_clerk",
                money_receive,
                fund=fund,
                giver=source,
                amount=total * share // 100,
                on=t.day,
                bill=f"{kind}-{number + 1:03d}",
            )
        funds[kind] = fund
    return funds["fiscal"]


def _fund(t: Teller, help: Help, name: str, kind: str) -> Fund:
    receipt = t.does(
        "lvchun_clerk",
        fund_open,
        owner=t.cast.bodies["office/532531"],
        name=name,
        kind=kind,
        place=t.cast.places[SANMENG],
        campaign=help.campaign,
    )
    return Fund.within.get(pk=UUID(receipt.result["fund"]))


def _project(t: Teller, help: Help, days: int, **said: Any) -> Project:
    """Written down by the township, approved by the county's office."""
    t.go_to(help.begins + timedelta(days=days))
    said = {"campaign": help.campaign, "responsible": t.cast.bodies["sanmeng"], **said}
    receipt = t.does("sanmeng_clerk", project_open, **said)
    project = Project.within.get(pk=UUID(receipt.result["project"]))
    t.wait(5)
    t.does(
        "lvchun_clerk",
        project_approve,
        project=project,
        on=t.day,
        acceptor=t.cast.bodies["roads/532531"],
        paper="演示批复",
    )
    return Project.within.get(pk=project.pk)


def _pay(t: Teller, fund: Fund, to: Any, amount: int, bill: str, **more: Any) -> None:
    """One person records, another confirms."""
    receipt = t.does("lvchun_clerk", payment_record, fund=fund, to=to, amount=amount, on=t.day, bill=bill, **more)
    movement = FundMovement.within.get(pk=UUID(receipt.result["movement"]))
    t.does("lvchun_second", payment_confirm, movement=movement)


def road(t: Teller, help: Help, fund: Fund, here: Sequence[Household]) -> None:
    """28.5 km in ten hamlets, from plan to acceptance."""
    planned, contracted = 15_675_000 * YUAN, 15_390_000 * YUAN
    lagu = t.cast.places[LAGU]
    parts = [Part(name, Decimal(km)) for name, km in zip(HAMLETS, ROAD, strict=True)]
    project = _project(
        t,
        help,
        75,
        name="腊姑村十个村民小组道路硬化",
        place=lagu,
        kind="road",
        starts_on=help.begins + timedelta(days=90),
        ends_on=help.begins + timedelta(days=560),
        quantities=[Quantity("硬化道路", "公里", parts)],
        money={"fiscal": planned},
        words="路面宽 3.5 米，混凝土硬化（宽度为演示）",
    )
    t.does("lvchun_clerk", allotment_make, fund=fund, project=project, amount=planned, on=t.day, paper="演示资金文")
    t.wait(8)
    receipt = t.does(
        "sanmeng_clerk",
        contract_sign,
        project=project,
        number="演示-路-01",
        contractor=t.cast.bodies["builder"],
        amount=contracted,
        signed_on=t.day,
        what="十个小组道路硬化",
    )
    contract = Contract.objects.get(pk=UUID(receipt.result["contract"]))
    t.wait(5)
    t.does("sanmeng_clerk", project_start, project=project, on=t.day)
    lines = parts_of(project)
    for number, (share, paid) in enumerate(((40, 40), (75, 35), (100, 20))):
        t.go_to(help.begins + timedelta(days=230 + 140 * number))
        done = {line.pk: Decimal(line.planned) * share / 100 / 1000 for line in lines}
        done = {key: amount.quantize(Decimal("0.001")) for key, amount in done.items()}
        t.does("sanmeng_clerk", progress_report, project=project, done=done, on=t.day)
        _pay(t, fund, project, contracted * paid // 100, f"路-{number + 1}", contract=contract)
    t.wait(10)
    t.does("sanmeng_clerk", project_finish, project=project, on=t.day)
    t.wait(15)
    t.does(
        "lvchun_roads",
        project_accept,
        project=project,
        body=t.cast.bodies["roads/532531"],
        on=t.day,
        result="passed",
        words="十个小组逐条量过，合计 28.5 公里，路面合格。",
        found={line.pk: Decimal(line.planned) / 1000 for line in lines},
    )
    t.does("lvchun_clerk", households_reach, project=project, households=here, unnamed=312)
    t.does(
        "lvchun_clerk",
        outcome_state,
        case=Case(Commitment.Origin.PROJECT, project),
        sort="amount",
        what="连通的村组",
        unit="个",
        after=Decimal(18),
        on=t.day,
        source="据公开报道（日期为演示）",
    )


def channel(t: Teller, help: Help, fund: Fund) -> None:
    """A channel for the terraces, still under construction."""
    planned = 8_600_000 * YUAN
    project = _project(
        t,
        help,
        400,
        name="腊姑梯田灌溉水渠",
        place=t.cast.places[LAGU],
        kind="irrigation",
        starts_on=help.begins + timedelta(days=420),
        ends_on=t.today + timedelta(days=60),
        quantities=[Quantity("水渠", "公里", [Part("上段", Decimal("4.2")), Part("下段", Decimal("3.6"))])],
        money={"fiscal": planned},
    )
    t.does("lvchun_clerk", allotment_make, fund=fund, project=project, amount=planned, on=t.day, paper="演示资金文")
    t.wait(10)
    t.does("sanmeng_clerk", project_start, project=project, on=t.day)
    upper, lower = parts_of(project)
    t.go_to(t.today - timedelta(days=30))
    t.does(
        "sanmeng_clerk",
        progress_report,
        project=project,
        done={upper.pk: Decimal("4.2"), lower.pk: Decimal("1.5")},
        on=t.day,
    )
    _pay(t, fund, project, 5_100_000 * YUAN, "渠-1")


def given(t: Teller, help: Help, here: Sequence[Household]) -> None:
    """A member's donation passes through the fund to a pupil's family, with its bill; a second person confirms."""
    t.go_to(t.today - timedelta(days=100))
    receipt = t.does(
        "lvchun_clerk",
        donation_record,
        fund=_fund(t, help, "委员助学金", "member"),
        giver=t.cast.people["teacher"],
        amount=6_000 * YUAN,
        on=t.day,
        bill="捐-001",
        to=here[0],
        payment_bill="助学-001",
        words="助学金",
    )
    payment = FundMovement.within.get(pk=UUID(receipt.result["payment"]))
    t.does("lvchun_second", payment_confirm, movement=payment)


def visited(t: Teller, help: Help, here: Sequence[Household]) -> None:
    """Visits with what was found and agreed; measures from promised to judged by the family."""
    visits = (
        (
            "helper",
            here[0],
            "女儿上初中，每学期车费和生活费吃紧",
            "缺稳定收入",
            "education",
            "落实助学金",
            "done",
        ),
        ("helper", here[1], "会种红米，不会卖", "没有销路", "industry", "对接一家超市收红米", "done"),
        ("lagu_head", here[3], "想养黑山羊，缺本钱", "缺启动资金", "finance", "协助办小额信贷", "open"),
        ("doctor", here[6], "母亲高血压，药常断", "离卫生院远", "health", "每月送一次药，签家庭医生", "heard"),
    )
    for number, (who, household, said, cause, group, act, how) in enumerate(visits):
        t.go_to(t.today - timedelta(days=160 - 20 * number))
        receipt = t.does(who, visit_log, household=household, on=t.day, met="户主", found=said, cause=cause, agreed=act)
        visit = Visit.within.get(pk=UUID(receipt.result["visit"]))
        bearer = "lagu" if who == "lagu_head" else "committee/532531"
        receipt = t.does(
            who,
            measure_agree,
            household=household,
            group=group,
            act_text=act,
            due_on=t.day + timedelta(days=120 if how == "open" else 60),
            bearer=t.cast.bodies[bearer],
            visit=visit,
            proof_expected="户主签字",
        )
        measure = Measure.within.get(pk=UUID(receipt.result["measure"]))
        if how != "open":
            t.wait(20)
            t.does(who, measure_done, measure=measure, text="已办，票据在村委会", done_on=t.day)
        if how == "heard":
            t.wait(5)
            t.does(
                "secretary",
                measure_hear,
                measure=measure,
                value="satisfied",
                text="药按月送来了",
                result="三个月没断过药",
            )
    for number, household in enumerate(here[:4]):
        t.go_to(t.today - timedelta(days=25 - number))
        t.does("secretary", visit_log, household=household, on=t.day, met="户主夫妇", found="家里都好，路通了出门方便")


def lives_on(t: Teller, help: Help) -> None:
    """The village's plan: what it wants to live on, as promises."""
    t.go_to(help.starts[2] + timedelta(days=20))
    receipt = t.does(
        "lagu_head",
        village_plan_open,
        place=t.cast.places[LAGU],
        title="腊姑村产业发展规划",
        aim="梯田红米换新品种，公布的结果是每户增收 2400 元；再把茶叶和黑山羊做起来。",
        starts_on=t.day,
        ends_on=t.today + timedelta(days=700),
    )
    plan = VillagePlan.within.get(pk=UUID(receipt.result["plan"]))
    for text, bearer, amount, unit in (
        ("新品种红米种到 600 亩", "farming/532531", "600", "亩"),
        ("红米由公司按保底价收购", "rice", "120", "吨"),
    ):
        t.does(
            "lvchun_clerk",
            village_plan_promise,
            plan=plan,
            act_text=text,
            bearer=t.cast.bodies[bearer],
            due_on=t.today + timedelta(days=150),
            proof_expected="验收单或过磅单",
            quantity=Decimal(amount),
            unit=unit,
        )
    t.wait(30)
    t.does(
        "lagu_head",
        outcome_state,
        case=Case(Commitment.Origin.VILLAGE_PLAN, plan),
        sort="change",
        what="种新品种红米，户均增收",
        unit="元",
        after=Decimal(2400),
        on=t.day,
        source="据公开报道（日期为演示）",
    )


def needed(t: Teller, here: Sequence[Household]) -> None:
    """What people lack and what others can give: one pair agreed, one offer idle, two needs not met."""
    t.go_to(t.today - timedelta(days=55))
    lagu = t.cast.places[LAGU]
    needs = []
    for kind, said, household in (
        ("sales", "八百斤茶叶要找买家", here[5]),
        ("skill", "想学嫁接技术", here[1]),
        ("goods", "村小学缺一百套冬被", None),
    ):
        receipt = t.does(
            "lagu_head", need_state, kind=kind, words=said, place=lagu, household=household, is_shared=True
        )
        needs.append(Need.within.get(pk=UUID(receipt.result["need"])))
        t.wait(2)
    offers = []
    for who, kind, said in (
        ("helper", "sales", "公司食堂每年要一吨茶叶和红米"),
        ("doctor", "labour", "每季度一次义诊"),
    ):
        receipt = t.does(who, offer_make, kind=kind, words=said, place=t.cast.places[LVCHUN])
        offers.append(Offer.within.get(pk=UUID(receipt.result["offer"])))
    receipt = t.does("lvchun_clerk", match_propose, need=needs[0], offer=offers[0], due_on=t.today + timedelta(days=30))
    match = Match.within.get(pk=UUID(receipt.result["match"]))
    t.wait(1)
    t.does("helper", match_answer, match=match, accepted=True)
