"""The acts on a deed, a page each: claim, confirm, correct, withdraw, prove, a code for the family."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.deeds.models import Deed, DeedParty, Evidence
from yishi.assistance.deeds.reads import open_pairs, villagers_by
from yishi.assistance.deeds.services.deeds import (
    WHY_CORRECTED,
    WHY_WITHDRAWN,
    deed_claim,
    deed_confirm,
    deed_correct,
    deed_withdraw,
    evidence_add,
)
from yishi.assistance.deeds.services.family import (
    WHY_DISOWNED,
    WHY_UPHELD,
    deed_claim_instead,
    deed_code_issue,
    deed_disown,
    deed_uphold,
    family_code,
)
from yishi.assistance.deeds.services.standing import Reached, reached_by
from yishi.assistance.register.models import Household
from yishi.attachments.models import Attachment
from yishi.attachments.store import photo_keep, scan_keep
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.ids import clean_code
from yishi.kit.records import certain
from yishi.notices.addresses import address_of
from yishi.organisations.grants import Viewer
from yishi.organisations.query_codes import spaced
from yishi.organisations.rights import may
from yishi.web.assistance.deeds.loads import PARTIES, load_deed
from yishi.web.kit.fields.picker import is_search
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.qr_image import qr_image
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream

from .deed_record import ReachedForm
from .deed_words import household_label, how_much, party_words

CODE_KEY = "deed_code"  # in the session of whoever asked for the code: it is shown once


def back_to(deed: Deed) -> str:
    return reverse("deed", args=[deed.pk])


def lead(deed: Deed) -> str:
    """The line under the heading of every act: number, item, quantity and place of the deed."""
    return f"{deed.number} · {deed.version.name} · {how_much(deed)} · {deed.place.name}"


class WithdrawForm(ActForm):
    reason = WordsField(WHY_WITHDRAWN, gettext_lazy("Reason"), rows=3)


class UpholdForm(ActForm):
    reason = WordsField(WHY_UPHELD, gettext_lazy("Reason"), rows=3)


class DisownForm(ActForm):
    reason = WordsField(WHY_DISOWNED, gettext_lazy("Reason"), rows=3)


class ClaimForm(ActForm):
    who = forms.ChoiceField(label=gettext_lazy("For whom?"), widget=forms.RadioSelect)
    role = forms.ChoiceField(
        label=gettext_lazy("In which role?"), choices=DeedParty.Role.choices, initial=DeedParty.Role.CO
    )
    share = forms.DecimalField(
        label=gettext_lazy("Share in per cent (empty: equal parts)"),
        help_text=gettext_lazy("The others keep their proportions of the rest. The deed itself stays one."),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.claimants: dict[str, Any] = {}
        if viewer.is_sitting_member():
            self.claimants["me"] = viewer.person
        self.claimants |= {str(post.body_id): post.body for post in viewer.working_posts}
        who = self.fields["who"]
        who.choices = [(key, _("myself") if key == "me" else claimant.name) for key, claimant in self.claimants.items()]
        who.initial = next(iter(self.claimants), "")

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        return {
            "who": self.claimants[cleaned["who"]],
            "role": cleaned["role"],
            "share": ten_thousandths(cleaned["share"]),
        }


def ten_thousandths(per_cent: Decimal | None) -> int | None:
    """A share as services take it: per cent with two decimals, in ten thousandths; none where none was typed."""
    return None if per_cent is None else int(per_cent * 100)


@page("deed.claim", load=load_deed)
def claim(request: Request, deed: Deed) -> HttpResponse:
    """Claim one more role in a deed that the viewer may see."""
    form = ClaimForm(request.POST or None, viewer=request.viewer)
    return one_act(
        request,
        form,
        deed_claim,
        given={"deed": deed},
        fields=form.service_fields,
        heading=_("Claim a role in it"),
        lead=lead(deed),
        back=back_to(deed),
        done=_("Your role is credited. The deed is still one."),
        submit=_("Claim the role"),
    )


class NumberForm(ClaimForm):
    number = forms.CharField(
        label=gettext_lazy("Receipt number of the deed"),
        help_text=gettext_lazy("Whoever recorded it reads it to you from the receipt or the deed's file."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    field_order = ("act_id", "number", "who", "role", "share")

    def clean_number(self) -> Deed:
        """Twelve random characters: who has the number was told it."""
        deed = Deed.within.filter(number=clean_code(self.cleaned_data["number"])).first()
        if deed is None:
            raise forms.ValidationError(_("There is no deed with this number. Please check each character."))
        return deed


@page("deed.claim")
def claim_by_number(request: Request) -> HttpResponse:
    """Claim a role for a body of another place or tier, by the receipt number that it was told: no file is searched."""
    form = NumberForm(request.POST or None, viewer=request.viewer)
    return one_act(
        request,
        form,
        deed_claim,
        fields=lambda cleaned: {"deed": cleaned["number"], **form.service_fields(cleaned)},
        heading=_("Claim a role by the receipt number"),
        lead=_("We took part in a deed that somebody else recorded. It stays one deed, with one credit more."),
        back=reverse("deeds"),
        done=_("Your role is credited. The deed is still one."),
        submit=_("Claim the role"),
        next_url=lambda receipt: reverse("deed", args=[receipt.result["deed"]]),
    )


def load_instead(request: Request, pk: UUID, other: UUID) -> tuple[Deed, Deed]:
    """The viewer's own record and the other deed of an open pair with it: it looks alike, so they may know of it."""
    mine = load_deed(request, pk)
    pair = Q(earlier=mine, later=other) | Q(earlier=other, later=mine)
    if not open_pairs().filter(pair).exists():
        raise Deed.DoesNotExist
    deeds = Deed.within.select_related("version", "place").prefetch_related(PARTIES)
    return mine, deeds.get(pk=other)


