"""The lists of a matter's seats: who sits, what was drawn, who sits no longer."""

from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Seat
from yishi.web.kit.lists import Column, DeclaredList


def _for_whom(seat: Seat) -> str:
    """The party or body for which somebody sits; "" for nobody."""
    stands_for = seat.party or seat.body
    return stands_for.name if stands_for else ""


SEATS = DeclaredList(
    "seats",
    gettext_lazy("Seats"),
    [
        Column(gettext_lazy("Person"), "person", cell="person"),
        Column(gettext_lazy("For"), _for_whom, cell="party"),
        Column(gettext_lazy("There as"), "get_role_display", cell="role"),
        Column(gettext_lazy("How it is filled"), "get_filled_by_display", page=False),
        Column(gettext_lazy("Answer"), "get_state_display", cell="answer"),
        Column(gettext_lazy("Enters the room with"), cell="enters"),
        Column(gettext_lazy("Acts"), cell="acts"),
    ],
)
DRAWS = DeclaredList(
    "draws",
    gettext_lazy("Draws"),
    [
        Column(gettext_lazy("Published"), "published_at", cell="published"),
        Column(gettext_lazy("Fingerprint of the list"), "list_hash", cell="fingerprint"),
        Column(gettext_lazy("Drawn"), "drawn_at", cell="drawn"),
    ],
)
ENDED_SEATS = DeclaredList(
    "ended_seats",
    gettext_lazy("Declined, replaced, stepped back, entered by mistake"),
    [
        Column(gettext_lazy("Person"), "person"),
        Column(gettext_lazy("There as"), "get_role_display"),
        Column(gettext_lazy("What happened"), "get_state_display", cell="what"),
        Column(gettext_lazy("last day"), "ended_on", page=False),
        Column(gettext_lazy("Reason"), "reason"),
    ],
)
