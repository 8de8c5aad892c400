"""Statements of a consultation and their moderation: a reason for each, a public log, an appeal to a second person."""

from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from yishi.commitments.rules import is_small_office
from yishi.database.words import Words
from yishi.deliberation.models import Consultation, ConsultationStatement
from yishi.deliberation.models.consultations import LONGEST_STATEMENT
from yishi.deliberation.veil import Doubt, Veil
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .consultations import Stage, enter, locked_consultation

ANSWER = Words("answer", 300, _("Please write the answer to the appeal."))
WORDS_WHY = Words("words_why", 200)
TEXT = Words("text", LONGEST_STATEMENT, _("Please write one short sentence on which people can say where they stand."))

State = ConsultationStatement.State
Reason = ConsultationStatement.Reason


def consultation_statement_add(
    *, actor: Viewer, consultation: Consultation, text: str, act_id: UUID | None = None
) -> Receipt:
    """A statement by staff; it is labelled as such wherever it stands. Result: statement, number."""
    by = permit("consultation.run", actor, consultation)
    body = {"consultation": consultation.pk, "text": text}
    with act("deliberation.consultation.statement", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_consultation(consultation, Stage.DRAFT, Stage.OPEN)
        made = statement_write(
            row, text, at=this.now, by_staff=True, state=State.ADMITTED, decided_by=actor.person, decided_at=this.now
        )
        enter(this, row, statement=made.pk, number=made.number, staff=True)
        this.result(statement=made.pk, number=made.number)
    return this.receipt


def consultation_statement_remove(
    *, actor: Viewer, statement: ConsultationStatement, act_id: UUID | None = None
) -> Receipt:
    """Take a staff's statement out while nobody has seen it; once it is open, it is refused with a reason instead."""
    by = permit("consultation.run", actor, statement)
    body = {"statement": statement.pk}
    with act("deliberation.consultation.statement_remove", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_consultation(statement.consultation, Stage.DRAFT)
        row.statements.filter(pk=statement.pk).delete()
        enter(this, row, statement=statement.pk, number=statement.number)
    return this.receipt


def statement_decide(
    *,
    actor: Viewer,
    statement: ConsultationStatement,
    admit: bool,
    reason: str = "",
    words_why: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Admit a statement that waits, or refuse it with a reason (an admitted one too, while it is open). The log of all
    decisions is public; who stated it may appeal once."""
    by = permit("consultation.moderate", actor, statement)
    body = {"statement": statement.pk, "admit": admit, "reason": reason, "words": words_why}
    with act("deliberation.consultation.moderate", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_consultation(statement.consultation, Stage.DRAFT, Stage.OPEN)
        fresh = _locked(statement)
        if fresh.state == State.REFUSED or (fresh.state == State.ADMITTED and admit):
            raise WrongStage(
                "consultation.decided",
                _("This is decided already: %(state)s. Reload the page.") % {"state": fresh.get_state_display()},
            )
        if not admit and reason not in Reason.values:
            raise Refusal(
                "consultation.reason", _("Choose why it is not admitted; everybody reads it."), field="reason"
            )
        fresh.state = State.ADMITTED if admit else State.REFUSED
        fresh.reason, fresh.words = ("" if admit else reason), WORDS_WHY.kept(words_why)
        fresh.decided_by, fresh.decided_at = actor.person, this.now
        fresh.save(update_fields=["state", "reason", "words", "decided_by", "decided_at"])
        enter(this, row, statement=fresh.pk, number=fresh.number, state=fresh.state, reason=fresh.reason)
        this.result(statement=fresh.pk)
    return this.receipt


def appeal_decide(
    *, actor: Viewer, statement: ConsultationStatement, uphold: bool, answer: str, act_id: UUID | None = None
) -> Receipt:
    """Answer an appeal: uphold it, and the statement is admitted; or not, with words. Somebody else than who refused
    it decides (unless the office is small, which is shown)."""
    by = permit("consultation.moderate", actor, statement)
    body = {"statement": statement.pk, "uphold": uphold, "answer": answer}
    with act("deliberation.consultation.appeal_decide", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_consultation(statement.consultation, Stage.OPEN, Stage.CLOSED)
        fresh = _locked(statement)
        if fresh.appealed_at is None or fresh.appeal_decided_at is not None:
            raise WrongStage("appeal.none", _("There is no appeal that waits for an answer. Reload the page."))
        if uphold and row.stage == Stage.CLOSED:
            raise WrongStage(
                "appeal.late",
                _("Nobody can vote on it any more. Answer the appeal with words; the log shows that it came too late."),
            )
        same_hands = fresh.decided_by_id is not None and fresh.decided_by_id == actor.person_id
        if same_hands and not is_small_office():
            raise NotAllowed("appeal.same_person", _("You refused this statement: somebody else answers the appeal."))
        fresh.appeal_answer = ANSWER.kept(answer)
        fresh.appeal_decided_by, fresh.appeal_decided_at = actor.person, this.now
        if uphold:
            fresh.state, fresh.reason = State.ADMITTED, ""
        fresh.save(update_fields=["appeal_answer", "appeal_decided_by", "appeal_decided_at", "state", "reason"])
        enter(this, row, statement=fresh.pk, number=fresh.number, upheld=uphold, same_hands=same_hands)
        this.result(statement=fresh.pk)
    return this.receipt


def statement_write(row: Consultation, text: str, **fields: object) -> ConsultationStatement:
    """Write down a statement of the locked consultation `row` under the next number; refuses what stands already."""
    kept = TEXT.kept(text).replace("\n", " ")
    same = row.statements.filter(text=kept).exclude(state=State.REFUSED).first()
    if same is not None:
        raise Refusal(
            "statement.same",
            _("This is there already, as number %(number)d. Vote on that one, or say something else.")
            % {"number": same.number},
            field="text",
        )
    last = row.statements.aggregate(last=Max("number"))["last"] or 0
    return ConsultationStatement.objects.create(consultation=row, text=kept, number=last + 1, **fields)


def statement_doubts(statement: ConsultationStatement, veil: Veil) -> list[Doubt]:
    """What a moderator should look at: numbers, people and companies named in it."""
    return veil.warnings({_("statements"): statement.text})


def _locked(statement: ConsultationStatement) -> ConsultationStatement:
    return ConsultationStatement.objects.select_for_update().get(pk=statement.pk)