class InsteadForm(ActForm):
    role = ClaimForm.base_fields["role"]
    share = ClaimForm.base_fields["share"]


@page("deed.claim", load=load_instead)
def claim_instead(request: Request, pair: tuple[Deed, Deed]) -> HttpResponse:
    """Both records are one deed: the viewer claims a role in the other one, and their own record is withdrawn."""
    mine, deed = pair
    return one_act(
        request,
        InsteadForm(request.POST or None),
        deed_claim_instead,
        given={
            "deed": deed,
            "mine": mine,
            "reason": _("The same deed is recorded as %(number)s.") % {"number": deed.number},
        },
        fields=lambda cleaned: {"role": cleaned["role"], "share": ten_thousandths(cleaned["share"])},
        heading=_("It is the same: claim a role in it"),
        lead=f"{deed.version.name} · {how_much(deed)} · {deed.place.name} · {'、'.join(party_words(deed))}",
        back=back_to(mine),
        done=_("Your role is credited there; your own record is withdrawn. It was one deed."),
        submit=_("Claim the role"),
        next_url=lambda receipt: reverse("deed", args=[receipt.result["deed"]]),
    )


@page("deed.confirm", load=load_deed)
def confirm(request: Request, deed: Deed) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        deed_confirm,
        given={"deed": deed},
        fields=lambda cleaned: {},
        heading=_("Was it so?"),
        lead=f"{lead(deed)} · {'、'.join(party_words(deed))}",
        back=back_to(deed),
        done=_("Confirmed. Thank you."),
        submit=_("It was so"),
        next_url=lambda receipt: reverse("helping"),
    )


def _by_reason(right: str, form_class: type[ActForm], service: Any, heading: Any, done: Any, submit: Any) -> Any:
    """The page of an act on a deed that asks for nothing but a reason."""

    @page(right, load=load_deed)
    def view(request: Request, deed: Deed) -> HttpResponse:
        return one_act(
            request,
            form_class(request.POST or None),
            service,
            given={"deed": deed},
            heading=heading,
            lead=lead(deed),
            back=back_to(deed),
            done=done,
            submit=submit,
            next_url=lambda receipt: back_to(deed) if Deed.objects.filter(pk=deed.pk).exists() else reverse("deeds"),
        )

    return view


