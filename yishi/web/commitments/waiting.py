"""Whose act comes next on a promise, in each stage of its table."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yishi.commitments.clocks import RECHECK_AFTER, next_due
from yishi.commitments.models import Commitment, Judge, Proof, TimeRequest, Verdict
from yishi.organisations.grants import Viewer
from yishi.organisations.models import BodyKind, PlaceLevel
from yishi.web.kit.desk_items import DeskItem, Source
from yishi.web.kit.next_acts import Course, NextAct, inside
from yishi.web.kit.standing import running

from .judge import JUDGED_IN

MOST_RESULTS = 50
S = Commitment.State
OFFICES = (BodyKind.OFFICE, BodyKind.COUNCIL)
NEAR = (PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE)


def _overdue(today: date) -> Q:
    return Q(due_on__lt=today, backfilled=False)


def _asks_time(today: date) -> Q:
    return Q(Exists(TimeRequest.objects.filter(commitment=OuterRef("pk"), granted__isnull=True)))


def _to_look_back(today: date) -> Q:
    return Q(rechecked_on__isnull=True, settled_on__lte=today - RECHECK_AFTER)


def _deciding(viewer: Viewer) -> Q:
    """Its supervisor's desk; where that is the bearer's own, the convening office of the place."""
    office = inside(viewer, "place__", lambda post: post.body.kind in OFFICES and post.body.place.level in NEAR) & ~Q(
        bearer__in=[post.body_id for post in viewer.posts]
    )
    own = Q(supervisor=F("bearer"))
    standing = {"round": OuterRef("round"), "outcome__in": ("", Proof.Outcome.ACCEPTED)}
    papers = Proof.objects.filter(commitment=OuterRef("pk"), paper__isnull=False, **standing)
    written = Q(Exists(papers))  # by the supervisor's desk: another person checks, and strikes off
    mine = Q(Exists(papers.filter(given_by=viewer.person_id)))
    return (~own & Q(supervisor__in=viewer.desks) & ~(written & mine)) | ((own | written) & office & ~(written & mine))


def _has_no_desk(today: date) -> Q:
    """A party or a household owes it: what it says comes on paper, and the supervisor's desk writes it down."""
    return Q(bearer__isnull=True)


def _commitments() -> QuerySet[Commitment]:
    return Commitment.objects.select_related("place")


ACTS = (
    NextAct((S.PROPOSED,), "bearer", _("Confirm it"), "commitment"),
    NextAct((S.IN_FORCE,), "bearer", _("Do it, answer or give proof"), "commitment", next_due, about="due_on"),
    NextAct((S.PROPOSED,), "supervisor", _("Ask who owes it to confirm, write it down from paper"), "commitment",
            when=_has_no_desk),
    NextAct((S.IN_FORCE,), "supervisor", _("Ask who owes it, write down what they say from paper"), "commitment",
            next_due, _has_no_desk, code="on_paper", about="due_on"),
    NextAct((S.PROVED,), "supervisor", _("Check the proof"), "commitment", next_due, whose=_deciding,
            about="proved_on"),
    NextAct(
        (S.CHECKED,), "supervisor", _("Strike it off after the verdict"), "commitment", next_due,
        whose=_deciding, about="verdict_due_on",
    ),
    NextAct((S.STRUCK_OFF,), "supervisor", _("Look back"), "commitment", "recheck_due_on", _to_look_back),
    NextAct((S.IN_FORCE,), "supervisor", _("Decide about more time"), "commitment", next_due, _asks_time,
            code="time", about="due_on"),
    NextAct((S.IN_FORCE,), "escalated_to", _("Press: overdue below your tier"), "commitment", next_due, code="press",
            about="due_on"),
    NextAct((S.IN_FORCE,), "supervisor", _("Press for it"), "commitment", next_due, _overdue, code="press",
            about="due_on"),
)  # fmt: skip


def _in_person(viewer: Viewer) -> Q:
    return Q(bearer_person=viewer.person_id, bearer_person__isnull=False)


PROMISES = Course(
    kind="commitment",
    column="state",
    stages=tuple(S.values),
    acts=ACTS,
    rests={
        S.AGREED: "the hand-over of its agreement stands on the convener's desk",
        S.CLOSED_UNDONE: "over",
        S.DROPPED: "over",
        S.SET_ASIDE: "over",
    },
    records=_commitments,
    order="due_on",
    clocks=running,
    number="number",
    matter="origin_id",
    clocked=Q(backfilled=False),
    title=lambda promise: promise.act,
    detail=lambda promise: f"{promise.number} · {promise.place.name}",
)

# What somebody promised in their own name: the bearer's acts, on the list of their duties.
OWN_PROMISES = replace(PROMISES, acts=tuple(replace(act, whose=_in_person) for act in ACTS if act.desk == "bearer"))


def _judging_page(commitment: Commitment) -> str:
    """An answer is rated on the page of its proposal."""
    if commitment.origin_kind == Commitment.Origin.PROPOSAL:
        return reverse("proposal_rate", args=[commitment.origin_id])
    return reverse("judge_one", args=[commitment.pk])


def _judging_rows(viewer: Viewer) -> QuerySet[Judge]:
    """The results that they have not judged in this round."""
    judged = Verdict.objects.filter(
        judge__person=viewer.person_id, commitment=OuterRef("commitment"), round=OuterRef("commitment__round")
    )
    judging = Judge.objects.filter(~Exists(judged), person=viewer.person_id, commitment__state__in=JUDGED_IN)
    return judging.select_related("commitment__place").order_by("pk")[:MOST_RESULTS]


def _judging_items(viewer: Viewer, judging: Any) -> list[DeskItem]:
    return [
        DeskItem(
            kind="judge",
            title=judge.commitment.act,
            act=gettext("Judge the result"),
            url=_judging_page(judge.commitment),
            due_on=judge.commitment.verdict_due_on,
            detail=judge.commitment.place.name,
            clocks=running(judge.commitment),
        )
        for judge in judging
    ]


TO_JUDGE = Source(_judging_rows, _judging_items, most=MOST_RESULTS)
