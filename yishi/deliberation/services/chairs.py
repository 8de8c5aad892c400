"""A neutral chair: what a party objects, and how the convener decides."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import ChairObjection, Matter, Party, Seat
from yishi.deliberation.process.conditions import missing
from yishi.deliberation.process.facts import Facts
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .course import matter_move_on
from .seats import ENDS, locked_seat

DECISION = Words("answer", 500, _("Please write the reason for the decision."))
OBJECTION = Words("reason", 500, _("Please write the reason."))


def chair_object(*, actor: Viewer, seat: Seat, party: Party, reason: str, act_id: UUID | None = None) -> Receipt:
    """A party objects to the chair, with the reason; the matter waits until it is decided."""
    by = permit("chair.object", actor, seat.matter)
    body = {"seat": seat.pk, "party": party.pk, "reason": reason}
    with act("deliberation.chair.object", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_seat(seat)
        if party.matter_id != row.matter_id or not _speaks_for(actor, by.right_id, party):
            raise Refusal("chair.party", _("Please choose the party for which you sit."), field="party")
        if row.role != Seat.Role.CHAIR or row.state in ENDS:
            raise WrongStage("chair.none", _("This person does not chair any more."))
        if ChairObjection.objects.filter(seat=row, party=party, upheld__isnull=True).exists():
            raise WrongStage("chair.objected", _("This party has objected already; the decision is still to come."))
        objection = ChairObjection.objects.create(seat=row, party=party, reason=OBJECTION.kept(reason), at=this.now)
        this.entry(subject=("matter", row.matter_id), place=row.matter.place_id, data={"objection": objection.pk})
        this.result(objection=objection.pk)
        tell(
            body_id=row.matter.convener_id,
            code="chair.objected",
            params={"number": row.matter.number},
            subject=("matter", row.matter_id),
            once=f"chair.objected/{objection.pk}",
        )
    return this.receipt


def objection_decide(
    *, actor: Viewer, objection: ChairObjection, upheld: bool, answer: str, act_id: UUID | None = None
) -> Receipt:
    """The convener decides on an objection, with the reason; upheld, the chair must be replaced."""
    by = permit("seat.run", actor, objection.seat.matter)
    body = {"objection": objection.pk, "upheld": upheld, "answer": answer}
    with act("deliberation.chair.decide", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = ChairObjection.objects.select_for_update().get(pk=objection.pk)
        if row.upheld is not None:
            raise WrongStage("chair.decided", _("A colleague decided this objection already."))
        row.upheld, row.decided_at = upheld, this.now
        row.answer = DECISION.kept(answer)
        row.save()
        matter = objection.seat.matter
        this.entry(subject=("matter", matter.pk), place=matter.place_id, data={"objection": row.pk, "upheld": upheld})
        this.result(objection=row.pk)
        matter_move_on(matter, by=this.actor, caused_by=this.id)
    return this.receipt


def chair_problem(matter: Matter) -> str:
    """Why the chair is not neutral, in a sentence, or nothing (the condition's own words)."""
    facts = Facts(matter)
    return missing("chair_neutral", facts, facts.model) or ""


def _speaks_for(actor: Viewer, right_id: UUID | None, party: Party) -> bool:
    """Sits for the party; or acts by another right than a seat (the desk writes down what a party said)."""
    used = Seat.objects.filter(pk=right_id).first() if right_id else None
    if used is None:
        return True
    return Seat.objects.filter(
        matter=party.matter_id, party=party, person=actor.person_id, ended_on__isnull=True
    ).exists()
