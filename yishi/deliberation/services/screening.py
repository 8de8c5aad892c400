"""Screening (审题) and answering: nothing raised is dropped; each worry has a state, a reason and a due answer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import Agreement, Matter, ProcessVersion, Worry, WorryStep
from yishi.journal.act import SYSTEM, Act, act
from yishi.journal.models import Receipt
from yishi.kit.clock import add_workdays
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.names import plain_name
from yishi.kit.text import clean
from yishi.notices.days import day_said
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import permit
from yishi.organisations.themes import is_sensitive

from .course import locked
from .matters import matter_join_worry, matter_open
from .worries import ANSWER_WORKDAYS, join, tell_authors_of

Kind = WorryStep.Kind
_REASON = _("Please write the reason in a sentence: whoever raised it will read it.")
WHY = Words("reason", 1000, _REASON, "worry.reason.empty", "worry.reason.long")
ANSWER = Words("text", 2000, _REASON, "worry.reason.empty", "worry.reason.long")
AUTHORITY = Words("authority", 64, _("Please write which authority takes it on."), "worry.authority.empty")
S = Worry.State

# What may follow on which state.
VERBS: dict[str, dict[str, str]] = {
    S.FILED: {
        "take_up": S.TAKEN_UP,
        "pass": S.PASSED,
        "answer": S.ANSWERED,
        "merge": S.MERGED,
        "refer": S.REFERRED,
        "decline": S.DECLINED,
        "carry": S.CARRIED,
        "help": S.ANSWERED,
    },
    S.PASSED: {
        "take_up": S.TAKEN_UP,
        "pass": S.PASSED,
        "answer": S.ANSWERED,
        "merge": S.MERGED,
        "refer": S.REFERRED,
        "decline": S.DECLINED,
        "carry": S.CARRIED,
        "help": S.ANSWERED,
    },
    S.CARRIED: {"settle": S.SETTLED, "find": S.ANSWERED, "return": S.FILED, "take_back": S.FILED},
    S.ANSWERED: {"reopen": S.FILED, "correct": S.ANSWERED, "take_back": S.FILED, "carry_on": S.CARRIED},
    S.DECLINED: {"reopen": S.FILED, "correct": S.DECLINED, "take_back": S.FILED},
    S.TAKEN_UP: {"settle": S.SETTLED, "take_back": S.FILED},
    S.MERGED: {"separate": S.FILED},
    S.REFERRED: {"correct": S.REFERRED, "take_back": S.FILED},
    S.SETTLED: {"take_up_again": S.TAKEN_UP, "carry_on": S.CARRIED},
}
# What a room above does when a decision is taken back: what the worry became there goes with it.
ON_TAKEN_BACK: list[Callable[[Worry, Viewer, Act], None]] = []


def next_state(worry: Worry, verb: str) -> str:
    """The state after `verb`, or WrongStage with what was decided already, when, and what to do."""
    following = VERBS[worry.state].get(verb)
    if following is None:
        last = worry.steps.exclude(kind=Kind.CODE).order_by("-at", "-pk").first()
        raise WrongStage(
            "worry.wrong_state",
            _("The worry %(number)s is “%(state)s” since %(day)s. Reload the page to see what was decided.")
            % {
                "number": worry.number,
                "state": worry.get_state_display(),
                "day": day_said(timezone.localdate(last.at)) if last else "",
            },
            details={"state": worry.state},
        )
    return following


def worry_take_up(
    *,
    actor: Viewer,
    worry: Worry,
    reason: str,
    title: str = "",
    process: ProcessVersion | None = None,
    convener: Body | None = None,
    matter: Matter | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Take a worry up: into the open `matter`, or into a new one of `title` under `process`, run by `convener`."""

    def decide(this: Act, row: Worry) -> None:
        next_state(row, "take_up")
        if row.is_sensitive:
            raise Refusal(
                "worry.sensitive",
                _("This theme goes the way the law provides. Please refer it."),
                field="outcome",
            )
        step_write(this, row, Kind.TAKEN_UP, reason=WHY.kept(reason), body=row.desk)
        row.answered_on = row.answered_on or timezone.localdate(this.at)
        row.state = S.TAKEN_UP
        row.save(update_fields=["answered_on", "state"])
        if matter is not None:
            matter_join_worry(actor=actor, matter=matter, worry=row, act_id=this.child())
            this.result(matter=matter.pk)
            return
        if process is None:
            raise Refusal("worry.no_process", _("Please choose the process model for the new matter."), field="process")
        receipt = matter_open(
            actor=actor,
            title=title,
            summary=row.text,
            theme=row.theme,
            place=row.place,
            convener=convener or row.convener,
            process=process,
            venue=row.venue,
            worries=[row],
            is_demo=row.is_demo,
            act_id=this.child(),
        )
        this.result(matter=receipt.result["matter"])

    body = {
        "reason": reason,
        "title": title,
        "process": process.pk if process else None,
        "convener": convener.pk if convener else None,
        "matter": matter.pk if matter else None,
    }
    return _decide("take_up", actor, worry, body, decide, act_id, told="worry.taken_up")


