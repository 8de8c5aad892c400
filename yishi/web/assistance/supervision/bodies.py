"""Fields for the bodies of a finding: who owes it, who coordinates it; offered are those around its village."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from yishi.assistance.supervision.usual import bodies_around
from yishi.organisations.models import Body, Place, PlaceLevel

COORDINATING = (PlaceLevel.COUNTY, PlaceLevel.PREFECTURE, PlaceLevel.PROVINCE)


def called(body: Body) -> str:
    return f"{body.name}（{body.place.name}）"


class BearerField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """The body that owes it."""

    def __init__(self, **options: Any):
        options.setdefault("label", gettext_lazy("bearer"))
        super().__init__(Body.objects.none(), **options)

    def around(self, place: Place) -> None:
        self.queryset = bodies_around(place)

    def label_from_instance(self, body: Body) -> str:
        return called(body)


class CoordinatorField(BearerField):
    """The body that coordinates it: of the county, the prefecture or the province."""

    def __init__(self, **options: Any):
        options.setdefault("label", gettext_lazy("coordinating body"))
        options.setdefault("help_text", gettext_lazy("Not where it is settled on the spot."))
        super().__init__(**options)

    def around(self, place: Place) -> None:
        self.queryset = bodies_around(place).filter(place__level__in=COORDINATING)
