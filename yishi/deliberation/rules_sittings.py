"""Who may do what in studies, seats, the room and agreements."""

import rules

from yishi.organisations.grants import Viewer
from yishi.organisations.rights import add

from .models import Matter, Seat, Sitting
from .rules import has_desk, runs_matter


@rules.predicate
def holds_key_seat(viewer: Viewer, matter: Matter) -> bool:
    """Chairs the matter, is its secretary or convener by a seat."""
    if viewer.person_id is None:
        return False
    roles = (Seat.Role.CHAIR, Seat.Role.SECRETARY, Seat.Role.CONVENER)
    seat = Seat.objects.filter(
        matter=matter, person=viewer.person_id, role__in=roles, ended_on__isnull=True, state=Seat.State.ACCEPTED
    ).first()
    if seat is None:
        return False
    viewer.use("seat", seat.pk)
    return True


@rules.predicate
def is_their_seat(viewer: Viewer, seat: Seat) -> bool:
    if viewer.person_id is None or viewer.person_id != seat.person_id:
        return False
    viewer.use("seat", seat.pk)
    return True


@rules.predicate
def runs_its_matter(viewer: Viewer, seat: Seat) -> bool:
    return runs_matter.test(viewer, seat.matter) or holds_key_seat.test(viewer, seat.matter)


@rules.predicate
def sits_here(viewer: Viewer, matter: Matter) -> bool:
    """Holds any seat in the matter."""
    if viewer.person_id is None:
        return False
    seat = Seat.objects.filter(matter=matter, person=viewer.person_id, ended_on__isnull=True).first()
    if seat is None:
        return False
    viewer.use("seat", seat.pk)
    return True


@rules.predicate
def sits_in_room(viewer: Viewer, sitting: Sitting) -> bool:
    """Holds a seat in the sitting's matter: by an account or by a query code."""
    return sits_here.test(viewer, sitting.matter)


@rules.predicate
def runs_sitting(viewer: Viewer, sitting: Sitting) -> bool:
    return runs_matter.test(viewer, sitting.matter) or holds_key_seat.test(viewer, sitting.matter)


add("study.see", has_desk)
add("study.run", runs_matter | holds_key_seat)
add("seat.run", runs_matter)
add("seat.answer", is_their_seat | runs_its_matter)
add("chair.object", runs_matter | sits_here)
add("sitting.see", has_desk | sits_here)
add("sitting.run", runs_matter | holds_key_seat)
add("stance.take", is_their_seat | runs_its_matter)
add("room.enter", sits_in_room)
add("room.run", runs_sitting)
add("agreement.run", runs_matter | holds_key_seat)
