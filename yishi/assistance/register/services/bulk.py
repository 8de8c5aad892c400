"""Many households at once, in one act: for imports and the bench, by the same readers as one by one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register import fields
from yishi.assistance.register.models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdStanding,
    HouseholdStay,
    HouseholdYear,
    MemberYear,
    Resident,
    household_reach,
)
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.ids import uuid7
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place
from yishi.organisations.rights import permit
from yishi.people.models import Person

from .causes import causes_of, causes_read
from .counting import counts_wait
from .identity import account_read, account_set, identity_set, keys_check
from .residents import NewPerson, day_read, person_read
from .standings import rows_of, spans_of
from .years import classes_check, compute, income_read

CHUNK = 1000  # households
ROWS = 2000  # of one table in one statement
LOOKED_UP = 500  # indexes asked for at once


@dataclass(slots=True)
class NewHousehold:
    """A household as `households_register_many` takes it: as the arguments of `household_register`, with its years.

    `years`: {year: {"values": …, "income": …}}; each member (and the head) may carry "years": {year: {…}}.
    """

    place: Place
    number: str
    head: Mapping[str, Any]
    members: Sequence[Mapping[str, Any]] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    main_cause: str = ""
    causes: Sequence[str] = ()
    bank_account: str = ""
    on: date | None = None
    years: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Rows:
    """What one chunk writes, table by table, in the order of the references."""

    people: list[Person] = field(default_factory=list)
    residents: list[Resident] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    stays: list[HouseholdStay] = field(default_factory=list)
    standings: list[HouseholdStanding] = field(default_factory=list)
    causes: list[HouseholdCause] = field(default_factory=list)
    members: list[HouseholdMember] = field(default_factory=list)
    years: list[HouseholdYear] = field(default_factory=list)
    member_years: list[MemberYear] = field(default_factory=list)

    def write(self) -> None:
        managers: tuple[tuple[models.Manager[Any], list[Any]], ...] = (
            (Person.within, self.people),
            (Resident.within, self.residents),
            (Household.within, self.households),
            (HouseholdStay.objects, self.stays),
            (HouseholdStanding.objects, self.standings),
            (HouseholdCause.objects, self.causes),
            (HouseholdMember.within, self.members),
            (HouseholdYear.within, self.years),
            (MemberYear.within, self.member_years),
        )
        for manager, records in managers:
            manager.bulk_create(records, batch_size=ROWS)


def households_register_many(
    *,
    actor: Viewer,
    place: Place,
    rows: Iterable[NewHousehold],
    source: str,
    is_demo: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Register the households of `rows`, all within `place`, or none. Result: households, members.

    `source` tells one delivery from another (the hash of a file): the same act sent again with it writes nothing. The
    rows are read as they come, CHUNK at a time; one entry per village counts them. Refuses as the functions for one
    household do, with the household's number before the sentence.
    """
    by = permit("household.decide", actor, place)
    body = {"place": place.pk, "source": source}
    with act("assistance.household.register_many", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        keys_check()
        homes: Counter[UUID] = Counter()
        people: Counter[UUID] = Counter()
        numbers: set[str] = set()
        for chunk in _chunks(rows):
            made = _Rows()
            for row in chunk:
                try:
                    _within(place, row, numbers)
                    people[row.place.pk] += _build(made, row, this.now, is_demo)
                except Refusal as refusal:
                    raise Refusal(
                        refusal.code,
                        _("Household %(number)s: %(why)s") % {"number": row.number, "why": refusal.message},
                        field=refusal.field,
                    ) from refusal
                homes[row.place.pk] += 1
            _numbers_free(made.households)
            _not_known(actor, made.residents)
            made.write()
            counts_wait(household.pk for household in made.households)
        for village in sorted(homes, key=str):
            this.entry(
                subject=("place", village),
                place=village,
                quantities={"households": homes[village], "members": people[village]},
            )
        this.result(households=homes.total(), members=people.total())
    return this.receipt


def _chunks(households: Iterable[NewHousehold]) -> Iterator[list[NewHousehold]]:
    source = iter(households)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _within(place: Place, row: NewHousehold, numbers: set[str]) -> None:
    if not place.lo <= row.place.lo <= place.hi:
        raise Refusal("household.outside", _("This household lies outside the place."), field="place")
    if not row.number or row.number in numbers:
        raise Refusal(
            "household.number_taken", _("A household has this number already. Check the number."), field="number"
        )
    numbers.add(row.number)


def _build(made: _Rows, row: NewHousehold, now: Any, is_demo: bool) -> int:
    """Put one household into the rows; answers how many people it has."""
    day = day_read(row.on)
    household = Household(
        id=uuid7(),
        number=row.number,
        place=row.place,
        size=1 + len(row.members),
        registered_on=day,
        raw=dict(row.raw),
        is_demo=is_demo,
        **fields.read(fields.HOUSEHOLD, row.values),
    )
    for person in ({**row.head, "relation": "head"}, *row.members):
        years = person.get("years", {})
        new = person_read({name: value for name, value in person.items() if name != "years"})
        member = _member(made, household, new, day, is_demo)
        for year, facts in years.items():
            made.member_years.append(MemberYear(member=member, year=year, **fields.read(fields.MEMBER_YEAR, facts)))
    household.head_id = made.people[-1 - len(row.members)].pk
    if row.bank_account:
        account_set(household, account_read(row.bank_account))
    made.households.append(household)
    made.stays.append(
        HouseholdStay(household=household, place=row.place, group_name=household.group_name, valid_from=day)
    )
    made.standings += rows_of(household, spans_of(household, day))
    made.causes += causes_of(household, causes_read(row.main_cause, row.causes))
    for year, person in row.years.items():
        said = fields.read(fields.HOUSEHOLD_YEAR, person.get("values", {}))
        year_record = HouseholdYear(
            household=household, year=year, income=income_read(person.get("income", {})), changed_at=now, **said
        )
        classes_check(year_record, said)
        compute(year_record, household.size)
        made.years.append(year_record)
    return household.size


def _member(made: _Rows, household: Household, new: NewPerson, day: date, is_demo: bool) -> HouseholdMember:
    person = Person(id=uuid7(), name=new.name, phone=new.phone, is_demo=is_demo)
    resident = Resident(person=person, **new.facts)
    if new.identity.number:
        identity_set(resident, new.identity)
    member = HouseholdMember(
        household=household, person=person, valid_from=day, joined_reason="registered", **new.place
    )
    made.people.append(person)
    made.residents.append(resident)
    made.members.append(member)
    return member


def _numbers_free(households: list[Household]) -> None:
    taken = Household.within.filter(number__in=[household.number for household in households]).first()
    if taken is not None:
        raise Refusal(
            "household.number_taken",
            _("Household %(number)s: %(why)s")
            % {"number": taken.number, "why": _("A household has this number already. Check the number.")},
            field="number",
        )


def _not_known(actor: Viewer, residents: list[Resident]) -> None:
    """Refuse a number that stands twice in the chunk, or in a household within the actor's reach."""
    indexes = [resident.identity_index for resident in residents if resident.identity_index]
    twice = Counter(indexes)
    if len(twice) < len(indexes):
        raise Refusal("identity.twice", _("Two people here have the same number."), field="members")
    for start in range(0, len(indexes), LOOKED_UP):
        known = HouseholdMember.within.filter(
            person__resident__identity_index__in=indexes[start : start + LOOKED_UP],
            valid_to__isnull=True,
            household__left_on__isnull=True,
            household__arriving__isnull=True,
        )
        if not actor.reach.everything:
            known = known.filter(household_reach(actor.reach, "household__"))
        first = known.select_related("household").first()
        if first is not None:
            raise Refusal(
                "identity.known",
                _("This number stands in household %(number)s already. Let the person leave it first.")
                % {"number": first.household.number},
                field="identity",
            )
