"""Whose act comes next on a finding: the body that is to coordinate it. Who owes it has its promise on the desk."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.assistance.supervision.models import Finding
from yishi.commitments.models import Commitment
from yishi.web.kit.next_acts import Course, NextAct

Coordination = Finding.Coordination


def _is_open(day: date) -> Q:
    return Q(commitment__state__in=Commitment.OPEN)


COORDINATION = Course(
    kind="coordination",
    column="coordination",
    stages=tuple(Coordination.values),
    acts=(NextAct((Coordination.ASKED,), "coordinator", _("Coordinate it"), "supervision_finding", "coordinate_by"),),
    rests={
        Coordination.NONE: "its promise stands on its bearer's desk",
        Coordination.ARRANGED: "its promise stands on its bearer's desk",
    },
    records=lambda: Finding.objects.select_related("place", "commitment"),
    at_desk=lambda: Finding.within.select_related("place", "commitment"),
    common=_is_open,
    order="coordinate_by",
    number="commitment__number",
    title=lambda finding: finding.words,
    detail=lambda finding: f"{finding.commitment.number} · {finding.get_lane_display()} · {finding.place.name}",
)
