"""A campaign's catalogue: items in versions, a file to load or to take along, targets."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.catalogues import (
    MOST_BYTES,
    read_catalogue,
    shipped,
    written_catalogue,
)
from yishi.assistance.campaign.models import Campaign, CatalogueItem, ItemVersion, Target
from yishi.assistance.campaign.services.campaign_setup import catalogue_load, target_drop
from yishi.assistance.campaign.services.campaigns import (
    HINT,
    item_add,
    item_change,
    item_retire,
    target_set,
)
from yishi.assistance.deeds.models import Evidence
from yishi.kit.errors import Refusal
from yishi.kit.records import certain
from yishi.organisations.rights import may
from yishi.reporting.figures import Question, by_heads, by_item, still
from yishi.reporting.small_numbers import Reader
from yishi.web.kit.exports import wants_export
from yishi.web.kit.fields.body_field import BodyField
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, ReplacingForm
from yishi.web.kit.lists import Column, DeclaredList, file_response, reader
from yishi.web.kit.numbers import quantity_words
from yishi.web.kit.one_act import CENTRED, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .campaigns import load_campaign

PER_PAGE = 25


def load_item(request: Request, pk: UUID) -> CatalogueItem:
    return CatalogueItem.objects.select_related("campaign__place", "direction").get(pk=pk)


def load_target(request: Request, pk: UUID) -> Target:
    return Target.objects.select_related("item__campaign__place", "place", "body").get(pk=pk)


def evidence_words(version: ItemVersion) -> str:
    """The kinds of evidence of which one is wanted, in words; with the wish for a photo or a position."""
    wanted = [str(Evidence.Kind(kind).label) for kind in version.evidence if kind in Evidence.Kind.values]
    if version.asks_photo:
        wanted.append(_("photo wished for"))
    if version.asks_position:
        wanted.append(_("position wished for"))
    return "、".join(wanted)


def with_versions(items: list[CatalogueItem]) -> list[dict[str, Any]]:
    """Rows of the catalogue: each item with its newest version and the evidence that is wanted of it."""
    return [{"item": item, "version": item.said, "evidence": evidence_words(item.said)} for item in items]


def _yes(path: str) -> Any:
    """The reader of a column: "yes" where what stands at `path` is true, else nothing."""
    read = reader(path)
    return lambda row: _("yes") if read(row) else ""


CATALOGUE = DeclaredList(
    "catalogue",
    gettext_lazy("catalogue"),
    [
        Column(gettext_lazy("code"), "item.code", page=False),
        Column(gettext_lazy("direction"), "item.direction.name", page=False),
        Column(gettext_lazy("item"), "version.name", cell="item"),
        Column(gettext_lazy("unit"), "version.unit", cell="unit"),
        Column(gettext_lazy("how it adds up"), "version.get_additivity_display", page=False),
        Column(gettext_lazy("for whom"), "version.get_serves_display"),
        Column(gettext_lazy("target per member"), "version.per_member", cell="target"),
        Column(gettext_lazy("target per body"), "version.per_body", page=False),
        Column(gettext_lazy("evidence"), "evidence", cell="evidence", at=7),
        Column(gettext_lazy("indicator"), "version.indicator", page=False),
        Column(gettext_lazy("what counts it"), "version.get_fed_by_display"),
        Column(gettext_lazy("what counts"), "version.hint", page=False),
        Column(gettext_lazy("version"), "version.number", page=False),
        Column(gettext_lazy("valid from"), "version.valid_from", page=False),
        Column(gettext_lazy("reconstruction"), _yes("version.is_reconstruction"), page=False),
        Column(gettext_lazy("retired"), _yes("item.is_retired"), page=False),
    ],
    prepare=with_versions,
)


@page("campaign.see", load=load_campaign, methods=("GET",))
def catalogue(request: Request, campaign: Campaign) -> HttpResponse:
    items = CatalogueItem.objects.filter(campaign=campaign).select_related("direction")
    in_order = list(items.prefetch_related("versions").order_by("is_retired", "direction__ordinal", "ordinal"))
    if wants_export(request):
        return CATALOGUE.workbook(request, in_order, filename=f"{campaign.name}-{_('catalogue')}")
    listed = with_versions(in_order)
    context = {
        "campaign": campaign,
        "directions": [
            (
                direction,
                [
                    entry
                    for entry in listed
                    if entry["item"].direction_id == direction.pk and not entry["item"].is_retired
                ],
            )
            for direction in campaign.directions.all()
        ],
        "retired": [entry for entry in listed if entry["item"].is_retired],
        "has_items": bool(listed),
        "runs": may("campaign.run", request.viewer, campaign),
    }
    return render(request, "assistance/campaign/catalogue.html", context)


@page("campaign.see", load=load_campaign, methods=("GET",))
def catalogue_file(request: Request, campaign: Campaign) -> HttpResponse:
    """The catalogue as the readable file from which another campaign may begin."""
    response = HttpResponse(written_catalogue(campaign), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{campaign.code}.toml")
    return response


class LoadForm(ActForm):
    template = forms.ChoiceField(label=gettext_lazy("A catalogue that comes with the platform"), required=False)
    file = forms.FileField(
        label=gettext_lazy("or a catalogue file (.toml)"),
        required=False,
        help_text=gettext_lazy("Download one first to see how it is written."),
        widget=forms.FileInput(attrs={"accept": ".toml"}),
    )
    either = (("template", "file"),)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = [
            ("", _("none")),
            *((code, template.name) for code, template in shipped().items()),
        ]

    def clean(self) -> dict[str, Any]:
        """The catalogue that was chosen, read from the file, else the shipped one; an error where there is neither."""
        cleaned = super().clean()
        upload, template = cleaned.pop("file", None), cleaned.pop("template", "")
        if upload is not None:
            try:
                cleaned["catalogue"] = read_catalogue(upload.read(MOST_BYTES + 1))
            except Refusal as refusal:
                self.add_error("file", str(refusal.message))
        elif template:
            cleaned["catalogue"] = shipped()[template]
        elif not self.errors:
            self.add_error("template", _("Choose a catalogue, or a file."))
        return cleaned


@page("campaign.run", load=load_campaign)
def catalogue_load_page(request: Request, campaign: Campaign) -> HttpResponse:
    return one_act(
        request,
        LoadForm(request.POST or None, request.FILES or None),
        catalogue_load,
        heading=_("Load a catalogue"),
        lead=_("Its directions and items are added; what has the same code already is passed over."),
        back=reverse("campaign_catalogue", args=[campaign.pk]),
        done=_("The catalogue is loaded. Every item may be changed now."),
        submit=_("Load it"),
        given={"campaign": campaign},
        layout=CENTRED,
    )


class ItemForm(ActForm):
    direction: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(None, label=gettext_lazy("direction"))
    name = forms.CharField(label=gettext_lazy("item"), max_length=64)
    unit = forms.CharField(
        label=gettext_lazy("unit"), max_length=16, help_text=gettext_lazy("What one of it is called: 条, 个, 公里…")
    )
    hint = WordsField(HINT, gettext_lazy("what counts, and what does not"), rows=2)
    additivity = forms.ChoiceField(
        label=gettext_lazy("how it adds up"),
        choices=ItemVersion.Additivity.choices,
        widget=forms.RadioSelect,
        initial="sum",
        help_text=gettext_lazy("Households and people are counted by heads: helped twice, they are one."),
    )
    serves = forms.ChoiceField(
        label=gettext_lazy("for whom"), choices=ItemVersion.Serves.choices, widget=forms.RadioSelect, initial="anybody"
    )
    fed_by = forms.ChoiceField(
        label=gettext_lazy("what counts it"),
        choices=ItemVersion.Fed.choices,
        initial="hand",
        help_text=gettext_lazy("A suggestion is written once, as a proposal, and counts here by itself."),
    )
    evidence = forms.MultipleChoiceField(
        label=gettext_lazy("evidence of which one is wanted"),
        choices=Evidence.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing ticked asks for nothing. A photo of a family's home is never asked for."),
    )
    per_member = forms.IntegerField(
        label=gettext_lazy("target per member"), min_value=0, max_value=10**6, required=False
    )
    per_body = forms.IntegerField(label=gettext_lazy("target per body"), min_value=0, max_value=10**6, required=False)
    indicator = forms.CharField(label=gettext_lazy("indicator it feeds"), max_length=64, required=False)
    is_reconstruction = forms.BooleanField(
        label=gettext_lazy("a reconstruction, not the official wording"), required=False
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["direction"].queryset = campaign.directions.all()


VERSION_FIELDS = (
    "name",
    "unit",
    "hint",
    "additivity",
    "serves",
    "fed_by",
    "evidence",
    "per_member",
    "per_body",
    "indicator",
)


@page("campaign.run", load=load_campaign)
def item_new(request: Request, campaign: Campaign) -> HttpResponse:
    return one_act(
        request,
        ItemForm(request.POST or None, campaign=campaign, initial={"direction": request.GET.get("direction")}),
        item_add,
        heading=_("Add an item"),
        back=reverse("campaign_catalogue", args=[campaign.pk]),
        done=_("The item is in the catalogue."),
        submit=_("Add the item"),
        given={"campaign": campaign},
        layout=CENTRED,
    )


ITEM_TARGETS = DeclaredList(
    "item_targets",
    gettext_lazy("targets"),
    [
        Column(gettext_lazy("place"), "place.full_name", cell="place"),
        Column(gettext_lazy("body"), "body.name", page=False),
        Column(gettext_lazy("drive"), "drive.name"),
        Column(gettext_lazy("at the start"), "start", cell="at_the_start"),
        Column(gettext_lazy("target"), "goal", cell="target"),
        Column(gettext_lazy("by"), "due_on"),
        Column(gettext_lazy("Take the target away"), cell="drop", only="runs", is_silent=True),
    ],
)


@page("campaign.see_part", load=load_item, methods=("GET",))
def item(request: Request, item: CatalogueItem) -> HttpResponse:
    """What the item says now and said before; its targets, and how much was done of it in the campaign's days."""
    versions = list(item.versions.order_by("-number"))
    campaign = item.campaign
    today = timezone.localdate()
    question = Question(campaign.place, campaign.starts_on, min(today, campaign.ends_on or today), campaign=campaign)
    now = still()
    done = by_item(question, now=now).get(item.pk, [0, 0, 0])
    heads = by_heads(question, [item.pk], now)
    told = Reader(request.viewer, now).tell_heads(question, heads).get(item.pk)
    said, apart = quantity_words(done[1], versions[0].unit, told)
    targets = item.targets.select_related("place", "body", "drive").order_by("due_on", "place__lo")
    context = {
        "item": item,
        "campaign": campaign,
        "version": versions[0],
        "evidence": evidence_words(versions[0]),
        "versions": versions,
        "targets": Paginator(targets, PER_PAGE).get_page(request.GET.get("page")),
        "deeds": done[0],
        "said": said,
        "apart": apart,
        "runs": may("campaign.run", request.viewer, campaign),
    }
    return file_response(request, "assistance/campaign/item.html", context, {ITEM_TARGETS: targets})


