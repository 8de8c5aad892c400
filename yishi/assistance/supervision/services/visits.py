"""A visit that was written down by mistake is taken back, once nothing that it found is on the list."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.supervision.models import Finding, RoundVisit
from yishi.database.taken_back import locked_standing
from yishi.journal.act import Act, act
from yishi.journal.models import Entry, Receipt
from yishi.kit.errors import WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from ._common import WHY, enter, locked_round
from .findings import settle

VISITED = "assistance.round.visit"


def round_visit_take_back(*, actor: Viewer, visit: RoundVisit, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take back a visit that was written down by mistake: it stays, with the reason, and counts no longer. What it
    found was ruled to be no gap before. Result: round, visit."""
    by = permit("round.visit", actor, visit.round)
    body = {"visit": visit.pk, "reason": reason}
    with act("assistance.round.unvisit", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        round = locked_round(visit.round)
        row = locked_standing(visit, _("This visit was taken back already."))
        if Finding.within.filter(visit=row).exclude(ruling=Finding.Ruling.UNFOUNDED).exists():
            raise WrongStage(
                "round.visit_found", _("What this visit found is on the list: rule first that each of it was no gap.")
            )
        row.take_back(WHY.kept(reason), this.now, actor.person_id)
        visit_reverse(this, row)
        this.entry(
            subject=("round", round.pk), place=row.place_id, data={"visit": row.pk, "reason": row.taken_back_reason}
        )
        this.result(round=round.pk, visit=row.pk)
    return this.receipt


def visit_reverse(this: Act, visit: RoundVisit) -> None:
    """Turn the entry of a visit round, so that what counted it counts it no longer."""
    made = {"code": VISITED, "subject_id": visit.round_id, "place_id": visit.place_id, "received_at": visit.written_at}
    for entry in Entry.objects.filter(**made, reverses_id__isnull=True):
        if entry.data.get("visit") == str(visit.pk):
            this.reverse(entry, data=entry.data)


def findings_undo(this: Act, actor: Viewer, keys: Collection[UUID], reason: str) -> None:
    """Within an act that undoes what brought these findings: each is ruled to be no gap, and a visit that found nothing
    else is taken back. Nothing leaves a list otherwise."""
    rows = Finding.within.select_for_update(of=("self",)).select_related("round", "commitment", "place")
    visits = set[UUID]()
    for row in rows.filter(pk__in=keys).order_by("pk"):
        if row.visit_id is not None:
            visits.add(row.visit_id)
        if row.is_open:
            row.ruling, row.reason = Finding.Ruling.UNFOUNDED, reason
            settle(this, actor, row, reason)
            enter(this, row, "ruled", ruling=row.ruling)
    stand = Finding.within.filter(visit__in=visits).exclude(ruling=Finding.Ruling.UNFOUNDED)
    kept = set(stand.values_list("visit", flat=True))
    for visit in RoundVisit.objects.select_for_update().filter(pk__in=visits - kept).order_by("pk"):
        visit.take_back(reason, this.now, actor.person_id)
        visit_reverse(this, visit)
