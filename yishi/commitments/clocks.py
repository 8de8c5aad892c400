"""Clocks of commitments: colours and days. The daily job that escalates stands in services/clock.py."""

from datetime import date, timedelta
from enum import StrEnum

from yishi.kit.clock import add_workdays

from .models import Commitment

VERDICT_WORKDAYS = 10
YELLOW_WORKDAYS = 3
NEXT_TIER_WORKDAYS = 5  # overdue after the letter before the next tier is told
RECHECK_AFTER, RECHECK_BEFORE = timedelta(days=30), timedelta(days=90)


class Colour(StrEnum):
    BLUE = "blue"  # on course
    YELLOW = "yellow"  # the last fifth of its time, or 3 working days before, whichever begins earlier
    RED = "red"  # overdue
    NONE = ""  # no clock runs


def yellow_from(start: date, due: date) -> date:
    """The first yellow day of a duty that runs from `start` to `due`."""
    fifth = due - timedelta(days=int((due - start).days / 5))
    return max(start, min(fifth, add_workdays(due, -YELLOW_WORKDAYS)))


def colour(commitment: Commitment, today: date) -> Colour:
    """The colour on `today`. Once proof was given in time, the bearer's clock stands."""
    if commitment.state not in Commitment.OPEN or commitment.in_force_on is None or commitment.backfilled:
        return Colour.NONE
    if commitment.state != Commitment.State.IN_FORCE:
        late = commitment.proved_on is not None and commitment.proved_on > commitment.due_on
        return Colour.RED if late else Colour.BLUE
    if today > commitment.due_on:
        return Colour.RED
    if today >= yellow_from(commitment.in_force_on, commitment.due_on):
        return Colour.YELLOW
    return Colour.BLUE
