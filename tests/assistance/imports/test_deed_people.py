"""A workbook of deeds names people: by name and the number of their household, or by their own number."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.assistance.importing import faults, publish, send
from tests.kept import kept
from yishi.assistance.deeds.models import Deed
from yishi.assistance.imports.services.deed_kind import deed_meaning
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.formats.sheets import write_sheet
from yishi.journal.models import Entry
from yishi.people.models import Person

HEADINGS = ["活动项", "日期", "村", "数量", "受益户编号", "受益人姓名", "受益人编号", "内容"]
DAY = 3


@kept
def pupils(helping):
    """A pupil in each household of 牟尼村; in the first one two who are called alike."""
    made = []
    for number, household in enumerate(helping.households[:4]):
        for twin in range(2 if number == 0 else 1):
            pupil = Person.objects.create(name=f"阿依·木{number}")
            member = {"valid_from": helping.start, "relation": "child", "number": f"P{number}{twin}"}
            HouseholdMember.within.create(household=household, person=pupil, **member)
            made.append(pupil)
    return made


def deeds(cast, *rows, item="介绍一个就业岗位"):
    day = timezone.localdate() - timedelta(days=DAY)
    lines = [[item, day, "牟尼村", 1, *row, f"第{number}次"] for number, row in enumerate(rows)]
    return send(cast, write_sheet(lines, HEADINGS, "实绩"), kind="deeds", year=2026)


def reached(deed):
    beneficiaries = deed.beneficiaries.all()
    people = {each.person_id for each in beneficiaries if each.person_id}
    return people, {each.household_id for each in beneficiaries if each.household_id}


@pytest.mark.parametrize(
    ("household", "name", "number"),
    [
        ("H牟尼村1", "阿依·木1", ""),
        ("H牟尼村1", "阿依木1", ""),
        ("", "", "P10"),
        ("", "阿依•木1", "P10"),
        ("H牟尼村1", "阿依·木1", "P10"),
    ],
)
def test_workbooks_6_a_deed_reaches_a_person(cast, pupils, household, name, number):
    sent = publish(cast, deeds(cast, [household, name, number]))
    assert sent.state == "published", faults(sent)
    deed = Deed.within.get()
    assert reached(deed) == ({pupils[2].pk}, set())
    assert Entry.objects.get(pk=deed.entry_id).touches == [["person", str(pupils[2].pk), 1]]


def test_workbooks_6_of_an_item_for_anybody_the_household_counts_too(cast, pupils):
    publish(cast, deeds(cast, ["H牟尼村1", "阿依·木1", ""], item="办一场培训"))
    people, households = reached(Deed.within.get())
    assert people == {pupils[2].pk}
    assert households == {Household.within.get(number="H牟尼村1").pk}


def test_workbooks_6_several_people_of_several_households_in_one_row(cast, pupils):
    publish(cast, deeds(cast, ["H牟尼村1、H牟尼村2", "阿依·木2，阿依·木1", ""]))
    assert reached(Deed.within.get())[0] == {pupils[2].pk, pupils[3].pk}


@pytest.mark.parametrize(
    ("household", "name", "number", "code"),
    [
        ("H牟尼村0", "阿依·木0", "", "namesakes"),
        ("H牟尼村2", "阿依·木1", "", "no_member"),
        ("", "阿依·木1", "", "whose_member"),
        ("", "", "P99", "no_member_number"),
        ("H没有", "阿依·木1", "", "no_household"),
    ],
)
def test_workbooks_6_who_is_meant_must_be_plain(cast, pupils, household, name, number, code):
    assert [fault[2] for fault in faults(deeds(cast, [household, name, number]))] == [code]


def test_workbooks_6_namesakes_are_told_apart_by_their_numbers(cast, pupils):
    publish(cast, deeds(cast, ["H牟尼村0", "阿依·木0", "P01"], ["H牟尼村0", "阿依·木0", "P00"]))
    assert {min(reached(deed)[0]) for deed in Deed.within.all()} == {pupils[0].pk, pupils[1].pk}


def test_workbooks_6_who_left_is_named_for_a_deed_of_before(cast, pupils):
    left = timezone.localdate() - timedelta(days=DAY - 1)
    HouseholdMember.within.filter(person=pupils[2]).update(valid_to=left)
    assert deeds(cast, ["H牟尼村1", "阿依·木1", ""]).bad == 0
    HouseholdMember.within.filter(person=pupils[2]).update(valid_to=left - timedelta(days=5))
    assert [fault[2] for fault in faults(deeds(cast, ["H牟尼村1", "阿依·木1", ""]))] == ["no_member"]


def test_workbooks_6_two_pupils_of_one_family_are_two_deeds_and_sent_again_the_same(cast, pupils):
    rows = [["H牟尼村0", "", "P00"], ["H牟尼村0", "", "P01"]]
    lines = [["介绍一个就业岗位", "2026-11-01", "牟尼村", 1, *row, "进厂"] for row in rows]
    data = write_sheet(lines, HEADINGS, "实绩")
    sent = publish(cast, send(cast, data, kind="deeds", year=2026))
    assert (sent.state, sent.new) == ("published", 2), faults(sent)
    assert send(cast, data, kind="deeds", year=2026).same == 2


def test_a_row_that_names_nobody_means_what_it_meant_before():
    plain = {"item": "i", "on": "2026-01-01", "place": "p", "amount": "1", "households": ["h"], "parties": []}
    plain |= {"unnamed": 0, "words": "教种花"}
    assert deed_meaning(plain) == deed_meaning({**plain, "people": []})
    assert deed_meaning(plain) != deed_meaning({**plain, "people": ["a"]})
