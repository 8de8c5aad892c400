"""The matrix as a workbook to fill in: of one village, or of a round that is small enough for one. It comes back as an
import (“findings of a round”)."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils import timezone, translation

from yishi.assistance.supervision.book import MOST_VILLAGES, book_of, fits_one_book
from yishi.assistance.supervision.models import Round
from yishi.assistance.supervision.reads import villages_in
from yishi.kit.records import lent
from yishi.organisations.models import Place
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.page import page
from yishi.web.kit.press import CHINESE
from yishi.web.kit.request import Request

from .rounds import load_round
from .villages import load_village


def _book(request: Request, round: Round, villages: list[Place], name: str) -> HttpResponse:
    with translation.override(CHINESE):
        headings, rows = book_of(round, villages, timezone.localdate())

    def cell(place: int) -> Any:
        return lambda row: row[place]

    columns = [Column(heading, cell(place)) for place, heading in enumerate(headings)]
    filename = f"{round.number}-{name}-问题清单"
    return DeclaredList("", filename, columns).workbook(request, rows, filename)


@page("round.read", load=load_village, methods=("GET",))
def village_book(request: Request, round: Round) -> HttpResponse:
    place = lent(round, "village")
    return _book(request, round, [place], place.name)


@page("round.read", load=load_round, methods=("GET",))
def round_book(request: Request, round: Round) -> HttpResponse:
    villages = list(villages_in(round)[: MOST_VILLAGES + 1])
    if not fits_one_book(villages):
        raise Http404
    return _book(request, round, villages, round.place.name)


urlpatterns = [
    path("desk/rounds/<uuid:pk>/matrix.xlsx", round_book, name="round_book"),
    path("desk/rounds/<uuid:pk>/villages/<uuid:place>/matrix.xlsx", village_book, name="village_book"),
]
