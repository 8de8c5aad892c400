"""Whose act comes next on a matter, a gate, a yearly plan.

An open matter is always on somebody's desk: on the convener's, unless a gate, a study, a sitting, an agreement or a
promise of it waits for somebody.
"""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yishi.commitments.models import Commitment
from yishi.deliberation.models import (
    Agreement,
    GatePaper,
    GateRequest,
    Matter,
    PlanTopic,
    Seat,
    Sitting,
    Stage,
    StepRecord,
    Study,
    YearPlan,
)
from yishi.deliberation.rules import RUNNING_TIERS
from yishi.deliberation.services.gates import gates_waiting
from yishi.deliberation.services.processes import model_of
from yishi.kit.clock import add_workdays
from yishi.organisations.grants import OVERSEEING, WORKING, Viewer
from yishi.organisations.models import Post, valid_on
from yishi.web.kit.next_acts import Course, NextAct, in_small_office, inside

SOON = 3  # working days
# Columns of a matter of which no item says anything.
UNTOLD = ("summary", "venue", "opened_at", "closed_on", "closing_reason", "source_note")
STAGES = tuple(Stage.values)
Answer = GateRequest.Answer


def _newest_gate(*answers: str) -> Exists:
    """Does the newest request of a gate of the matter's step say one of `answers`?"""
    newest = GateRequest.objects.filter(matter=OuterRef("pk"), step=OuterRef("step"), answer__in=answers)
    later = GateRequest.objects.filter(
        matter=OuterRef("matter"), step=OuterRef("step"), gate=OuterRef("gate"), round__gt=OuterRef("round")
    )
    return Exists(newest.filter(~Exists(later)))


def _returned(today: date) -> Q:
    return Q(_newest_gate(Answer.RETURN))


def _has(records: QuerySet[Any], **narrowed: Any) -> Exists:
    return Exists(records.filter(matter=OuterRef("pk"), **narrowed))


def _unwritten(today: date) -> Q:
    return ~Q(_has(Agreement.objects.all()))


def _drafted(today: date) -> Q:
    written = (Agreement.State.RECORDED, Agreement.State.HANDED_OVER)
    return ~Q(_has(Agreement.objects.all(), state__in=written))


def _seatless(today: date) -> Q:
    return ~Q(_has(Seat.objects.all(), state__in=Seat.LIVE, ended_on__isnull=True))


def _unplanned(today: date) -> Q:
    return ~Q(Exists(Sitting.within.filter(matter=OuterRef("pk")).exclude(state=Sitting.State.CANCELLED)))


def _put_forward_late(today: date) -> Q:
    return Q(Exists(PlanTopic.objects.filter(plan=OuterRef("pk"), state=PlanTopic.State.PROPOSED)))


def elsewhere() -> Q:
    """Something of the matter stands on a desk already."""
    sittings = Sitting.within.filter(matter=OuterRef("pk"), minutes__issued_at__isnull=True)
    owed = Commitment.within.filter(origin_kind=Commitment.Origin.MATTER, origin_id=OuterRef("pk"))
    return (
        Q(_newest_gate("", Answer.HOLD))
        | Q(_has(Study.objects.all(), handed_in_on__isnull=False, checked_on__isnull=True))
        | Q(Exists(sittings.exclude(state=Sitting.State.CANCELLED)))
        | Q(_has(Agreement.objects.all(), state=Agreement.State.RECORDED))
        | Q(Exists(owed.filter(settled_on__isnull=True).exclude(state=Commitment.State.DROPPED)))
    )


def _came_back() -> Exists:
    return Exists(StepRecord.objects.filter(matter=OuterRef("pk"), left_on__isnull=True, came_back=True))


def _presses_until(today: date) -> date:
    return add_workdays(today, SOON)


def _pressing(today: date) -> Q:
    return Q(step_due_on__lte=_presses_until(today)) | Q(_came_back())


def _idle(today: date) -> Q:
    later = Q(step_due_on__gt=_presses_until(today)) | Q(step_due_on__isnull=True)
    return later & ~Q(_came_back()) & (~elsewhere() | _returned(today))  # another gate's answer mends no returned one


def _bring_on(matter: Any) -> str:
    step = model_of(matter.process).step(matter.step)
    return gettext("Bring on: %(step)s") % {"step": step.name if step else ""}


SPECIAL = (
    (STAGES, _("Mend what was returned and ask again"), "matter", _returned),
    ((Stage.DELIBERATED,), _("Fill the seats"), "matter_seats", _seatless),
    ((Stage.DELIBERATED,), _("Plan the sitting"), "matter_sittings", _unplanned),
    ((Stage.AGREED,), _("Write the agreement"), "agreement_new", _unwritten),
    ((Stage.AGREED,), _("Record how the parties consented"), "matter_agreement", _drafted),
)
# What the convener does, the special first.
ACTS = (
    *(NextAct(stages, "convener", act, page, "step_due_on", when) for stages, act, page, when in SPECIAL),
    NextAct(STAGES, "convener", _bring_on, "matter", "step_due_on"),
)


