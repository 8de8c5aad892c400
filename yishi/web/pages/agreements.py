"""A matter's agreement: its words, who owes what by when, how each party consented; recorded; handed over."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.attachments.store import scan_keep
from yishi.deliberation.models import Agreement, Consent, Duty, Matter, Party, Sitting
from yishi.deliberation.services.agreements import agreement_hand_over, agreement_record, agreement_take_back
from yishi.deliberation.services.drafts import (
    agreement_change,
    agreement_draft,
    consent_record,
    duty_add,
    duty_change,
    duty_remove,
)
from yishi.kit.errors import Refusal
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.desk_items import DeskItem
from yishi.web.forms import ActForm
from yishi.web.page import page

from .matters import bodies_around, load_matter
from .one_act import one_act
from .studies import area, day_field

S = Agreement.State
SHOWN = 50


def waiting(viewer: Any) -> list[DeskItem]:
    """Agreements of our matters that are recorded and wait for the hand-over."""
    desks = [post.body_id for post in viewer.posts if viewer.holds(post.body_id)]
    rows = Agreement.objects.filter(matter__convener__in=desks, matter__state=Matter.State.OPEN, state=S.RECORDED)
    return [
        DeskItem(
            kind="agreement",
            title=one.matter.title,
            act=_("Hand the agreement over"),
            url=reverse("matter_agreement", args=[one.matter_id]),
            due_on=one.matter.step_due_on,
            body_id=one.matter.convener_id,
            detail=one.number,
        )
        for one in rows.select_related("matter").order_by("recorded_on")[:SHOWN]
    ]


def load_agreement(request: HttpRequest, pk: UUID) -> Agreement:
    rows = Agreement.objects.select_related("matter__place", "matter__process", "matter__convener", "sitting", "scan")
    return rows.get(pk=pk, matter__in=Matter.objects.values("pk"))


def load_duty(request: HttpRequest, pk: UUID) -> Duty:
    rows = Duty.objects.select_related("agreement__matter__place", "bearer", "supervisor")
    return rows.get(pk=pk, agreement__matter__in=Matter.objects.values("pk"))


@page("matter.see", load=load_matter, methods=("GET",))
def matter_agreement(request: HttpRequest, matter: Matter) -> HttpResponse:
    """The agreement as it stands, and its next act."""
    rows = matter.agreements.select_related("sitting", "scan", "written_by").order_by("-written_at")
    agreement = rows.exclude(state=S.DRAFT).first() or rows.first()
    consents = {one.party_id: one for one in agreement.consents.all()} if agreement else {}
    words = {
        "matter": matter,
        "agreement": agreement,
        "duties": list(agreement.duties.select_related("bearer", "supervisor", "commitment", "bearer_person"))
        if agreement
        else [],
        "parties": [(party, consents.get(party.pk)) for party in matter.parties.all()],
        "runs": may("agreement.run", request.viewer, matter),
        "is_draft": agreement is not None and agreement.state == S.DRAFT,
        "is_recorded": agreement is not None and agreement.state == S.RECORDED,
    }
    return render(request, "sitting/agreement.html", words)


class TextsForm(ActForm):
    text = area(gettext_lazy("What was agreed"), rows=8)
    conditions = area(
        gettext_lazy("Under which conditions"),
        rows=3,
        help_text=gettext_lazy("Such as: only if the department supervises the payments."),
    )
    minority = area(
        gettext_lazy("What stayed disputed"),
        rows=3,
        help_text=gettext_lazy("In the words of those who see it otherwise."),
    )


class DraftForm(TextsForm):
    sitting = forms.ModelChoiceField(
        Sitting.within.none(),
        label=gettext_lazy("Of which sitting"),
        required=False,
        empty_label=gettext_lazy("none: people agreed on the way"),
    )
    field_order = ("act_id", "sitting", "text", "conditions", "minority")


@page("agreement.run", load=load_matter)
def agreement_new(request: HttpRequest, matter: Matter) -> HttpResponse:
    """Write the draft."""
    sittings = matter.sittings.exclude(state=Sitting.State.CANCELLED).order_by("-ordinal")
    form = DraftForm(request.POST or None, initial={"sitting": sittings.first()})
    form.fields["sitting"].queryset = sittings
    form.fields["sitting"].label_from_instance = lambda one: f"{one.starts_at:%Y-%m-%d} {one.get_state_display()}"
    return one_act(
        request,
        form,
        agreement_draft,
        given={"matter": matter},
        heading=_("Write down what was agreed"),
        lead=matter.title,
        back=reverse("matter_agreement", args=[matter.pk]),
        done=_("The draft is kept. Now write who owes what by when."),
        submit=_("Keep the draft"),
    )


@page("agreement.run", load=load_agreement)
def agreement_edit(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Change the draft's words."""
    words = {"text": agreement.text, "conditions": agreement.conditions, "minority": agreement.minority}
    return one_act(
        request,
        TextsForm(request.POST or None, initial=words),
        agreement_change,
        given={"agreement": agreement},
        heading=_("Change the draft"),
        lead=agreement.matter.title,
        back=reverse("matter_agreement", args=[agreement.matter_id]),
        done=_("The draft is changed."),
        submit=_("Keep the draft"),
    )


