"""Chinese working days: public holidays and make-up working days count.

What the State Council announced for a year, with its make-up days, comes from the library `chinesecalendar`. It is
announced a few weeks before the year begins. Until then the days that are holidays by law (全国年节及纪念日放假办法:
1 January, four days of Spring Festival, Qingming, 1 and 2 May, Dragon Boat, Mid-Autumn, 1 to 3 October, and a working
day off for each that falls on a weekend) are none, by the library `holidays`. A day that was counted over such a year
says so wherever it is shown (`CountedDay.is_certain`), and is counted again once the year is known.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Self

import chinese_calendar

SATURDAY = 5
SWAPPED = "Day off"  # so that library calls what an announcement gave off for a weekend that is worked
FIRST_YEAR = 2003  # the library begins with 2004


class CountedDay(date):
    """A day reached by counting working days. It knows whether it may still move: the doubt cannot be dropped on the
    way to a page. What is stored says so by its year (`of`); a day counted backwards by the year it was counted from.
    """

    _doubt = False

    @classmethod
    def of(cls, day: date, *, counted_from: date | None = None) -> Self:
        """`day`, which was reached by counting, from `counted_from` if that is the later one."""
        counted = cls(day.year, day.month, day.day)
        counted._doubt = counted_from is not None and not knows_year(counted_from.year)
        return counted

    @classmethod
    def doubted(cls, day: date) -> Self:
        """`day` as it was counted before its year was known."""
        counted = cls.of(day)
        counted._doubt = True
        return counted

    @property
    def is_certain(self) -> bool:
        """Are all years known that were counted over?"""
        return not self._doubt and knows_year(self.year)


def is_certain(day: date) -> bool:
    """Does `day` stand? Only what was counted over a year that is not announced may move."""
    return day.is_certain if isinstance(day, CountedDay) else True


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

    named = country_holidays("CN", years=year, language="en_US")
    return frozenset(day for day, name in named.items() if not name.startswith(SWAPPED))


def knows_year(year: int) -> bool:
    """Is there nothing left to be announced of `year`? (Before the library's first year, too, nothing is.)"""
    return year <= FIRST_YEAR or _is_announced(year)


def last_known_year() -> int:
    """The last year whose holidays and make-up days the calendar knows."""
    year = FIRST_YEAR
    while _is_announced(year + 1):
        year += 1
    return year


def _is_announced(year: int) -> bool:
    return _has_year(year, chinese_calendar.is_workday)


@lru_cache(maxsize=200)
def _has_year(year: int, library: Callable[[date], bool]) -> bool:
    """The library looks through all of its days for each answer, and each day that a page shows asks."""
    try:
        library(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def add_workdays(start: date, count: int) -> CountedDay:
    """The `count`-th working day after `start` (before it, if `count` is negative); 0 is `start` itself."""
    step = timedelta(days=1 if count >= 0 else -1)
    day, left = date(start.year, start.month, start.day), abs(count)
    while left:
        day += step
        if is_workday(day):
            left -= 1
    return CountedDay.of(day, counted_from=start if count < 0 else None)


def workdays_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative if `end` is before `start`."""
    if end < start:
        return -workdays_between(end, start)
    day, count = start, 0
    while day < end:
        day += timedelta(days=1)
        count += is_workday(day)
    return count
