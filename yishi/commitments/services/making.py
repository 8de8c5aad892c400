"""A promise is born agreed (or proposed), is confirmed, and is in force from the hand-over."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.attachments.on_paper import OnPaper
from yishi.commitments import hooks
from yishi.commitments.models import Commitment, Judge, LedgerEvent
from yishi.commitments.reads import is_owed
from yishi.commitments.stages import step
from yishi.database.amounts import whole_checked
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Entry, Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.names import plain_name
from yishi.kit.text import clean
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import may, permit, self_or_system
from yishi.people.models import Person

from ._common import (
    as_bearer,
    day_of,
    enter,
    kept_paper,
    locked,
    not_past,
    paper_data,
    promised_words,
    remark,
    requests_end,
    sent_paper,
    tell_bearer,
    tell_desk,
    today_of,
)

BEARER = Words("bearer", 64)
REASON = promised_words("reason", 300)
RESPONSIBLE = Words("responsible", 64)
ACT = promised_words("act", 300)
PROOF_EXPECTED = promised_words("proof_expected", 300)

Kind = LedgerEvent.Kind


def commitment_agree(
    *,
    actor: Viewer,
    origin_kind: str,
    origin_id: UUID,
    ordinal: int,
    place: Place,
    bearer: Body | None,
    act_text: str,
    due_on: date,
    proof_expected: str,
    supervisor: Body,
    judges: Iterable[Person] = (),
    quantity: Decimal | None = None,
    unit: str = "",
    conditions: str = "",
    bearer_person: Person | None = None,
    bearer_present: bool = True,
    bearer_kind: str = Commitment.BearerKind.BODY,
    bearer_name: str = "",
    responsible: str = "",
    agreed_on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Write a promise into the ledger: agreed if its bearer was in the room, else proposed.

    A party of the matter or a household (`bearer_kind`, `bearer_name`, no `bearer`) owes as a body does; what it says
    comes on paper, and the supervisor's desk writes it down on its behalf. `responsible` is named beside whoever owes.
    `agreed_on` in the past makes it a record after the event (补录): its due date may then be past too. Raises Refusal
    for an empty act or proof, a quantity without unit, a due date in the past, a bearer that supervises itself.
    """
    supervising = may("commitment.agree", actor, place, at=supervisor)
    by = actor.acting(supervising) if supervising else permit("commitment.agree", actor, place)
    judges = list(dict.fromkeys(judges))
    body = {
        "origin": [origin_kind, origin_id, ordinal],
        "place": place.pk,
        "bearer": bearer.pk if bearer else None,
        **({"owed_by": [bearer_kind, bearer_name]} if bearer is None else {}),
        **({"responsible": responsible} if responsible else {}),
        "person": bearer_person.pk if bearer_person else None,
        "act": act_text,
        "quantity": quantity,
        "unit": unit,
        "due_on": due_on,
        "proof": proof_expected,
        "conditions": conditions,
        "supervisor": supervisor.pk,
        "judges": [person.pk for person in judges],
        "present": bearer_present,
        "agreed_on": agreed_on,
    }
    with act("commitments.commitment.agree", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        today = today_of(this)
        agreed = day_of(agreed_on or today, "agreed_on", this)
        if agreed == today:
            not_past(due_on, "due_on", today)
        if due_on < agreed:
            raise Refusal("commitment.due_on.before", _("It cannot be due before it was agreed."), field="due_on")
        owing = _owing(bearer, bearer_kind, bearer_name)
        if bearer is not None and supervisor.pk == bearer.pk:
            raise Refusal(
                "commitment.supervisor.self",
                _("Nobody supervises themselves. Please choose another body as supervisor."),
                field="supervisor",
            )
        if quantity is not None and not unit.strip():
            raise Refusal("commitment.unit.empty", _("Please write the unit of the quantity."), field="unit")
        if quantity is not None:
            whole_checked(quantity, unit, "quantity")
        year = agreed.year
        commitment = Commitment.objects.create(
            number=f"承-{year}-{next_number(f'commitment/{year}'):05d}",
            origin_kind=origin_kind,
            origin_id=origin_id,
            ordinal=ordinal,
            place=place,
            **owing,
            bearer_person=bearer_person,
            responsible=RESPONSIBLE.kept(responsible),
            act=ACT.kept(act_text),
            quantity=quantity,
            unit=unit.strip(),
            conditions=conditions.strip(),
            proof_expected=PROOF_EXPECTED.kept(proof_expected),
            supervisor=supervisor,
            state=Commitment.State.AGREED if bearer_present else Commitment.State.PROPOSED,
            agreed_on=agreed,
            first_due_on=due_on,
            due_on=due_on,
            backfilled=agreed < today,
        )
        Judge.objects.bulk_create(Judge(commitment=commitment, person=person) for person in judges)
        enter(this, commitment, "agreed", due_on=due_on)
        if not bearer_present:
            tell_bearer(commitment, "commitment.proposed", "")
    return this.receipt


def promise_make(
    this: Act,
    actor: Viewer,
    *,
    origin: tuple[str, UUID],
    place: Place,
    handed_over_on: date | None = None,
    **said: Any,
) -> Commitment:
    """Within an act that gives somebody a task: the promise, agreed and in force at once, the next of its origin.

    By the actor's own right in the ledger, else by the right of the act `this`: who runs a meeting, looks after a
    family or receives proposals need not agree promises anywhere else. `said` is what `commitment_agree` takes.
    """
    kind, key = origin
    made = commitment_agree(
        actor=self_or_system("commitment.agree", actor, place),
        origin_kind=kind,
        origin_id=key,
        ordinal=Commitment.within.filter(origin_kind=kind, origin_id=key).count() + 1,
        place=place,
        act_id=this.child(),
        **said,
    )
    commitment = Commitment.within.select_related("place").get(pk=made.result["commitment"])
    writer = self_or_system("commitment.hand_over", actor, commitment)
    commitment_hand_over(actor=writer, commitment=commitment, on=handed_over_on, act_id=this.child())
    commitment.refresh_from_db()
    return commitment


def _owing(bearer: Body | None, kind: str, name: str) -> dict[str, Any]:
    """The columns that say who owes: a body, or by name a party or a household; refuses nobody, and two at once."""
    said = BEARER.kept(plain_name(clean(name)))
    if bearer is not None:
        if said or kind != Commitment.BearerKind.BODY:
            raise Refusal("commitment.bearer.two", _("One owes it: a body, a party or a household."), field="bearer")
        return {"bearer": bearer, "bearer_kind": kind, "bearer_name": ""}
    if not said or kind not in (Commitment.BearerKind.PARTY, Commitment.BearerKind.HOUSEHOLD):
        raise Refusal("commitment.bearer.nobody", _("Say who owes it: a body, a party or a household."), field="bearer")
    return {"bearer": None, "bearer_kind": kind, "bearer_name": said}


def check_unowed(origin: str, key: UUID) -> None:
    """Refuse to take back what promises came from, while one of them is owed or was kept."""
    if is_owed(origin, key):
        raise WrongStage(
            "promises.owed", _("Promises of it are in the ledger. Let each be closed first, with its reason.")
        )


def commitment_confirm(
    *, actor: Viewer, commitment: Commitment, paper: OnPaper | None = None, act_id: UUID | None = None
) -> Receipt:
    """The bearer, who was not in the room, takes the promise on; `paper`: as they signed it, written down for them."""
    by = as_bearer(actor, commitment, paper)
    body = {"commitment": commitment.pk, **sent_paper(paper)}
    with act("commitments.commitment.confirm", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        commitment.state = step(commitment, "confirm")
        commitment.save(update_fields=["state"])
        kept = kept_paper(this, actor, commitment, paper)
        remark(this, commitment, Kind.CONFIRMED, paper=kept)
        enter(this, commitment, "confirmed", **paper_data(kept))
        hooks.run(hooks.ON_MOVED, commitment, this)
    return this.receipt


def commitment_hand_over(
    *, actor: Viewer, commitment: Commitment, on: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """Put a promise in force: from here on its clock runs. An agreement's hand-over calls this for each of its
    duties.

    A hand-over in the past (`on`) is accepted and starts no clock; nor does one of a record after the event whose due
    date has passed. What was agreed yesterday and is handed over today is pressed for as everything else.
    """
    by = permit("commitment.hand_over", actor, commitment)
    body = {"commitment": commitment.pk, "on": on}
    with act("commitments.commitment.hand_over", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        commitment.state = step(commitment, "hand_over")
        today = today_of(this)
        commitment.in_force_on = day_of(on or today, "on", this, commitment)
        is_late_record = commitment.backfilled and commitment.due_on < today
        commitment.backfilled = commitment.in_force_on < today or is_late_record
        commitment.save(update_fields=["state", "in_force_on", "backfilled"])
        remark(this, commitment, Kind.IN_FORCE, on=commitment.in_force_on)
        enter(
            this,
            commitment,
            "in_force",
            on=commitment.in_force_on,
            due_on=commitment.due_on,
            backfilled=commitment.backfilled,
        )
        tell_bearer(commitment, "commitment.in_force", "")
        tell_desk(commitment, commitment.supervisor_id, "commitment.supervise", "")
        hooks.run(hooks.ON_MOVED, commitment, this)
    return this.receipt


def commitment_hand_over_correct(
    *, actor: Viewer, commitment: Commitment, on: date, reason: str, act_id: UUID | None = None
) -> Receipt:
    """Correct the day on which a promise of the first round was put in force. Its clock runs from then on, unless that
    day lies before the one on which the hand-over was written (see `commitment_hand_over`)."""
    by = permit("commitment.hand_over", actor, commitment)
    body = {"commitment": commitment.pk, "on": on, "reason": reason}
    with act("commitments.commitment.hand_over_correct", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        commitment.state = step(commitment, "hand_over_correct")
        handed_over = commitment.events.get(kind=Kind.IN_FORCE, round=1)
        written_on, before = timezone.localdate(handed_over.at), handed_over.on
        day = day_of(on, "on", this, commitment)
        entries = Entry.objects.filter(subject_id=commitment.pk)
        agreed = entries.filter(code="commitments.commitment.agree").earliest("received_at")
        was_late = commitment.agreed_on < timezone.localdate(agreed.received_at)
        commitment.in_force_on = day
        commitment.backfilled = day < written_on or (was_late and commitment.due_on < written_on)
        commitment.save(update_fields=["in_force_on", "backfilled"])
        why = REASON.kept(reason)
        handed_over.on = day
        said_before = str(_("Before: %(day)s. %(reason)s") % {"day": day_said(before), "reason": why})
        handed_over.text = "\n".join(text for text in (said_before, handed_over.text) if text)[:1000]
        handed_over.save(update_fields=["on", "text"])
        said = entries.filter(code__in=("commitments.commitment.hand_over", this.code))
        undone = said.filter(reverses_id__isnull=False).values("reverses_id")
        for entry in said.filter(reverses_id__isnull=True).exclude(pk__in=undone):
            this.reverse(entry)
        enter(this, commitment, "in_force", on=day, due_on=commitment.due_on, before=before)
        tell_bearer(commitment, "commitment.in_force", str(day))
        tell_desk(commitment, commitment.supervisor_id, "commitment.supervise", str(day))
    return this.receipt


def commitment_drop(*, actor: Viewer, commitment: Commitment, reason: str, act_id: UUID | None = None) -> Receipt:
    """Drop a promise that is not in force yet, with the reason: a gate returned the agreement from which it came."""
    by = permit("commitment.hand_over", actor, commitment)
    body = {"commitment": commitment.pk, "reason": reason}
    with act("commitments.commitment.drop", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        before = commitment.clocks_kept()
        commitment.state = step(commitment, "drop")
        commitment.closing_reason = REASON.kept(reason)
        commitment.settled_on = today_of(this)
        commitment.save(update_fields=["state", "closing_reason", "settled_on"])
        remark(this, commitment, Kind.DROPPED, text=commitment.closing_reason, before=before)
        enter(this, commitment, "dropped")
        tell_bearer(commitment, "commitment.dropped", "")
        hooks.run(hooks.ON_SETTLED, commitment, this)
    return this.receipt


def promise_set_aside(this: Act, commitment: Commitment, reason: str, *, undone: bool = False) -> None:
    """Within an act that decides so: a promise in force is owed no longer, because it is another one's, or because
    nothing was owed. It counts for nobody; with `undone` it is closed without being done, and counts as that."""
    row = locked(commitment)
    before = row.clocks_kept()
    row.state = step(row, "close_undone" if undone else "set_aside")
    row.closing_reason, row.settled_on = REASON.kept(reason), today_of(this)
    row.as_agreed = False if undone else None
    row.save(update_fields=["state", "closing_reason", "settled_on", "as_agreed"])
    kind = Kind.CLOSED_UNDONE if undone else Kind.DROPPED
    remark(this, row, kind, text=row.closing_reason, before=before)
    enter(this, row, "closed_undone" if undone else "set_aside")
    requests_end(this, row, _("It is owed no longer."))
    tell_bearer(row, "commitment.closed_undone" if undone else "commitment.set_aside", "")
    hooks.run(hooks.ON_SETTLED, row, this)
