"""Chinese working days: public holidays and make-up working days count.

Days come from the library `chinesecalendar`. For years that it does not know, Monday to Friday count and
`certain` says False, so that a page can show a note.
"""

from datetime import date, timedelta
from typing import NamedTuple

import chinese_calendar

SATURDAY = 5


class Deadline(NamedTuple):
    """A day reached by counting working days; `certain` is False where the calendar of a year is not known yet."""

    day: date
    certain: bool


def is_workday(day: date) -> bool:
    """Is `day` a working day in China? Unknown years fall back to Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


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
