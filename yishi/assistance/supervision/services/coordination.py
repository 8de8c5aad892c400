"""Lanes and coordination: a finding is moved up or down, coordinated by the body that was asked, asked for again."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.supervision.models import Finding, FindingStep
from yishi.database.words import Words
from yishi.journal.act import SYSTEM, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import named_id
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import permit

from ._common import (
    WHY,
    Coordination,
    ask_to_coordinate,
    coordinate_by,
    coordination_of,
    enter,
    locked_finding,
    note,
    tell_desk,
)

ARRANGED = Words("words", 500, _("Please write what was arranged, and with whom."), code="finding.arranged")


def finding_move(
    *,
    actor: Viewer,
    finding: Finding,
    lane: str,
    reason: str,
    coordinator: Body | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Move an open finding to another lane, up or down, with the reason: whoever coordinates there is asked anew. Its
    promise, bearer and date stay. Result: finding."""
    by = permit("finding.move", actor, finding)
    sent = {
        "finding": finding.pk,
        "lane": lane,
        "reason": reason,
        "coordinator": coordinator.pk if coordinator else None,
    }
    with act("assistance.finding.move", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = locked_finding(finding)
        why = WHY.kept(reason)
        asked = coordination_of(this, row.round, lane, coordinator)
        if (lane, asked["coordinator"]) == (row.lane, row.coordinator):
            raise Refusal("finding.lane", _("It is in this lane already."), field="lane")
        row.lane = lane
        for name, value in asked.items():
            setattr(row, name, value)
        row.save(update_fields=["lane", *asked])
        note(this, row, FindingStep.Kind.MOVED, why)
        if row.coordinator_id is not None:
            ask_to_coordinate(row)
        enter(this, row, "moved", reason=why)
    return this.receipt


def finding_coordinate(*, actor: Viewer, finding: Finding, words: str, act_id: UUID | None = None) -> Receipt:
    """Whoever coordinates a finding says what was arranged, and with whom; its bearer is told and goes on.
    Result: finding."""
    by = permit("finding.coordinate", actor, finding)
    sent = {"finding": finding.pk, "words": words}
    with act("assistance.finding.coordinate", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = locked_finding(finding)
        if row.coordination != Coordination.ASKED:
            raise WrongStage("finding.coordinated", _("This has been coordinated already."))
        said = ARRANGED.kept(words)
        row.coordination = Coordination.ARRANGED
        row.save(update_fields=["coordination"])
        step = note(this, row, FindingStep.Kind.COORDINATED, said)
        for desk in {row.commitment.bearer_id, row.round.body_id}:
            tell_desk(row, desk, "finding.coordinated", str(step.pk))
        enter(this, row, "coordinated")
    return this.receipt


def finding_uncoordinate(*, actor: Viewer, finding: Finding, reason: str, act_id: UUID | None = None) -> Receipt:
    """Coordination that was said to be done by mistake, or that did not hold, is asked for again. Result: finding."""
    by = permit("finding.move", actor, finding)
    sent = {"finding": finding.pk, "reason": reason}
    with act("assistance.finding.uncoordinate", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        row = locked_finding(finding)
        if row.coordination != Coordination.ARRANGED:
            raise WrongStage("finding.not_coordinated", _("Nothing has been coordinated here yet."))
        row.coordination = Coordination.ASKED
        row.coordination_asked_on = timezone.localdate(this.now)
        row.coordinate_by = coordinate_by(row.coordination_asked_on, row.round)
        row.save(update_fields=["coordination", "coordination_asked_on", "coordinate_by"])
        note(this, row, FindingStep.Kind.UNCOORDINATED, WHY.kept(reason))
        ask_to_coordinate(row, str(this.id))
        enter(this, row, "uncoordinated")
    return this.receipt


def coordination_recount(first: date, last: date) -> int:
    """Count again the days from `first` to `last` by which somebody coordinates; gives how many moved."""
    moved = 0
    asked = Finding.within.filter(
        standing=Finding.Standing.OPEN, coordination=Coordination.ASKED, coordinate_by__range=(first, last)
    )
    for finding in asked.select_related("round").order_by("pk"):
        was, day = finding.coordinate_by, coordinate_by(certain(finding.coordination_asked_on), finding.round)
        if day != was:
            moved += _recount(finding, certain(was), day)
    return moved


def _recount(finding: Finding, was: date, day: date) -> int:
    identity = named_id("supervision/recount", f"{finding.pk}/{was}/{day}")
    body = {"finding": finding.pk, "was": was, "day": day}
    with act("assistance.due.recount", actor=SYSTEM, act_id=identity, body=body) as this:
        if this.replayed:
            return 0
        row = locked_finding(finding)
        row.coordinate_by = day
        row.save(update_fields=["coordinate_by"])
        enter(this, row, "recounted", was=was, due_on=day)
        tell_desk(row, row.coordinator_id, "due.recounted", str(day))
    return 1
