"""What a giver gave and what became of it: each gift with the payments made from it, and what its fund did as a whole.

Money in a fund is one pot. Only a payment that names a gift is said to come from it; of everything else the sheet
tells what the whole fund paid, and says that it is the whole fund's.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yishi.assistance.register.models import Household
from yishi.assistance.register.reads import Typed, words_of
from yishi.database.reach import Reach
from yishi.kit.records import certain

from .models import Fund, FundMovement, Project
from .services.balances import FundMoney, fund_money

Kind, State = FundMovement.Kind, FundMovement.State
MOST = 500


@dataclass(slots=True)
class Gift:
    """One movement to a fund, and the counted payments that name it."""

    movement: FundMovement
    payments: list[FundMovement] = field(default_factory=list)

    @property
    def passed_on(self) -> int:
        return sum(payment.amount for payment in self.payments)

    @property
    def left(self) -> int:
        return self.movement.amount - self.passed_on


@dataclass(frozen=True, slots=True)
class FundUse:
    """A fund that the giver gave to, as a whole."""

    fund: Fund
    given: int  # by this giver, in fen
    money: FundMoney
    families: int
    seen: int  # of these families, by the viewer
    projects: int
    bodies: int


@dataclass(frozen=True, slots=True)
class GiverSheet:
    """What a giver gave and what became of it (see the module's text); sums in fen."""

    name: str
    received: list[Gift]
    mobilised: list[FundMovement]  # promised; never added to what arrived
    funds: list[FundUse]  # within the viewer's reach
    seen: set[UUID]  # households that the viewer may open
    is_cut: bool

    @property
    def total(self) -> int:
        return sum(gift.movement.amount for gift in self.received)

    @property
    def promised(self) -> int:
        return sum(movement.amount for movement in self.mobilised)

    @property
    def passed_on(self) -> int:
        return sum(gift.passed_on for gift in self.received)

    @property
    def payments(self) -> list[FundMovement]:
        return [payment for gift in self.received for payment in gift.payments]

    @property
    def families(self) -> int:
        """Distinct: a family that was helped twice is one."""
        return len({payment.household_id for payment in self.payments if payment.household_id})

    @property
    def pupils(self) -> int:
        return len({payment.pupil_id for payment in self.payments if payment.pupil_id})

    @property
    def projects(self) -> int:
        return len({payment.project_id for payment in self.payments if payment.project_id})

    @property
    def bodies(self) -> int:
        return len({payment.body_id for payment in self.payments if payment.body_id})


def gifts_of(movement: FundMovement) -> QuerySet[FundMovement]:
    """All counted gifts of whoever gave this one, within the viewer's reach: the same body, person, or written name."""
    if movement.giver_body_id:
        own = Q(giver_body=movement.giver_body_id)
    elif movement.giver_person_id:
        own = Q(giver_person=movement.giver_person_id)
    else:
        own = Q(giver_body=None, giver_person=None, giver_name=movement.giver_name)
    gifts = FundMovement.objects.filter(own, kind__in=(Kind.RECEIVED, Kind.MOBILISED), state=State.COUNTED)
    return gifts.select_related("fund__owner", "fund__place", "place").order_by("on", "recorded_at")


def giver_sheet(movement: FundMovement, year: str = "") -> GiverSheet:
    """The sheet of this movement's giver, of one year or of all. Payments count from wherever they were made; a
    family's number is known only to whom its file is open (`seen`)."""
    of_giver = gifts_of(movement)
    if year:
        of_giver = of_giver.filter(on__year=int(year))
    gifts = list(of_giver[: MOST + 1])
    received = {gift.pk: Gift(gift) for gift in gifts[:MOST] if gift.kind == Kind.RECEIVED}
    paid = FundMovement.within.filter(gift__in=list(received), kind=Kind.PAID, state=State.COUNTED)
    for payment in paid.select_related("project", "household", "pupil", "body", "place").order_by("on", "recorded_at"):
        received[certain(payment.gift_id)].payments.append(payment)
    homes = {payment.household_id for gift in received.values() for payment in gift.payments if payment.household_id}
    return GiverSheet(
        name=movement.giver,
        received=list(received.values()),
        mobilised=[gift for gift in gifts[:MOST] if gift.kind == Kind.MOBILISED],
        funds=_funds(list(received.values())),
        seen=set(Household.objects.filter(pk__in=homes).values_list("pk", flat=True)) if homes else set(),
        is_cut=len(gifts) > MOST,
    )


def years_of(movement: FundMovement) -> list[str]:
    """The years in which the giver of this movement gave, the newest first."""
    return [str(day.year) for day in gifts_of(movement).order_by().dates("on", "year", order="DESC")]


def _funds(gifts: list[Gift]) -> list[FundUse]:
    amounts: dict[UUID, int] = defaultdict(int)
    for gift in gifts:
        amounts[gift.movement.fund_id] += gift.movement.amount
    known = list(Fund.objects.filter(pk__in=list(amounts)).select_related("owner").order_by("name", "pk"))
    if not known:
        return []
    money = fund_money(fund.pk for fund in known)
    paid = FundMovement.within.filter(fund__in=known, kind=Kind.PAID, state=State.COUNTED).order_by()
    counts = {
        row["fund"]: row
        for row in paid.values("fund").annotate(
            families=Count("household", distinct=True),
            projects=Count("project", distinct=True),
            bodies=Count("body", distinct=True),
        )
    }
    mine = paid.filter(household__in=Household.objects.values("pk")).values("fund")
    seen = {row["fund"]: row["n"] for row in mine.annotate(n=Count("household", distinct=True))}
    nothing = {"families": 0, "projects": 0, "bodies": 0}
    uses = []
    for fund in known:
        row = counts.get(fund.pk, nothing)
        known_here = seen.get(fund.pk, 0)
        counted = (row["families"], known_here, row["projects"], row["bodies"])
        uses.append(FundUse(fund, amounts[fund.pk], money[fund.pk], *counted))
    return uses


def projects_like(typed: str | Typed, reach: Reach) -> QuerySet[Project]:
    """Projects that fit every word: number, name, place, or pairs of letters of their words. There are thousands."""
    projects = Project.objects.select_related("place", "responsible").order_by("-starts_on", "pk")
    words = words_of(typed)
    for word in words:
        name = word.in_words("name")
        projects = projects.filter(Q(number__finds=word.text) | name | word.in_words("words") | word.in_places())
    return projects if words else projects.none()
