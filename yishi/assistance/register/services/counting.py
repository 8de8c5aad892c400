"""Tell the figures of the register what changed: household by household, after the act that changed it.

Every act that touches a household's record writes it into a queue; the jobs read what the record says now, compare it
with what the figures were told and write the difference into the journal, an entry for each village. So a workbook of a
county need not be counted in the moment in which it is published, and the same changes are told once, whoever made
them. Any number of processes may do it at once, and any number of times.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from yishi.assistance.register.models import (
    CountedHousehold,
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdStanding,
    HouseholdStay,
    HouseholdYear,
    MemberYear,
    Uncounted,
)
from yishi.assistance.register.timeline import (
    Change,
    Facts,
    Member,
    Record,
    Step,
    Time,
    Two,
    add_up,
    difference,
    steps_of,
)
from yishi.journal.act import SYSTEM, act

CODE = "assistance.register.count"
BATCH = 200  # lines of the queue in one transaction
SLICE = 0.3  # seconds of the job: a message must not wait for it
READ, MOST_DIFFERENCES = 500, 20
DANGEROUS = ("C", "D")


def counts_wait(households: Iterable[UUID | None]) -> None:
    """Within the act that changed them: these households are to be counted again."""
    Uncounted.objects.bulk_create(
        [Uncounted(household=key) for key in dict.fromkeys(households) if key is not None], batch_size=2000
    )


def counts_wait_of(households: QuerySet[Household]) -> None:
    """The same of many: one statement, however many they are."""
    query, params = households.order_by().values("pk").query.sql_with_params()
    table = Uncounted._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} (household) {query}", params)


def counts_work(seconds: float = SLICE) -> int:
    """The job: count what waits, for about so many seconds; gives how many lines of the queue were done."""
    until, done = time.monotonic() + seconds, 0
    while count := counts_follow():
        done += count
        if time.monotonic() >= until:
            break
    return done


def counts_all() -> int:
    """Count all that waits."""
    done = 0
    while count := counts_follow():
        done += count
    return done


def counts_follow(most: int = BATCH) -> int:
    """Count up to `most` changes that wait; gives how many."""
    with transaction.atomic():
        waiting = list(Uncounted.objects.select_for_update(skip_locked=True).order_by("pk")[:most])
        if not waiting:
            return 0
        keys = sorted({line.household for line in waiting})
        # Locked in one order: another process that counts one of them waits, and then sees what this one told.
        CountedHousehold.objects.bulk_create([CountedHousehold(household=key) for key in keys], ignore_conflicts=True)
        counted = list(CountedHousehold.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
        _tell(counted, records_of(keys))
        Uncounted.objects.filter(pk__in=[line.pk for line in waiting]).delete()
    return len(waiting)


def counts_differ() -> list[str]:
    """In words, of which households the figures were told something else than their records say (the first twenty)."""
    counts_all()
    differing: list[str] = []
    households = Household.within.order_by("pk").values_list("pk", flat=True)
    counted = CountedHousehold.objects.order_by("pk").values_list("pk", flat=True)
    for keys in _batches(households):
        told = dict(CountedHousehold.objects.filter(pk__in=keys).values_list("pk", "steps"))
        records = records_of(keys)
        for key in keys:
            steps = steps_of(records[key]) if key in records else []
            if told.get(key, []) != [list(step) for step in steps]:
                differing.append(f"household {key}")
    for keys in _batches(counted):
        gone = set(keys) - set(Household.within.filter(pk__in=keys).values_list("pk", flat=True))
        told_of_gone = CountedHousehold.objects.filter(pk__in=gone).exclude(steps=[])
        differing += [f"household {row.pk}: not in the register" for row in told_of_gone]
    return differing[:MOST_DIFFERENCES]


def _batches(keys: QuerySet[Any, UUID]) -> Iterator[list[UUID]]:
    last: list[UUID] = list(keys[:READ])
    while last:
        yield last
        last = list(keys.filter(pk__gt=last[-1])[:READ])


def _tell(counted: list[CountedHousehold], records: dict[UUID, Record]) -> None:
    sums: dict[Change, Two] = {}
    changed = []
    for row in counted:
        steps = steps_of(records[row.household]) if row.household in records else []
        told: list[Step] = [(day, place, facts) for day, place, facts in row.steps]
        if told == steps:
            continue
        add_up(sums, difference(told, steps).items())
        row.steps = steps
        changed.append(row)
    if not changed:
        return
    CountedHousehold.objects.bulk_update(changed, ["steps"], batch_size=500)
    with act(CODE, actor=SYSTEM, body={"households": [row.household for row in changed]}) as this:
        for place, of_place in groupby(sorted(sums.items(), key=_by_place), key=lambda line: line[0][1]):
            counts = [[*change, *both] for change, both in of_place if both != (0, 0)]
            if counts:
                this.entry(subject=("place", UUID(place)), place=UUID(place), data={"counts": counts})


def _by_place(line: tuple[Change, Two]) -> tuple[str, Change]:
    change, _both = line
    return change[1], change


def records_of(keys: Iterable[UUID]) -> dict[UUID, Record]:
    """What the steps of these households depend on; who is not (or no longer) in the register has none."""
    keys = list(keys)
    records = {}
    names = ("pk", "registered_on", "left_on", "watch_kind", "watch_from", "watch_cleared_on")
    for key, registered_on, left_on, kind, since, cleared in Household.within.filter(pk__in=keys).values_list(*names):
        watched = [Time(kind, since or registered_on, cleared)] if kind else []
        records[key] = Record(registered_on, left_on, watched=watched)
    causes = HouseholdCause.objects.filter(household__in=keys, kind=HouseholdCause.Kind.CAUSE, is_main=True)
    for key, code in causes.values_list("household", "code"):
        if key in records:
            records[key].main_cause = code
    _add(records, "standings", HouseholdStanding.objects.filter(household__in=keys), "state", Time)
    _add(records, "stays", HouseholdStay.objects.filter(household__in=keys), "place", _at)
    _add(records, "members", HouseholdMember.within.filter(household__in=keys), "person__resident__ethnic", _member)
    _add_years(records, keys)
    return {key: record for key, record in records.items() if record.stays}


def _at(place: UUID, since: date, until: date | None) -> Time:
    return Time(str(place), since, until)


def _member(ethnic: str | None, since: date, until: date | None) -> Member:
    return Member(ethnic or "", since, until)


def _add(records: dict[UUID, Record], name: str, dated: Any, what: str, made: Any) -> None:
    """Put dated rows into the records, in the order of their days."""
    by_household = defaultdict(list)
    for key, said, since, until in dated.values_list("household", what, "valid_from", "valid_to"):
        by_household[key].append(made(said, since, until))
    for key, rows in by_household.items():
        if key in records:
            setattr(records[key], name, sorted(rows, key=lambda row: row.since))


def _add_years(records: dict[UUID, Record], keys: list[UUID]) -> None:
    """What each year says is lacking, and what it says is not; what it does not know stays as it was."""
    years: dict[UUID, dict[int, Facts]] = defaultdict(lambda: defaultdict(dict))
    names = ("household", "year", "house_grade", "water_is_safe", "water_is_hard_to_get", "has_power")
    everybody = 1 << 14  # of a household: the steps say how many that are
    for key, year, grade, is_safe, is_hard, has_power in HouseholdYear.within.filter(household__in=keys).values_list(
        *names
    ):
        facts = years[key][year]
        if grade:
            facts["housing"] = everybody * (grade in DANGEROUS)
        if is_safe is not None or is_hard is not None:
            facts["water"] = everybody * (is_safe is False or is_hard is True)
        if has_power is not None:
            facts["power"] = everybody * (not has_power)
    of_members = MemberYear.within.filter(member__household__in=keys, member__valid_to=None)
    for key, year, student, reason, medical in of_members.values_list(
        "member__household", "year", "student", "dropout_reason", "medical"
    ):
        facts = years[key][year]
        if student or reason:
            facts["school"] = facts.get("school", 0) + bool(reason)
        if medical:
            facts["medical"] = facts.get("medical", 0) + (medical == "none")
    for key, by_year in years.items():
        if key in records:
            records[key].years = {year: facts for year, facts in by_year.items() if facts}
