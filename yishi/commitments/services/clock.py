"""The clock: what the platform does by itself every day, as the system, once per promise and round."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.commitments.clocks import NEXT_TIER_WORKDAYS, RECHECK_AFTER, Colour, colour, yellow_from
from yishi.commitments.models import Commitment, Judge, Verdict
from yishi.journal.act import SYSTEM, act
from yishi.journal.models import Receipt
from yishi.kit.clock import add_workdays
from yishi.kit.errors import Refusal
from yishi.kit.ids import named_id
from yishi.notices.days import day_said
from yishi.organisations.grants import system

from ._common import enter, locked, tell_desk
from .pressing import LETTER, NEXT_TIER, REMINDED, letter_send, next_tier_pass, office_above, reminder_send

log = logging.getLogger("yishi.commitments.clock")
State = Commitment.State
BATCH = 500
DOES = ("reminder", "letter", "next_tier", "strike_off", "recheck")


def clocks_run(today: date | None = None) -> dict[str, int]:
    """The daily job; running it again on the same day does nothing more. Gives how many of each were sent.

    Yellow: a reminder. Overdue: a supervision letter, and N working days later the next tier. All judges heard, or
    their time over: the supervisor is asked to strike off. 30 days after that: the re-check is due. What was recorded
    after the event has no clock. One promise that cannot be pressed stops no other.
    """
    day = today or timezone.localdate()
    done: Counter[str] = Counter(dict.fromkeys(DOES, 0))
    commitments = Commitment.within.filter(backfilled=False).filter(
        Q(state=State.IN_FORCE, escalation__lt=NEXT_TIER)
        | Q(state=State.CHECKED)
        | Q(state=State.STRUCK_OFF, rechecked_on__isnull=True, settled_on__lte=day - RECHECK_AFTER)
    )
    for commitment in _in_batches(_due(commitments, day)):
        try:
            step = _tend(commitment, day)
        except Refusal as refusal:  # somebody was quicker, or the register lacks an office
            log.info("commitment %s: %s", commitment.pk, refusal.code)
        except Exception:
            log.exception("the clock of commitment %s failed; it is tried again at its next round", commitment.pk)
        else:
            if step:
                done[step] += 1
    return dict(done)


def _due(commitments: QuerySet[Commitment], day: date) -> list[UUID]:
    """The ids of those for which the clock has something to do, in the order of their days: of hundreds of thousands
    that it goes through a few columns are read."""
    yellow: dict[tuple[date, date], date] = {}
    passed: dict[date, date] = {}
    found: list[UUID] = []
    waiting: dict[UUID, UUID] = {}  # the act that asks the supervisor → the promise
    columns = ("pk", "state", "round", "escalation", "in_force_on", "due_on")
    rows: Any = commitments.order_by("due_on", "pk").values_list(*columns)
    for pk, state, round, escalation, in_force_on, due_on in rows.iterator(chunk_size=BATCH * 4):
        if state != State.IN_FORCE:
            waiting[_identity_of(pk, state, round)] = pk
            found.append(pk)
        elif in_force_on is None:
            continue
        elif day > due_on:
            if due_on not in passed:
                passed[due_on] = add_workdays(due_on, NEXT_TIER_WORKDAYS)
            if escalation < LETTER or day > passed[due_on]:
                found.append(pk)
        elif escalation < REMINDED:
            if (in_force_on, due_on) not in yellow:
                yellow[in_force_on, due_on] = yellow_from(in_force_on, due_on)
            if day >= yellow[in_force_on, due_on]:
                found.append(pk)
    left_out = _asked(waiting) | _still_heard(day)
    return [pk for pk in found if pk not in left_out]


def _asked(waiting: Mapping[UUID, UUID]) -> set[UUID]:
    """The promises about which the supervisor was asked in this round already."""
    acts, asked = list(waiting), set[UUID]()
    for start in range(0, len(acts), BATCH):
        known = Receipt.objects.filter(pk__in=acts[start : start + BATCH])
        asked.update(waiting[key] for key in known.values_list("pk", flat=True))
    return asked


def _still_heard(day: date) -> set[UUID]:
    """The checked promises of which somebody who judges has not spoken and still has time."""
    spoke = Verdict.objects.filter(judge=OuterRef("pk"), round=OuterRef("commitment__round"))
    silent = Judge.objects.filter(~Exists(spoke), commitment=OuterRef("pk"))
    checked = Commitment.within.filter(Exists(silent), state=State.CHECKED, verdict_due_on__gte=day)
    return set(checked.values_list("pk", flat=True))


def _in_batches(keys: list[UUID]) -> Iterator[Commitment]:
    """The commitments of these ids, each as it stands when its batch is read."""
    for start in range(0, len(keys), BATCH):
        commitments = Commitment.within.select_related("bearer", "supervisor__place", "place")
        yield from list(commitments.filter(pk__in=keys[start : start + BATCH]).order_by("due_on", "pk"))


def _identity(commitment: Commitment) -> UUID:
    """The id of the act that asks the supervisor: of a strike-off while it is checked, of a re-check after that."""
    return _identity_of(commitment.pk, commitment.state, commitment.round)


def _identity_of(key: UUID, state: str, round: int) -> UUID:
    next_act = "strike_off" if state == State.CHECKED else "recheck"
    return named_id(f"clock/{next_act}", f"{key}/{round}")


def _tend(commitment: Commitment, day: date) -> str:
    """What the clock does with one commitment on `day`: one step at most, and its name."""
    if commitment.state == State.IN_FORCE:
        return _press(commitment, day)
    if commitment.state == State.CHECKED:
        silent = commitment.judges.exclude(verdicts__round=commitment.round).count()
        if silent and commitment.verdict_due_on and day <= commitment.verdict_due_on:
            return ""
        return _ask(commitment, "strike_off", "commitment.strike_off_due", unanswered=silent)
    return _ask(commitment, "recheck", "commitment.recheck_due")


def _press(commitment: Commitment, day: date) -> str:
    """Remind, send a letter or pass on, as the colour of `day` wants it; the name of what was done, or ""."""
    # Nobody's act: the day itself reminds, by the rule that stands in the agreement's clock.
    shade, actor = colour(commitment, day), system()
    key = f"{commitment.pk}/{commitment.round}"
    if shade == Colour.YELLOW and commitment.escalation < REMINDED:
        reminder_send(actor=actor, commitment=commitment, act_id=named_id("reminder", key))
        return "reminder"
    if shade == Colour.RED and commitment.escalation < LETTER:
        reminder = _("Due on %(day)s and not proved. Please answer and say by when it will be done.")
        letter_send(
            actor=actor,
            commitment=commitment,
            text=str(reminder % {"day": day_said(commitment.due_on)}),
            act_id=named_id("letter", key),
        )
        return "letter"
    if (
        shade == Colour.RED
        and commitment.escalation == LETTER
        and day > add_workdays(commitment.due_on, NEXT_TIER_WORKDAYS)
        and office_above(commitment.supervisor)
    ):
        next_tier_pass(actor=actor, commitment=commitment, act_id=named_id("next_tier", key))
        return "next_tier"
    return ""


def _ask(commitment: Commitment, next_act: str, code: str, **data: Any) -> str:
    """Ask the supervisor's desk for `next_act` ("strike_off", "recheck"), once per round: the id says both.

    Gives it back where it was asked now, else "".
    """
    body = {"commitment": commitment.pk, "round": commitment.round}
    with act(f"commitments.{next_act}.ask", actor=SYSTEM, act_id=_identity(commitment), body=body) as this:
        if this.replayed:
            return ""
        commitment = locked(commitment)
        enter(this, commitment, f"{next_act}_asked", **data)
        due_on = commitment.recheck_due_on if next_act == "recheck" else commitment.verdict_due_on
        tell_desk(commitment, commitment.supervisor_id, code, "", due_on=due_on)
    return next_act
