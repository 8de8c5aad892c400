"""Themed drives (专项) of a campaign: some weeks inside a phase, and what was done in them."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import THOUSANDTHS, Campaign, CatalogueItem, Drive
from yishi.assistance.campaign.reads import meetings_for
from yishi.assistance.campaign.services.campaign_setup import drive_change
from yishi.assistance.campaign.services.campaigns import WORDS, drive_add, target_set
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place, PlaceSet, PlaceSetItem, current
from yishi.organisations.rights import may
from yishi.reporting.figures import Question, ask, by_heads, by_item, by_place, still
from yishi.reporting.small_numbers import Reader, is_rounded
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, ReplacingForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.numbers import number_text, plain, quantity_words, thousandths
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.organisations.loads import sets_for

from .campaigns import act_of, load_campaign


def load_drive(request: Request, pk: UUID) -> Drive:
    return Drive.objects.select_related("campaign__place", "direction", "place_set").get(pk=pk)


DRIVE_ITEMS = DeclaredList(
    "drive_items",
    gettext_lazy("Done in its days"),
    [
        Column(gettext_lazy("item"), "version.name", cell="item"),
        Column(gettext_lazy("direction"), "item.direction.name"),
        Column(gettext_lazy("amount"), "said", cell="amount"),
        Column(gettext_lazy("without names"), "apart", page=False),
        Column(gettext_lazy("deeds"), "deeds"),
        Column(gettext_lazy("households"), "households"),
    ],
)


DRIVE_TARGETS = DeclaredList(
    "drive_targets",
    gettext_lazy("targets of the drive"),
    [
        Column(gettext_lazy("item"), "name", link=lambda row: reverse("item", args=[row["target"].item_id])),
        Column(gettext_lazy("target"), lambda row: row["target"].goal, shown="goal", css="number"),
        Column(gettext_lazy("unit"), "unit", page=False),
        Column(gettext_lazy("done"), "said", css="number"),
        Column(gettext_lazy("still missing"), "missing", css="number"),
        Column(gettext_lazy("Take the target away"), cell="drop", only="runs", is_silent=True),
    ],
)
DRIVE_PLACES = DeclaredList(
    "drive_places",
    gettext_lazy("places on its list"),
    [
        Column(gettext_lazy("place"), "place.full_name", link=lambda row: row["url"]),
        Column(gettext_lazy("deeds"), "deeds", css="number"),
        Column(gettext_lazy("households"), "households", css="number"),
    ],
)


def target_rows(drive: Drive, sums: dict[Any, Any], heads: dict[Any, Any]) -> list[dict[str, Any]]:
    """Each target of the drive beside what was done in its days and on its list."""
    rows = []
    targets = drive.targets.select_related("item").prefetch_related("item__versions").order_by("item__ordinal")
    for target in targets:
        version = target.item.said
        _deeds, amount, _households = sums.get(target.item_id, [0, 0, 0])
        told = heads.get(target.item_id)
        said, _apart = quantity_words(amount, version.unit, told)
        left = target.amount - (amount if told is None else told[0].low * THOUSANDTHS)
        rows.append(
            {
                "target": target,
                "name": version.name,
                "unit": version.unit,
                "goal": f"{plain(target.goal)} {version.unit}",
                "said": said,
                "missing": f"{thousandths(left)} {version.unit}" if left > 0 else _("reached"),
            }
        )
    return rows


def places_listed(drive: Drive, until: date) -> list[Place]:
    """The places that were on its list in its days, none of them inside another."""
    items = PlaceSetItem.objects.filter(current(drive.starts_on), place_set=drive.place_set_id, valid_from__lte=until)
    outer: list[Place] = []
    for place in Place.objects.filter(pk__in=items.values("place")).order_by("lo", "-hi"):
        if not outer or place.lo > outer[-1].hi:
            outer.append(place)
    return outer


def place_rows(question: Question, places: list[Place], reader: Reader, query: str) -> list[dict[str, Any]]:
    """The places on the list with what was done there, in the order of the tree: nobody is ranked."""
    counted = by_place(question, places, now=reader.now)
    numbers = reader.tell_places(question, counted)
    return [
        {
            "place": place,
            "deeds": deeds,
            "households": number_text(number),
            "url": f"{reverse('figures_place', args=[place.pk])}?{query}",
        }
        for (place, (deeds, _amount, _households)), number in zip(counted, numbers, strict=True)
    ]


@page("campaign.see_part", load=load_drive, methods=("GET",))
def drive(request: Request, drive: Drive) -> HttpResponse:
    """The drive, and the deeds of its days: all items, or those of its direction."""
    campaign, today = drive.campaign, timezone.localdate()
    end = min(drive.ends_on, today)
    figure, done, households, sums, heads, places = None, [], None, {}, {}, []
    if drive.starts_on <= today:
        question = Question(
            campaign.place,
            drive.starts_on,
            end,
            campaign=campaign,
            direction=drive.direction,
            place_set=drive.place_set,
        )
        now = still()
        figure, sums = ask(question, now=now), by_item(question, now=now)
        reader = Reader(request.viewer, now)
        households = reader.tell(question, {"deeds": figure.deeds, "households": figure.households})["households"]
        heads = reader.tell_heads(question, by_heads(question, sums, now))
        done = item_rows(sums, heads, reader.tell_items(question, sums))
        if drive.place_set is not None:
            query = urlencode({"period": "dates", "start": drive.starts_on, "end": end, "campaign": campaign.pk})
            places = place_rows(question, places_listed(drive, end), reader, query)
    targets = target_rows(drive, sums, heads)
    context = {
        "drive": drive,
        "campaign": campaign,
        "phase": campaign.phases.filter(starts_on__lte=drive.starts_on, ends_on__gte=drive.ends_on).first(),
        "figure": figure,
        "households": number_text(households) if households else "",
        "is_rounded": is_rounded([households]),
        "meetings": meetings_for(request.viewer, campaign).filter(drive=drive),
        "holds": may("steering.hold", request.viewer, campaign),
        "done": done,
        "targets": targets,
        "places": places,
        "end": end,
        "today": today,
        "runs": may("campaign.run", request.viewer, campaign),
    }
    return file_response(
        request,
        "assistance/campaign/drive.html",
        context,
        {DRIVE_ITEMS: done, DRIVE_TARGETS: targets, DRIVE_PLACES: places},
    )


def item_rows(sums: dict[Any, Any], heads: dict[Any, Any], told: dict[Any, Any]) -> list[dict[str, Any]]:
    """Each item of which something was done."""
    rows = []
    items = CatalogueItem.objects.filter(pk__in=sums).select_related("direction").prefetch_related("versions")
    for item in items.order_by("ordinal"):
        deeds, amount, _households = sums[item.pk]
        version = item.said
        said, apart = quantity_words(amount, version.unit, heads.get(item.pk))
        rows.append(
            {
                "item": item,
                "version": version,
                "deeds": deeds,
                "said": said,
                "apart": apart,
                "households": number_text(told[item.pk]),
            }
        )
    return rows


class DriveForm(ActForm):
    name = forms.CharField(label=gettext_lazy("name of the drive"), max_length=64)
    starts_on = day_field(gettext_lazy("first day"))
    ends_on = day_field(gettext_lazy("last day"))
    direction: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        None, label=gettext_lazy("its direction"), required=False
    )
    place_set: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("its list of places"),
        required=False,
        help_text=gettext_lazy("A place set; without one it is of the whole campaign."),
    )
    words = WordsField(WORDS, gettext_lazy("what is to be reached"), rows=4)

    def __init__(self, *args: Any, campaign: Campaign, viewer: Viewer, stands: Any = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        seen = sets_for(viewer) | PlaceSet.objects.select_related("owner").filter(pk=stands)
        self.fields["place_set"].queryset = seen.order_by("name")
        self.fields["place_set"].empty_label = _("all places of the campaign")
        self.fields["direction"].queryset = campaign.directions.all()
        self.fields["direction"].empty_label = _("all directions")


@page("campaign.run", load=load_campaign)
def drive_new(request: Request, campaign: Campaign) -> HttpResponse:
    return act_of(
        request,
        campaign,
        DriveForm(request.POST or None, campaign=campaign, viewer=request.viewer),
        drive_add,
        heading=_("Open a themed drive"),
        lead=_("Some weeks inside a phase in which all work on one theme."),
        done=_("The drive is open."),
        submit=_("Open the drive"),
        given={"campaign": campaign},
        next_url=lambda receipt: reverse("drive", args=[receipt.result["drive"]]),
    )


@page("campaign.part", load=load_drive)
def drive_edit(request: Request, drive: Drive) -> HttpResponse:
    fields = ("name", "starts_on", "ends_on", "direction", "place_set", "words")
    initial = {name: getattr(drive, name) for name in fields}
    form = DriveForm(
        request.POST or None,
        campaign=drive.campaign,
        viewer=request.viewer,
        stands=drive.place_set_id,
        initial=initial,
        edits=drive,
    )
    return act_of(
        request,
        drive.campaign,
        form,
        drive_change,
        heading=_("Change %(name)s") % {"name": drive.name},
        back=reverse("drive", args=[drive.pk]),
        done=_("The change is stored."),
        submit=_("Save"),
        given={"drive": drive},
    )


class DriveTargetForm(ReplacingForm):
    replaced = ("amount",)

    item: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(None, label=gettext_lazy("item"))
    amount = AmountField(label=gettext_lazy("target"), max_digits=12, decimal_places=3)

    def __init__(self, *args: Any, drive: Drive, **kwargs: Any):
        super().__init__(*args, **kwargs)
        items = drive.campaign.items.filter(is_retired=False).prefetch_related("versions").order_by("ordinal")
        if drive.direction_id:
            items = items.filter(direction=drive.direction_id)
        self.fields["item"].queryset = items
        self.fields["item"].label_from_instance = lambda item: f"{item.said.name}（{item.said.unit}）"


@page("campaign.part", load=load_drive)
def drive_target_new(request: Request, drive: Drive) -> HttpResponse:
    def standing(cleaned: dict[str, Any]) -> dict[str, Any] | None:
        target = drive.targets.filter(item=cleaned["item"]).first() if cleaned.get("item") else None
        return {"amount": target.goal} if target else None

    return act_of(
        request,
        drive.campaign,
        DriveTargetForm(request.POST or None, drive=drive, edits=drive, standing=standing),
        target_set,
        heading=_("Set a target of the drive"),
        lead=_("How much of one item, in the days of the drive and on its list; set anew, it replaces the one before."),
        back=reverse("drive", args=[drive.pk]),
        done=_("The target is set."),
        submit=_("Set the target"),
        given={"drive": drive, "place": drive.campaign.place, "due_on": drive.ends_on},
    )


urlpatterns = [
    path("desk/campaigns/<uuid:pk>/drives/new/", drive_new, name="drive_new"),
    path("desk/drives/<uuid:pk>/", drive, name="drive"),
    path("desk/drives/<uuid:pk>/change/", drive_edit, name="drive_edit"),
    path("desk/drives/<uuid:pk>/targets/new/", drive_target_new, name="drive_target_new"),
]
