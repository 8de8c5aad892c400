"""What becomes of a proposal: a body owes its answer, and somebody says where it went.

The answer is a promise of the ledger: the bearer gives it as its proof, the office checks it, the authors judge it. So
it has a clock, more time is asked for with a reason, and an author whom it does not satisfy gets a second answer.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.commitments.services import promise_make
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.records import certain
from yishi.notices.days import happened
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import permit
from yishi.proposals import hooks
from yishi.proposals.models import Adoption, Proposal
from yishi.proposals.stages import need

from .writing import authors_of, locked

# What was adopted names its document; what was not, or not wholly, says why.
DOCUMENT = Words("document", 160, _("Name the document into which it was adopted."), "adoption.document")
WHY_NOT_ADOPTED = Words("reason", 500, _("Please write why it was not adopted, or not all of it."), "adoption.reason")
CLAUSE = Words("clause", 160)
BUDGET_LINE = Words("budget_line", 160)

Outcome = Proposal.Outcome


def proposal_assign(
    *, actor: Viewer, proposal: Proposal, bearer: Body, due_on: date, act_id: UUID | None = None
) -> Receipt:
    """Hand a proposal, as the office, to the body that answers, until a day. The answer is a promise. Result:
    commitment."""
    by = permit("proposal.assign", actor, proposal)
    body = {"proposal": proposal.pk, "bearer": bearer.pk, "due_on": due_on}
    with act("proposals.proposal.assign", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(proposal)
        need(row, Proposal.State.SUBMITTED)
        if row.commitment_id is not None:
            raise WrongStage("proposal.assigned", _("A body answers it already."))
        supervisor = row.office or Body.objects.get(pk=certain(by.body_id))
        # The office that receives proposals assigns them by that right; it need not be the place's own council.
        commitment = promise_make(
            this,
            actor,
            origin=(Commitment.Origin.PROPOSAL, row.pk),
            place=row.place,
            bearer=bearer,
            act_text=_("Answer “%(title)s” (%(number)s)") % {"title": row.title, "number": row.number},
            due_on=due_on,
            proof_expected=str(_("a written answer to those who signed it")),
            supervisor=supervisor,
            judges=authors_of(row),
        )
        row.commitment = commitment
        row.save(update_fields=["commitment"])
        this.entry(subject=("proposal", row.pk), place=row.place_id, dims={"body": bearer.pk}, data={"due_on": due_on})
        this.result(proposal=row.pk, commitment=commitment.pk)
        _tell_authors(row, "proposal.assigned", {"number": row.number, "body": bearer.name}, "")
    return this.receipt


def adoption_record(
    *,
    actor: Viewer,
    proposal: Proposal,
    outcome: str,
    body: Body,
    decided_on: date,
    document: str = "",
    clause: str = "",
    budget_line: str = "",
    reason: str = "",
    evidence: Attachment | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Say what became of a proposal: adopted into which document and clause, in part, or not and why. Result:
    adoption.

    A proposal may be adopted into several documents; the best outcome stands on its file.
    """
    by = permit("proposal.adopt", actor, proposal)
    sent = {
        "proposal": proposal.pk,
        "outcome": outcome,
        "body": body.pk,
        "on": decided_on,
        "document": document,
        "clause": clause,
        "budget": budget_line,
        "reason": reason,
        "file": evidence.sha256 if evidence else None,
    }
    with act("proposals.adoption.record", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        proposal = locked(proposal)
        need(proposal, Proposal.State.SUBMITTED)
        if outcome not in Outcome.values:
            raise Refusal("adoption.outcome", _("Please choose one of the values that are offered."), field="outcome")
        happened(decided_on, "decided_on", code="adoption", today=timezone.localdate(this.now))
        document_named, reason_given = (
            DOCUMENT.kept(document, needed=outcome != Outcome.NOT),
            WHY_NOT_ADOPTED.kept(reason, needed=outcome != Outcome.ADOPTED),
        )
        adoption = Adoption.objects.create(
            proposal=proposal,
            outcome=outcome,
            body=body,
            document=document_named,
            clause=CLAUSE.kept(clause),
            budget_line=BUDGET_LINE.kept(budget_line),
            reason=reason_given,
            decided_on=decided_on,
            evidence=evidence,
            recorded_by=actor.person,
            recorded_at=this.now,
        )
        ranks = list(Outcome.values)
        if not proposal.outcome or ranks.index(outcome) < ranks.index(proposal.outcome):
            proposal.outcome, proposal.decided_on = outcome, decided_on
            proposal.save(update_fields=["outcome", "decided_on"])
        this.entry(
            subject=("proposal", proposal.pk),
            place=proposal.place_id,
            at=this.on_day(decided_on),
            dims={"body": body.pk, "kind": proposal.kind, "theme": proposal.theme},
            quantities={outcome: 1},
            data={"adoption": adoption.pk},
        )
        this.result(proposal=proposal.pk, adoption=adoption.pk)
        _tell_authors(proposal, "proposal.decided", {"number": proposal.number}, str(adoption.pk))
        if outcome != Outcome.NOT:
            hooks.run(hooks.ON_ADOPTED, proposal, actor, this)
    return this.receipt


def _tell_authors(proposal: Proposal, code: str, params: Mapping[str, str | None], suffix: str) -> None:
    for person in authors_of(proposal):
        tell(
            person=person,
            code=code,
            params=params,
            subject=("proposal", proposal.pk),
            once=f"{code}/{proposal.pk}/{suffix}/{person.pk}",
        )
