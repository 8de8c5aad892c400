"""Activities: one training, clinic or fair with the deeds that it carried; several recorded at once."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yishi.assistance.campaign.models import CatalogueItem, ItemVersion
from yishi.assistance.campaign.reads import version_on
from yishi.assistance.deeds.models import Activity, Deed, DeedParty, VolunteerTeam
from yishi.assistance.deeds.reads import (
    deeds_in,
    households_by,
    households_find,
    members_by,
    members_find,
    open_items,
    places_of,
    teams_of,
)
from yishi.assistance.deeds.services.activities import Line, activity_open, activity_record, activity_take_back
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.assistance.register.models import Household
from yishi.database.named import record_named
from yishi.kit.records import certain
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.assistance.deeds.loads import PARTIES
from yishi.web.kit.fields.picker import PickerField, is_search
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.taking_back import taking_back

from .deed_words import household_label, how_much, party_words

PER_PAGE = 25


def activities_of(request: Request, *, all_kept: bool = False) -> QuerySet[Activity]:
    """Activities of the viewer's desks and places, those that the viewer recorded, those with a deed in their reach.
    `all_kept`: with those that were taken back."""
    reach = request.viewer.reach
    condition = (
        reach.places("place__")
        | Q(organiser__in=reach.bodies)
        | Q(recorded_by=reach.person, recorded_by__isnull=False)
        | Q(pk__in=deeds_in(reach).filter(activity__isnull=False).values("activity"))
    )
    return (Activity.every if all_kept else Activity.objects).filter(condition)


ACTIVITIES = DeclaredList(
    "activities",
    gettext_lazy("activities"),
    [
        Column(gettext_lazy("activity"), "title", link="activity"),
        Column(gettext_lazy("day"), "on"),
        Column(gettext_lazy("place"), "place.full_name", shown="place.name"),
        Column(gettext_lazy("organised by"), "organiser.name"),
        Column(gettext_lazy("volunteer team"), "team.name"),
        Column(gettext_lazy("deeds"), "count", css="number"),
    ],
)


@page("activity.see", methods=("GET",))
def activities(request: Request) -> HttpResponse:
    carried = Deed.within.filter(activity=OuterRef("pk"), arriving__isnull=True).order_by().values("activity")
    counted = Coalesce(Subquery(carried.annotate(number=Count("pk")).values("number")), 0)
    listed = activities_of(request).select_related("place", "organiser", "team").annotate(count=counted)
    typed = request.GET.get("q", "").strip()
    if typed:
        listed = listed.filter(Q(title__finds=typed) | Q(place__full_name__finds=typed))
    listed = listed.order_by("-on", "-pk")
    return ACTIVITIES.respond(
        request, "assistance/deeds/activities.html", listed, typed=typed, may_open=may("activity.open", request.viewer)
    )


class ActivityForm(ActForm):
    title = forms.CharField(
        label=gettext_lazy("What was it?"),
        help_text=gettext_lazy("One line, such as: volunteer clinic in the village school."),
        max_length=120,
    )
    place = PlaceField(day="on")
    on = day_field(gettext_lazy("When?"))
    organiser = forms.ChoiceField(label=gettext_lazy("Who organised it?"), required=False)
    team = forms.ModelChoiceField(
        VolunteerTeam.objects.none(), label=gettext_lazy("Which volunteer team went there?"), required=False
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.desks = {str(post.body_id): post.body for post in viewer.working_posts}
        choices = [(key, body.name) for key, body in self.desks.items()]
        if viewer.is_sitting_member():
            choices.append(("", _("I myself")))
        self.fields["organiser"].choices = choices
        self.fields["team"].queryset = teams_of(viewer).order_by("name")
        self.fields["team"].empty_label = _("none")

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        return {**cleaned, "organiser": self.desks.get(cleaned["organiser"])}


@page("activity.open")
def activity_new(request: Request) -> HttpResponse:
    place: Place | None = next(iter(places_of(request.viewer)), None)
    team = record_named(teams_of(request.viewer), request.GET.get("team"))
    initial = {"on": timezone.localdate(), "place": team.place if team else place, "team": team}
    form = ActivityForm(request.POST or None, viewer=request.viewer, initial=initial)
    return one_act(
        request,
        form,
        activity_open,
        fields=form.service_fields,
        heading=_("A new activity"),
        lead=_("Write the event down once; then record its deeds for several items and families at a time."),
        back=reverse("activities"),
        done=_("Now record what it brought."),
        submit=_("Go on"),
        next_url=lambda receipt: reverse("activity_add", args=[receipt.result["activity"]]),
    )


def load_activity(request: Request, pk: UUID) -> Activity:
    return activities_of(request).select_related("place", "organiser", "recorded_by", "team").get(pk=pk)


def load_kept(request: Request, pk: UUID) -> Activity:
    """The same, if it was taken back, too: its page says so."""
    kept = activities_of(request, all_kept=True)
    return kept.select_related("place", "organiser", "recorded_by", "team").get(pk=pk)


ACTIVITY_DEEDS = DeclaredList(
    "activity_deeds",
    gettext_lazy("deeds"),
    [
        Column(gettext_lazy("deed"), "version.name", cell="deed"),
        Column(gettext_lazy("receipt number"), "number", page=False),
        Column(gettext_lazy("quantity"), "quantity", shown=how_much, css="number"),
        Column(gettext_lazy("unit"), "version.unit", page=False),
        Column(gettext_lazy("who"), lambda deed: "、".join(party_words(deed))),
        Column(gettext_lazy("state"), "get_state_display", cell="state"),
    ],
)


@page("activity.see", load=load_kept, methods=("GET",))
def activity(request: Request, activity: Activity) -> HttpResponse:
    """One event and its deeds, as far as the viewer may see them."""
    deeds = Deed.objects.filter(activity=activity).select_related("version", "place").prefetch_related(PARTIES)
    deeds = deeds.order_by("-recorded_at", "pk")
    page_obj = Paginator(deeds, PER_PAGE).get_page(request.GET.get("page"))
    may_add = activity.taken_back_at is None and may("activity.extend", request.viewer, activity)
    context = {
        "activity": activity,
        "page_obj": page_obj,
        "may_add": may_add,
        "may_take_back": may_add and not activity.deeds.exclude(state=Deed.State.WITHDRAWN).exists(),
    }
    return file_response(request, "assistance/deeds/activity.html", context, {ACTIVITY_DEEDS: deeds})


ONE_EACH, TOGETHER = "each", "together"


class ManyForm(ActForm):
    """Deeds of one activity: an amount for each item that was given, the families and the members once for all."""

    households = PickerField(
        find=households_find,
        by_ids=households_by,
        label_of=household_label,
        label=gettext_lazy("Which families?"),
        placeholder=gettext_lazy("Name of the head, or number"),
        required=False,
    )
    how = forms.ChoiceField(
        label=gettext_lazy("The amounts below are"),
        choices=(
            (ONE_EACH, gettext_lazy("for each family: one deed each")),
            (TOGETHER, gettext_lazy("for all together: one deed of each item")),
        ),
        initial=ONE_EACH,
        widget=forms.RadioSelect,
    )
    unnamed = forms.IntegerField(
        label=gettext_lazy("People reached without names: how many?"),
        help_text=gettext_lazy("Only if you do not name them. Numbers are kept apart from households by name."),
        required=False,
        min_value=0,
        max_value=5_000_000,
    )
    members = PickerField(
        find=lambda text: [],
        by_ids=lambda ids: [],
        label=gettext_lazy("Which members took part?"),
        placeholder=gettext_lazy("Name of the member"),
        required=False,
        help_text=gettext_lazy("They find it on their page and confirm it with one tap."),
    )

    def __init__(self, *args: Any, viewer: Viewer, activity: Activity, items: list[CatalogueItem], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.viewer, self.activity, self.items = viewer, activity, items
        members = self.fields["members"]
        members.find = lambda text: members_find(viewer, text)
        members.by_ids = lambda ids: members_by(viewer, ids)
        if activity.organiser_id is None:
            del self.fields["members"]
        if not Household.objects.exists():
            del self.fields["households"], self.fields["how"]
        for item in items:
            version = version_on(item, activity.on)
            self.fields[f"item_{item.pk}"] = AmountField(
                label=f"{version.name}（{version.unit}）", required=False, max_digits=14, decimal_places=3, min_value=0
            )
            self.fields[f"item_{item.pk}"].widget.attrs.update({"inputmode": "decimal", "step": "any"})

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The lines and parties for `activity_record`, from the form's cleaned data."""
        lines = []
        families = cleaned.get("households") or []
        villages = [self.activity.place] if self.activity.place.level == "village" else []
        for item in self.items:
            amount = cleaned[f"item_{item.pk}"]
            if not amount:
                continue
            serves = version_on(item, self.activity.on).serves
            if serves == "village":
                lines.append(Line(item, amount, Reached(villages=villages)))
            elif families and cleaned.get("how") == ONE_EACH:
                lines += [Line(item, amount, Reached(households=[family])) for family in families]
            else:
                lines.append(Line(item, amount, Reached(households=families, unnamed=cleaned["unnamed"] or 0)))
        return {"lines": lines, "parties": self._parties(cleaned)}

    def _parties(self, cleaned: dict[str, Any]) -> list[Part]:
        organiser = self.activity.organiser
        people = [Part(person) for person in cleaned.get("members") or []]
        if organiser is None:
            return [Part(certain(self.viewer.person))]
        return [*people, Part(organiser, DeedParty.Role.ORGANISER if people else DeedParty.Role.LEAD)]


