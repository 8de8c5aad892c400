"""Working days, announced and not: against the calendars that people hang on the wall."""

from datetime import date

import pytest

from yishi.kit import clock
from yishi.kit.clock import add_workdays, is_workday, knows_year, workdays_between

D = date.fromisoformat


@pytest.fixture
def unannounced(monkeypatch):
    """As if no year had been announced yet."""

    def unknown(_day):
        raise NotImplementedError

    monkeypatch.setattr(clock.chinese_calendar, "is_workday", unknown)


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday that is worked for Spring Festival
        ("2026-02-14", 1, "2026-02-24"),  # nine days off
        ("2026-04-30", 3, "2026-05-08"),  # 1 to 5 May off
        ("2026-09-24", 1, "2026-09-28"),
        ("2026-09-30", 2, "2026-10-09"),
        ("2026-10-08", -1, "2026-09-30"),
        ("2026-12-28", 3, "2026-12-31"),
    ],
)
def test_an_announced_year_counts_with_its_make_up_days(start, count, due):
    counted = add_workdays(D(start), count)
    assert (counted, counted.is_certain) == (D(due), True)


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2026-12-28", 5, "2027-01-05"),  # New Year's Day is one in any year
        ("2026-12-31", 1, "2027-01-04"),
        ("2027-02-04", 1, "2027-02-11"),  # eve 5 February to 8 February; a Saturday and a Sunday of them are made up
        ("2027-04-02", 1, "2027-04-06"),  # Qingming on Monday the 5th
        ("2027-04-30", 1, "2027-05-05"),  # 1 and 2 May on a weekend
        ("2027-06-08", 1, "2027-06-10"),  # Dragon Boat on the 9th
        ("2027-09-14", 1, "2027-09-16"),  # Mid-Autumn on the 15th
        ("2027-09-30", 1, "2027-10-06"),  # 1 to 3 October, Saturday and Sunday of them made up
        ("2028-01-24", 1, "2028-01-31"),  # eve 25 January to 28 January, a Friday
        ("2028-04-03", 1, "2028-04-05"),
        ("2028-05-26", 1, "2028-05-30"),  # Dragon Boat on Sunday the 28th
    ],
)
def test_a_year_that_is_not_announced_has_its_holidays_by_law_and_is_not_certain(unannounced, start, count, due):
    counted = add_workdays(D(start), count)
    assert (counted, counted.is_certain) == (D(due), False)
    assert workdays_between(D(start), D(due)) == count


def test_without_an_announcement_no_weekend_is_worked(unannounced):
    assert not is_workday(D("2026-02-14"))
    assert not knows_year(2026)


def test_the_announcement_replaces_the_law():
    """20 February 2026 was given off by announcement; the law alone knows it as a working day."""
    assert not is_workday(D("2026-02-20"))
    assert D("2026-02-17") in clock.holidays_by_law(2026) and D("2026-02-20") not in clock.holidays_by_law(2026)
