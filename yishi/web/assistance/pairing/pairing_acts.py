"""Assigning helpers to several families at once, pairing with a place, ending; handing over: `handovers.py`."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.pairing.models import Pairing
from yishi.assistance.pairing.reads import without_helper
from yishi.assistance.pairing.services.pairing import (
    WHY_ENDED,
    PairingRow,
    pairing_end,
    pairing_make,
    pairings_make_many,
)
from yishi.assistance.register.models import Household
from yishi.assistance.register.rules import keeps_its_village
from yishi.organisations.models import Place
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .helper_field import HelperForm
from .pairing import place_asked


class AssignForm(HelperForm):
    """Several households for one helper."""

    village = PlaceField(label=gettext_lazy("village"), levels=("village",))
    households = forms.ModelMultipleChoiceField(
        Household.within.none(),
        label=gettext_lazy("households"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    valid_from = day_field(gettext_lazy("from"))
    note = forms.CharField(label=gettext_lazy("note"), max_length=500, required=False)
    field_order = ("village", "households", "helper", "valid_from", "note")

    def __init__(self, *args: Any, village: Place, only_without_helper: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.place = village
        del self.fields["village"]
        households = Household.objects.filter(place=village, left_on__isnull=True).select_related("head")
        if only_without_helper:
            households = without_helper(households, timezone.localdate())
        self.fields["households"].queryset = households.order_by("number")
        self.fields["households"].label_from_instance = lambda household: f"{household.number} {household.head.name}"
        self.fields["households"].error_messages["required"] = _("Tick at least one household.")
        self.fields["households"].required = True


@page("pairing.assign")
def assign_helper(request: Request) -> HttpResponse:
    """Choose the village, tick households, name the helper: several pairings in one act."""
    village = place_asked(request)
    known = village is not None and keeps_its_village.test(request.viewer, village)
    if village is None or not known:
        choose = VillageForm(request.GET if "village" in request.GET else None)
        choose.fields["village"].limit(widest_place(request))
        if choose.is_bound and choose.is_valid():
            place = choose.cleaned_data["village"]
            if keeps_its_village.test(request.viewer, place):
                return redirect(f"{reverse('pairing_assign')}?place={place.pk}")
            choose.add_error("village", _("%(place)s is not looked after by your desk.") % {"place": place.name})
        return render(request, "assistance/pairing/choose_village.html", {"form": choose})
    everybody = bool(request.GET.get("all"))
    form = AssignForm(
        request.POST or None,
        village=village,
        only_without_helper=not everybody,
        initial={"valid_from": timezone.localdate()},
    )
    if not form.fields["households"].queryset.exists():
        return render(request, "assistance/pairing/choose_village.html", {"village": village, "everybody": everybody})

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        pairing_rows = [
            PairingRow(cleaned["helper"], household, cleaned["valid_from"], note=cleaned["note"])
            for household in cleaned["households"]
        ]
        return {"rows": pairing_rows}

    return one_act(
        request,
        form,
        pairings_make_many,
        heading=_("Assign a helper in %(place)s") % {"place": village.name},
        lead=_("Each ticked household is paired with this helper, who sees their files from the first day on."),
        back=reverse("pairings"),
        done=_("The pairings stand."),
        submit=_("Assign"),
        fields=fields,
        template="assistance/pairing/assign.html",
        village=village,
        everybody=everybody,
    )


class VillageForm(Form):
    village = PlaceField(label=gettext_lazy("village"), levels=("village",))


class PlacePairingForm(HelperForm):
    place = PlaceField(  # type: ignore[assignment]  # Django takes a declared field off the class: no attribute is hidden
        label=gettext_lazy("place"), levels=("county", "township", "village")
    )
    is_leader = forms.BooleanField(
        label=gettext_lazy("A leader who is responsible for this place (挂联领导)"), required=False
    )
    valid_from = day_field(gettext_lazy("from"))
    note = forms.CharField(label=gettext_lazy("note"), max_length=500, required=False)
    field_order = ("place", "helper", "is_leader", "valid_from", "note")

    def place_for(self, cleaned: dict[str, Any]) -> Place | None:
        return cleaned.get("place")


@page("pairing.assign")
def place_pairing(request: Request) -> HttpResponse:
    """Pair a place with whoever is responsible for it: a leader with a county, a body with a village."""
    form = PlacePairingForm(
        request.POST or None, initial={"valid_from": timezone.localdate(), "place": place_asked(request)}
    )
    form.fields["place"].limit(widest_place(request))

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        kind = Pairing.Kind.LEADER if cleaned["is_leader"] else ""
        return {
            "row": PairingRow(
                cleaned["helper"], cleaned["place"], cleaned["valid_from"], kind=kind, note=cleaned["note"]
            )
        }

    return one_act(
        request,
        form,
        pairing_make,
        heading=_("Pair a leader or body with a place"),
        back=reverse("pairings"),
        done=_("The pairing stands."),
        submit=_("Save"),
        fields=fields,
    )


def load_pairing(request: Request, pk: UUID) -> Pairing:
    return Pairing.objects.select_related("person", "body", "place", "household__head", "household__place").get(pk=pk)


class EndForm(ActForm):
    on = day_field(gettext_lazy("last day"))
    reason = WordsField(WHY_ENDED, gettext_lazy("reason"))


@page("pairing.keep", load=load_pairing)
def end_pairing(request: Request, pairing: Pairing) -> HttpResponse:
    yesterday = timezone.localdate() - timedelta(days=1)
    form = EndForm(request.POST or None, initial={"on": max(yesterday, pairing.valid_from)})
    return one_act(
        request,
        form,
        pairing_end,
        heading=_("End the pairing of %(helper)s") % {"helper": pairing.helper.name},
        lead=whom(pairing),
        back=reverse("pairings"),
        done=_("The pairing has ended."),
        submit=_("End it"),
        given={"pairing": pairing},
    )


def whom(pairing: Pairing) -> str:
    """Whom a pairing helps, in one line: the family with its number and village, or the place."""
    home = pairing.household
    if home is not None:
        return f"{home.head.name}（{home.number}）· {home.place.full_name}"
    return pairing.place.full_name if pairing.place else ""


urlpatterns = [
    path("desk/pairings/assign/", assign_helper, name="pairing_assign"),
    path("desk/pairings/place/", place_pairing, name="pairing_place"),
    path("desk/pairings/<uuid:pk>/end/", end_pairing, name="pairing_end"),
]