class DutyForm(ActForm):
    act = area(gettext_lazy("What is to be done"), rows=2)
    bearer = forms.ModelChoiceField(
        Body.objects.none(), label=gettext_lazy("Who owes it"), required=False, empty_label="—"
    )
    quantity = forms.DecimalField(
        label=gettext_lazy("How much"), required=False, max_digits=14, decimal_places=3, min_value=0
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), required=False, max_length=16)
    due_on = day_field(gettext_lazy("By when"), required=False)
    proof_expected = forms.CharField(
        label=gettext_lazy("How one sees that it is done"),
        help_text=gettext_lazy("Such as: bank receipt, photo of the repaired canal."),
        required=False,
        max_length=300,
    )
    supervisor = forms.ModelChoiceField(
        Body.objects.none(), label=gettext_lazy("Who supervises"), required=False, empty_label="—"
    )
    conditions = area(gettext_lazy("Under which conditions"), rows=2)

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, **kwargs)
        bodies = bodies_around(matter)
        self.fields["bearer"].queryset = bodies
        self.fields["supervisor"].queryset = bodies


@page("agreement.run", load=load_agreement)
def duty_new(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Add a duty."""
    return one_act(
        request,
        DutyForm(request.POST or None, matter=agreement.matter),
        duty_add,
        given={"agreement": agreement},
        fields=lambda cleaned: {"act": cleaned.pop("act"), **cleaned},
        heading=_("Who owes what by when"),
        lead=agreement.matter.title,
        back=reverse("matter_agreement", args=[agreement.matter_id]),
        done=_("The duty stands in the draft."),
        submit=_("Keep the duty"),
    )


@page("agreement.run", load=load_duty)
def duty_edit(request: HttpRequest, duty: Duty) -> HttpResponse:
    """Change a duty of the draft."""
    names = ("act", "bearer", "quantity", "unit", "due_on", "proof_expected", "supervisor", "conditions")
    form = DutyForm(
        request.POST or None, matter=duty.agreement.matter, initial={name: getattr(duty, name) for name in names}
    )
    return one_act(
        request,
        form,
        duty_change,
        given={"duty": duty},
        heading=_("Change the duty"),
        lead=duty.agreement.matter.title,
        back=reverse("matter_agreement", args=[duty.agreement.matter_id]),
        done=_("The duty is changed."),
        submit=_("Keep the duty"),
    )


@page("agreement.run", load=load_duty, methods=("POST",))
def duty_out(request: HttpRequest, duty: Duty) -> HttpResponse:
    """Take a duty out of the draft."""
    try:
        duty_remove(actor=request.viewer, duty=duty)
        messages.success(request, _("The duty is taken out."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("matter_agreement", pk=duty.agreement.matter_id)


class ConsentForm(ActForm):
    party = forms.ModelChoiceField(
        Party.objects.none(), label=gettext_lazy("Which party"), widget=forms.RadioSelect, empty_label=None
    )
    way = forms.ChoiceField(label=gettext_lazy("How"), choices=Consent.Way.choices, widget=forms.RadioSelect)
    witness = forms.CharField(label=gettext_lazy("Witness (for consent in words)"), required=False, max_length=64)
    condition = forms.CharField(label=gettext_lazy("Their condition, if any"), required=False, max_length=300)


@page("agreement.run", load=load_agreement)
def consent_new(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Record how a party consented."""
    form = ConsentForm(request.POST or None, initial={"party": request.GET.get("party"), "way": Consent.Way.PAPER})
    form.fields["party"].queryset = agreement.matter.parties.all()
    return one_act(
        request,
        form,
        consent_record,
        given={"agreement": agreement},
        heading=_("How a party consented"),
        lead=agreement.matter.title,
        back=reverse("matter_agreement", args=[agreement.matter_id]),
        done=_("The consent is recorded."),
        submit=_("Record it"),
    )


class RecordForm(ActForm):
    recorded_on = day_field(
        gettext_lazy("Signed on (if not today)"),
        required=False,
        help_text=gettext_lazy("An earlier day is marked as recorded afterwards and starts no clock."),
    )
    scan = forms.FileField(label=gettext_lazy("Scan of the signed paper (if you have one)"), required=False)


@page("agreement.run", load=load_agreement)
def agreement_recording(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Record it: each duty becomes a promise in the ledger."""
    form = RecordForm(request.POST or None, request.FILES or None)

    def record(*, scan: Any, **given: Any) -> Any:
        kept = scan_keep(actor=request.viewer, upload=scan) if scan else None
        return agreement_record(scan=kept, **given)

    return one_act(
        request,
        form,
        record,
        given={"agreement": agreement},
        heading=_("Record the agreement"),
        lead=_("From then on its words stand, and each duty is a promise in the ledger."),
        back=reverse("matter_agreement", args=[agreement.matter_id]),
        done=_("Recorded. After the gates it is handed over; then the clocks run."),
        submit=_("Record it"),
    )


class HandOverForm(ActForm):
    on = day_field(gettext_lazy("Handed over on (if not today)"), required=False)


@page("agreement.run", load=load_agreement)
def agreement_handing(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Adopted and handed over: the clocks run."""
    return one_act(
        request,
        HandOverForm(request.POST or None),
        agreement_hand_over,
        given={"agreement": agreement},
        heading=_("Hand the agreement over"),
        lead=_("Everybody who owes something is told; their clocks run from then on."),
        back=reverse("matter_agreement", args=[agreement.matter_id]),
        done=_("Handed over; those who owe something are told."),
        submit=_("Hand it over"),
    )


class BackForm(ActForm):
    reason = area(gettext_lazy("Why?"), rows=3)


@page("agreement.run", load=load_agreement)
def agreement_backing(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """A gate returned it: it is a draft again."""
    return one_act(
        request,
        BackForm(request.POST or None),
        agreement_take_back,
        given={"agreement": agreement},
        heading=_("Take the agreement back"),
        lead=_("It becomes a draft again; its duties that are not in force are dropped."),
        back=reverse("matter_agreement", args=[agreement.matter_id]),
        done=_("It is a draft again."),
        submit=_("Take it back"),
    )


urlpatterns = [
    path("desk/matters/<uuid:pk>/agreement/", matter_agreement, name="matter_agreement"),
    path("desk/matters/<uuid:pk>/agreement/new/", agreement_new, name="agreement_new"),
    path("desk/agreements/<uuid:pk>/change/", agreement_edit, name="agreement_edit"),
    path("desk/agreements/<uuid:pk>/duty/", duty_new, name="duty_new"),
    path("desk/agreements/<uuid:pk>/consent/", consent_new, name="consent_new"),
    path("desk/agreements/<uuid:pk>/record/", agreement_recording, name="agreement_record"),
    path("desk/agreements/<uuid:pk>/hand-over/", agreement_handing, name="agreement_hand_over"),
    path("desk/agreements/<uuid:pk>/take-back/", agreement_backing, name="agreement_take_back"),
    path("desk/duties/<uuid:pk>/", duty_edit, name="duty_edit"),
    path("desk/duties/<uuid:pk>/out/", duty_out, name="duty_out"),
]