@page("campaign.part", load=load_item)
def item_edit(request: Request, item: CatalogueItem) -> HttpResponse:
    """A new version from a day on; earlier deeds keep the version of their day."""
    last = certain(item.versions.order_by("-number").first())  # every item has a first version
    initial = {name: getattr(last, name) for name in (*VERSION_FIELDS, "is_reconstruction")}
    form = ItemForm(
        request.POST or None, campaign=item.campaign, initial=initial | {"since": timezone.localdate()}, edits=item
    )
    del form.fields["direction"]
    form.fields["unit"].disabled = True
    form.fields["since"] = day_field(gettext_lazy("valid from"))
    return one_act(
        request,
        form,
        item_change,
        heading=_("Change %(name)s") % {"name": last.name},
        lead=_("What is written here holds from a day on; deeds before it keep what held then. The unit stays."),
        back=reverse("item", args=[item.pk]),
        done=_("The change is stored."),
        submit=_("Save"),
        given={"item": item},
        layout=CENTRED,
    )


@page("campaign.part", load=load_item)
def item_end(request: Request, item: CatalogueItem) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        item_retire,
        heading=_("Retire this item"),
        lead=_("No further deed is recorded under it; those that stand stay, and so do their figures."),
        back=reverse("campaign_catalogue", args=[item.campaign_id]),
        done=_("The item is retired."),
        submit=_("Retire it"),
        given={"item": item},
        layout=CENTRED,
    )


