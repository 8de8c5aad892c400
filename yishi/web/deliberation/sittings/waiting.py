"""Whose act comes next on a study, a sitting, an agreement; who is invited or decides on an objection."""

from datetime import date
from typing import Any

from django.db.models import Case, CharField, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import Agreement, Matter, MinutesAnswer, Presence, Seat, Sitting, Study, StudyVisit
from yishi.deliberation.rules import RUNNING_TIERS
from yishi.deliberation.services.minutes import minutes_due
from yishi.deliberation.services.processes import model_of
from yishi.kit.clock import add_workdays
from yishi.organisations.grants import OVERSEEING, WORKING, Viewer
from yishi.organisations.models import Post, valid_on
from yishi.web.kit.desk_items import DeskItem, Source
from yishi.web.kit.next_acts import Course, NextAct, in_small_office, inside
from yishi.web.kit.one_act import link

MOST_SEATS = 50
RUNNING, HANDED_IN, CHECKED = "running", "handed in", "checked"


def _studies() -> QuerySet[Study]:
    return _at_checkers().filter(matter__in=Matter.keys(state=Matter.State.OPEN))


def _at_checkers() -> QuerySet[Study]:
    """Without asking who reaches their matters: the convener's desk does, and those that oversee the place."""
    stage = Case(
        When(checked_on__isnull=False, then=Value(CHECKED)),
        When(handed_in_on__isnull=False, then=Value(HANDED_IN)),
        default=Value(RUNNING),
        output_field=CharField(),
    )
    studies = Study.objects.filter(matter__state=Matter.State.OPEN).defer("matter__summary")
    return studies.annotate(stage_now=stage).select_related("matter")


def _to_check() -> QuerySet[Study]:
    """Those that wait for it, said so that an index finds them: of all that are over there are ever more."""
    return _at_checkers().filter(checked_on__isnull=True, handed_in_on__isnull=False)


def _checking(viewer: Viewer) -> Q:
    """A second person at the convener's desk; where nobody else works there, the desks that oversee the place."""
    recorded = StudyVisit.objects.filter(study=OuterRef("pk"))
    own = Q(Exists(recorded.filter(recorded_by=viewer.person_id)))
    small = in_small_office()
    hands = StudyVisit.objects.filter(study=OuterRef(OuterRef("pk"))).exclude(recorded_by=None)
    colleagues = Post.objects.filter(
        valid_on(timezone.localdate()), body=OuterRef("matter__convener"), role__in=WORKING
    ).exclude(person__in=hands.values("recorded_by"))
    over = inside(
        viewer,
        "matter__place__",
        lambda post: post.body.kind in OVERSEEING and post.body.place.level in RUNNING_TIERS,
    )
    return (Q(matter__convener__in=viewer.desks) & (~own | small)) | (over & ~own & ~Q(Exists(colleagues)) & ~small)


STUDIES = Course(
    kind="study",
    column="stage_now",
    stages=(RUNNING, HANDED_IN, CHECKED),
    acts=(
        NextAct(
            (HANDED_IN,), "second person", _("Check the study"), "matter_studies", "matter__step_due_on",
            whose=_checking, of="matter_id",
        ),
    ),
    rests={RUNNING: "its matter is on the convener's desk", CHECKED: "over"},
    records=_studies,
    at_desk=_to_check,
    order="handed_in_on",
    page="matter",
    of="matter_id",
    matter="matter",
    title=lambda study: study.matter.title,
    detail=lambda study: f"{study.matter.number} · {study.question}",
)  # fmt: skip


def _of_open_matter(today: date) -> Q:
    return Q(matter__state=Matter.State.OPEN)


def _unnoticed(today: date) -> Q:
    """Notice of one that is recorded afterwards was given elsewhere, before."""
    return _of_open_matter(today) & Q(notice_given_on__isnull=True, backfilled=False)