withdraw = _by_reason(
    "deed.correct",
    WithdrawForm,
    deed_withdraw,
    gettext_lazy("Withdraw it"),
    gettext_lazy("Withdrawn. The record and the reason stay, and it counts nowhere."),
    gettext_lazy("Withdraw it"),
)
uphold = _by_reason(
    "deed.correct",
    UpholdForm,
    deed_uphold,
    gettext_lazy("It stands all the same"),
    gettext_lazy("It stands; what you found is in the story."),
    gettext_lazy("It stands all the same"),
)
disown = _by_reason(
    "deed.disown",
    DisownForm,
    deed_disown,
    gettext_lazy("It was not I"),
    gettext_lazy("You are no party of it any more. Whoever recorded it sees why."),
    gettext_lazy("It was not I"),
)


class CorrectForm(ReachedForm):
    reason = WordsField(WHY_CORRECTED, gettext_lazy("What was wrong?"), rows=2)


@page("deed.correct", load=load_deed)
def correct(request: Request, deed: Deed) -> HttpResponse:
    """Correct a deed on any day, also after a report was issued: today's figures follow, the report stays as it is."""
    standing = reached_by(deed)
    household_keys = [household.pk for household in standing.households]
    seen_households = Household.objects.filter(pk__in=household_keys).count()
    seen_people = len(villagers_by([person.pk for person in standing.people]))
    knows_all = seen_households == len(standing.households) and seen_people == len(standing.people)
    initial = {
        "amount": f"{deed.quantity.normalize():f}",
        "unnamed": deed.unnamed or None,
        "place": deed.place,
        "on": deed.on,
        "words": deed.words,
        "households": standing.households,
        "people": standing.people,
    }
    form = CorrectForm(request.POST or None, viewer=request.viewer, version=deed.version, initial=initial, edits=deed)
    if not knows_all:  # who may not see a beneficiary does not change any of them: they stay as they are
        for name in ("households", "people", "unnamed"):
            form.fields.pop(name, None)
    if is_search(request, form):
        return render(request, "assistance/deeds/deed_correct.html", {"form": form, "deed": deed})
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        fields = {name: cleaned[name] for name in ("reason", "on", "place", "amount", "words")}
        if knows_all:
            fields["reached"] = _reached_as_corrected(form, standing)
        receipt = form.attempt(request, deed_correct, deed=deed, **fields)
        if receipt is not None:
            messages.success(request, _("Corrected. What stood before stays readable in the story."))
            return redirect(back_to(deed))
    status = 422 if request.method == "POST" else 200
    return render(request, "assistance/deeds/deed_correct.html", {"form": form, "deed": deed}, status=status)


def _reached_as_corrected(form: CorrectForm, standing: Reached) -> Reached:
    """Whom the deed reached, from the form; where the form does not ask, as it stands."""
    asked = form.reached()
    return Reached(
        households=asked.households if "households" in form.fields else standing.households,
        people=asked.people if "people" in form.fields else standing.people,
        villages=asked.villages or standing.villages,
        unnamed=asked.unnamed if "unnamed" in form.fields else standing.unnamed,
    )


class ProofForm(ActForm):
    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), choices=Evidence.Kind.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=gettext_lazy("Which one (number, day, who signed)"), max_length=200, required=False)
    file = forms.FileField(
        label=gettext_lazy("Scan, PDF or photo (if you have one)"),
        help_text=gettext_lazy("Not of a family's home, and never compulsory."),
        required=False,
    )


@page("deed.prove", load=load_deed)
def prove(request: Request, deed: Deed) -> HttpResponse:
    """Add evidence of one kind; a paper that the family signed is a confirmation too."""
    form = ProofForm(request.POST or None, request.FILES or None, initial={"kind": _first_kind(deed)})
    return one_act(
        request,
        form,
        _storing_the_upload(),
        given={"deed": deed},
        heading=_("Add evidence"),
        lead=lead(deed),
        back=back_to(deed),
        done=_("The evidence is in the file."),
        submit=_("Add it"),
    )


def _first_kind(deed: Deed) -> str:
    wanted = [kind for kind in deed.version.evidence if kind in Evidence.Kind.values]
    return wanted[0] if wanted else Evidence.Kind.CONFIRMATION


