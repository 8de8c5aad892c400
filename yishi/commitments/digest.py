"""Promises that are due, for the daily list of their bearers."""

from collections.abc import Iterator
from datetime import date

from django.db.models.functions import Coalesce

from yishi.kit.clock import CountedDay
from yishi.organisations.digest import Due

from .models import Commitment


def promises_due(until: date) -> Iterator[Due]:
    """The promises in force that are due until the day, for their bearers' desks; what was taken over from paper is
    left out."""
    owed = Commitment.objects.filter(state=Commitment.State.IN_FORCE, due_on__lte=until, backfilled=False)
    whose = Coalesce("bearer", "supervisor")  # of a party or a household the desk that writes down what it says
    rows = owed.order_by("due_on").values_list("number", "due_on", "due_counted_from", whose)
    for number, due_on, counted_from, bearer in rows:
        yield Due(CountedDay.of(due_on) if counted_from else due_on, "commitment", number, bearer)