def _without_minutes(today: date) -> Q:
    return _of_open_matter(today) & (Q(minutes__isnull=True) | Q(minutes__issued_at__isnull=True))


def _starts(sitting: Any) -> date | None:
    """One that is recorded afterwards has no clock: nothing of it is overdue."""
    return None if sitting.backfilled else timezone.localdate(sitting.starts_at)


def _resumes(sitting: Any) -> date | None:
    """In a recess of minutes it is the day of the sitting; to another day, that one."""
    return timezone.localdate(sitting.resumes_at) if sitting.resumes_at else _starts(sitting)


def _notice_due(sitting: Any) -> date:
    ahead = model_of(sitting.matter.process).clock("notice")
    return add_workdays(timezone.localdate(sitting.starts_at), -ahead)


State = Sitting.State
STARTS = "starts_at__date"
AHEAD = (State.PLANNED, State.NOTICED)


def _shown(sittings: QuerySet[Sitting]) -> QuerySet[Sitting]:
    return sittings.select_related("matter__process").defer("matter__summary", "matter__process__document")


SITTINGS = Course(
    kind="sitting",
    column="state",
    stages=tuple(State.values),
    acts=(
        NextAct(
            AHEAD, "convener", _("Give notice"), "sitting", _notice_due, _unnoticed, about=STARTS,
        ),
        NextAct(
            AHEAD, "convener", _("Hold the sitting"), "sitting", _starts, _of_open_matter, about=STARTS,
        ),
        NextAct(
            (State.OPEN,), "convener", _("Close the sitting"), "sitting", _starts, _of_open_matter,
            about=STARTS,
        ),
        NextAct(
            (State.RECESS,), "convener", _("Go on with the sitting"), "sitting", _resumes, _of_open_matter,
            about=STARTS,
        ),
        NextAct(
            (State.CLOSED,), "convener", _("Write and issue the minutes"), "sitting", minutes_due,
            _without_minutes, about=STARTS,
        ),
    ),
    rests={State.CANCELLED: "its matter is on the convener's desk"},
    records=lambda: _shown(Sitting.objects.all()),
    at_desk=lambda: _shown(Sitting.within.all()),
    order="starts_at",
    matter="matter",
    title=lambda sitting: sitting.matter.title,
    detail=lambda sitting: sitting.matter.number
    + " · "
    + date_format(timezone.localtime(sitting.starts_at), "DATETIME_FORMAT"),
)  # fmt: skip


AGREEMENTS = Course(
    kind="agreement",
    column="state",
    stages=tuple(Agreement.State.values),
    acts=(
        NextAct(
            (Agreement.State.RECORDED,), "convener", _("Hand the agreement over"), "matter_agreement",
            "matter__step_due_on", _of_open_matter, of="matter_id",
        ),
    ),
    rests={
        Agreement.State.DRAFT: "its matter is on the convener's desk",
        Agreement.State.HANDED_OVER: "its promises are on the desks of those who owe them",
    },
    records=lambda: Agreement.objects.select_related("matter"),
    order="recorded_on",
    page="matter_agreement",
    of="matter_id",
    number="number",
    matter="matter",
    reached=lambda: Q(matter__in=Matter.keys()),
    title=lambda agreement: agreement.matter.title,
    detail=lambda agreement: agreement.number,
)  # fmt: skip


def _seat_item(seat: Any) -> DeskItem:
    """The objection to decide on, where the query found one at this seat; else the invitation to answer."""
    if seat.objection:
        return DeskItem(
            kind="seat",
            title=seat.matter.title,
            act=gettext("Decide on the objection to the chair"),
            url=reverse("objection_decide", args=[seat.objection]),
            due_on=timezone.localdate(seat.objected_at),
            body_id=seat.matter.convener_id,
            detail=f"{seat.matter.number} · {seat.objecting}",
        )
    return DeskItem(
        kind="seat",
        title=seat.matter.title,
        act=gettext("Answer the invitation"),
        url=reverse("my_seat", args=[seat.pk]),
        due_on=seat.matter.step_due_on,
        detail=f"{seat.matter.number} · {seat.get_role_display()}",
    )


