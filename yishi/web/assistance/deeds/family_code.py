"""What a family sees by its code, without an account: the deed in plain words, and two buttons."""

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.deeds.models import Deed, DeedCode
from yishi.assistance.deeds.services.family import answer_again_until, deed_answer, deed_code_find
from yishi.kit.ids import clean_code
from yishi.kit.names import masked_name
from yishi.kit.records import certain
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .deed_words import how_much


class TypedForm(Form):
    code = forms.CharField(
        label=gettext_lazy("Code on your slip"),
        help_text=gettext_lazy("Ten letters and digits, such as K7M4-2QX-D9R. Small letters and blanks do not matter."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        typed = clean_code(self.cleaned_data["code"])
        if deed_code_find(typed) is None:
            raise forms.ValidationError(
                _("There is no such code. Please check each letter, or ask whoever gave it to you for another one.")
            )
        return typed


@page("public", face="public")
def family_codes(request: Request) -> HttpResponse:
    """Where a family types the code that it cannot scan. A code has 50 random bits: nobody guesses one."""
    form = TypedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("family_code", code=form.cleaned_data["code"])
    return render(
        request, "assistance/deeds/family_codes.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


class AnswerForm(ActForm):
    answer = forms.ChoiceField(choices=(("yes", "yes"), ("no", "no")))


@page("public", face="public")
def family_code(request: Request, code: str) -> HttpResponse:
    """The deed only: no family's name, no other family, nothing that the code's holder does not know already."""
    deed_code = deed_code_find(code)
    if deed_code is None:
        raise Http404
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        receipt = form.attempt(request, deed_answer, code=deed_code, said_yes=form.cleaned_data["answer"] == "yes")
        if receipt is not None:
            return redirect("family_code", code=clean_code(code))
    deed = deed_code.deed
    context: dict[str, Any] = {
        "code": deed_code,
        "deed": deed,
        "much": how_much(deed),
        "who": _who(deed),
        "form": form,
        "stands": deed.state == Deed.State.COUNTED,
        "again_until": _again_until(deed_code),
    }
    return render(request, "assistance/deeds/family_code.html", context, status=422 if form.errors else 200)


def _again_until(code: DeedCode) -> date | None:
    until = answer_again_until(code)
    return until if until is not None and timezone.localdate() <= until else None


def _who(deed: Deed) -> list[str]:
    """The parties: bodies by name, people with masked names; the family knows who came."""
    parties = deed.parties.select_related("body", "person").order_by("pk")
    return [party.body.name if party.body else masked_name(certain(party.person).name) for party in parties]


urlpatterns = [
    path("d/", family_codes, name="family_codes"),
    path("d/<slug:code>/", family_code, name="family_code"),
]
