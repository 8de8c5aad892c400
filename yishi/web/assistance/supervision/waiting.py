"""Whose act comes next: on a finding that of the body that is to coordinate it (who owes it has its promise on the
desk), on a round that of everybody in its team."""

from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.supervision.models import Finding, Round, RoundMember
from yishi.assistance.supervision.rules import teams_of
from yishi.database.reach import reach_now
from yishi.organisations.models import valid_on
from yishi.web.kit.next_acts import Course, NextAct

Coordination = Finding.Coordination


def _is_open(day: date) -> Q:
    return Q(standing=Finding.Standing.OPEN)


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


def _reached() -> Q:
    """Rounds whose days the viewer sees: of their desks, of their team, of the places that they oversee."""
    reach = reach_now()
    if reach is None or reach.everything:
        return Q()
    teams = RoundMember.objects.filter(
        valid_on(timezone.localdate()), person=reach.helper, person__isnull=False
    ).values("round")
    mine = Q(body__in=reach.bodies) | Q(leading__in=reach.bodies) | Q(pk__in=teams)
    return mine | reach.places("place__")


ROUNDS = Course(
    kind="round",
    column="state",
    stages=tuple(Round.State.values),
    acts=(NextAct((Round.State.OPEN,), "team", _("Visit its villages"), "round", "ends_on", whose=teams_of),),
    rests={Round.State.CLOSED: "over", Round.State.WITHDRAWN: "over"},
    records=lambda: Round.objects.select_related("place"),
    order="ends_on",
    number="number",
    reached=_reached,
    title=lambda round: round.name,
    detail=lambda round: f"{round.number} · {round.place.name}",
)
