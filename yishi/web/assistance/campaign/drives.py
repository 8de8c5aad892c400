"""Themed drives (专项) of a campaign: some weeks inside a phase, and what was done in them."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign, CatalogueItem, Drive
from yishi.assistance.campaign.reads import meetings_for
from yishi.assistance.campaign.services.campaign_setup import drive_change
from yishi.assistance.campaign.services.campaigns import WORDS, drive_add
from yishi.organisations.rights import may
from yishi.reporting.figures import Question, ask, by_heads, by_item, still
from yishi.reporting.small_numbers import Reader, is_rounded
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.numbers import number_text, quantity_words
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .campaigns import act_of, load_campaign


def load_drive(request: Request, pk: UUID) -> Drive:
    return Drive.objects.select_related("campaign__place", "direction").get(pk=pk)


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


@page("campaign.see_part", load=load_drive, methods=("GET",))
def drive(request: Request, drive: Drive) -> HttpResponse:
    """The drive, and the deeds of its days: all items, or those of its direction."""
    campaign, today = drive.campaign, timezone.localdate()
    end = min(drive.ends_on, today)
    figure, done, households = None, [], None
    if drive.starts_on <= today:
        question = Question(campaign.place, drive.starts_on, end, campaign=campaign, direction=drive.direction)
        now = still()
        figure, sums = ask(question, now=now), by_item(question, now=now)
        reader = Reader(request.viewer, now)
        households = reader.tell(question, {"deeds": figure.deeds, "households": figure.households})["households"]
        told = reader.tell_items(question, sums)
        heads = reader.tell_heads(question, by_heads(question, sums, now))
        items = CatalogueItem.objects.filter(pk__in=sums).select_related("direction").prefetch_related("versions")
        for item in items.order_by("ordinal"):
            deeds, amount, _households = sums[item.pk]
            version = item.said
            said, apart = quantity_words(amount, version.unit, heads.get(item.pk))
            done.append(
                {
                    "item": item,
                    "version": version,
                    "deeds": deeds,
                    "said": said,
                    "apart": apart,
                    "households": number_text(told[item.pk]),
                }
            )
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
        "end": end,
        "today": today,
        "runs": may("campaign.run", request.viewer, campaign),
    }
    return file_response(request, "assistance/campaign/drive.html", context, {DRIVE_ITEMS: done})


class DriveForm(ActForm):
    name = forms.CharField(label=gettext_lazy("name of the drive"), max_length=64)
    starts_on = day_field(gettext_lazy("first day"))
    ends_on = day_field(gettext_lazy("last day"))
    direction: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        None, label=gettext_lazy("its direction"), required=False
    )
    words = WordsField(WORDS, gettext_lazy("what is to be reached"), rows=4)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["direction"].queryset = campaign.directions.all()
        self.fields["direction"].empty_label = _("all directions")


@page("campaign.run", load=load_campaign)
def drive_new(request: Request, campaign: Campaign) -> HttpResponse:
    return act_of(
        request,
        campaign,
        DriveForm(request.POST or None, campaign=campaign),
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
    initial = {name: getattr(drive, name) for name in ("name", "starts_on", "ends_on", "direction", "words")}
    return act_of(
        request,
        drive.campaign,
        DriveForm(request.POST or None, campaign=drive.campaign, initial=initial, edits=drive),
        drive_change,
        heading=_("Change %(name)s") % {"name": drive.name},
        back=reverse("drive", args=[drive.pk]),
        done=_("The change is stored."),
        submit=_("Save"),
        given={"drive": drive},
    )


urlpatterns = [
    path("desk/campaigns/<uuid:pk>/drives/new/", drive_new, name="drive_new"),
    path("desk/drives/<uuid:pk>/", drive, name="drive"),
    path("desk/drives/<uuid:pk>/change/", drive_edit, name="drive_edit"),
]
