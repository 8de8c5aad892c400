"""The chair's screen and the projector's: the same room as the secretary's, to be looked at."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from yishi.deliberation.models import ChairObjection, Seat, Sitting
from yishi.web.deliberation.sittings.loads import load_sitting
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .loads import room_context
from .secretary import UNAUDITED

# Of a statement as long as this the letters are made smaller, so that it stands on the wall whole.
MIDDLE, LONG = 36, 90


def _chair(sitting: Sitting) -> dict[str, object]:
    context = room_context(sitting)
    seat = Seat.objects.filter(matter=sitting.matter_id, role=Seat.Role.CHAIR, ended_on__isnull=True)
    context["chair"] = chair = seat.select_related("person", "interests_by").first()
    context["objections"] = list(ChairObjection.objects.filter(seat=chair).select_related("party")) if chair else []
    return context


@page("sitting.run", load=load_sitting, methods=("GET",), unaudited=UNAUDITED)
def room_chair(request: Request, sitting: Sitting) -> HttpResponse:
    """Who is here, the quorum, where the room stands, the chair's declared interests and what was objected."""
    return render(request, "deliberation/room/chair.html", _chair(sitting))


@page("sitting.run", load=load_sitting, methods=("GET",), unaudited=UNAUDITED)
def room_chair_part(request: Request, sitting: Sitting) -> HttpResponse:
    return render(request, "deliberation/room/chair_fragment.html", _chair(sitting))


def _projected(sitting: Sitting) -> dict[str, object]:
    """What everybody may see: no name beside a stance; counts of a statement once it is closed or hands were raised."""
    context = room_context(sitting)
    current = context["current"]
    length = len(current["statement"].text) if current else 0
    context["size"] = "wall-long" if length > LONG else "wall-middle" if length > MIDDLE else "wall-short"
    context["shows_counts"] = bool(current) and (not current["statement"].is_open or bool(current["hands"]))
    return context


@page("sitting.run", load=load_sitting, methods=("GET",), unaudited=UNAUDITED)
def room_projector(request: Request, sitting: Sitting) -> HttpResponse:
    return render(request, "deliberation/room/projector.html", _projected(sitting))


@page("sitting.run", load=load_sitting, methods=("GET",), unaudited=UNAUDITED)
def room_projector_part(request: Request, sitting: Sitting) -> HttpResponse:
    return render(request, "deliberation/room/projector_fragment.html", _projected(sitting))


urlpatterns = [
    path("desk/sittings/<uuid:pk>/room/chair/", room_chair, name="room_chair"),
    path("desk/sittings/<uuid:pk>/room/chair/part/", room_chair_part, name="room_chair_part"),
    path("desk/sittings/<uuid:pk>/room/projector/", room_projector, name="room_projector"),
    path("desk/sittings/<uuid:pk>/room/projector/part/", room_projector_part, name="room_projector_part"),
]
