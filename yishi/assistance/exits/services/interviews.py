"""An interview is recorded, entered a second time from its paper by somebody else, settled where the two differ."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.exits.models import ExitAssessment, ExitInterview, ExitSample
from yishi.assistance.exits.reads import known_facts
from yishi.assistance.exits.survey.pack import AnswerError, Questionnaire, differences, questionnaire_read
from yishi.database.taken_back import locked_standing
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.records import certain
from yishi.kit.text import clean
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Post, valid_on
from yishi.organisations.rights import permit
from yishi.people.models import Person

from .assessments import locked

WHY_BACK = Words("reason", 300, _("Please write why it is taken back."), code="interview.reason")
WHY_SETTLED = Words("reason", 300, _("Please say what the paper shows."), code="interview.settled")
GONE = _("This interview is taken back already.")
WRONG_ANSWER = {
    "missing": _("Please answer this question."),
    "choice": _("Please choose one of the values that are offered."),
    "count": _("A household has between 1 and 99 people."),
    "long": _("At most 500 letters fit here."),
    "unknown": _("This household is not asked this question."),
}
Outcome, Stage = ExitInterview.Outcome, ExitAssessment.Stage
FIELD = "answer_"  # before the code of a question


def interview_record(
    *,
    actor: Viewer,
    sample: ExitSample,
    outcome: str,
    on: date,
    answers: Mapping[str, Any] | None = None,
    on_paper: bool = False,
    asked_by: Person | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Record what a drawn household answered, or that it was not met or did not want to. `asked_by`: who asked, where
    somebody else of the same desk enters the paper. Result: interview."""
    by = permit("exit.interview", actor, sample)
    body = {
        "sample": sample.pk,
        "outcome": outcome,
        "on": on,
        "answers": dict(answers or {}),
        "paper": on_paper,
        "asked_by": asked_by.pk if asked_by else None,
    }
    with act("assistance.exit.interview", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        assessment = locked(sample.assessment, Stage.DRAWN)
        if outcome not in Outcome.values:
            raise Refusal("interview.outcome", _("Please choose one of the values that are offered."), field="outcome")
        day = happened(
            on,
            "on",
            not_before=(
                assessment.as_of,
                _("The register of this assessment is that of %(day)s: nobody asked before."),
            ),
        )
        person = _asked_by(actor, asked_by, by.body_id)
        questionnaire = questionnaire_read(assessment.questionnaire)
        given = answers_kept(questionnaire, sample.kind, answers or {}) if outcome == Outcome.DONE else {}
        interview = ExitInterview(
            sample=sample,
            questionnaire=assessment.questionnaire,
            known=known_facts(sample, assessment.as_of),
            outcome=outcome,
            answers=given,
            on=day,
            on_paper=on_paper and outcome == Outcome.DONE,
            asked_by=person,
            asked_for_id=by.body_id,
            entered_by=certain(actor.person),
            entered_at=this.now,
        )
        try:
            with transaction.atomic():
                interview.save(force_insert=True)
        except IntegrityError as error:
            raise WrongStage("interview.twice", _("An interview of this household is recorded already.")) from error
        this.entry(
            subject=("exit_sample", sample.pk),
            place=sample.place_id,
            at=this.on_day(day),
            data={"interview": interview.pk, "outcome": outcome, "paper": interview.on_paper},
        )
        this.result(interview=interview.pk)
    return this.receipt


def answers_kept(questionnaire: Questionnaire, kind: str, typed: Mapping[str, Any]) -> dict[str, str | int]:
    """The answers as they are kept; a refusal names its question's field."""
    try:
        return questionnaire.read(kind, {code: clean(str(said)) for code, said in typed.items() if said is not None})
    except AnswerError as error:
        raise Refusal(f"interview.{error.why}", WRONG_ANSWER[error.why], field=f"{FIELD}{error.question}") from error


def _asked_by(actor: Viewer, person: Person | None, desk: UUID | None) -> Person:
    """Who asked: the actor, or somebody who works at the same desk today."""
    if person is None or person.pk == actor.person_id:
        return certain(actor.person)
    if desk is None or not Post.objects.filter(valid_on(timezone.localdate()), person=person, body=desk).exists():
        raise Refusal("interview.asked_by", _("Choose somebody who works at this desk."), field="asked_by")
    return person


def interview_second(
    *, actor: Viewer, interview: ExitInterview, answers: Mapping[str, Any], act_id: UUID | None = None
) -> Receipt:
    """Enter the same paper once more, without a look at the first entry; never by the same person. Result: interview,
    differences."""
    by = permit("exit.enter", actor, interview)
    body = {"interview": interview.pk, "answers": dict(answers)}
    with act("assistance.exit.second", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _standing(interview)
        if not row.on_paper or row.second_answers is not None:
            raise WrongStage("interview.second", _("This interview needs no second entry."))
        if row.entered_by_id == actor.person_id:
            raise NotAllowed("interview.same_hands", _("Somebody else enters the paper the second time."))
        row.second_answers = answers_kept(questionnaire_read(row.questionnaire), row.sample.kind, answers)
        row.second_by, row.second_at = actor.person, this.now
        row.save(update_fields=["second_answers", "second_by", "second_at"])
        differing = differences(row.answers, row.second_answers)
        this.entry(
            subject=("exit_sample", row.sample_id),
            place=row.sample.place_id,
            data={"interview": row.pk, "differences": differing},
        )
        this.result(interview=row.pk, differences=len(differing))
    return this.receipt


def interview_settle(
    *,
    actor: Viewer,
    interview: ExitInterview,
    answers: Mapping[str, Any],
    reason: str,
    act_id: UUID | None = None,
) -> Receipt:
    """Decide what the paper says where its two entries differ: `answers` of those questions alone. Done once more, the
    last decision counts. Result: interview."""
    by = permit("exit.enter", actor, interview)
    body = {"interview": interview.pk, "answers": dict(answers), "reason": reason}
    with act("assistance.exit.settle", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _standing(interview)
        second = row.second_answers
        differing = differences(row.answers, second) if second is not None else []
        if not differing:
            raise WrongStage("interview.alike", _("The two entries do not differ."))
        chosen = {code: answers.get(code) for code in differing}
        whole = {**{code: said for code, said in row.answers.items() if code not in differing}, **chosen}
        row.settled_answers = answers_kept(questionnaire_read(row.questionnaire), row.sample.kind, whole)
        row.settled_reason = WHY_SETTLED.kept(reason)
        row.settled_by, row.settled_at = actor.person, this.now
        row.save(update_fields=["settled_answers", "settled_reason", "settled_by", "settled_at"])
        this.entry(
            subject=("exit_sample", row.sample_id),
            place=row.sample.place_id,
            data={"interview": row.pk, "settled": differing, "reason": row.settled_reason},
        )
        this.result(interview=row.pk)
    return this.receipt


def interview_take_back(*, actor: Viewer, interview: ExitInterview, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take an interview back that was recorded by mistake, as long as no suspicion rests on it. Result: interview."""
    by = permit("exit.enter", actor, interview)
    body = {"interview": interview.pk, "reason": reason}
    with act("assistance.exit.interview_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _standing(interview)
        if row.suspicions.exists():
            raise Refusal("interview.suspicion", _("A suspicion rests on it. Withdraw that one first."))
        row.take_back(WHY_BACK.kept(reason), this.now, by.person_id)
        this.entry(
            subject=("exit_sample", row.sample_id),
            place=row.sample.place_id,
            data={"interview": row.pk, "reason": row.taken_back_reason},
        )
        this.result(interview=row.pk)
    return this.receipt


def _standing(interview: ExitInterview) -> ExitInterview:
    locked(interview.sample.assessment, Stage.DRAWN)
    return locked_standing(interview, GONE)
