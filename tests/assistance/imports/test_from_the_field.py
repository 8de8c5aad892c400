"""What the field writes into a workbook of households: headings and values of the national export, one person twice."""

from datetime import date
from types import SimpleNamespace

import pytest

from tests.assistance.importing import card
from yishi.assistance.imports.services.household_kind import Households
from yishi.assistance.imports.workbooks.household_columns import columns
from yishi.assistance.imports.workbooks.household_rows import read_household
from yishi.assistance.imports.workbooks.rows import StagedRow
from yishi.assistance.register import codes
from yishi.formats.sheet_rows import Row
from yishi.formats.tables import Table
from yishi.kit.identity import check_character
from yishi.organisations.models import Place

PLACES = SimpleNamespace(find=lambda *asked: (Place(name="牟尼村"), "", ""))
RESIDENT, EMPLOYEE = "是否参加城乡居民基本医疗保险", "是否参加城镇职工基本医疗保险"


def household(**cells):
    """The household of a workbook of one row that has these columns besides."""
    cells = {"户编号": "H1", "姓名": "王甲", "与户主关系": "户主", **cells}
    table = Table(columns())
    list(table.take(Row(1, False, list(cells))))
    lines = [*table.take(Row(2, False, list(cells.values()))), *table.end()]
    headings = {column.key: table.headings[place] for place, column in table.found.items()}
    staged = [StagedRow(line.number, "", line.values, line.raw, line.faults) for line in lines]
    return read_household(staged, headings, PLACES, 2020, date(2026, 1, 1))


def test_workbooks_5_the_number_of_people_is_read():
    made = household(人数="3")
    assert (made.fields["year"], made.faults) == ({"head_count": 3}, [])


@pytest.mark.parametrize(
    ("cells", "medical"),
    [
        ({RESIDENT: "是"}, "resident"),
        ({EMPLOYEE: "是"}, "employee"),
        ({RESIDENT: "否", EMPLOYEE: "是"}, "employee"),
        ({RESIDENT: "否", EMPLOYEE: "否"}, "none"),
        ({RESIDENT: "是", "基本医疗保险": "城乡居民基本医疗保险"}, "resident"),
        ({"参加新型农村合作医疗": "是"}, "resident"),
        ({RESIDENT: "否", "基本医疗保险": "职工医保"}, "employee"),
    ],
)
def test_workbooks_5_an_insurance_asked_for_by_yes_and_no_is_that_insurance(cells, medical):
    made = household(**cells)
    assert (made.members[0].fields["member_year"], made.faults) == ({"medical": medical}, [])


def test_workbooks_5_a_pension_likewise():
    made = household(是否参加城乡居民基本养老保险="是")
    assert (made.members[0].fields["member_year"], made.faults) == ({"pension": "resident"}, [])


def test_workbooks_5_a_no_to_one_insurance_is_no_word_about_the_other():
    member = household(**{RESIDENT: "否"}).members[0]
    assert (member.fields.get("member_year"), member.raw) == (None, {RESIDENT: "否"})


@pytest.mark.parametrize(
    "cells",
    [
        {RESIDENT: "是", EMPLOYEE: "是"},
        {RESIDENT: "是", "基本医疗保险": "职工医保"},
        {RESIDENT: "否", "基本医疗保险": "居民医保"},
        {RESIDENT: "否", EMPLOYEE: "否", "基本医疗保险": "居民医保"},
    ],
)
def test_workbooks_5_columns_on_one_insurance_that_contradict_each_other_are_named(cells):
    assert [(fault.heading, fault.code) for fault in household(**cells).faults] == [
        (next(iter(cells)), "two_insurances")
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("村内务工", "village"),
        ("乡（镇）内务工", "township"),
        ("乡（镇）外县内务工", "county"),
        ("县外省内务工", "province"),
        ("省外务工", "elsewhere"),
        ("境外务工", "abroad"),
    ],
)
def test_workbooks_5_where_somebody_works_is_read_as_the_export_says_it(text, code):
    assert codes.find("work_place", text) == code


def short(number):
    """The 15 digits that a card had before 1999."""
    return number[:6] + number[8:17]


@pytest.mark.parametrize(
    "other",
    [short(card(1)), card(1) + "43", card(1) + "43B1", card(1).lower(), f" {card(1)[:6]} {card(1)[6:]}"],
    ids=["15 digits", "a disability card", "one issued again", "a small x", "blanks"],
)
def test_workbooks_2_one_person_in_two_households_is_named_however_the_number_is_written(other):
    """The mechanism is `Identity.key`, by which the register finds a person: a workbook compared texts."""
    assert card(1).endswith(check_character(card(1)[:17]))
    rows = [
        StagedRow(2, "", {"number": "H1", "identity": card(1)}, {}, []),
        StagedRow(3, "", {"number": "H2", "identity": other}, {}, []),
        StagedRow(4, "", {"number": "H3", "identity": card(2)}, {}, []),
    ]
    workbook = SimpleNamespace(options={"headings": {"number": "户编号", "identity": "证件号码"}})
    faults = Households().look_through(workbook, rows).faults
    assert {row: [(fault.code, fault.params) for fault in said] for row, said in faults.items()} == {
        3: [("identity_twice", {"row": 2})]
    }
