"""Households of a workbook against the register: what is new, what changes from what to what, what cannot be.

Reads only. What is to be done is plain data (`Result`), so that it can be kept, shown, written and undone.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects

from yishi.assistance.imports.models import Import
from yishi.assistance.imports.workbooks.household_columns import BY_KEY
from yishi.assistance.imports.workbooks.household_rows import Wanted, WantedMember, read_household
from yishi.assistance.imports.workbooks.places import Places
from yishi.assistance.imports.workbooks.results import Result, shown_value
from yishi.assistance.imports.workbooks.rows import Fault, StagedRow
from yishi.assistance.register.models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdYear,
    MemberYear,
    Resident,
)
from yishi.assistance.register.services.identity import account_of, identity_of, ring
from yishi.kit import identity
from yishi.kit.ids import uuid7
from yishi.notices.days import day_said

_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{15,21}[0-9Xx]?(?![0-9A-Za-z])")


class Known:
    """What the register knows of some households: one query for each kind of record."""

    def __init__(self, wanted: Sequence[Wanted], home: Any):
        numbers = [want.number for want in wanted if want.number]
        registered = Household.within.filter(number__in=numbers).select_related("place", "head")
        self.households = {row.number: row for row in registered}
        households = list(self.households.values())
        prefetch_related_objects(households, "causes")
        members = HouseholdMember.within.filter(household__in=households, valid_to__isnull=True)
        self.members: dict[UUID, list[HouseholdMember]] = {}
        for row in members.select_related("person__resident").order_by("pk"):
            self.members.setdefault(row.household_id, []).append(row)
        years = {(want.number, want.year) for want in wanted}
        self.years = {
            (row.household_id, row.year): row
            for row in HouseholdYear.within.filter(household__in=households, year__in={year for _n, year in years})
        }
        self.member_years = {
            (row.member_id, row.year): row
            for row in MemberYear.within.filter(member__household__in=households, year__in={year for _n, year in years})
        }
        keys = {member.key for want in wanted for member in want.members if member.key}
        self.indexes = {key: ring().blind("identity", key) for key in keys}
        within = HouseholdMember.within.filter(
            valid_to__isnull=True,
            household__arriving__isnull=True,
            household__place__lo__gte=home.lo,
            household__place__lo__lte=home.hi,
            person__resident__identity_index__in=list(self.indexes.values()),
        )
        self.elsewhere: dict[str, list[tuple[UUID, UUID, str]]] = {}
        memberships = within.values_list("person__resident__identity_index", "person", "household", "household__number")
        for index, person, household, number in memberships:
            self.elsewhere.setdefault(index, []).append((person, household, number))


def households_compare(
    workbook: Import, units: Iterable[Sequence[StagedRow]], places: Places, extra: dict[int, list[Fault]], today: date
) -> list[Result]:
    """A result for each unit. `extra`: faults that only the whole file shows, by row."""
    headings = workbook.options["headings"]
    batch = [list(rows) for rows in units]
    wanted = [read_household(rows, headings, places, workbook.year, today) for rows in batch]
    known = Known(wanted, places.home)
    made = []
    for rows, want in zip(batch, wanted, strict=True):
        for row in rows:
            want.faults.extend(extra.get(row.number, ()))
        made.append(_compare(want, known, places))
    return made


def _compare(want: Wanted, known: Known, places: Places) -> Result:
    household = known.households.get(want.number)
    numbers = [member.row for member in want.members]
    if household is None:
        _check_new(want, known)
        if want.faults:
            return Result("bad", numbers, want.faults)
        for member in want.members:
            member.raw = _masked(member.raw)
        return Result("new", numbers, new=_new(want))
    if not (places.home.lo <= household.place.lo <= places.home.hi):
        want.fault(numbers[0], "number", "household_elsewhere")
    elif want.place is not None and want.place not in places.lives_in(household.place):
        want.fault(numbers[0], "village", "lives_elsewhere", text=household.place.name)
    if household.left_on is not None:
        want.fault(numbers[0], "number", "household_left", day=day_said(household.left_on))
    if want.faults:
        return Result("bad", numbers, want.faults)
    result = Result("same", numbers, household=str(household.pk), year=want.year)
    _compare_household(want, household, known, result)
    for member in want.members:
        _compare_member(want, member, household, known, result)
    _same_head(want, household, known, result)
    if result.faults:
        return Result("bad", numbers, result.faults)
    if result.ops:
        result.verdict = "changed"
    return result


def _same_head(want: Wanted, household: Household, known: Known, result: Result) -> None:
    """Who is head is changed at the household: an import that says otherwise is mistaken, or too early."""
    heads = {row.pk for row in known.members.get(household.pk, []) if row.person_id == household.head_id}
    for op in result.ops:
        if "relation" in op.get("new", {}) and op.get("on") == "member":
            if (UUID(op["pk"]) in heads) or op["new"]["relation"] == "head":
                row = want.members[0].row
                result.faults.append(Fault(row, want.headings["member.relation"], "other_head", {}))
                return
        elif op["do"] == "join" and op["new"]["fields"].get("member", {}).get("relation") == "head":
            row = want.members[0].row
            result.faults.append(Fault(row, want.headings["member.relation"], "other_head", {}))
            return


def _check_new(want: Wanted, known: Known) -> None:
    heads = [member for member in want.members if member.fields.get("member", {}).get("relation") == "head"]
    if not heads and not any(fault.heading == want.headings.get("member.relation") for fault in want.faults):
        want.fault(want.members[0].row, "member.relation", "no_head")
    for member in want.members:
        for _person, _household, number in known.elsewhere.get(known.indexes.get(member.key, "-"), ()):
            want.fault(member.row, "identity", "registered_already", number=number)
            break
    if want.cleared and "watch_cleared_on" not in want.fields.get("household", {}):
        want.fault(want.members[0].row, "cleared", "cleared_when")


def _new(want: Wanted) -> dict[str, Any]:
    """All that is to be written of a new household, as JSON; its ids are chosen now: written twice it is one."""
    return {
        "id": str(uuid7()),
        "number": want.number,
        "place": str(want.place.pk),
        "year": want.year,
        "fields": want.fields,
        "causes": want.causes,
        "account": want.account,
        "members": [
            {
                "person": str(uuid7()),
                "member": str(uuid7()),
                "name": member.name,
                "kind": member.identity_kind,
                "identity": member.identity,
                "key": member.key,
                "fields": member.fields,
                "raw": member.raw,
            }
            for member in want.members
        ],
    }


def _compare_household(want: Wanted, household: Household, known: Known, result: Result) -> None:
    row = want.members[0].row
    said = want.fields.get("household", {})
    _differ("household", household, said, row, want, result)
    year = known.years.get((household.pk, want.year))
    yearly = want.fields.get("year", {})
    if year is not None:
        _differ("year", year, yearly, row, want, result)
    elif yearly:
        key = str(uuid7())
        result.ops.append({"do": "add", "on": "year", "pk": key, "new": {**yearly, "year": want.year}})
        result.changes.append((row, str(want.year), "", ""))
    for kind, codes in want.causes.items():
        causes = [cause for cause in household.causes.all() if cause.kind == kind]
        old = [cause.code for cause in sorted(causes, key=lambda cause: (not cause.is_main, cause.ordinal))]
        if old != codes and not (kind == HouseholdCause.Kind.RISK and set(old) == set(codes)):
            result.ops.append({"do": "causes", "pk": str(household.pk), "kind": kind, "new": codes, "old": old})
            heading = want.headings.get("main_cause" if kind == "cause" else "risk1", kind)
            before, after = shown_value("poverty_cause", old), shown_value("poverty_cause", codes)
            result.changes.append((row, heading, before, after))
    if want.cleared and not household.watch_cleared_on and "watch_cleared_on" not in said:
        result.faults.append(Fault(row, want.headings["cleared"], "cleared_when", {}))
    if want.account:
        from_before = account_of(household)
        if from_before != want.account:
            op = {"do": "account", "pk": str(household.pk), "new": want.account, "old": from_before}
            result.ops.append(op)
            before, after = identity.masked(from_before), identity.masked(want.account)
            result.changes.append((row, want.headings["account"], before, after))


def _change_number(resident: Resident, wanted_member: WantedMember, want: Wanted, result: Result) -> None:
    """Another number of the same person's papers: kept whole for the change, shown with stars."""
    number = identity_of(resident)
    wanted_number = {
        "kind": wanted_member.identity_kind,
        "number": wanted_member.identity,
        "key": wanted_member.key,
    }
    before = {"kind": resident.identity_kind, "number": number, "fault": resident.identity_fault}
    result.ops.append({"do": "identity", "pk": str(resident.pk), "new": wanted_number, "old": before})
    heading = want.headings["identity"]
    result.changes.append(
        (wanted_member.row, heading, identity.masked(number), identity.masked(wanted_member.identity))
    )


