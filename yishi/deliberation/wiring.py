"""What happens above when something happens below: one explicit table, connected once at start."""

from typing import Any
from uuid import UUID

from yishi.commitments import hooks
from yishi.commitments.cases import CaseKind, case_add
from yishi.commitments.models import Commitment
from yishi.journal.act import Act
from yishi.kit.hooks import connect as hooks_connect
from yishi.organisations import counted_days

from .models import Matter
from .services import course
from .services.recounting import days_recount
from .services.screening import worries_settle, worries_take_up_again


def _matter(commitment: Commitment) -> Matter | None:
    if commitment.origin_kind != Commitment.Origin.MATTER:
        return None
    return Matter.within.select_related("process", "place", "convener").filter(pk=commitment.origin_id).first()


def _matter_reached(key: UUID) -> Matter:
    return Matter.objects.select_related("place", "convener").get(pk=key)


def reopen_matter(commitment: Commitment, this: Act) -> None:
    """A promise that is owed again puts its matter under way again."""
    matter = _matter(commitment)
    if matter is not None:
        course.matter_reopen(matter, caused_by=this.id)


def move_matter(commitment: Commitment, this: Act) -> None:
    """A promise that moved may have met a condition of its matter's step."""
    matter = _matter(commitment)
    if matter is not None:
        course.matter_move_on(matter, caused_by=this.id)


TABLE: tuple[tuple[list[Any], Any], ...] = (
    (hooks.ON_REOPENED, reopen_matter),
    (hooks.ON_SETTLED, move_matter),
    (hooks.ON_MOVED, move_matter),
    (counted_days.COUNTS, days_recount),
    (course.ON_OVER, worries_settle),
    (course.ON_REOPENED, worries_take_up_again),
)


def connect() -> None:
    """Put every function of the table where it is called from; doing it again changes nothing."""
    hooks_connect(TABLE)
    case_add(Commitment.Origin.MATTER, CaseKind(_matter_reached, "matter.run", "matter"))
