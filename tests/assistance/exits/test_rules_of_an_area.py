"""What an area changes in the shipped rules, and packs that are none, without a database."""

from datetime import date
from decimal import Decimal

import pytest

from yishi.assistance.exits.survey.area import (
    ANSWERED,
    CONDITION,
    COUNTER,
    INCOME,
    NUMBERS,
    Change,
    number_of,
    rules_with,
)
from yishi.assistance.exits.survey.pack import (
    PackError,
    questionnaire_of,
    questionnaire_read,
    questionnaire_versions,
    rules_of_text,
    rules_read,
    rules_versions,
)

RULES = rules_read(rules_versions()[0])


def change(code, value=None, *, is_off=False):
    value = None if value is None else Decimal(value)
    return Change(code, value, is_off, "532331", date(2019, 3, 1), "云开组〔2019〕1号")


def test_each_number_is_changed_alone():
    for code in NUMBERS:
        value = number_of(RULES, code) + 1
        ours = rules_with(RULES, [change(code, value)])
        assert {each: number_of(ours, each) for each in NUMBERS} == {
            each: value if each == code else number_of(RULES, each) for each in NUMBERS
        }
        assert ours.conditions == RULES.conditions and ours.income_line == RULES.income_line
    assert {COUNTER, ANSWERED} < set(NUMBERS)


def test_a_line_keeps_its_side():
    for code, line in RULES.lines.items():
        assert rules_with(RULES, [change(code, 7)]).lines[code].is_least == line.is_least


def test_the_income_line_and_a_condition_that_is_none():
    assert rules_with(RULES, [change(INCOME, 3218)]).income_line == 3218
    gone = next(iter(RULES.conditions))
    ours = rules_with(RULES, [change(CONDITION + gone, is_off=True)])
    assert set(RULES.conditions) - set(ours.conditions) == {gone}


def test_what_the_rules_do_not_know_changes_nothing():
    unknown = [change("nobody", 3), change(CONDITION + "nobody", is_off=True), change(COUNTER)]
    assert rules_with(RULES, unknown) == RULES


@pytest.mark.parametrize("value", [None, "3", "2.50", "1E+2"])
def test_what_an_assessment_keeps_is_read_again(value):
    kept = change(COUNTER, value).kept()
    assert kept["value"] == (None if value is None else f"{Decimal(value).normalize():f}")
    assert Change.of(kept) == change(COUNTER, value)


def test_rules_that_are_none_are_refused():
    for text in ("no file", 'version = "1"', RULES.text.replace("least =", "most =", 1)):
        with pytest.raises(PackError):
            rules_of_text("2030.1", text)
    with pytest.raises(PackError, match="no version"):
        rules_read("1900.1")


def test_a_questionnaire_that_is_none_is_refused():
    shipped = questionnaire_read(questionnaire_versions()[0])
    first, second = list(shipped.questions)[:2]
    for text in (
        "no file",
        'title = "x"',
        shipped.text.replace(f'code = "{second}"', f'code = "{first}"', 1),
        shipped.text.replace('kind = "words"', 'kind = "guess"', 1),
        shipped.text.replace('kind = "yes_no"', 'kind = "choice"', 1),
    ):
        with pytest.raises(PackError):
            questionnaire_of("2030.1", text)
