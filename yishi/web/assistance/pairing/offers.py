"""Offers (委员所能): what members, bodies and friends can give, offered in under a minute; idle ones with their age."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
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
)
from yishi.assistance.pairing.services.matches import idle_offers, needs_for
from yishi.assistance.pairing.services.needs import offer_make, offer_withdraw
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.web.kit.exports import export
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.place_field import PlaceField
from yishi.web.kit.request import Request

from .needs import ListFilter

PER_PAGE = 25
DAY = forms.DateInput(attrs={"type": "date"})


@page("offer.list", methods=("GET",))
def offers(request: Request) -> HttpResponse:
    """What members, bodies and friends can give, the longest idle first."""
    today = timezone.localdate()
    form = ListFilter(
        request, [("", _("stands")), ("idle", _("nobody took it up")), ("own", _("my own")), *Offer.State.choices[1:]]
    )
    rows = form.narrow(Offer.objects.select_related("place", "person", "body"), "made_on")
    if form.asked == "idle":
        rows = rows.filter(idle_offers(today))
    elif form.asked == "own":
        rows = rows.filter(Q(person=request.viewer.person_id) | Q(body__in=request.viewer.reach.bodies))
    elif form.asked in ("used", "withdrawn"):
        rows = rows.filter(state=form.asked)
    elif form.asked != "all":
        rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=today), state=Offer.State.OPEN)
    live = Match.within.filter(offer=OuterRef("pk"), state__in=Match.LIVE)
    rows = rows.annotate(is_taken=Exists(live)).order_by("made_on", "pk")
    if request.GET.get("export"):
        columns = [
            (_("kind"), lambda one: one.get_kind_display()),
            (_("what can be given"), lambda one: one.words),
            (_("quantity"), lambda one: one.quantity),
            (_("unit"), lambda one: one.unit),
            (_("giver"), lambda one: one.giver.name),
            (_("where"), lambda one: one.place.full_name),
            (_("offered on"), lambda one: one.made_on),
            (_("until"), lambda one: one.valid_until),
            (_("age in days"), lambda one: one.age),
            (_("state"), lambda one: one.get_state_display()),
        ]
        return export(request, _("offers"), columns, rows)
    words = {
        "form": form,
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "is_filtered": bool(request.GET),
        "may_offer": may("offer.make", request.viewer),
    }
    return render(request, "assistance/pairing/offers.html", words)


class OfferForm(ActForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("what kind of help"), choices=HelpKind.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("what I can give"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
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
    quantity = forms.DecimalField(
        label=gettext_lazy("quantity"), required=False, max_digits=12, decimal_places=3, min_value=0
    )
    unit = forms.CharField(label=gettext_lazy("unit"), max_length=16, required=False)
    valid_until = forms.DateField(label=gettext_lazy("until"), required=False, widget=DAY)

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        desks = Body.objects.filter(pk__in=[post.body_id for post in viewer.posts if viewer.holds(post.body_id)])
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
def offer(request: Request, one: Offer) -> HttpResponse:
    """An offer with the needs that it could meet: those of our villages, and those that are shared."""
    viewer, today = request.viewer, timezone.localdate()
    may_keep = may("offer.keep", viewer, one)
    found = []
    if one.stands_on(today):
        found = needs_for(one)
        known = {row.need.pk for row in found}
        if may_keep and may("need.browse", viewer):
            found += [row for row in needs_for(one, shared=True) if row.need.pk not in known]
    own = set(Need.objects.filter(pk__in=[row.need.pk for row in found]).values_list("pk", flat=True))
    rows = Match.objects.filter(offer=one).select_related("need__place", "commitment").order_by("-made_at")
    words = {
        "offer": one,
        "matches": rows,
        "suggestions": [{"row": row, "is_ours": row.need.pk in own} for row in found],
        "may_keep": may_keep and one.state == Offer.State.OPEN,
    }
    return render(request, "assistance/pairing/offer.html", words)


class WithdrawForm(ActForm):
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=300, required=False)


@page("offer.keep", load=load_offer)
def offer_end(request: Request, one: Offer) -> HttpResponse:
    return one_act(
        request,
        WithdrawForm(request.POST or None),
        offer_withdraw,
        heading=_("Withdraw this offer"),
        lead=one.words,
        back=reverse("offer", args=[one.pk]),
        done=_("The offer is withdrawn."),
        submit=_("Withdraw"),
        given={"offer": one},
    )


urlpatterns = [
    path("desk/offers/", offers, name="offers"),
    path("desk/offers/new/", offer_new, name="offer_new"),
    path("desk/offers/<uuid:pk>/", offer, name="offer"),
    path("desk/offers/<uuid:pk>/withdraw/", offer_end, name="offer_withdraw"),
]
