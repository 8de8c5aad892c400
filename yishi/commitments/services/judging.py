"""The people's verdict, strike-off, closing without being done, reopening, re-check."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.attachments.on_paper import OnPaper
from yishi.commitments import hooks
from yishi.commitments.clocks import RECHECK_AFTER, RECHECK_BEFORE
from yishi.commitments.models import Commitment, EarlierVerdict, Judge, LedgerEvent, Verdict
from yishi.commitments.rules import gave_proof
from yishi.commitments.stages import may_step, step
from yishi.database.words import Words
from yishi.journal.act import Act, Actor, act
from yishi.journal.models import Receipt
from yishi.kit.clock import add_workdays
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit
from yishi.people.models import Person

from ._common import (
    day_of,
    enter,
    kept_paper,
    locked,
    paper_data,
    promised_words,
    remark,
    requests_end,
    second_person,
    sent_paper,
    tell_bearer,
    tell_desk,
    tell_judges,
    today_of,
)
from .taking_back import decision_to_take_back, take_back

WHY_CLOSED = promised_words("reason", 300)
RECHECK = promised_words("text", 1000)
WHY_REOPENED = promised_words("reason", 1000)
VERDICT_WORDS = Words("text", 500)
NOTE = Words("note", 1000)

Kind = LedgerEvent.Kind
State = Commitment.State
REOPENED_WORKDAYS = 10  # a reopened duty whose date has passed gets at least this time


def verdict_give(
    *,
    actor: Viewer,
    commitment: Commitment,
    value: str,
    text: str = "",
    bearer_reads: bool = False,
    judge: Person | None = None,
    writer: Actor | None = None,
    paper: OnPaper | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Somebody who benefits says how it turned out, once per round; a late verdict is heard after the strike-off too.

    With `judge` the actor writes down what that person said by word of mouth, or wrote on a `paper`; never the
    bearer's own hands, and who wrote it down does not decide what follows from it. It may be
    said before the proof is checked: it is kept, and the check stays the supervisor's. `writer`: who wrote it down by
    the right of another room; the file names them.

    Whoever supervises the promise reads the words; its bearer only where whoever said them lets them (`bearer_reads`).

    The first negative verdict of somebody who raised the matter reopens the commitment without anyone's leave; about
    a later one the supervisor decides (`commitment_reopen`).
    """
    if judge is None:
        by = permit("commitment.judge", actor, commitment)
    else:
        by = permit("commitment.hear", actor, commitment, on_behalf_of=judge.pk)
    body: dict[str, object] = {"commitment": commitment.pk, "value": value, "text": text, "bearer_reads": bearer_reads}
    if judge is not None:
        body["judge"] = judge.pk
        body |= sent_paper(paper)
    with act("commitments.verdict.give", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        step(commitment, "hear" if judge is not None else "judge")
        if value not in Verdict.Value.values:
            raise Refusal("verdict.value", _("Please choose one of the three answers."), field="value")
        said_by = judge or actor.person
        judging = Judge.objects.select_for_update().filter(commitment=commitment, person=said_by).first()
        if judging is None:
            raise Refusal("verdict.judge", _("This person is not one of those who judge it."))
        if judging.verdicts.filter(round=commitment.round).exists():
            raise WrongStage("verdict.given", _("You have given your verdict on this already. Thank you."))
        reopens = _reopens(commitment, judging, value)
        verdict = Verdict.objects.create(
            commitment=commitment,
            judge=judging,
            round=commitment.round,
            value=value,
            text=VERDICT_WORDS.kept(text),
            bearer_reads=bearer_reads,
            at=this.now,
            reopened=reopens,
            paper=kept_paper(this, actor, commitment, paper),
        )
        if writer is not None:
            remark(this, commitment, Kind.HEARD, text=_writer_named(writer), by=writer)
        enter(this, commitment, "judged", verdict=verdict.pk, value=value, **paper_data(verdict.paper))
        this.result(verdict=verdict.pk, reopened=reopens)
        _follow(this, commitment, verdict)
    return this.receipt


def verdict_change(
    *,
    actor: Viewer,
    commitment: Commitment,
    value: str,
    text: str = "",
    bearer_reads: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Whoever judged says it once more, while their time for it runs: the last word counts, both are kept. Did the
    first one open the promise again, and has nothing followed, that is taken back with it. Result: commitment,
    verdict."""
    by = permit("commitment.judge", actor, commitment)
    body = {"commitment": commitment.pk, "value": value, "text": text, "bearer_reads": bearer_reads}
    with act("commitments.verdict.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        verdict = verdict_to_change(commitment, actor.person, today_of(this))
        if verdict is None:
            raise WrongStage(
                "verdict.final",
                _("This verdict stands: the time for it is over, it was changed once, or something has followed."),
            )
        if value not in Verdict.Value.values:
            raise Refusal("verdict.value", _("Please choose one of the three answers."), field="value")
        said = VERDICT_WORDS.kept(text)
        if verdict.round != commitment.round:
            said_anew = str(_("Whoever had judged said it once more."))
            take_back(this, commitment, decision_to_take_back(commitment), said_anew)
            verdict.refresh_from_db()
        EarlierVerdict.objects.create(
            verdict=verdict,
            value=verdict.value,
            text=verdict.text,
            bearer_reads=verdict.bearer_reads,
            at=verdict.at,
            paper=verdict.paper,
        )
        verdict.value, verdict.text, verdict.bearer_reads, verdict.paper = value, said, bearer_reads, None
        verdict.at, verdict.reopened = this.now, _reopens(commitment, verdict.judge, value)
        verdict.save()
        enter(this, commitment, "judged_anew", verdict=verdict.pk, value=value)
        this.result(verdict=verdict.pk, reopened=verdict.reopened)
        _follow(this, commitment, verdict)
    return this.receipt


def verdict_to_change(commitment: Commitment, person: Person | None, today: date) -> Verdict | None:
    """The verdict that this person may still change: of this round, or the one that opened the round without anything
    having followed; not changed before, and within the time for verdicts."""
    verdicts = Verdict.objects.select_related("judge").filter(commitment=commitment, judge__person=person)
    verdict = verdicts.order_by("-round").first() if person is not None else None
    if verdict is None or EarlierVerdict.objects.filter(verdict=verdict).exists():
        return None
    until = commitment.verdict_due_on
    if verdict.round != commitment.round:
        decision = decision_to_take_back(commitment)
        if decision is None or not verdict.reopened or decision.at != verdict.at:
            return None
        was = (decision.before or {}).get("verdict_due_on")
        until = date.fromisoformat(was) if was else None
    elif not may_step(commitment, "judge"):
        return None
    return verdict if until is not None and today <= until else None


def _reopens(commitment: Commitment, judging: Judge, value: str) -> bool:
    """Only the first no of somebody who raised it opens a promise again without anybody's leave."""
    has_reopened = commitment.judges.filter(has_reopened=True).exists()
    return value == Verdict.Value.NOT_SATISFIED and judging.raised_it and not has_reopened


def _follow(this: Act, commitment: Commitment, verdict: Verdict) -> None:
    """What follows from a verdict: its supervisor hears, and the promise is open again where it reopens."""
    is_negative = verdict.value == Verdict.Value.NOT_SATISFIED
    code = "commitment.judged_again" if is_negative and not verdict.reopened else "commitment.judged"
    tell_desk(commitment, commitment.supervisor_id, code, f"{verdict.pk}/{this.id}")
    if verdict.reopened:
        judging = verdict.judge
        judging.has_reopened = True
        judging.save(update_fields=["has_reopened"])
        verb = "hear_no" if commitment.state == State.PROVED else "reopen"
        _reopen(this, commitment, _("Somebody who raised the matter is not satisfied."), verb)


def commitment_reopen(*, actor: Viewer, commitment: Commitment, reason: str, act_id: UUID | None = None) -> Receipt:
    """Open a promise again, as its supervisor, with the reason."""
    by = permit("commitment.supervise", actor, commitment)
    body = {"commitment": commitment.pk, "reason": reason}
    with act("commitments.commitment.reopen", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        _reopen(this, locked(commitment), WHY_REOPENED.kept(reason))
    return this.receipt


def commitment_strike_off(
    *, actor: Viewer, commitment: Commitment, note: str = "", act_id: UUID | None = None
) -> Receipt:
    """Strike a promise off, as its supervisor: every judge has answered, or the time for answers is over (未评)."""
    by = permit("commitment.supervise", actor, commitment)
    body = {"commitment": commitment.pk, "note": note}
    with act("commitments.commitment.strike_off", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        state = step(commitment, "strike_off")
        same_hands = second_person(actor, commitment, gave=gave_proof(commitment))
        today = today_of(this)
        waiting = commitment.judges.exclude(verdicts__round=commitment.round).count()
        if waiting and commitment.verdict_due_on and today <= commitment.verdict_due_on:
            raise WrongStage(
                "commitment.strike_off.waiting",
                _("%(count)d of those who judge have until %(day)s to answer. Please strike it off after that.")
                % {"count": waiting, "day": day_said(commitment.verdict_due_on)},
            )
        before = commitment.clocks_kept()
        commitment.state = state
        commitment.settled_on = today
        commitment.recheck_due_on = today + RECHECK_BEFORE
        commitment.rechecked_on = None
        commitment.save(update_fields=["state", "settled_on", "recheck_due_on", "rechecked_on"])
        remark(this, commitment, Kind.STRUCK_OFF, text=NOTE.kept(note), before=before, same_hands=same_hands)
        enter(this, commitment, "struck_off", unanswered=waiting, same_hands=same_hands)
        requests_end(this, commitment, _("It was struck off."))
        tell_bearer(commitment, "commitment.struck_off", "")
        tell_judges(commitment, "commitment.struck_off", "")
        hooks.run(hooks.ON_SETTLED, commitment, this)
    return this.receipt


def commitment_close_undone(
    *, actor: Viewer, commitment: Commitment, reason: str, act_id: UUID | None = None
) -> Receipt:
    """Close a promise that will not be done; the reason is kept and told. The promise never counts as done."""
    by = permit("commitment.supervise", actor, commitment)
    body = {"commitment": commitment.pk, "reason": reason}
    with act("commitments.commitment.close_undone", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        before = commitment.clocks_kept()
        commitment.state = step(commitment, "close_undone")
        same_hands = second_person(actor, commitment)
        commitment.closing_reason = WHY_CLOSED.kept(reason)
        commitment.settled_on = today_of(this)
        commitment.as_agreed = False
        commitment.save(update_fields=["state", "closing_reason", "settled_on", "as_agreed"])
        why = commitment.closing_reason
        remark(this, commitment, Kind.CLOSED_UNDONE, text=why, before=before, same_hands=same_hands)
        enter(this, commitment, "closed_undone", same_hands=same_hands)
        requests_end(this, commitment, _("It was closed without being done."))
        tell_bearer(commitment, "commitment.closed_undone", "")
        tell_judges(commitment, "commitment.closed_undone", "")
        hooks.run(hooks.ON_SETTLED, commitment, this)
    return this.receipt


def recheck_record(
    *,
    actor: Viewer,
    commitment: Commitment,
    holds: bool,
    text: str,
    on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """The look back (回头看), from 30 days after the strike-off: it holds, or it is opened again."""
    by = permit("commitment.supervise", actor, commitment)
    body = {"commitment": commitment.pk, "holds": holds, "text": text, "on": on}
    with act("commitments.recheck.record", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        commitment = locked(commitment)
        step(commitment, "recheck")
        same_hands = second_person(actor, commitment, gave=gave_proof(commitment))
        day = day_of(on or today_of(this), "on", this)
        earliest = (commitment.settled_on or day) + RECHECK_AFTER
        if commitment.rechecked_on:
            raise WrongStage("recheck.done", _("A colleague has looked back already; the file shows the result."))
        if day < earliest:
            raise Refusal(
                "recheck.early",
                _("The re-check is for 30 to 90 days after the strike-off: from %(day)s on.")
                % {"day": day_said(earliest)},
                field="on",
            )
        commitment.rechecked_on = day
        commitment.save(update_fields=["rechecked_on"])
        said = RECHECK.kept(text)
        remark(this, commitment, Kind.RECHECK, text=said, on=day, same_hands=same_hands)
        enter(this, commitment, "rechecked", holds=holds, same_hands=same_hands)
        if not holds:
            _reopen(this, commitment, said)
    return this.receipt


def _writer_named(writer: Actor) -> str:
    person = Person.objects.filter(pk=writer.person_id).first() if writer.person_id is not None else None
    return str(_("Written down by %(name)s.") % {"name": person.name}) if person is not None else ""


def _reopen(this: Act, commitment: Commitment, reason: object, verb: str = "reopen") -> None:
    """A new round: in force again, with at least ten working days."""
    before = commitment.clocks_kept()
    commitment.state = step(commitment, verb)
    today = today_of(this)
    commitment.round += 1
    commitment.in_force_on = today
    counted = add_workdays(today, REOPENED_WORKDAYS)
    if counted > commitment.due_on:
        commitment.due_on, commitment.due_counted_from = counted, today
    commitment.proved_on = commitment.checked_on = commitment.verdict_due_on = commitment.settled_on = None
    commitment.recheck_due_on = commitment.rechecked_on = commitment.as_agreed = None
    commitment.closing_reason, commitment.backfilled = "", False
    commitment.escalation, commitment.escalated_to = 0, None
    commitment.save()
    requests_end(this, commitment, _("It was opened again, with a new date."))
    remark(this, commitment, Kind.REOPENED, text=str(reason), before=before)
    enter(this, commitment, "reopened")
    tell_bearer(commitment, "commitment.reopened", "")
    tell_desk(commitment, commitment.supervisor_id, "commitment.reopened", "")
    tell_judges(commitment, "commitment.reopened", "")
    hooks.run(hooks.ON_REOPENED, commitment, this)
