"""Carrying a promise out: the bearer answers, meets the people, gives proof, asks for time; a second person checks."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.attachments.on_paper import OnPaper
from yishi.commitments import hooks
from yishi.commitments.clocks import VERDICT_WORKDAYS
from yishi.commitments.models import Commitment, LedgerEvent, Proof, TimeRequest
from yishi.commitments.shown import proof_digest, proof_waiting
from yishi.commitments.stages import step
from yishi.database.amounts import whole_checked
from yishi.journal.act import Actor, act
from yishi.journal.models import Receipt
from yishi.journal.moved import Watch
from yishi.journal.shown import check_shown
from yishi.kit.clock import add_workdays
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.records import certain
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

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
    second_person,
    sent_paper,
    tell_bearer,
    tell_desk,
    tell_judges,
    today_of,
)

AS_AGREED_MISSING = _("Please say whether it was carried out as agreed.")
FINDING = promised_words("finding", 500)
TIME_ANSWER = promised_words("answer", 500)
WHY = promised_words("reason", 500)
ANSWER = promised_words("text", 1000)
PROOF = promised_words("text", 2000)

Kind = LedgerEvent.Kind


def commitment_answer(
    *,
    actor: Viewer,
    commitment: Commitment,
    text: str,
    on: date | None = None,
    paper: OnPaper | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Say, as the bearer, how the promise stands. The first answer counts for the rate of answers."""
    by = as_bearer(actor, commitment, paper)
    body = {"commitment": commitment.pk, "text": text, "on": on, **sent_paper(paper)}
    with act("commitments.commitment.answer", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        step(commitment, "answer")
        kept = kept_paper(this, actor, commitment, paper)
        day = day_of(on or (kept.signed_on if kept else today_of(this)), "on", this, commitment)
        if commitment.answered_on is None:
            commitment.answered_on = day
            commitment.save(update_fields=["answered_on"])
        remark(this, commitment, Kind.ANSWER, text=ANSWER.kept(text), on=day, paper=kept)
        enter(this, commitment, "answered", **paper_data(kept))
        tell_desk(commitment, commitment.supervisor_id, "commitment.answered", str(this.id))
    return this.receipt


def people_met(
    *,
    actor: Viewer,
    commitment: Commitment,
    text: str,
    on: date | None = None,
    paper: OnPaper | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """The bearer met the people whom it concerns: when, where, what was said."""
    by = as_bearer(actor, commitment, paper)
    body = {"commitment": commitment.pk, "text": text, "on": on, **sent_paper(paper)}
    with act("commitments.commitment.meet", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        step(commitment, "meet")
        kept = kept_paper(this, actor, commitment, paper)
        day = day_of(on or (kept.signed_on if kept else today_of(this)), "on", this, commitment)
        if commitment.met_people_on is None:
            commitment.met_people_on = day
            commitment.save(update_fields=["met_people_on"])
        remark(this, commitment, Kind.MET, text=ANSWER.kept(text), on=day, paper=kept)
        enter(this, commitment, "met", **paper_data(kept))
    return this.receipt


def proof_give(
    *,
    actor: Viewer,
    commitment: Commitment,
    text: str,
    done_on: date,
    quantity: Decimal | None = None,
    files: Iterable[Attachment] = (),
    writer: Actor | None = None,
    paper: OnPaper | None = None,
    earlier: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Show, as the bearer, that the promise is done. The clock stands until a second person has checked: neither who
    gave the proof nor, where the right of another room let somebody say it for the bearer, that `writer`.

    With the bearer's `paper` the supervisor's desk writes it down on the bearer's behalf; another person checks it.
    It was done after it was promised; `earlier`: what another room recorded with its own day, such as a deed, may lie
    before.
    """
    by = as_bearer(actor, commitment, paper)
    files = list(files)
    body = {
        "commitment": commitment.pk,
        "text": text,
        "done_on": done_on,
        "quantity": quantity,
        "files": [f.sha256 for f in files],
        **sent_paper(paper),
    }
    with act("commitments.commitment.prove", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        state = step(commitment, "prove")
        if quantity is not None:
            whole_checked(quantity, commitment.unit, "quantity")
        kept = kept_paper(this, actor, commitment, paper)
        proof = Proof.objects.create(
            commitment=commitment,
            round=commitment.round,
            text=PROOF.kept(text),
            quantity=quantity,
            done_on=day_of(done_on, "done_on", this, None if earlier else commitment),
            given_by_id=writer.person_id if writer is not None else actor.person_id,
            given_at=this.now,
            paper=kept,
        )
        proof.files.set(files)
        commitment.state = state
        commitment.proved_on = today_of(this)
        commitment.answered_on = commitment.answered_on or commitment.proved_on
        commitment.save(update_fields=["state", "proved_on", "answered_on"])
        enter(this, commitment, "proved", proof=proof.pk, **paper_data(kept))
        this.result(proof=proof.pk)
        tell_desk(commitment, commitment.supervisor_id, "commitment.proved", str(proof.pk))
        hooks.run(hooks.ON_MOVED, commitment, this)
    return this.receipt


def proof_withdraw(*, actor: Viewer, commitment: Commitment, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take back a proof that was given too early, before somebody checks it: the promise is in force again, with its
    day. The proof stays in the file as withdrawn, with the reason. Who wrote it down from paper may do it too."""
    by = permit("commitment.say", actor, commitment)
    body = {"commitment": commitment.pk, "reason": reason}
    with act("commitments.proof.withdraw", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        state = step(commitment, "withdraw")
        proof = commitment.proofs.filter(round=commitment.round, outcome="").latest("given_at")
        proof.outcome, proof.finding = Proof.Outcome.WITHDRAWN, WHY.kept(reason)
        proof.checked_at = this.now
        proof.save(update_fields=["outcome", "finding", "checked_at"])
        commitment.state, commitment.proved_on = state, None
        commitment.save(update_fields=["state", "proved_on"])
        enter(this, commitment, "proof_withdrawn", proof=proof.pk)
        tell_desk(commitment, commitment.supervisor_id, "commitment.proof_withdrawn", str(proof.pk))
        hooks.run(hooks.ON_MOVED, commitment, this)
    return this.receipt


def proof_check(
    *,
    actor: Viewer,
    commitment: Commitment,
    accepted: bool,
    finding: str,
    as_agreed: bool | None = None,
    shown: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """A second person at the supervisor's desk checks the proof; accepted, the people are asked for their verdict.

    `shown`: the hash of the proof that was read (`proof_digest`). Who accepts it says whether it was carried out as
    agreed: the rates count what somebody said, never a preset.

    Who gave the proof, or sits at the bearer's desk, does not check it — unless the installation is a small office,
    where one person may hold several posts; the file shows it then.
    """
    by = permit("commitment.supervise", actor, commitment)
    body = {"commitment": commitment.pk, "accepted": accepted, "finding": finding, "as_agreed": as_agreed}
    with act("commitments.commitment.check", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        state = step(commitment, "accept" if accepted else "return")
        if accepted and as_agreed is None:
            raise Refusal("proof.as_agreed", AS_AGREED_MISSING, field="as_agreed")
        proof = certain(proof_waiting(commitment))
        now = proof_digest(commitment, proof)
        check_shown(shown, now)
        same_hands = second_person(actor, commitment, gave=proof.given_by_id)
        today = today_of(this)
        proof.outcome = Proof.Outcome.ACCEPTED if accepted else Proof.Outcome.RETURNED
        proof.finding = FINDING.kept(finding)
        proof.as_agreed = as_agreed if accepted else None
        proof.checked_by_id = actor.person_id
        proof.checked_at = this.now
        proof.same_hands = same_hands
        proof.save()
        commitment.state = state
        if accepted:
            commitment.checked_on = today
            commitment.as_agreed = as_agreed
            commitment.verdict_due_on = add_workdays(today, VERDICT_WORKDAYS)
        else:
            commitment.proved_on = None
        commitment.save(update_fields=["state", "checked_on", "as_agreed", "verdict_due_on", "proved_on"])
        enter(
            this, commitment, "accepted" if accepted else "returned", proof=proof.pk, shown=now, same_hands=same_hands
        )
        if accepted and commitment.judges.exclude(verdicts__round=commitment.round).exists():
            tell_judges(commitment, "commitment.verdict_asked", str(proof.pk))
        code = "commitment.proof_accepted" if accepted else "commitment.proof_returned"
        tell_bearer(commitment, code, str(proof.pk))
        hooks.run(hooks.ON_MOVED, commitment, this)
    return this.receipt


def time_ask(
    *,
    actor: Viewer,
    commitment: Commitment,
    due_on: date,
    reason: str,
    paper: OnPaper | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """The bearer asks for more time, with the reason. The old date holds until somebody decides."""
    by = as_bearer(actor, commitment, paper)
    body = {"commitment": commitment.pk, "due_on": due_on, "reason": reason, **sent_paper(paper)}
    with act("commitments.time.ask", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        step(commitment, "ask_time")
        if commitment.time_requests.filter(granted__isnull=True).exists():
            raise WrongStage("time.asked", _("More time was asked for already; please wait for the decision."))
        if due_on <= commitment.due_on:
            raise Refusal(
                "time.not_later",
                _("It is due on %(day)s now; more time means a later day.") % {"day": day_said(commitment.due_on)},
                field="due_on",
            )
        request = TimeRequest.objects.create(
            commitment=commitment,
            due_on=not_past(due_on, "due_on", today_of(this)),
            reason=WHY.kept(reason),
            asked_by_id=actor.person_id,
            asked_at=this.now,
            paper=kept_paper(this, actor, commitment, paper),
        )
        commitment.answered_on = commitment.answered_on or today_of(this)
        commitment.save(update_fields=["answered_on"])
        enter(this, commitment, "time_asked", request=request.pk, due_on=due_on, **paper_data(request.paper))
        this.result(time=request.pk)
        tell_desk(commitment, commitment.supervisor_id, "commitment.time_asked", str(request.pk))
    return this.receipt


def time_decide(
    *, actor: Viewer, request: TimeRequest, granted: bool, answer: str, act_id: UUID | None = None
) -> Receipt:
    """The supervisor grants or refuses more time. The first due date stays on the file."""
    by = permit("commitment.supervise", actor, request.commitment)
    body = {"request": request.pk, "granted": granted, "answer": answer}
    with act("commitments.time.decide", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(request.commitment)
        request = TimeRequest.objects.get(pk=request.pk)
        if request.granted is not None:
            raise WrongStage(
                "time.decided", _("A colleague decided this already. Reload the page to see the decision.")
            )
        step(commitment, "decide_time")
        same_hands = second_person(actor, commitment, gave=request.asked_by_id)
        if granted and request.due_on < today_of(this):
            raise Refusal(
                "time.passed",
                _("The day asked for, %(day)s, has passed. Refuse it; the bearer may ask for a later one.")
                % {"day": day_said(request.due_on)},
                field="granted",
            )
        watch = Watch()
        watch.row(request, "granted", "answer", "decided_by_id", "decided_at", "same_hands")
        watch.row(commitment, "due_on", "due_counted_from")
        request.granted = granted
        request.answer = TIME_ANSWER.kept(answer)
        request.decided_by_id = actor.person_id
        request.same_hands = same_hands
        request.decided_at = this.now
        request.save()
        if granted:
            commitment.due_on, commitment.due_counted_from = request.due_on, None
            commitment.save(update_fields=["due_on", "due_counted_from"])
        enter(
            this, commitment, "time_granted" if granted else "time_refused", request=request.pk, same_hands=same_hands
        )
        watch.keep(this, ("commitment", commitment.pk), granted=granted, request=request.pk, answer=request.answer)
        code = "commitment.time_granted" if granted else "commitment.time_refused"
        tell_bearer(commitment, code, str(request.pk))
    return this.receipt
