"""Numbers of bodies without the deeds behind them: a list of their own, added to nothing."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.reads import item_names, version_on
from yishi.assistance.deeds.models import Unitemised
from yishi.assistance.deeds.reads import open_items, places_of
from yishi.assistance.deeds.services.unitemised import WHERE_FROM, unitemised_report, unitemised_withdraw
from yishi.kit.records import lend
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import may
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import AmountField, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.numbers import thousandths
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request


def numbers_of(request: Request) -> QuerySet[Unitemised]:
    """Numbers without details of the viewer's places and desks."""
    reach = request.viewer.reach
    numbers = Unitemised.objects.filter(reach.places("place__") | Q(body__in=reach.bodies))
    return numbers.select_related("item", "body", "place").prefetch_related("item__versions")


UNITEMISED = DeclaredList(
    "unitemised",
    gettext_lazy("numbers without details"),
    [
        Column(gettext_lazy("item"), lambda number: version_of(number).name),
        Column(
            gettext_lazy("number without details"),
            lambda number: number.amount / 1000,
            cell="amount",
            at=6,
            css="number",
        ),
        Column(gettext_lazy("body"), "body.name"),
        Column(gettext_lazy("place"), "place.full_name", shown="place.name"),
        Column(gettext_lazy("from (first day)"), "starts_on", page=False),
        Column(gettext_lazy("to (last day)"), "ends_on", page=False),
        Column(gettext_lazy("period"), cell="period"),
        Column(gettext_lazy("unit"), lambda number: version_of(number).unit, page=False),
        Column(gettext_lazy("where it comes from"), "note"),
        Column("", cell="acts", is_silent=True),
    ],
)


@page("unitemised.see", methods=("GET",))
def unitemised(request: Request) -> HttpResponse:
    """What bodies report without details, apart from what is counted by deeds."""
    withdrawn = request.GET.get("withdrawn") == "1"
    numbers = numbers_of(request).filter(withdrawn_at__isnull=not withdrawn).order_by("-ends_on", "-pk")

    def dress(shown: list[Unitemised]) -> None:
        for number in shown:
            may_withdraw = number.withdrawn_at is None and may("unitemised.withdraw", request.viewer, number)
            lend(number, version=version_of(number), much=thousandths(number.amount), may_withdraw=may_withdraw)

    return UNITEMISED.respond(
        request,
        "assistance/deeds/unitemised.html",
        numbers,
        dress=dress,
        withdrawn=withdrawn,
        may_report=may("unitemised.report", request.viewer),
    )


def version_of(number: Unitemised) -> Any:
    """The version of its item that held on the period's last day, from versions that are prefetched."""
    versions = sorted(number.item.versions.all(), key=lambda version: version.number)
    return ([version for version in versions if version.valid_from <= number.ends_on] or versions[:1])[-1]


class NumberForm(ActForm):
    body = forms.ChoiceField(label=gettext_lazy("Whose number?"))
    item = forms.ChoiceField(label=gettext_lazy("item"))
    amount = AmountField(label=gettext_lazy("How much?"), max_digits=14, decimal_places=3)
    place = PlaceField(day="ends_on")
    starts_on = day_field(gettext_lazy("from (first day)"))
    ends_on = day_field(gettext_lazy("to (last day)"))
    note = WordsField(
        WHERE_FROM,
        gettext_lazy("Where does this number come from?"),
        rows=2,
        help_text=gettext_lazy("Which table, which report; and why there are no details."),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.desks = {str(post.body_id): post.body for post in viewer.working_posts}
        catalogue = open_items(viewer).select_related("campaign").prefetch_related("versions")
        self.items = {str(item.pk): item for item in catalogue.order_by("-campaign__starts_on", "ordinal")}
        self.fields["body"].choices = [(key, body.name) for key, body in self.desks.items()]
        self.fields["item"].choices = [*item_names(self.items.values()).items()]

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        return {**cleaned, "body": self.desks[cleaned["body"]], "item": self.items[cleaned["item"]]}


@page("unitemised.report")
def unitemised_new(request: Request) -> HttpResponse:
    place = next(iter(places_of(request.viewer)), None)
    form = NumberForm(request.POST or None, viewer=request.viewer, initial={"place": place})
    return one_act(
        request,
        form,
        unitemised_report,
        fields=form.service_fields,
        heading=_("A number without details"),
        lead=_("It is shown apart, under your body's name, and added to no figure. Record deeds if you can."),
        back=reverse("unitemised"),
        done=_("The number stands apart, under your body's name."),
        submit=_("Report it"),
    )


def load_number(request: Request, pk: UUID) -> Unitemised:
    return numbers_of(request).get(pk=pk)


@page("unitemised.withdraw", load=load_number)
def unitemised_end(request: Request, number: Unitemised) -> HttpResponse:
    version = version_on(number.item, number.ends_on)
    return one_act(
        request,
        ActForm(request.POST or None),
        unitemised_withdraw,
        given={"row": number},
        fields=lambda cleaned: {},
        heading=_("Withdraw this number"),
        lead=f"{version.name} · {thousandths(number.amount)} {version.unit} · {number.body.name}",
        back=reverse("unitemised"),
        done=_("Withdrawn."),
        submit=_("Withdraw it"),
    )


urlpatterns = [
    path("desk/unitemised/", unitemised, name="unitemised"),
    path("desk/unitemised/new/", unitemised_new, name="unitemised_new"),
    path("desk/unitemised/<uuid:pk>/withdraw/", unitemised_end, name="unitemised_withdraw"),
]
