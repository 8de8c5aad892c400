"""Whose act comes next on a worry."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import Worry
from yishi.web.kit.next_acts import Course, NextAct

State = Worry.State

WORRIES = Course(
    kind="worry",
    column="state",
    stages=tuple(State.values),
    acts=(
        NextAct((State.FILED,), "desk", _("Screen"), "worry", "answer_due_on"),
        NextAct((State.PASSED,), "desk", _("Answer"), "worry", "answer_due_on"),
    ),
    rests={
        State.TAKEN_UP: "its matter is on the convener's desk",
        State.CARRIED: "what it became is on the desk of who owes it",
        State.ANSWERED: "over",
        State.MERGED: "it goes with the worry into which it was merged",
        State.REFERRED: "it goes the way the law provides",
        State.DECLINED: "over",
        State.SETTLED: "over",
    },
    records=lambda: Worry.objects.select_related("place"),
    at_desk=lambda: Worry.within.select_related("place"),
    order="answer_due_on",
    number="number",
    clocked=Q(backfilled=False),
    title=lambda worry: worry.text[:60],
    detail=lambda worry: f"{worry.number} · {worry.place.name}",
)
