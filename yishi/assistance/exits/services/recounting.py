"""Open days for counter-evidence, counted again once the holidays of their year are announced."""

from datetime import date

from yishi.assistance.exits.models import ExitAssessment, ExitSuspicion
from yishi.journal.act import SYSTEM, act
from yishi.kit.ids import named_id
from yishi.notices.services import tell

from .suspicions import counter_until, village_desks

State = ExitSuspicion.State


def days_recount(first: date, last: date) -> int:
    """Count again the days from `first` to `last` until which a village may refute; gives how many moved."""
    waiting = ExitSuspicion.within.filter(
        state__in=(State.OPEN, State.COUNTERED),
        due_on__range=(first, last),
        sample__assessment__stage=ExitAssessment.Stage.DRAWN,
    )
    suspicions = waiting.select_related("sample__assessment").order_by("pk")
    return sum(_move(suspicion) for suspicion in suspicions)


def _move(suspicion: ExitSuspicion) -> int:
    was, day = suspicion.due_on, counter_until(suspicion.sample.assessment, suspicion.raised_on)
    if day == was:
        return 0
    identity = named_id("assistance/exit_recount", f"{suspicion.pk}/{was}/{day}")
    body = {"suspicion": suspicion.pk, "was": was, "day": day}
    with act("assistance.exit.due_recount", actor=SYSTEM, act_id=identity, body=body) as this:
        fresh = ExitSuspicion.within.select_for_update().filter(pk=suspicion.pk, due_on=was)
        if this.replayed or not fresh.update(due_on=day):
            return 0
        subject = ("exit_suspicion", suspicion.pk)
        this.entry(subject=subject, place=suspicion.sample.place_id, data={"was": was, "due_on": day})
        for desk in village_desks(suspicion.sample):
            tell(
                body_id=desk,
                code="due.recounted",
                params={"number": suspicion.number, "due_on": day},
                subject=subject,
                once=f"due.recounted/{suspicion.pk}/{desk}/{day}",
            )
    return 1
