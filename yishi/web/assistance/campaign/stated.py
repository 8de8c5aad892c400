"""Numbers that a paper states of a place and of those right below it: rural people, and the baseline of a campaign."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign, StatedNumber
from yishi.assistance.campaign.services.stated import MOST, SOURCE, WHY, number_withdraw, numbers_state
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place, PlaceSet
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.page_tags import day as day_words
from yishi.web.kit.request import Request
from yishi.web.organisations.loads import sets_for

PREFIX = "number_"


class StatedForm(ActForm):
    """The number of the place itself, then of each place right below it; what stays empty is not stated."""

    what = forms.ChoiceField(label=gettext_lazy("which number"), choices=StatedNumber.What.choices)
    place_set = forms.ModelChoiceField(
        PlaceSet.objects.none(),
        label=gettext_lazy("place set"),
        required=False,
        help_text=gettext_lazy("For listed places alone."),
    )
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=gettext_lazy("baseline of the campaign"), required=False
    )
    on = day_field(gettext_lazy("as of"))
    source = WordsField(
        SOURCE, gettext_lazy("from which paper or table"), rows=2, help_text=gettext_lazy("Its name and number.")
    )

    def __init__(self, *args: Any, place: Place, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["place_set"].queryset = sets_for(viewer).order_by("name")
        here = Campaign.objects.filter(place__lo__lte=place.lo, place__hi__gte=place.hi)
        self.fields["campaign"].queryset = here.order_by("-starts_on")
        for each in [place, *Place.objects.filter(parent=place, closed_on=None).order_by("lo")]:
            label = each.name if each.pk != place.pk else _("%(place)s, as a whole") % {"place": each.name}
            self.fields[f"{PREFIX}{each.pk}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=MOST
            )

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        values = {
            UUID(name.removeprefix(PREFIX)): value
            for name, value in cleaned.items()
            if name.startswith(PREFIX) and value is not None
        }
        said = {name: value for name, value in cleaned.items() if not name.startswith(PREFIX)}
        return {**said, "values": values}


def load_place(request: Request, pk: UUID) -> Place:
    return Place.objects.get(pk=pk)


@page("number.state", load=load_place)
def stated_new(request: Request, place: Place) -> HttpResponse:
    form = StatedForm(
        request.POST or None, place=place, viewer=request.viewer, initial={"what": request.GET.get("what", "")}
    )
    return one_act(
        request,
        form,
        numbers_state,
        given={"place": place},
        fields=form.service_fields,
        heading=_("State numbers: %(place)s") % {"place": place.full_name},
        lead=_("As a paper gives them, of this place and of those right below it. Leave empty what it does not say."),
        back=reverse("register_figures", args=[place.pk]),
        done=_("The numbers stand with their source."),
        submit=_("State them"),
    )


def load_number(request: Request, pk: UUID) -> StatedNumber:
    return StatedNumber.objects.select_related("place").get(pk=pk, ended_at=None)


class WithdrawForm(ActForm):
    reason = WordsField(WHY, gettext_lazy("why"), rows=2)


@page("number.withdraw", load=load_number)
def stated_withdraw(request: Request, number: StatedNumber) -> HttpResponse:
    what = number.get_what_display()
    facts = [number.place.full_name, what, f"{number.value:,}", day_words(number.on), number.source]
    return one_act(
        request,
        WithdrawForm(request.POST or None),
        number_withdraw,
        given={"number": number},
        heading=_("Withdraw this number"),
        lead=" · ".join(str(fact) for fact in facts),
        back=reverse("register_figures", args=[number.place_id]),
        done=_("Withdrawn."),
        submit=_("Withdraw it"),
    )


urlpatterns = [
    path("desk/stated/<uuid:pk>/new/", stated_new, name="stated_new"),
    path("desk/stated/number/<uuid:pk>/withdraw/", stated_withdraw, name="stated_withdraw"),
]
