"""A member's page: my duties. Invitations, sittings, what became of my matters, what I promised, what I raised."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.commitments.models import Commitment, Judge, Verdict
from yishi.database.gather import kept_question
from yishi.deliberation.models import Matter, Seat, Sitting, Worry
from yishi.organisations.rights import may
from yishi.web.assistance.deeds.helping import to_confirm
from yishi.web.commitments.judge import JUDGED_IN
from yishi.web.commitments.waiting import OWN_PROMISES
from yishi.web.kit.desk_items import DeskItem, Source, collect, items_in, rows_of
from yishi.web.kit.one_act import link
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.standing import running
from yishi.web.proposals.proposals import asked_to_sign

SHOWN = 50
STILL_SHOWN = timedelta(days=30)  # a sitting that is over stays this long


def _judging_page(commitment: Commitment) -> str:
    """An answer is rated on the page of its proposal."""
    if commitment.origin_kind == Commitment.Origin.PROPOSAL:
        return reverse("proposal_rate", args=[commitment.origin_id])
    return reverse("judge_one", args=[commitment.pk])


def _invited_rows(viewer: Any) -> QuerySet[Seat]:
    """Invitations to answer, and what they chair without having declared their interests."""
    undeclared = Q(
        state=Seat.State.ACCEPTED,
        role=Seat.Role.CHAIR,
        interests_declared_at__isnull=True,
        matter__state=Matter.State.OPEN,
    )
    waits = Q(state=Seat.State.INVITED) | undeclared
    invited = Seat.objects.filter(waits, person=viewer.person_id, ended_on__isnull=True)
    return invited.select_related("matter").defer("matter__summary").order_by("started_on")[:SHOWN]


def _invited_items(viewer: Any, seats: Any) -> list[DeskItem]:
    return [
        DeskItem(
            kind="seat",
            title=seat.matter.title,
            act=_("Answer the invitation") if seat.state == Seat.State.INVITED else _("Declare interests"),
            url=link("my_seat" if seat.state == Seat.State.INVITED else "seat_declare", seat.pk)
            or reverse("matter", args=[seat.matter_id]),
            detail=seat.get_role_display(),
        )
        for seat in seats
    ]


def _judging_rows(viewer: Any) -> QuerySet[Judge]:
    """The results that they have not judged in this round."""
    judged = Verdict.objects.filter(
        judge__person=viewer.person_id, commitment=OuterRef("commitment"), round=OuterRef("commitment__round")
    )
    judging = Judge.objects.filter(~Exists(judged), person=viewer.person_id, commitment__state__in=JUDGED_IN)
    return judging.select_related("commitment__place").order_by("pk")[:SHOWN]


def _judging_items(viewer: Any, judging: Any) -> list[DeskItem]:
    return [
        DeskItem(
            kind="judge",
            title=judge.commitment.act,
            act=_("Judge the result"),
            url=_judging_page(judge.commitment),
            due_on=judge.commitment.verdict_due_on,
            detail=judge.commitment.place.name,
            clocks=running(judge.commitment),
        )
        for judge in judging
    ]


# What waits for the person, at no desk: invitations, promises in their own name, results to judge.
DUTIES: tuple[Source, ...] = (
    Source(_invited_rows, _invited_items, most=SHOWN),
    OWN_PROMISES.waiting,
    Source(_judging_rows, _judging_items, most=SHOWN),
    to_confirm,
    asked_to_sign,
)


def duties(viewer: Any, answer: Mapping[str, Any] | None = None) -> list[DeskItem]:
    """What waits for the person, the most urgent first; by an answer that is at hand, else asked for."""
    items = collect(viewer, DUTIES) if answer is None else items_in(answer, viewer, DUTIES)
    return sorted(items, key=lambda item: (item.due_on is None, item.due_on, item.title))


def _mine_rows(viewer: Any) -> dict[str, Any]:
    own = Seat.objects.filter(person=viewer.person_id, state=Seat.State.ACCEPTED, ended_on__isnull=True)
    matters = own.values("matter")
    since = timezone.make_aware(datetime.combine(timezone.localdate() - STILL_SHOWN, time()))
    sittings = Sitting.objects.filter(matter__in=matters, starts_at__gte=since)
    raised = Worry.objects.filter(Q(raiser=viewer.person_id) | Q(written_by=viewer.person_id))
    promises = Commitment.within.filter(origin_id__in=matters).exclude(state=Commitment.State.DROPPED)
    return {
        **rows_of(viewer, DUTIES),
        "seats": own.select_related("matter__place").defer("matter__summary").order_by("-started_on")[:SHOWN],
        "sittings": sittings.select_related("matter", "venue").order_by("starts_at")[:SHOWN],
        "promises": promises.select_related("bearer", "place").order_by("settled_on", "due_on")[:SHOWN],
        "worries": raised.select_related("place", "matter").order_by("-raised_at")[:SHOWN],
    }


@page("desk.see", methods=("GET",))
def mine(request: Request) -> HttpResponse:
    """What the person does as a person: their desk's work stands on the desk."""
    viewer = request.viewer
    answer = kept_question("mine", viewer.key, lambda: _mine_rows(viewer)).answer()
    context = {
        "items": duties(viewer, answer),
        **{name: answer[name] for name in ("seats", "sittings", "promises", "worries")},
        "may_write": may("worry.write", viewer),
        "write_url": link("worry_new"),
    }
    return render(request, "shell/mine.html", context)


urlpatterns = [path("desk/mine/", mine, name="mine")]
