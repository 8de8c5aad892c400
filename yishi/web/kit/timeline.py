"""The timeline: the spine of every file. What happened, who, when, what comes next and by when."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from yishi.kit.ids import made_at


def moment_of(key: UUID, day: date) -> datetime | None:
    """When a record that names only a day was written, if that was on this day: it orders what happened on one day."""
    written = timezone.localtime(datetime.fromtimestamp(made_at(key), tz=UTC))
    return written if written.date() == day else None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline. `kind`: "done" (happened), "now" (where it stands), "next" (expected)."""

    title: Any
    when: date | datetime | None = None
    who: Any = ""
    text: Any = ""
    kind: str = "done"
    due: date | None = None
    url: str = ""
    flag: Any = ""  # a word such as 补录

    @property
    def has_time(self) -> bool:
        return isinstance(self.when, datetime)
