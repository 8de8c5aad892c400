"""The bodies around a village, and which of them owes what is to be mended there where nobody else is named."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from .models import Body, BodyKind, Place, PlaceLevel, valid_on

OWING = (BodyKind.GOVERNMENT, BodyKind.VILLAGE, BodyKind.DEPARTMENT)  # in this order
ON_THE_SPOT = (PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE)


def bodies_around(place: Place) -> Any:
    """The bodies of the places around `place`, the nearest first."""
    around = Body.objects.filter(valid_on(timezone.localdate()), place__lo__lte=place.lo, place__hi__gte=place.hi)
    return around.select_related("place").order_by("-place__lo", "name", "pk")


def mender(bodies: Sequence[Body], levels: Sequence[str] = ON_THE_SPOT) -> Body | None:
    """Who mends it: the government, the village or a department of the first of the levels that has one."""
    return first_of(bodies, levels, OWING)


def first_of(bodies: Sequence[Body], levels: Sequence[str], kinds: Sequence[str]) -> Body | None:
    """The first of the bodies by the order of levels, then of kinds."""
    fitting = [body for body in bodies if body.place.level in levels and body.kind in kinds]
    return min(fitting, key=lambda body: (levels.index(body.place.level), kinds.index(body.kind)), default=None)
