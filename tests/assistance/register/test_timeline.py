"""The steps of a household say of every day what its record says of it, and changes add up to them."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yishi.assistance.register.timeline import LACKS, Member, Record, Time, changes_of, difference, steps_of

FIRST = date(2014, 1, 1)
days = st.integers(0, 3600).map(lambda number: FIRST + timedelta(days=number))


@st.composite
def rows_one_after_the_other(draw, said):
    """Up to three rows with their days, in order, without overlap; the last one may go on."""
    starts = sorted(draw(st.sets(days, min_size=1, max_size=3)))
    ends = [*(start - timedelta(days=draw(st.integers(1, 40))) for start in starts[1:]), None]
    ends = [end if end is None or end >= start else start for start, end in zip(starts, ends, strict=True)]
    return [Time(draw(st.sampled_from(said)), start, end) for start, end in zip(starts, ends, strict=True)]


@st.composite
def records(draw):
    registered = draw(days)
    spans = st.tuples(days, st.none() | st.integers(0, 900))
    members = [
        Member(draw(st.sampled_from(["", "hani", "yi"])), since, None if length is None else since + timedelta(length))
        for since, length in draw(st.lists(spans, min_size=1, max_size=5))
    ]
    left = draw(st.none() | st.integers(1, 2000))
    facts = st.dictionaries(st.sampled_from(LACKS), st.integers(0, 4))
    return Record(
        registered_on=registered,
        left_on=None if left is None else registered + timedelta(days=left),
        main_cause=draw(st.sampled_from(["", "illness"])),
        standings=draw(st.just([]) | rows_one_after_the_other(["poor", "exited", "returned"])),
        stays=draw(rows_one_after_the_other(["A", "B"])),
        watched=draw(st.just([]) | rows_one_after_the_other(["unstable", "sudden"])),
        members=members,
        years=draw(st.dictionaries(st.integers(2013, 2024), facts, max_size=3)),
    )


def holds(row, day):
    return row.since <= day and (row.until is None or day <= row.until)


def naive(record, day):
    """What the record says of a day: (place, facts), asked row by row."""
    begins = min([record.registered_on] + [row.since for row in record.standings])
    if day < begins or (record.left_on and day >= record.left_on):
        return None, {}
    there = []
    for member in record.members:
        since = begins if member.since <= record.registered_on else member.since
        if since <= day and (member.until is None or day <= member.until):
            there.append(member)
    place = None
    for stay in sorted(record.stays, key=lambda row: row.since):
        if place is None or stay.since <= day:
            place = stay.what
    facts = {"all": len(there)}
    for row in record.standings:
        if holds(row, day):
            facts[row.what] = len(there)
            of_people = Counter(member.ethnic for member in there if member.ethnic)
            facts.update({f"{row.what}.ethnic.{people}": number for people, number in of_people.items()})
            if row.what != "exited":
                facts[f"cause.{record.main_cause or 'none'}"] = len(there)
    for row in record.watched:
        if holds(row, day):
            facts["watched"] = facts[f"watched.{row.what}"] = len(there)
    return place, facts | lacking(record, day, len(there))


def lacking(record, day, people):
    facts = {}
    for lack in LACKS:
        said = [year[lack] for number, year in sorted(record.years.items()) if number <= day.year and lack in year]
        if said and said[-1]:
            facts[f"lack.{lack}"] = min(said[-1], people)
    return facts


def counted(changes, day):
    """The changes up to a day, added up: (place, fact) → (households, people)."""
    sums = Counter(), Counter()
    for (on, place, fact), both in changes:
        if on <= day.toordinal():
            for total, number in zip(sums, both, strict=True):
                total[place, fact] += number
    return {key: (sums[0][key], sums[1][key]) for key in {*sums[0], *sums[1]} if (sums[0][key], sums[1][key]) != (0, 0)}


@given(records(), st.lists(days, min_size=1, max_size=8))
def test_of_every_day_the_steps_say_what_the_record_says(record, asked):
    changes = list(changes_of(steps_of(record)))
    for day in [*asked, record.registered_on, *(row.until for row in record.standings if row.until)]:
        place, facts = naive(record, day)
        assert counted(changes, day) == {(place, fact): (1, people) for fact, people in facts.items()}


@given(records(), records(), days)
def test_the_difference_makes_of_what_was_told_what_is_so_now(before, after, day):
    told, now = steps_of(before), steps_of(after)
    both = [*changes_of(told), *difference(told, now).items()]
    assert counted(both, day) == counted(changes_of(now), day)


@given(records())
def test_nothing_is_told_where_nothing_changed(record):
    assert difference(steps_of(record), steps_of(record)) == {}


@given(records())
def test_each_step_differs_from_the_one_before_in_the_order_of_days(record):
    steps = steps_of(record)
    assert [step[0] for step in steps] == sorted({step[0] for step in steps})
    assert all(one[1:] != other[1:] for one, other in zip(steps, steps[1:], strict=False))