def worry_pass(*, actor: Viewer, worry: Worry, to_body: Body, reason: str, act_id: UUID | None = None) -> Receipt:
    """Pass a worry to the body that can answer; that desk owes the answer from now on, within five working days."""

    def decide(this: Act, row: Worry) -> None:
        row.state = next_state(row, "pass")
        if to_body.pk == row.desk_id:
            raise Refusal(
                "worry.pass.same", _("It lies at this desk already. Please choose another body."), field="to_body"
            )
        from_body, row.desk = row.desk, to_body
        row.answer_due_on = add_workdays(timezone.localdate(this.at), ANSWER_WORKDAYS)
        row.save(update_fields=["state", "desk", "answer_due_on"])
        step_write(this, row, Kind.PASSED, reason=WHY.kept(reason), body=from_body, to_body=to_body)
        tell(
            body_id=to_body.pk,
            code="worry.passed_to_you",
            params={"number": row.number, "due_on": row.answer_due_on},
            subject=("worry", row.pk),
            once=f"worry.passed_to_you/{row.pk}/{this.id}",
        )

    body = {"to": to_body.pk, "reason": reason}
    return _decide("pass", actor, worry, body, decide, act_id, told="worry.passed")


def worry_answer(*, actor: Viewer, worry: Worry, text: str, act_id: UUID | None = None) -> Receipt:
    """Answer a worry; the answer is told to everybody who raised it."""

    def decide(this: Act, row: Worry) -> None:
        row.state = next_state(row, "answer")
        row.answered_on = timezone.localdate(this.at)
        row.save(update_fields=["state", "answered_on"])
        step_write(this, row, Kind.ANSWERED, reason=ANSWER.kept(text), body=row.desk)

    return _decide("answer", actor, worry, {"text": text}, decide, act_id, told="worry.answered")


def worry_merge(*, actor: Viewer, worry: Worry, into: Worry, reason: str, act_id: UUID | None = None) -> Receipt:
    """Merge a worry with one that was raised before, with the reason: its author hears of all that becomes of that."""

    def decide(this: Act, row: Worry) -> None:
        next_state(row, "merge")
        main = Worry.within.select_for_update(of=("self",)).get(pk=into.pk)
        join(this, row, main, reason=WHY.kept(reason))

    return _decide("merge", actor, worry, {"into": into.pk, "reason": reason}, decide, act_id, told="")


def worry_correct(*, actor: Viewer, worry: Worry, text: str, act_id: UUID | None = None) -> Receipt:
    """Send a corrected answer after one that was wrong: both stay readable, and everybody who raised it is told."""

    def decide(this: Act, row: Worry) -> None:
        row.state = next_state(row, "correct")
        step_write(this, row, Kind.CORRECTED, reason=ANSWER.kept(text), body=row.desk)

    return _decide("correct", actor, worry, {"text": text}, decide, act_id, told="worry.corrected")


