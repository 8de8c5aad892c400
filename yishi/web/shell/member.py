"""A member's page: my duties. Invitations, sittings, what became of my matters, what I promised, what I raised."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.commitments.models import Commitment, Judge, Verdict
from yishi.deliberation.models import Seat, Sitting, Worry
from yishi.organisations.rights import may
from yishi.web.assistance.deeds.helping import to_confirm
from yishi.web.commitments.judge import JUDGED_IN
from yishi.web.commitments.waiting import OWN_PROMISES
from yishi.web.kit.desk_items import DeskItem
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


def duties(viewer: Any) -> list[DeskItem]:
    """What waits for the person, at no desk: invitations, promises in their own name, results to judge."""
    person = viewer.person_id
    invited = Seat.objects.filter(person=person, state=Seat.State.INVITED, ended_on__isnull=True)
    items = [
        DeskItem(
            kind="seat",
            title=seat.matter.title,
            act=_("Answer the invitation"),
            url=link("my_seat", seat.pk) or reverse("matter", args=[seat.matter_id]),
            detail=seat.get_role_display(),
        )
        for seat in invited.select_related("matter").order_by("started_on")[:SHOWN]
    ]
    items += OWN_PROMISES.waiting(viewer)
    judging = Judge.objects.filter(person=person, commitment__state__in=JUDGED_IN).select_related("commitment__place")
    judged = set(Verdict.objects.filter(judge__in=judging).values_list("commitment", "round"))
    items += [
        DeskItem(
            kind="judge",
            title=judge.commitment.act,
            act=_("Judge the result"),
            url=_judging_page(judge.commitment),
            due_on=judge.commitment.verdict_due_on,
            detail=judge.commitment.place.name,
            clocks=running(judge.commitment),
        )
        for judge in judging[:SHOWN]
        if (judge.commitment_id, judge.commitment.round) not in judged
    ]
    items += to_confirm(viewer)
    items += asked_to_sign(viewer)
    return sorted(items, key=lambda item: (item.due_on is None, item.due_on, item.title))


@page("desk.see", methods=("GET",))
def mine(request: Request) -> HttpResponse:
    """What the person does as a person: their desk's work stands on the desk."""
    viewer, now = request.viewer, timezone.now()
    seats = list(
        Seat.objects.filter(person=viewer.person_id, state=Seat.State.ACCEPTED, ended_on__isnull=True)
        .select_related("matter__place")
        .order_by("-started_on")[:SHOWN]
    )
    matters = [seat.matter_id for seat in seats]
    sittings = Sitting.objects.filter(matter__in=matters, starts_at__gte=now - STILL_SHOWN)
    raised = Worry.objects.filter(Q(raiser=viewer.person) | Q(written_by=viewer.person))
    promises = Commitment.within.filter(origin_id__in=matters).exclude(state=Commitment.State.DROPPED)
    context = {
        "items": duties(viewer),
        "seats": seats,
        "sittings": sittings.select_related("matter", "venue").order_by("starts_at")[:SHOWN],
        "promises": promises.select_related("bearer", "place").order_by("settled_on", "due_on")[:SHOWN],
        "worries": raised.select_related("place", "matter").order_by("-raised_at")[:SHOWN],
        "may_write": may("worry.write", viewer),
        "write_url": link("worry_new"),
    }
    return render(request, "shell/mine.html", context)


urlpatterns = [path("desk/mine/", mine, name="mine")]
