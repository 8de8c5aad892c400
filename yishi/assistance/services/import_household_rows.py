"""Households of a workbook are written: what is new unseen and in pieces, what changes in the act that publishes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.models import (
    CheckFinding,
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdStay,
    HouseholdYear,
    Import,
    MemberYear,
    Resident,
)
from yishi.assistance.workbooks.kinds import Stale
from yishi.assistance.workbooks.results import Result
from yishi.kit.identity import Identity
from yishi.people.models import Person

from .identity import ACCOUNT, RESIDENT, identity_index, seal
from .import_households import as_json

MODELS: dict[str, type[Model]] = {
    "household": Household,
    "year": HouseholdYear,
    "member": HouseholdMember,
    "resident": Resident,
    "member_year": MemberYear,
    "person": Person,
}
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
class Prepared:
    """Rows to be inserted, in the order in which they refer to each other."""

    people: list[Person] = field(default_factory=list)
    residents: list[Resident] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    stays: list[HouseholdStay] = field(default_factory=list)
    causes: list[HouseholdCause] = field(default_factory=list)
    members: list[HouseholdMember] = field(default_factory=list)
    years: list[HouseholdYear] = field(default_factory=list)
    member_years: list[MemberYear] = field(default_factory=list)

    def insert(self) -> None:
        Person.within.bulk_create(self.people)
        Resident.within.bulk_create(self.residents)
        Household.arriving_too.bulk_create(self.households)
        HouseholdStay.objects.bulk_create(self.stays)
        HouseholdCause.objects.bulk_create(self.causes)
        HouseholdMember.within.bulk_create(self.members)
        HouseholdYear.within.bulk_create(self.years)
        MemberYear.within.bulk_create(self.member_years)


def prepare_new(one: Import, results: Iterable[Result]) -> Prepared:
    """The rows of the households that are new, hidden by `arriving`."""
    made, today, now = Prepared(), timezone.localdate(), timezone.now()
    for result in results:
        if result.verdict == "new":
            _household(one, result.new, made, today, now)
    return made


def _household(one: Import, new: dict[str, Any], made: Prepared, today: date, now: Any) -> None:
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
        arriving=one.pk,
        brought_by=one.pk,
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
    for kind, codes in new["causes"].items():
        made.causes.extend(_causes(household.pk, kind, codes))
    yearly = values(new["fields"].get("year", {}))
    if yearly:
        made.years.append(HouseholdYear(household=household, year=new["year"], changed_at=now, **yearly))
    for each in members:
        _member(household.pk, each, new["year"], household.registered_on, made)


def _member(household: UUID, each: dict[str, Any], year: int, since: date, made: Prepared) -> None:
    person = Person(id=UUID(each["person"]), name=each["name"])
    made.people.append(person)
    resident = Resident(person=person, **values(each["fields"].get("resident", {})))
    _identify(resident, each["kind"], each["identity"], each["key"])
    made.residents.append(resident)
    said = each["fields"].get("member", {})
    member = HouseholdMember(
        id=UUID(each["member"]), household_id=household, person=person, valid_from=since, raw=each["raw"], **said
    )
    made.members.append(member)
    yearly = values(each["fields"].get("member_year", {}))
    if yearly:
        made.member_years.append(MemberYear(member=member, year=year, **yearly))


def _identify(resident: Resident, kind: str, number: str, key: str) -> None:
    resident.identity_kind = kind
    resident.identity_index = identity_index(Identity(kind, number, key)) if number else ""
    resident.identity_sealed = seal(number, RESIDENT, resident.pk) if number else None


def _causes(household: UUID, kind: str, codes: list[str]) -> list[HouseholdCause]:
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


_AREAS = {one.name for one in HouseholdYear._meta.get_fields() if one.get_internal_type() == "DecimalField"}


# The act that publishes, and the one that undoes


def publish(one: Import, changed: Iterable[Result]) -> None:
    """Switch on what was written; do what changes. Raises `Stale` where the register is no longer as it was checked."""
    try:
        with transaction.atomic():
            shown = Household.arriving_too.filter(arriving=one.pk).update(arriving=None)
    except IntegrityError as error:
        raise Stale("import.taken", _("A household with one of these numbers was registered meanwhile.")) from error
    if shown != one.new:
        raise Stale("import.new", _("Not all households were written."))
    apply(changed, forwards=True)


def apply(changed: Iterable[Result], *, forwards: bool) -> None:
    """Do (or take back) the changes of existing households, many at once; each must find what it expects."""
    results = list(changed)
    ops = [(result, op) for result in results for op in result.ops]
    _set(ops, forwards)
    _join_or_leave(ops, forwards)
    for result, op in ops:
        if op["do"] == "causes":
            new, old = (op["new"], op["old"]) if forwards else (op["old"], op["new"])
            rows = HouseholdCause.objects.filter(household=op["pk"], kind=op["kind"])
            stands = [row.code for row in sorted(rows, key=lambda row: (not row.is_main, row.ordinal))]
            _expect(sorted(stands) == sorted(old), result)
            rows.delete()
            HouseholdCause.objects.bulk_create(_causes(UUID(op["pk"]), op["kind"], new))
    households = [UUID(result.household) for result in results if any(op["do"] == "join" for op in result.ops)]
    for key in households:
        size = HouseholdMember.within.filter(household=key, valid_to__isnull=True).count()
        Household.within.filter(pk=key).update(size=size)


def _set(ops: list[tuple[Result, dict[str, Any]]], forwards: bool) -> None:
    by_model: dict[str, list[tuple[Result, dict[str, Any]]]] = {}
    for result, op in ops:
        if op["do"] in ("set", "identity", "account"):
            on = {"identity": "resident", "account": "household"}.get(op["do"]) or op["on"]
            by_model.setdefault(on, []).append((result, op))
    for on, some in by_model.items():
        model: Any = MODELS[on]
        rows = {str(row.pk): row for row in model.within.filter(pk__in={op["pk"] for _result, op in some})}
        names: set[str] = set()
        for result, op in some:
            row = rows.get(op["pk"])
            _expect(row is not None, result)
            names |= _put(row, op, result, forwards)
        if on == "year":
            for row in rows.values():
                row.changed_at = timezone.now()
            names.add("changed_at")
        model.within.bulk_update(rows.values(), sorted(names), batch_size=200)


def _put(row: Any, op: dict[str, Any], result: Result, forwards: bool) -> set[str]:
    """Put an op's values into a row; gives the names of the fields."""
    new, old = (op["new"], op["old"]) if forwards else (op["old"], op["new"])
    if op["do"] == "account":
        row.bank_sealed = seal(new, ACCOUNT, row.pk) if new else None
        return {"bank_sealed"}
    if op["do"] == "identity":
        number = new["number"]
        _identify(row, new["kind"], number, new.get("key") or number)
        row.identity_fault = new.get("fault", "")
        return {"identity_kind", "identity_index", "identity_sealed", "identity_fault"}
    for name, value in values(new).items():
        _expect(as_json(getattr(row, name)) == old[name], result)
        setattr(row, name, value)
    return set(new)