def _seat_rows(viewer: Viewer) -> Any:
    """Invitations that the viewer has not answered; objections to a chair that our desk must decide. One question."""
    desks = viewer.desks
    invited = Q(person=viewer.person_id, state=Seat.State.INVITED, ended_on__isnull=True)
    invited &= Q(matter__state=Matter.State.OPEN)
    pending = FilteredRelation("objections", condition=Q(objections__upheld__isnull=True))
    seats = Seat.objects.annotate(pending=pending).filter(
        invited | Q(pending__isnull=False, matter__convener__in=desks)
    )
    seats = seats.annotate(
        objection=F("pending__pk"), objected_at=F("pending__at"), objecting=F("pending__party__name")
    )
    return seats.select_related("matter").order_by("started_on", "pk")[:MOST_SEATS]


def _seat_items(viewer: Viewer, seats: Any) -> list[DeskItem]:
    return [_seat_item(seat) for seat in seats]


SEATS = Source(_seat_rows, _seat_items, most=MOST_SEATS)


def _invited_rows(viewer: Viewer) -> QuerySet[Seat]:
    """Invitations to answer, and what they chair without having declared their interests."""
    undeclared = Q(
        state=Seat.State.ACCEPTED,
        role=Seat.Role.CHAIR,
        interests_declared_at__isnull=True,
        matter__state=Matter.State.OPEN,
    )
    waits = Q(state=Seat.State.INVITED) | undeclared
    invited = Seat.objects.filter(waits, person=viewer.person_id, ended_on__isnull=True)
    return invited.select_related("matter").defer("matter__summary").order_by("started_on")[:MOST_SEATS]


def _invited_items(viewer: Viewer, seats: Any) -> list[DeskItem]:
    return [
        DeskItem(
            kind="seat",
            title=seat.matter.title,
            act=gettext("Answer the invitation") if seat.state == Seat.State.INVITED else gettext("Declare interests"),
            url=link("my_seat" if seat.state == Seat.State.INVITED else "seat_declare", seat.pk)
            or reverse("matter", args=[seat.matter_id]),
            detail=seat.get_role_display(),
        )
        for seat in seats
    ]


def _unread_rows(viewer: Viewer) -> QuerySet[Seat]:
    """The seats from which the viewer was asked to confirm minutes, and has not answered to the draft as it stands."""
    asked = Presence.objects.filter(
        seat=OuterRef("pk"), sitting__minutes__asked_at__isnull=False, sitting__minutes__issued_at__isnull=True
    )
    said = MinutesAnswer.objects.filter(
        seat__person=viewer.person_id, draft=F("minutes__draft"), minutes__sitting=OuterRef("sitting")
    )
    waits = asked.filter(~Exists(said)).values("sitting")[:1]
    seats = Seat.objects.filter(person=viewer.person_id).exclude(role=Seat.Role.OBSERVER)
    seats = seats.exclude(state__in=(Seat.State.RECUSED, Seat.State.MISTAKEN)).annotate(sitting=Subquery(waits))
    seats = seats.filter(sitting__isnull=False).select_related("matter").defer("matter__summary")
    return seats.order_by("pk")[:MOST_SEATS]


def _unread_items(viewer: Viewer, seats: Any) -> list[DeskItem]:
    return [
        DeskItem(
            kind="seat",
            title=seat.matter.title,
            act=gettext("Read the minutes and answer"),
            url=link("room_minutes", seat.sitting) or reverse("matter", args=[seat.matter_id]),
            detail=seat.get_role_display(),
        )
        for seat in seats
    ]


MINUTES_TO_READ = Source(_unread_rows, _unread_items, most=MOST_SEATS)
OWN_SEATS = Source(_invited_rows, _invited_items, most=MOST_SEATS)
