"""The field for the body that coordinates a finding: offered are those around its village."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from yishi.organisations.around import bodies_around
from yishi.organisations.models import Body, Place, PlaceLevel
from yishi.web.kit.fields.bearer_field import BearerField

COORDINATING = (PlaceLevel.COUNTY, PlaceLevel.PREFECTURE, PlaceLevel.PROVINCE)


class CoordinatorField(BearerField):
    """The body that coordinates it: of the county, the prefecture or the province."""

    def __init__(self, **options: Any):
        options.setdefault("label", gettext_lazy("coordinating body"))
        options.setdefault("help_text", gettext_lazy("Not where it is settled on the spot."))
        super().__init__(**options)

    def around(self, place: Place) -> None:
        self.queryset = bodies_around(place).filter(place__level__in=COORDINATING)

    def offer(self, bodies: Sequence[Body]) -> None:
        super().offer([body for body in bodies if body.place.level in COORDINATING])
