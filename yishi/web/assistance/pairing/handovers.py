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
from yishi.organisations.queries import place_path
from yishi.organisations.rights import may
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .helper_field import HelperForm
from .pairing_acts import load_pairing, whom

DAY = forms.DateInput(attrs={"type": "date"})


class HandOverForm(HelperForm):
    on = forms.DateField(label=gettext_lazy("the successor begins on"), widget=DAY)
    note = forms.CharField(
        label=gettext_lazy("what the successor should know"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["helper"].label = _("successor")


class HandOverAllForm(HandOverForm):
    """The same, with the pairings that go over: all are ticked at first."""

    pairings = forms.ModelMultipleChoiceField(
        Pairing.within.none(), label=gettext_lazy("who goes over"), widget=forms.CheckboxSelectMultiple
    )
    field_order = ("helper", "on", "note", "pairings")

    def __init__(self, *args: Any, rows: list[Pairing], **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["pairings"]
        field.queryset = Pairing.within.filter(pk__in=[one.pk for one in rows])
        field.choices = [(one.pk, whom(one)) for one in rows]
        field.error_messages["required"] = _("Tick at least one pairing.")
        self.place = _around(rows)


def _around(rows: list[Pairing]) -> Place | None:
    """The smallest place that holds all of them: there a successor is looked for."""
    places = [place_of(one.household if one.household is not None else certain(one.place)) for one in rows]
    lo, hi = min(one.lo for one in places), max(one.hi for one in places)
    holding = [one for one in place_path(places[0]) if one.lo <= lo and hi <= one.hi]
    return holding[-1] if holding else None


@page("pairing.keep", load=load_pairing)
def hand_over(request: Request, one: Pairing) -> HttpResponse:
    form = HandOverForm(request.POST or None, initial={"on": timezone.localdate()})
    form.place = one.household.place if one.household else one.place
    others = pairings_of(request.viewer, one.helper).exclude(pk=one.pk).count()

    def fields(given: dict[str, Any]) -> dict[str, Any]:
        return {"successor": given["helper"], "on": given["on"], "note": given["note"]}

    return one_act(
        request,
        form,
        pairing_hand_over,
        heading=_("Hand over from %(helper)s") % {"helper": one.helper.name},
        lead=whom(one),
        back=reverse("pairings"),
        done=_("It is handed over: the successor sees the note and the family's file."),
        submit=_("Hand over to a successor"),
        given={"pairing": one},
        fields=fields,
        template="assistance/pairing/hand_over.html",
        pairing=one,
        others=others,
    )


@page("pairing.keep", load=load_pairing)
def hand_over_all(request: Request, one: Pairing) -> HttpResponse:
    """All pairings of this pairing's helper, or those that are ticked: first what would happen, then it happens."""
    viewer, helper = request.viewer, one.helper
    rows = [each for each in pairings_of(viewer, helper)[:MOST_AT_ONCE] if may("pairing.keep", viewer, each)]
    if not rows:
        messages.info(request, _("%(helper)s helps nobody any more.") % {"helper": helper.name})
        return redirect("pairings")
    form = HandOverAllForm(
        request.POST or None,
        rows=rows,
        initial={"on": timezone.localdate(), "pairings": [each.pk for each in rows]},
    )
    seen: Preview | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        picked = set(given["pairings"].values_list("pk", flat=True))
        chosen = {
            "pairings": [each for each in rows if each.pk in picked],
            "successor": given["helper"],
            "on": given["on"],
            "note": given["note"],
        }
        if request.POST.get("sure"):
            receipt = form.attempt(request, pairings_hand_over, **chosen)
            if receipt is not None:
                handed = receipt.result["handed"]
                done = ngettext("%(n)d pairing is handed over.", "%(n)d pairings are handed over.", handed)
                messages.success(request, done % {"n": handed})
                return redirect("pairings")
        elif not request.POST.get("change"):
            seen = hand_over_preview(actor=viewer, **chosen)
    words = {
        "form": form,
        "helper": helper,
        "count": len(rows),
        "back": reverse("pairings"),
        "seen": seen,
        "lines": [{"pairing": each, "whom": whom(each)} for each in seen.over] if seen else [],
        "stay": [{"whom": whom(each), "why": problem.message} for each, problem in seen.stay] if seen else [],
        "given": form.cleaned_data if seen else {},
        "act_id": form["act_id"].value(),
    }
    template = "assistance/pairing/hand_over_preview.html" if seen else "assistance/pairing/hand_over_all.html"
    has_errors = request.method == "POST" and bool(form.errors)
    return render(request, template, words, status=422 if has_errors else 200)


urlpatterns = [
    path("desk/pairings/<uuid:pk>/hand-over/", hand_over, name="pairing_hand_over"),
    path("desk/pairings/<uuid:pk>/hand-over-all/", hand_over_all, name="pairing_hand_over_all"),
]
