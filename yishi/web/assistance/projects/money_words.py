"""Words about movements of money that several pages share."""

from uuid import UUID

from django.utils.translation import gettext as _

from yishi.assistance.projects.models import FundMovement
from yishi.reporting.small_numbers import told
from yishi.web.kit.numbers import number_text


def receiver_of(movement: FundMovement, seen: set[UUID]) -> str:
    """Who received a payment; a family that the viewer may not open is “a family in …”."""
    if movement.project:
        return movement.project.name
    if movement.household:
        known = movement.household_id in seen
        return movement.household.number if known else _("a family in %(place)s") % {"place": movement.place.name}
    if movement.pupil:
        return _("a pupil")
    return movement.body.name if movement.body else ""


def many_of(whole: int, seen: int) -> str:
    """How many families or pupils: those whom the viewer may see, and a ten of the others (decision 0031)."""
    return number_text(told(whole, seen, has_own=False, has_rest=seen != whole))
