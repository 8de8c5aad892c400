"""Whose act comes next on a project, and on a payment."""

from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yishi.assistance.projects.models import FundMovement, Project, ProjectStep
from yishi.assistance.projects.rules import PLANNING
from yishi.kit.money import yuan_text
from yishi.organisations.grants import OVERSEEING, WORKING, Viewer
from yishi.organisations.models import BodyKind, PlaceLevel, Post, valid_on
from yishi.web.kit.next_acts import Course, NextAct, in_small_office, inside

from .money_words import receiver_of

S = Project.Stage
State = FundMovement.State
NEAR = (PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE)
LEADING = OVERSEEING | {BodyKind.GOVERNMENT, BodyKind.PARTY}
PAID_TO = ("fund", "giver_body", "giver_person", "project", "household", "pupil", "body", "place", "gift")


def _leading(viewer: Viewer) -> Q:
    """The desks that lead in its place, up to the county's, but not who builds it (a small office excepted); where none
    of them is manned, such as for what the county's office builds itself, those above."""
    builds = Q(responsible__in=[post.body_id for post in viewer.posts])
    small = in_small_office()
    there = inside(viewer, "place__", lambda post: post.body.kind in LEADING and post.body.place.level in NEAR)
    above = inside(viewer, "place__", lambda post: post.body.kind in LEADING and post.body.place.level not in NEAR)
    manned = Post.objects.filter(
        ~Q(body=OuterRef("responsible")),
        valid_on(timezone.localdate()),
        role__in=WORKING,
        body__kind__in=LEADING,
        body__place__level__in=NEAR,
        body__place__lo__lte=OuterRef("place__lo"),
        body__place__hi__gte=OuterRef("place__lo"),
    )
    return (there | (above & ~Q(Exists(manned)))) & (~builds | small)


def _approving(viewer: Viewer) -> Q:
    """The same, but for whoever asked for it the last time that somebody did (a small office excepted)."""
    asked = ProjectStep.objects.filter(verb__in=PLANNING)
    later = asked.filter(project=OuterRef("project"), at__gt=OuterRef("at"))
    mine = asked.filter(~Exists(later), project=OuterRef("pk"), by=viewer.person_id)
    return _leading(viewer) & (~Q(Exists(mine)) | in_small_office())


def _accepting(viewer: Viewer) -> Q:
    return Q(acceptor__isnull=True) & _leading(viewer)


def _begins(today: date) -> Q:
    return Q(starts_on__lte=today)


def _money_asked(today: date) -> Q:
    return Q(asked_money_on__isnull=False)


def _works_asked(today: date) -> Q:
    return Q(asked_works_on__isnull=False)


def _ends(today: date) -> Q:
    return Q(ends_on__lte=today)


PROJECTS = Course(
    kind="project",
    column="stage",
    stages=tuple(S.values),
    acts=(
        NextAct((S.PLANNED,), "leader", _("Approve the project"), "project_approve", "starts_on", whose=_approving),
        NextAct(
            (S.APPROVED, S.BUILDING, S.FINISHED, S.ACCEPTED),
            "leader",
            _("Decide about more money"),
            "project_money_decide",
            "asked_money_on",
            _money_asked,
            whose=_approving,
        ),
        NextAct(
            (S.APPROVED, S.BUILDING, S.FINISHED),
            "leader",
            _("Decide about more works"),
            "project_works_decide",
            "asked_works_on",
            _works_asked,
            whose=_approving,
        ),
        NextAct((S.APPROVED,), "responsible", _("Begin the works"), "project_start", "starts_on", _begins),
        NextAct((S.BUILDING,), "responsible", _("Report how far it is"), "project_report", "ends_on", _ends),
        NextAct((S.FINISHED,), "acceptor", _("Accept the works"), "project_accept", "ends_on"),
        NextAct((S.FINISHED,), "leader", _("Accept the works"), "project_accept", "ends_on", whose=_accepting),
    ),
    rests={S.DROPPED: "over"},
    records=lambda: Project.objects.select_related("place"),
    order="ends_on",
    page="project",
    number="number",
    title=lambda project: project.name,
    detail=lambda project: f"{project.number} · {project.place.name}",
)


def _second_hand(viewer: Viewer) -> Q:
    """Somebody else at the fund's desk than who recorded it (in a small office also the same); where nobody else works
    there, the desks that oversee its place."""
    small = in_small_office()
    others = Post.objects.filter(
        ~Q(person=OuterRef("recorded_by")),
        valid_on(timezone.localdate()),
        role__in=WORKING,
        body=OuterRef("fund__owner"),
    )
    over = inside(viewer, "fund__place__", lambda post: post.body.kind in OVERSEEING)
    at_hand = Q(fund__owner__in=viewer.desks) | (over & ~Q(Exists(others)))
    return at_hand & (~Q(recorded_by=viewer.person_id) | small)


PAYMENTS = Course(
    kind="payment",
    column="state",
    stages=tuple(State.values),
    acts=(NextAct((State.WAITING,), "owner", _("Check the payment"), "movement", whose=_second_hand),),
    rests={State.COUNTED: "done", State.RETURNED: "over", State.REVERSED: "over"},
    records=lambda: FundMovement.objects.select_related(*PAID_TO),
    order="recorded_at",
    title=lambda payment: (
        gettext("Payment of %(amount)s yuan to %(whom)s")
        % {"amount": yuan_text(payment.amount), "whom": receiver_of(payment, set())}
    ),
    detail=lambda payment: payment.fund.name,
)
