"""Days in sentences, where one that was counted over a year whose holidays are not announced says that it may move;
and the day on which something happened: not one to come, nor one before what it answers."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.kit.clock import CountedDay, is_certain
from yishi.kit.errors import Refusal


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


STILL_TO_COME = gettext_lazy("This day is still to come. Please give the day it happened.")


def happened(
    day: date,
    field: str,
    *,
    code: str = "",
    today: date | None = None,
    not_before: tuple[date, Any] | None = None,
    to_come: Any = STILL_TO_COME,
) -> date:
    """`day`, on which something happened: refused while it is to come (`to_come` says so), and where it lies before
    what it answers: `not_before` is that one's day, and the sentence that says so (with %(day)s)."""
    code = code or field
    if day > (today or timezone.localdate()):
        raise Refusal(f"{code}.future", to_come, field=field)
    if not_before is not None and day < not_before[0]:
        raise Refusal(f"{code}.early", str(not_before[1]) % {"day": day_said(not_before[0])}, field=field)
    return day
