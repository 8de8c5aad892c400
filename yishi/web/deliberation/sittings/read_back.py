"""What those who were there said to the minutes: on the page of the sitting, before they are issued, on the paper."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yishi.deliberation.models import Minutes, MinutesAnswer, Seat, Sitting
from yishi.deliberation.services.minutes_reading import answers_to, heard_seats


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Who found the draft right, who objected in which words, who has not answered."""

    right: list[MinutesAnswer]
    objections: list[MinutesAnswer]
    silent: list[Seat]


def read_back(sitting: Sitting) -> ReadBack | None:
    """Nothing of a sitting that has no minutes, or to whose minutes nobody was asked."""
    minutes = getattr(sitting, "minutes", None)
    if minutes is None:
        return None
    answers = answers_to(minutes)
    if not answers and minutes.asked_at is None and not minutes.unheard:
        return None
    return ReadBack(
        [answer for answer in answers.values() if answer.agrees],
        [answer for answer in answers.values() if not answer.agrees],
        [seat for seat in heard_seats(sitting) if seat.pk not in answers],
    )


def read_back_facts(minutes: Minutes) -> list[tuple[Any, Any]]:
    """The same in a line each, for whoever issues them."""
    said = read_back(minutes.sitting)
    if said is None:
        return [(_("Confirmed by"), _("nobody has been asked yet"))]
    lines = [
        (_("Confirmed by"), "、".join(str(answer.seat.person) for answer in said.right)),
        (_("Objections"), "\n".join(f"{answer.seat.person}：{answer.objection}" for answer in said.objections)),
        (_("Has not answered"), "、".join(str(seat.person) for seat in said.silent)),
    ]
    return [(label, words) for label, words in lines if words]
