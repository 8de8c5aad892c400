"""A need and an offer brought together: proposed, answered, done by a deed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import CatalogueItem
from yishi.assistance.campaign.reads import item_names
from yishi.assistance.deeds.reads import open_items
from yishi.assistance.deeds.services.deeds import deed_record
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.assistance.pairing.models import Match, Need, Offer, OfferDelivery
from yishi.assistance.pairing.services.matches import (
    WHY_DECLINED,
    WHY_ENDED,
    match_answer,
    match_end,
    match_propose,
    need_take,
)
from yishi.assistance.pairing.services.needs import WORDS
from yishi.assistance.register.models import Household
from yishi.commitments.models import Commitment
from yishi.kit.records import filled
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .delivery_sections import with_rights

SOON = timedelta(days=30)


def load_pair(request: Request, pk: UUID, offer: UUID) -> tuple[Need, Offer]:
    """A need that the viewer reaches or that is shared, and an offer that the viewer reaches."""
    offered = Offer.objects.select_related("place", "person", "body", "desk").get(pk=offer)
    needs = Need.within.select_related("place", "household__head", "household__place", "desk")
    reached = Need.objects.filter(pk=pk).values("pk")
    return needs.get(Q(pk__in=reached) | Q(is_shared=True), pk=pk), offered


class ProposeForm(ActForm):
    quantity = AmountField(
        label=gettext_lazy("quantity"),
        required=False,
        max_digits=12,
        decimal_places=3,
        min_value=0,
        help_text=gettext_lazy("Empty: as much as is lacking and as can be given."),
    )
    due_on = day_field(gettext_lazy("by when"))


@page("match.propose", load=load_pair)
def propose_match(request: Request, pair: tuple[Need, Offer]) -> HttpResponse:
    need, offer = pair
    day = need.wanted_by or timezone.localdate() + SOON
    form = ProposeForm(request.POST or None, initial={"due_on": max(day, timezone.localdate())})
    if need.quantity is None and offer.quantity is None:
        del form.fields["quantity"]
    is_ours = may("need.keep", request.viewer, need)
    return one_act(
        request,
        form,
        match_propose,
        heading=_("Bring these two together"),
        lead=f"{need.words} ⇄ {offer.words}（{offer.giver.name}）",
        back=reverse("need", args=[need.pk]) if is_ours else reverse("offer", args=[offer.pk]),
        done=_("It is proposed: the other side is asked."),
        submit=_("Propose it"),
        given={"need": need, "offer": offer},
        next_url=lambda receipt: reverse("match", args=[receipt.result["match"]]),
    )


def load_wanted(request: Request, pk: UUID) -> Need:
    """A need that the viewer reaches or that is shared; whose it is, is not said here."""
    needs = Need.within.select_related("place", "household__head", "household__place", "desk")
    reached = Need.objects.filter(pk=pk).values("pk")
    return needs.get(Q(pk__in=reached) | Q(is_shared=True), pk=pk)


class TakeForm(ProposeForm):
    words = WordsField(WORDS, gettext_lazy("what I can give"), rows=2)
    body = forms.ModelChoiceField(
        Body.objects.none(),
        label=gettext_lazy("who offers it"),
        required=False,
        empty_label=gettext_lazy("I myself"),
    )
    field_order = ("words", "body", "quantity", "due_on")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        desks = Body.objects.filter(pk__in=viewer.desks)
        if desks:
            self.fields["body"].queryset = desks
            if not viewer.memberships:
                self.initial.setdefault("body", desks[0])
        else:
            del self.fields["body"]


@page("need.take", load=load_wanted)
def take_need(request: Request, need: Need) -> HttpResponse:
    """I can help: one form makes the offer and proposes it for this need."""
    day = max(need.wanted_by or timezone.localdate() + SOON, timezone.localdate())
    form = TakeForm(request.POST or None, viewer=request.viewer, initial={"due_on": day, "words": need.words})
    if need.quantity is None:
        del form.fields["quantity"]
    return one_act(
        request,
        form,
        need_take,
        heading=_("I can help"),
        lead=f"{need.words}（{need.place.full_name}）",
        back=reverse("needs_shared"),
        done=_("Thank you. It is proposed: the desk of the need is asked."),
        submit=_("I can help"),
        given={"need": need},
        next_url=lambda receipt: reverse("match", args=[receipt.result["match"]]),
    )


def load_match(request: Request, pk: UUID) -> Match:
    return Match.objects.select_related(
        "need__place",
        "need__household__head",
        "need__household__place",
        "need__desk",
        "offer__place",
        "offer__person",
        "offer__body",
        "offer__desk",
        "commitment",
        "deed",
    ).get(pk=pk)


@page("match.see", load=load_match, methods=("GET",))
def match(request: Request, match: Match) -> HttpResponse:
    """What is asked, what is given, where it stands. The giver learns whose it is when they have said yes."""
    viewer = request.viewer
    keeps = may("match.keep", viewer, match)
    context = {
        "match": match,
        "is_ours": Need.objects.filter(pk=match.need_id).exists(),
        "sees_offer": Offer.objects.filter(pk=match.offer_id).exists(),
        "household": match.need.household if _knows_whose(match) else None,
        "sees_promise": Commitment.objects.filter(pk__in=filled([match.commitment_id])).exists(),
        "may_answer": match.state == Match.State.PROPOSED and may("match.answer", viewer, match),
        "may_end": match.state in Match.LIVE and keeps,
        "may_deliver": match.state == Match.State.ACCEPTED and keeps,
        "deliveries": with_rights(
            viewer, OfferDelivery.every.filter(match=match).select_related("offer", "match__need", "match__offer")
        ),
        "may_record": match.state == Match.State.ACCEPTED and keeps and may("deed.record", viewer),
    }
    return render(request, "assistance/pairing/match.html", context)


def _knows_whose(match: Match) -> bool:
    """May the page say whose need it is? A giver who has promised must know; before, only who sees the family."""
    if match.need.household_id is None:
        return False
    if match.state in (Match.State.ACCEPTED, *Match.KEPT):
        return True
    return Household.objects.filter(pk=match.need.household_id).exists()


class AnswerForm(ActForm):
    accepted = forms.TypedChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[("1", gettext_lazy("yes, it is promised")), ("0", gettext_lazy("no"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    reason = WordsField(WHY_DECLINED, gettext_lazy("reason, if not"), when=("accepted", False))


@page("match.answer", load=load_match)
def answer_match(request: Request, match: Match) -> HttpResponse:
    return one_act(
        request,
        AnswerForm(request.POST or None),
        match_answer,
        heading=_("Say yes or no"),
        lead=_("Yes makes it a promise with a date; its deed closes both."),
        back=reverse("match", args=[match.pk]),
        done=_("Your answer is stored."),
        submit=_("Answer"),
        given={"match": match},
    )


class EndForm(ActForm):
    reason = WordsField(WHY_ENDED, gettext_lazy("reason"))


@page("match.keep", load=load_match)
def end_match(request: Request, match: Match) -> HttpResponse:
    return one_act(
        request,
        EndForm(request.POST or None),
        match_end,
        heading=_("It comes to nothing"),
        lead=_("The need is open again; the promise is closed without being done."),
        back=reverse("match", args=[match.pk]),
        done=_("It has ended; the need is open again."),
        submit=_("End it"),
        given={"match": match},
    )


class DeedForm(ActForm):
    item = forms.ModelChoiceField(CatalogueItem.objects.none(), label=gettext_lazy("what it counts as"))
    amount = AmountField(label=gettext_lazy("how much"), max_digits=12, decimal_places=3, min_value=0)
    on = day_field(gettext_lazy("done on"))
    words = forms.CharField(label=gettext_lazy("in a sentence"), max_length=300, required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        items = open_items(viewer).select_related("campaign").prefetch_related("versions")
        names = item_names(items.order_by("-campaign__starts_on", "ordinal"))
        self.fields["item"].queryset = items
        self.fields["item"].choices = [("", ""), *names.items()]


@page("match.keep", load=load_match)
def record_deed(request: Request, match: Match) -> HttpResponse:
    """It is done: the deed is recorded once, closes need and offer, and proves the promise."""
    form = DeedForm(
        request.POST or None,
        viewer=request.viewer,
        initial={"on": timezone.localdate(), "amount": match.quantity or Decimal(1), "words": match.offer.words},
    )
    home = match.need.household
    reached = Reached(households=[home], people=[home.head]) if home else Reached(villages=[match.need.place])

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        return {
            **cleaned,
            "place": match.need.place,
            "parties": [Part(match.offer.giver)],
            "reached": reached,
            "match": match,
        }

    return one_act(
        request,
        form,
        deed_record,
        heading=_("It is done: record the deed"),
        lead=f"{match.need.words} ⇄ {match.offer.words}",
        back=reverse("match", args=[match.pk]),
        done=_("The deed is recorded once; the need and the offer are closed with it."),
        submit=_("Record the deed"),
        fields=fields,
    )


urlpatterns = [
    path("desk/needs/<uuid:pk>/take/", take_need, name="need_take"),
    path("desk/needs/<uuid:pk>/with/<uuid:offer>/", propose_match, name="match_propose"),
    path("desk/matches/<uuid:pk>/", match, name="match"),
    path("desk/matches/<uuid:pk>/answer/", answer_match, name="match_answer"),
    path("desk/matches/<uuid:pk>/end/", end_match, name="match_end"),
    path("desk/matches/<uuid:pk>/deed/", record_deed, name="match_deed"),
]
