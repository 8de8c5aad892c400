"""The timeline: the spine of every file. What happened, who, when, what comes next and by when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


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
