"""How a household stood on every day, as its record says today: the steps that the figures of the register count.

A step holds from its day to the next one: where the household lives and what is true of it, each fact with the number
of people whom it concerns. What the record dates (standings, stays, members, years, monitoring) begins and ends with
its days; what it does not date (the main cause, the people to which somebody belongs) is true of the whole time, so
that a correction corrects every day. What a year says is true from its first day until another year says otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

Facts = dict[str, int]  # fact → people
Step = tuple[int, str, Facts]  # date.toordinal, id of the place, what is true from then on

ALL, WATCHED, POOR, RETURNED = "all", "watched", "poor", "returned"
LACKS = ("school", "medical", "housing", "water", "power")
NO_CAUSE = "none"
IN_POVERTY = frozenset({POOR, RETURNED})


@dataclass(frozen=True, slots=True)
class Time:
    """Something that holds on the days from `since` to `until`, both included; without end for None."""

    what: str
    since: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody's time in the household, and the people (民族) to which they belong."""

    ethnic: str
    since: date
    until: date | None = None


@dataclass(slots=True)
class Record:
    """What of a household's record its steps depend on."""

    registered_on: date
    left_on: date | None = None
    main_cause: str = ""
    standings: Sequence[Time] = ()
    stays: Sequence[Time] = ()  # ids of places
    watched: Sequence[Time] = ()
    members: Sequence[Member] = ()
    years: Mapping[int, Facts] = field(default_factory=dict)  # year → people who lack each of LACKS, where known


def steps_of(record: Record) -> list[Step]:
    """The steps of a household, in order; each differs from the one before. The last one says nothing where it left.

    Whoever was in the household when it was registered counts from its first standing on: the register names them, and
    nobody else, for the years before it was kept here.
    """
    begins = min([record.registered_on, *(standing.since for standing in record.standings)])
    members = [
        Member(each.ethnic, begins, each.until) if each.since <= record.registered_on else each
        for each in record.members
    ]
    steps: list[Step] = []
    for day in _days(record, begins, members):
        facts: Facts = {}
        if record.left_on is None or day < record.left_on:
            facts = _facts(record, day, [each for each in members if _is_there(each, day)])
        step = (day.toordinal(), _place(record, day), facts)
        if not steps or steps[-1][1:] != step[1:]:
            steps.append(step)
    return steps


def _days(record: Record, begins: date, members: Iterable[Member]) -> list[date]:
    """The days, from the first one on, on which anything may begin or end."""
    days = {begins}
    times: list[Time | Member] = [*record.standings, *record.stays, *record.watched, *members]
    for time in times:
        days.add(time.since)
        if time.until is not None:
            days.add(time.until + timedelta(days=1))
    days.update(date(year, 1, 1) for year in record.years)
    if record.left_on is not None:
        days.add(record.left_on)
    last = record.left_on or date.max
    return sorted(day for day in days if begins <= day <= last)


def _is_there(member: Member, day: date) -> bool:
    return member.since <= day and (member.until is None or day <= member.until)


def _place(record: Record, day: date) -> str:
    """Where it lives on a day; before the first stay that is known, where that was."""
    stays = sorted(record.stays, key=lambda stay: stay.since)
    return [stays[0], *(stay for stay in stays if stay.since <= day)][-1].what


def _facts(record: Record, day: date, members: Sequence[Member]) -> Facts:
    people = len(members)
    facts = {ALL: people}
    standing = next((each.what for each in record.standings if each.holds(day)), "")
    if standing:
        facts[standing] = people
        for member in members:
            if member.ethnic:
                of_people = f"{standing}.ethnic.{member.ethnic}"
                facts[of_people] = facts.get(of_people, 0) + 1
    if standing in IN_POVERTY:
        facts[f"cause.{record.main_cause or NO_CAUSE}"] = people
    for watched in record.watched:
        if watched.holds(day):
            facts[WATCHED] = facts[f"{WATCHED}.{watched.what}"] = people
    for lack, number in _lacks(record, day).items():
        if number:
            facts[f"lack.{lack}"] = min(number, people)
    return facts


def _lacks(record: Record, day: date) -> Facts:
    """What is lacking on a day: of each kind, what the last year up to then says of it."""
    known: Facts = {}
    for year in sorted(record.years):
        if year <= day.year:
            known.update(record.years[year])
    return known


Change = tuple[int, str, str]  # day, place, fact
Two = tuple[int, int]  # households, people


def changes_of(steps: Iterable[Step], sign: int = 1) -> Iterator[tuple[Change, Two]]:
    """The steps as changes: on each day what begins with its people, and what ends."""
    place_before, before = "", Facts()
    for day, place, facts in steps:
        for fact, people in before.items():
            if place != place_before or facts.get(fact) != people:
                yield (day, place_before, fact), (-sign, -sign * people)
        for fact, people in facts.items():
            if place != place_before or before.get(fact) != people:
                yield (day, place, fact), (sign, sign * people)
        place_before, before = place, facts


def difference(told: Iterable[Step], now: Iterable[Step]) -> dict[Change, Two]:
    """What is to be told, so that who was told `told` knows `now`."""
    sums: dict[Change, Two] = {}
    add_up(sums, changes_of(told, -1))
    add_up(sums, changes_of(now))
    return {change: both for change, both in sums.items() if both != (0, 0)}


def add_up(sums: dict[Change, Two], changes: Iterable[tuple[Change, Two]]) -> None:
    """Add changes to what is summed already, each to those of its day, place and fact."""
    for change, (households, people) in changes:
        before = sums.get(change, (0, 0))
        sums[change] = (before[0] + households, before[1] + people)
