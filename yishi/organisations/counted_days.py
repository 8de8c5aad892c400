"""Days that were counted before the holidays of their year were announced are counted again once they are."""

from collections.abc import Callable
from datetime import date

from yishi.database.reach import everything
from yishi.kit.clock import last_known_year

from .models import Installation

# What rooms above count again: functions (first day, last day) that look at every open day from one to the other, by
# an act that leaves its entry, and give how many moved. One explicit table, filled at start by `apps.ready`.
COUNTS: list[Callable[[date, date], int]] = []


def days_recount() -> int:
    """Count again what lies in years of which the calendar was not known so far; gives how many days moved.

    Only what was in doubt is looked at: a day of a year that was known when it was counted stays as it was told.
    """
    newest = last_known_year()
    known = Installation.objects.filter(pk=1).values_list("calendar_year", flat=True).first()
    if known is None or known >= newest:
        return 0
    with everything():
        moved = sum(count(date(known + 1, 1, 1), date(newest, 12, 31)) for count in COUNTS)
    Installation.objects.filter(pk=1).update(calendar_year=newest)
    return moved
