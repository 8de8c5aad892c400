"""Proposals: written on a phone, signed by others too, their file with its story, the list."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.deeds.reads import members_by, members_find, places_of
from yishi.commitments.models import Commitment
from yishi.commitments.stages import may_step
from yishi.crossings.suggestions import deeds_of
from yishi.journal.models import Receipt
from yishi.kit.text import bigrams, clean
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.organisations.themes import theme_choices, theme_word
from yishi.people.models import Person
from yishi.proposals.models import Proposal, Signer
from yishi.proposals.rules import WRITING
from yishi.proposals.services import (
    proposal_change,
    proposal_cosign,
    proposal_submit,
    proposal_withdraw,
    proposal_write,
)
from yishi.proposals.services.writing import TEXT, TITLE, WHY_WITHDRAWN
from yishi.proposals.stages import WORDS, stage_of
from yishi.web.kit.exports import wants_export
from yishi.web.kit.fields.picker import PickerField, is_search
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList, local_day
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .proposal_story import proposal_events

State = Proposal.State


def load_proposal(request: Request, pk: UUID) -> Proposal:
    proposals = Proposal.objects.select_related(
        "author", "place", "office", "desk", "commitment__bearer", "commitment__supervisor", "commitment__place"
    )
    return proposals.prefetch_related("signers__person", "adoptions__body", "adoptions__evidence").get(pk=pk)


class ProposalFilter(Form):
    q = forms.CharField(label=gettext_lazy("words or number"), required=False, max_length=64)
    whose = forms.ChoiceField(label=gettext_lazy("whose"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("kind"), required=False)
    theme = forms.ChoiceField(label=gettext_lazy("theme"), required=False)
    outcome = forms.ChoiceField(label=gettext_lazy("what became of it"), required=False)
    place = PlaceField(label=gettext_lazy("place"), required=False, help_text="")

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.viewer = request.viewer
        self.fields["whose"].choices = [
            ("", _("all")),
            ("mine", _("mine, or signed by me")),
            ("office", _("received by us")),
            ("answer", _("we answer")),
        ]
        self.fields["kind"].choices = [("", _("all")), *Proposal.Kind.choices]
        self.fields["theme"].choices = [("", _("all")), *theme_choices()]
        self.fields["outcome"].choices = [("", _("all")), ("open", _("open")), *Proposal.Outcome.choices]

    def narrow(self, proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
        filters = self.cleaned_data if self.is_valid() else {}
        for word in clean(filters.get("q", "")).split():
            said = Q()
            for pair in sorted(bigrams(word))[:12] or [word]:
                said &= Q(title__finds=pair) | Q(text__finds=pair)
            proposals = proposals.filter(Q(number__finds=word) | said)
        person, bodies = self.viewer.person_id, self.viewer.reach.bodies
        if filters.get("whose") == "mine":
            signed = Signer.objects.filter(person=person, agrees=True).values("proposal")
            proposals = proposals.filter(Q(author=person) | Q(pk__in=signed) | Q(desk__in=bodies))
        elif filters.get("whose") == "office":
            proposals = proposals.filter(office__in=bodies)
        elif filters.get("whose") == "answer":
            proposals = proposals.filter(commitment__bearer__in=bodies)
        for name in ("kind", "theme"):
            if filters.get(name):
                proposals = proposals.filter(**{name: filters[name]})
        if filters.get("outcome") == "open":
            proposals = proposals.filter(outcome="", state=State.SUBMITTED)
        elif filters.get("outcome"):
            proposals = proposals.filter(outcome=filters["outcome"])
        if filters.get("place"):
            proposals = proposals.filter(place__lo__gte=filters["place"].lo, place__lo__lte=filters["place"].hi)
        return proposals


PROPOSALS = DeclaredList(
    "proposals",
    gettext_lazy("proposals"),
    [
        Column(gettext_lazy("number"), "number", page=False),
        Column(gettext_lazy("kind"), "get_kind_display", page=False),
        Column(gettext_lazy("title"), "title", cell="title"),
        Column(gettext_lazy("author"), "author.name"),
        Column(gettext_lazy("signed too by"), "signed", page=False),
        Column(gettext_lazy("theme"), lambda proposal: theme_word(proposal.theme), page=False),
        Column(gettext_lazy("place"), "place.full_name", page=False),
        Column(
            gettext_lazy("submitted on"),
            local_day("submitted_at"),
            page=False,
        ),
        Column(gettext_lazy("where it is"), lambda proposal: str(WORDS[stage_of(proposal)])),
        Column(gettext_lazy("answers"), "commitment.bearer.name", cell="answers"),
        Column(gettext_lazy("due"), "commitment.due_on", page=False),
        Column(gettext_lazy("what became of it"), "get_outcome_display", cell="what_became_of_it"),
        Column(gettext_lazy("decided on"), "decided_on", page=False),
        Column(gettext_lazy("text"), "text", page=False),
    ],
)


@page("proposal.list", methods=("GET",))
def proposals(request: Request) -> HttpResponse:
    form = ProposalFilter(request)
    proposals = form.narrow(Proposal.objects.select_related("author", "place", "commitment__bearer"))
    if wants_export(request):
        proposals = proposals.annotate(signed=Count("signers", filter=Q(signers__agrees=True)))
    proposals = proposals.order_by("-written_at", "pk")
    return PROPOSALS.respond(
        request,
        "proposals/proposals.html",
        proposals,
        form=form,
        may_write=may("proposal.write", request.viewer),
    )


@page("proposal.see", load=load_proposal, methods=("GET",))
def proposal(request: Request, proposal: Proposal) -> HttpResponse:
    """The file: what it says, where it is, its story, the viewer's next acts."""
    viewer, commitment = request.viewer, proposal.commitment
    mine = next((signer for signer in proposal.signers.all() if signer.person_id == viewer.person_id), None)
    edits, assigns = may("proposal.edit", viewer, proposal), may("proposal.assign", viewer, proposal)
    is_open, untouched = proposal.state == State.SUBMITTED, commitment is None and not proposal.outcome
    acts: list[tuple[Any, str]] = []
    if edits and proposal.state == State.DRAFT:
        acts += [(_("Submit it"), "proposal_submit"), (_("Change"), "proposal_edit")]
    if mine is not None and mine.agrees is None and proposal.state != State.WITHDRAWN:
        acts.append((_("Sign or not"), "proposal_cosign"))
    if assigns and is_open and commitment is None:
        acts.append((_("Hand it to the body that answers"), "proposal_assign"))
    if commitment is not None and may_step(commitment, "prove") and may("proposal.answer", viewer, proposal):
        acts.append((_("Answer it"), "proposal_answer"))
    if commitment is not None and may_step(commitment, "accept") and may("commitment.decide", viewer, commitment):
        acts.append((_("Check the answer"), "proposal_check"))
    if commitment is not None and _may_rate(viewer, proposal, commitment):
        acts.append((_("Say how the answer is"), "proposal_rate"))
    if is_open and may("proposal.adopt", viewer, proposal):
        acts.append((_("Say what became of it"), "proposal_adopt"))
    if edits and (proposal.state == State.DRAFT or (is_open and untouched)):
        acts.append((_("Take it back"), "proposal_withdraw"))
    context = {
        "proposal": proposal,
        "stage": WORDS[stage_of(proposal)],
        "events": proposal_events(proposal, request.viewer),
        "acts": [(label, reverse(name, args=[proposal.pk])) for label, name in acts],
        "signers": list(proposal.signers.all()),
        "answers": list(commitment.proofs.order_by("given_at")) if commitment else [],
        "theme": theme_word(proposal.theme),
        "deeds": deeds_of(proposal) if is_open else [],
        "sees_promise": commitment is not None and Commitment.objects.filter(pk=commitment.pk).exists(),
    }
    return render(request, "proposals/proposal.html", context)


