"""Whose act comes next on a request for a change of the register."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register.models import ChangeRequest
from yishi.organisations.grants import Viewer, is_overseeing
from yishi.web.kit.next_acts import Course, NextAct, inside

State = ChangeRequest.State


def _deciding(viewer: Viewer) -> Q:
    return inside(viewer, "place__", is_overseeing)


CHANGES = Course(
    kind="change_request",
    column="state",
    stages=tuple(State.values),
    acts=(NextAct((State.OPEN,), "overseer", _("Decide on the change"), "change_request", whose=_deciding),),
    rests={State.APPROVED: "over", State.REFUSED: "over", State.WITHDRAWN: "over"},
    records=lambda: ChangeRequest.objects.select_related("place", "household"),
    order="asked_at",
    title=lambda change: change.get_kind_display(),
    detail=lambda change: f"{change.place.name} · {change.household.number if change.household else ''}",
)
