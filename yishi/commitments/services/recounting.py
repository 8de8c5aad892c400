"""Open days of promises that the platform counted, counted again once the holidays of their year are announced."""

from datetime import date

from django.db.models import Q

from yishi.commitments.clocks import VERDICT_WORKDAYS
from yishi.commitments.models import Commitment
from yishi.journal.act import SYSTEM, act
from yishi.kit.clock import add_workdays
from yishi.kit.ids import named_id

from ._common import enter, locked, tell_bearer, tell_desk, tell_judges
from .judging import REOPENED_WORKDAYS

State = Commitment.State


def days_recount(first: date, last: date) -> int:
    """Count again the days from `first` to `last` for a verdict and after a reopening; gives how many moved."""
    span = (first, last)
    judged = Q(state=State.CHECKED, checked_on__isnull=False, verdict_due_on__range=span)
    reopened = Q(state__in=(State.IN_FORCE, State.PROVED), due_counted_from__isnull=False, due_on__range=span)
    moved = 0
    for commitment in Commitment.within.filter(judged | reopened).order_by("pk"):
        if commitment.state == State.CHECKED and commitment.checked_on:
            moved += _move(commitment, "verdict_due_on", add_workdays(commitment.checked_on, VERDICT_WORKDAYS))
        elif commitment.due_counted_from:
            counted = add_workdays(commitment.due_counted_from, REOPENED_WORKDAYS)
            moved += _move(commitment, "due_on", max(commitment.first_due_on, counted))
    return moved


def _move(commitment: Commitment, column: str, day: date) -> int:
    was = getattr(commitment, column)
    if day == was:
        return 0
    identity = named_id("commitments/recount", f"{commitment.pk}/{column}/{was}/{day}")
    body = {"commitment": commitment.pk, "column": column, "was": was, "day": day}
    with act("commitments.due.recount", actor=SYSTEM, act_id=identity, body=body) as this:
        if this.replayed:
            return 0
        commitment = locked(commitment)
        if getattr(commitment, column) != was:
            return 0
        setattr(commitment, column, day)
        commitment.save(update_fields=[column])
        enter(this, commitment, "recounted", was=was, due_on=day)
        told = "due.recounted", f"{column}/{day}"
        if column == "verdict_due_on":
            tell_desk(commitment, commitment.supervisor_id, *told, due_on=day)
            tell_judges(commitment, *told)
        else:
            tell_bearer(commitment, *told, due_on=day)
    return 1
