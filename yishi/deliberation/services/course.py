"""A matter's course through its model: on to the next step, back, to an end; one walk for all of them."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import Agreement, GoodCase, Matter, Stage, StepRecord
from yishi.deliberation.process.facts import Facts
from yishi.deliberation.process.schema import STAGE_ORDER, Model, Step, read_document
from yishi.deliberation.process.validator import matter_missing
from yishi.journal.act import SYSTEM, Act, Actor, act
from yishi.journal.models import Receipt
from yishi.kit.clock import add_workdays
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .asking import ask_gates
from .telling import tell_authors, tell_convener

NOTE = Words("note", 500)
WHY = Words("reason", 1000, _("Write the reason: those who raised it will read it."), "matter.no_reason")
WHY_BACK = Words("reason", 500, _("Please write why, in a few words."))
MOVED = _("The matter has moved on meanwhile. Reload the page to see where it stands now.")

State = Matter.State
VERBS: dict[str, dict[str, str]] = {
    State.OPEN: {"advance": State.OPEN, "close": State.DONE, "end": State.ENDED, "drop": State.DROPPED},
    State.ENDED: {"reopen": State.OPEN, "open_again": State.OPEN},
    State.DONE: {"reopen": State.OPEN},
    State.DROPPED: {"open_again": State.OPEN},
}
# What else happens when a matter is over or open again (its worries are settled): filled by the room's `apps.ready`.
ON_OVER: list[Callable[..., None]] = []
ON_REOPENED: list[Callable[..., None]] = []


def next_state(matter: Matter, verb: str) -> str:
    """The state after `verb`, or WrongStage with the state in which the matter is."""
    following = VERBS[matter.state].get(verb)
    if following is None:
        raise WrongStage(
            "matter.wrong_stage",
            _("The matter is “%(state)s” now; this act is not possible any more. Reload the page to see what is next.")
            % {"state": matter.get_state_display()},
        )
    return following


def locked(matter: Matter) -> Matter:
    """The matter, read again and locked for this act."""
    matters = Matter.within.select_for_update(of=("self",))
    return matters.select_related("place", "convener", "process__model").get(pk=matter.pk)


def enter(this: Act, matter: Matter, step: Step, *, on: date | None = None, note: str = "", back: bool = False) -> None:
    """Leave the step in which the matter is, enter `step`: record, clock, gates, authors told of a new stage."""
    today = timezone.localdate()
    on = on or today
    last = matter.steps.order_by("-ordinal").first()
    if last is not None and last.left_on is None:
        last.left_on = max(on, last.entered_on)
        last.save(update_fields=["left_on"])
    runs = step.days > 0 and on >= today  # what happened in the past starts no clock
    record = StepRecord.objects.create(
        matter=matter,
        ordinal=last.ordinal + 1 if last else 1,
        step=step.code,
        stage=step.stage,
        entered_on=on,
        due_on=add_workdays(on, step.days) if runs else None,
        note=note,
        came_back=back,
    )
    matter.step, matter.stage, matter.step_due_on = step.code, step.stage, record.due_on
    matter.save(update_fields=["step", "stage", "step_due_on"])
    this.entry(
        code="deliberation.matter.enter",
        subject=("matter", matter.pk),
        place=matter.place_id,
        dims={"stage": step.stage},
        data={"step": step.code, "ordinal": record.ordinal, "back": back},
    )
    ask_gates(this, matter, step, today)
    if last is None or last.stage != step.stage:
        # A model calls this step “verdict, strike-off”: nothing is struck off before those who raised it have judged.
        code = "matter.judging" if step.stage == Stage.JUDGED else "matter.stage"
        tell_authors(matter, code, once=f"stage/{record.ordinal}", stage=step.stage, step=step.name)


def matter_move_on(matter: Matter, *, by: Actor = SYSTEM, caused_by: UUID | None = None) -> list[str]:
    """Go as far as the conditions hold; call it after any act that may have met one. Gives the steps entered.

    Never an error: where something is missing the matter stays. A step without conditions and gates is left by hand
    only, and so is a step into which a gate returned the matter: somebody says what was mended.
    """
    if not _may_move(matter, Facts(matter)):
        return []
    entered: list[str] = []
    with act("deliberation.matter.move_on", actor=by, body={"matter": matter.pk}, caused_by=caused_by) as this:
        fresh = locked(matter)
        model = read_document(fresh.process.document)
        while _may_move(fresh, Facts(fresh)):
            following = model.after(fresh.step)
            if following is None:
                _close(this, fresh, State.DONE, "")
                break
            enter(this, fresh, following)
            entered.append(following.code)
        _refresh(matter, fresh)
    return entered


def _may_move(matter: Matter, facts: Facts) -> bool:
    step = facts.model.step(matter.step)
    if matter.state != State.OPEN or step is None or not (step.exit or step.gates):
        return False
    record = facts.step
    return not (record and record.came_back) and not matter_missing(matter, facts)


def matter_advance(
    *,
    actor: Viewer,
    matter: Matter,
    note: str = "",
    step: str = "",
    on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Send a matter one step on. Refuses `matter.missing` with everything that is not met; out of the last step the
    matter is done.

    `step` is the step that the actor saw: a second click does not carry the matter two steps. A past `on` is accepted
    and starts no clock; nothing happens before the step it leaves began.
    """
    by = permit("matter.run", actor, matter)
    body = {"matter": matter.pk, "note": note, "on": on, "step": step}
    with act("deliberation.matter.advance", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = locked(matter)
        next_state(fresh, "advance")
        facts = Facts(fresh)
        if step and fresh.step != step:
            raise WrongStage("matter.moved", MOVED)
        _check_day(on, facts)
        lacking = matter_missing(fresh, facts)
        if lacking:
            raise Refusal(
                "matter.missing",
                _("The matter cannot go on yet. %(missing)s")
                % {"missing": " ".join(condition.message for condition in lacking)},
                details={"missing": [condition.code for condition in lacking]},
            )
        following = facts.model.after(fresh.step)
        if following is None:
            _close(this, fresh, next_state(fresh, "close"), NOTE.kept(note), on=on)
        else:
            enter(this, fresh, following, on=on, note=NOTE.kept(note))
        this.result(matter=fresh.pk, step=fresh.step, state=fresh.state)
        _refresh(matter, fresh)
    return this.receipt


def matter_close(*, actor: Viewer, matter: Matter, reason: str = "", act_id: UUID | None = None) -> Receipt:
    """Done: only out of the last step, when everything is settled and judged (`matter.missing` otherwise)."""
    by = permit("matter.run", actor, matter)
    body = {"matter": matter.pk, "reason": reason}
    with act("deliberation.matter.close", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = locked(matter)
        state = next_state(fresh, "close")
        facts = Facts(fresh)
        following = facts.model.after(fresh.step)
        if following is not None:
            raise WrongStage(
                "matter.not_last",
                _("The matter is not in its last step yet; next comes “%(step)s”.") % {"step": following.name},
            )
        lacking = matter_missing(fresh, facts)
        if lacking:
            raise Refusal("matter.missing", " ".join(condition.message for condition in lacking))
        _close(this, fresh, state, WHY.kept(reason, needed=False))
        this.result(matter=fresh.pk, state=fresh.state)
        _refresh(matter, fresh)
    return this.receipt


def matter_end(
    *, actor: Viewer, matter: Matter, reason: str, on: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """Solved on the way: a recorded agreement before any sitting ends the matter, at whatever step it is.

    Its promises are still owed and judged; one that is reopened opens the matter again.
    """
    by = permit("matter.run", actor, matter)
    body = {"matter": matter.pk, "reason": reason, "on": on}
    with act("deliberation.matter.end", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = locked(matter)
        state = next_state(fresh, "end")
        reason = WHY.kept(reason)
        facts = Facts(fresh)
        _check_day(on, facts)
        if any(sitting.has_begun for sitting in facts.sittings):
            raise WrongStage(
                "matter.sat", _("The sitting was held already: the matter goes on through its steps to the verdict.")
            )
        if facts.agreement is None:
            raise Refusal(
                "matter.no_agreement",
                _("Nothing is recorded that was agreed. Write the agreement and record it, then end the matter."),
            )
        if facts.duties and facts.agreement.state != Agreement.State.HANDED_OVER:
            raise Refusal(
                "matter.not_handed_over",
                _("The agreement has duties that are not in force yet. Hand it over first, then end the matter."),
            )
        _close(this, fresh, state, reason, on=on)
        this.result(matter=fresh.pk, state=fresh.state)
        _refresh(matter, fresh)
    return this.receipt


def matter_drop(*, actor: Viewer, matter: Matter, reason: str, act_id: UUID | None = None) -> Receipt:
    """Not deliberated any further; the authors hear the reason. Refuses while a promise is open."""
    by = permit("matter.run", actor, matter)
    body = {"matter": matter.pk, "reason": reason}
    with act("deliberation.matter.drop", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = locked(matter)
        state = next_state(fresh, "drop")
        reason = WHY.kept(reason)
        if any(
            commitment.settled_on is None and commitment.state != "dropped" for commitment in Facts(fresh).commitments
        ):
            raise Refusal(
                "matter.promises_open",
                _("Promises from this matter are still open. Settle or close them first; a promise is not dropped."),
            )
        _close(this, fresh, state, reason)
        this.result(matter=fresh.pk, state=fresh.state)
        _refresh(matter, fresh)
    return this.receipt


def matter_open_again(*, actor: Viewer, matter: Matter, reason: str, act_id: UUID | None = None) -> Receipt:
    """Dropped or ended by mistake: the matter is under way again in the step in which it was, with that step's clock as
    if it had never stopped. Its worries are taken up again, and their authors read why. Result: matter."""
    by = permit("matter.run", actor, matter)
    body = {"matter": matter.pk, "reason": reason}
    with act("deliberation.matter.open_again", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = locked(matter)
        next_state(fresh, "open_again")
        why = WHY_BACK.kept(reason)
        if GoodCase.objects.filter(matter=fresh, withdrawn_on__isnull=True).exists():
            raise WrongStage("matter.is_case", _("The matter is shown as a good case. Withdraw it there first."))
        last = _opened(this, fresh, "open_again")
        StepRecord.objects.create(
            matter=fresh,
            ordinal=last.ordinal + 1,
            step=last.step,
            stage=last.stage,
            entered_on=timezone.localdate(),
            due_on=last.due_on,
            note=why,
        )
        fresh.step_due_on = last.due_on
        fresh.save(update_fields=["step_due_on"])
        tell_authors(fresh, "matter.reopened", once=f"open_again/{this.id}")
        this.result(matter=fresh.pk, state=fresh.state)
        _refresh(matter, fresh)
    return this.receipt


def matter_step_back(
    *, actor: Viewer, matter: Matter, reason: str, step: str = "", act_id: UUID | None = None
) -> Receipt:
    """Sent on by mistake: the matter is in the step before again, and leaves it by hand only. `step` is the step that
    the actor saw. What was handed over stays so: no step lies before it any more. Result: matter, step."""
    by = permit("matter.run", actor, matter)
    body = {"matter": matter.pk, "reason": reason, "step": step}
    with act("deliberation.matter.step_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = locked(matter)
        next_state(fresh, "advance")
        if step and fresh.step != step:
            raise WrongStage("matter.moved", MOVED)
        facts = Facts(fresh)
        before = step_before(fresh, facts)
        if before is None:
            raise WrongStage("matter.no_step_back", _("There is no step to which this matter could go back."))
        enter(this, fresh, before, note=WHY_BACK.kept(reason), back=True)
        this.result(matter=fresh.pk, step=fresh.step)
        _refresh(matter, fresh)
    return this.receipt


def step_before(matter: Matter, facts: Facts) -> Step | None:
    """The step to which a matter may go back; none before the first, nor before a hand-over that stands."""
    position = facts.model.position(matter.step)
    if position < 1:
        return None
    before = facts.model.steps[position - 1]
    handed_over = facts.agreement is not None and facts.agreement.state == Agreement.State.HANDED_OVER
    owed = STAGE_ORDER[Stage.HANDED_OVER]
    if handed_over and STAGE_ORDER.get(before.stage, 0) <= owed <= STAGE_ORDER.get(matter.stage, 0):
        return None
    return before


def matter_reopen(matter: Matter, *, caused_by: UUID | None = None, note: str = "") -> None:
    """A promise of the matter was reopened: it is under way again, in the step in which promises are carried out."""
    with act("deliberation.matter.reopen", actor=SYSTEM, body={"matter": matter.pk}, caused_by=caused_by) as this:
        fresh = locked(matter)
        model = read_document(fresh.process.document)
        step = _carrying_step(model)
        if fresh.state == State.OPEN and model.position(fresh.step) <= model.position(step.code):
            return
        if fresh.state != State.OPEN:
            _opened(this, fresh, "reopen")
        enter(this, fresh, step, note=note)
        tell_convener(fresh, "matter.reopened", once=f"reopened/{this.id}")
        _refresh(matter, fresh)


def _carrying_step(model: Model) -> Step:
    """The step in which promises are carried out; without one of that stage, the first after the hand-over."""
    for step in model.steps:
        if step.stage == Stage.CARRIED_OUT or "proofs_checked" in step.exit:
            return step
    later = [step for step in model.steps if STAGE_ORDER.get(step.stage, 0) > STAGE_ORDER[Stage.HANDED_OVER]]
    return later[0] if later else model.steps[-1]


def _close(this: Act, matter: Matter, state: str, reason: str, on: date | None = None) -> None:
    today = timezone.localdate()
    matter.state, matter.closed_on, matter.closing_reason = state, on or today, reason
    matter.step_due_on = None
    matter.save(update_fields=["state", "closed_on", "closing_reason", "step_due_on"])
    matter.steps.filter(left_on__isnull=True).update(left_on=on or today)
    this.entry(
        code="deliberation.matter.over",
        subject=("matter", matter.pk),
        place=matter.place_id,
        dims={"state": state, "stage": matter.stage},
        quantities={"matters_over": 1},
    )
    for react in ON_OVER:
        react(matter=matter, reason=reason, act_id=this.child())
    # Settling the worries told their authors already; a matter that is dropped owes them the reason by SMS too.
    tell_authors(matter, f"matter.{state}", once=f"{state}/{this.id}", by_sms=state == State.DROPPED, reason=reason)


def _opened(this: Act, matter: Matter, verb: str) -> StepRecord:
    """It is over no more, and its worries are taken up again. Its last step, where it stays that it was over, and why.
    Whoever calls enters a step."""
    last = matter.steps.order_by("-ordinal")[0]
    last.ended_as, last.ended_reason = matter.state, matter.closing_reason
    last.save(update_fields=["ended_as", "ended_reason"])
    matter.state = next_state(matter, verb)
    matter.closed_on, matter.closing_reason = None, ""
    matter.save(update_fields=["state", "closed_on", "closing_reason"])
    this.entry(
        subject=("matter", matter.pk), place=matter.place_id, quantities={"matters_over": -1}, data={"open": True}
    )
    for react in ON_REOPENED:
        react(matter=matter, act_id=this.child())
    return last


def of_matter(matter: Matter) -> tuple[date, Any]:
    """The day before which nothing of a matter can have happened; one that is recorded afterwards has its own."""
    began = timezone.localdate(matter.opened_at)
    return began, _("The matter began on %(day)s; this cannot have been earlier.")


def _check_day(on: date | None, facts: Facts) -> None:
    if on is not None:
        too_early = _("The step began on %(day)s; it cannot have ended before.")
        began = (facts.step.entered_on, too_early) if facts.step else None
        happened(on, "on", code="matter", today=facts.today, not_before=began)


def _refresh(matter: Matter, fresh: Matter) -> None:
    """The caller's object shows what was written."""
    for name in ("step", "stage", "state", "step_due_on", "closed_on", "closing_reason"):
        setattr(matter, name, getattr(fresh, name))
