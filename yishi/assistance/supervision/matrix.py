"""The matrix of a village (households × items), filled from the register, the checks and what is on the list."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, UUIDField

from yishi.assistance.checks.models import CheckFinding
from yishi.assistance.register.models import Household, MemberYear
from yishi.assistance.register.reads_then import facts_on
from yishi.database.gather import Given
from yishi.database.kept import kept_question
from yishi.organisations.models import Place

from .items import Item, read_pack
from .models import Finding, Round
from .reads import standing_by

TOGETHER = 60  # households of one question: a page
NOBODY = UUID(int=0)  # no household has this key
OF_PEOPLE: dict[str, tuple[str, Q]] = {  # item's fact of the register → what a person's year says of it
    "lack.school": ("student", ~Q(dropout_reason="")),
    "lack.medical": ("medical", Q(medical="none")),
}
At = tuple[UUID, str]  # a household and the code of an item


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as a cell says it: a village has hundreds, and a page shows no more of them."""

    pk: UUID
    words: str
    number: str  # in the ledger
    standing: str  # of STANDINGS, by its promise

    @property
    def is_open(self) -> bool:
        return self.standing == Finding.Standing.OPEN


@dataclass(slots=True)
class Cell:
    """What is known of one item of a household: a gap of the register, its people, what checks found, findings."""

    item: Item
    is_lacking: bool = False
    people: list[str] = field(default_factory=list)  # whom the register names for it
    rules: list[str] = field(default_factory=list)  # codes of logic checks
    findings: list[Found] = field(default_factory=list)

    @property
    def open_findings(self) -> list[Found]:
        return [found for found in self.findings if found.is_open]

    @property
    def is_gap(self) -> bool:
        """Does the register or a check point to something, and nothing is on the list yet?"""
        return (self.is_lacking or bool(self.rules)) and not self.findings


@dataclass(slots=True)
class Line:
    """A household of the matrix."""

    household: Household
    cells: list[Cell]


def households_of(village: Place) -> QuerySet[Household]:
    """The households of a village in the order of grid and paper: hamlet, group, number; those that left are not."""
    homes = Household.within.filter(place=village, left_on__isnull=True).select_related("head", "hamlet")
    return homes.order_by("hamlet__name", "group_name", "number", "pk")


def matrix_of(round: Round, homes: Sequence[Household], day: date) -> list[Line]:
    """The lines of these households: one query for each sixty of them."""
    items, known = read_pack(round.pack).some(round.items), _Known()
    for start in range(0, len(homes), TOGETHER):
        known.ask(round, items, [home.pk for home in homes[start : start + TOGETHER]], day)
    return [Line(home, [known.cell(home, item) for item in items]) for home in homes]


class _Known:
    """What is known of households, by household and item."""

    def __init__(self) -> None:
        self.lacking: set[At] = set()
        self.people: dict[At, list[str]] = defaultdict(list)
        self.rules: dict[At, list[str]] = defaultdict(list)
        self.findings: dict[At, list[Found]] = defaultdict(list)

    def cell(self, home: Household, item: Item) -> Cell:
        at = (home.pk, item.code)
        known = (self.people, self.rules, self.findings)
        people, rules, findings = ([*of.get(at, ())] for of in known)
        return Cell(item, at in self.lacking, people, rules, findings)

    def ask(self, round: Round, items: Sequence[Item], keys: Sequence[UUID], day: date) -> None:
        """At most TOGETHER households, by a question that is the same for every village and every round of these
        items: nothing of it hangs on who asks, for whoever reads a round's list reads its villages."""
        names = [f"home_{number}" for number in range(TOGETHER)]
        homes = [Given(name, UUIDField()) for name in names]
        question = kept_question(
            "matrix", (round.pack, tuple(round.items), day), lambda: _asked(items, homes, day), is_reached=False
        )
        filled = [*keys, *[NOBODY] * (TOGETHER - len(keys))]
        answer = question.answer(round=round.pk, **dict(zip(names, filled, strict=True)))
        of_lack = [item.code for item in items if item.lack]
        for home, *flags in answer.get("lacking", ()):
            self.lacking |= {(home, code) for code, lacks in zip(of_lack, flags, strict=True) if lacks}
        for item in items:
            for home, name in answer.get(f"people_{item.code}", ()):
                self.people[home, item.code].append(name)
        of_rule = _of_rule(items)
        for home, rule in answer.get("rules", ()):
            self.rules[home, of_rule[rule]].append(rule)
        for home, code, pk, words, number, state, merged_into in answer["findings"]:
            self.findings[home, code].append(Found(pk, words, number, standing_by(state, merged_into)))


def _of_rule(items: Sequence[Item]) -> dict[str, str]:
    """Rule of the logic checks → item."""
    return {rule: item.code for item in items for rule in item.rules}


def _asked(items: Sequence[Item], homes: Sequence[Any], day: date) -> dict[str, QuerySet[Any, Any]]:
    """What `_Known.ask` asks of the households whose keys stand in for `homes`."""
    asked: dict[str, QuerySet[Any, Any]] = {}
    if lacks := [item.lack for item in items if item.lack]:
        asked["lacking"] = facts_on(Household.within.filter(pk__in=homes), day, lacks)
    for item in items:
        if item.lack in OF_PEOPLE:
            asked[f"people_{item.code}"] = _people(item.lack, homes, day)
    if of_rule := _of_rule(items):
        waits = CheckFinding.within.filter(CheckFinding.waits(day), household__pk__in=homes, rule__in=sorted(of_rule))
        asked["rules"] = waits.order_by("rule").values_list("household", "rule").distinct()
    found = Finding.within.filter(round__pk=Given("round", UUIDField()), household__pk__in=homes)
    columns = ("household", "item", "pk", "words", "commitment__number", "commitment__state", "merged_into")
    asked["findings"] = found.order_by("found_on", "pk").values_list(*columns)
    return asked


def _people(lack: str, homes: Sequence[Any], day: date) -> QuerySet[Any, Any]:
    """Household and name of whom their last year that knows of it says that it is lacking."""
    column, says = OF_PEOPLE[lack]
    known = MemberYear.within.filter(year__lte=day.year).exclude(**{column: ""})
    later = known.filter(member=OuterRef("member"), year__gt=OuterRef("year"))
    said = known.filter(says, member__household__pk__in=homes, member__valid_to=None).exclude(Exists(later))
    return said.order_by("member").values_list("member__household", "member__person__name")
