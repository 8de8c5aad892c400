"""A round of supervision for tests: poor families in two villages, a line that lists one of them, a visit with gaps."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.assistance.families import family
from tests.cast import Cast
from yishi.assistance.campaign.services.stated import numbers_state
from yishi.assistance.register.models import Household, HouseholdStanding, HouseholdStay
from yishi.assistance.supervision.models import Finding, ListingRule, Round
from yishi.assistance.supervision.services.findings import Gap, round_visit
from yishi.assistance.supervision.services.rounds import listing_rule_set, round_join, round_open
from yishi.commitments.services import commitment_strike_off, proof_check, proof_give
from yishi.commitments.shown import proof_digest, proof_waiting

SINCE = date(2014, 1, 1)


def poor_family(place: Any, number: int, **changes: Any) -> Household:
    """A family that the register has as poor since 2014."""
    home = family(place, number, state="poor", kind="listed", exited_year=None, **changes)
    HouseholdStay.objects.create(household=home, place=place, valid_from=SINCE)
    HouseholdStanding.objects.create(household=home, state="poor", valid_from=SINCE)
    return home


@dataclass
class Supervised:
    """The county's office lists villages of more than 8 poor people: 牟尼村 has three families of four, 邻近村 one."""

    cast: Cast
    homes: list[Household] = field(default_factory=list)
    rule: Any = None
    round: Any = None
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.today = timezone.localdate()
        self.village, self.county = self.cast.places["牟尼村"], self.cast.places["牟定县"]

    def settle_in(self) -> "Supervised":
        self.homes = [
            poor_family(self.village, 301, house_grade="D"),
            poor_family(self.village, 302, water_is_safe=False),
            poor_family(self.village, 303),
        ]
        poor_family(self.cast.places["邻近村"], 304)
        return self

    def line(self, **given: Any) -> "Supervised":
        given = {"place": self.county, "level": "village", "poor_people": 8, "source": "州脱指〔2026〕1号", **given}
        receipt = listing_rule_set(actor=self.cast.viewer(given.pop("who", "clerk")), **given)
        self.rule = ListingRule.objects.get(pk=receipt.result["rule"])
        return self

    def open(self, **given: Any) -> "Supervised":
        given = {
            "place": self.county,
            "name": "示例督战第一轮",
            "level": "village",
            "visits": "team",
            "plan": "逐村逐户、逐人逐项过一遍。",
            "starts_on": self.today - timedelta(days=10),
            "ends_on": self.today + timedelta(days=50),
            "items": ["housing", "water", "schooling"],
            "rule": self.rule,
            **given,
        }
        receipt = round_open(actor=self.cast.viewer(given.pop("who", "clerk")), **given)
        self.round = Round.objects.select_related("place", "body", "leading").get(pk=receipt.result["round"])
        return self

    def join(self, who: str, role: str = "member", **given: Any) -> Any:
        given = {"person": self.cast.people[who], "valid_from": self.today - timedelta(days=10), **given}
        return round_join(actor=self.cast.viewer("clerk"), round=self.round, role=role, **given)

    def gap(self, item: str = "housing", home: int | None = 0, lane: str = "spot", **given: Any) -> Gap:
        given = {
            "words": "房屋墙体开裂",
            "bearer": self.cast.bodies["township"],
            "due_on": self.today + timedelta(days=20),
            "household": self.homes[home] if home is not None else None,
            "coordinator": self.cast.bodies["province_office"] if lane == "province" else None,
            **given,
        }
        if lane in ("county", "prefecture") and given["coordinator"] is None:
            given["coordinator"] = self.cast.bodies["office" if lane == "county" else "prefecture_office"]
        return Gap(item=item, lane=lane, **given)

    def visit(self, *gaps: Gap, who: str = "clerk", **given: Any) -> list[Finding]:
        given = {"place": self.village, "on": self.today, "households": len(self.homes), **given}
        receipt = round_visit(actor=self.cast.viewer(who), round=self.round, gaps=gaps, **given)
        made = [finding_of(key) for key in receipt.result["findings"]]
        self.findings += made
        return made

    def prove(self, finding: Finding, who: str = "bearer", text: str = "已加固并验收") -> None:
        actor = self.cast.viewer(who)
        proof_give(actor=actor, commitment=finding.commitment, text=text, done_on=self.today)

    def strike(self, finding: Finding, who: str = "clerk") -> Finding:
        actor, promise = self.cast.viewer(who), finding.commitment
        promise.refresh_from_db()
        waiting = proof_waiting(promise)
        shown = proof_digest(promise, waiting) if waiting else ""
        proof_check(actor=actor, commitment=promise, accepted=True, finding="现场看过", as_agreed=True, shown=shown)
        commitment_strike_off(actor=actor, commitment=promise, note="复核属实")
        return finding_of(finding.pk)


def stated(cast: Cast, what: str, values: dict[Any, int], place: Any, on: date | None = None) -> None:
    numbers_state(
        actor=cast.viewer("clerk"),
        place=place,
        what=what,
        values={each.pk: number for each, number in values.items()},
        on=on or timezone.localdate(),
        source="示例统计年鉴",
    )


def finding_of(key: Any) -> Finding:
    found = Finding.within.select_related("round", "commitment__bearer", "household__head", "place", "coordinator")
    return found.get(pk=key)


def supervised(cast: Cast) -> Supervised:
    """A round under way, in whose village nothing was found yet."""
    return Supervised(cast).settle_in().line().open()
