"""Sets of places with dates (focus counties, pilot counties): kept by the desk that needs them."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.organisations.models import Body, Place, PlaceSet, PlaceSetItem, valid_on
from yishi.organisations.queries import places_find
from yishi.organisations.rights import may
from yishi.organisations.services.place_sets import place_set_open, place_set_put, place_set_remove
from yishi.web.kit.exports import export
from yishi.web.kit.fields import area, day_field
from yishi.web.kit.forms import ActForm
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
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


@page("place_set.see", methods=("GET",))
def place_sets(request: Request) -> HttpResponse:
    today = Count("items", filter=valid_on(timezone.localdate(), "items__"))
    rows = sets_for(request.viewer).annotate(today=today).order_by("name", "pk")
    if request.GET.get("export"):
        columns = [
            (_("name"), lambda one: one.name),
            (_("code"), lambda one: one.code),
            (_("kept by"), lambda one: one.owner.name if one.owner else ""),
            (_("places today"), lambda one: one.today),
            (_("note"), lambda one: one.note),
        ]
        return export(request, _("sets of places"), columns, rows)
    words = {"page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))}
    return render(request, "organisations/place_sets.html", words)


@page("place_set.see", load=load_set, methods=("GET",))
def place_set(request: Request, one: PlaceSet) -> HttpResponse:
    """The places on a day (today), and those that left or are still to come."""
    day = _day_of(request)
    items = one.items.select_related("place").order_by("place__lo", "valid_from")
    rows = items.filter(valid_on(day))
    if request.GET.get("export"):
        columns = [
            (_("code"), lambda item: item.place.code),
            (_("place"), lambda item: item.place.full_name),
            (_("from"), lambda item: item.valid_from),
            (_("until"), lambda item: item.valid_to),
        ]
        return export(request, one.name, columns, items)
    words = {
        "place_set": one,
        "day": day,
        "is_today": day == timezone.localdate(),
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "others": items.exclude(pk__in=rows.values("pk"))[: 4 * PER_PAGE],
        "keeps": may("place_set.manage", request.viewer, one),
    }
    return render(request, "organisations/place_set.html", words)


def _day_of(request: Request) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate()


class SetForm(ActForm):
    name = forms.CharField(
        label=gettext_lazy("name"), max_length=64, help_text=gettext_lazy("For example: counties to exit in 2026.")
    )
    owner = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("kept by"))
    note = forms.CharField(label=gettext_lazy("note"), max_length=300, required=False)

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        desks = [post.body_id for post in request.viewer.posts if request.viewer.holds(post.body_id)]
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
        template="kit/register_act.html",
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
        found, unknown, several = [], [], []
        exact = _exact(lines, self.within)
        for line in lines:
            matches = exact.get(line) or places_find(line, self.within, 3)
            named = [one for one in matches if line in (one.name, one.full_name, one.code)] or matches
            if len(named) == 1:
                found.append(named[0])
            elif named:
                several.append(f"{line}（{'、'.join(one.full_name for one in named)}）")
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
        return found


def _exact(lines: list[str], within: Place | None) -> dict[str, list[Place]]:
    """The open places whose name, full name or code is one of `lines`, by line: one question for a long list."""
    rows = Place.objects.filter(Q(name__in=lines) | Q(full_name__in=lines) | Q(code__in=lines), closed_on__isnull=True)
    if within is not None:
        rows = rows.filter(lo__gte=within.lo, lo__lte=within.hi)
    found: dict[str, list[Place]] = {}
    for one in rows:
        for word in {one.name, one.full_name, one.code}:
            found.setdefault(word, []).append(one)
    return found


@page("place_set.manage", load=load_set)
def place_set_put_page(request: Request, one: PlaceSet) -> HttpResponse:
    within = one.owner.place if one.owner else widest_place(request)
    return one_act(
        request,
        PlacesForm(request.POST or None, within=within),
        place_set_put,
        heading=_("Add places to “%(name)s”") % {"name": one.name},
        lead=_("What belongs to it on that day already is passed over."),
        back=reverse("place_set", args=[one.pk]),
        done=_("The places belong to the set."),
        submit=_("Add the places"),
        given={"place_set": one},
        template="kit/register_act.html",
    )


class EndForm(ActForm):
    until = day_field(gettext_lazy("last day in the set"))


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
        template="kit/register_act.html",
    )


urlpatterns = [
    path("desk/place-sets/", place_sets, name="place_sets"),
    path("desk/place-sets/new/", place_set_new, name="place_set_new"),
    path("desk/place-sets/<uuid:pk>/", place_set, name="place_set"),
    path("desk/place-sets/<uuid:pk>/add/", place_set_put_page, name="place_set_put"),
    path("desk/place-set-items/<uuid:pk>/end/", place_set_end, name="place_set_end"),
]
