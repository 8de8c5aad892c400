"""Households of a workbook are written: what is new unseen and in pieces, what changes in the act that publishes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.checks.models import CheckFinding
from yishi.assistance.imports.models import Import
from yishi.assistance.imports.workbooks.kinds import Stale
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.register.models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdStanding,
    HouseholdStay,
    HouseholdYear,
    MemberYear,
    Resident,
)
from yishi.assistance.register.services.counting import counts_wait_of
from yishi.assistance.register.services.identity import (
    ACCOUNT,
    RESIDENT,
    identity_index,
    seal,
)
from yishi.assistance.register.services.standings import rows_of, spans_of
from yishi.database.prepared import Prepared, insert_of
from yishi.kit.identity import Identity
from yishi.people.models import Person

_DAYS = {
    "registered_on",
    "watch_from",
    "watch_cleared_on",
    "signed_on",
    "collected_on",
    "born_on",
}
SWEEP = 400  # households taken away in one transaction


@dataclass
class NewRows:
    """Rows to be inserted, in the order in which they refer to each other."""

    people: list[Person] = field(default_factory=list)
    residents: list[Resident] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    stays: list[HouseholdStay] = field(default_factory=list)
    standings: list[HouseholdStanding] = field(default_factory=list)
    causes: list[HouseholdCause] = field(default_factory=list)
    members: list[HouseholdMember] = field(default_factory=list)
    years: list[HouseholdYear] = field(default_factory=list)
    member_years: list[MemberYear] = field(default_factory=list)
    statements: list[Prepared] = field(default_factory=list)

    def by_model(self) -> list[tuple[type[Model], list[Any]]]:
        return [
            (Person, self.people),
            (Resident, self.residents),
            (Household, self.households),
            (HouseholdStay, self.stays),
            (HouseholdStanding, self.standings),
            (HouseholdCause, self.causes),
            (HouseholdMember, self.members),
            (HouseholdYear, self.years),
            (MemberYear, self.member_years),
        ]

    def prepare(self) -> "NewRows":
        """Do before the transaction all that can be done before it."""
        self.statements = [insert_of(model, rows) for model, rows in self.by_model() if rows]
        return self

    def insert(self) -> None:
        for statement in self.statements:
            statement.run()


def prepare_new(workbook: Import, results: Iterable[Result]) -> NewRows:
    """The rows of the households that are new, hidden by `arriving`."""
    made, today, now = NewRows(), timezone.localdate(), timezone.now()
    for result in results:
        if result.verdict == "new":
            _household(workbook, result.new, made, today, now)
    return made.prepare()


def _household(workbook: Import, new: dict[str, Any], made: NewRows, today: date, now: Any) -> None:
    said = values(new["fields"].get("household", {}))
    said.setdefault("registered_on", today)
    members = new["members"]
    head = next(each for each in members if each["fields"].get("member", {}).get("relation") == "head")
    household = Household(
        id=UUID(new["id"]),
        number=new["number"],
        place_id=UUID(new["place"]),
        head_id=UUID(head["person"]),
        size=len(members),
        arriving=workbook.pk,
        brought_by=workbook.pk,
        **said,
    )
    if new["account"]:
        household.bank_sealed = seal(new["account"], ACCOUNT, household.pk)
    made.households.append(household)
    made.stays.append(
        HouseholdStay(
            household=household,
            place_id=household.place_id,
            group_name=household.group_name,
            valid_from=household.registered_on,
        )
    )
    made.standings.extend(rows_of(household, spans_of(household, today)))
    for kind, codes in new["causes"].items():
        made.causes.extend(causes_rows(household.pk, kind, codes))
    yearly = values(new["fields"].get("year", {}))
    if yearly:
        made.years.append(HouseholdYear(household=household, year=new["year"], changed_at=now, **yearly))
    for each in members:
        member_rows(household.pk, each, new["year"], household.registered_on, made)


def member_rows(household: UUID, new: dict[str, Any], year: int, since: date, made: NewRows) -> None:
    """Put a person with their membership and year into `made`; `new` is as `households` plans a member (`_new`)."""
    person = Person(id=UUID(new["person"]), name=new["name"])
    made.people.append(person)
    resident = Resident(person=person, **values(new["fields"].get("resident", {})))
    identify(resident, new["kind"], new["identity"], new["key"])
    made.residents.append(resident)
    said = new["fields"].get("member", {})
    member = HouseholdMember(
        id=UUID(new["member"]), household_id=household, person=person, valid_from=since, raw=new["raw"], **said
    )
    made.members.append(member)
    yearly = values(new["fields"].get("member_year", {}))
    if yearly:
        made.member_years.append(MemberYear(member=member, year=year, **yearly))


def identify(resident: Resident, kind: str, number: str, key: str) -> None:
    """Put an identity number into its row, sealed; `key` is what it is found by. Without a number the row has none."""
    resident.identity_kind = kind
    resident.identity_index = identity_index(Identity(kind, number, key)) if number else ""
    resident.identity_sealed = seal(number, RESIDENT, resident.pk) if number else None


def causes_rows(household: UUID, kind: str, codes: list[str]) -> list[HouseholdCause]:
    """The causes (the first is the main one) or risks of a household, not written yet."""
    has_main = kind == HouseholdCause.Kind.CAUSE
    return [
        HouseholdCause(household_id=household, kind=kind, code=code, is_main=has_main and not place, ordinal=place + 1)
        for place, code in enumerate(codes)
    ]


def values(said: dict[str, Any]) -> dict[str, Any]:
    """Fields as the models have them: days and areas are texts in JSON."""
    made: dict[str, Any] = {}
    for name, value in said.items():
        if name in _DAYS and value is not None:
            made[name] = date.fromisoformat(value)
        elif isinstance(value, str) and name in _AREAS:
            made[name] = Decimal(value)
        else:
            made[name] = value
    return made


_AREAS = {field_.name for field_ in HouseholdYear._meta.get_fields() if field_.get_internal_type() == "DecimalField"}


# The act that publishes, and the one that undoes


def show(workbook: Import) -> None:
    """Switch on what was written. Raises `Stale` where the register is no longer as it was checked."""
    counts_wait_of(Household.arriving_too.filter(arriving=workbook.pk))
    try:
        with transaction.atomic():
            shown = Household.arriving_too.filter(arriving=workbook.pk).update(arriving=None)
    except IntegrityError as error:
        raise Stale("import.taken", _("A household with one of these numbers was registered meanwhile.")) from error
    if shown != workbook.new:
        raise Stale("import.new", _("Not all households were written."))


def hide(workbook: Import) -> None:
    """Hide the households that an import brought."""
    counts_wait_of(Household.within.filter(brought_by=workbook.pk))
    Household.within.filter(brought_by=workbook.pk).update(arriving=workbook.pk)


def sweep(workbook: Import) -> int:
    """Take away some hidden households with all that belongs to them, and their people."""
    keys = list(Household.arriving_too.filter(arriving=workbook.pk).values_list("pk", flat=True)[:SWEEP])
    if not keys:
        return 0
    with transaction.atomic():
        people = list(HouseholdMember.within.filter(household__in=keys).values_list("person", flat=True))
        findings = CheckFinding.within.filter(household__in=keys)
        findings._raw_delete(findings.db)
        records: QuerySet[Any]
        for model in (MemberYear, HouseholdMember):
            where = "member__household__in" if model is MemberYear else "household__in"
            records = model.within.filter(**{where: keys})
            records._raw_delete(records.db)
        for other in (HouseholdYear.within, HouseholdStay.objects, HouseholdStanding.objects, HouseholdCause.objects):
            records = other.filter(household__in=keys)
            records._raw_delete(records.db)
        gone = Household.arriving_too.filter(pk__in=keys, arriving=workbook.pk)
        gone._raw_delete(gone.db)
        for records in (Resident.within.filter(person__in=people), Person.within.filter(pk__in=people)):
            records._raw_delete(records.db)
    return len(keys)
