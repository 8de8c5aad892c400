"""Look-ups: the matrix of a village (households × items), filled from the register, the checks and what is found; the
lists of findings by state and lane."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from yishi.assistance.checks.models import CheckFinding
from yishi.assistance.register.models import Household, HouseholdMember, MemberYear
from yishi.assistance.register.reads_then import households_on
from yishi.commitments.models import Commitment
from yishi.database.reach import Reach, width
from yishi.database.unions import union_of
from yishi.organisations.models import Place, PlaceLevel, valid_on

from .items import Item, read_pack
from .models import Finding, Round, RoundMember

S = Commitment.State
A_COUNTY = 400  # places
A_PREFECTURE = 3_000  # places: what is counted or filtered there is still found by its place
MOST_SPANS = 200  # in one question: both databases limit how deep a condition is

# How a finding stands, each finding in exactly one of them.
STANDINGS: dict[str, Q] = {name: Q(standing=name) for name in Finding.Standing.values}
OF_PEOPLE: dict[str, tuple[str, Q]] = {  # item's fact of the register → what a person's year says of it
    "lack.school": ("student", ~Q(dropout_reason="")),
    "lack.medical": ("medical", Q(medical="none")),
}


def standing_of(finding: Finding) -> str:
    """Which of STANDINGS it is in, by its promise."""
    if finding.commitment.state in Commitment.OPEN:
        return "open"
    if finding.commitment.state == S.STRUCK_OFF:
        return "struck_off"
    return "merged" if finding.merged_into_id is not None else "ruled"


@dataclass(slots=True)
class Cell:
    """What is known of one item of a household: a gap of the register, its people, what checks found, findings."""

    item: Item
    is_lacking: bool = False
    people: list[str] = field(default_factory=list)  # whom the register names for it
    rules: list[str] = field(default_factory=list)  # codes of logic checks
    findings: list[Finding] = field(default_factory=list)

    @property
    def open_findings(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_open]

    @property
    def is_gap(self) -> bool:
        """Does the register or a check point to something, and nothing is on the list yet?"""
        return (self.is_lacking or bool(self.rules)) and not self.findings


@dataclass(slots=True)
class Line:
    """A household of the matrix."""

    household: Household
    cells: list[Cell]

    @property
    def is_clear(self) -> bool:
        return not any(cell.is_gap or cell.open_findings for cell in self.cells)


def households_of(village: Place) -> QuerySet[Household]:
    """The households of a village in the order of grid and paper: hamlet, group, number; those that left are not."""
    homes = Household.within.filter(place=village, left_on__isnull=True).select_related("head", "hamlet")
    return homes.order_by("hamlet__name", "group_name", "number", "pk")


def matrix_of(round: Round, village: Place, homes: Sequence[Household], day: date) -> list[Line]:
    """The lines of these households: as many queries for sixty as for one."""
    items = read_pack(round.pack).some(round.items)
    keys = [home.pk for home in homes]
    lacking = {
        item.code: set(households_on(Household.within.filter(pk__in=keys), day, item.lack).values_list("pk", flat=True))
        for item in items
        if item.lack and keys
    }
    people = _people(items, keys, day)
    rules = _rules(items, keys, day)
    findings: dict[tuple[UUID | None, str], list[Finding]] = defaultdict(list)
    for finding in with_promise(Finding.within.filter(round=round, household__in=keys)).order_by("found_on", "pk"):
        findings[finding.household_id, finding.item].append(finding)
    return [
        Line(
            home,
            [
                Cell(
                    item,
                    home.pk in lacking.get(item.code, ()),
                    people.get((home.pk, item.code), []),
                    rules.get((home.pk, item.code), []),
                    findings.get((home.pk, item.code), []),
                )
                for item in items
            ],
        )
        for home in homes
    ]


def _people(items: Iterable[Item], keys: Sequence[UUID], day: date) -> dict[tuple[UUID, str], list[str]]:
    """By household and item, of whom their last year that knows of it says that it is lacking."""
    named: dict[tuple[UUID, str], list[str]] = defaultdict(list)
    for item in items:
        if item.lack not in OF_PEOPLE:
            continue
        column, says = OF_PEOPLE[item.lack]
        years = MemberYear.within.filter(member__household__in=keys, member__valid_to=None, year__lte=day.year)
        last: dict[UUID, tuple[UUID, str, bool]] = {}
        rows = years.exclude(**{column: ""}).order_by("year", "member").values_list(
            "member", "member__household", "member__person__name", "dropout_reason", "medical"
        )  # fmt: skip
        for member, home, name, reason, medical in rows:
            last[member] = (home, name, bool(reason) if column == "student" else medical == "none")
        for home, name, is_lacking in last.values():
            if is_lacking:
                named[home, item.code].append(name)
    return named


def _rules(items: Iterable[Item], keys: Sequence[UUID], day: date) -> dict[tuple[UUID, str], list[str]]:
    of_rule = {rule: item.code for item in items for rule in item.rules}
    found = CheckFinding.within.filter(CheckFinding.waits(day), household__in=keys, rule__in=of_rule)
    rules: dict[tuple[UUID, str], list[str]] = defaultdict(list)
    for home, rule in found.order_by("rule").values_list("household", "rule"):
        if rule not in rules[home, of_rule[rule]]:
            rules[home, of_rule[rule]].append(rule)
    return rules


def findings_in(reach: Reach, by_place: int = A_COUNTY) -> QuerySet[Finding]:
    """What `Finding.objects` gives within `reach`, in a form that an index answers.

    Of at most `by_place` places the ids come first, each kind from its index. Of more (a prefecture, a province, or
    whoever runs a round of one) the newest are looked through: those of the reach come soon, unless they are filtered.
    """
    if reach.everything:
        return Finding.within.all()
    spans, rounds = [*reach.spans, *reach.villages], _rounds_of(reach)
    mine = [key for key, _lo, _hi in rounds]
    if max([width(spans), *(hi - lo for _key, lo, hi in rounds)]) <= by_place:
        there = Place.objects.filter(reach.places("", spans))
        parts = (
            Q(place__in=there.values("pk")),
            Q(round__in=mine),
            Q(coordinator__in=reach.bodies),
            Q(commitment__in=Commitment.within.filter(bearer__in=reach.bodies, origin_kind="finding").values("pk")),
        )
        return Finding.within.filter(pk__in=union_of([Finding.within.filter(part).values("pk") for part in parts]))
    findings = Finding.within.annotate(_lo=F("place__lo") + 0)
    condition = Q(round__in=mine) | Q(coordinator__in=reach.bodies) | Q(commitment__bearer__in=reach.bodies)
    for lo, hi in spans:
        condition |= Q(_lo__gte=lo, _lo__lte=hi)
    return findings.filter(condition)


def _rounds_of(reach: Reach) -> list[tuple[UUID, int, int]]:
    """The rounds that the viewer's desks run or lead, and those in whose team they are today; with their areas."""
    teams = RoundMember.objects.filter(
        valid_on(timezone.localdate()), person=reach.helper, person__isnull=False, round__state=Round.State.OPEN
    )
    mine = Q(body__in=reach.bodies) | Q(leading__in=reach.bodies) | Q(pk__in=teams.values("round"))
    return list(Round.objects.filter(mine).values_list("pk", "place__lo", "place__hi"))