class TargetForm(ReplacingForm):
    replaced = ("baseline", "amount", "due_on")

    place = PlaceField()
    body = BodyField(
        label=gettext_lazy("of one body"),
        required=False,
        help_text=gettext_lazy("Leave it empty if the whole place is meant."),
    )
    baseline = AmountField(
        label=gettext_lazy("what there was at the start"), min_value=0, max_digits=12, decimal_places=3, initial=0
    )
    amount = AmountField(label=gettext_lazy("target"), max_digits=12, decimal_places=3)
    due_on = day_field(gettext_lazy("by"))

    def clean_baseline(self) -> Decimal:
        return self.cleaned_data["baseline"] or Decimal(0)


@page("campaign.part", load=load_item)
def target_new(request: Request, item: CatalogueItem) -> HttpResponse:
    def standing(cleaned: dict[str, Any]) -> dict[str, Any] | None:
        targets = item.targets.filter(place=cleaned["place"], body=cleaned["body"], drive=None)
        said = [{"baseline": each.start, "amount": each.goal, "due_on": each.due_on} for each in targets]
        return said[0] if said else None

    initial = {"place": item.campaign.place, "due_on": item.campaign.ends_on}
    form = TargetForm(request.POST or None, initial=initial, edits=item, standing=standing)
    form.fields["place"].limit(item.campaign.place)
    form.fields["body"].limit(item.campaign.place)
    return one_act(
        request,
        form,
        target_set,
        heading=_("Set a target"),
        lead=_("One target for each place and body; set anew, it replaces the one before."),
        back=reverse("item", args=[item.pk]),
        done=_("The target is set."),
        submit=_("Set the target"),
        given={"item": item},
        layout=CENTRED,
    )


