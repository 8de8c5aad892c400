"""A round of listing supervision in 绿春县, invented: 腊姑村 is listed by its incidence and visited, its gaps are owed.

One is struck off, one was coordinated by the province, one waits for the county, one was the same as another."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from yishi.assistance.register.models import Household
from yishi.assistance.supervision.models import Finding, Lane, ListingRule, Round
from yishi.assistance.supervision.services.coordination import finding_coordinate
from yishi.assistance.supervision.services.findings import Gap, finding_merge, round_visit
from yishi.assistance.supervision.services.rounds import listing_rule_set, round_join, round_open
from yishi.commitments.services import commitment_strike_off, proof_check, proof_give

from .honghe import LAGU, LVCHUN
from .teller import Teller

SINCE = 48  # days before today
LINE = "演示文件：贫困人口超过1000人或贫困发生率不低于10%的村，挂牌督战"
PLAN = "演示数据：逐村逐户、逐人逐项补短板。省级督战组蹲点一周，县乡同步整改，能现场解决的不过夜。"
ITEMS = ("schooling", "medical", "housing", "water", "work", "income", "measures")
FOUND = (  # family, item, what was seen, lane, who owes it, days to the due day
    (0, "schooling", "女儿寄宿生活补助上学期未到账", Lane.SPOT, "sanmeng", 3),
    (5, "water", "水源点旱季断流，每天背水", Lane.PROVINCE, "government/532531", 90),
    (2, "medical", "慢性病签约服务未落实", Lane.COUNTY, "government/532531", 60),
    (6, "water", "与车家共用水源点，旱季断流", Lane.COUNTY, "government/532531", 60),
)


def told(t: Teller, homes: Sequence[Household]) -> None:
    """The line and the round at the province, the visit, and what became of what it found."""
    here = [home for home in homes if home.place_id == t.cast.places[LAGU].pk]
    t.go_to(t.today - timedelta(days=SINCE))
    line = t.does(
        "province_clerk",
        listing_rule_set,
        place=t.cast.places["53"],
        level="village",
        poor_people=1000,
        incidence=Decimal(10),
        source=LINE,
    )
    opened = t.does(
        "province_clerk",
        round_open,
        place=t.cast.places[LVCHUN],
        name="绿春县挂牌督战第一轮（演示）",
        level="village",
        visits="fixed",
        plan=PLAN,
        starts_on=t.day,
        ends_on=t.day + timedelta(days=120),
        items=ITEMS,
        rule=ListingRule.objects.get(pk=UUID(line.result["rule"])),
    )
    round = Round.objects.get(pk=UUID(opened.result["round"]))
    for key, role in (("leader", "leader"), ("honghe_clerk", "member")):
        person = t.cast.people[key]
        t.does("province_clerk", round_join, round=round, person=person, role=role, valid_from=t.day)
    found = _visited(t, round, here)
    _settled(t, found)


def _visited(t: Teller, round: Round, here: Sequence[Household]) -> list[Finding]:
    t.go_to(t.today - timedelta(days=SINCE - 6))
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
        for number, item, words, lane, bearer, days in FOUND
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


def _settled(t: Teller, found: Sequence[Finding]) -> None:
    school, water, _medical, same = found
    t.go_to(t.today - timedelta(days=SINCE - 8))
    _done(t, school, "sanmeng_clerk", "上学期生活补助已补发，附发放表")
    t.does("province_clerk", finding_merge, finding=same, into=water, reason="同一水源点，一并解决")
    t.go_to(t.today - timedelta(days=SINCE - 20))
    said = "已商省级水利部门，列入抗旱应急水源工程，由县里组织施工"
    t.does("province_clerk", finding_coordinate, finding=_finding(water.pk), words=said)
    t.go_to(t.today - timedelta(days=5))
    _done(t, _finding(water.pk), "lvchun_government", "应急水源已接通，旱季不断水")


def _done(t: Teller, finding: Finding, who: str, text: str) -> None:
    promise = finding.commitment
    t.does(who, proof_give, commitment=promise, text=text, done_on=t.day)
    t.does("province_clerk", proof_check, commitment=promise, accepted=True, finding="到户看过，属实", as_agreed=True)
    t.does("province_clerk", commitment_strike_off, commitment=promise, note="现场复核后销号")


def _finding(key: UUID) -> Finding:
    return Finding.within.select_related("commitment", "round", "household").get(pk=key)
