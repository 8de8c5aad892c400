"""Gates: a body is asked, and answers approve, return or hold, with reason, person and date."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import GateRequest, Matter
from yishi.deliberation.process.schema import read_document
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.journal.shown import check_shown, digest
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.days import moment_said
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import permit
from yishi.people.models import Person

from .asking import gate_bodies, gate_body, newest_request, place_at, put, shown_to
from .course import enter, locked, matter_move_on, next_state
from .telling import tell_convener

Answer = GateRequest.Answer
# What may follow an answer. On hold is no end: the body answers again, in a row of its own.
ANSWERS: dict[str, tuple[str, ...]] = {
    "": (Answer.APPROVE, Answer.RETURN, Answer.HOLD),
    Answer.HOLD: (Answer.APPROVE, Answer.RETURN),
    Answer.APPROVE: (),
    Answer.RETURN: (),
}
REASON = Words(
    "reason", 500, _("Write the reason; one word such as “agreed” is enough."), "gate.no_reason", "gate.long_reason"
)


def gate_ask(
    *, actor: Viewer, matter: Matter, gate_code: str, body: Body | None = None, act_id: UUID | None = None
) -> Receipt:
    """Ask a gate of the matter's step: where nobody was found, or again after a return. Result: gate.

    Without `body` the body is found by kind and tier around the matter's place; refuses `gate.no_body` if none or
    several fit and none was named, `gate.other_body` for a body of another kind or tier.
    """
    by = permit("gate.ask", actor, matter)
    sent = {"matter": matter.pk, "gate": gate_code, "body": body.pk if body else None}
    with act("deliberation.gate.ask_again", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        fresh = locked(matter)
        next_state(fresh, "advance")
        today = timezone.localdate()
        step = read_document(fresh.process.document).step(fresh.step)
        gate = step.gate(gate_code) if step else None
        if step is None or gate is None:
            raise WrongStage("gate.other_step", _("The step in which the matter is now has no such gate."))
        asked = body or gate_body(fresh, gate, today)
        if asked is None:
            tier = place_at(fresh.place, gate.tier)
            raise Refusal(
                "gate.no_body",
                _("Say which body answers “%(gate)s”: in %(place)s none, or more than one, fits.")
                % {"gate": gate.name, "place": tier.name if tier else gate.tier},
                field="body",
            )
        if body is not None and body not in gate_bodies(fresh, gate, today):
            raise Refusal(
                "gate.other_body",
                _("The model names another kind of body, or another tier, for this gate."),
                field="body",
            )
        request = put(this, fresh, step, gate, asked, today)
        this.result(gate=request.pk)
    return this.receipt


def gate_answer(
    *, actor: Viewer, gate: GateRequest, answer: str, reason: str, shown: str = "", act_id: UUID | None = None
) -> Receipt:
    """The body's answer. Result: gate, matter, step.

    Only working posts of the body that was asked answer. Of two clerks the second is told who answered, when, and how.
    The answer is to what stands on the page: `shown` is its hash (see shown.py).
    A return leads the matter back to the step that the model names; there it stays until somebody says what was mended.
    """
    by = permit("gate.answer", actor, gate)
    sent = {"gate": gate.pk, "answer": answer, "reason": reason}
    with act("deliberation.gate.answer", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        matter, gate = asked(gate)
        reason = checked_answer(gate, answer, reason)
        now = shown_to(gate)
        check_shown(shown, digest(now))
        write_answer(this, matter, gate, answer, reason, now, person=actor.person, at=this.now)
    return this.receipt


def asked(gate: GateRequest) -> tuple[Matter, GateRequest]:
    """Its matter and the request, both locked; refuses what is answered already or left behind."""
    matter = locked(gate.matter)
    gate = GateRequest.objects.select_for_update(of=("self",)).select_related("answered_by").get(pk=gate.pk)
    _check_unanswered(gate, newest_request(matter, gate.step, gate.gate) or gate)
    next_state(matter, "advance")
    if matter.step != gate.step:
        raise WrongStage("gate.moved", _("The matter is in another step now; this gate needs no answer any more."))
    return matter, gate


def checked_answer(gate: GateRequest, answer: str, reason: str) -> str:
    """The reason as it is stored; refuses an answer that cannot follow and a reason that is none."""
    if answer not in ANSWERS[gate.answer]:
        raise Refusal("gate.unknown_answer", _("Choose approve, return or on hold."), field="answer")
    return REASON.kept(reason)


def write_answer(
    this: Act,
    matter: Matter,
    gate: GateRequest,
    answer: str,
    reason: str,
    shown: dict[str, Any],
    *,
    person: Person | None,
    at: datetime,
    **data: Any,
) -> GateRequest:
    """Write the answer given `at` that time, tell the convener, and lead the matter on or back. `data`: for the entry.

    `person` is who answered at the body's desk; nobody where it came on paper."""
    row = _answered(gate, answer, reason, shown, person, at)
    _entry(this, matter, row, at, data)
    tell_convener(
        matter,
        "gate.answered",
        once=f"gate/{row.pk}",
        gate=row.name,
        body=row.body.name,
        answer=answer,
        reason=reason,
    )
    if answer == Answer.RETURN:
        _lead_back(this, matter, row)
    elif answer == Answer.APPROVE:
        matter_move_on(matter, by=this.actor, caused_by=this.id)
    this.result(gate=row.pk, matter=matter.pk, step=matter.step)
    return row


