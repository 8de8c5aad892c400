"""Two rounds of listing supervision in 绿春县, invented.

The first comes before the exit: 腊姑村 is listed by its incidence and visited, each gap is struck off, one after the
province coordinated it, and the round is closed. The second looks back after the exit, listed by hand: one gap waits
for the county, one for the works that the province coordinated, one was the same as another, and one was a villager's
worry.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from yishi.assistance.register.models import Household
from yishi.assistance.supervision.models import Finding, Lane, ListingRule, Round
from yishi.assistance.supervision.services.coordination import finding_coordinate
from yishi.assistance.supervision.services.findings import Gap, finding_merge, round_visit
from yishi.assistance.supervision.services.rounds import (
    listed_add,
    listing_rule_set,
    round_close,
    round_join,
    round_open,
)
from yishi.commitments.services import commitment_strike_off, proof_check, proof_give
from yishi.crossings.into_supervision import Listed, worry_supervise

from .course import raised
from .honghe import LAGU, LVCHUN
from .teller import Teller

FIRST, AGAIN = 230, 48  # days before today on which the rounds begin
LINE = "演示文件：贫困人口超过1000人或贫困发生率不低于10%的村，挂牌督战"
PLAN = "演示数据：逐村逐户、逐人逐项补短板。省级督战组蹲点一周，县乡同步整改，能现场解决的不过夜。"
BACK = "演示数据：脱贫后回头看。上一轮的问题逐条复核，新冒出来的随查随办。"
ITEMS = ("schooling", "medical", "housing", "water", "work", "income", "measures")
BEFORE = (  # family, item, what was seen, lane, who owes it, days to the due day
    (0, "schooling", "女儿寄宿生活补助上学期未到账", Lane.SPOT, "sanmeng", 3),
    (3, "housing", "土墙裂缝，雨季有险", Lane.COUNTY, "government/532531", 30),
    (5, "water", "水源点旱季断流，每天背水", Lane.PROVINCE, "government/532531", 60),
)
AFTER = (
    (1, "schooling", "孙子转学后教科书费没有退", Lane.SPOT, "sanmeng", 3),
    (5, "water", "新接的水管冬天冻裂，又断了几天", Lane.PROVINCE, "government/532531", 90),
    (2, "medical", "慢性病签约服务未落实", Lane.COUNTY, "government/532531", 60),
    (6, "water", "与车家共用水管，一起断水", Lane.COUNTY, "government/532531", 60),
)
WORRY = "村小学门口的水龙头坏了一个星期，孩子们喝不上热水。"


def told(t: Teller, homes: Sequence[Household]) -> None:
    """The line and the first round at the province, until it is closed with nothing open."""
    t.go_to(t.today - timedelta(days=FIRST))
    line = t.does(
        "province_clerk",
        listing_rule_set,
        place=t.cast.places["53"],
        level="village",
        poor_people=1000,
        incidence=Decimal(10),
        source=LINE,
    )
    rule = ListingRule.objects.get(pk=UUID(line.result["rule"]))
    round = _opened(t, "绿春县挂牌督战第一轮（演示）", PLAN, days=50, rule=rule)
    school, roof, water = _visited(t, round, homes, BEFORE)
    t.go_to(t.today - timedelta(days=FIRST - 8))
    _done(t, school, "sanmeng_clerk", "上学期生活补助已补发，附发放表")
    t.go_to(t.today - timedelta(days=FIRST - 20))
    said = "已商省级水利部门，列入抗旱应急水源工程，由县里组织施工"
    t.does("province_clerk", finding_coordinate, finding=_finding(water.pk), words=said)
    t.does("lvchun_second", finding_coordinate, finding=_finding(roof.pk), words="住建、民政联合安排加固资金")
    t.go_to(t.today - timedelta(days=FIRST - 40))
    _done(t, _finding(roof.pk), "lvchun_government", "加固完成，鉴定为B级")
    _done(t, _finding(water.pk), "lvchun_government", "应急水源已接通，旱季不断水")
    words = "三个问题全部销号，其中省级协调一件。"
    t.does("province_clerk", round_close, round=Round.objects.get(pk=round.pk), words=words)


def again(t: Teller, homes: Sequence[Household]) -> None:
    """The look back, under way today."""
    t.go_to(t.today - timedelta(days=AGAIN))
    round = _opened(t, "绿春县挂牌督战第二轮：脱贫后回头看（演示）", BACK, days=120)
    village = t.cast.places[LAGU]
    t.does("province_clerk", listed_add, round=round, place=village, reason="脱贫后回头看，上一轮挂牌的村")
    school, water, _medical, same = _visited(t, round, homes, AFTER)
    t.go_to(t.today - timedelta(days=AGAIN - 8))
    _done(t, school, "sanmeng_clerk", "教科书费已退，附签收单")
    t.does("province_clerk", finding_merge, finding=same, into=water, reason="同一根水管，一并解决")
    t.go_to(t.today - timedelta(days=AGAIN - 20))
    said = "已商省级水利部门，水管改为深埋，由县里组织施工"
    t.does("province_clerk", finding_coordinate, finding=_finding(water.pk), words=said)
    _brought(t, round)


def _brought(t: Teller, round: Round) -> None:
    """A villager's worry became a finding of the round."""
    village = t.cast.places[LAGU]
    t.go_to(t.today - timedelta(days=4))
    worry = raised(t, "v_lagu", "演示·村民亥", WORRY, "water", village)
    t.wait(1)
    listed = Listed(
        round=round,
        item="water",
        words=WORRY,
        lane=Lane.SPOT,
        bearer=t.cast.bodies["sanmeng"],
        due_on=t.today + timedelta(days=6),
    )
    t.does("lvchun_clerk", worry_supervise, worry=worry, listed=listed, reason="属于督战要看的饮水问题，限期修好。")