@page("campaign.target", load=load_target)
def target_end(request: Request, target: Target) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        target_drop,
        heading=_("Take the target away"),
        lead=f"{target.place.full_name} {target.body or ''}",
        back=reverse("item", args=[target.item_id]),
        done=_("The target is taken away."),
        submit=_("Take it away"),
        given={"target": target},
        layout=CENTRED,
    )


TARGETS = DeclaredList(
    "targets",
    gettext_lazy("targets"),
    [
        Column(gettext_lazy("item"), "item.said.name", cell="item"),
        Column(gettext_lazy("place"), "place.full_name", cell="place"),
        Column(gettext_lazy("body"), "body.name", page=False),
        Column(gettext_lazy("drive"), "drive.name"),
        Column(gettext_lazy("at the start"), "start", cell="at_the_start"),
        Column(gettext_lazy("target"), "goal", cell="target"),
        Column(gettext_lazy("by"), "due_on"),
    ],
)


@page("campaign.see", load=load_campaign, methods=("GET",))
def targets(request: Request, campaign: Campaign) -> HttpResponse:
    """All targets of a campaign."""
    campaign_targets = Target.objects.filter(item__campaign=campaign).select_related("item", "place", "body", "drive")
    campaign_targets = campaign_targets.prefetch_related("item__versions").order_by("item__ordinal", "place__lo", "pk")
    return TARGETS.respond(
        request,
        "assistance/campaign/targets.html",
        campaign_targets,
        filename=f"{campaign.name}-{_('targets')}",
        campaign=campaign,
    )


urlpatterns = [
    path("desk/campaigns/<uuid:pk>/catalogue/", catalogue, name="campaign_catalogue"),
    path("desk/campaigns/<uuid:pk>/catalogue/file/", catalogue_file, name="campaign_catalogue_file"),
    path("desk/campaigns/<uuid:pk>/catalogue/load/", catalogue_load_page, name="campaign_catalogue_load"),
    path("desk/campaigns/<uuid:pk>/items/new/", item_new, name="item_new"),
    path("desk/campaigns/<uuid:pk>/targets/", targets, name="campaign_targets"),
    path("desk/items/<uuid:pk>/", item, name="item"),
    path("desk/items/<uuid:pk>/change/", item_edit, name="item_edit"),
    path("desk/items/<uuid:pk>/retire/", item_end, name="item_retire"),
    path("desk/items/<uuid:pk>/targets/new/", target_new, name="target_new"),
    path("desk/targets/<uuid:pk>/drop/", target_end, name="target_drop"),
]