def _compare_member(
    want: Wanted, wanted_member: WantedMember, household: Household, known: Known, result: Result
) -> None:
    member = _find(wanted_member, household, known, result, want)
    index = known.indexes.get(wanted_member.key, "")
    for person, other, number in known.elsewhere.get(index, ()) if index else ():
        if other != household.pk or (member is not None and person != member.person_id):
            result.faults.append(
                Fault(wanted_member.row, want.headings.get("identity", ""), "registered_already", {"number": number})
            )
            return
    raw = _masked(wanted_member.raw)
    if member is None:
        new = {
            "person": str(uuid7()),
            "member": str(uuid7()),
            "name": wanted_member.name,
            "kind": wanted_member.identity_kind,
            "identity": wanted_member.identity,
            "key": wanted_member.key,
            "fields": wanted_member.fields,
            "raw": raw,
        }
        result.ops.append({"do": "join", "pk": str(household.pk), "year": want.year, "new": new})
        result.changes.append((wanted_member.row, want.headings["name"], "", wanted_member.name))
        return
    resident: Resident | None = getattr(member.person, "resident", None)
    _differ("member", member, wanted_member.fields.get("member", {}), wanted_member.row, want, result)
    if member.person.name != wanted_member.name:
        old_name = {"name": member.person.name}
        result.ops.append(
            {
                "do": "set",
                "on": "person",
                "pk": str(member.person_id),
                "new": {"name": wanted_member.name},
                "old": old_name,
            }
        )
        result.changes.append((wanted_member.row, want.headings["name"], member.person.name, wanted_member.name))
    if any(member.raw.get(heading) != text for heading, text in raw.items()):
        new_raw = {"raw": {**member.raw, **raw}}
        op = {"do": "set", "on": "member", "pk": str(member.pk), "new": new_raw, "old": {"raw": member.raw}}
        result.ops.append(op)
        result.changes.append((wanted_member.row, "、".join(raw), "", ""))
    if resident is not None:
        _differ("resident", resident, wanted_member.fields.get("resident", {}), wanted_member.row, want, result)
        if wanted_member.identity and resident.identity_index != index:
            _change_number(resident, wanted_member, want, result)
    yearly = wanted_member.fields.get("member_year", {})
    year = known.member_years.get((member.pk, want.year))
    if year is not None:
        _differ("member_year", year, yearly, wanted_member.row, want, result)
    elif yearly:
        op = {"do": "add", "on": "member_year", "pk": str(uuid7()), "of": str(member.pk)}
        result.ops.append({**op, "new": {**yearly, "year": want.year}})
        result.changes.append((wanted_member.row, str(want.year), "", ""))


