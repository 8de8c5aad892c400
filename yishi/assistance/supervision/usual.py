"""What a visit need not say: the lane of a digit, who owes and coordinates where nobody else is named, and what the
register and the checks say of a gap. The grid, the paper list and the workbook say the same."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from yishi.assistance.checks.logic.pack import read_pack as read_checks
from yishi.organisations.around import first_of, mender
from yishi.organisations.models import Body, BodyKind, PlaceLevel

from .matrix import Cell
from .models import Lane
from .services.findings import SEEN

KEYS = {str(number): lane for number, lane in enumerate(Lane.values, 1)}  # what is typed → lane
LEVEL_OF = {Lane.COUNTY: PlaceLevel.COUNTY, Lane.PREFECTURE: PlaceLevel.PREFECTURE, Lane.PROVINCE: PlaceLevel.PROVINCE}
ASKED = (BodyKind.LEADING, BodyKind.GOVERNMENT, BodyKind.OFFICE, BodyKind.COMMITTEE)


def usual_bearer(bodies: Sequence[Body], lane: str) -> Body | None:
    """Who owes it where nobody else is named: on the spot the township's government or the village, else the county's
    government."""
    return mender(bodies) if lane == Lane.SPOT else mender(bodies, (PlaceLevel.COUNTY,))


def usual_coordinator(bodies: Sequence[Body], lane: str) -> Body | None:
    """Who coordinates a lane where nobody else is named."""
    return None if lane == Lane.SPOT else first_of(bodies, (LEVEL_OF[Lane(lane)],), ASKED)


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
