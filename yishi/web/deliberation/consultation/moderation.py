"""Moderation of a consultation's statements: admitted or not, with a reason; appeals, answered by a second person."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Consultation, ConsultationStatement
from yishi.deliberation.services.consultation_statements import (
    ANSWER,
    appeal_decide,
    consultation_statement_remove,
    statement_decide,
)
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .consultations import consultation_act


def load_statement(request: Request, pk: UUID) -> ConsultationStatement:
    statements = ConsultationStatement.objects.select_related(
        "consultation__matter__place", "consultation__matter__convener"
    )
    return statements.get(pk=pk, consultation__in=Consultation.keys())


class DecideForm(ActForm):
    admit = forms.TypedChoiceField(
        label=gettext_lazy("What do you decide?"),
        choices=[("yes", gettext_lazy("Admit it")), ("no", gettext_lazy("Do not admit it"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why not?"),
        choices=[("", "—"), *ConsultationStatement.Reason.choices],
        required=False,
    )
    words_why = forms.CharField(
        label=gettext_lazy("In your words, for who wrote it and for everybody"), required=False, max_length=200
    )


class AppealForm(ActForm):
    uphold = forms.TypedChoiceField(
        label=gettext_lazy("What do you decide?"),
        choices=[("yes", gettext_lazy("Admit it after all")), ("no", gettext_lazy("It stays out"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = WordsField(ANSWER, gettext_lazy("The answer, which everybody reads"), rows=3)


@page("consultation.run", load=load_statement)
def consultation_statement_out(request: Request, statement: ConsultationStatement) -> HttpResponse:
    """Nobody has seen it yet: it goes without a trace in the log."""
    return consultation_act(
        request,
        statement.consultation,
        ActForm(request.POST or None),
        consultation_statement_remove,
        heading=_("Take the statement out"),
        lead=f"{statement.number}. {statement.text}",
        given={"statement": statement},
        done=_("Taken out."),
        submit=_("Take the statement out"),
    )


@page("consultation.moderate", load=load_statement)
def consultation_decide(request: Request, statement: ConsultationStatement) -> HttpResponse:
    return consultation_act(
        request,
        statement.consultation,
        DecideForm(request.POST or None, initial={"admit": request.GET.get("admit", "")}),
        statement_decide,
        heading=_("Moderate a statement"),
        lead=f"{statement.number}. {statement.text}",
        given={"statement": statement},
        done=_("Decided. It stands in the public log."),
        submit=_("Record the decision"),
    )


@page("consultation.moderate", load=load_statement)
def consultation_appeal(request: Request, statement: ConsultationStatement) -> HttpResponse:
    return consultation_act(
        request,
        statement.consultation,
        AppealForm(request.POST or None),
        appeal_decide,
        heading=_("Answer an appeal"),
        lead=_("%(statement)s — refused: %(reason)s %(words)s — appeal: %(appeal)s")
        % {
            "statement": f"{statement.number}. {statement.text}",
            "reason": statement.get_reason_display(),
            "words": statement.words,
            "appeal": statement.appeal,
        },
        given={"statement": statement},
        done=_("Answered. It stands in the public log."),
        submit=_("Answer"),
    )


urlpatterns = [
    path("desk/consultation-statements/<uuid:pk>/out/", consultation_statement_out, name="consultation_statement_out"),
    path("desk/consultation-statements/<uuid:pk>/decide/", consultation_decide, name="consultation_decide"),
    path("desk/consultation-statements/<uuid:pk>/appeal/", consultation_appeal, name="consultation_appeal"),
]
