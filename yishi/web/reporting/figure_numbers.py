"""The figures of a place as plain numbers, for a wall screen or a program: the same question, the same address."""

from typing import Any

from django.http import JsonResponse
from django.urls import path

from yishi.organisations.models import Place
from yishi.reporting import place_figures as figures
from yishi.reporting.book import still
from yishi.reporting.indicators import INDICATOR
from yishi.reporting.small_numbers import Reader
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .figure_choice import choose
from .figures import load_place


@page("figure.see", load=load_place, methods=("GET",))
def figure_numbers(request: Request, place: Place) -> JsonResponse:
    """Code of the indicator → number (money in yuan). What this viewer is told in tens is the middle of its ten, null
    below ten; "rounded" then says from where to where it may lie."""
    now = still()
    choice = choose(place, request.GET, now)
    told = Reader(request.viewer, now).tell(choice.question, figures.measure(choice.question, now))
    shown: dict[str, Any] = {}
    rounded = {}
    for code, number in told.items():
        per = INDICATOR[code].per
        shown[code] = None if number.is_small else number.about / per if per > 1 else number.about
        if not number.is_exact:
            rounded[code] = {"from": number.low, "to": number.high}
    return JsonResponse({**shown, "rounded": rounded} if rounded else shown)


urlpatterns = [path("desk/figures/place/<uuid:pk>/numbers/", figure_numbers, name="figure_numbers")]
