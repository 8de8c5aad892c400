"""The members of one household: who joins, who leaves, whose record is corrected; an identity number in full."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.register import codes, fields
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.register.services.members import Look, identity_reveal
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .household_change import LeaveForm, back_to, change_page, heading_of, load_household, load_member
from .register_forms import (
    AskedField,
    ChangeForm,
    Group,
    RegisterForm,
    person_fields,
    person_of,
)


class JoinForm(ChangeForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        asked = fields.Field("why", gettext_lazy("why they join"), "code", "member_join")
        self.fields["why"] = AskedField(asked, required=True)
        self.names = person_fields(self)

    def groups(self) -> list[Group]:
        return [Group(self, "", ["why", *self.names]), self.about()]


@page("household.edit", load=load_household)
def member_new(request: Request, household: Household) -> HttpResponse:
    return change_page(
        request,
        JoinForm(request.POST or None),
        "join",
        lambda cleaned: {"member": person_of(cleaned), "reason": cleaned["why"]},
        heading=heading_of(_("Somebody joins"), household),
        back=back_to(household),
        household=household,
    )


@page("household.correct", load=load_member)
def member_end(request: Request, member: HouseholdMember) -> HttpResponse:
    household = member.household
    return change_page(
        request,
        LeaveForm(request.POST or None),
        "leave",
        lambda cleaned: {"member": str(member.pk), "reason": cleaned["why"]},
        heading=_("%(name)s leaves the household") % {"name": member.person.name},
        back=back_to(household),
        household=household,
    )


class MemberForm(ChangeForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.names = person_fields(self)
        self.fields["identity"].help_text = gettext_lazy("Empty: it stays as it is.")
        self.fields["number"] = AskedField(fields.MEMBER[1])
        del self.fields["effective_on"]

    ABOUT = ("reason",)

    def clean(self) -> dict[str, Any]:
        return {**super().clean(), "effective_on": None}

    def groups(self) -> list[Group]:
        return [Group(self, "", [*self.names, "number", "reason"])]


@page("household.correct", load=load_member)
def member_edit(request: Request, member: HouseholdMember) -> HttpResponse:
    household, resident = member.household, getattr(member.person, "resident", None)
    initial = {field.name: getattr(resident, field.name) for field in fields.PERSON} if resident else {}
    initial |= {
        "name": member.person.name,
        "phone": member.person.phone,
        "relation": member.relation,
        "number": member.number,
        "identity_kind": getattr(resident, "identity_kind", "") or "id_card",
    }
    form = MemberForm(request.POST or None, initial=initial, edits=member)
    names = ("name", "phone", "relation", "number", *(field.name for field in fields.PERSON))
    if member.relation == "head":
        del form.fields["relation"]
        names = tuple(name for name in names if name != "relation")

    def asked(cleaned: dict[str, Any]) -> dict[str, Any]:
        values = {name: cleaned[name] for name in names}
        if cleaned["identity"]:
            values |= {"identity": cleaned["identity"], "identity_kind": cleaned["identity_kind"]}
        return {"member": str(member.pk), "values": values}

    heading = _("Correct the record of %(name)s") % {"name": member.person.name}
    return change_page(request, form, "member", asked, heading=heading, back=back_to(household), household=household)


class LookForm(RegisterForm):
    why = forms.ChoiceField(
        label=gettext_lazy("why you need the number in full"), choices=Look.choices, widget=forms.RadioSelect
    )


@page("identity.open", load=load_member)
def identity_open(request: Request, member: HouseholdMember) -> HttpResponse:
    """The identity number in full on the answer to a POST: no address leads to it, nothing keeps it."""
    form = LookForm(request.POST or None)
    context = {"member": member, "form": form, "back": back_to(member.household), "number": ""}
    if request.method == "POST" and form.is_valid():
        receipt = form.attempt(request, identity_reveal, member=member, reason=form.cleaned_data["why"])
        if receipt is not None:
            resident = member.person.resident
            context |= {
                "number": receipt.number_in_clear,
                "kind": codes.label("identity_kind", resident.identity_kind),
            }
            response = render(request, "assistance/register/identity.html", context)
            response.headers["Cache-Control"] = "no-store"
            return response
    return render(
        request, "assistance/register/identity.html", context, status=422 if request.method == "POST" else 200
    )


urlpatterns = [
    path("desk/households/<uuid:pk>/join/", member_new, name="member_join"),
    path("desk/households/members/<uuid:pk>/change/", member_edit, name="household_member_change"),
    path("desk/households/members/<uuid:pk>/leave/", member_end, name="household_member_leave"),
    path("desk/households/members/<uuid:pk>/identity/", identity_open, name="identity_open"),
]
