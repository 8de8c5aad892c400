"""Places: found as one types, browsed by everybody; renamed, merged, divided by administrators."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.database.named import record_named
from yishi.kit.records import lend, lent
from yishi.organisations.models import Body, Place, PlaceLevel, PlaceSetItem, PlaceSuccession, Venue
from yishi.organisations.named_places import place_now
from yishi.organisations.reads import place_path, places_find
from yishi.organisations.services.places import (
    hamlet_add,
    place_divide,
    place_merge,
    place_move,
    place_recode,
    place_rename,
)
from yishi.web.kit.exports import wants_export
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.organisations.loads import sets_for

MOST_FOUND = 20
LEVELS = list(PlaceLevel.values)


def load_place(request: Request, pk: UUID) -> Place:
    return Place.objects.select_related("parent").get(pk=pk)


def _within(request: Request) -> Place | None:
    return record_named(Place.objects, request.GET.get("within"))


@page("public", methods=("GET",), face="both")
def find(request: Request) -> HttpResponse:
    """Places for what was typed, as JSON: `{places: [{id, code, name, full_name, level, level_name}]}`."""
    levels = [level for level in request.GET.get("levels", "").split(",") if level in LEVELS]
    gone = request.GET.get("gone") == "1"
    matches = places_find(request.GET.get("q", ""), _within(request), MOST_FOUND, levels or None, gone=gone)
    answer = [
        {
            "id": str(place.pk),
            "code": place.code,
            "name": place.name,
            "full_name": place.full_name,
            "level": place.level,
            "level_name": _level_name(place),
        }
        for place in matches
    ]
    response = JsonResponse({"places": answer}, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "max-age=60"
    return response


def _level_name(place: Place) -> str:
    """The level; of a place that was merged or divided also until when it stood."""
    level = str(place.get_level_display())
    return f"{level} · {_('stood until %(day)s') % {'day': place.closed_on}}" if place.closed_on else level


@page("public", methods=("GET",), face="both")
def browse(request: Request) -> HttpResponse:
    """Find or browse places without scripts: province, prefecture, county, township, village."""
    within = _within(request)
    typed = request.GET.get("q", "").strip()
    if typed:
        places: Any = places_find(typed, within, MOST_FOUND)
    else:
        places = Place.objects.filter(parent=within, closed_on__isnull=True).order_by("code")
    context = {
        "within": within,
        "trail": place_path(within) if within else [],
        "typed": typed,
        "page_obj": Paginator(places, 100).get_page(request.GET.get("page")),
        "venues": Venue.objects.filter(place=within, valid_to__isnull=True) if within else (),
    }
    return render(request, "organisations/browse.html", context)


PLACES = DeclaredList(
    "places",
    gettext_lazy("places"),
    [
        Column(gettext_lazy("name of the place"), "name", cell="name", at=2),
        Column(gettext_lazy("code"), "code"),
        Column(gettext_lazy("level"), "get_level_display"),
        Column("", cell="below", is_silent=True),
        Column(gettext_lazy("full name"), "full_name", page=False),
        Column(gettext_lazy("closed on"), "closed_on", page=False),
    ],
)


@page("place.see", methods=("GET",))
def places(request: Request) -> HttpResponse:
    """The administrators' list: the tree, one level at a time, or what was looked for."""
    top = _top(request)
    within = _within(request) or top
    typed = request.GET.get("q", "").strip()
    places: Any = Place.objects.none()
    if wants_export(request) and within:
        places = Place.objects.filter(lo__gte=within.lo, lo__lte=within.hi).order_by("lo")
    elif typed:
        places = places_find(typed, top, 100)
    elif within:
        places = Place.objects.filter(parent=within).order_by("closed_on", "code")
    return PLACES.respond(
        request,
        "organisations/places.html",
        places,
        within=within,
        trail=[ancestor for ancestor in place_path(within) if not top or ancestor.lo >= top.lo] if within else [],
        typed=typed,
    )


def _top(request: Request) -> Place | None:
    """The highest place whose register the viewer keeps or oversees."""
    reach = request.viewer.reach
    spans = sorted({*reach.registers, *reach.spans}, key=lambda span: span[0] - span[1])
    return Place.objects.filter(lo=spans[0][0]).first() if spans else None


PLACE_VERSIONS = DeclaredList(
    "place_versions",
    gettext_lazy("What it was called and where it belonged"),
    [
        Column(gettext_lazy("from"), "valid_from"),
        Column(gettext_lazy("last day"), "valid_to", cell="last_day"),
        Column(gettext_lazy("name of the place"), "name"),
        Column(gettext_lazy("code"), "code"),
        Column(gettext_lazy("below"), "parent.name"),
    ],
)


PLACE_BELONGS = DeclaredList(
    "place_belongs",
    gettext_lazy("Sets that it belongs to"),
    [
        Column(
            gettext_lazy("set of places"),
            "place_set.name",
            link=lambda item: reverse("place_set", args=[item.place_set_id]),
        ),
        Column(gettext_lazy("from"), "valid_from"),
        Column(gettext_lazy("by decision"), "paper"),
        Column(gettext_lazy("last day"), "valid_to", cell="last_day"),
        Column(gettext_lazy("left by decision"), "end_paper"),
    ],
)


