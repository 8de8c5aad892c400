"""Conditions on the secretary's screen: each other party is asked and accepts it, all of them with one tap."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from yishi.deliberation.models import Party, Statement
from yishi.deliberation.services.conditions import condition_answer
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .loads import load_statement
from .tap import one_tap


def answers_sent(statement: Statement, request: Request) -> dict[str, Any]:
    """Who accepts and who does not any more, by what was ticked beside what the screen showed (`was`)."""
    parties: dict[str, Party] = {str(party.pk): party for party in statement.sitting.matter.parties.all()}
    shown = set(request.POST.getlist("was"))
    asked = set(request.POST.getlist("asked"))
    ticked = asked if request.POST.get("everybody") else set(request.POST.getlist("accepts"))
    accepts = [party for key, party in parties.items() if key in ticked - shown]
    refuses = [party for key, party in parties.items() if key in (shown & asked) - ticked]
    return {"accepts": accepts, "refuses": refuses, "condition": request.POST.get("condition", "")}


@page("sitting.run", load=load_statement, methods=("POST",))
def condition_answering(request: Request, statement: Statement) -> HttpResponse:
    """The answers of the other parties to one condition."""
    sent = answers_sent(statement, request)
    done = _("The answers of the parties are recorded.")
    return one_tap(request, statement.sitting_id, condition_answer, done, statement=statement, **sent)


urlpatterns = [
    path("desk/statements/<uuid:pk>/conditions/", condition_answering, name="condition_answer"),
]
