"""Open days of a matter's course, counted again once the holidays of their year are announced."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from yishi.deliberation.models import GateRequest, Matter, Minutes, StepRecord, Worry, WorryStep
from yishi.deliberation.process.schema import read_document
from yishi.journal.act import SYSTEM, act
from yishi.kit.clock import add_workdays
from yishi.kit.ids import named_id
from yishi.notices.services import tell

from .minutes import minutes_due
from .worries import ANSWER_WORKDAYS


class _Counted(NamedTuple):
    """A day that stands in `column` of `row`, and the day it is now; whose file it is, who is told."""

    row: Any
    column: str
    day: date | None
    subject: tuple[str, UUID]
    place_id: UUID
    number: str
    desk_id: UUID


def days_recount(first: date, last: date) -> int:
    """Count again the open days from `first` to `last`; gives how many moved."""
    span = (first, last)
    return sum(_move(counted) for found in (_worries, _steps, _gates, _minutes) for counted in found(span))


def _move(counted: _Counted) -> int:
    row, column, day = counted.row, counted.column, counted.day
    was = getattr(row, column)
    if day is None or day == was:
        return 0
    identity = named_id("deliberation/recount", f"{row.pk}/{column}/{was}/{day}")
    body = {"row": row.pk, "column": column, "was": was, "day": day}
    with act("deliberation.due.recount", actor=SYSTEM, act_id=identity, body=body) as this:
        fresh = type(row)._base_manager.select_for_update().filter(pk=row.pk, **{column: was})
        if this.replayed or not fresh.update(**{column: day}):
            return 0
        if isinstance(row, StepRecord):
            Matter.within.filter(pk=row.matter_id, step_due_on=was).update(step_due_on=day)
        this.entry(subject=counted.subject, place=counted.place_id, data={"was": was, "due_on": day})
        tell(
            body_id=counted.desk_id,
            code="due.recounted",
            params={"number": counted.number, "due_on": day},
            subject=counted.subject,
            once=f"due.recounted/{row.pk}/{column}/{day}",
        )
    return 1


def _worries(span: tuple[date, date]) -> Iterator[_Counted]:
    """From the day it was raised, passed on, asked again, taken out of a merge, or its decision taken back."""
    kinds = WorryStep.Kind
    again = (kinds.PASSED, kinds.REOPENED, kinds.SEPARATED, kinds.TAKEN_BACK)
    for worry in Worry.within.filter(state__in=Worry.OWED, answer_due_on__range=span).order_by("pk"):
        step = worry.steps.filter(kind__in=again).order_by("-at").first()
        start = timezone.localdate(step.at if step else worry.raised_at)
        day = add_workdays(start, ANSWER_WORKDAYS)
        subject = ("worry", worry.pk)
        yield _Counted(worry, "answer_due_on", day, subject, worry.place_id, worry.number, worry.desk_id)


def _steps(span: tuple[date, date]) -> Iterator[_Counted]:
    """From the day on which the step was entered."""
    records = StepRecord.objects.filter(
        left_on__isnull=True, due_on__range=span, matter__in=Matter.within.filter(state=Matter.State.OPEN)
    )
    for record in records.select_related("matter__process").order_by("pk"):
        matter = record.matter
        step = read_document(matter.process.document).step(record.step)
        day = add_workdays(record.entered_on, step.days) if step and step.days else None
        subject = ("matter", matter.pk)
        yield _Counted(record, "due_on", day, subject, matter.place_id, matter.number, matter.convener_id)


def _gates(span: tuple[date, date]) -> Iterator[_Counted]:
    """From the day on which it was asked; one on hold keeps the day that it had then."""
    open_gates = GateRequest.objects.filter(
        answer__in=("", GateRequest.Answer.HOLD),
        due_on__range=span,
        matter__in=Matter.within.filter(state=Matter.State.OPEN),
    )
    for request in open_gates.select_related("matter__process").order_by("pk"):
        matter = request.matter
        step = read_document(matter.process.document).step(request.step)
        gate = step.gate(request.gate) if step else None
        day = add_workdays(timezone.localdate(_asked(request).asked_at), gate.days) if gate else None
        subject = ("gate", request.pk)
        yield _Counted(request, "due_on", day, subject, matter.place_id, matter.number, request.body_id)


def _asked(request: GateRequest) -> GateRequest:
    """The row of the question itself: after a hold the next answer stands in a row of its own."""
    same = GateRequest.objects.filter(matter=request.matter_id, step=request.step, gate=request.gate)
    for earlier in same.filter(round__lt=request.round).order_by("-round"):
        if earlier.answer != GateRequest.Answer.HOLD:
            break
        request = earlier
    return request


def _minutes(span: tuple[date, date]) -> Iterator[_Counted]:
    """From the day on which the sitting was closed."""
    unissued = Minutes.objects.filter(issued_at__isnull=True, due_on__range=span)
    for minutes in unissued.select_related("sitting__matter__process").order_by("pk"):
        sitting = minutes.sitting
        matter = sitting.matter
        subject = ("sitting", sitting.pk)
        day = minutes_due(sitting)
        yield _Counted(minutes, "due_on", day, subject, matter.place_id, minutes.number, matter.convener_id)
