"""The duties of an agreement while it is a draft: who does what by when, proved how, supervised by whom.

A body does it, or a party of the matter that is none, or a household; somebody may answer for it by name.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Agreement, Duty, Matter
from yishi.deliberation.services.agreements import duty_add, duty_change, duty_remove
from yishi.deliberation.services.drafts import ACT, DUTY_CONDITIONS
from yishi.kit.errors import Refusal
from yishi.organisations.models import Body
from yishi.web.deliberation.process.loads import bodies_around
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .agreements import agreement_act, load_agreement


def load_duty(request: Request, pk: UUID) -> Duty:
    duties = Duty.objects.select_related("agreement__matter__place", "agreement__sitting", "bearer", "supervisor")
    return duties.get(pk=pk, agreement__matter__in=Matter.keys())


class DutyForm(ActForm):
    act = WordsField(ACT, gettext_lazy("What is to be done"), rows=2)
    bearer: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Who does it"), required=False, help_text=gettext_lazy("The desk that owes.")
    )
    bearer_party: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None,
        label=gettext_lazy("or a party of the matter"),
        required=False,
        help_text=gettext_lazy("One that is no body, such as the villagers of a group. What it says comes on paper."),
    )
    bearer_household = forms.CharField(
        label=gettext_lazy("or a household"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("As it is called there. In public it is not named."),
    )
    responsible = forms.CharField(
        label=gettext_lazy("Person responsible"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("Who answers for it by name, beside whoever owes."),
    )
    quantity = AmountField(
        label=gettext_lazy("How much"),
        required=False,
        max_digits=14,
        decimal_places=3,
        help_text=gettext_lazy("If it can be counted."),
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), required=False, max_length=16)
    due_on = day_field(gettext_lazy("By when"), required=False)
    proof_expected = forms.CharField(
        label=gettext_lazy("How one will see that it is done"),
        help_text=gettext_lazy("A transfer slip, a photo of the road, a notice on the board…"),
        required=False,
        max_length=300,
    )
    supervisor: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Who supervises"), required=False
    )
    conditions = WordsField(DUTY_CONDITIONS, gettext_lazy("Conditions"), rows=2)
    either = (("bearer", "bearer_party", "bearer_household"),)

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, **kwargs)
        parties = matter.parties.exclude(body=None).values("body")
        bodies = Body.objects.filter(Q(pk__in=bodies_around(matter).values("pk")) | Q(pk__in=parties))
        for name in ("bearer", "supervisor"):
            self.fields[name].queryset = bodies.order_by("-place__lo", "name")
            self.fields[name].empty_label = _("not settled yet")
        named = matter.parties.filter(body=None)
        self.fields["bearer_party"].queryset = named
        self.fields["bearer_party"].empty_label = _("none")
        if not named:
            del self.fields["bearer_party"]


@page("agreement.run", load=load_agreement)
def duty_new(request: Request, agreement: Agreement) -> HttpResponse:
    return agreement_act(
        request,
        agreement,
        DutyForm(request.POST or None, matter=agreement.matter),
        duty_add,
        heading=_("Add a duty"),
        done=_("The duty is in the draft."),
        submit=_("Add the duty"),
    )


@page("agreement.run", load=load_duty)
def duty_editing(request: Request, duty: Duty) -> HttpResponse:
    names = (
        "act",
        "bearer",
        "bearer_party",
        "bearer_household",
        "responsible",
        "quantity",
        "unit",
        "due_on",
        "proof_expected",
        "supervisor",
        "conditions",
    )
    initial = {name: getattr(duty, name) for name in names}
    return agreement_act(
        request,
        duty.agreement,
        DutyForm(request.POST or None, matter=duty.agreement.matter, initial=initial, edits=duty),
        duty_change,
        given={"duty": duty},
        heading=_("Duty %(number)d") % {"number": duty.ordinal},
        done=_("The duty is changed."),
        submit=_("Save"),
    )


@page("agreement.run", load=load_duty, methods=("POST",))
def duty_out(request: Request, duty: Duty) -> HttpResponse:
    """Take a duty out of the draft."""
    form = ActForm(request.POST)
    try:
        duty_remove(
            actor=request.viewer, duty=duty, act_id=form.cleaned_data.get("act_id") if form.is_valid() else None
        )
        messages.success(request, _("The duty is taken out."))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect("matter_agreement", pk=duty.agreement.matter_id)


urlpatterns = [
    path("desk/agreements/<uuid:pk>/duty/", duty_new, name="duty_new"),
    path("desk/duties/<uuid:pk>/", duty_editing, name="duty_edit"),
    path("desk/duties/<uuid:pk>/out/", duty_out, name="duty_out"),
]
