"""The villager's third door: judge the result, with the query code."""

from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment, Judge, Proof, Verdict
from yishi.commitments.services import verdict_change, verdict_give
from yishi.commitments.services.judging import VERDICT_WORDS, verdict_to_change
from yishi.organisations.query_codes import Kind
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.query_code import CodeForm, enter_code
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream

from .promise_story import promise_events
from .verdict_words import MAY_READ, WHO_READS

JUDGED_IN = (Commitment.State.CHECKED, Commitment.State.STRUCK_OFF)


@page("public", face="public")
def judge(request: Request) -> HttpResponse:
    """Type the code; with it (or an account), what waits for a verdict, and what was judged."""
    if not request.viewer.is_themselves:
        form = CodeForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and enter_code(request, form, Kind.OWN):
            return redirect("judge")
        status = 422 if request.method == "POST" else 200
        return render(request, "kit/code.html", {"form": form, "tab": "judge"}, status=status)
    mine = Judge.objects.filter(person=request.viewer.person)
    commitments = Commitment.objects.filter(pk__in=mine.values("commitment")).select_related("bearer", "place")
    judged = set(Verdict.objects.filter(judge__in=mine).values_list("commitment", "round"))
    waiting: list[Commitment] = []
    others: list[Commitment] = []
    for commitment in commitments.order_by("due_on"):
        can_judge = commitment.state in JUDGED_IN and (commitment.pk, commitment.round) not in judged
        (waiting if can_judge else others).append(commitment)
    return render(request, "commitments/judge.html", {"waiting": waiting, "others": others, "tab": "judge"})


def load_judged(request: Request, pk: UUID) -> Commitment:
    mine = Judge.objects.filter(person=request.viewer.person, commitment=pk)
    return Commitment.objects.select_related("bearer", "supervisor").get(pk__in=mine.values("commitment"))


class VerdictForm(ActForm):
    value = forms.ChoiceField(
        label=gettext_lazy("How did it turn out?"),
        choices=Verdict.Value.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one of the three answers.")},
    )
    text = WordsField(
        VERDICT_WORDS,
        gettext_lazy("In your words (if you like)"),
        rows=3,
        help_text=gettext_lazy("The handler never learns who wrote it."),
    )
    bearer_reads = forms.BooleanField(label=MAY_READ, help_text=WHO_READS, required=False)


class SecondWordForm(VerdictForm):
    """Says that it is the second word: the first one sent again, its answer lost, is no second one."""

    again = forms.BooleanField(widget=forms.HiddenInput, initial=True)


@page("commitment.judge", load=load_judged, face="public")
def judge_one(request: Request, commitment: Commitment) -> HttpResponse:
    """One promise: what was promised, what is said to be done, three big answers."""

    person = request.viewer.person
    given = Verdict.objects.filter(judge__commitment=commitment, judge__person=person).order_by("-round").first()
    can_judge = commitment.state in JUDGED_IN and not (given and given.round == commitment.round)
    changing = None if can_judge else verdict_to_change(commitment, person, timezone.localdate())
    is_second = "again" in request.POST if request.method == "POST" else changing is not None
    form = (SecondWordForm if is_second else VerdictForm)(request.POST or None)

    def thanks(receipt: object) -> str:
        return reverse("judge")

    return one_act(
        request,
        form,
        verdict_change if is_second else verdict_give,
        fields=lambda cleaned: {name: value for name, value in cleaned.items() if name != "again"},
        given={"commitment": commitment},
        heading=commitment.act,
        back=reverse("judge"),
        done=_("Thank you. Your verdict is kept; nobody at the handling body learns who gave it."),
        submit=_("Change my verdict") if is_second else _("Give my verdict"),
        next_url=thanks,
        template="commitments/judge_one.html",
        commitment=commitment,
        events=promise_events(commitment, to_judge=True),
        photos=_photos(commitment),
        proof=commitment.proofs.filter(outcome=Proof.Outcome.ACCEPTED).order_by("given_at").last(),
        can_judge=can_judge,
        given_verdict=given,
        changing=changing,
        tab="judge",
    )


def _photos(commitment: Commitment) -> QuerySet[Attachment]:
    """The photos given as proof; receipts and contracts stay between the desks."""
    return Attachment.objects.filter(pk__in=commitment.proofs.values("files"), kind=Attachment.Kind.PHOTO)


def load_photo(request: Request, pk: UUID, photo: UUID) -> tuple[Commitment, Attachment]:
    commitment = load_judged(request, pk)
    return commitment, _photos(commitment).get(pk=photo)


@page(
    "commitment.judge_photo",
    load=load_photo,
    methods=("GET",),
    face="public",
    unaudited="of whoever judges it; the promise's own page shows the proof",
)
def judge_photo(request: Request, judged_photo: tuple[Commitment, Attachment]) -> HttpResponse:
    return stream(judged_photo[1], small=request.GET.get("small") == "1")


urlpatterns = [
    path("judge/<uuid:pk>/photos/<uuid:photo>/", judge_photo, name="judge_photo"),
    path("judge/", judge, name="judge"),
    path("judge/<uuid:pk>/", judge_one, name="judge_one"),
]