def worry_separate(*, actor: Viewer, worry: Worry, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take a merge back: the worry stands alone again at its convener's desk, and an answer to it is owed. Its author
    reads why, and hears no more of the other one."""

    def decide(this: Act, row: Worry) -> None:
        row.state = next_state(row, "separate")
        row.merged_into = row.says_same_as = None
        row.save(update_fields=["state", "merged_into", "says_same_as"])
        step_write(this, row, Kind.SEPARATED, reason=WHY.kept(reason), body=row.convener)
        owed_anew(this, row)

    return _decide("separate", actor, worry, {"reason": reason}, decide, act_id, told="worry.separated")


def worry_take_back(*, actor: Viewer, worry: Worry, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take back what was decided by mistake: answered, declined, referred, taken up into a matter that has no agreement
    yet, or made a file of the campaign, which goes with it. The worry lies at its convener's desk again, with a new day
    for the answer; what was decided and why it is taken back stay in its story, and whoever raised it is told. Of the
    matter they hear no more."""

    def decide(this: Act, row: Worry) -> None:
        state = next_state(row, "take_back")
        if row.state == S.TAKEN_UP and row.matter is not None:
            matter = locked(row.matter)
            if matter.agreements.filter(state__in=(Agreement.State.RECORDED, Agreement.State.HANDED_OVER)).exists():
                raise WrongStage(
                    "worry.agreed",
                    _("An agreement on %(number)s is recorded, and this worry's author judges it: it stays there.")
                    % {"number": matter.number},
                )
            row.matter = None
        if row.state == S.REFERRED:
            row.is_sensitive = is_sensitive(row.theme)
        for follow in ON_TAKEN_BACK:
            follow(row, actor, this)
        row.state = state
        row.save(update_fields=["state", "matter", "is_sensitive"])
        step_write(this, row, Kind.TAKEN_BACK, reason=WHY.kept(reason), body=row.convener)
        owed_anew(this, row)

    return _decide("take_back", actor, worry, {"reason": reason}, decide, act_id, told="worry.taken_back")


def owed_anew(this: Act, row: Worry) -> None:
    """It lies at its convener's desk, which owes the answer from today on."""
    row.desk_id = row.convener_id
    row.answered_on = None
    row.answer_due_on = add_workdays(timezone.localdate(this.at), ANSWER_WORKDAYS)
    row.save(update_fields=["desk", "answered_on", "answer_due_on"])
    tell(
        body_id=row.convener_id,
        code="worry.filed",
        params={"number": row.number, "due_on": row.answer_due_on},
        subject=("worry", row.pk),
        once=f"worry.filed/{row.pk}/{this.id}",
    )


def worry_refer(*, actor: Viewer, worry: Worry, authority: str, reason: str, act_id: UUID | None = None) -> Receipt:
    """Refer a sensitive worry (petition, law case, border, ethnic and religious affairs) to the `authority` that the
    law provides: whoever raised it reads which one."""
    to = plain_name(clean(authority))

    def decide(this: Act, row: Worry) -> None:
        row.state = next_state(row, "refer")
        row.is_sensitive = True
        row.answered_on = timezone.localdate(this.at)
        row.save(update_fields=["state", "is_sensitive", "answered_on"])
        step_write(this, row, Kind.REFERRED, reason=WHY.kept(reason), body=row.desk, authority=AUTHORITY.kept(to))

    body = {"authority": to, "reason": reason}
    return _decide("refer", actor, worry, body, decide, act_id, told="worry.referred", to=to)


def worry_decline(*, actor: Viewer, worry: Worry, reason: str, act_id: UUID | None = None) -> Receipt:
    """Do not take a worry up, with a reason that the person can understand."""

    def decide(this: Act, row: Worry) -> None:
        row.state = next_state(row, "decline")
        row.answered_on = timezone.localdate(this.at)
        row.save(update_fields=["state", "answered_on"])
        step_write(this, row, Kind.DECLINED, reason=WHY.kept(reason), body=row.desk)

    return _decide("decline", actor, worry, {"reason": reason}, decide, act_id, told="worry.declined")


def worry_reopen(*, actor: Viewer, worry: Worry, reason: str, act_id: UUID | None = None) -> Receipt:
    """Whoever raised the worry is not content with the answer and asks again: once, and the convener answers."""
    by = permit("worry.reopen", actor, worry)
    body = {"worry": worry.pk, "reason": reason}
    with act("deliberation.worry.reopen", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_worry(worry)
        row.state = next_state(row, "reopen")
        if row.steps.filter(kind=Kind.REOPENED).exists():
            raise WrongStage(
                "worry.reopened",
                _("You have asked again once already. Please raise a new worry, or call the office."),
            )
        row.desk_id = row.convener_id
        row.answered_on = None
        row.answer_due_on = add_workdays(timezone.localdate(this.at), ANSWER_WORKDAYS)
        row.save(update_fields=["state", "desk", "answered_on", "answer_due_on"])
        step_write(this, row, Kind.REOPENED, reason=WHY.kept(reason))
        this.entry(subject=("worry", row.pk), place=row.place_id)
        this.result(worry=row.pk)
        tell(
            body_id=row.convener_id,
            code="worry.reopened",
            params={"number": row.number, "due_on": row.answer_due_on},
            subject=("worry", row.pk),
            once=f"worry.reopened/{row.pk}",
        )
    return this.receipt


def worries_settle(*, matter: Matter, reason: str = "", act_id: UUID | None = None) -> Receipt:
    """The matter is over: its worries are settled, and their authors told."""
    with act("deliberation.worry.settle", actor=SYSTEM, act_id=act_id, body={"matter": matter.pk}) as this:
        if this.replayed:
            return this.receipt
        for row in Worry.within.select_for_update(of=("self",)).filter(matter=matter, state=S.TAKEN_UP):
            row.state = next_state(row, "settle")
            row.save(update_fields=["state"])
            step_write(this, row, Kind.SETTLED, reason=reason, body=matter.convener)
            this.entry(subject=("worry", row.pk), place=row.place_id)
            tell_authors_of(row, "worry.settled", str(this.id))
    return this.receipt


def worries_take_up_again(*, matter: Matter, act_id: UUID | None = None) -> Receipt:
    """The matter was opened again, and with it its worries."""
    with act("deliberation.worry.take_up_again", actor=SYSTEM, act_id=act_id, body={"matter": matter.pk}) as this:
        if this.replayed:
            return this.receipt
        for row in Worry.within.select_for_update(of=("self",)).filter(matter=matter, state=S.SETTLED):
            row.state = next_state(row, "take_up_again")
            row.save(update_fields=["state"])
            step_write(this, row, Kind.TAKEN_UP, body=matter.convener)
            this.entry(subject=("worry", row.pk), place=row.place_id)
    return this.receipt


def _decide(
    verb: str,
    actor: Viewer,
    worry: Worry,
    body: dict[str, Any],
    decide: Callable[[Act, Worry], None],
    act_id: UUID | None,
    *,
    told: str,
    **params: str,
) -> Receipt:
    """What all decisions share: right, lock, entry, and telling those who raised it."""
    by = permit("worry.screen", actor, worry)
    with act(f"deliberation.worry.{verb}", actor=by, act_id=act_id, body={"worry": worry.pk, **body}) as this:
        if this.replayed:
            return this.receipt
        row = locked_worry(worry)
        decide(this, row)
        this.entry(
            subject=("worry", row.pk),
            place=row.place_id,
            dims={"theme": row.theme, "body": by.body_id},
            quantities={verb: 1},
            data={"state": row.state, "desk": row.desk_id},
        )
        this.result(worry=row.pk)
        if told:
            tell_authors_of(row, told, str(this.id), **params)
    return this.receipt


def locked_worry(worry: Worry) -> Worry:
    """The worry as it stands, locked for this act."""
    worries = Worry.within.select_for_update(of=("self",))
    return worries.select_related("place__parent", "desk", "convener", "venue", "raiser").get(pk=worry.pk)


def step_write(
    this: Act,
    worry: Worry,
    kind: str,
    *,
    reason: str = "",
    body: Body | None = None,
    to_body: Body | None = None,
    authority: str = "",
) -> None:
    """One line of its story: what was decided, why, and by whom."""
    WorryStep.objects.create(
        worry=worry,
        kind=kind,
        reason=reason,
        body=body,
        to_body=to_body,
        authority=authority,
        by_id=this.actor.person_id,
        at=this.at,
    )
