"""The exit is approved or refused by somebody else than who closed the assessment; the register's standings follow."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.exits.models import ExitAssessment, ExitFollowed, ExitSample, ExitSuspicion
from yishi.assistance.exits.shown import exit_digest
from yishi.assistance.register.models import Household
from yishi.assistance.register.services.settled import Settled, households_put_back, households_settle
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.journal.shown import check_shown
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit
from yishi.organisations.services.place_sets import lists_leave, lists_rejoin

from .assessments import locked

REASON = Words("reason", 300, _("Please write by which document, or why."), code="exit.decision_reason")
WHY_BACK = Words("reason", 300, _("Please say why the decision is taken back."), code="exit.back_reason")
Stage, Decision = ExitAssessment.Stage, ExitAssessment.Decision
Kind, State = ExitSuspicion.Kind, ExitSuspicion.State
POOR, PENDING, EXITED = "poor", "pending", "exited"  # code list exit_state


def exit_decide(
    *,
    actor: Viewer,
    assessment: ExitAssessment,
    decision: str,
    reason: str,
    shown: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Approve or refuse a county's exit on the figures that were shown. Either way what was upheld is put right in the
    register: a wrong exit is poor as before, a missed household is listed as poor. Approved, whoever was about to
    leave poverty (预脱贫) has left it with this year, and the county leaves the lists of poor places by the same
    decision. Result: assessment, households (that changed), lists."""
    if actor.person_id is not None and actor.person_id == assessment.closed_by_id:
        raise NotAllowed("exit.same_hands", _("Who closed the assessment does not decide on the exit."))
    by = permit("exit.decide", actor, assessment)
    body = {"assessment": assessment.pk, "decision": decision, "reason": reason, "shown": shown}
    with act("assistance.exit.decide", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(assessment, Stage.CLOSED)
        if row.decision:
            raise WrongStage("exit.decided_already", _("It is decided already."))
        if decision not in Decision.values:
            raise Refusal("exit.decision", _("Please choose one of the values that are offered."), field="decision")
        now = exit_digest(row)
        check_shown(shown, now)
        row.decision, row.decision_reason, row.decision_shown = decision, REASON.kept(reason), now
        row.decided_by, row.decided_for_id, row.decided_at = actor.person, by.body_id, this.now
        row.save(
            update_fields=[
                "decision", "decision_reason", "decision_shown", "decided_by", "decided_for", "decided_at",
            ]
        )  # fmt: skip
        settled = households_settle(_wanted(row), timezone.localdate(this.now))
        ExitFollowed.objects.bulk_create(
            [
                ExitFollowed(
                    assessment=row,
                    household=each.household,
                    was=dict(each.was),
                    became=dict(each.became),
                    standings=list(each.standings),
                )
                for each in settled
            ],
            batch_size=2000,
        )
        this.entry(
            subject=("exit_assessment", row.pk),
            place=row.place_id,
            data={"decision": decision, "reason": row.decision_reason, "shown": now, "households": len(settled)},
        )
        _tell(this, settled)
        is_approved = decision == Decision.APPROVED
        today = timezone.localdate(this.now)
        left = lists_leave(this, row.place, today, row.decision_reason) if is_approved else []
        row.lists_left.set(left)
        this.result(assessment=row.pk, households=len(settled), lists=len(left))
    return this.receipt


def _tell(this: Act, settled: Iterable[Settled]) -> None:
    """An entry for each household whose record changed, so that its own story says by what."""
    for each in settled:
        this.draft(
            code="assistance.exit.follow",
            subject=("household", each.household.pk),
            place=each.household.place_id,
            data={"was": each.was.get("state"), "became": each.became.get("state")},
        )
    this.write()


def _wanted(row: ExitAssessment) -> list[tuple[Household, Mapping[str, Any]]]:
    upheld = ExitSuspicion.within.filter(
        sample__assessment=row, state=State.UPHELD, kind__in=(Kind.WRONG, Kind.MISSED), sample__household__isnull=False
    )
    samples = ExitSample.within.filter(suspicions__in=upheld).values("household")
    homes = Household.within.select_for_update(of=("self",)).filter(left_on__isnull=True)
    wanted: list[tuple[Household, Mapping[str, Any]]] = []
    for home in homes.filter(pk__in=samples).order_by("pk"):
        listed = {"identified_year": home.identified_year or row.year}
        wanted.append((home, {"state": POOR, "kind": "listed", "exited_year": None, **listed}))
    if row.decision == Decision.APPROVED:
        span = (row.place.lo, row.place.hi)
        pending = homes.filter(state=PENDING, place__lo__range=span, registered_on__lte=row.as_of)
        wanted += [
            (home, {"state": EXITED, "exited_year": row.year})
            for home in pending.exclude(pk__in=samples).order_by("pk")
        ]
    return wanted


def exit_take_back(*, actor: Viewer, assessment: ExitAssessment, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take a decision back: each household stands as it stood, unless its record was changed since, which is refused
    with its number; the county stands in its lists again. Result: assessment, households."""
    by = permit("exit.decide_back", actor, assessment)
    body = {"assessment": assessment.pk, "reason": reason}
    with act("assistance.exit.decide_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(assessment, Stage.CLOSED)
        if not row.decision:
            raise WrongStage("exit.undecided", _("It is not decided."))
        why, was = WHY_BACK.kept(reason), row.decision
        households = _put_back(this, row)
        lists_rejoin(this, row.lists_left.order_by("pk"), row.decision_reason)
        row.lists_left.clear()
        row.decision = row.decision_reason = row.decision_shown = ""
        row.decided_by = row.decided_for = row.decided_at = None
        row.save(
            update_fields=[
                "decision", "decision_reason", "decision_shown", "decided_by", "decided_for", "decided_at",
            ]
        )  # fmt: skip
        this.entry(
            subject=("exit_assessment", row.pk),
            place=row.place_id,
            data={"was": was, "reason": why, "households": households},
        )
        this.result(assessment=row.pk, households=households)
    return this.receipt


def _put_back(this: Act, row: ExitAssessment) -> int:
    followed = {each.household_id: each for each in ExitFollowed.objects.filter(assessment=row)}
    homes = Household.within.select_for_update(of=("self",)).filter(pk__in=followed).order_by("pk")
    settled = [_of(home, followed[home.pk]) for home in homes]
    count = households_put_back(settled)
    _tell(this, [Settled(each.household, each.became, each.was) for each in settled])
    ExitFollowed.objects.filter(assessment=row).delete()
    return count


def _of(home: Household, followed: ExitFollowed) -> Settled:
    return Settled(home, followed.was, followed.became, followed.standings)
