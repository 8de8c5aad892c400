"""What was decided on a promise by mistake is taken back: it stands as it stood, in the same round, with its delay.

A decision that moves the clocks (struck off, closed undone, dropped, opened again) keeps in its ledger event what the
promise was before. To open again is another thing: a new round, with a new day.
"""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.commitments import hooks
from yishi.commitments.models import Commitment, LedgerEvent, TimeRequest
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from ._common import enter, locked, promised_words, remark, tell_bearer, tell_desk, tell_judges

REASON = promised_words("reason", 300)

Kind = LedgerEvent.Kind
SETTLING = (Kind.STRUCK_OFF, Kind.CLOSED_UNDONE, Kind.DROPPED)
DECISIONS = (*SETTLING, Kind.REOPENED)


def decision_to_take_back(commitment: Commitment) -> LedgerEvent | None:
    """The last decision, while nothing has followed from it: no word, proof or request, and no other decision."""
    last = commitment.events.order_by("-at", "-pk").first()
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
        take_back(this, row, desks_to_take_back(row), REASON.kept(reason))
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