def _find(
    wanted_member: WantedMember, household: Household, known: Known, result: Result, want: Wanted
) -> HouseholdMember | None:
    """The member of the register whom a row means: by their own number, by the identity number, or by name alone if
    nobody else is called so. None: a new one."""
    members = known.members.get(household.pk, [])
    number = wanted_member.fields.get("member", {}).get("number")
    if number:
        matches = [row for row in members if row.number == number]
        if matches:
            return matches[0]
    index = known.indexes.get(wanted_member.key)
    if index:
        matches = [row for row in members if _index_of(row) == index]
        if matches:
            return matches[0]
    matches = [row for row in members if row.person.name == wanted_member.name and not (number and row.number)]
    if len(matches) > 1:
        result.faults.append(Fault(wanted_member.row, want.headings["name"], "many_members", {}))
    return matches[0] if matches else None


def _index_of(member: HouseholdMember) -> str:
    resident: Resident | None = getattr(member.person, "resident", None)
    return resident.identity_index if resident is not None else ""


def _differ(on: str, record: Any, said: dict[str, Any], row: int, want: Wanted, result: Result) -> None:
    """Put down which fields of a record the workbook changes."""
    new: dict[str, Any] = {}
    old: dict[str, Any] = {}
    for name, value in said.items():
        stands = as_json(getattr(record, name))
        if stands != value:
            new[name], old[name] = value, stands
            key = f"{on}.{name}"
            result.changes.append((row, _heading(want, key, name), shown_value(key, stands), shown_value(key, value)))
    if new:
        result.ops.append({"do": "set", "on": on, "pk": str(record.pk), "new": new, "old": old})


def _heading(want: Wanted, key: str, name: str) -> str:
    """The workbook's own heading of a field; the template's where another column says it, as a card says the sex."""
    return want.headings.get(key) or (BY_KEY[key].headings[0] if key in BY_KEY else name)


def as_json(value: Any) -> Any:
    """A value as pieces and entries keep it: amounts to two places, days in ISO form, lists in one order."""
    if isinstance(value, Decimal):
        return str(value.quantize(Decimal("0.01")))
    if isinstance(value, date):
        return value.isoformat()
    return sorted(value) if isinstance(value, list) else value


def _masked(raw: dict[str, str]) -> dict[str, str]:
    """What unknown columns say; a number that may be an identity number or an account is kept with stars only."""
    return {
        heading: _LONG_NUMBER.sub(lambda match: identity.masked(match[0]), text) if len(text) >= 15 else text
        for heading, text in raw.items()
    }
