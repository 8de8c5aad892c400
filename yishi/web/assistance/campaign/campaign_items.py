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
from yishi.assistance.campaign.models import (
    Campaign,
    CatalogueItem,
    ItemVersion,
    Target,
)
from yishi.assistance.campaign.models.campaigns import THOUSANDTHS
from yishi.assistance.campaign.services.campaign_setup import catalogue_load, target_drop
from yishi.assistance.campaign.services.campaigns import (
    item_add,
    item_change,
    item_retire,
    target_set,
)
from yishi.assistance.deeds.models import Evidence
from yishi.kit.errors import Refusal
from yishi.kit.records import certain
from yishi.organisations.rights import may
from yishi.reporting.figures import Question, by_item
from yishi.web.kit.body_field import BodyField
from yishi.web.kit.exports import export
from yishi.web.kit.fields import area, day_field
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.place_field import PlaceField
from yishi.web.kit.request import Request

from .campaigns import load_campaign

PER_PAGE = 25


def load_item(request: Request, pk: UUID) -> CatalogueItem:
    return CatalogueItem.objects.select_related("campaign__place", "direction").get(pk=pk)


def load_target(request: Request, pk: UUID) -> Target:
    return Target.objects.select_related("item__campaign__place", "place", "body").get(pk=pk)


def evidence_words(version: ItemVersion) -> str:
    """The classes of evidence of which one is wanted, in words."""
    words = [str(Evidence.Kind(kind).label) for kind in version.evidence if kind in Evidence.Kind.values]
    if version.asks_photo:
        words.append(_("photo wished for"))
    if version.asks_position:
        words.append(_("position wished for"))
    return "、".join(words)


@page("campaign.see", load=load_campaign, methods=("GET",))
def catalogue(request: Request, one: Campaign) -> HttpResponse:
    items = CatalogueItem.objects.filter(campaign=one).select_related("direction")
    rows = list(items.prefetch_related("versions").order_by("is_retired", "direction__ordinal", "ordinal"))
    if request.GET.get("export"):
        return export(request, f"{one.name}-{_('catalogue')}", _columns(), [(x, x.said) for x in rows])
    found: list[dict[str, Any]] = [
        {"item": item, "version": item.said, "evidence": evidence_words(item.said)} for item in rows
    ]
    words = {
        "campaign": one,
        "directions": [
            (
                direction,
                [row for row in found if row["item"].direction_id == direction.pk and not row["item"].is_retired],
            )
            for direction in one.directions.all()
        ],
        "retired": [row for row in found if row["item"].is_retired],
        "has_items": bool(found),
        "runs": may("campaign.run", request.viewer, one),
    }
    return render(request, "assistance/campaign/catalogue.html", words)


def _columns() -> list[tuple[Any, Any]]:
    return [
        (_("code"), lambda row: row[0].code),
        (_("direction"), lambda row: row[0].direction.name),
        (_("item"), lambda row: row[1].name),
        (_("unit"), lambda row: row[1].unit),
        (_("how it adds up"), lambda row: row[1].get_additivity_display()),
        (_("for whom"), lambda row: row[1].get_serves_display()),
        (_("evidence"), lambda row: evidence_words(row[1])),
        (_("target per member"), lambda row: row[1].per_member),
        (_("target per body"), lambda row: row[1].per_body),
        (_("indicator"), lambda row: row[1].indicator),
        (_("what counts it"), lambda row: row[1].get_fed_by_display()),
        (_("what counts"), lambda row: row[1].hint),
        (_("version"), lambda row: row[1].number),
        (_("valid from"), lambda row: row[1].valid_from),
        (_("reconstruction"), lambda row: _("yes") if row[1].is_reconstruction else ""),
        (_("retired"), lambda row: _("yes") if row[0].is_retired else ""),
    ]


