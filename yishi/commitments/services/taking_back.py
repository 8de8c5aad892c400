"""What was decided on a promise by mistake is taken back: it stands as it stood, in the same round, with its delay.

A decision that moves the clocks (struck off, closed undone, dropped, opened again) keeps in its ledger event what the
promise was before. To open again is another thing: a new round, with a new day. More time that was granted or refused
by mistake waits for its decision again; a meeting with the people that was none counts for no rate.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.commitments import hooks
from yishi.commitments.models import Commitment, LedgerEvent, TimeRequest
from yishi.commitments.stages import may_step, step
from yishi.database.taken_back import locked_standing
from yishi.journal.act import Act, act
from yishi.journal.models import Entry, Moved, Receipt
from yishi.journal.moved import FOLLOWED, GONE, WHY_BACK, last_moved, put_back, stands
from yishi.kit.errors import WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from ._common import enter, locked, remark, tell_bearer, tell_desk, tell_judges

Kind = LedgerEvent.Kind
SETTLING = (Kind.STRUCK_OFF, Kind.CLOSED_UNDONE, Kind.DROPPED)
DECISIONS = (*SETTLING, Kind.REOPENED)


def decision_to_take_back(commitment: Commitment) -> LedgerEvent | None:
    """The last decision, while nothing has followed from it: no word, proof or request, and no other decision."""
    events = (event for event in commitment.events.all() if event.taken_back_at is None)
    last = max(events, key=lambda event: (event.at, event.pk), default=None)
    if last is None or last.kind not in DECISIONS or not last.before:
        return None
    proofs = commitment.proofs.filter(given_at__gt=last.at).exists()
    asked = commitment.time_requests.filter(asked_at__gt=last.at).exists()
    judged = last.kind == Kind.REOPENED and commitment.verdicts.filter(at__gt=last.at).exists()
    return None if proofs or asked or judged else last


def desks_to_take_back(commitment: Commitment) -> LedgerEvent | None:
    """The same where a desk decided: what somebody's verdict opened again, they alone take back, by their second
    word."""
    decision = decision_to_take_back(commitment)
    if decision is not None and commitment.verdicts.filter(reopened=True, at=decision.at).exists():
        return None
    return decision


def commitment_take_back(*, actor: Viewer, commitment: Commitment, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take back the last decision on a promise, as its supervisor: struck off, closed, dropped or opened again by
    mistake. Refused once something has followed from it. Everybody who was told of it is told."""
    by = permit("commitment.supervise", actor, commitment)
    body = {"commitment": commitment.pk, "reason": reason}
    with act("commitments.commitment.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(commitment)
        take_back(this, row, desks_to_take_back(row), WHY_BACK.kept(reason))
    return this.receipt


def take_back(this: Act, commitment: Commitment, decision: LedgerEvent | None, reason: str) -> None:
    """Within an act: restore what the event of a decision keeps; refuses where nothing is to take back."""
    if decision is None:
        raise WrongStage(
            "commitment.take_back.stage",
            _("Nothing was decided, or something has followed: it cannot be taken back. Open it again instead."),
        )
    for name, value in (decision.before or {}).items():
        column: Any = commitment._meta.get_field(name)
        setattr(commitment, name, column.to_python(value))
    commitment.save()
    # A request for more time that the decision ended waits again.
    TimeRequest.objects.filter(commitment=commitment, decided_at=decision.at, decided_by__isnull=True).update(
        granted=None, answer="", decided_at=None
    )
    judges = commitment.judges.filter(has_reopened=True, verdicts__reopened=True, verdicts__at=decision.at)
    judges.update(has_reopened=False)
    commitment.verdicts.filter(reopened=True, at=decision.at).update(reopened=False)
    remark(this, commitment, Kind.TAKEN_BACK, text=f"{decision.get_kind_display()}：{reason}")
    enter(this, commitment, "taken_back", decision=decision.pk, was=decision.kind)
    tell_bearer(commitment, "commitment.taken_back", str(decision.pk))
    tell_desk(commitment, commitment.supervisor_id, "commitment.taken_back", str(decision.pk))
    tell_judges(commitment, "commitment.taken_back", str(decision.pk))
    hooks.run(hooks.ON_REOPENED if decision.kind in SETTLING else hooks.ON_SETTLED, commitment, this)


TIME = "commitments.time.decide"


def time_to_take_back(commitment: Commitment, kept: Iterable[Moved] | None = None) -> Moved | None:
    """The last decision on more time, while the day stands that it left, and nobody asks for more again. `kept`: what
    was moved of the promise (`moved_of`), where it was read."""
    moved = last_moved(("commitment", commitment.pk), TIME, kept=kept)
    if moved is None or not may_step(commitment, "decide_time") or not stands(moved):
        return None
    asked_again = commitment.time_requests.filter(granted__isnull=True).exists()
    return None if asked_again or commitment.proofs.filter(given_at__gt=moved.at).exists() else moved


def time_take_back(*, actor: Viewer, commitment: Commitment, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take back the last decision on more time, as the supervisor: the day is the one before, and the request waits for
    its decision again. Refused once proof was given or more time asked for since. Who owes it is told. Result:
    commitment."""
    by = permit("commitment.supervise", actor, commitment)
    body = {"commitment": commitment.pk, "reason": reason}
    with act("commitments.time.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(commitment)
        step(row, "decide_time")
        last = last_moved(("commitment", row.pk), TIME)
        if last is not None and time_to_take_back(row) is None:
            raise WrongStage("moved.followed", FOLLOWED)
        moved = put_back(this, last, reason)
        row = locked(row)
        enter(this, row, "time_taken_back", request=moved.more["request"])
        tell_bearer(row, "commitment.taken_back", str(this.id))
        tell_desk(row, row.supervisor_id, "commitment.time_asked", str(this.id))
    return this.receipt


def meeting_take_back(
    *, actor: Viewer, commitment: Commitment, meeting: LedgerEvent, reason: str, act_id: UUID | None = None
) -> Receipt:
    """A meeting with the people that was none, or was written down for the wrong promise: it stays in the story with
    the reason and counts for no rate. Result: commitment."""
    by = permit("commitment.say", actor, commitment)
    body = {"commitment": commitment.pk, "meeting": meeting.pk, "reason": reason}
    with act("commitments.meeting.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(commitment)
        why = WHY_BACK.kept(reason)
        event = locked_standing(meeting, GONE)
        event.take_back(why, this.now, this.actor.person_id)
        first = row.events.filter(kind=Kind.MET).order_by("at", "pk").first()
        row.met_people_on = first.on if first else None
        row.save(update_fields=["met_people_on"])
        met = {"code": "commitments.commitment.meet", "subject_id": row.pk, "received_at": event.at}
        for entry in Entry.objects.filter(**met, reverses_id__isnull=True):
            this.reverse(entry)
        enter(this, row, "meeting_taken_back", meeting=event.pk)
    return this.receipt
