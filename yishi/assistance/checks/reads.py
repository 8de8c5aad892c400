"""Dossiers for the logic checks, made in bulk from the register: as many queries for a thousand households as for one.

They are read over the whole register (`within`): a check sees all of a household, and what it says of another one is
no more than that a number is registered twice. Identity numbers are opened in memory only, for what they say.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils import timezone

from yishi.assistance.pairing.models import Measure as MeasureRow
from yishi.assistance.pairing.models import Pairing
from yishi.assistance.register.models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdYear,
    MemberYear,
)
from yishi.assistance.register.services.identity import RESIDENT, unseal
from yishi.kit.errors import Refusal

from .logic.dossier import (
    LISTED,
    Dossier,
    Helper,
    Measure,
    Member,
)
from .logic.identity import CARD, Identity, read_number

POSTS = ("sector_post", "township_post", "village_post")
ECOLOGY = ("eco_farmland", "eco_forest", "eco_grassland", "eco_migration", "eco_other")
ITEMS = {  # field of a dossier: (class, items)
    "income_work": ("wage_income", ("work",)),
    "income_post": ("wage_income", POSTS),
    "income_minimum_living": ("transfer_income", ("minimum_living",)),
    "income_destitute": ("transfer_income", ("destitute",)),
    "income_pension": ("transfer_income", ("pension",)),
    "income_family_planning": ("transfer_income", ("family_planning",)),
    "income_ecology": ("transfer_income", ECOLOGY),
}
SUMS = ("wage_income", "business_income", "property_income", "transfer_income", "business_cost", "net_income")
LIVING = (
    "irrigated", "woodland", "orchard", "grassland", "water_surface", "cropland", "returned_woodland", "house_area",
    "road_km", "has_power", "has_broadcast", "water_is_hard_to_get", "water_is_safe", "has_toilet", "self_paid",
    "head_count",
)  # fmt: skip
LIVING_CODES = ("house_grade", "road_kind", "fuel")
YEARLY = (
    "education", "student", "dropout_reason", "skill", "work_place", "public_post", "medical", "pension",
    "graduate_reason",
)  # fmt: skip
YEARLY_PLAIN = (
    "work_months", "public_post_months", "serious_illness", "minimum_living", "destitute", "resettled", "in_service",
)  # fmt: skip
GROUPS = {"schooling": "compulsory_education", "education": "other_education"}  # of pairing.Measure: of the list
KEPT = ("kind", "state", "attribute", "watch_kind")
KEPT_PLAIN = (
    "identified_year", "exited_year", "is_family_planning", "is_resettled", "no_labour", "watch_from",
    "watch_cleared_on",
)  # fmt: skip
PERSON = (
    "pk", "household", "relation", "person__name", "person__resident", "person__resident__sex",
    "person__resident__ethnic", "person__resident__born_on", "person__resident__identity_kind",
    "person__resident__identity_sealed", "person__resident__identity_index",
)  # fmt: skip


def dossiers_of(households: Iterable[UUID], as_of: date | None = None) -> list[Dossier]:
    """The settled dossiers of these households, each of its newest year. Their keys are the records' ids."""
    day = as_of or timezone.localdate()
    by_key = {row.pk: row for row in Household.within.filter(pk__in=list(households))}
    years = _years(by_key)
    members, elsewhere = _members(by_key)
    yearly = _yearly(by_key, {year.year for year in years.values()} | {day.year})
    causes = _causes(by_key)
    helpers, measures = _helpers(by_key), _measures(by_key)
    dossiers = []
    for key, row in by_key.items():
        year = years.get(key)
        dossier = _household(row, year, day)
        _put_causes(dossier, causes.get(key, []))
        dossier.helpers = helpers.get(key, [])
        dossier.measures = [*measures.get(key, ()), *(dossier.measures or ())]
        latest = year.year if year is not None else day.year
        for person in members.get(key, ()):
            dossier.members.append(_member(person, yearly.get(person["pk"], {}), latest, elsewhere))
        dossiers.append(dossier.settle())
    return dossiers


def batches(households: Any, size: int, after: UUID | None = None) -> Iterator[list[UUID]]:
    """The ids of these households (a queryset) in their order, `size` at a time, beginning behind `after`."""
    while True:
        part = households.order_by("pk") if after is None else households.filter(pk__gt=after).order_by("pk")
        keys = list(part.values_list("pk", flat=True)[:size])
        if not keys:
            return
        yield keys
        after = keys[-1]


