"""Clocks of commitments: colours and days. The daily job that escalates stands in services/clock.py."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from yishi.kit.clock import add_workdays

from .models import Commitment

VERDICT_WORKDAYS = 10
CHECK_WORKDAYS = 10  # a proof that waits for its second person: nobody's promise is late by it
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


class Runs(StrEnum):
    """Whose clock it is."""

    OWN = "own"  # the bearer's: until the proof is given
    CHECK = "check"  # the second person's
    VERDICT = "verdict"  # that of those who judge


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a promise. The bearer's own stands once the proof is given; it then says how late that was."""

    whose: Runs
    colour: Colour
    days: int  # left until its day; below nought: beyond it
    due: date
    stands: bool = False


def clocks_of(commitment: Commitment, today: date) -> tuple[Clock, ...]:
    """The clocks of a promise on `today`, its own first: what every page says of it. None where none runs (see
    `colour`): then its state is all there is to say."""
    shade, S = colour(commitment, today), Commitment.State
    if shade == Colour.NONE:
        return ()
    if commitment.state == S.IN_FORCE:
        return (Clock(Runs.OWN, shade, (commitment.due_on - today).days, commitment.due_on),)
    given = commitment.proved_on or commitment.due_on
    own = Clock(Runs.OWN, shade, (commitment.due_on - given).days, commitment.due_on, stands=True)
    due = next_due(commitment)
    if due is None:
        return (own,)
    days = (due - today).days
    near = Colour.RED if days < 0 else Colour.YELLOW if today >= yellow_from(given, due) else Colour.BLUE
    return (own, Clock(Runs.CHECK if commitment.state == S.PROVED else Runs.VERDICT, near, days, due))


def next_due(commitment: Commitment) -> date | None:
    """By when the next act on a promise is due: its own day, that of its check, or that of the verdict."""
    S = Commitment.State
    if commitment.backfilled:
        return None
    if commitment.state == S.PROVED:
        return add_workdays(commitment.proved_on, CHECK_WORKDAYS) if commitment.proved_on else None
    return commitment.verdict_due_on if commitment.state == S.CHECKED else commitment.due_on
