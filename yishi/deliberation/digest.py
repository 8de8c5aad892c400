"""What deliberation asks of desks by a day, for their daily list: worries, gates, matters."""

from collections.abc import Iterator
from datetime import date

from yishi.organisations.digest import Due

from .models import GateRequest, Matter, Worry


def deliberation_due(until: date) -> Iterator[Due]:
    """Until the day: answers that are owed to who raised a worry, answers of gates, steps of matters, each for its
    desk."""
    worries = Worry.within.filter(state__in=Worry.OWED, answer_due_on__lte=until, backfilled=False)
    for number, due_on, desk in worries.values_list("number", "answer_due_on", "desk"):
        yield Due(due_on, "worry", number, desk)
    gates = GateRequest.objects.filter(answer="", due_on__lte=until, matter__state=Matter.State.OPEN)
    for number, due_on, body in gates.values_list("matter__number", "due_on", "body"):
        yield Due(due_on, "gate", number, body)
    matters = Matter.within.filter(state=Matter.State.OPEN, step_due_on__lte=until)
    for number, step_due_on, convener in matters.values_list("number", "step_due_on", "convener"):
        if step_due_on is not None:
            yield Due(step_due_on, "matter", number, convener)
