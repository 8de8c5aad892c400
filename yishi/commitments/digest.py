"""Promises that are due, for the daily list of their bearers."""

from collections.abc import Iterator
from datetime import date

from yishi.organisations.digest import Due

from .models import Commitment


def promises_due(until: date) -> Iterator[Due]:
    owed = Commitment.objects.filter(state=Commitment.State.IN_FORCE, due_on__lte=until, backfilled=False)
    for number, due_on, bearer in owed.order_by("due_on").values_list("number", "due_on", "bearer"):
        yield Due(due_on, "commitment", number, bearer)
