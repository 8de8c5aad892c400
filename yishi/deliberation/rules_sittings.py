"""Who may do what in studies, seats, the room and agreements."""

from typing import Any

import rules

from yishi.organisations.grants import Viewer
from yishi.organisations.rights import add

from .models import ChairObjection, Duty, Matter, Minutes, Seat, Statement
from .rules import has_desk, runs_matter

KEY_ROLES = (Seat.Role.CHAIR, Seat.Role.SECRETARY, Seat.Role.CONVENER)


def matter_of(thing: Any) -> Matter:
    """The matter to which a study, seat, draw, sitting, statement, minutes, agreement or duty belongs."""
    if isinstance(thing, Matter):
        return thing
    if isinstance(thing, ChairObjection):
        return thing.seat.matter
    if isinstance(thing, Minutes | Statement):
        return thing.sitting.matter
    if isinstance(thing, Duty):
        return thing.agreement.matter
    return thing.matter


@rules.predicate
def runs(viewer: Viewer, thing: Any) -> bool:
    """Runs the matter from its convener's desk or the overseeing desk of the place."""
    return runs_matter.test(viewer, matter_of(thing))


@rules.predicate
def holds_key_seat(viewer: Viewer, thing: Any) -> bool:
    """Chairs the matter, is its secretary or convener by a seat."""
    return _sits(viewer, thing, role__in=KEY_ROLES, state=Seat.State.ACCEPTED)


@rules.predicate
def sits_here(viewer: Viewer, thing: Any) -> bool:
    """Holds any seat in the matter: by an account or by a query code."""
    return _sits(viewer, thing)


@rules.predicate
def is_their_seat(viewer: Viewer, seat: Seat) -> bool:
    if viewer.person_id is None or viewer.person_id != seat.person_id:
        return False
    viewer.use("seat", seat.pk)
    return True


@rules.predicate
def enters(viewer: Viewer, room: Any) -> bool:
    """Holds the seat with which they enter a room: who loads the room finds that seat and nothing else."""
    return is_their_seat.test(viewer, room.seat)


def _sits(viewer: Viewer, thing: Any, **more: Any) -> bool:
    if viewer.person_id is None:
        return False
    seats = Seat.objects.filter(matter=matter_of(thing), person=viewer.person_id, ended_on__isnull=True, **more)
    seat = seats.first()
    if seat is None:
        return False
    viewer.use("seat", seat.pk)
    return True


add("study.run", runs | holds_key_seat)
add("seat.run", runs)
add("seat.answer", is_their_seat | runs | holds_key_seat)
add("chair.object", runs | sits_here)
add("sitting.see", has_desk | sits_here)
add("sitting.run", runs | holds_key_seat)
add("stance.take", is_their_seat | runs | holds_key_seat)
add("room.enter", enters)
add("agreement.run", runs | holds_key_seat)
