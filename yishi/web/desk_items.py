"""What waits for somebody: the one shape in which every slice puts its open acts on a desk."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DeskItem:
    """One thing that waits at a desk (or for a member): what, until when, and the page of its next act."""

    kind: str  # "worry", "gate", "commitment", "sitting", "study", "release", …
    title: str
    act: str  # the next act, a verb phrase: "Screen", "Answer the gate" (translated)
    url: str
    due_on: date | None = None
    body_id: UUID | None = None  # the desk
    detail: str = ""
