"""Handing over one pairing, or all that a helper has: who leaves, who comes, from when on, what they should know."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yishi.assistance.pairing.models import Pairing
from yishi.assistance.pairing.services.handovers import (
    FOR_THE_SUCCESSOR,
    MOST_AT_ONCE,
    Preview,
    hand_over_preview,
    pairing_hand_over,
    pairings_hand_over,
    pairings_of,
)
from yishi.assistance.pairing.services.pairing import place_of
from yishi.kit.records import certain
from yishi.organisations.models import Place
from yishi.organisations.reads import place_path
from yishi.organisations.rights import may
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .helper_field import HelperForm
from .pairing_acts import load_pairing, whom


class HandOverForm(HelperForm):
    on = day_field(gettext_lazy("the successor begins on"))
    note = WordsField(FOR_THE_SUCCESSOR, gettext_lazy("what the successor should know"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["helper"].label = _("successor")


class HandOverAllForm(HandOverForm):
    """A handover of several pairings, `offered` for ticking: all are ticked at first."""

    pairings = forms.ModelMultipleChoiceField(
        Pairing.within.none(), label=gettext_lazy("who goes over"), widget=forms.CheckboxSelectMultiple
    )
    field_order = ("helper", "on", "note", "pairings")

    def __init__(self, *args: Any, offered: list[Pairing], **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["pairings"]
        field.queryset = Pairing.within.filter(pk__in=[pairing.pk for pairing in offered])
        field.choices = [(pairing.pk, whom(pairing)) for pairing in offered]
        field.error_messages["required"] = _("Tick at least one pairing.")
        self.place = _around(offered)


def _around(pairings: list[Pairing]) -> Place | None:
    """The smallest place that holds all whom these pairings help: there a successor is looked for."""
    places = [
        place_of(pairing.household if pairing.household is not None else certain(pairing.place)) for pairing in pairings
    ]
    lo, hi = min(place.lo for place in places), max(place.hi for place in places)
    holding = [place for place in place_path(places[0]) if place.lo <= lo and hi <= place.hi]
    return holding[-1] if holding else None


@page("pairing.keep", load=load_pairing)
def hand_over(request: Request, pairing: Pairing) -> HttpResponse:
    form = HandOverForm(request.POST or None, initial={"on": timezone.localdate()})
    form.place = pairing.household.place if pairing.household else pairing.place
    others = pairings_of(request.viewer, pairing.helper).exclude(pk=pairing.pk).count()

    def fields(cleaned: dict[str, Any]) -> dict[str, Any]:
        return {"successor": cleaned["helper"], "on": cleaned["on"], "note": cleaned["note"]}

    return one_act(
        request,
        form,
        pairing_hand_over,
        heading=_("Hand over from %(helper)s") % {"helper": pairing.helper.name},
        lead=whom(pairing),
        back=reverse("pairings"),
        done=_("It is handed over: the successor sees the note and the family's file."),
        submit=_("Hand over to a successor"),
        given={"pairing": pairing},
        fields=fields,
        template="assistance/pairing/hand_over.html",
        pairing=pairing,
        others=others,
    )


@page("pairing.keep", load=load_pairing)
def hand_over_all(request: Request, pairing: Pairing) -> HttpResponse:
    """Hand over all pairings of this one's helper, or those that are ticked: first what would happen is shown."""
    viewer, helper = request.viewer, pairing.helper
    pairings = [
        candidate for candidate in pairings_of(viewer, helper)[:MOST_AT_ONCE] if may("pairing.keep", viewer, candidate)
    ]
    if not pairings:
        messages.info(request, _("%(helper)s helps nobody any more.") % {"helper": helper.name})
        return redirect("pairings")
    form = HandOverAllForm(
        request.POST or None,
        offered=pairings,
        initial={"on": timezone.localdate(), "pairings": [candidate.pk for candidate in pairings]},
    )
    preview: Preview | None = None
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        picked = set(cleaned["pairings"].values_list("pk", flat=True))
        chosen = {
            "pairings": [candidate for candidate in pairings if candidate.pk in picked],
            "successor": cleaned["helper"],
            "on": cleaned["on"],
            "note": cleaned["note"],
        }
        if request.POST.get("sure"):
            receipt = form.attempt(request, pairings_hand_over, **chosen)
            if receipt is not None:
                handed = receipt.result["handed"]
                done = ngettext("%(n)d pairing is handed over.", "%(n)d pairings are handed over.", handed)
                messages.success(request, done % {"n": handed})
                return redirect("pairings")
        elif not request.POST.get("change"):
            preview = hand_over_preview(actor=viewer, **chosen)
    over, stay = (preview.over, preview.stay) if preview else ([], [])
    context = {
        "form": form,
        "helper": helper,
        "count": len(pairings),
        "back": reverse("pairings"),
        "preview": preview,
        "lines": [{"pairing": candidate, "whom": whom(candidate)} for candidate in over],
        "stay": [{"whom": whom(candidate), "why": problem.message} for candidate, problem in stay],
        "handover": form.cleaned_data if preview else {},
        "act_id": form["act_id"].value(),
    }
    template = "assistance/pairing/hand_over_preview.html" if preview else "assistance/pairing/hand_over_all.html"
    has_errors = request.method == "POST" and bool(form.errors)
    return render(request, template, context, status=422 if has_errors else 200)


urlpatterns = [
    path("desk/pairings/<uuid:pk>/hand-over/", hand_over, name="pairing_hand_over"),
    path("desk/pairings/<uuid:pk>/hand-over-all/", hand_over_all, name="pairing_hand_over_all"),
]