@page("campaign.see", load=load_campaign, methods=("GET",))
def catalogue_file(request: Request, one: Campaign) -> HttpResponse:
    """The catalogue as the readable file from which another campaign may begin."""
    response = HttpResponse(written_catalogue(one), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{one.code}.toml")
    return response


class LoadForm(ActForm):
    template = forms.ChoiceField(label=gettext_lazy("A catalogue that comes with the platform"), required=False)
    file = forms.FileField(
        label=gettext_lazy("or a catalogue file (.toml)"),
        required=False,
        help_text=gettext_lazy("Download one first to see how it is written."),
        widget=forms.FileInput(attrs={"accept": ".toml"}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = [("", _("none")), *((code, one.name) for code, one in shipped().items())]

    def clean(self) -> dict[str, Any]:
        """The one catalogue that was chosen."""
        given = super().clean()
        upload, template = given.pop("file", None), given.pop("template", "")
        if upload is not None:
            try:
                given["catalogue"] = read_catalogue(upload.read(MOST_BYTES + 1))
            except Refusal as refusal:
                self.add_error("file", str(refusal.message))
        elif template:
            given["catalogue"] = shipped()[template]
        elif not self.errors:
            self.add_error("template", _("Choose a catalogue, or a file."))
        return given


@page("campaign.run", load=load_campaign)
def catalogue_load_page(request: Request, one: Campaign) -> HttpResponse:
    return one_act(
        request,
        LoadForm(request.POST or None, request.FILES or None),
        catalogue_load,
        heading=_("Load a catalogue"),
        lead=_("Its directions and items are added; what has the same code already is passed over."),
        back=reverse("campaign_catalogue", args=[one.pk]),
        done=_("The catalogue is loaded. Every item may be changed now."),
        submit=_("Load it"),
        given={"campaign": one},
        template="kit/register_act.html",
    )


class ItemForm(ActForm):
    direction: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(None, label=gettext_lazy("direction"))
    name = forms.CharField(label=gettext_lazy("item"), max_length=64)
    unit = forms.CharField(
        label=gettext_lazy("unit"), max_length=16, help_text=gettext_lazy("What one of it is called: 条, 个, 公里…")
    )
    hint = area(gettext_lazy("what counts, and what does not"), rows=2, max_length=200)
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


FIELDS = ("name", "unit", "hint", "additivity", "serves", "fed_by", "evidence", "per_member", "per_body", "indicator")


@page("campaign.run", load=load_campaign)
def item_new(request: Request, one: Campaign) -> HttpResponse:
    return one_act(
        request,
        ItemForm(request.POST or None, campaign=one, initial={"direction": request.GET.get("direction")}),
        item_add,
        heading=_("Add an item"),
        back=reverse("campaign_catalogue", args=[one.pk]),
        done=_("The item is in the catalogue."),
        submit=_("Add the item"),
        given={"campaign": one},
        template="kit/register_act.html",
    )


@page("campaign.see_part", load=load_item, methods=("GET",))
def item(request: Request, one: CatalogueItem) -> HttpResponse:
    """What the item says now and said before; its targets, with what is done of them."""
    versions = list(one.versions.order_by("-number"))
    campaign = one.campaign
    today = timezone.localdate()
    question = Question(campaign.place, campaign.starts_on, min(today, campaign.ends_on or today), campaign=campaign)
    done = by_item(question).get(one.pk, [0, 0, 0])
    targets = one.targets.select_related("place", "body").order_by("due_on", "place__lo")
    words = {
        "item": one,
        "campaign": campaign,
        "version": versions[0],
        "evidence": evidence_words(versions[0]),
        "versions": versions,
        "targets": Paginator(targets, PER_PAGE).get_page(request.GET.get("page")),
        "deeds": done[0],
        "amount": Decimal(done[1]) / THOUSANDTHS,
        "runs": may("campaign.run", request.viewer, campaign),
    }
    return render(request, "assistance/campaign/item.html", words)


@page("campaign.part", load=load_item)
def item_edit(request: Request, one: CatalogueItem) -> HttpResponse:
    """A new version from a day on; the deeds before it keep theirs."""
    last = certain(one.versions.order_by("-number").first())  # an item begins with its first
    initial = {name: getattr(last, name) for name in (*FIELDS, "is_reconstruction")}
    form = ItemForm(request.POST or None, campaign=one.campaign, initial=initial | {"since": timezone.localdate()})
    del form.fields["direction"]
    form.fields["unit"].disabled = True
    form.fields["since"] = day_field(gettext_lazy("valid from"))
    return one_act(
        request,
        form,
        item_change,
        heading=_("Change %(name)s") % {"name": last.name},
        lead=_("What is written here holds from a day on; deeds before it keep what held then. The unit stays."),
        back=reverse("item", args=[one.pk]),
        done=_("The change is stored."),
        submit=_("Save"),
        given={"item": one},
        template="kit/register_act.html",
    )


@page("campaign.part", load=load_item)
def item_end(request: Request, one: CatalogueItem) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        item_retire,
        heading=_("Retire this item"),
        lead=_("No further deed is recorded under it; those that stand stay, and so do their figures."),
        back=reverse("campaign_catalogue", args=[one.campaign_id]),
        done=_("The item is retired."),
        submit=_("Retire it"),
        given={"item": one},
        template="kit/register_act.html",
    )


class TargetForm(ActForm):
    place = PlaceField()
    body = BodyField(
        label=gettext_lazy("of one body"),
        required=False,
        help_text=gettext_lazy("Leave it empty if the whole place is meant."),
    )
    baseline = forms.DecimalField(
        label=gettext_lazy("what there was at the start"), min_value=0, max_digits=12, decimal_places=3, initial=0
    )
    amount = forms.DecimalField(label=gettext_lazy("target"), max_digits=12, decimal_places=3)
    due_on = day_field(gettext_lazy("by"))

    def clean_baseline(self) -> Decimal:
        return self.cleaned_data["baseline"] or Decimal(0)


@page("campaign.part", load=load_item)
def target_new(request: Request, one: CatalogueItem) -> HttpResponse:
    form = TargetForm(request.POST or None, initial={"place": one.campaign.place, "due_on": one.campaign.ends_on})
    form.fields["place"].limit(one.campaign.place)
    form.fields["body"].limit(one.campaign.place)
    return one_act(
        request,
        form,
        target_set,
        heading=_("Set a target"),
        lead=_("One target for each place and body; set anew, it replaces the one before."),
        back=reverse("item", args=[one.pk]),
        done=_("The target is set."),
        submit=_("Set the target"),
        given={"item": one},
        template="kit/register_act.html",
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
        template="kit/register_act.html",
    )


@page("campaign.see", load=load_campaign, methods=("GET",))
def targets(request: Request, one: Campaign) -> HttpResponse:
    """All targets of a campaign."""
    rows = Target.objects.filter(item__campaign=one).select_related("item", "place", "body")
    rows = rows.prefetch_related("item__versions").order_by("item__ordinal", "place__lo", "pk")
    if request.GET.get("export"):
        columns = [
            (_("item"), lambda row: row.item.said.name),
            (_("place"), lambda row: row.place.full_name),
            (_("body"), lambda row: row.body.name if row.body else ""),
            (_("at the start"), lambda row: row.start),
            (_("target"), lambda row: row.goal),
            (_("by"), lambda row: row.due_on),
        ]
        return export(request, f"{one.name}-{_('targets')}", columns, rows)
    words = {"campaign": one, "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))}
    return render(request, "assistance/campaign/targets.html", words)


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
