"""The villager's first door: raise a worry in at most six fields, without an account, also without scripts."""

import time
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.attachments.store import photo_keep
from yishi.deliberation.models import Worry
from yishi.deliberation.services.similar import glimpse, similar_worries
from yishi.deliberation.services.worries import TEXT, worry_file
from yishi.kit.errors import Refusal
from yishi.kit.records import lend
from yishi.notices.addresses import address_of
from yishi.organisations.models import Installation, Place, PlaceLevel, Venue
from yishi.organisations.query_codes import spaced
from yishi.organisations.services.venues import venue_by_code
from yishi.organisations.themes import theme_choices
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

LOW = (PlaceLevel.VILLAGE, PlaceLevel.HAMLET, PlaceLevel.TOWNSHIP)
SHOWN_ONCE = "raised"  # in the session: the receipt page that only its author sees
SHOWN_SECONDS = 5 * 60  # then it is the next one's turn at a shared phone


def theme_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose what it is about.")},
    )


class WorryForm(ActForm):
    """Text, theme, photo, name, phone, anonymous: six fields where the village is known from the code."""

    text = WordsField(
        TEXT,
        gettext_lazy("What worries you?"),
        rows=5,
        help_text=gettext_lazy("One or two sentences, in your own words."),
    )
    theme = theme_field()
    photo = forms.FileField(
        label=gettext_lazy("Photo (if you like)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
    raiser_name = forms.CharField(
        label=gettext_lazy("Your name (if you like)"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    raiser_phone = forms.CharField(
        label=gettext_lazy("Your phone (if you like)"),
        help_text=gettext_lazy("We then send you a message when something happens."),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    is_anonymous = forms.BooleanField(
        label=gettext_lazy("Stay anonymous: only the convener knows that it was me"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = theme_choices()


class WorryAnywhereForm(WorryForm):
    """The same without a QR code: the village is chosen first."""

    place = PlaceField(label=gettext_lazy("Which village or community?"), levels=LOW)
    field_order = ("act_id", "place", "text", "theme", "photo", "raiser_name", "raiser_phone", "is_anonymous")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        installation = Installation.objects.select_related("home_place").filter(pk=1).first()
        if installation and installation.home_place:
            self.fields["place"].limit(installation.home_place)


@page("public", face="public")
def raise_worry_at(request: Request, token: str) -> HttpResponse:
    """From a venue's QR code: village and venue are filled in."""
    found_venue = venue_by_code(token)
    if found_venue is None:
        raise Http404
    if not found_venue.is_live and request.method == "GET":
        return redirect("venue_door", token=token)
    if not found_venue.is_live:  # replaced while somebody wrote: what they wrote counts, for the village alone
        return _raise(request, WorryForm(request.POST, request.FILES), place=found_venue.venue.place)
    venue = Venue.objects.select_related("place").get(pk=found_venue.venue.pk)
    form = WorryForm(request.POST or None, request.FILES or None)
    return _raise(request, form, venue=venue, place=venue.place)


@page("public", face="public")
def raise_worry(request: Request) -> HttpResponse:
    """Without a code: the village is chosen."""
    form = WorryAnywhereForm(request.POST or None, request.FILES or None)
    return _raise(request, form)


def _raise(
    request: Request, form: WorryForm, *, venue: Venue | None = None, place: Place | None = None
) -> HttpResponse:
    """The form, those who say the same nearby, the receipt. `place` is chosen in the form unless it is given."""
    alike: list[Worry] = []
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        place = place or fields["place"]
        is_new = not request.POST.get("sure") and not form.is_repeated()  # else one's own worry is found alike
        if is_new and 0 < len(fields["text"].strip()) <= TEXT.longest:
            near = similar_worries(place, fields["text"], theme=fields["theme"], only_open=True)
            alike = [lend(worry, glimpse=glimpse(worry)) for worry in near]
        if not alike:
            receipt = _file(request, form, place, venue)
            if receipt is not None:
                request.session[SHOWN_ONCE] = {
                    "worry": receipt.result["worry"],
                    "receipt": receipt.number,
                    "until": time.time() + SHOWN_SECONDS,
                }
                if receipt.query_code:
                    request.session[SHOWN_ONCE]["code"] = receipt.query_code
                return redirect("raised")
    context = {
        "form": form,
        "venue": venue,
        "alike": alike,
        "by_code": request.viewer.query_code is not None,
        "tab": "raise",
        "longest": TEXT.longest,
    }
    status = 422 if request.method == "POST" and not alike else 200
    return render(request, "deliberation/worries/raise.html", context, status=status)


def _file(request: Request, form: WorryForm, place: Any, venue: Venue | None) -> Any:
    """File the worry with its photo: the receipt, or None with an error on the form where either is refused."""
    fields = form.cleaned_data
    photos = []
    if fields["photo"]:
        try:
            photos = [photo_keep(actor=request.viewer, upload=fields["photo"])]
        except Refusal as refusal:
            form.add_error("photo", str(refusal.message))
            return None
    same_as = None
    if request.POST.get("same_as"):
        near = similar_worries(place, fields["text"], theme=fields["theme"], only_open=True)
        same_as = next((other for other in near if str(other.pk) == request.POST["same_as"]), None)
    return form.attempt(
        request,
        worry_file,
        text=fields["text"],
        theme=fields["theme"],
        place=place,
        venue=venue,
        channel=Worry.Channel.CODE if venue else Worry.Channel.PAGE,
        raiser_name=fields["raiser_name"],
        raiser_phone=fields["raiser_phone"],
        is_anonymous=fields["is_anonymous"],
        photos=photos,
        same_as=same_as,
    )


@page("public", methods=("GET",), face="public")
def raised(request: Request) -> HttpResponse:
    """The receipt: number, query code, what happens next and by when. Shown to whom it was given, in this browser."""
    kept = request.session.get(SHOWN_ONCE)
    if not kept or kept.get("until", 0) < time.time():
        request.session.pop(SHOWN_ONCE, None)
        return redirect("follow")
    worry = (
        Worry.within.select_related("place", "convener", "merged_into", "says_same_as").filter(pk=kept["worry"]).first()
    )
    if worry is None:
        return redirect("follow")
    context = {
        "worry": worry,
        "receipt": kept["receipt"],
        "code": spaced(kept["code"]) if kept.get("code") else "",
        "follow_url": address_of("follow"),
        "today": timezone.localdate(),
        "title": _("We have it"),
        "tab": "raise",
    }
    return render(request, "deliberation/worries/raised.html", context)


urlpatterns = [
    path("raise/", raise_worry, name="raise_worry"),
    path("raise/done/", raised, name="raised"),
    path("v/<slug:token>/raise/", raise_worry_at, name="raise_worry_at"),
]
