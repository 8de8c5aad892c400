"""A suspicion is raised from an interview, answered by counter-evidence until its day, and ruled by a third person."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.exits.hooks import ruling_taken_back
from yishi.assistance.exits.models import ExitAssessment, ExitCounter, ExitInterview, ExitSample, ExitSuspicion
from yishi.assistance.exits.rules import has_a_side
from yishi.assistance.exits.settings import rules_of
from yishi.assistance.exits.survey.pack import MOST_COUNT
from yishi.attachments.models import Attachment
from yishi.database.taken_back import locked_standing
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.clock import CountedDay, add_workdays
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.records import certain
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, BodyKind, current
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit

from .assessments import locked
from .owing import ruling_owes, ruling_unowed

BASIS = Words("basis", 500, _("Please write what the suspicion rests on."), code="suspicion.basis")
EVIDENCE = Words("text", 500, _("Please write what the files show."), code="counter.text")
RULING = Words("reason", 500, _("Please write the reason of the ruling."), code="suspicion.ruling")
WHY_BACK = Words("reason", 300, _("Please write why it is taken back."), code="suspicion.reason")
GONE = _("This suspicion is withdrawn already.")
MOST_FILES = 4
Kind, State, Stage = ExitSuspicion.Kind, ExitSuspicion.State, ExitAssessment.Stage
OF = {Kind.WRONG: ExitSample.Kind.EXITED, Kind.MISSED: ExitSample.Kind.UNLISTED}  # of which households it can be


def suspicion_raise(
    *,
    actor: Viewer,
    sample: ExitSample,
    kind: str,
    basis: str,
    people: int,
    conditions: Sequence[str] = (),
    act_id: UUID | None = None,
) -> Receipt:
    """Raise a suspicion from the interview of a household, with what it rests on and how many of its people it
    concerns; the village is told until when it may refute it. Result: suspicion, number, due_on."""
    by = permit("exit.suspect", actor, sample)
    body = {"sample": sample.pk, "kind": kind, "basis": basis, "people": people, "conditions": list(conditions)}
    with act("assistance.exit.suspect", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        assessment = locked(sample.assessment, Stage.DRAWN)
        rules = rules_of(assessment)
        interview = _interview(sample)
        _check(sample, kind, people, conditions, set(rules.conditions))
        today = timezone.localdate(this.now)
        suspicion = ExitSuspicion(
            number=f"疑-{assessment.year}-{next_number(f'suspicion/{assessment.year}'):05d}",
            sample=sample,
            interview=interview,
            kind=kind,
            conditions=sorted(set(conditions)),
            basis=BASIS.kept(basis),
            people=people,
            interviewer_id=interview.asked_by_id,
            raised_by=certain(actor.person),
            raised_for_id=by.body_id,
            raised_on=today,
            raised_at=this.now,
            due_on=counter_until(assessment, today),
        )
        try:
            with transaction.atomic():
                suspicion.save(force_insert=True)
        except IntegrityError as error:
            raise WrongStage("suspicion.twice", _("This is suspected of the household already.")) from error
        for desk in village_desks(sample):
            tell(
                body_id=desk,
                code="exit.suspected",
                params={"number": suspicion.number, "due_on": suspicion.due_on},
                subject=("exit_suspicion", suspicion.pk),
                once=f"exit.suspected/{suspicion.pk}/{desk}",
            )
        this.entry(
            subject=("exit_suspicion", suspicion.pk),
            place=sample.place_id,
            data={"kind": kind, "people": people, "conditions": suspicion.conditions, "due_on": suspicion.due_on},
        )
        this.result(suspicion=suspicion.pk, number=suspicion.number, due_on=suspicion.due_on)
    return this.receipt


def counter_until(assessment: ExitAssessment, raised_on: date) -> CountedDay:
    """Until when a suspicion raised on that day may be refuted, by the rules with which the assessment began."""
    return add_workdays(raised_on, rules_of(assessment).counter_days)


def _interview(sample: ExitSample) -> ExitInterview:
    interview = sample.interviews.filter(outcome=ExitInterview.Outcome.DONE).first()
    if interview is None or not interview.is_whole:
        raise WrongStage(
            "suspicion.interview",
            _("A suspicion rests on an interview whose answers stand: record it, and settle its second entry, first."),
        )
    return interview


def _check(sample: ExitSample, kind: str, people: int, conditions: Sequence[str], known: set[str]) -> None:
    if kind not in Kind.values or OF.get(Kind(kind), sample.kind) != sample.kind:
        raise Refusal(
            "suspicion.kind",
            _("A wrong exit is one of a household out of poverty, a missed one was never listed."),
            field="kind",
        )
    if not set(conditions) <= known or (kind != Kind.OTHER and not conditions):
        raise Refusal("suspicion.conditions", _("Please choose what is not met."), field="conditions")
    most = sample.people or MOST_COUNT
    if not 1 <= people <= most:
        raise Refusal(
            "suspicion.people", _("It concerns between 1 and %(most)d people.") % {"most": most}, field="people"
        )


def village_desks(sample: ExitSample) -> list[UUID]:
    """The desks of the household's village, which are told."""
    desks = Body.objects.filter(current(timezone.localdate()), kind=BodyKind.VILLAGE, place=sample.place_id)
    return list(desks.values_list("pk", flat=True))


