"""A member's page: my duties. Invitations, sittings, what became of my matters, what I promised, what I raised."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from yishi.commitments.models import Commitment
from yishi.database.kept import kept_question
from yishi.deliberation.models import Seat, Sitting, Worry
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import may
from yishi.web.assistance.deeds.waiting import TO_CONFIRM
from yishi.web.commitments.waiting import OWN_PROMISES, TO_JUDGE
from yishi.web.deliberation.sittings.waiting import MINUTES_TO_READ, OWN_SEATS
from yishi.web.kit.desk_items import DeskItem, Source, collect, items_in, rows_of
from yishi.web.kit.one_act import link
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.proposals.waiting import ASKED_TO_SIGN

SHOWN = 50
STILL_SHOWN = timedelta(days=30)  # a sitting that is over stays this long


# What waits for the person, at no desk: invitations, promises in their own name, results to judge.
DUTIES: tuple[Source, ...] = (
    OWN_SEATS,
    MINUTES_TO_READ,
    OWN_PROMISES.waiting,
    TO_JUDGE,
    TO_CONFIRM,
    ASKED_TO_SIGN,
)


def duties(viewer: Viewer, answer: Mapping[str, Any] | None = None) -> list[DeskItem]:
    """What waits for the person, the most urgent first; by an answer that is at hand, else asked for."""
    items = collect(viewer, DUTIES) if answer is None else items_in(answer, viewer, DUTIES)
    return sorted(items, key=lambda item: (item.due_on is None, item.due_on, item.title))


def _mine_rows(viewer: Viewer) -> dict[str, Any]:
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
