"""The secretary's screen: everything that is recorded in the room; the QR code on the wall; opening and closing."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Sitting, Stance
from yishi.deliberation.services.room import room_number
from yishi.deliberation.services.sittings import (
    RECESS_REASON,
    sitting_close,
    sitting_open,
    sitting_recess,
    sitting_resume,
)
from yishi.deliberation.services.stances import current
from yishi.formats.qr import qr_svg
from yishi.notices.addresses import address_of
from yishi.web.deliberation.sittings.loads import load_sitting
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .grid import Sent, grid_context
from .loads import room_context
from .roll import WalkInForm
from .statements import StatementForm
from .tap import act_in_room, one_tap

UNAUDITED = "the desk from which a sitting is run"
MOMENT = "%Y-%m-%dT%H:%M"


def secretary_context(sitting: Sitting, sent: Sent | None = None) -> dict[str, Any]:
    """Everything the secretary's screen shows; `sent` is what was typed in a form of it that was refused."""
    context = room_context(sitting)
    context |= grid_context(sitting, context["grid"], sent)
    context["form"] = StatementForm(matter=sitting.matter)
    context["walk_in"] = WalkInForm(matter=sitting.matter, auto_id="walk_%s")
    return context


@page("sitting.run", load=load_sitting, methods=("GET",), unaudited=UNAUDITED)
def sitting_room(request: Request, sitting: Sitting) -> HttpResponse:
    return render(request, "deliberation/room/secretary.html", secretary_context(sitting))


@page("sitting.run", load=load_sitting, methods=("GET",), unaudited=UNAUDITED)
def sitting_room_part(request: Request, sitting: Sitting) -> HttpResponse:
    """The part of the page that changed."""
    return render(request, "deliberation/room/secretary_fragment.html", secretary_context(sitting))


@page("sitting.run", load=load_sitting, methods=("GET",), unaudited=UNAUDITED)
def sitting_state(request: Request, sitting: Sitting) -> HttpResponse:
    """The room's number and running counts: what its screens ask for all the time, a few numbers, no page."""
    counts: dict[str, dict[str, int]] = {}
    counted = (
        current(Stance.objects.filter(statement__sitting=sitting))
        .values_list("statement", "value")
        .annotate(Count("pk"))
    )
    for statement, value, count in counted:
        counts.setdefault(str(statement), {})[value] = count
    state = {"version": room_number(sitting), "state": sitting.state, "stays": sitting.is_live, "counts": counts}
    return JsonResponse(state)


@page("sitting.run", load=load_sitting, methods=("GET",), unaudited=UNAUDITED)
def room_code(request: Request, sitting: Sitting) -> HttpResponse:
    """The QR code to hang up in the room: who holds a seat opens it on the phone."""
    return HttpResponse(qr_svg(address_of("room", args=[sitting.pk])), content_type="image/svg+xml")


@page("sitting.run", load=load_sitting, methods=("POST",))
def room_open(request: Request, sitting: Sitting) -> HttpResponse:
    """Opens now; a sitting recorded afterwards, at the time for which it was planned."""
    at = room_time(sitting)
    return one_tap(request, sitting.pk, sitting_open, _("The sitting is open."), sitting=sitting, at=at)


def room_time(sitting: Sitting) -> datetime | None:
    """When a tap in the room happened: now, or at the time of a sitting that is recorded afterwards."""
    return sitting.starts_at if sitting.backfilled else None


class CloseForm(ActForm):
    at = forms.DateTimeField(
        label=gettext_lazy("Closed at (if not now)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT],
    )

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if sitting.backfilled:
            self.fields["at"].label = _("When was it closed?")  # nobody knows it but them: it was no minute long


@page("sitting.run", load=load_sitting)
def room_close(request: Request, sitting: Sitting) -> HttpResponse:
    return one_act(
        request,
        CloseForm(request.POST or None, sitting=sitting),
        sitting_close,
        heading=_("Close the sitting"),
        lead=_("Who is still here leaves with it, open statements are closed, and the clock of the minutes begins."),
        back=reverse("sitting_room", args=[sitting.pk]),
        given={"sitting": sitting},
        done=_("The sitting is closed. Write the minutes while everything is fresh."),
        submit=_("Close the sitting"),
        next_url=lambda _receipt: reverse("sitting", args=[sitting.pk]),
    )


class RecessForm(ActForm):
    reason = WordsField(RECESS_REASON, gettext_lazy("What for (if it should stand in the minutes)"))
    resumes_at = forms.DateTimeField(
        label=gettext_lazy("On another day: when it goes on"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT],
        help_text=gettext_lazy("Empty: a short recess. On another day everybody leaves, and who holds a seat is told."),
    )


@page("sitting.run", load=load_sitting)
def room_recess(request: Request, sitting: Sitting) -> HttpResponse:
    return act_in_room(
        request,
        RecessForm(request.POST or None),
        sitting_recess,
        heading=_("Recess"),
        lead=_("Nothing is said or decided until it goes on; then the quorum is asked for again."),
        back=reverse("sitting_room", args=[sitting.pk]),
        given={"sitting": sitting, "at": room_time(sitting)},
        done=_("The sitting is in recess."),
        submit=_("Begin the recess"),
    )


@page("sitting.run", load=load_sitting, methods=("POST",))
def room_resume(request: Request, sitting: Sitting) -> HttpResponse:
    return one_tap(request, sitting.pk, sitting_resume, _("The sitting goes on."), sitting=sitting)


urlpatterns = [
    path("desk/sittings/<uuid:pk>/room/", sitting_room, name="sitting_room"),
    path("desk/sittings/<uuid:pk>/room/part/", sitting_room_part, name="sitting_room_part"),
    path("desk/sittings/<uuid:pk>/room/state/", sitting_state, name="sitting_state"),
    path("desk/sittings/<uuid:pk>/room/code.svg", room_code, name="room_code"),
    path("desk/sittings/<uuid:pk>/room/open/", room_open, name="room_open"),
    path("desk/sittings/<uuid:pk>/room/close/", room_close, name="room_close"),
    path("desk/sittings/<uuid:pk>/room/recess/", room_recess, name="room_recess"),
    path("desk/sittings/<uuid:pk>/room/resume/", room_resume, name="room_resume"),
]
