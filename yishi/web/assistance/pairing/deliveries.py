"""Written down that something was delivered which no item of a catalogue takes; its photos and scans."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.pairing.models import Match, Offer, OfferDelivery
from yishi.assistance.pairing.models.needs import left_of
from yishi.assistance.pairing.services.deliveries import GIVEN, delivery_take_back, match_deliver, offer_deliver
from yishi.assistance.pairing.services.matches import taken
from yishi.attachments.models import Attachment
from yishi.notices.days import day_said
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.page import page
from yishi.web.kit.proof_files import ProofFiles, one_proved_act
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream
from yishi.web.kit.taking_back import taking_back

from .matches import load_match
from .offers import load_offer

KEPT = gettext_lazy("The offer stands as before; the words stay with the reason.")


class DeliveryForm(ProofFiles):
    words = WordsField(
        GIVEN,
        gettext_lazy("What was given to whom, and how does one see it?"),
        rows=4,
        help_text=gettext_lazy("It is listed with its proof. It counts as no item and in no figure of the campaign."),
    )
    on = day_field(gettext_lazy("delivered on"))
    quantity = AmountField(label=gettext_lazy("quantity"), required=False, max_digits=12, decimal_places=3, min_value=0)

    field_order = ("words", "on", "quantity")


def _form(request: Request, quantity: Any, words: str) -> DeliveryForm:
    initial = {"on": timezone.localdate(), "words": words, "quantity": quantity}
    form = DeliveryForm(request.POST or None, request.FILES or None, initial=initial)
    if quantity is None:
        del form.fields["quantity"]
    return form


@page("match.keep", load=load_match)
def deliver_match(request: Request, match: Match) -> HttpResponse:
    """The help was given, and no item takes it: need and offer close, the promise waits for its check."""
    return one_proved_act(
        request,
        _form(request, match.quantity, match.offer.words),
        match_deliver,
        given={"match": match},
        heading=_("Delivered, and no item fits"),
        lead=f"{match.need.words} ⇄ {match.offer.words}",
        back=reverse("match", args=[match.pk]),
        done=_("It is delivered: need and offer are closed, the proof waits for its check."),
        submit=_("It is delivered"),
    )


@page("offer.keep", load=load_offer)
def deliver_offer(request: Request, offer: Offer) -> HttpResponse:
    """It was given, though nobody had written down a need."""
    return one_proved_act(
        request,
        _form(request, left_of(offer.quantity, taken(offer)), offer.words),
        offer_deliver,
        given={"offer": offer},
        heading=_("Delivered, and no item fits"),
        lead=offer.words,
        back=reverse("offer", args=[offer.pk]),
        done=_("It is written down as delivered."),
        submit=_("It is delivered"),
    )


def load_delivery(request: Request, pk: UUID) -> OfferDelivery:
    return OfferDelivery.objects.select_related("offer__place", "match__need", "match__offer").get(pk=pk)


@page("delivery.take_back", load=load_delivery)
def delivery_back(request: Request, delivery: OfferDelivery) -> HttpResponse:
    match = delivery.match
    return taking_back(
        request,
        delivery_take_back,
        what=f"{day_said(delivery.on)} · {delivery.words}",
        heading=_("It was not given so: take it back"),
        lead=_("Need, offer and promise stand as before; the words stay with the reason.") if match else KEPT,
        back=reverse("match", args=[match.pk]) if match else reverse("offer", args=[delivery.offer_id]),
        given={"delivery": delivery},
    )


def load_file(request: Request, pk: UUID, file: UUID) -> Attachment:
    return OfferDelivery.every.get(pk=pk).files.get(pk=file)


@page("offer.see", load=load_file, methods=("GET",))
def delivery_file(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment, small=request.GET.get("small") == "1")


urlpatterns = [
    path("desk/matches/<uuid:pk>/delivered/", deliver_match, name="match_deliver"),
    path("desk/offers/<uuid:pk>/delivered/", deliver_offer, name="offer_deliver"),
    path("desk/deliveries/<uuid:pk>/back/", delivery_back, name="delivery_take_back"),
    path("desk/deliveries/<uuid:pk>/files/<uuid:file>/", delivery_file, name="delivery_file"),
]
