"""The households of which a fact was true on a day, as their records say today: what a figure of the register opens
into. The same rules as in timeline.py, asked of the database."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from yishi.organisations.models import Place

from .facts import CAUSE, ETHNIC, LACK, STANDINGS
from .models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdStanding,
    HouseholdStay,
    HouseholdYear,
    MemberYear,
)
from .services.counting import DANGEROUS
from .timeline import ALL, NO_CAUSE, POOR, RETURNED, WATCHED


def households_on(
    households: QuerySet[Household], day: date, fact: str, place: Place | None = None
) -> QuerySet[Household]:
    """Those of `households` of which `fact` was true on `day`, and which lived within `place` then.

    Given a place, `lived` is the number (`lo`) of the village of each."""
    households = _registered(households, day)
    households = households.filter(_is_true(fact, day)) if fact != ALL else households
    return households if place is None else _living(households, day, place)


def facts_on(households: QuerySet[Household], day: date, facts: Iterable[str]) -> QuerySet[Any]:
    """Of each of `households` that was in the register on `day`: its key, then whether each of `facts` was true."""
    true = [Case(When(_is_true(fact, day), then=True), default=False, output_field=BooleanField()) for fact in facts]
    return _registered(households, day).values_list("pk", *true)


def _registered(households: QuerySet[Household], day: date) -> QuerySet[Household]:
    left = Q(left_on__isnull=True) | Q(left_on__gt=day)
    return households.filter(left & (Q(registered_on__lte=day) | Exists(_standings(day, began=True))))


def never_listed_on(households: QuerySet[Household], day: date, place: Place) -> QuerySet[Household]:
    """Those of `households` that were in the register and within `place` on `day`, and had never been poor by then."""
    return households_on(households, day, ALL, place).exclude(Exists(_standings(day, began=True)))


def people_by_place(households: QuerySet[Household], day: date, fact: str, area: Place) -> dict[int, int]:
    """The people of the households of which `fact` was true on `day`, by the number `lo` of the village within `area`
    where they lived then."""
    true: QuerySet[Any] = households_on(households, day, fact, area)
    there = Q(members__valid_from__lte=day) | Q(members__valid_from__lte=F("registered_on"))
    there &= Q(members__valid_to__isnull=True) | Q(members__valid_to__gte=day)
    counted: Any = true.order_by().values("lived").annotate(people=Count("members", filter=there, distinct=True))
    return dict(counted.values_list("lived", "people"))


def _living(households: QuerySet[Household], day: date, place: Place) -> QuerySet[Household]:
    span = (place.lo, place.hi)
    ever = HouseholdStay.objects.filter(place__in=Place.objects.filter(lo__range=span).values("pk"))
    stays = HouseholdStay.objects.filter(household=OuterRef("pk"))
    then = stays.filter(valid_from__lte=day).order_by("-valid_from").values("place__lo")[:1]
    first = stays.order_by("valid_from").values("place__lo")[:1]
    households = households.filter(pk__in=ever.values("household"))
    return households.annotate(lived=Coalesce(Subquery(then), Subquery(first))).filter(lived__range=span)


def _standings(day: date, state: Any = None, *, began: bool = False) -> QuerySet[HouseholdStanding]:
    """The standings of a household on a day; with `began` those that had begun, whether they were over or not."""
    standings = HouseholdStanding.objects.filter(household=OuterRef("pk"), valid_from__lte=day)
    if not began:
        standings = standings.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    return standings if state is None else standings.filter(state__in=state)


def _is_true(fact: str, day: date) -> Any:
    kind, _dot, code = fact.partition(".")
    if kind in STANDINGS and not code:
        return Exists(_standings(day, [kind]))
    if kind in STANDINGS and code.startswith(f"{ETHNIC}."):
        there = Q(valid_from__lte=day) | Q(valid_from__lte=F("household__registered_on"))
        members = HouseholdMember.within.filter(there, Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        people = members.filter(household=OuterRef("pk"), person__resident__ethnic=code.removeprefix(f"{ETHNIC}."))
        return Exists(_standings(day, [kind])) & Exists(people)
    if kind == CAUSE:
        causes = HouseholdCause.objects.filter(household=OuterRef("pk"), kind=HouseholdCause.Kind.CAUSE, is_main=True)
        has_it = ~Exists(causes) if code == NO_CAUSE else Exists(causes.filter(code=code))
        return Exists(_standings(day, [POOR, RETURNED])) & has_it
    if kind == WATCHED:
        since = Q(watch_from__lte=day) | Q(watch_from__isnull=True, registered_on__lte=day)
        watched = since & (Q(watch_cleared_on__isnull=True) | Q(watch_cleared_on__gte=day)) & ~Q(watch_kind="")
        return watched & Q(watch_kind=code) if code else watched
    return _lacks(code, day) if kind == LACK else Q(pk__in=[])


def _lacks(lack: str, day: date) -> Any:
    """Of each kind what the last year up to then says; of people whether it says so of any of them."""
    years: QuerySet[Any] = HouseholdYear.within.filter(household=OuterRef("pk"), year__lte=day.year)
    if lack in ("school", "medical"):
        years = MemberYear.within.filter(member__household=OuterRef("pk"), member__valid_to=None, year__lte=day.year)
    if lack not in SAID:
        return Q(pk__in=[])
    is_known, says_so = SAID[lack]
    says = Case(When(says_so, then=Value(1)), default=Value(0), output_field=IntegerField())
    last = years.filter(is_known).annotate(_says=says).order_by("-year", "-_says").values("_says")[:1]
    return Exact(Subquery(last), Value(1))


SAID = {  # lack → (the year knows of it, the year says that it is lacking)
    "school": (~Q(student="") | ~Q(dropout_reason=""), ~Q(dropout_reason="")),
    "medical": (~Q(medical=""), Q(medical="none")),
    "housing": (~Q(house_grade=""), Q(house_grade__in=DANGEROUS)),
    "water": (
        Q(water_is_safe__isnull=False) | Q(water_is_hard_to_get__isnull=False),
        Q(water_is_safe=False) | Q(water_is_hard_to_get=True),
    ),
    "power": (Q(has_power__isnull=False), Q(has_power=False)),
}
