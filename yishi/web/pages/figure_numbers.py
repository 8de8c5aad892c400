"""The figures of a place as plain numbers, for a wall screen or a program: the same question, the same address."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from yishi.organisations.models import Place
from yishi.reporting import place_figures as figures
from yishi.reporting.book import still
from yishi.reporting.indicators import INDICATORS
from yishi.web.components.figure_choice import choose
from yishi.web.page import page

from .figures import load_place


@page("figure.see", load=load_place, methods=("GET",))
def figure_numbers(request: HttpRequest, place: Place) -> JsonResponse:
    """Code of the indicator → number (money in yuan); null where it is too small to be shown to this viewer."""
    now = still()
    choice = choose(place, request.GET, now)
    values = figures.measure(choice.question, now)
    told, shown = figures.told(request.viewer, choice.question, values, now), {}
    for one in INDICATORS:
        if one.code in values:
            number = told[one.code]
            shown[one.code] = number / one.per if number is not None and one.per > 1 else number
    return JsonResponse(shown)


urlpatterns = [path("desk/figures/place/<uuid:pk>/numbers/", figure_numbers, name="figure_numbers")]
