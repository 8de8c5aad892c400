"""The pages of the ways back of a promise: a decision, more time, a meeting with the people that was none."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.commitments import services
from yishi.commitments.models import Commitment, LedgerEvent
from yishi.notices.days import day_said
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.taking_back import BackForm, taking_back

from .commitment_acts import SAYS
from .commitments import load_commitment


class MeetingField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    def label_from_instance(self, meeting: LedgerEvent) -> str:
        return f"{day_said(meeting.on)}　{meeting.text}"


class MeetingBackForm(BackForm):
    meeting = MeetingField(LedgerEvent.objects.none(), label=gettext_lazy("Which meeting?"))
    field_order = ("meeting", "reason")

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any):
        super().__init__(*args, **kwargs)
        met = commitment.events.filter(kind=LedgerEvent.Kind.MET)
        self.fields["meeting"].queryset = met.order_by("at", "pk")


def _what(commitment: Commitment) -> str:
    return f"{commitment.number} · {commitment.act}"


@page("commitment.supervise", load=load_commitment)
def decision_back(request: Request, commitment: Commitment) -> HttpResponse:
    return taking_back(
        request,
        services.commitment_take_back,
        what=_what(commitment),
        heading=_("Take the decision back"),
        lead=_("Nothing begins anew: the promise has the round, due day and delay that it had."),
        back=reverse("commitment", args=[commitment.pk]),
        given={"commitment": commitment},
        done=_("It stands as it stood before, in the same round, with its delay."),
    )


@page("commitment.supervise", load=load_commitment)
def time_back(request: Request, commitment: Commitment) -> HttpResponse:
    return taking_back(
        request,
        services.time_take_back,
        what=_what(commitment),
        heading=_("More time decided on by mistake: take it back"),
        lead=_(
            "The due day is the one that it was before, with its delay; the request waits for its decision again,"
            " and who owes it is told."
        ),
        back=reverse("commitment", args=[commitment.pk]),
        given={"commitment": commitment},
    )


@page(SAYS, load=load_commitment)
def meeting_back(request: Request, commitment: Commitment) -> HttpResponse:
    return taking_back(
        request,
        services.meeting_take_back,
        what=_what(commitment),
        form=MeetingBackForm(request.POST or None, commitment=commitment),
        heading=_("There was no such meeting: take it back"),
        lead=_("It stays in the story as taken back, with the reason; no rate counts it."),
        back=reverse("commitment", args=[commitment.pk]),
        given={"commitment": commitment},
    )


urlpatterns = [
    path("desk/commitments/<uuid:pk>/take-back/", decision_back, name="commitment_take_back"),
    path("desk/commitments/<uuid:pk>/meet/back/", meeting_back, name="commitment_meeting_back"),
    path("desk/commitments/<uuid:pk>/time/back/", time_back, name="commitment_time_back"),
]