@page("place.see", load=load_place, methods=("GET",))
def place(request: Request, place: Place) -> HttpResponse:
    versions = place.versions.select_related("parent").order_by("-valid_from")
    belongs = PlaceSetItem.objects.filter(place=place, place_set__in=sets_for(request.viewer))
    became = list(PlaceSuccession.objects.filter(Q(old=place) | Q(new=place)).select_related("old", "new"))
    belongs = belongs.select_related("place_set").order_by("-valid_from", "place_set__name")
    context = {
        "place": place,
        "trail": place_path(place),
        "versions": versions,
        "belongs": belongs,
        "successors": [link for link in became if link.old_id == place.pk],
        "predecessors": [link for link in became if link.new_id == place.pk],
        "now": place_now(place) if place.closed_on else (),
        "below": Place.objects.filter(parent=place, closed_on__isnull=True).order_by("code")[:200],
        "bodies": Body.objects.filter(place=place, valid_to__isnull=True).order_by("kind", "name")[:100],
        "venues": Venue.objects.filter(place=place, valid_to__isnull=True).order_by("name"),
    }
    return file_response(
        request, "organisations/place.html", context, {PLACE_VERSIONS: versions, PLACE_BELONGS: belongs}
    )


class DayForm(ActForm):
    on = day_field(gettext_lazy("in force from"), required=False, help_text=gettext_lazy("Empty: from today."))


class RenameForm(DayForm):
    name = forms.CharField(label=gettext_lazy("new name"), max_length=64)
    field_order = ["name", "on"]


class RecodeForm(DayForm):
    code = forms.CharField(label=gettext_lazy("new statistical code"), max_length=12)
    field_order = ["code", "on"]


class MoveForm(DayForm):
    parent = PlaceField(label=gettext_lazy("stands below from now on"))
    field_order = ["parent", "on"]


class MergeForm(DayForm):
    into = PlaceField(label=gettext_lazy("becomes part of"))
    field_order = ["into", "on"]


class HamletForm(DayForm):
    name = forms.CharField(label=gettext_lazy("name of the hamlet or villagers' group"), max_length=64)
    field_order = ["name", "on"]


class DivideForm(DayForm):
    parts = forms.CharField(
        label=gettext_lazy("new places"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One per line: code, blank, name. For example: 532323111 东镇"),
    )
    stays = forms.BooleanField(label=gettext_lazy("the old place goes on"), required=False)
    field_order = ["parts", "stays", "on"]

    def __init__(self, *args: Any, place: Place, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.below = list(Place.objects.filter(parent=place, closed_on__isnull=True).order_by("code"))
        for child in self.below:
            self.fields[f"goes_{child.pk.hex}"] = forms.IntegerField(
                label=_("%(name)s goes to line") % {"name": child.name}, required=False, min_value=1
            )

    def clean_parts(self) -> list[tuple[str, str]]:
        lines = [line.split(None, 1) for line in self.cleaned_data["parts"].splitlines() if line.strip()]
        if any(len(line) != 2 for line in lines):
            raise forms.ValidationError(_("Write in each line the code, a blank and the name."))
        return [(code, name) for code, name in lines]

    def children(self) -> dict[UUID, int]:
        """To which of the new places each place below goes: its id, and the index in `parts` (from 0)."""
        chosen = {child.pk: self.cleaned_data.get(f"goes_{child.pk.hex}") for child in self.below}
        return {key: line - 1 for key, line in chosen.items() if line}


ACTS: dict[str, tuple[Any, Any, Any, Any]] = {  # verb: form, service, heading, what was done
    "rename": (RenameForm, place_rename, gettext_lazy("Rename"), gettext_lazy("The place has its new name.")),
    "recode": (RecodeForm, place_recode, gettext_lazy("Change the code"), gettext_lazy("The place has its new code.")),
    "move": (MoveForm, place_move, gettext_lazy("Move"), gettext_lazy("The place was moved with all it contains.")),
    "merge": (MergeForm, place_merge, gettext_lazy("Merge"), gettext_lazy("The places were merged.")),
    "divide": (DivideForm, place_divide, gettext_lazy("Divide"), gettext_lazy("The place was divided.")),
    "hamlet": (HamletForm, hamlet_add, gettext_lazy("Add a hamlet"), gettext_lazy("The hamlet was added.")),
}


EDITED = {"rename": "name", "recode": "code"}  # changes that begin from what is stored


def load_change(request: Request, pk: UUID, verb: str) -> Place:
    place = load_place(request, pk)
    return lend(place, verb=verb)


@page("place.manage", load=load_change)
def place_change(request: Request, place: Place) -> HttpResponse:
    """The page of one change of a place."""
    verb = lent(place, "verb")
    form_class, service, heading, done = ACTS[verb]
    extra: dict[str, Any] = {"place": place} if verb == "divide" else {}
    if verb in EDITED:
        extra = {"initial": {EDITED[verb]: getattr(place, EDITED[verb])}, "edits": place}
    form = form_class(request.POST or None, **extra)
    for name in ("parent", "into"):
        if name in form.fields:
            form.fields[name].limit(_top(request))

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        if verb == "divide":
            kept = {name: cleaned[name] for name in ("parts", "stays", "on")}
            return {**kept, "children": form.children()}
        return cleaned

    return one_act(
        request,
        form,
        service,
        heading=f"{place.full_name} · {heading}",
        lead=_("What was entered before keeps the old name and belonging on the days on which they held."),
        back=reverse("place", kwargs={"pk": place.pk}),
        done=done,
        submit=heading,
        given={"village": place} if verb == "hamlet" else {"place": place},
        fields=fields,
        layout=CENTRED,
    )


urlpatterns = [
    path("places/", browse, name="places_browse"),
    path("places/find", find, name="places_find"),
    path("desk/places/", places, name="places"),
    path("desk/places/<uuid:pk>/", place, name="place"),
    *(path(f"desk/places/<uuid:pk>/{verb}/", place_change, {"verb": verb}, name=f"place_{verb}") for verb in ACTS),
]