def _at_conveners() -> QuerySet[Matter]:
    """Without asking who reaches them: the convener's own desk does."""
    return _shown(Matter.within.all())


def _open_matters() -> QuerySet[Matter]:
    return _shown(Matter.objects.all())


def _shown(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    """The open ones with what an item says of them."""
    shown = matters.filter(state=Matter.State.OPEN).select_related("place", "process")
    return shown.defer(*UNTOLD, "process__document", "process__edited_by", "process__published_at")


def _matter_words(matter: Any) -> str:
    return f"{matter.number} · {matter.place.name}"


# Two lists, each with an order that the database has at hand: what presses, by its clock; what nobody brings on.
PRESSING = Course(
    "matter", "stage", STAGES, ACTS, {}, _open_matters, common=_pressing, at_desk=_at_conveners,
    is_long=True,
    title=lambda matter: matter.title, detail=_matter_words, order="step_due_on", page="matter",
    number="number", matter="pk",
)  # fmt: skip
IDLE = Course(
    "matter", "stage", STAGES, ACTS, {}, _open_matters, common=_idle, at_desk=_at_conveners,
    is_long=True,
    title=lambda matter: matter.title, detail=_matter_words, order="step_due_on", page="matter",
    number="number", matter="pk",
)  # fmt: skip


def _asked_gates() -> QuerySet[GateRequest]:
    gates = gates_waiting().select_related("matter__place")
    return gates.defer("shown", "reason", "asked_at", "answered_at", *(f"matter__{name}" for name in UNTOLD))


def _with_paper(**narrowed: Any) -> Q:
    """An answer that came on paper waits to be compared."""
    return Q(pk__in=GatePaper.objects.filter(outcome="", **narrowed).values("gate"))


def _comparing(viewer: Viewer) -> Q:
    """A second person at the convener's desk; where nobody else works there, the desks that oversee the place."""
    small = in_small_office()
    over = inside(
        viewer,
        "matter__place__",
        lambda post: post.body.kind in OVERSEEING and post.body.place.level in RUNNING_TIERS,
    )
    mine = _with_paper(recorded_by=viewer.person_id)
    return _with_paper() & (~mine | small) & (Q(convener__in=viewer.desks) | over)


def _carrying(viewer: Viewer) -> Q:
    """The convener carries the paper to a body at which nobody has a post."""
    manned = Post.objects.filter(valid_on(timezone.localdate()), role__in=WORKING)
    return Q(convener__in=viewer.desks) & ~Q(body__in=manned.values("body")) & ~_with_paper()


GATES = Course(
    kind="gate",
    column="answer",
    stages=("", *Answer.values),
    acts=(
        NextAct(("", Answer.HOLD), "body", _("Answer the gate"), "gate", "due_on"),
        NextAct(
            ("", Answer.HOLD), "second person", _("Compare an answer with its paper"), "gate", "due_on",
            whose=_comparing,
        ),
        NextAct(
            ("", Answer.HOLD), "convener", _("Carry the cover paper there, write down the answer"), "gate", "due_on",
            whose=_carrying,
        ),
    ),
    rests={Answer.APPROVE: "the matter went on", Answer.RETURN: "the matter is on the convener's desk"},
    records=_asked_gates,
    is_long=True,
    by_stage=True,
    order="due_on",
    page="matter",
    of="matter_id",
    number="matter__number",
    matter="matter",
    reached=lambda: Q(matter__in=Matter.keys()),
    title=lambda gate: f"{gate.name} · {gate.matter.title}",
    detail=lambda gate: gate.matter.place.full_name,
)  # fmt: skip

PLANS = Course(
    kind="plan",
    column="state",
    stages=tuple(YearPlan.State.values),
    acts=(
        NextAct((YearPlan.State.SUBMITTED,), "approver", _("Decide the plan"), "plan_decide"),
        NextAct(
            (YearPlan.State.COLLECTING,),
            "body",
            _("Mend the plan and submit it again"),
            "plan",
            when=lambda today: ~Q(reason=""),
        ),
        NextAct(
            (YearPlan.State.COLLECTING,),
            "body",
            _("Finish the supplement of the plan and submit it"),
            "plan",
            when=lambda today: Q(decided_at__isnull=False),
        ),
        NextAct(
            (YearPlan.State.APPROVED,),
            "body",
            _("Supplement the plan: a topic was put forward after the approval"),
            "plan",
            when=_put_forward_late,
        ),
    ),
    rests={},
    records=lambda: YearPlan.objects.select_related("body"),
    order="year",
    title=str,
)
