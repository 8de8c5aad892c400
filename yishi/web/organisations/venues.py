"""Venues: the public page behind a QR code, and the desk where codes are issued anew."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Prefetch, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.notices.addresses import address_of
from yishi.organisations.models import Body, Place, Venue, VenueCode, VenueKind, VenueOwner, valid_on
from yishi.organisations.rights import may
from yishi.organisations.rules import CONVENING, administered_bodies, venue_body_ids
from yishi.organisations.services.venues import (
    venue_by_code,
    venue_change,
    venue_close,
    venue_code_reissue,
    venue_open,
)
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import CENTRED, link, one_act
from yishi.web.kit.page import page
from yishi.web.kit.qr_image import qr_image
from yishi.web.kit.request import Request
from yishi.web.kit.turns import end_turn

GONE = 410


def load_venue(request: Request, pk: UUID) -> Venue:
    owners = VenueOwner.objects.select_related("body").order_by("role", "body__name")
    return Venue.objects.select_related("place").prefetch_related(Prefetch("owners", owners)).get(pk=pk)


def code_address(code: VenueCode) -> str:
    """What the QR code says: the address of the venue's door."""
    return address_of("venue_door", args=[code.token])


@page("public", methods=("GET",), face="public")
def door(request: Request, token: str) -> HttpResponse:
    """Where a scanned code leads: the venue and its doors; a dead code says so and leads on to the place."""
    found_venue = venue_by_code(token)
    if found_venue is None:
        raise Http404
    venue = load_venue(request, found_venue.venue.pk)
    context = {
        "venue": venue,
        "owners": list(venue.owners.all()),
        "raise_url": link("raise_worry_at", token=token) if found_venue.is_live else link("raise_worry"),
        "follow_url": link("follow"),
        "judge_url": link("judge"),
        "trouble_url": link("self_report_at", token=token) if found_venue.is_live else link("self_report"),
        "others": Venue.objects.filter(valid_on(timezone.localdate()), place=venue.place).exclude(pk=venue.pk),
        "is_open": venue.is_valid_on(timezone.localdate()),
    }
    if not found_venue.is_live:
        return render(request, "organisations/dead_code.html", context, status=GONE)
    return end_turn(request, render(request, "organisations/door.html", context))


def venues_of(request: Request) -> Any:
    """The venues that the viewer administers or whose desk they sit at."""
    reach = request.viewer.reach
    return Venue.objects.filter(
        reach.places("place__", reach.registers)
        | Q(owners__body__in=venue_body_ids(request.viewer) | set(reach.register_bodies))
    ).distinct()


VENUES = DeclaredList(
    "venues",
    gettext_lazy("venues"),
    [
        Column(gettext_lazy("name of the venue"), "name", link="venue"),
        Column(gettext_lazy("kind"), "get_kind_display"),
        Column(gettext_lazy("place"), "place.full_name"),
        Column(gettext_lazy("address"), "address", page=False),
        Column(
            gettext_lazy("run by"),
            lambda venue: "、".join(owner.body.name for owner in venue.owners.all()),
        ),
    ],
)


@page("venue.see", methods=("GET",))
def venues(request: Request) -> HttpResponse:
    owners = VenueOwner.objects.select_related("body").order_by("role", "body__name")
    venues = venues_of(request).select_related("place").prefetch_related(Prefetch("owners", owners))
    kind, typed, closed = request.GET.get("kind", ""), request.GET.get("q", "").strip(), request.GET.get("closed")
    if kind in VenueKind.values:
        venues = venues.filter(kind=kind)
    if typed:
        venues = venues.filter(Q(name__finds=typed) | Q(place__full_name__finds=typed))
    today = timezone.localdate()
    venues = venues.exclude(valid_on(today)) if closed else venues.filter(valid_on(today))
    venues = venues.order_by("place__lo", "name")
    return VENUES.respond(
        request, "organisations/venues.html", venues, kinds=VenueKind.choices, kind=kind, typed=typed, closed=closed
    )


@page("venue.file", load=load_venue, methods=("GET",))
def venue(request: Request, venue: Venue) -> HttpResponse:
    code = venue.codes.filter(revoked_at__isnull=True).first()
    address = code_address(code) if code else ""
    context = {
        "venue": venue,
        "may_manage": may("venue.manage", request.viewer, venue),
        "owners": list(venue.owners.all()),
        "code": code,
        "address": address,
        "image": qr_image(address) if code else "",
        "dead": venue.codes.filter(revoked_at__isnull=False).order_by("-revoked_at"),
        "poster_url": link("venue_poster", pk=venue.pk),
    }
    return render(request, "organisations/venue.html", context)


