"""Offers (委员所能): what members, bodies and friends can give, offered in under a minute; idle ones with their age."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.pairing.models import (
    HelpKind,
    Match,
    Need,
    Offer,
    OfferDelivery,
)
from yishi.assistance.pairing.services.matches import idle_offers, needs_for
from yishi.assistance.pairing.services.needs import WHY_WITHDRAWN, WORDS, offer_make, offer_withdraw
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .delivery_sections import with_rights
from .needs import ListFilter

OFFERS = DeclaredList(
    "offers",
    gettext_lazy("offers"),
    [
        Column(gettext_lazy("what can be given"), "words", cell="offer", at=2),
        Column(gettext_lazy("kind"), "get_kind_display"),
        Column(gettext_lazy("quantity"), "quantity", page=False),
        Column(gettext_lazy("unit"), "unit", page=False),
        Column(gettext_lazy("giver"), "giver.name"),
        Column(gettext_lazy("where"), "place.full_name"),
        Column(gettext_lazy("waiting for"), cell="age"),
        Column(gettext_lazy("offered on"), "made_on", page=False),
        Column(gettext_lazy("until"), "valid_until", page=False),
        Column(gettext_lazy("age in days"), "age", page=False),
        Column(gettext_lazy("state"), "get_state_display", cell="state"),
    ],
)


@page("offer.list", methods=("GET",))
def offers(request: Request) -> HttpResponse:
    """What members, bodies and friends can give, the longest idle first."""
    today = timezone.localdate()
    form = ListFilter(
        request, [("", _("stands")), ("idle", _("nobody took it up")), ("own", _("my own")), *Offer.State.choices[1:]]
    )
    listed_offers = form.narrow(Offer.objects.select_related("place", "person", "body"), "made_on")
    if form.asked == "idle":
        listed_offers = listed_offers.filter(idle_offers(today))
    elif form.asked == "own":
        listed_offers = listed_offers.filter(
            Q(person=request.viewer.person_id) | Q(body__in=request.viewer.reach.bodies)
        )
    elif form.asked in ("used", "delivered", "withdrawn"):
        listed_offers = listed_offers.filter(state=form.asked)
    elif form.asked != "all":
        listed_offers = listed_offers.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=today), state=Offer.State.OPEN
        )
    live = Match.within.filter(offer=OuterRef("pk"), state__in=Match.LIVE)
    listed_offers = listed_offers.annotate(is_taken=Exists(live)).order_by("made_on", "pk")
    return OFFERS.respond(
        request, "assistance/pairing/offers.html", listed_offers, form=form, may_offer=may("offer.make", request.viewer)
    )


class OfferForm(ActForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("what kind of help"), choices=HelpKind.choices, widget=forms.RadioSelect
    )
    words = WordsField(WORDS, gettext_lazy("what I can give"), rows=2)
    place = PlaceField(label=gettext_lazy("where (a village, a county, the province)"))
    body = forms.ModelChoiceField(
        Body.objects.none(),
        label=gettext_lazy("who offers it"),
        required=False,
        empty_label=gettext_lazy("I myself"),
    )
    friend_name = forms.CharField(
        label=gettext_lazy("on behalf of a friend without an account"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Their name; the desk above keeps the offer for them."),
    )
    quantity = AmountField(label=gettext_lazy("quantity"), required=False, max_digits=12, decimal_places=3, min_value=0)
    unit = forms.CharField(label=gettext_lazy("unit"), max_length=16, required=False)
    valid_until = day_field(gettext_lazy("until"), required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        desks = Body.objects.filter(pk__in=viewer.desks)
        if desks:
            self.fields["body"].queryset = desks
            if not viewer.memberships:
                self.initial.setdefault("body", desks[0])
        else:
            del self.fields["body"], self.fields["friend_name"]


@page("offer.make")
def offer_new(request: Request) -> HttpResponse:
    viewer = request.viewer
    places = [member.term.body.place for member in viewer.memberships] + [post.body.place for post in viewer.posts]
    form = OfferForm(request.POST or None, viewer=viewer, initial={"place": places[0] if places else None})
    return one_act(
        request,
        form,
        offer_make,
        heading=_("Offer what I can give"),
        lead=_("Labour, money, ideas, skill: who lacks it finds it here."),
        back=reverse("offers"),
        done=_("Thank you: the offer stands. These needs could fit."),
        submit=_("Offer it"),
        next_url=lambda receipt: reverse("offer", args=[receipt.result["offer"]]),
    )


def load_offer(request: Request, pk: UUID) -> Offer:
    return Offer.objects.select_related("place", "person", "body", "desk").get(pk=pk)


@page("offer.see", load=load_offer, methods=("GET",))
def offer(request: Request, offer: Offer) -> HttpResponse:
    """An offer with the needs that it could meet: those of our villages, and those that are shared."""
    viewer, today = request.viewer, timezone.localdate()
    may_keep = may("offer.keep", viewer, offer)
    fitting: list[Need] = []
    if offer.stands_on(today):
        fitting = [suggestion.need for suggestion in needs_for(offer)]
        if may_keep and may("need.browse", viewer):
            known = {need.pk for need in fitting}
            shared = [suggestion.need for suggestion in needs_for(offer, shared=True)]
            fitting += [need for need in shared if need.pk not in known]
    own = set(Need.objects.filter(pk__in=[need.pk for need in fitting]).values_list("pk", flat=True))
    matches = Match.objects.filter(offer=offer).select_related("need__place", "commitment").order_by("-made_at")
    deliveries = OfferDelivery.every.filter(offer=offer).select_related("offer", "match__need", "match__offer")
    has_some = offer.quantity is not None or offer.state != Offer.State.OPEN or deliveries.exists()
    context = {
        "offer": offer,
        "matches": matches,
        "suggestions": [{"need": need, "is_ours": need.pk in own} for need in fitting],
        "deliveries": with_rights(viewer, deliveries) if has_some else [],
        "may_keep": may_keep and offer.state == Offer.State.OPEN,
    }
    return render(request, "assistance/pairing/offer.html", context)


class WithdrawForm(ActForm):
    reason = WordsField(WHY_WITHDRAWN, gettext_lazy("reason"))


@page("offer.keep", load=load_offer)
def offer_end(request: Request, offer: Offer) -> HttpResponse:
    return one_act(
        request,
        WithdrawForm(request.POST or None),
        offer_withdraw,
        heading=_("Withdraw this offer"),
        lead=offer.words,
        back=reverse("offer", args=[offer.pk]),
        done=_("The offer is withdrawn."),
        submit=_("Withdraw"),
        given={"offer": offer},
    )


urlpatterns = [
    path("desk/offers/", offers, name="offers"),
    path("desk/offers/new/", offer_new, name="offer_new"),
    path("desk/offers/<uuid:pk>/", offer, name="offer"),
    path("desk/offers/<uuid:pk>/withdraw/", offer_end, name="offer_withdraw"),
]
