"""What is there: sums over movements and allotments that stand. None is stored; mobilised, received, paid stay apart.

free      = received - held ready for projects - paid to anybody else
in hand   = received - paid - waiting for a second person
for a project and a source: planned >= held ready >= paid
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from yishi.assistance.projects.models import (
    Allotment,
    Contract,
    Fund,
    FundMovement,
    PlannedMoney,
    Project,
)
from yishi.database.gather import gather

Kind, State = FundMovement.Kind, FundMovement.State


@dataclass(slots=True)
class FundMoney:
    """A fund's sums, in fen."""

    mobilised: int = 0
    received: int = 0
    paid: int = 0
    waiting: int = 0  # recorded as paid, not confirmed
    allotted: int = 0
    elsewhere: int = 0  # of paid and waiting, what went to no project

    @property
    def in_hand(self) -> int:
        return self.received - self.paid - self.waiting

    @property
    def free(self) -> int:
        return self.received - self.allotted - self.elsewhere


def fund_money(funds: Iterable[UUID]) -> dict[UUID, FundMoney]:
    """The sums of several funds by one query."""
    keys = list(funds)
    sums = {key: FundMoney() for key in keys}
    movements = FundMovement.within.filter(fund__in=keys, state__in=FundMovement.STANDING).order_by()
    held = Allotment.objects.filter(fund__in=keys, taken_back_at=None).order_by()
    told = gather(
        moved=movements.values_list("fund", "kind", "state").annotate(
            Sum("amount"), elsewhere=Sum("amount", filter=Q(project=None))
        ),
        held=held.values_list("fund").annotate(Sum("amount")),
    )
    for fund, kind, state, all_of_it, elsewhere in told["moved"]:
        money = sums[fund]
        if kind == Kind.MOBILISED:
            money.mobilised += all_of_it
        elif kind == Kind.RECEIVED:
            money.received += all_of_it
        else:
            money.elsewhere += elsewhere or 0
            if state == State.COUNTED:
                money.paid += all_of_it
            else:
                money.waiting += all_of_it
    for fund, amount in told["held"]:
        sums[fund].allotted = amount
    return sums


def money_of(fund: Fund) -> FundMoney:
    """The sums of one fund, in fen. Many are asked together: `fund_money`."""
    return fund_money([fund.pk])[fund.pk]


@dataclass(slots=True)
class Line:
    """What is planned, held ready (committed) and paid, in fen."""

    planned: int = 0
    allotted: int = 0
    paid: int = 0
    waiting: int = 0

    @property
    def left(self) -> int:
        """Held ready and neither paid nor on its way."""
        return self.allotted - self.paid - self.waiting

    def __iadd__(self, other: "Line") -> "Line":
        self.planned += other.planned
        self.allotted += other.allotted
        self.paid += other.paid
        self.waiting += other.waiting
        return self


@dataclass(slots=True)
class ProjectMoney:
    """A project's money by source and by fund."""

    sources: dict[str, Line] = field(default_factory=lambda: defaultdict(Line))
    funds: dict[UUID, Line] = field(default_factory=lambda: defaultdict(Line))
    contracts: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))  # contract → fen paid

    @property
    def total(self) -> Line:
        whole = Line()
        for line in self.sources.values():
            whole += line
        return whole


def projects_money(projects: Iterable[UUID]) -> dict[UUID, ProjectMoney]:
    """The sums of several projects by one query."""
    keys = list(projects)
    return money_from(keys, gather(**money_rows(keys)))


def money_rows(projects: list[UUID]) -> dict[str, QuerySet[Any, Any]]:
    """What `money_from` reads of several projects."""
    held = Allotment.objects.filter(project__in=projects, taken_back_at=None).order_by()
    paid = payments_standing().filter(project__in=projects).order_by()
    names = ("project", "fund", "fund__kind", "state", "contract")
    return {
        "planned": PlannedMoney.objects.filter(project__in=projects).values_list("project", "kind", "amount"),
        "held": held.values_list("project", "fund", "fund__kind").annotate(Sum("amount")),
        "paid": paid.values_list(*names).annotate(Sum("amount")),
    }


def money_from(projects: list[UUID], gathered: dict[str, Any]) -> dict[UUID, ProjectMoney]:
    """The sums of `projects` from the rows that `money_rows` asks for."""
    sums = {key: ProjectMoney() for key in projects}
    for project, kind, amount in gathered["planned"]:
        sums[project].sources[kind].planned += amount
    for project, fund, kind, amount in gathered["held"]:
        sums[project].sources[kind].allotted += amount
        sums[project].funds[fund].allotted += amount
    for project, fund, kind, state, contract, amount in gathered["paid"]:
        if contract and state == State.COUNTED:
            sums[project].contracts[contract] += amount
        for line in (sums[project].sources[kind], sums[project].funds[fund]):
            if state == State.COUNTED:
                line.paid += amount
            else:
                line.waiting += amount
    return sums


def project_money(project: Project) -> ProjectMoney:
    """The money of one project by its sources, in fen. Many are asked together: `projects_money`."""
    return projects_money([project.pk])[project.pk]


def payments_standing() -> QuerySet[FundMovement]:
    """Payments that are counted or wait for a second person: both bind money."""
    return FundMovement.within.filter(kind=Kind.PAID, state__in=FundMovement.STANDING)


def total(movements: QuerySet[Any]) -> int:
    """The sum of `amount` over rows, in fen."""
    return movements.aggregate(total=Sum("amount"))["total"] or 0


def contracts_signed(project: Project) -> int:
    """What the contracts that stand are worth together, in fen; those that ended early are left out."""
    return total(Contract.objects.filter(project=project, ended_at=None))