def _years(households: Mapping[UUID, Household]) -> dict[UUID, HouseholdYear]:
    newest = (
        HouseholdYear.within.filter(household__in=list(households)).values("household").annotate(newest=Max("year"))
    )
    wanted = {year["household"]: year["newest"] for year in newest}
    years = HouseholdYear.within.filter(household__in=list(households), year__in=set(wanted.values())).defer("raw")
    return {year.household_id: year for year in years if year.year == wanted[year.household_id]}


def _members(
    households: Mapping[UUID, Household],
) -> tuple[dict[UUID, list[dict[str, Any]]], Mapping[UUID, frozenset[str]]]:
    """The members of today by household, and where else each of them is registered."""
    members = (
        HouseholdMember.within.filter(household__in=list(households), valid_to=None).order_by("pk").values(*PERSON)
    )
    by_household: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for member in members:
        by_household[member["household"]].append(member)
    return by_household, _elsewhere([member for group in by_household.values() for member in group])


def _elsewhere(members: Sequence[Mapping[str, Any]]) -> dict[UUID, frozenset[str]]:
    """Of whose number another household of the register has a member too: how far away, never which."""
    indexes = {member["person__resident__identity_index"] for member in members} - {None, ""}
    current = HouseholdMember.within.filter(valid_to=None, household__left_on=None)
    name = "person__resident__identity_index"
    twice = current.filter(**{f"{name}__in": indexes}).values(name).annotate(n=Count("household", distinct=True))
    repeated = {repeat[name] for repeat in twice.filter(n__gt=1)} if indexes else set()
    if not repeated:
        return {}
    places: dict[str, dict[UUID, str]] = defaultdict(dict)
    memberships = current.filter(**{f"{name}__in": repeated}).values_list(name, "household", "household__place__code")
    for index, household, code in memberships:
        places[index][household] = code
    elsewhere: dict[UUID, frozenset[str]] = {}
    for member in members:
        homes = places.get(member[name] or "", {})
        here = homes.get(member["household"])
        if here is not None:
            others = {_distance(here, code) for household, code in homes.items() if household != member["household"]}
            elsewhere[member["pk"]] = frozenset(others)
    return elsewhere


def _distance(place: str, other: str) -> str:
    """How far apart two villages lie, by their statistical codes."""
    for digits, word in ((6, "here"), (4, "county"), (2, "prefecture")):
        if place[:digits] == other[:digits]:
            return word
    return "province"


def _yearly(households: Mapping[UUID, Household], years: set[int]) -> dict[UUID, dict[int, dict[str, Any]]]:
    fields = ("member", "year", "health", *YEARLY, *YEARLY_PLAIN)
    by_household: dict[UUID, dict[int, dict[str, Any]]] = defaultdict(dict)
    wanted = MemberYear.within.filter(member__household__in=list(households), member__valid_to=None, year__in=years)
    for year in wanted.order_by().values(*fields):
        by_household[year["member"]][year["year"]] = year
    return by_household


def _helpers(households: Mapping[UUID, Household]) -> dict[UUID, list[Helper]]:
    """Who is or was paired with each household."""
    fields = ("household", "person", "valid_from", "valid_to", "person__phone", "body__phone")
    pairings = list(Pairing.within.filter(household__in=list(households)).values(*fields))
    people = {pairing["person"] for pairing in pairings} - {None}
    poor = set(_poor(people)) if people else set()
    helpers: dict[UUID, list[Helper]] = defaultdict(list)
    for pairing in pairings:
        helpers[pairing["household"]].append(
            Helper(
                is_poor=pairing["person"] in poor,
                has_phone=bool(pairing["person__phone"] or pairing["body__phone"]),
                since=pairing["valid_from"],
                until=pairing["valid_to"],
            )
        )
    return helpers


def _poor(people: set[UUID]) -> Iterable[UUID]:
    """Which of these live in a household that is listed or watched themselves."""
    current = HouseholdMember.within.filter(person__in=people, valid_to=None, household__left_on=None)
    needy = Q(household__kind__in=LISTED) & ~Q(household__state="cancelled")
    watched = ~Q(household__watch_kind="") & Q(household__watch_cleared_on=None)
    return current.filter(needy | watched).values_list("person", flat=True)


