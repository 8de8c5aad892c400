"""Days in sentences: one that was counted over a year whose holidays are not announced says that it may move."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from yishi.kit.clock import CountedDay, is_certain


def doubt_of(day: date) -> str:
    """What stands behind `day` while it may move; "" where it stands."""
    return "" if is_certain(day) else str(_(" (provisional until the holidays are announced)"))


def day_said(day: date) -> str:
    """`day` as a sentence says it, in the language that is active."""
    return date_format(day) + doubt_of(day)


def moment_said(at: datetime) -> str:
    """A moment as a sentence says it, in local time on the 24-hour clock."""
    local = timezone.localtime(at)
    return f"{date_format(local.date())} {local:%H:%M}"


def day_kept(day: date) -> str:
    """`day` as text that keeps its doubt: 2027-01-05, or 2027-01-05? (ISO 8601-2: uncertain)."""
    return date.isoformat(day) + ("" if is_certain(day) else "?")


def day_read(text: str) -> date:
    """The day of `day_kept`. It says what was known when it was written: a doubt stays one."""
    if text.endswith("?"):
        return CountedDay.doubted(date.fromisoformat(text[:-1]))
    return date.fromisoformat(text)