def with_promise(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """With all that a line of a list shows."""
    return findings.select_related(
        "round", "place", "household__head", "member__person", "coordinator", "commitment__bearer", "merged_into"
    )


def sums_of(findings: QuerySet[Finding]) -> dict[str, dict[str, int]]:
    """Lane → standing → how many: together they are the whole list."""
    sums: dict[str, dict[str, int]] = {}
    lines: Any = findings.order_by().values_list("lane", "standing").annotate(Count("pk"))
    for lane, standing, count in lines:
        sums.setdefault(lane, dict.fromkeys(STANDINGS, 0))[standing] = count
    return sums


def villages_in(round: Round) -> QuerySet[Place] | list[Place]:
    """The villages of a round's list, in the order of places."""
    villages = Place.objects.filter(level=PlaceLevel.VILLAGE, closed_on=None).order_by("lo")
    listed = round.listed.filter(off_at=None)
    if round.level == PlaceLevel.VILLAGE:
        return villages.filter(pk__in=listed.values("place"))
    spans = sorted(listed.values_list("place__lo", "place__hi"))
    parts = (spans[start : start + MOST_SPANS] for start in range(0, len(spans), MOST_SPANS))
    return [village for part in parts for village in villages.filter(_within(part))]


def _within(spans: Iterable[tuple[int, int]]) -> Q:
    condition = Q(pk__in=[])
    for lo, hi in spans:
        condition |= Q(lo__range=(lo, hi))
    return condition


def told_of(round: Round, villages: Iterable[Place]) -> list[dict[str, Any]]:
    """Each of these villages with its findings (`all`, `open`) and its last visit (`visited`). Two queries."""
    villages = list(villages)
    keys = [village.pk for village in villages]
    counts: dict[UUID, Counter[str]] = defaultdict(Counter)
    found: Any = Finding.within.filter(round=round, place__in=keys).order_by().values_list("place", "standing")
    for place, standing, count in found.annotate(Count("pk")):
        counts[place][standing] += count
    visits = dict(round.made.filter(place__in=keys).order_by("on").values_list("place", "on"))
    return [
        {
            "place": village,
            "all": sum(counts[village.pk].values()),
            "open": counts[village.pk][Finding.Standing.OPEN],
            "visited": visits.get(village.pk),
        }
        for village in villages
    ]


def people_of(household: Household) -> list[HouseholdMember]:
    """Who belongs to a household today."""
    return list(
        HouseholdMember.within.filter(household=household, valid_to=None).select_related("person").order_by("pk")
    )
