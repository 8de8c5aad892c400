"""Sets of places with dates (focus counties, pilot counties): kept by the desk that needs them."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Q
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.organisations.models import Body, Place, PlaceSet, PlaceSetItem, valid_on
from yishi.organisations.reads import places_find
from yishi.organisations.rights import may
from yishi.organisations.services.place_sets import (
    PAPER,
    place_set_mark,
    place_set_open,
    place_set_put,
    place_set_remove,
)
from yishi.web.kit.exports import wants_export
from yishi.web.kit.fields.simple import area, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.organisations.loads import sets_for

PER_PAGE = 25
MOST_LINES = 500
SEPARATORS = str.maketrans("、，,；;\t", "\n\n\n\n\n\n")


def load_set(request: Request, pk: UUID) -> PlaceSet:
    return PlaceSet.objects.select_related("owner__place").get(pk=pk)


def load_item(request: Request, pk: UUID) -> PlaceSetItem:
    return PlaceSetItem.objects.select_related("place", "place_set__owner__place").get(pk=pk)


PLACE_SETS = DeclaredList(
    "place_sets",
    gettext_lazy("sets of places"),
    [
        Column(gettext_lazy("name"), "name", link="place_set"),
        Column(gettext_lazy("places today"), "today", at=4),
        Column(gettext_lazy("code"), "code", page=False),
        Column(gettext_lazy("kept by"), "owner.name", cell="kept_by"),
        Column(gettext_lazy("note"), "note", cell="note"),
        Column(gettext_lazy("list of poor places"), lambda row: _("yes") if row.is_poor_list else ""),
    ],
)


@page("place_set.see", methods=("GET",))
def place_sets(request: Request) -> HttpResponse:
    today = Count("items", filter=valid_on(timezone.localdate(), "items__"))
    place_sets = sets_for(request.viewer).annotate(today=today).order_by("name", "pk")
    return PLACE_SETS.respond(request, "organisations/place_sets.html", place_sets)


PLACE_SET = DeclaredList(
    "place_set",
    gettext_lazy("places"),
    [
        Column(gettext_lazy("code"), "place.code", page=False),
        Column(gettext_lazy("place"), "place.full_name"),
        Column(gettext_lazy("from"), "valid_from"),
        Column(gettext_lazy("by decision"), "paper"),
        Column(gettext_lazy("until"), "valid_to", cell="until"),
        Column(gettext_lazy("left by decision"), "end_paper", page=False),
        Column(gettext_lazy("Let it leave"), cell="leave", only="keeps", is_silent=True),
    ],
)


@page("place_set.see", load=load_set, methods=("GET",))
def place_set(request: Request, place_set: PlaceSet) -> HttpResponse:
    """The places on a day (today), and those that left or are still to come."""
    day = _day_of(request)
    items = place_set.items.select_related("place").order_by("place__lo", "valid_from")
    on_day = items.filter(valid_on(day))
    return PLACE_SET.respond(
        request,
        "organisations/place_set.html",
        items if wants_export(request) else on_day,
        filename=place_set.name,
        place_set=place_set,
        day=day,
        is_today=day == timezone.localdate(),
        others=items.exclude(pk__in=on_day.values("pk"))[: 4 * PER_PAGE],
        keeps=may("place_set.manage", request.viewer, place_set),
    )


def _day_of(request: Request) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate()


POOR_LABEL = gettext_lazy("it is a list of poor places")
POOR_HELP = gettext_lazy(
    "Whoever stands in it is poor on those days. "
    "A county leaves it with the approval of its exit, by the same decision."
)


class SetForm(ActForm):
    name = forms.CharField(
        label=gettext_lazy("name"), max_length=64, help_text=gettext_lazy("For example: counties to exit in 2026.")
    )
    owner = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("kept by"))
    note = forms.CharField(label=gettext_lazy("note"), max_length=300, required=False)
    is_poor_list = forms.BooleanField(label=POOR_LABEL, help_text=POOR_HELP, required=False)

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        viewer = request.viewer
        desks = [post.body_id for post in viewer.posts if may("place_set.open", viewer, at=post.body)]
        self.fields["owner"].queryset = Body.objects.filter(pk__in=desks)
        if desks:
            self.initial.setdefault("owner", desks[0])


@page("place_set.open")
def place_set_new(request: Request) -> HttpResponse:
    return one_act(
        request,
        SetForm(request.POST or None, request=request),
        place_set_open,
        heading=_("Open a set of places"),
        lead=_("Then you add the places, each with the day from which it belongs to the set."),
        back=reverse("place_sets"),
        done=_("The set is open. Add its places."),
        submit=_("Open the set"),
        next_url=lambda receipt: reverse("place_set_put", args=[receipt.result["place_set"]]),
        layout=CENTRED,
    )


class MarkForm(ActForm):
    is_poor_list = forms.TypedChoiceField(
        label=gettext_lazy("what it is"),
        choices=[("yes", POOR_LABEL), ("no", gettext_lazy("another set; it says nothing of poverty"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        help_text=POOR_HELP,
    )


@page("place_set.manage", load=load_set)
def place_set_marking(request: Request, place_set: PlaceSet) -> HttpResponse:
    return one_act(
        request,
        MarkForm(request.POST or None),
        place_set_mark,
        heading=_("What “%(name)s” is") % {"name": place_set.name},
        back=reverse("place_set", args=[place_set.pk]),
        done=_("It is kept."),
        submit=_("Save"),
        given={"place_set": place_set},
        layout=CENTRED,
    )


class PlacesForm(ActForm):
    places = area(
        gettext_lazy("places, one in a line"),
        rows=10,
        help_text=gettext_lazy("Names or codes; a list from a document may be pasted as it is."),
    )
    since = day_field(gettext_lazy("belong to it from"))
    until = day_field(
        gettext_lazy("until (if it is known)"), required=False, help_text=gettext_lazy("The last day, included.")
    )

    paper = WordsField(
        PAPER,
        gettext_lazy("by which decision"),
        help_text=gettext_lazy("Name or number of the document, for example of the announcement of poor counties."),
    )

    def __init__(self, *args: Any, within: Place | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.within = within
        self.initial.setdefault("since", timezone.localdate())

    def clean_places(self) -> list[Place]:
        """Every line as one place; all lines that are none, or several, are named at once."""
        lines = [line.strip() for line in self.cleaned_data["places"].translate(SEPARATORS).splitlines()]
        lines = [line for line in dict.fromkeys(lines) if line][: MOST_LINES + 1]
        if not lines:
            raise forms.ValidationError(_("Write at least one place."))
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("At most %(most)d places at a time.") % {"most": MOST_LINES})
        places, unknown, several = [], [], []
        exact = _exact(lines, self.within)
        for line in lines:
            matches = exact.get(line) or places_find(line, self.within, 3)
            named = [place for place in matches if line in (place.name, place.full_name, place.code)] or matches
            if len(named) == 1:
                places.append(named[0])
            elif named:
                several.append(f"{line}（{'、'.join(place.full_name for place in named)}）")
            else:
                unknown.append(line)
        errors = []
        if unknown:
            errors.append(_("No place is called so: %(names)s.") % {"names": "、".join(unknown)})
        if several:
            errors.append(
                _("Several places fit; write the full name or the code: %(names)s.") % {"names": "；".join(several)}
            )
        if errors:
            raise forms.ValidationError(errors)
        return places


def _exact(lines: list[str], within: Place | None) -> dict[str, list[Place]]:
    """The open places whose name, full name or code is one of `lines`, by line: one question for a long list."""
    places = Place.objects.filter(
        Q(name__in=lines) | Q(full_name__in=lines) | Q(code__in=lines), closed_on__isnull=True
    )
    if within is not None:
        places = places.filter(lo__gte=within.lo, lo__lte=within.hi)
    by_line: dict[str, list[Place]] = {}
    for place in places:
        for word in {place.name, place.full_name, place.code}:
            by_line.setdefault(word, []).append(place)
    return by_line


@page("place_set.manage", load=load_set)
def place_set_put_page(request: Request, place_set: PlaceSet) -> HttpResponse:
    within = place_set.owner.place if place_set.owner else widest_place(request)
    return one_act(
        request,
        PlacesForm(request.POST or None, within=within),
        place_set_put,
        heading=_("Add places to “%(name)s”") % {"name": place_set.name},
        lead=_("What belongs to it on that day already is passed over."),
        back=reverse("place_set", args=[place_set.pk]),
        done=_("The places belong to the set."),
        submit=_("Add the places"),
        given={"place_set": place_set},
        layout=CENTRED,
    )


class EndForm(ActForm):
    until = day_field(gettext_lazy("last day in the set"))
    paper = WordsField(
        PAPER,
        gettext_lazy("by which decision"),
        help_text=gettext_lazy("For example the announcement that the county has left poverty."),
    )


@page("place_set.item", load=load_item)
def place_set_end(request: Request, item: PlaceSetItem) -> HttpResponse:
    """The place leaves; what it was before stays true."""
    names = {"place": item.place.name, "name": item.place_set.name}
    return one_act(
        request,
        EndForm(request.POST or None, initial={"until": timezone.localdate()}),
        place_set_remove,
        heading=_("%(place)s leaves “%(name)s”") % names,
        lead=_("Figures “as it was then” keep it for the days until then."),
        back=reverse("place_set", args=[item.place_set_id]),
        done=_("The place leaves the set on that day."),
        submit=_("Let it leave"),
        given={"item": item},
        layout=CENTRED,
    )


urlpatterns = [
    path("desk/place-sets/", place_sets, name="place_sets"),
    path("desk/place-sets/new/", place_set_new, name="place_set_new"),
    path("desk/place-sets/<uuid:pk>/", place_set, name="place_set"),
    path("desk/place-sets/<uuid:pk>/mark/", place_set_marking, name="place_set_mark"),
    path("desk/place-sets/<uuid:pk>/add/", place_set_put_page, name="place_set_put"),
    path("desk/place-set-items/<uuid:pk>/end/", place_set_end, name="place_set_end"),
]