def _storing_the_upload() -> Any:
    """`evidence_add` with the upload stored first; an upload whose act is refused is swept away after a day."""

    def service(*, actor: Viewer, deed: Deed, kind: str, words: str, file: Any, act_id: Any) -> Receipt:
        kept: Attachment | None = None
        if file is not None:
            keep = photo_keep if kind == Evidence.Kind.PHOTO else scan_keep
            try:
                kept = keep(actor=actor, upload=file)
            except Refusal as refusal:
                raise Refusal(refusal.code, refusal.message, field="file") from refusal
        return evidence_add(actor=actor, deed=deed, kind=kind, words=words, file=kept, act_id=act_id)

    return service


def load_evidence(request: Request, pk: UUID, file: UUID) -> Attachment:
    """The attachment of one piece of evidence; a kind that names families opens only for who may correct the deed."""
    deed = load_deed(request, pk)
    evidence = deed.evidence.select_related("file").get(file=file)
    if Evidence.Kind(evidence.kind).names_families and not may("deed.correct", request.viewer, deed):
        raise Evidence.DoesNotExist
    return certain(evidence.file)


@page(
    "deed.see",
    load=load_evidence,
    methods=("GET",),
    unaudited="of this sample: a paper that a family signed, on which its identity number may stand",
)
def deed_file(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment, small=request.GET.get("small") == "1")


class CodeForm(ActForm):
    household = forms.ModelChoiceField(
        Household.within.none(), label=gettext_lazy("For which family?"), required=False, widget=forms.RadioSelect
    )


@page("deed.prove", load=load_deed)
def code(request: Request, deed: Deed) -> HttpResponse:
    """A code that the family types or scans, without an account: it reads the act in plain words and says yes or no."""
    shown = request.session.pop(CODE_KEY, None) if request.method == "GET" else None
    form = CodeForm(request.POST or None)
    named = Household.objects.filter(pk__in=deed.beneficiaries.values("household")).select_related("head", "place")
    form.fields["household"].queryset = named
    form.fields["household"].label_from_instance = household_label
    form.fields["household"].empty_label = _("whoever it reached")
    if not named:
        form.fields["household"].widget = forms.HiddenInput()
    if request.method == "POST" and form.is_valid():
        receipt = form.attempt(request, deed_code_issue, deed=deed, household=form.cleaned_data["household"])
        if receipt is not None:
            request.session[CODE_KEY] = {"deed": str(deed.pk), "code": family_code(receipt.pk)}
            return redirect(reverse("deed_code", args=[deed.pk]))
    context: dict[str, Any] = {"form": form, "deed": deed, "lead": lead(deed)}
    if shown and shown["deed"] == str(deed.pk):
        address = address_of("family_code", kwargs={"code": shown["code"]})
        context |= {"code": spaced(shown["code"]), "address": address, "image": qr_image(address)}
        context["typed_at"] = address_of("family_codes")
    status = 422 if request.method == "POST" else 200
    return render(request, "assistance/deeds/deed_code.html", context, status=status)


urlpatterns = [
    path("desk/deeds/claim/", claim_by_number, name="deed_claim_number"),
    path("desk/deeds/<uuid:pk>/claim/", claim, name="deed_claim"),
    path("desk/deeds/<uuid:pk>/instead/<uuid:other>/", claim_instead, name="deed_claim_instead"),
    path("desk/deeds/<uuid:pk>/confirm/", confirm, name="deed_confirm"),
    path("desk/deeds/<uuid:pk>/correct/", correct, name="deed_correct"),
    path("desk/deeds/<uuid:pk>/withdraw/", withdraw, name="deed_withdraw"),
    path("desk/deeds/<uuid:pk>/uphold/", uphold, name="deed_uphold"),
    path("desk/deeds/<uuid:pk>/not-me/", disown, name="deed_disown"),
    path("desk/deeds/<uuid:pk>/prove/", prove, name="deed_prove"),
    path("desk/deeds/<uuid:pk>/code/", code, name="deed_code"),
    path("desk/deeds/<uuid:pk>/files/<uuid:file>/", deed_file, name="deed_file"),
]
