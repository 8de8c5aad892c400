"""Cooperation agreements (合作协议) of a campaign: their parties, and their clauses as promises with clocks."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign, Cooperation
from yishi.assistance.campaign.reads import promises_of
from yishi.assistance.campaign.services.steering import WORDS, clause_add, cooperation_sign, cooperation_take_back
from yishi.commitments.models import Commitment
from yishi.commitments.reads import is_owed
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.kit.fields.body_field import BodyField
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.taking_back import taking_back

from .campaigns import load_campaign
from .steering import InstructionForm

PARTIES = ("first", "second", "third")


def load_cooperation(request: Request, pk: UUID) -> Cooperation:
    return with_parties(Cooperation.objects.all()).get(pk=pk)


def load_kept(request: Request, pk: UUID) -> Cooperation:
    """The same, if it was taken back, too: its page says so."""
    return with_parties(Cooperation.every.all()).get(pk=pk)


def with_parties(cooperations: QuerySet[Cooperation]) -> QuerySet[Cooperation]:
    related = cooperations.select_related("campaign__place", "campaign__owner", "place", "supervisor")
    return related.prefetch_related("parties")


@page("cooperation.see", load=load_kept, methods=("GET",))
def cooperation(request: Request, cooperation: Cooperation) -> HttpResponse:
    promises = promises_of(Commitment.Origin.COOPERATION, [cooperation.pk]).select_related("bearer", "supervisor")
    keeps = cooperation.taken_back_at is None and may("cooperation.keep", request.viewer, cooperation)
    context = {
        "cooperation": cooperation,
        "campaign": cooperation.campaign,
        "promises": promises.order_by("ordinal"),
        "keeps": keeps,
        "may_take_back": keeps and not is_owed(Commitment.Origin.COOPERATION, cooperation.pk),
        "sees_campaign": may("campaign.see", request.viewer, cooperation.campaign),
        "is_over": cooperation.ends_on is not None and cooperation.ends_on < timezone.localdate(),
    }
    return render(request, "assistance/campaign/cooperation.html", context)


class CooperationForm(ActForm):
    title = forms.CharField(label=gettext_lazy("title"), max_length=120)
    first = BodyField(label=gettext_lazy("first party"))
    second = BodyField(label=gettext_lazy("second party"))
    third = BodyField(label=gettext_lazy("third party (if there is one)"), required=False)
    place = PlaceField(label=gettext_lazy("which place it serves"))
    supervisor = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("supervising body"))
    signed_on = day_field(gettext_lazy("signed on"))
    ends_on = day_field(gettext_lazy("last day (if it is known)"), required=False)
    words = WordsField(WORDS, gettext_lazy("what it is about"), rows=3)

    def __init__(self, *args: Any, request: Request, campaign: Campaign, **kwargs: Any):
        super().__init__(*args, **kwargs)
        viewer = request.viewer
        desks = [post.body_id for post in viewer.posts if may("cooperation.write", viewer, campaign, at=post.body)]
        self.fields["supervisor"].queryset = Body.objects.filter(pk__in=desks)
        self.initial.setdefault("supervisor", desks[0] if desks else None)
        self.initial.setdefault("signed_on", timezone.localdate())
        self.fields["place"].limit(campaign.place)


def _fields(cleaned: dict[str, Any]) -> dict[str, Any]:
    """As `cooperation_sign` takes them: the parties as one list."""
    parties = [cleaned.pop(name) for name in PARTIES]
    return {**cleaned, "parties": [party for party in parties if party is not None]}


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
        layout=CENTRED,
    )


class ClauseForm(InstructionForm):
    def __init__(self, *args: Any, cooperation: Cooperation, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["bearer"] = forms.ModelChoiceField(cooperation.parties.all(), label=_("party that does it"))
        self.order_fields(["act_id", "act_text", "bearer", "due_on"])


@page("cooperation.keep", load=load_cooperation)
def clause_new(request: Request, cooperation: Cooperation) -> HttpResponse:
    return one_act(
        request,
        ClauseForm(request.POST or None, cooperation=cooperation),
        clause_add,
        heading=_("Add a clause"),
        lead=cooperation.title,
        back=reverse("cooperation", args=[cooperation.pk]),
        done=_("The clause is in the ledger; its party has been told."),
        submit=_("Put it into the ledger"),
        given={"cooperation": cooperation},
        layout=CENTRED,
    )


@page("cooperation.keep", load=load_cooperation)
def cooperation_back(request: Request, cooperation: Cooperation) -> HttpResponse:
    return taking_back(
        request,
        cooperation_take_back,
        what=cooperation.title,
        heading=_("Entered by mistake: take it back"),
        lead=_("It is listed no more; its page says that it was taken back, and why."),
        back=reverse("cooperation", args=[cooperation.pk]),
        given={"cooperation": cooperation},
    )


urlpatterns = [
    path("desk/campaigns/<uuid:pk>/cooperations/new/", cooperation_new, name="cooperation_new"),
    path("desk/cooperations/<uuid:pk>/", cooperation, name="cooperation"),
    path("desk/cooperations/<uuid:pk>/back/", cooperation_back, name="cooperation_take_back"),
    path("desk/cooperations/<uuid:pk>/clauses/new/", clause_new, name="clause_new"),
]
