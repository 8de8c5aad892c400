"""The log of the chair's interventions: written as they happen, by whoever runs the room; counted with the figures."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import Intervention, Seat, Sitting
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.journal.moved import take_back_row
from yishi.kit.errors import Refusal
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .room import enter, happened_at, locked_sitting, next_state, save

NOTE = Words("note", 300)


def chair_intervene(
    *,
    actor: Viewer,
    sitting: Sitting,
    kind: str,
    seat: Seat | None = None,
    note: str = "",
    at: datetime | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """The chair intervened, towards somebody or the whole room; under the item that is before it. Result:
    intervention."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {"sitting": sitting.pk, "kind": kind, "seat": seat.pk if seat else None, "note": note, "at": at}
    with act("deliberation.chair.intervene", actor=by, act_id=act_id, at=at, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        next_state(row, "state")
        if kind not in Intervention.Kind.values:
            raise Refusal("intervention.kind", _("Please choose what the chair did."), field="kind")
        if seat is not None and (seat.matter_id != row.matter_id or seat.role == Seat.Role.CHAIR):
            raise Refusal("intervention.seat", _("This person holds no seat in this matter."), field="seat")
        span = row.spans.filter(ended_at__isnull=True).first()
        intervention = Intervention.objects.create(
            sitting=row,
            kind=kind,
            seat=seat,
            item_id=span.item_id if span else None,
            note=NOTE.kept(note),
            at=happened_at(at, this.now),
            recorded_by=actor.person,
        )
        save(row)
        enter(this, row, intervention=intervention.pk, kind=kind, seat=seat.pk if seat else None)
        this.result(intervention=intervention.pk)
    return this.receipt


def chair_intervention_back(
    *, actor: Viewer, intervention: Intervention, reason: str, act_id: UUID | None = None
) -> Receipt:
    """It was written down by mistake: it counts no more, and stays with the reason. Result: sitting."""
    by = permit("sitting.run", actor, intervention.sitting.matter)
    body = {"intervention": intervention.pk, "reason": reason}
    with act("deliberation.chair.intervention_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(intervention.sitting)
        take_back_row(this, intervention, reason)
        save(row)
        enter(this, row, intervention=intervention.pk)
    return this.receipt


def interventions_of(sitting: Sitting) -> list[Intervention]:
    """The log as it stands, in order, with whom each was towards."""
    return list(sitting.interventions.select_related("seat__person", "seat__party"))