def _measures(households: Mapping[UUID, Household]) -> dict[UUID, list[Measure]]:
    """What was agreed with each family; the groups as the register's list calls them."""
    by_household: dict[UUID, list[Measure]] = defaultdict(list)
    wanted = MeasureRow.within.filter(household__in=list(households)).values_list("household", "group", "made_at")
    for household, group, made_at in wanted:
        by_household[household].append(Measure(group=GROUPS.get(group, group), since=timezone.localdate(made_at)))
    return by_household


def _causes(households: Mapping[UUID, Household]) -> dict[UUID, list[HouseholdCause]]:
    by_household: dict[UUID, list[HouseholdCause]] = defaultdict(list)
    for cause in HouseholdCause.objects.filter(household__in=list(households)).order_by():
        by_household[cause.household_id].append(cause)
    return by_household


def _put_causes(dossier: Dossier, causes: Sequence[HouseholdCause]) -> None:
    plain = [cause for cause in causes if cause.kind == HouseholdCause.Kind.CAUSE]
    risks = [cause for cause in causes if cause.kind == HouseholdCause.Kind.RISK]
    dossier.main_cause = next((cause.code for cause in plain if cause.is_main), None)
    dossier.other_causes = frozenset(cause.code for cause in plain if not cause.is_main)
    dossier.risks = frozenset(risk.code for risk in risks)
    dossier.open_risks = frozenset(risk.code for risk in risks if risk.cleared_on is None)


def _household(row: Household, year: HouseholdYear | None, day: date) -> Dossier:
    dossier = Dossier(key=row.pk, as_of=day, has_phone=bool(row.phone), has_account=row.bank_sealed is not None)
    for name in KEPT:
        setattr(dossier, name, getattr(row, name) or None)
    for name in KEPT_PLAIN:
        setattr(dossier, name, getattr(row, name))
    dossier.has_watch_contact, dossier.has_watch_phone = bool(row.watch_contact), bool(row.watch_phone)
    if year is None:
        return dossier
    dossier.year = year.year
    for name in (*SUMS, *LIVING):
        setattr(dossier, name, getattr(year, name))
    for name in LIVING_CODES:
        setattr(dossier, name, getattr(year, name) or None)
    items = year.income or {}
    for name, (sum_name, codes) in ITEMS.items():
        setattr(dossier, name, _part(items, getattr(year, sum_name), codes))
    dossier.measures = [Measure(group=code) for code in year.measures or ()]
    return dossier


def _part(items: Mapping[str, int], total: int | None, codes: Sequence[str]) -> int | None:
    """The sum of some items; 0 where others of the year are written down or the whole is nil; else not known."""
    known = [items[code] for code in codes if items.get(code) is not None]
    if known:
        return sum(known)
    return 0 if items or total == 0 else None


def _member(
    row: Mapping[str, Any],
    years: Mapping[int, Mapping[str, Any]],
    latest: int,
    elsewhere: Mapping[UUID, frozenset[str]],
) -> Member:
    identity, number = _identity(row["person__resident__identity_sealed"], row["person__resident"])
    member = Member(
        key=row["pk"],
        identity=identity,
        number=number,
        has_name=bool(row["person__name"]),
        has_ethnicity=bool(row["person__resident__ethnic"]),
        sex=row["person__resident__sex"] or None,
        born=row["person__resident__born_on"],
        identity_kind=row["person__resident__identity_kind"] or None,
        relation=row["relation"] or None,
        elsewhere=elsewhere.get(row["pk"], frozenset()),
    )
    known = years.get(latest)
    if known is not None:
        for name in YEARLY:
            setattr(member, name, known[name] or None)
        for name in YEARLY_PLAIN:
            setattr(member, name, known[name])
        member.health = frozenset(known["health"] or ())
    return member


def _identity(sealed: Any, person: UUID | None) -> tuple[Identity | None, str | None]:
    """What the number says, and the number itself to find it twice within the household."""
    if not sealed or person is None:
        return None, None
    try:
        number = unseal(sealed, RESIDENT, person)
    except Refusal:  # it is there and does not open: nothing can be said of it
        return Identity(CARD, is_well_formed=True), None
    return read_number(number), number
