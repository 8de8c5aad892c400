"""Draws of seats: the list's hash is published first, then the numbers; anybody repeats the draw from the file."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.database.reach import everything
from yishi.deliberation.models import Draw, Matter, Seat
from yishi.deliberation.process.schema import read_document
from yishi.deliberation.services.draws import NUMBER_SOURCE, PUBLIC_NUMBER, draw_publish, draw_record, draw_run
from yishi.journal.models import Receipt
from yishi.notices.addresses import address_of
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import may
from yishi.people.models import Person
from yishi.people.services import Newcomer
from yishi.web.deliberation.process.loads import load_matter
from yishi.web.kit.fields.simple import area
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .seat_forms import people_choices


def load_draw(request: Request, pk: UUID) -> Draw:
    draws = Draw.objects.select_related("matter__place", "matter__process", "matter__convener")
    return draws.get(pk=pk, matter__in=Matter.keys())


class PublishForm(ActForm):
    seat_class = forms.ChoiceField(label=gettext_lazy("Class of seats"), required=False)
    wanted = forms.IntegerField(label=gettext_lazy("How many are drawn"), required=False, min_value=0)
    chosen = forms.MultipleChoiceField(
        label=gettext_lazy("On the list: people whom the platform knows"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    names = area(
        gettext_lazy("On the list: others, one per line"),
        rows=6,
        help_text=gettext_lazy("Name, then a blank and the phone number if there is one."),
    )
    number_source = WordsField(
        NUMBER_SOURCE,
        gettext_lazy("Which public number will be used"),
        help_text=gettext_lazy(
            "One that nobody knows yet, such as “the winning number of the welfare lottery on Friday”."
        ),
    )

    def __init__(self, *args: Any, matter: Matter, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        classes = read_document(matter.process.document).seats
        drawn = [seat_class for seat_class in classes if seat_class.filled_by == Seat.FilledBy.DRAW]
        self.fields["seat_class"].choices = [(seat_class.code, seat_class.name) for seat_class in drawn or classes]
        self.fields["chosen"].choices = people_choices(matter, viewer)


def _candidates(chosen: list[str], names: str) -> list[Person | Newcomer]:
    """Who is on the list: those chosen, and a newcomer for each line."""
    lines = [line for line in names.splitlines() if line.strip()]
    return [*Person.within.filter(pk__in=chosen), *(Newcomer(*_split(line)) for line in lines)]


def _fields(cleaned: dict[str, Any]) -> dict[str, Any]:
    chosen, names, wanted = (cleaned.pop(name) for name in ("chosen", "names", "wanted"))
    return {**cleaned, "wanted": wanted or 0, "candidates": _candidates(chosen, names)}


def _split(line: str) -> tuple[str, str]:
    """A name and, if the last word begins with a digit or +, a phone number."""
    words = line.replace("，", " ").replace(",", " ").split()
    if len(words) > 1 and (words[-1][0].isdigit() or words[-1][0] == "+"):
        return " ".join(words[:-1]), words[-1]
    return " ".join(words), ""


@page("seat.run", load=load_matter)
def draw_new(request: Request, matter: Matter) -> HttpResponse:
    form = PublishForm(
        request.POST or None,
        matter=matter,
        viewer=request.viewer,
        initial={"seat_class": request.GET.get("class", "")},
    )
    return one_act(
        request,
        form,
        draw_publish,
        heading=_("Draw seats: publish the list"),
        lead=_("First the list's fingerprint and the name of a number that nobody knows yet; later the draw."),
        back=reverse("matter_seats", args=[matter.pk]),
        given={"matter": matter},
        fields=_fields,
        done=_("The list's fingerprint is published. Tell everybody where to see it."),
        submit=_("Publish the list"),
        next_url=lambda receipt: reverse("draw", args=[receipt.result["draw"]]),
    )


class RunForm(ActForm):
    public_number = WordsField(PUBLIC_NUMBER, gettext_lazy("The public number"))

    def __init__(self, *args: Any, draw: Draw, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.parties = list(draw.matter.parties.all())
        self.fields["public_number"].help_text = draw.number_source
        for party in self.parties:
            self.fields[f"party_{party.pk}"] = forms.CharField(
                label=_("A number from %(party)s") % {"party": party.name}, required=False, max_length=32
            )


def _run(*, actor: Viewer, draw: Draw, act_id: UUID | None = None, public_number: str, **numbers: str) -> Receipt:
    party_numbers = {name.removeprefix("party_"): value for name, value in numbers.items() if value.strip()}
    seat_class = read_document(draw.matter.process.document).seat(draw.seat_class)
    role = seat_class.role if seat_class else Seat.Role.REPRESENTATIVE
    return draw_run(
        actor=actor, draw=draw, public_number=public_number, party_numbers=party_numbers, role=role, act_id=act_id
    )


@page("matter.see", load=load_draw)
def draw(request: Request, draw: Draw) -> HttpResponse:
    """The draw's page: fingerprint and source; then the form for the numbers; then who was drawn."""
    runs = may("seat.run", request.viewer, draw.matter)
    form = RunForm(request.POST or None, draw=draw) if runs and draw.drawn_at is None else None
    context: dict[str, Any] = {
        "draw": draw,
        "record": draw_record(draw),
        "seat_class": read_document(draw.matter.process.document).seat(draw.seat_class),
        "public_url": address_of("public_draw", args=[draw.pk]),
    }
    if request.method == "POST" and form is None:
        raise Http404
    if form is not None:
        return one_act(
            request,
            form,
            _run,
            heading=_("Draw of seats"),
            back=reverse("matter_seats", args=[draw.matter_id]),
            given={"draw": draw},
            done=_("Drawn. Those who were drawn are invited; anybody can repeat the draw from its file."),
            submit=_("Draw"),
            next_url=lambda _receipt: reverse("draw", args=[draw.pk]),
            template="deliberation/sittings/draw.html",
            **context,
        )
    return render(request, "deliberation/sittings/draw.html", {"form": None, **context})


def _public(pk: UUID) -> Draw:
    """A draw that anybody may see: published with its list's fingerprint, of a matter that is not sensitive."""
    with everything():
        return Draw.objects.get(pk=pk, matter__is_sensitive=False)


def load_public(request: Request, pk: UUID) -> Draw:
    return _public(pk)


@page("public", load=load_public, methods=("GET",), face="public")
def public_draw(request: Request, draw: Draw) -> HttpResponse:
    record = draw_record(draw)
    drawn = [record["names"].get(key, key) for key in record.get("drawn", [])]
    return render(request, "deliberation/sittings/public_draw.html", {"draw": draw, "record": record, "drawn": drawn})


@page("public", load=load_public, methods=("GET",), face="public")
def public_draw_file(request: Request, draw: Draw) -> HttpResponse:
    """The file that `yishi draw-verify` repeats."""
    text = json.dumps(draw_record(draw), ensure_ascii=False, indent=1, sort_keys=True)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"draw-{draw.list_hash[:12]}.json")
    return response


urlpatterns = [
    path("desk/matters/<uuid:pk>/draws/new/", draw_new, name="draw_new"),
    path("desk/draws/<uuid:pk>/", draw, name="draw"),
    path("draws/<uuid:pk>/", public_draw, name="public_draw"),
    path("draws/<uuid:pk>/draw.json", public_draw_file, name="public_draw_file"),
]