def _join_or_leave(ops: list[tuple[Result, dict[str, Any]]], forwards: bool) -> None:
    """Members who are new in a known household, and years that it did not have."""
    made, today, now = Prepared(), timezone.localdate(), timezone.now()
    for result, op in ops:
        if op["do"] == "join":
            _member(UUID(op["pk"]), op["new"], op["year"], today, made)
        elif op["do"] == "add" and op["on"] == "year":
            said = values(op["new"])
            made.years.append(
                HouseholdYear(id=UUID(op["pk"]), household_id=UUID(result.household), changed_at=now, **said)
            )
        elif op["do"] == "add":
            said = values(op["new"])
            made.member_years.append(MemberYear(id=UUID(op["pk"]), member_id=UUID(op["of"]), **said))
    if forwards:
        try:
            with transaction.atomic():
                made.insert()
        except IntegrityError as error:
            raise Stale("import.changed", _("Some of these households were changed meanwhile.")) from error
        return
    MemberYear.within.filter(
        Q(pk__in=[row.pk for row in made.member_years]) | Q(member__in=[row.pk for row in made.members])
    ).delete()
    HouseholdYear.within.filter(pk__in=[row.pk for row in made.years]).delete()
    HouseholdMember.within.filter(pk__in=[row.pk for row in made.members]).delete()
    Person.within.filter(pk__in=[row.pk for row in made.people]).delete()


def _expect(is_so: bool, result: Result) -> None:
    if not is_so:
        raise Stale("import.changed", _("Some of these households were changed meanwhile."))


def hide(one: Import) -> None:
    """Hide the households that an import brought."""
    Household.within.filter(brought_by=one.pk).update(arriving=one.pk)


def sweep(one: Import) -> int:
    """Take away some hidden households with all that belongs to them, and their people."""
    keys = list(Household.arriving_too.filter(arriving=one.pk).values_list("pk", flat=True)[:SWEEP])
    if not keys:
        return 0
    with transaction.atomic():
        people = list(HouseholdMember.within.filter(household__in=keys).values_list("person", flat=True))
        findings = CheckFinding.within.filter(household__in=keys)
        findings._raw_delete(findings.db)
        for model in (MemberYear, HouseholdMember):
            where = "member__household__in" if model is MemberYear else "household__in"
            rows = model.within.filter(**{where: keys})
            rows._raw_delete(rows.db)
        for other in (HouseholdYear.within, HouseholdStay.objects, HouseholdCause.objects):
            rows = other.filter(household__in=keys)
            rows._raw_delete(rows.db)
        gone = Household.arriving_too.filter(pk__in=keys, arriving=one.pk)
        gone._raw_delete(gone.db)
        for rows in (Resident.within.filter(person__in=people), Person.within.filter(pk__in=people)):
            rows._raw_delete(rows.db)
    return len(keys)