def suspicion_withdraw(*, actor: Viewer, suspicion: ExitSuspicion, reason: str, act_id: UUID | None = None) -> Receipt:
    """Withdraw a suspicion that was raised by mistake, before it is ruled. Result: suspicion."""
    by = permit("exit.withdraw", actor, suspicion)
    body = {"suspicion": suspicion.pk, "reason": reason}
    with act("assistance.exit.withdraw", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _standing(suspicion, State.OPEN, State.COUNTERED)
        row.take_back(WHY_BACK.kept(reason), this.now, by.person_id)
        this.entry(
            subject=("exit_suspicion", row.pk), place=row.sample.place_id, data={"reason": row.taken_back_reason}
        )
        this.result(suspicion=row.pk)
    return this.receipt


def counter_file(
    *,
    actor: Viewer,
    suspicion: ExitSuspicion,
    text: str,
    files: Sequence[Attachment] = (),
    act_id: UUID | None = None,
) -> Receipt:
    """File counter-evidence for the village, before the ruling; after its day it is marked as late. Result: counter."""
    by = permit("exit.counter", actor, suspicion)
    body = {"suspicion": suspicion.pk, "text": text, "files": [file.sha256 for file in files]}
    with act("assistance.exit.counter", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _standing(suspicion, State.OPEN, State.COUNTERED)
        if not 1 <= len(files) <= MOST_FILES:
            raise Refusal("counter.files", _("Please add a photo or a scan of what refutes it."), field="scan")
        counter = ExitCounter.every.create(
            suspicion=row,
            text=EVIDENCE.kept(text),
            filed_by=certain(actor.person),
            filed_for_id=by.body_id,
            filed_at=this.now,
            is_late=timezone.localdate(this.now) > row.due_on,
        )
        counter.files.set(files)
        row.state = State.COUNTERED
        row.save(update_fields=["state"])
        this.entry(
            subject=("exit_suspicion", row.pk),
            place=row.sample.place_id,
            data={"counter": counter.pk, "files": len(files), "late": counter.is_late},
        )
        this.result(counter=counter.pk)
    return this.receipt


def counter_take_back(*, actor: Viewer, counter: ExitCounter, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take counter-evidence back that was filed by mistake, before the ruling. Result: counter."""
    by = permit("exit.counter_back", actor, counter)
    body = {"counter": counter.pk, "reason": reason}
    with act("assistance.exit.counter_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _standing(counter.suspicion, State.OPEN, State.COUNTERED)
        filed = locked_standing(counter, _("This counter-evidence is taken back already."))
        filed.take_back(WHY_BACK.kept(reason), this.now, by.person_id)
        if not row.counters.exists():
            row.state = State.OPEN
            row.save(update_fields=["state"])
        this.entry(
            subject=("exit_suspicion", row.pk),
            place=row.sample.place_id,
            data={"counter": filed.pk, "reason": filed.taken_back_reason},
        )
        this.result(counter=filed.pk)
    return this.receipt


def suspicion_rule(
    *,
    actor: Viewer,
    suspicion: ExitSuspicion,
    is_upheld: bool,
    reason: str,
    bearer: Body | None = None,
    due_on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Rule on a suspicion with a reason: after its day, or once counter-evidence is there; never by who asked the
    household, raised it or filed what refutes it, not in a small office either. What is upheld is owed from now on, by
    `bearer` until `due_on` (else by who mends such things there, within a month). Result: suspicion, commitment."""
    if has_a_side(actor, suspicion):
        raise NotAllowed(
            "suspicion.same_hands",
            _("Who asked the household, raised the suspicion or filed counter-evidence does not rule on it."),
        )
    by = permit("exit.rule", actor, suspicion)
    body = {"suspicion": suspicion.pk, "upheld": is_upheld, "reason": reason}
    body |= {"bearer": bearer.pk} if bearer else {}
    body |= {"due_on": due_on} if due_on else {}
    with act("assistance.exit.rule", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _standing(suspicion, State.OPEN, State.COUNTERED)
        if row.state == State.OPEN and timezone.localdate(this.now) <= row.due_on:
            raise WrongStage(
                "suspicion.early",
                _("The village may still refute it. Rule once counter-evidence is filed, or its time is over."),
            )
        row.state = State.UPHELD if is_upheld else State.DISMISSED
        row.ruling_reason = RULING.kept(reason)
        row.ruled_by, row.ruled_for_id, row.ruled_at = actor.person, by.body_id, this.now
        row.save(update_fields=["state", "ruling_reason", "ruled_by", "ruled_for", "ruled_at"])
        for desk in village_desks(row.sample):
            tell(
                body_id=desk,
                code="exit.ruled",
                params={"number": row.number},
                subject=("exit_suspicion", row.pk),
                once=f"exit.ruled/{row.pk}/{desk}/{this.id}",
            )
        this.entry(
            subject=("exit_suspicion", row.pk),
            place=row.sample.place_id,
            data={"upheld": is_upheld, "people": row.people},
        )
        if is_upheld:
            promise = ruling_owes(this, actor, row, bearer, due_on)
            this.result(commitment=promise.pk)
        this.result(suspicion=row.pk)
    return this.receipt


def ruling_take_back(*, actor: Viewer, suspicion: ExitSuspicion, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take a ruling back before the assessment is closed: the suspicion stands as it stood, and what its ruling made
    somebody owe is owed no longer. Refused once that was mended, and while a finding is owed of it. Result: suspicion.
    """
    by = permit("exit.rule_back", actor, suspicion)
    body = {"suspicion": suspicion.pk, "reason": reason}
    with act("assistance.exit.rule_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _standing(suspicion, State.UPHELD, State.DISMISSED)
        ruling_taken_back(row, this)
        why, was = WHY_BACK.kept(reason), row.state
        ruling_unowed(this, row, why)
        row.state = State.COUNTERED if row.counters.exists() else State.OPEN
        row.ruling_reason, row.ruled_by, row.ruled_for, row.ruled_at = "", None, None, None
        row.save(update_fields=["state", "ruling_reason", "ruled_by", "ruled_for", "ruled_at"])
        this.entry(subject=("exit_suspicion", row.pk), place=row.sample.place_id, data={"was": was, "reason": why})
        this.result(suspicion=row.pk)
    return this.receipt


def _standing(suspicion: ExitSuspicion, *states: str) -> ExitSuspicion:
    locked(suspicion.sample.assessment, Stage.DRAWN)
    suspicions = ExitSuspicion.within.select_for_update(of=("self",)).select_related("sample")
    row: ExitSuspicion | None = suspicions.filter(pk=suspicion.pk).first()
    if row is None:
        raise WrongStage("taken_back.already", GONE)
    if row.state not in states:
        raise WrongStage("suspicion.stage", _("The suspicion is “%(state)s” now.") % {"state": row.get_state_display()})
    return row