def _check_unanswered(gate: GateRequest, newest: GateRequest) -> None:
    last = newest if newest.answer else gate
    if newest.pk == gate.pk and ANSWERS[gate.answer]:
        return
    when = moment_said(last.answered_at) if last.answered_at else ""
    raise WrongStage(
        "gate.answered",
        _("%(who)s answered this gate already, on %(when)s: %(answer)s. Nothing was changed by you.")
        % {"who": last.answered_by or last.body, "when": when, "answer": last.get_answer_display()},
    )


def _answered(
    gate: GateRequest, answer: str, reason: str, shown: dict[str, Any], person: Person | None, at: datetime
) -> GateRequest:
    """Write the answer; after a hold in a new row, so that the hold and its reason stay on the record."""
    if gate.answer == Answer.HOLD:
        gate = GateRequest(
            matter_id=gate.matter_id,
            step=gate.step,
            gate=gate.gate,
            name=gate.name,
            body=gate.body,
            asked_at=gate.answered_at or gate.asked_at,
            due_on=gate.due_on,
            round=gate.round + 1,
        )
    gate.answer, gate.reason, gate.answered_by, gate.answered_at = answer, reason, person, at
    gate.shown = shown
    gate.save()
    return gate


def _entry(this: Act, matter: Matter, row: GateRequest, at: datetime, data: dict[str, Any]) -> None:
    this.entry(
        code="deliberation.gate.answer",
        subject=("matter", matter.pk),
        place=matter.place_id,
        at=at,
        dims={"body": row.body_id, "answer": row.answer},
        data={"gate": row.pk, "code": row.gate, "round": row.round, "digest": digest(row.shown), **data},
    )


def _lead_back(this: Act, matter: Matter, row: GateRequest) -> None:
    model = read_document(matter.process.document)
    step = model.step(matter.step)
    gate = step.gate(row.gate) if step else None
    target = model.step(gate.returns_to) if gate and gate.returns_to else None
    if target is not None and step is not None and target.code != step.code:
        enter(this, matter, target, note=row.reason, back=True)


def gates_of(bodies: Iterable[UUID], *, open_only: bool = True) -> QuerySet[GateRequest]:
    """Requests to the desks `bodies`, the most urgent first; `open_only`: those that still want an answer."""
    gates = gates_waiting() if open_only else GateRequest.objects.all()
    gates = gates.filter(body__in=bodies).select_related("matter__place", "body", "answered_by")
    return gates.order_by("due_on", "asked_at")


def gates_waiting() -> QuerySet[GateRequest]:
    """Requests that want an answer. On hold wants one too, until a later row gives it."""
    later = GateRequest.objects.filter(
        matter=OuterRef("matter"), step=OuterRef("step"), gate=OuterRef("gate"), round__gt=OuterRef("round")
    )
    return GateRequest.objects.filter(
        ~Exists(later), matter__state=Matter.State.OPEN, step=F("matter__step"), answer__in=("", Answer.HOLD)
    )
