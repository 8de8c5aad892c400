"""Chinese working days: public holidays and make-up working days count.

What the State Council announced for a year, with its make-up days, comes from the library `chinesecalendar`. It is
announced a few weeks before the year begins. Until then the days that are holidays by law (全国年节及纪念日放假办法:
1 January, four days of Spring Festival, Qingming, 1 and 2 May, Dragon Boat, Mid-Autumn, 1 to 3 October, and a working
day off for each that falls on a weekend) are none, by the library `holidays`; `certain` says False, so that a page can
show a note, and the day is counted again once the year is known.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import chinese_calendar

SATURDAY = 5


class Deadline(NamedTuple):
    """A day reached by counting working days; `certain` is False where the calendar of a year is not known yet."""

    day: date
    certain: bool


def is_workday(day: date) -> bool:
    """Is `day` a working day in China? In a year that is not announced: Monday to Friday but for holidays by law."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY and day not in holidays_by_law(day.year)


@lru_cache(maxsize=16)
def holidays_by_law(year: int) -> frozenset[date]:
    """The days off that the law itself fixes for `year`, also by the lunar calendar (1949 to 2099)."""
    from holidays import country_holidays  # noqa: PLC0415  most deadlines lie in years that are announced

    return frozenset(country_holidays("CN", years=year))


def knows_year(year: int) -> bool:
    """Does the calendar know the holidays of `year`?"""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def add_workdays(start: date, count: int) -> Deadline:
    """The `count`-th working day after `start` (before it, if `count` is negative); 0 is `start` itself."""
    step = timedelta(days=1 if count >= 0 else -1)
    day, left, years = start, abs(count), {start.year}
    while left:
        day += step
        years.add(day.year)
        if is_workday(day):
            left -= 1
    return Deadline(day, all(knows_year(year) for year in years))


def workdays_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative if `end` is before `start`."""
    if end < start:
        return -workdays_between(end, start)
    day, count = start, 0
    while day < end:
        day += timedelta(days=1)
        count += is_workday(day)
    return count
