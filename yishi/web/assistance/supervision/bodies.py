"""Fields for the bodies of a finding: who owes it, who coordinates it; offered are those around its village."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from yishi.assistance.supervision.models import Lane
from yishi.organisations.models import Body, BodyKind, Place, PlaceLevel, valid_on

LEVEL_OF = {Lane.COUNTY: PlaceLevel.COUNTY, Lane.PREFECTURE: PlaceLevel.PREFECTURE, Lane.PROVINCE: PlaceLevel.PROVINCE}
OWING = (BodyKind.GOVERNMENT, BodyKind.VILLAGE, BodyKind.DEPARTMENT)  # in this order, where none is chosen
ASKED = (BodyKind.LEADING, BodyKind.GOVERNMENT, BodyKind.OFFICE, BodyKind.COMMITTEE)
COORDINATING = (PlaceLevel.COUNTY, PlaceLevel.PREFECTURE, PlaceLevel.PROVINCE)


def bodies_around(place: Place) -> Any:
    """The bodies of the places around `place`, the nearest first."""
    around = Body.objects.filter(valid_on(timezone.localdate()), place__lo__lte=place.lo, place__hi__gte=place.hi)
    return around.select_related("place").order_by("-place__lo", "name", "pk")


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


def usual_bearer(bodies: list[Body], lane: str) -> Body | None:
    """Who owes it where nobody else is named: on the spot the township's government or the village, else the county's
    government."""
    near = (PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE) if lane == Lane.SPOT else (PlaceLevel.COUNTY,)
    return _first(bodies, near, OWING)


def usual_coordinator(bodies: list[Body], lane: str) -> Body | None:
    """Who coordinates a lane where nobody else is named."""
    return None if lane == Lane.SPOT else _first(bodies, (LEVEL_OF[Lane(lane)],), ASKED)


def _first(bodies: list[Body], levels: Sequence[str], kinds: Sequence[str]) -> Body | None:
    fitting = [body for body in bodies if body.place.level in levels and body.kind in kinds]
    return min(fitting, key=lambda body: (levels.index(body.place.level), kinds.index(body.kind)), default=None)