def _may_rate(viewer: Viewer, proposal: Proposal, commitment: Commitment) -> bool:
    if not may_step(commitment, "judge") or not may("proposal.rate", viewer, proposal):
        return False
    return not commitment.verdicts.filter(judge__person=viewer.person_id, round=commitment.round).exists()


class CountingForm(ActForm):
    """A form that may submit a proposal. Who is told that these words count already can say that it is another one."""

    again = forms.BooleanField(
        label=gettext_lazy("It is another proposal: it counts too"), required=False, widget=forms.HiddenInput
    )

    def attempt(self, *args: Any, **arguments: Any) -> Receipt | None:
        receipt = super().attempt(*args, **arguments)
        if "again" in self.errors:
            self.fields["again"].widget = forms.CheckboxInput()
        return receipt


class WriteForm(CountingForm):
    """One form for a phone: what is said, about which place, who signs too."""

    title = WordsField(TITLE, gettext_lazy("title"))
    text = WordsField(
        TEXT,
        gettext_lazy("What is the matter, and what do you propose?"),
        rows=9,
        help_text=gettext_lazy("At most 2,500 characters. What you type is kept on this device until it is sent."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=Proposal.Kind.choices, widget=forms.RadioSelect)
    theme = forms.ChoiceField(label=gettext_lazy("theme"))
    place = PlaceField(label=gettext_lazy("About which place?"))
    signers = PickerField(
        find=lambda text: [],
        by_ids=lambda ids: [],
        label=gettext_lazy("Who signs too?"),
        placeholder=gettext_lazy("Name of a member"),
        required=False,
    )
    author = PickerField(
        find=lambda text: [],
        by_ids=lambda ids: [],
        label=gettext_lazy("Whose proposal is it?"),
        placeholder=gettext_lazy("Name of a member"),
    )
    desk = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("written down at"))

    def __init__(self, *args: Any, viewer: Viewer, own: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.order_fields([*(name for name in self.fields if name != "again"), "again"])
        find, by_ids = partial(members_find, viewer), partial(members_by, viewer)
        self.fields["theme"].choices = [("", _("choose")), *theme_choices()]
        self.fields["signers"].find, self.fields["signers"].by_ids = find, by_ids
        if own:
            del self.fields["author"], self.fields["desk"]
            return
        desks = [post.body_id for post in viewer.working_posts if post.body.kind in WRITING]
        self.fields["desk"].queryset = Body.objects.filter(pk__in=desks)
        self.initial.setdefault("desk", desks[0] if desks else None)
        self.fields["author"].find, self.fields["author"].by_ids = find, by_ids
        self.order_fields(["act_id", "author", "desk"])

    def clean_author(self) -> Person:
        authors = self.cleaned_data["author"]
        if len(authors) != 1:
            raise forms.ValidationError(_("Tick the one member whose proposal it is; others sign too."))
        author: Person = authors[0]
        return author


def _write(request: Request, form: WriteForm, service: Any, context: dict[str, Any], **arguments: Any) -> HttpResponse:
    """The writing page: a search for members, a draft, or straight to the office."""
    context = {"form": form, "most": TEXT.longest, **context}
    if is_search(request, form):
        return render(request, "proposals/write.html", context)
    if request.method == "POST" and form.is_valid():
        fields = {key: value for key, value in form.cleaned_data.items() if key != "act_id"}
        receipt = form.attempt(request, service, submit=request.POST.get("then") == "submit", **arguments, **fields)
        if receipt is not None:
            return redirect(reverse("proposal", args=[receipt.result["proposal"]]))
    return render(request, "proposals/write.html", context, status=422 if request.method == "POST" else 200)


@page("proposal.write")
def proposal_new(request: Request) -> HttpResponse:
    viewer = request.viewer
    is_member, has_desk = viewer.is_sitting_member(), viewer.holds_kind(*WRITING)
    own = bool(is_member) and not (has_desk and request.GET.get("for") == "member")
    places = places_of(viewer)
    initial = {"place": places[0] if places else None}
    form = WriteForm(request.POST or None, viewer=viewer, own=own, initial=initial)
    context = {"heading": _("Write a proposal"), "may_choose": is_member and has_desk and own}
    return _write(request, form, proposal_write, context)


@page("proposal.edit", load=load_proposal)
def proposal_edit(request: Request, proposal: Proposal) -> HttpResponse:
    initial = {name: getattr(proposal, name) for name in ("title", "text", "kind", "theme", "place")}
    initial["signers"] = [signer.person for signer in proposal.signers.all()]
    form = WriteForm(request.POST or None, viewer=request.viewer, own=True, initial=initial, edits=proposal)
    context = {"heading": _("Change %(name)s") % {"name": proposal.title}, "proposal": proposal}
    return _write(request, form, proposal_change, context, proposal=proposal)


def act_on(request: Request, proposal: Proposal, form: ActForm, service: Any, **options: Any) -> HttpResponse:
    """An act on a proposal; it leads back to its file."""
    options.setdefault("given", {"proposal": proposal})
    options.setdefault("lead", proposal.title)
    back = reverse("proposal", args=[proposal.pk])
    return one_act(request, form, service, back=back, layout=CENTRED, **options)


@page("proposal.edit", load=load_proposal)
def proposal_submit_page(request: Request, proposal: Proposal) -> HttpResponse:
    return act_on(
        request,
        proposal,
        CountingForm(request.POST or None),
        proposal_submit,
        heading=_("Submit it"),
        done=_("It is submitted. It counts in the campaign by itself: nothing has to be recorded again."),
        submit=_("Submit it"),
    )


class CosignForm(ActForm):
    agrees = forms.TypedChoiceField(
        label=gettext_lazy("Do you sign it?"),
        choices=[("yes", gettext_lazy("Yes, I sign it too")), ("no", gettext_lazy("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


@page("proposal.cosign", load=load_proposal)
def proposal_cosign_page(request: Request, proposal: Proposal) -> HttpResponse:
    return act_on(
        request,
        proposal,
        CosignForm(request.POST or None),
        proposal_cosign,
        heading=_("Sign or not"),
        done=_("Your answer is kept."),
        submit=_("Send my answer"),
    )


class WithdrawForm(ActForm):
    reason = WordsField(WHY_WITHDRAWN, gettext_lazy("why"), rows=2, required=False)

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = proposal.state == State.SUBMITTED


@page("proposal.edit", load=load_proposal)
def proposal_withdraw_page(request: Request, proposal: Proposal) -> HttpResponse:
    return act_on(
        request,
        proposal,
        WithdrawForm(request.POST or None, proposal=proposal),
        proposal_withdraw,
        heading=_("Take it back"),
        done=_("It is taken back."),
        submit=_("Take it back"),
    )


urlpatterns = [
    path("desk/proposals/", proposals, name="proposals"),
    path("desk/proposals/new/", proposal_new, name="proposal_new"),
    path("desk/proposals/<uuid:pk>/", proposal, name="proposal"),
    path("desk/proposals/<uuid:pk>/change/", proposal_edit, name="proposal_edit"),
    path("desk/proposals/<uuid:pk>/submit/", proposal_submit_page, name="proposal_submit"),
    path("desk/proposals/<uuid:pk>/sign/", proposal_cosign_page, name="proposal_cosign"),
    path("desk/proposals/<uuid:pk>/withdraw/", proposal_withdraw_page, name="proposal_withdraw"),
]
