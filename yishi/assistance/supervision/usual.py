"""What a visit need not say: the lane of a digit, who owes and coordinates where nobody else is named, and what the
register and the checks say of a gap. The grid, the paper list and the workbook say the same."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.assistance.checks.logic.pack import read_pack as read_checks
from yishi.organisations.models import Body, BodyKind, Place, PlaceLevel, valid_on

from .models import Lane
from .reads import Cell
from .services.findings import SEEN

KEYS = {str(number): lane for number, lane in enumerate(Lane.values, 1)}  # what is typed → lane
LEVEL_OF = {Lane.COUNTY: PlaceLevel.COUNTY, Lane.PREFECTURE: PlaceLevel.PREFECTURE, Lane.PROVINCE: PlaceLevel.PROVINCE}
OWING = (BodyKind.GOVERNMENT, BodyKind.VILLAGE, BodyKind.DEPARTMENT)  # in this order, where none is chosen
ASKED = (BodyKind.LEADING, BodyKind.GOVERNMENT, BodyKind.OFFICE, BodyKind.COMMITTEE)


def bodies_around(place: Place) -> Any:
    """The bodies of the places around `place`, the nearest first."""
    around = Body.objects.filter(valid_on(timezone.localdate()), place__lo__lte=place.lo, place__hi__gte=place.hi)
    return around.select_related("place").order_by("-place__lo", "name", "pk")


def usual_bearer(bodies: Sequence[Body], lane: str) -> Body | None:
    """Who owes it where nobody else is named: on the spot the township's government or the village, else the county's
    government."""
    near = (PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE) if lane == Lane.SPOT else (PlaceLevel.COUNTY,)
    return _first(bodies, near, OWING)


def usual_coordinator(bodies: Sequence[Body], lane: str) -> Body | None:
    """Who coordinates a lane where nobody else is named."""
    return None if lane == Lane.SPOT else _first(bodies, (LEVEL_OF[Lane(lane)],), ASKED)


def _first(bodies: Sequence[Body], levels: Sequence[str], kinds: Sequence[str]) -> Body | None:
    fitting = [body for body in bodies if body.place.level in levels and body.kind in kinds]
    return min(fitting, key=lambda body: (levels.index(body.place.level), kinds.index(body.kind)), default=None)


def rule_title(code: str) -> str:
    """What a logic check looks at, in words; the code of one that is no longer there."""
    rule = read_checks().rules.get(code)
    return str(rule.title) if rule else code


def known_words(cell: Cell) -> str:
    """What the register and the checks say of a gap, as the words of the finding."""
    said = [_("the register has this gap")] if cell.is_lacking else []
    said += ["、".join(cell.people)] if cell.people else []
    said += [rule_title(rule) for rule in cell.rules]
    return "；".join(said)[: SEEN.longest]
