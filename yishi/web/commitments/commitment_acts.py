"""The acts on a promise, a page each."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.commitments import services
from yishi.commitments.models import Commitment, TimeRequest, Verdict
from yishi.commitments.services.carrying import ANSWER, FINDING, PROOF, TIME_ANSWER, WHY
from yishi.commitments.services.judging import NOTE, RECHECK, VERDICT_WORDS, WHY_CLOSED, WHY_REOPENED
from yishi.commitments.services.pressing import LETTER_WORDS, office_above
from yishi.commitments.shown import proof_digest, proof_waiting
from yishi.kit.records import lend, lent
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import may
from yishi.people.models import Person
from yishi.web.kit.fields.paper_fields import PaperForm, from_paper, with_paper
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.proof_files import ProofFiles, one_proved_act
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream

from .commitments import load_commitment
from .proof_check import ProofCheckForm, proof_facts
from .verdict_words import MAY_READ, WHO_READS

SAYS = "commitment.say"  # the bearer, or who writes down what the bearer said on paper


class NothingForm(ActForm):
    """Only a button."""


class TextForm(ActForm):
    text = WordsField(ANSWER, gettext_lazy("What happened?"), rows=4)
    on = day_field(gettext_lazy("When (if not today)"), required=False)


class ProofForm(ProofFiles):
    text = WordsField(PROOF, gettext_lazy("What was done, and how does one see it?"), rows=4)
    done_on = day_field(gettext_lazy("Done on"))
    quantity = AmountField(
        label=gettext_lazy("Quantity done"), required=False, min_value=0, max_digits=14, decimal_places=3
    )

    field_order = ("text", "done_on", "quantity")


class PaperProofForm(ActForm):
    text = WordsField(PROOF, gettext_lazy("What was done, and how does one see it?"), rows=4)
    done_on = day_field(gettext_lazy("Done on"))
    quantity = AmountField(
        label=gettext_lazy("Quantity done"), required=False, min_value=0, max_digits=14, decimal_places=3
    )


class TimeForm(ActForm):
    due_on = day_field(gettext_lazy("Until when?"))
    reason = WordsField(WHY, gettext_lazy("Why?"), rows=4)


class DecideForm(ActForm):
    granted = forms.TypedChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("1", gettext_lazy("grant it")), ("0", gettext_lazy("refuse it"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    answer = WordsField(TIME_ANSWER, gettext_lazy("Reason"), rows=4)


class CheckForm(ProofCheckForm):
    accepted = forms.TypedChoiceField(
        label=gettext_lazy("Is it proved?"),
        choices=[("1", gettext_lazy("yes, accept it")), ("0", gettext_lazy("no, return it"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    finding = WordsField(
        FINDING, gettext_lazy("What did you find?"), rows=4, help_text=gettext_lazy("The bearer reads this.")
    )
    field_order = ("accepted", "as_agreed", "finding")


class WithdrawForm(ActForm):
    reason = WordsField(WHY, gettext_lazy("Reason"), rows=4)


class CloseForm(ActForm):
    reason = WordsField(WHY_CLOSED, gettext_lazy("Reason"), rows=4)


class ReopenForm(ActForm):
    reason = WordsField(WHY_REOPENED, gettext_lazy("Reason"), rows=4)


class NoteForm(ActForm):
    note = WordsField(NOTE, gettext_lazy("Note (if you like)"), rows=4)


class PressForm(ActForm):
    how = forms.ChoiceField(label=gettext_lazy("How?"), widget=forms.RadioSelect)
    text = WordsField(LETTER_WORDS, gettext_lazy("Words of the letter"), rows=4, when=("how", "letter"))


class RecheckForm(ActForm):
    holds = forms.TypedChoiceField(
        label=gettext_lazy("Does it hold?"),
        choices=[("1", gettext_lazy("yes")), ("0", gettext_lazy("no: open it again"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    text = WordsField(RECHECK, gettext_lazy("What did you see?"), rows=4)
    on = day_field(gettext_lazy("Seen on (if not today)"), required=False)


def act_page(
    right: str, form_class: type[ActForm], service: Callable[..., Any], heading: Any, submit: Any, done: Any
) -> Callable[..., HttpResponse]:
    """The page of one act on a promise; the fields of its form are the arguments of `service`."""

    @page(right, load=load_commitment)
    def view(request: Request, commitment: Commitment) -> HttpResponse:
        form, act = form_class(request.POST or None), service
        if right == SAYS and not may("commitment.answer", request.viewer, commitment):
            form, act = with_paper(form_class)(request.POST or None, request.FILES or None), from_paper(service)
        return one_act(
            request,
            form,
            act,
            given={"commitment": commitment},
            heading=heading if act is service else _("From paper: %(act)s") % {"act": heading},
            lead=f"{commitment.number} · {commitment.act}",
            back=reverse("commitment", args=[commitment.pk]),
            done=done,
            submit=submit,
        )

    return view


confirm = act_page(
    SAYS,
    NothingForm,
    services.commitment_confirm,
    gettext_lazy("Confirm the promise"),
    gettext_lazy("We take it on"),
    gettext_lazy("Confirmed. Its clock starts with the hand-over."),
)
answer = act_page(
    SAYS,
    TextForm,
    services.commitment_answer,
    gettext_lazy("Answer how it stands"),
    gettext_lazy("Send the answer"),
    gettext_lazy("Answered; the supervisor is told."),
)
meet = act_page(
    SAYS,
    TextForm,
    services.people_met,
    gettext_lazy("We met the people"),
    gettext_lazy("Record it"),
    gettext_lazy("Recorded."),
)
strike_off = act_page(
    "commitment.supervise",
    NoteForm,
    services.commitment_strike_off,
    gettext_lazy("Strike it off"),
    gettext_lazy("Strike it off"),
    gettext_lazy("Struck off. A re-check follows in 30 to 90 days."),
)
close = act_page(
    "commitment.supervise",
    CloseForm,
    services.commitment_close_undone,
    gettext_lazy("Close without being done"),
    gettext_lazy("Close it"),
    gettext_lazy("Closed without being done; it never counts as done."),
)
reopen = act_page(
    "commitment.supervise",
    ReopenForm,
    services.commitment_reopen,
    gettext_lazy("Open it again"),
    gettext_lazy("Open it again"),
    gettext_lazy("It is in force again."),
)
recheck = act_page(
    "commitment.supervise",
    RecheckForm,
    services.recheck_record,
    gettext_lazy("Look back: does it hold?"),
    gettext_lazy("Record it"),
    gettext_lazy("The look back is recorded."),
)


@page("commitment.supervise", load=load_commitment)
def check(request: Request, commitment: Commitment) -> HttpResponse:
    """A second person reads the proof, beside what was promised, and accepts or returns it."""
    proof = proof_waiting(commitment)
    form = CheckForm(request.POST or None, shown=proof_digest(commitment, proof) if proof else "")
    return one_act(
        request,
        form,
        services.proof_check,
        given={"commitment": commitment},
        heading=_("Check the proof"),
        lead=f"{commitment.number} · {commitment.act}",
        back=reverse("commitment", args=[commitment.pk]),
        done=_("Checked. Accepted, those who raised it are asked to judge within ten working days."),
        submit=_("Record the check"),
        template="commitments/check.html",
        commitment=commitment,
        facts=proof_facts(commitment, proof) if proof else [],
        files=proof.files.all() if proof else [],
    )


time = act_page(
    SAYS,
    TimeForm,
    services.time_ask,
    gettext_lazy("Ask for more time"),
    gettext_lazy("Ask"),
    gettext_lazy("Asked; the old date holds until it is decided."),
)


@page(SAYS, load=load_commitment)
def withdraw_proof(request: Request, commitment: Commitment) -> HttpResponse:
    """The proof was given too early: back to the promise, before anybody checks it."""
    return one_act(
        request,
        WithdrawForm(request.POST or None),
        services.proof_withdraw,
        given={"commitment": commitment},
        heading=_("Withdraw the proof"),
        lead=f"{commitment.number} · {commitment.act}",
        back=reverse("commitment", args=[commitment.pk]),
        done=_("The proof is withdrawn; it stays in the file as that. The promise is in force again."),
        submit=_("Withdraw"),
    )


@page(SAYS, load=load_commitment)
def prove(request: Request, commitment: Commitment) -> HttpResponse:
    """Give proof, with a photo or a scan if there is one; or write down the proof that came on paper."""
    if not may("commitment.answer", request.viewer, commitment):
        return _prove_from_paper(request, commitment)
    form = ProofForm(request.POST or None, request.FILES or None, initial={"done_on": timezone.localdate()})
    return one_proved_act(
        request,
        form,
        services.proof_give,
        given={"commitment": commitment},
        heading=_("Give proof"),
        lead=" · ".join(filter(None, (commitment.number, commitment.act, commitment.proof_expected))),
        back=reverse("commitment", args=[commitment.pk]),
        done=_("Proof given; a second person checks it."),
        submit=_("Give proof"),
    )


def _prove_from_paper(request: Request, commitment: Commitment) -> HttpResponse:
    form = with_paper(PaperProofForm)(
        request.POST or None, request.FILES or None, initial={"done_on": timezone.localdate()}
    )
    return one_act(
        request,
        form,
        from_paper(services.proof_give),
        given={"commitment": commitment},
        heading=_("From paper: %(act)s") % {"act": _("Give proof")},
        lead=" · ".join(filter(None, (commitment.number, commitment.act, commitment.proof_expected))),
        back=reverse("commitment", args=[commitment.pk]),
        done=_("Written down from paper; another person checks it."),
        submit=_("Write it down"),
    )


class HearForm(ActForm):
    judge = forms.ModelChoiceField(Person.objects.none(), label=gettext_lazy("Who said it?"))
    value = forms.ChoiceField(
        label=gettext_lazy("How did it turn out?"), choices=Verdict.Value.choices, widget=forms.RadioSelect
    )
    text = WordsField(VERDICT_WORDS, gettext_lazy("In their words (if they said any)"), rows=4)
    bearer_reads = forms.BooleanField(label=MAY_READ, help_text=WHO_READS, required=False)

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any):
        super().__init__(*args, **kwargs)
        silent = commitment.judges.exclude(verdicts__round=commitment.round)
        self.fields["judge"].queryset = Person.within.filter(pk__in=silent.values("person")).order_by("name", "pk")


class PaperHearForm(HearForm):
    """The same, with the paper on which it came."""

    signed_by, signed_on, scan = (PaperForm.base_fields[name] for name in ("signed_by", "signed_on", "scan"))


@page("commitment.hear", load=load_commitment)
def hear(request: Request, commitment: Commitment) -> HttpResponse:
    """Write down the judgement of somebody who wrote it on paper: they have no phone, or lost their code."""
    return one_act(
        request,
        PaperHearForm(request.POST or None, request.FILES or None, commitment=commitment),
        from_paper(services.verdict_give),
        given={"commitment": commitment},
        heading=_("Write down a judgement that came on paper"),
        lead=_("%(number)s · Whoever wrote it is not named on the file; the bearer never learns who it was.")
        % {"number": commitment.number},
        back=reverse("commitment", args=[commitment.pk]),
        done=_("The judgement is written down."),
        submit=_("Write it down"),
    )


def load_paper(request: Request, pk: UUID, paper: UUID) -> Commitment:
    """The promise, with a paper of its bearer; the paper of somebody who judges is shown to who may write it down."""
    commitment = load_commitment(request, pk)
    kept = commitment.papers.select_related("scan").get(pk=paper)
    is_verdict = Verdict.objects.filter(paper=kept).exists()
    if is_verdict and not may("commitment.hear", request.viewer, commitment):
        raise Commitment.DoesNotExist
    return lend(commitment, asked_paper=kept)


@page("commitment.see", load=load_paper, methods=("GET",))
def paper_scan(request: Request, commitment: Commitment) -> HttpResponse:
    return stream(lent(commitment, "asked_paper").scan)


@page("commitment.supervise", load=load_commitment)
def press(request: Request, commitment: Commitment) -> HttpResponse:
    """Reminder, supervision letter, next tier: what was sent in this round is not offered again, but for another
    reminder; nor is a tier that there is not."""
    form = PressForm(request.POST or None)
    acts: dict[str, tuple[Callable[..., Any], str]] = {
        "reminder": (services.reminder_send, _("reminder")),
        "letter": (services.letter_send, _("supervision letter, numbered and printable")),
        "next_tier": (services.next_tier_pass, _("pass it to the next tier")),
    }
    open_rungs = list(acts)[commitment.escalation :]
    if office_above(commitment.supervisor) is None:
        open_rungs = [code for code in open_rungs if code != "next_tier"]
    again = [] if "reminder" in open_rungs else [("reminder", _("another reminder"))]
    form.fields["how"].choices = [*((code, acts[code][1]) for code in open_rungs), *again]

    def send(*, actor: Viewer, act_id: Any, how: str, text: str, commitment: Commitment) -> Any:
        return acts[how][0](actor=actor, act_id=act_id, commitment=commitment, text=text)

    return one_act(
        request,
        form,
        send,
        given={"commitment": commitment},
        heading=_("Press for it"),
        lead=f"{commitment.number} · {commitment.act}",
        back=reverse("commitment", args=[commitment.pk]),
        done=_("Sent."),
        submit=_("Send"),
    )


def load_time_request(request: Request, pk: UUID) -> TimeRequest:
    time_request = TimeRequest.objects.select_related("commitment__bearer").get(pk=pk)
    Commitment.objects.get(pk=time_request.commitment_id)  # within reach
    return time_request


@page("commitment.decide_time", load=load_time_request)
def time_decide(request: Request, time_request: TimeRequest) -> HttpResponse:
    """Grant or refuse more time."""
    commitment = time_request.commitment
    return one_act(
        request,
        DecideForm(request.POST or None),
        services.time_decide,
        given={"request": time_request},
        heading=_("Decide about more time"),
        lead=_("%(act)s: due on %(due)s, asked until %(asked)s. Reason: %(reason)s")
        % {
            "act": commitment.act,
            "due": day_said(commitment.due_on),
            "asked": day_said(time_request.due_on),
            "reason": time_request.reason,
        },
        back=reverse("commitment", args=[commitment.pk]),
        done=_("Decided; the bearer is told."),
        submit=_("Decide"),
    )


urlpatterns = [
    path("desk/commitments/<uuid:pk>/confirm/", confirm, name="commitment_confirm"),
    path("desk/commitments/<uuid:pk>/answer/", answer, name="commitment_answer"),
    path("desk/commitments/<uuid:pk>/meet/", meet, name="commitment_meet"),
    path("desk/commitments/<uuid:pk>/prove/", prove, name="commitment_prove"),
    path("desk/commitments/<uuid:pk>/prove/withdraw/", withdraw_proof, name="proof_withdraw"),
    path("desk/commitments/<uuid:pk>/hear/", hear, name="commitment_hear"),
    path("desk/commitments/<uuid:pk>/papers/<uuid:paper>/", paper_scan, name="commitment_paper"),
    path("desk/commitments/<uuid:pk>/time/", time, name="commitment_time"),
    path("desk/commitments/<uuid:pk>/check/", check, name="commitment_check"),
    path("desk/commitments/<uuid:pk>/strike-off/", strike_off, name="commitment_strike_off"),
    path("desk/commitments/<uuid:pk>/press/", press, name="commitment_press"),
    path("desk/commitments/<uuid:pk>/close/", close, name="commitment_close"),
    path("desk/commitments/<uuid:pk>/recheck/", recheck, name="commitment_recheck"),
    path("desk/commitments/<uuid:pk>/reopen/", reopen, name="commitment_reopen"),
    path("desk/time-requests/<uuid:pk>/", time_decide, name="commitment_time_decide"),
]
