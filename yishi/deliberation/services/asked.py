"""Who was in the room and counted when a statement was decided: whose silence is told apart from assent."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from yishi.deliberation.models import Presence, Seat, Sitting, Statement

UNCOUNTED = (Seat.Role.OBSERVER, Seat.Role.CHAIR)  # no hand of theirs stands for a party


def seats_asked(sitting: Sitting, statements: Iterable[Statement]) -> dict[UUID, list[Seat]]:
    """Per statement the seats that count and were in the room: now, while it is open (in a recess, when that began);
    else when it was closed. Who stepped back because of an interest is not among them."""
    counted = sitting.presences.exclude(seat__role__in=UNCOUNTED).exclude(seat__state=Seat.State.RECUSED)
    stays = list(counted.select_related("seat__person", "seat__party").order_by("seat__started_on", "seat"))
    recess = sitting.recesses.filter(ended_at__isnull=True).first() if sitting.state == Sitting.State.RECESS else None
    found = {}
    for statement in statements:
        moment = recess.began_at if recess and statement.is_open else _moment(sitting, statement)
        found[statement.pk] = list({stay.seat_id: stay.seat for stay in stays if _was_here(stay, moment)}.values())
    return found


def _moment(sitting: Sitting, statement: Statement) -> datetime | None:
    """When it was decided: a sitting that is recorded afterwards was over before anybody typed it."""
    if statement.is_open:
        return None
    ends = [moment for moment in (statement.closed_at, sitting.closed_at) if moment is not None]
    return min(ends, default=None)


def _was_here(stay: Presence, moment: datetime | None) -> bool:
    if moment is None:
        return stay.left_at is None
    return stay.arrived_at <= moment and (stay.left_at is None or stay.left_at >= moment)
