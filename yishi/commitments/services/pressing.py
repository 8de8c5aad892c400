"""Pressing for what is owed: reminder → supervision letter (督办单) → next tier; clock.py does it every day."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.commitments.models import Commitment, LedgerEvent
from yishi.commitments.stages import step
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, BodyKind, valid_on
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit

from ._common import enter, locked, promised_words, remark, tell_bearer, tell_desk, today_of

REMINDER_WORDS = Words("text", 1000)
LETTER_WORDS = promised_words("text", 1000)

Kind = LedgerEvent.Kind
REMINDED, LETTER, NEXT_TIER = 1, 2, 3


def reminder_send(*, actor: Viewer, commitment: Commitment, text: str = "", act_id: UUID | None = None) -> Receipt:
    """Remind the bearer's desk; enters a remark on the promise. After the first one another may follow each day,
    whatever was sent since: the last rung is no end of pressing."""
    by = permit("commitment.supervise", actor, commitment)
    body = {"commitment": commitment.pk, "text": text}
    with act("commitments.reminder.send", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        kind = Kind.REMINDER if commitment.escalation < REMINDED else Kind.AGAIN
        if kind == Kind.REMINDER:
            commitment = _rise(this, commitment, kind, REMINDED)
        else:
            _once_a_day(this, commitment)
        remark(this, commitment, kind, text=REMINDER_WORDS.kept(text))
        tell_bearer(commitment, "commitment.reminder", "")
    return this.receipt


def letter_send(*, actor: Viewer, commitment: Commitment, text: str, act_id: UUID | None = None) -> Receipt:
    """Send a numbered supervision letter to the bearer, once per round."""
    by = permit("commitment.supervise", actor, commitment)
    body = {"commitment": commitment.pk, "text": text}
    with act("commitments.letter.send", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = _rise(this, commitment, Kind.LETTER, LETTER)
        year = today_of(this).year
        event = remark(
            this,
            commitment,
            Kind.LETTER,
            text=LETTER_WORDS.kept(text),
            number=f"督办-{year}-{next_number(f'letter/{year}'):04d}",
            body=commitment.supervisor if actor.is_system else None,
        )
        this.result(letter=event.pk)
        tell_bearer(commitment, "commitment.letter", "")
    return this.receipt


def next_tier_pass(*, actor: Viewer, commitment: Commitment, text: str = "", act_id: UUID | None = None) -> Receipt:
    """Pass what stays undone to the office of the next tier, which sees the file from now on."""
    by = permit("commitment.supervise", actor, commitment)
    body = {"commitment": commitment.pk, "text": text}
    with act("commitments.next_tier.pass", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = _rise(this, commitment, Kind.NEXT_TIER, NEXT_TIER)
        above = office_above(commitment.supervisor)
        if above is None:
            raise Refusal(
                "commitment.no_next_tier",
                _("No office of a higher tier is registered for this place. Ask the administrator to register it."),
            )
        commitment.escalated_to = above
        commitment.save(update_fields=["escalated_to"])
        remark(this, commitment, Kind.NEXT_TIER, text=REMINDER_WORDS.kept(text), body=above)
        tell_desk(commitment, above.pk, "commitment.next_tier", "")
        tell_bearer(commitment, "commitment.next_tier_bearer", "")
    return this.receipt


def office_above(supervisor: Body) -> Body | None:
    """The office of the consultative committee nearest above the supervisor's place."""
    place = supervisor.place
    return (
        Body.objects.filter(valid_on(timezone.localdate()), kind=BodyKind.OFFICE)
        .filter(place__lo__lt=place.lo, place__hi__gte=place.hi)
        .order_by("-place__lo")
        .first()
    )


def _once_a_day(this: Act, commitment: Commitment) -> None:
    """Enter another reminder; refuses a second one of the same day."""
    step(commitment, "escalate")
    begins = timezone.localtime(this.now).replace(hour=0, minute=0, second=0, microsecond=0)
    if commitment.events.filter(kind__in=(Kind.REMINDER, Kind.AGAIN), at__gte=begins).exists():
        raise WrongStage("commitment.reminder.today", _("It was reminded today already; the file shows by whom."))
    enter(this, commitment, Kind.AGAIN)


def _rise(this: Act, commitment: Commitment, kind: str, rung: int) -> Commitment:
    """Lock the commitment and raise its escalation to `rung`; refuses what was done already in this round."""
    commitment = locked(commitment)
    step(commitment, "escalate")
    if commitment.events.filter(kind=kind, round=commitment.round).exists() or commitment.escalation >= rung:
        raise WrongStage(f"commitment.{kind}.sent", _("This was sent already; the file shows when and by whom."))
    commitment.escalation = rung
    commitment.save(update_fields=["escalation"])
    enter(this, commitment, kind)
    return commitment
