"""What offices, bodies and authors do with a proposal that was submitted: assign, answer, check, rate, adopt."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.attachments.store import scan_keep
from yishi.commitments.models import Verdict
from yishi.commitments.services import proof_check, proof_give, verdict_give
from yishi.commitments.services.carrying import FINDING, PROOF
from yishi.commitments.services.judging import VERDICT_WORDS
from yishi.commitments.shown import proof_digest, proof_waiting
from yishi.journal.models import Receipt
from yishi.kit.records import certain
from yishi.organisations.models import Body
from yishi.proposals.models import Proposal
from yishi.proposals.services import adoption_record, proposal_assign
from yishi.proposals.services.handling import DOCUMENT, WHY_NOT_ADOPTED
from yishi.web.commitments.proof_check import ProofCheckForm
from yishi.web.commitments.verdict_words import MAY_READ, WHO_READS
from yishi.web.kit.fields.body_field import BodyField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .proposals import act_on, load_proposal

ANSWER_DAYS = 90  # an answer within three months


def load_owed(request: Request, pk: Any) -> Proposal:
    """A proposal that a body answers."""
    proposal = load_proposal(request, pk)
    if proposal.commitment is None:
        raise Proposal.DoesNotExist
    return proposal


class AssignForm(ActForm):
    bearer = BodyField(label=gettext_lazy("body that answers"))
    due_on = day_field(gettext_lazy("answer by"))


@page("proposal.assign", load=load_proposal)
def assign(request: Request, proposal: Proposal) -> HttpResponse:
    initial = {"due_on": timezone.localdate() + timedelta(days=ANSWER_DAYS)}
    form = AssignForm(request.POST or None, initial=initial)
    form.fields["bearer"].limit(None)
    return act_on(
        request,
        proposal,
        form,
        proposal_assign,
        heading=_("Hand it to the body that answers"),
        lead=_("Its answer stands in the ledger from now on: with a clock, and judged by those who signed."),
        done=_("It is with the body that answers."),
        submit=_("Hand it over"),
    )


class AnswerForm(ActForm):
    text = WordsField(
        PROOF, gettext_lazy("The answer: what is done, will be done by when, or cannot be done and why"), rows=9
    )


@page("proposal.answer", load=load_owed)
def answer(request: Request, proposal: Proposal) -> HttpResponse:
    return act_on(
        request,
        proposal,
        AnswerForm(request.POST or None),
        proof_give,
        heading=_("Answer it"),
        done=_("The answer is given. The office checks it before the authors read it."),
        submit=_("Give the answer"),
        given={"commitment": proposal.commitment, "done_on": timezone.localdate()},
    )


class CheckForm(ProofCheckForm):
    accepted = forms.TypedChoiceField(
        label=gettext_lazy("What did you find?"),
        choices=[
            ("yes", gettext_lazy("It answers what was asked: pass it on")),
            ("no", gettext_lazy("Something is missing: give it back")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    finding = WordsField(FINDING, gettext_lazy("What you checked, or what is missing"), rows=3)
    field_order = ("accepted", "as_agreed", "finding")


@page("proposal.assign", load=load_owed)
def check(request: Request, proposal: Proposal) -> HttpResponse:
    """The office reads the answer first (督办部门审核). A second person: nobody of the desk that answers."""
    owed = certain(proposal.commitment)
    proof = proof_waiting(owed)
    return act_on(
        request,
        proposal,
        CheckForm(request.POST or None, shown=proof_digest(owed, proof) if proof else ""),
        proof_check,
        heading=_("Check the answer"),
        lead=proof.text if proof else proposal.title,
        done=_("The check is kept."),
        submit=_("Save"),
        given={"commitment": proposal.commitment},
    )


class RateForm(ActForm):
    value = forms.ChoiceField(
        label=gettext_lazy("How is the answer?"), choices=Verdict.Value.choices, widget=forms.RadioSelect
    )
    text = WordsField(VERDICT_WORDS, gettext_lazy("In your words (if you like)"), rows=3)
    bearer_reads = forms.BooleanField(label=MAY_READ, help_text=WHO_READS, required=False, initial=True)


@page("proposal.rate", load=load_owed)
def rate(request: Request, proposal: Proposal) -> HttpResponse:
    proof = certain(proposal.commitment).proofs.filter(outcome="accepted").order_by("given_at").last()
    return act_on(
        request,
        proposal,
        RateForm(request.POST or None),
        verdict_give,
        heading=_("Say how the answer is"),
        lead=proof.text if proof else proposal.title,
        done=_("Your rating is kept."),
        submit=_("Send my answer"),
        given={"commitment": proposal.commitment},
    )


class AdoptForm(ActForm):
    outcome = forms.ChoiceField(
        label=gettext_lazy("what became of it"), choices=Proposal.Outcome.choices, widget=forms.RadioSelect
    )
    body = BodyField(label=gettext_lazy("who decided it"))
    decided_on = day_field(gettext_lazy("on which day"))
    document = WordsField(
        DOCUMENT,
        gettext_lazy("document"),
        when=("outcome", "adopted", "partly"),
        help_text=gettext_lazy("A plan, a notice, a budget: its name and number."),
    )
    clause = forms.CharField(label=gettext_lazy("clause"), max_length=160, required=False)
    budget_line = forms.CharField(label=gettext_lazy("line of the budget"), max_length=160, required=False)
    reason = WordsField(
        WHY_NOT_ADOPTED, gettext_lazy("why not, or not all of it"), rows=2, when=("outcome", "partly", "not")
    )
    scan = forms.FileField(
        label=gettext_lazy("the page of the document (PDF or picture, if you like)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
    )


@page("proposal.adopt", load=load_proposal)
def adopt(request: Request, proposal: Proposal) -> HttpResponse:
    """Where it went: 采纳, 部分采纳, 未采纳, each with what proves it."""
    held = [post.body for post in request.viewer.working_posts]
    bearer: Body | None = proposal.commitment.bearer if proposal.commitment else None
    initial = {"body": bearer or (held[0] if held else None), "decided_on": timezone.localdate()}
    form = AdoptForm(request.POST or None, request.FILES or None, initial=initial)
    form.fields["body"].limit(None)

    def record(**fields: Any) -> Receipt:
        upload = fields.pop("scan", None)
        evidence = scan_keep(actor=fields["actor"], upload=upload) if upload else None
        return adoption_record(evidence=evidence, **fields)

    return act_on(
        request,
        proposal,
        form,
        record,
        heading=_("Say what became of it"),
        done=_("It is set down what became of it."),
        submit=_("Save"),
    )


urlpatterns = [
    path("desk/proposals/<uuid:pk>/assign/", assign, name="proposal_assign"),
    path("desk/proposals/<uuid:pk>/answer/", answer, name="proposal_answer"),
    path("desk/proposals/<uuid:pk>/check/", check, name="proposal_check"),
    path("desk/proposals/<uuid:pk>/rate/", rate, name="proposal_rate"),
    path("desk/proposals/<uuid:pk>/adopt/", adopt, name="proposal_adopt"),
]