@page("activity.extend", load=load_activity)
def activity_add(request: Request, activity: Activity) -> HttpResponse:
    """Several items, several families, one sending: all of it or nothing."""
    catalogue = open_items(request.viewer).select_related("campaign", "direction").prefetch_related("versions")
    catalogue = catalogue.order_by("-campaign__starts_on", "ordinal")
    items = [item for item in catalogue if version_on(item, activity.on).fed_by == ItemVersion.Fed.HAND]
    form = ManyForm(request.POST or None, viewer=request.viewer, activity=activity, items=items)
    context = {"form": form, "activity": activity}
    if is_search(request, form):
        return render(request, "assistance/deeds/activity_add.html", context)
    if request.method == "POST" and form.is_valid():
        receipt = form.attempt(request, activity_record, activity=activity, **form.service_fields(form.cleaned_data))
        if receipt is not None:
            count = len(receipt.result["deeds"])
            said = ngettext("%(n)d deed is recorded.", "%(n)d deeds are recorded.", count) % {"n": count}
            if receipt.result["alike"]:
                said += _("Some look like records of others: see the possible duplicates.")
            said += _named(form.cleaned_data)
            messages.success(request, said)
            return redirect("activity", activity.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "assistance/deeds/activity_add.html", context, status=status)


@page("activity.extend", load=load_activity)
def activity_back(request: Request, activity: Activity) -> HttpResponse:
    return taking_back(
        request,
        activity_take_back,
        what=f"{day_said(activity.on)} · {activity.title}",
        heading=_("Entered by mistake: take it back"),
        lead=_("It is listed no more; its page says that it was taken back, and why."),
        back=reverse("activity", args=[activity.pk]),
        given={"activity": activity},
    )


def _named(cleaned: dict[str, Any]) -> str:
    """Who was ticked, by name: what is stored is read on the next page."""
    families = [household_label(household) for household in cleaned.get("households") or ()]
    members = [str(person) for person in cleaned.get("members") or ()]
    sentences = []
    if families:
        sentences.append(_("Reached: %(names)s.") % {"names": "、".join(families)})
    if members:
        sentences.append(_("Took part: %(names)s.") % {"names": "、".join(members)})
    return "".join(sentences)


urlpatterns = [
    path("desk/activities/", activities, name="activities"),
    path("desk/activities/new/", activity_new, name="activity_new"),
    path("desk/activities/<uuid:pk>/", activity, name="activity"),
    path("desk/activities/<uuid:pk>/back/", activity_back, name="activity_take_back"),
    path("desk/activities/<uuid:pk>/add/", activity_add, name="activity_add"),
]
