"""Cooperation agreements (合作协议) of a campaign: their parties, and their clauses as promises with clocks."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign, Cooperation
from yishi.assistance.campaign.services.steering import clause_add, cooperation_sign
from yishi.commitments.models import Commitment
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.kit.body_field import BodyField
from yishi.web.kit.fields import area, day_field
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.place_field import PlaceField
from yishi.web.kit.request import Request

from .campaigns import load_campaign
from .steering import InstructionForm, promises_of

PARTIES = ("first", "second", "third")


def load_cooperation(request: Request, pk: UUID) -> Cooperation:
    rows = Cooperation.objects.select_related("campaign__place", "campaign__owner", "place", "supervisor")
    return rows.prefetch_related("parties").get(pk=pk)


@page("cooperation.see", load=load_cooperation, methods=("GET",))
def cooperation(request: Request, one: Cooperation) -> HttpResponse:
    rows = promises_of(Commitment.Origin.COOPERATION, [one.pk]).select_related("bearer", "supervisor")
    words = {
        "cooperation": one,
        "campaign": one.campaign,
        "promises": rows.order_by("ordinal"),
        "keeps": may("cooperation.keep", request.viewer, one),
        "sees_campaign": may("campaign.see", request.viewer, one.campaign),
        "is_over": one.ends_on is not None and one.ends_on < timezone.localdate(),
    }
    return render(request, "assistance/campaign/cooperation.html", words)


class CooperationForm(ActForm):
    title = forms.CharField(label=gettext_lazy("title"), max_length=120)
    first = BodyField(label=gettext_lazy("first party"))
    second = BodyField(label=gettext_lazy("second party"))
    third = BodyField(label=gettext_lazy("third party (if there is one)"), required=False)
    place = PlaceField(label=gettext_lazy("which place it serves"))
    supervisor = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("supervising body"))
    signed_on = day_field(gettext_lazy("signed on"))
    ends_on = day_field(gettext_lazy("last day (if it is known)"), required=False)
    words = area(gettext_lazy("what it is about"), rows=3, max_length=500)

    def __init__(self, *args: Any, request: Request, campaign: Campaign, **kwargs: Any):
        super().__init__(*args, **kwargs)
        desks = [post.body_id for post in request.viewer.posts if request.viewer.holds(post.body_id)]
        self.fields["supervisor"].queryset = Body.objects.filter(pk__in=desks)
        self.initial.setdefault("supervisor", desks[0] if desks else None)
        self.initial.setdefault("signed_on", timezone.localdate())
        self.fields["place"].limit(campaign.place)


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    parties = [given.pop(name) for name in PARTIES]
    return {**given, "parties": [one for one in parties if one is not None]}


@page("cooperation.write", load=load_campaign)
def cooperation_new(request: Request, campaign: Campaign) -> HttpResponse:
    return one_act(
        request,
        CooperationForm(request.POST or None, request=request, campaign=campaign),
        cooperation_sign,
        heading=_("Set down a cooperation agreement"),
        lead=_("For example of a college and a county. Each clause becomes a promise with a date."),
        back=reverse("steering", args=[campaign.pk]),
        done=_("The agreement is set down. Add its clauses."),
        submit=_("Set it down"),
        given={"campaign": campaign},
        fields=_fields,
        next_url=lambda receipt: reverse("cooperation", args=[receipt.result["cooperation"]]),
        template="kit/register_act.html",
    )


class ClauseForm(InstructionForm):
    def __init__(self, *args: Any, cooperation: Cooperation, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["bearer"] = forms.ModelChoiceField(cooperation.parties.all(), label=_("party that does it"))
        self.order_fields(["act_id", "act_text", "bearer", "due_on"])


@page("cooperation.keep", load=load_cooperation)
def clause_new(request: Request, one: Cooperation) -> HttpResponse:
    return one_act(
        request,
        ClauseForm(request.POST or None, cooperation=one),
        clause_add,
        heading=_("Add a clause"),
        lead=one.title,
        back=reverse("cooperation", args=[one.pk]),
        done=_("The clause is in the ledger; its party has been told."),
        submit=_("Put it into the ledger"),
        given={"cooperation": one},
        template="kit/register_act.html",
    )


urlpatterns = [
    path("desk/campaigns/<uuid:pk>/cooperations/new/", cooperation_new, name="cooperation_new"),
    path("desk/cooperations/<uuid:pk>/", cooperation, name="cooperation"),
    path("desk/cooperations/<uuid:pk>/clauses/new/", clause_new, name="clause_new"),
]
