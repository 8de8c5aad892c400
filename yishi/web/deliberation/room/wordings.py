"""Wording a statement in the room: worded otherwise, merged into another one, and that taken back."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Statement
from yishi.deliberation.services.stances import TEXT
from yishi.deliberation.services.wordings import statement_merge, statement_reword, statement_unmerge
from yishi.journal.models import Receipt
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.taking_back import taking_back

from .loads import load_statement
from .tap import act_in_room


class RewordForm(ActForm):
    text = WordsField(TEXT, gettext_lazy("The new wording"), rows=2)
    spelling = forms.BooleanField(
        label=gettext_lazy("Only its spelling changed: the stances stay"),
        required=False,
    )


def reword_form(statement: Statement, **given: Any) -> RewordForm:
    """The form that words a statement otherwise, filled with what stands."""
    return RewordForm(initial={"text": statement.text}, edits=statement, **given)


def _reworded(statement: Statement) -> Any:
    def said(receipt: Receipt) -> str:
        if receipt.result["edition"] == statement.edition:
            return _("The spelling is corrected; the stances stay.")
        return _("The new wording stands; everybody says anew where they stand. What was said before is kept.")

    return said


@page("sitting.run", load=load_statement)
def statement_rewording(request: Request, statement: Statement) -> HttpResponse:
    form = RewordForm(request.POST or None, initial={"text": statement.text}, edits=statement)
    return act_in_room(
        request,
        form,
        statement_reword,
        heading=_("Word it otherwise"),
        lead=_("Everybody then says anew where they stand; what was said on the wording before is kept with it."),
        back=reverse("sitting_room", args=[statement.sitting_id]),
        given={"statement": statement},
        done=_reworded(statement),
        submit=_("Put the new wording to the room"),
    )


class MergeForm(ActForm):
    into: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Into which statement"), empty_label=gettext_lazy("choose")
    )

    def __init__(self, *args: Any, statement: Statement, **kwargs: Any):
        super().__init__(*args, **kwargs)
        others = statement.sitting.statements.filter(withdrawn_at__isnull=True, merged_into__isnull=True)
        self.fields["into"].queryset = others.exclude(pk=statement.pk)
        self.fields["into"].label_from_instance = lambda row: f"{row.ordinal}. {row.text}"


@page("sitting.run", load=load_statement)
def statement_merging(request: Request, statement: Statement) -> HttpResponse:
    return act_in_room(
        request,
        MergeForm(request.POST or None, statement=statement),
        statement_merge,
        heading=_("Merge into another statement"),
        lead=statement.text,
        back=reverse("sitting_room", args=[statement.sitting_id]),
        given={"statement": statement},
        done=_("It is merged: both keep what was said on them, and it points to the other one."),
        submit=_("Merge them"),
    )


@page("sitting.run", load=load_statement)
def statement_unmerging(request: Request, statement: Statement) -> HttpResponse:
    return taking_back(
        request,
        statement_unmerge,
        heading=_("Merged by mistake: take it apart again"),
        what=statement.text,
        lead=_("Stances are taken on it by itself again, as they stood."),
        back=reverse("sitting_room", args=[statement.sitting_id]),
        given={"statement": statement},
        done=_("The statement stands by itself again."),
    )


urlpatterns = [
    path("desk/statements/<uuid:pk>/reword/", statement_rewording, name="statement_reword"),
    path("desk/statements/<uuid:pk>/merge/", statement_merging, name="statement_merge"),
    path("desk/statements/<uuid:pk>/take-apart/", statement_unmerging, name="statement_unmerge"),
]
