"""The chair's interventions on the screens of secretary and chair: one tap each."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Intervention, Matter, Seat, Sitting
from yishi.deliberation.services.chairing import NOTE, chair_intervene, chair_intervention_back
from yishi.web.deliberation.sittings.loads import load_sitting
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.taking_back import taking_back

from .tap import act_in_room


class InterventionForm(ActForm):
    kind = forms.ChoiceField(label=gettext_lazy("What the chair did"), choices=Intervention.Kind.choices)
    seat: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Towards whom"), required=False, empty_label=gettext_lazy("the whole room")
    )
    note = WordsField(NOTE, gettext_lazy("In a few words (if need be)"))

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any):
        super().__init__(*args, **kwargs)
        seats = Seat.objects.filter(matter=sitting.matter_id).exclude(role=Seat.Role.CHAIR)
        self.fields["seat"].queryset = seats.select_related("person")
        self.fields["seat"].label_from_instance = lambda seat: str(seat.person)


@page("sitting.run", load=load_sitting)
def intervention_new(request: Request, sitting: Sitting) -> HttpResponse:
    return act_in_room(
        request,
        InterventionForm(request.POST or None, sitting=sitting),
        chair_intervene,
        heading=_("The chair intervened"),
        lead=_("It stands in the minutes, and the figures say how often each side was spoken to."),
        back=reverse("sitting_room", args=[sitting.pk]),
        given={"sitting": sitting, "at": sitting.starts_at if sitting.backfilled else None},
        done=_("It is in the log."),
        submit=_("Write it into the log"),
    )


def load_intervention(request: Request, pk: UUID) -> Intervention:
    interventions = Intervention.objects.select_related(
        "sitting__matter__place", "sitting__matter__convener", "seat__person"
    )
    return interventions.get(pk=pk, sitting__matter__in=Matter.keys())


def _named(intervention: Intervention) -> str:
    """As the log has it: when, what, towards whom."""
    towards = f" · {intervention.seat.person}" if intervention.seat else ""
    return f"{timezone.localtime(intervention.at):%H:%M} {intervention.get_kind_display()}{towards}"


@page("sitting.run", load=load_intervention)
def intervention_back(request: Request, intervention: Intervention) -> HttpResponse:
    return taking_back(
        request,
        chair_intervention_back,
        heading=_("Written down by mistake: take it out of the log"),
        what=_named(intervention),
        lead=_("It counts for nobody any more; the reason stays."),
        back=reverse("sitting_room", args=[intervention.sitting_id]),
        given={"intervention": intervention},
    )


urlpatterns = [
    path("desk/sittings/<uuid:pk>/room/interventions/new/", intervention_new, name="intervention_new"),
    path("desk/interventions/<uuid:pk>/take-back/", intervention_back, name="intervention_take_back"),
]