class VenueForm(ActForm):
    name = forms.CharField(label=gettext_lazy("name of the venue"), max_length=64)
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=VenueKind.choices)
    place = PlaceField()
    address = forms.CharField(
        label=gettext_lazy("address"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("So that a stranger finds the door."),
    )
    phone = forms.CharField(label=gettext_lazy("phone"), max_length=32, required=False)
    convener = forms.ModelChoiceField(
        Body.objects.none(),
        label=gettext_lazy("convening body"),
        help_text=gettext_lazy("Receives what is raised here."),
    )
    shares = forms.ModelMultipleChoiceField(
        Body.objects.none(),
        label=gettext_lazy("runs it together with"),
        required=False,
        help_text=gettext_lazy("For a joint body of special committee, members' group and council."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        conveners, sharers = _choices(request)
        self.fields["convener"].queryset = conveners
        self.fields["shares"].queryset = sharers
        reach = request.viewer.reach
        spans = reach.registers or reach.spans
        self.fields["place"].limit(Place.objects.filter(lo=spans[0][0]).first() if spans else None)


def _choices(request: Request) -> tuple[Any, Any]:
    """Who may convene (bodies that I administer or work at), and who may share (consultative bodies round about)."""
    today = timezone.localdate()
    mine = Q(pk__in=administered_bodies(request.viewer).values("pk")) | Q(pk__in=venue_body_ids(request.viewer))
    conveners = Body.objects.filter(mine, valid_on(today), kind__in=CONVENING).order_by("place__lo", "name")
    reach = request.viewer.reach
    sharing = ["special", "group", "council", "office", "village"]
    near = reach.places("place__", reach.registers) | reach.places("place__") | mine
    sharers = Body.objects.filter(near, valid_on(today), kind__in=sharing).order_by("place__lo", "kind", "name")
    return conveners, sharers


@page("venue.open")
def venue_new(request: Request) -> HttpResponse:
    return one_act(
        request,
        VenueForm(request.POST or None, request=request),
        venue_open,
        heading=_("Open a venue"),
        lead=_("It gets a QR code at once: print the poster and hang it up at the door."),
        back=reverse("venues"),
        done=_("The venue is open. Print its poster and hang it up."),
        submit=_("Open the venue"),
        next_url=lambda receipt: reverse("venue", kwargs={"pk": receipt.result["venue"]}),
        layout=CENTRED,
    )


@page("venue.manage", load=load_venue)
def venue_edit(request: Request, venue: Venue) -> HttpResponse:
    owners = list(venue.owners.all())
    initial = {
        "name": venue.name,
        "address": venue.address,
        "phone": venue.phone,
        "convener": next((owner.body_id for owner in owners if owner.role == "convenes"), None),
        "shares": [owner.body_id for owner in owners if owner.role == "shares"],
    }
    form = VenueForm(request.POST or None, request=request, initial=initial, edits=venue)
    del form.fields["place"], form.fields["kind"]
    if not may("organisation.manage", request.viewer, venue.place):
        del form.fields["convener"], form.fields["shares"]
    else:
        known = [owner.body_id for owner in owners]
        for name in ("convener", "shares"):
            field = form.fields[name]
            field.queryset = field.queryset | Body.objects.filter(pk__in=known)
    return one_act(
        request,
        form,
        venue_change,
        heading=_("Change %(venue)s") % {"venue": venue.name},
        back=reverse("venue", kwargs={"pk": venue.pk}),
        done=_("The change is stored."),
        submit=_("Save"),
        given={"venue": venue},
        layout=CENTRED,
    )


@page("venue.manage", load=load_venue)
def code_new(request: Request, venue: Venue) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        venue_code_reissue,
        heading=_("Issue another code for %(venue)s") % {"venue": venue.name},
        lead=_(
            "The code on the old poster is dead from that moment. Take the old poster down and hang up the new one."
        ),
        back=reverse("venue", kwargs={"pk": venue.pk}),
        done=_("The old code is dead. Print the new poster and hang it up."),
        submit=_("Issue another code"),
        given={"venue": venue},
        layout=CENTRED,
    )


@page("venue.manage", load=load_venue)
def venue_end(request: Request, venue: Venue) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        venue_close,
        heading=_("Close %(venue)s") % {"venue": venue.name},
        lead=_("Its code is dead from that moment; what was raised here stays."),
        back=reverse("venues"),
        done=_("The venue is closed."),
        submit=_("Close the venue"),
        given={"venue": venue},
        layout=CENTRED,
    )


urlpatterns = [
    path("v/<slug:token>", door, name="venue_door"),
    path("desk/venues/", venues, name="venues"),
    path("desk/venues/new/", venue_new, name="venue_new"),
    path("desk/venues/<uuid:pk>/", venue, name="venue"),
    path("desk/venues/<uuid:pk>/change/", venue_edit, name="venue_change"),
    path("desk/venues/<uuid:pk>/code/", code_new, name="venue_code"),
    path("desk/venues/<uuid:pk>/close/", venue_end, name="venue_close"),
]