def _opened(t: Teller, name: str, plan: str, *, days: int, rule: ListingRule | None = None) -> Round:
    opened = t.does(
        "province_clerk",
        round_open,
        place=t.cast.places[LVCHUN],
        name=name,
        level="village",
        visits="fixed",
        plan=plan,
        starts_on=t.day,
        ends_on=t.day + timedelta(days=days),
        items=ITEMS,
        rule=rule,
    )
    round = Round.objects.select_related("place", "body", "leading").get(pk=UUID(opened.result["round"]))
    for key, role in (("leader", "leader"), ("honghe_clerk", "member"), ("lvchun_clerk", "member")):
        person = t.cast.people[key]
        t.does("province_clerk", round_join, round=round, person=person, role=role, valid_from=t.day)
    return round


def _visited(t: Teller, round: Round, homes: Sequence[Household], seen: Sequence[Any]) -> list[Finding]:
    here = [home for home in homes if home.place_id == t.cast.places[LAGU].pk]
    t.go_to(t.today - timedelta(days=(t.today - t.day).days - 6))
    coordinators = {Lane.PROVINCE: "office/53", Lane.COUNTY: "office/532531"}
    gaps = [
        Gap(
            item=item,
            words=words,
            lane=lane,
            bearer=t.cast.bodies[bearer],
            due_on=t.day + timedelta(days=days),
            household=here[number],
            coordinator=t.cast.bodies[coordinators[lane]] if lane in coordinators else None,
        )
        for number, item, words, lane, bearer, days in seen
    ]
    made = t.does(
        "leader",
        round_visit,
        round=round,
        place=t.cast.places[LAGU],
        on=t.day,
        households=len(here),
        note="逐户走到，多数户无新增缺项。",
        gaps=gaps,
    )
    return [_finding(UUID(key)) for key in made.result["findings"]]


def _done(t: Teller, finding: Finding, who: str, text: str) -> None:
    promise = finding.commitment
    t.does(who, proof_give, commitment=promise, text=text, done_on=t.day)
    t.does("province_clerk", proof_check, commitment=promise, accepted=True, finding="到户看过，属实", as_agreed=True)
    t.does("province_clerk", commitment_strike_off, commitment=promise, note="现场复核后销号")


def _finding(key: UUID) -> Finding:
    return Finding.within.select_related("commitment", "round", "household").get(pk=key)
