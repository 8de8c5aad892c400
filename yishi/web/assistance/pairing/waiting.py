"""Whose act comes next on a visit that came late, a need, a need and an offer brought together."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yishi.assistance.pairing.models import Match, Need, Visit
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer, is_overseeing
from yishi.organisations.models import BodyKind
from yishi.web.kit.next_acts import Course, NextAct, inside

State = Match.State


def _keeping(viewer: Viewer) -> Q:
    return inside(
        viewer, "household__place__", lambda post: is_overseeing(post) or post.body.kind == BodyKind.VILLAGE
    )  # fmt: skip


VISITS = Course(
    kind="visit",
    column="state",
    stages=tuple(Visit.State.values),
    acts=(NextAct((Visit.State.WAITING,), "keeper", _("Say whether it counts"), "visit", whose=_keeping),),
    rests={state: "done" for state in Visit.State.values if state != Visit.State.WAITING},
    records=lambda: Visit.objects.select_related("household__place"),
    order="on",
    title=lambda visit: (
        gettext("A visit of %(day)s to household %(number)s")
        % {"day": day_said(visit.on), "number": visit.household.number}
    ),
    detail=lambda visit: visit.household.place.name,
)


def _answering(viewer: Viewer) -> Q:
    """The side to which it was proposed: a desk, or the giver in person."""
    return (
        Q(proposed_by=Match.Side.NEED, offer__desk__in=viewer.reach.bodies)
        | Q(proposed_by=Match.Side.NEED, offer__person=viewer.person_id)
        | Q(proposed_by=Match.Side.OFFER, need__desk__in=viewer.reach.bodies)
    )


def _asked(match: Any) -> str:
    answering = match.offer if match.waits_for == Match.Side.OFFER else match.need
    return str(answering.words)


MATCHES = Course(
    kind="match",
    column="state",
    stages=tuple(State.values),
    acts=(NextAct((State.PROPOSED,), "answering side", _("Say yes or no"), "match", "due_on", whose=_answering),),
    rests={
        State.ACCEPTED: "it is a promise: on its bearer's desk",
        State.DONE: "over",
        State.DELIVERED: "over",
        State.DECLINED: "over",
        State.ENDED: "over",
    },
    records=lambda: Match.objects.select_related("need__place", "offer"),
    order="due_on",
    title=_asked,
    detail=lambda match: match.need.place.name,
)


def _unmatched(today: date) -> Q:
    return ~Q(Exists(Match.within.filter(need=OuterRef("pk"), state__in=Match.LIVE)))


NEEDS = Course(
    kind="match",
    column="state",
    stages=tuple(Need.State.values),
    acts=(NextAct((Need.State.OPEN,), "desk", _("Look for who can help"), "need", "wanted_by", _unmatched),),
    rests={Need.State.MET: "over", Need.State.WITHDRAWN: "over"},
    records=lambda: Need.objects.select_related("place"),
    at_desk=lambda: Need.within.select_related("place"),
    order="stated_on",
    title=lambda need: need.words,
    detail=lambda need: need.place.name,
)
