"""Pressing for what is owed: reminder → supervision letter (督办单) → next tier; and the daily clock that does it."""

from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.commitments.clocks import NEXT_TIER_WORKDAYS, Colour, colour
from yishi.commitments.models import Commitment, LedgerEvent
from yishi.commitments.stages import step
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.clock import add_workdays
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import named_id
from yishi.organisations.grants import Viewer, system
from yishi.organisations.models import Body, BodyKind, valid_on
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit

from ._common import enter, locked, needed, remark, tell_desk

Kind = LedgerEvent.Kind
REMINDED, LETTER, NEXT_TIER = 1, 2, 3


def reminder_send(*, actor: Viewer, commitment: Commitment, text: str = "", act_id: UUID | None = None) -> Receipt:
    """Remind the bearer, once per round."""
    by = permit("commitment.supervise", actor, commitment)
    body = {"commitment": commitment.pk, "text": text}
    with act("commitments.reminder.send", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = _rise(this, commitment, Kind.REMINDER, REMINDED)
        remark(this, commitment, Kind.REMINDER, text=text.strip()[:1000], body=commitment.bearer)
        tell_desk(commitment, commitment.bearer_id, "commitment.reminder", "")
    return this.receipt


def letter_send(*, actor: Viewer, commitment: Commitment, text: str, act_id: UUID | None = None) -> Receipt:
    """Send a numbered supervision letter to the bearer, once per round."""
    by = permit("commitment.supervise", actor, commitment)
    body = {"commitment": commitment.pk, "text": text}
    with act("commitments.letter.send", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = _rise(this, commitment, Kind.LETTER, LETTER)
        year = timezone.localdate(this.at).year
        event = remark(
            this,
            commitment,
            Kind.LETTER,
            text=needed(text, "text", 1000),
            number=f"督办-{year}-{next_number(f'letter/{year}'):04d}",
            body=commitment.bearer,
        )
        this.result(letter=event.pk)
        tell_desk(commitment, commitment.bearer_id, "commitment.letter", "")
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
        remark(this, commitment, Kind.NEXT_TIER, text=text.strip()[:1000], body=above)
        tell_desk(commitment, above.pk, "commitment.next_tier", "")
        tell_desk(commitment, commitment.bearer_id, "commitment.next_tier_bearer", "")
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


def clocks_run(today: date | None = None) -> dict[str, int]:
    """The daily job: reminders when yellow, letters when overdue, the next tier when still undone.

    Running it again on the same day does nothing more. Gives how many of each were sent.
    """
    day = today or timezone.localdate()
    sent = {"reminder": 0, "letter": 0, "next_tier": 0}
    rows = Commitment.within.filter(state=Commitment.State.IN_FORCE, backfilled=False).filter(
        Q(escalation__lt=NEXT_TIER), Q(due_on__lte=add_workdays(day, 400 // 5).day)
    )
    for commitment in (
        rows.select_related("bearer", "supervisor__place", "place").order_by("due_on", "pk").iterator(500)
    ):
        for name in _press(commitment, day):
            sent[name] += 1
    return sent


def _press(commitment: Commitment, day: date) -> list[str]:
    """What the clock does with one commitment on `day`."""
    shade, done = colour(commitment, day), []
    actor = system()
    key = f"{commitment.pk}/{commitment.round}"
    if shade == Colour.YELLOW and commitment.escalation < REMINDED:
        reminder_send(actor=actor, commitment=commitment, act_id=named_id("reminder", key))
        done.append("reminder")
    elif shade == Colour.RED and commitment.escalation < LETTER:
        words = _("Due on %(day)s and not proved. Please answer and say by when it will be done.")
        letter_send(
            actor=actor,
            commitment=commitment,
            text=str(words % {"day": commitment.due_on.isoformat()}),
            act_id=named_id("letter", key),
        )
        done.append("letter")
    elif (
        shade == Colour.RED
        and commitment.escalation == LETTER
        and day > add_workdays(commitment.due_on, NEXT_TIER_WORKDAYS).day
        and office_above(commitment.supervisor)
    ):
        next_tier_pass(actor=actor, commitment=commitment, act_id=named_id("next_tier", key))
        done.append("next_tier")
    return done


def _rise(this: Act, commitment: Commitment, kind: str, rung: int) -> Commitment:
    """Lock it and raise its escalation to `rung`; refuses what was done already in this round."""
    commitment = locked(commitment)
    step(commitment, "escalate")
    if commitment.events.filter(kind=kind, round=commitment.round).exists() or commitment.escalation >= rung:
        raise WrongStage(f"commitment.{kind}.sent", _("This was sent already; the file shows when and by whom."))
    commitment.escalation = rung
    commitment.save(update_fields=["escalation"])
    enter(this, commitment, kind)
    return commitment
