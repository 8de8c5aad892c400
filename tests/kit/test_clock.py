"""Working days in China: holidays rest, made-up Saturdays and Sundays work, unknown years are said to be unknown."""

from datetime import date

import pytest

from yishi.kit.clock import add_workdays, is_workday, knows_year, workdays_between

pytestmark = pytest.mark.once


def test_it_works():
    before, after = date(2025, 9, 30), date(2025, 10, 9)  # between them the holidays of National Day
    assert add_workdays(before, 1) == (after, True)
    assert workdays_between(before, after) == 1 and workdays_between(after, before) == -1


def test_a_sunday_that_is_made_up_for_counts():
    assert is_workday(date(2025, 9, 28)) and not is_workday(date(2025, 10, 1))


@pytest.mark.parametrize("count", [-25, -1, 0, 1, 7, 60])
def test_counting_there_and_back_meets(count):
    start = date(2025, 9, 26)
    assert workdays_between(start, add_workdays(start, count).day) == count


def test_a_year_that_the_calendar_does_not_know_is_said():
    assert knows_year(2025) and not knows_year(2099)
    assert add_workdays(date(2099, 1, 2), 1) == (date(2099, 1, 5), False)  # from Friday to Monday
    assert not add_workdays(date(2099, 1, 1), -1).certain
