"""Who may do what in studies, seats, the room and agreements."""

from typing import Any

from yishi.organisations.grants import Grant, Viewer
from yishi.organisations.predicates import sits_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import (
    AgendaItem,
    BallotVoter,
    Brief,
    ChairObjection,
    Duty,
    Intervention,
    Matter,
    Minutes,
    Seat,
    SecretBallot,
    StanceSheet,
    Statement,
    StudyFinding,
    StudyVisit,
    Turn,
)
from .rules import runs_matter

KEY_ROLES = (Seat.Role.CHAIR, Seat.Role.SECRETARY, Seat.Role.CONVENER)


def matter_of(thing: Any) -> Matter:
    """The matter to which a study or its part, seat, draw, sitting and what is in it, agreement or duty belongs."""
    if isinstance(thing, Matter):
        return thing
    if isinstance(thing, ChairObjection):
        return thing.seat.matter
    if isinstance(thing, Minutes | StanceSheet | Statement | AgendaItem | Turn | SecretBallot | Brief | Intervention):
        return thing.sitting.matter
    if isinstance(thing, StudyVisit | StudyFinding):
        return thing.study.matter
    if isinstance(thing, Duty):
        return thing.agreement.matter
    matter: Matter = thing.matter
    return matter


@predicate
def runs(viewer: Viewer, thing: Any) -> Answer:
    """Runs the matter from its convener's desk or the overseeing desk of the place."""
    return runs_matter.test(viewer, matter_of(thing))


@predicate
def holds_key_seat(viewer: Viewer, thing: Any) -> Answer:
    """Chairs the matter, is its secretary or convener by a seat."""
    return _sits(viewer, thing, role__in=KEY_ROLES, state=Seat.State.ACCEPTED)


@predicate
def sits_here(viewer: Viewer, thing: Any) -> Answer:
    """Holds any seat in the matter: by an account or by the code of the seat."""
    return _sits(viewer, thing)


@predicate
def is_their_seat(viewer: Viewer, seat: Seat) -> Answer:
    """Sits on this seat themselves; the grant is the seat."""
    own = viewer.person_id == seat.person_id and viewer.sits_by(seat.matter_id)
    return Grant("seat", seat.pk) if own else None


@predicate
def enters(viewer: Viewer, room: Any) -> Answer:
    """Holds the seat with which they enter a room: who loads the room finds that seat and nothing else."""
    return is_their_seat.test(viewer, room.seat)


@predicate
def is_on_the_roll(viewer: Viewer, ballot: SecretBallot) -> Answer:
    """Stands on the roll of a secret ballot: by an account or by the code of their seat; nobody for another."""
    if not viewer.sits_by(ballot.sitting.matter_id):
        return None
    line = BallotVoter.objects.filter(ballot=ballot.pk, person=viewer.person_id).first()
    return Grant("seat", line.seat_id) if line is not None else None


@predicate
def put_it_forward(viewer: Viewer, statement: Statement) -> Answer:
    """Sits for the party whose statement it is."""
    if statement.party_id is None:
        return None
    return _sits(viewer, statement, party=statement.party_id, state__in=Seat.LIVE)


@predicate
def audits_its_place(viewer: Viewer, thing: Any) -> Answer:
    """Audits the place of the matter."""
    return viewer.audits(matter_of(thing).place)


def _sits(viewer: Viewer, thing: Any, **more: Any) -> Answer:
    matter = matter_of(thing)
    if not viewer.sits_by(matter.pk):
        return None
    seats = Seat.objects.filter(matter=matter, person=viewer.person_id, ended_on__isnull=True, **more)
    seat = seats.first()
    return Grant("seat", seat.pk) if seat is not None else None


add("study.run", runs | holds_key_seat)
add("seat.run", runs)
add("seat.declare", is_their_seat)
add("seat.declare_for", is_their_seat | runs)
add("seat.answer", is_their_seat | runs | holds_key_seat)
add("chair.object", runs | sits_here)
add("sitting.see", sits_somewhere | sits_here, reads=True)
add("sitting.run", runs | holds_key_seat)
add("sitting.recount", runs | holds_key_seat | audits_its_place, reads=True)
add("statement.withdraw", runs | holds_key_seat | put_it_forward)
add("turn.ask", runs | is_their_seat | holds_key_seat)
add("presence.arrive", runs | is_their_seat | holds_key_seat)
add("stance.take", is_their_seat | runs | holds_key_seat)
add("minutes.answer", is_their_seat)
add("room.enter", enters)
add("ballot.vote", is_on_the_roll)
add("agreement.run", runs | holds_key_seat)
