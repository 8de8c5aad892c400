"""A giver's sheet: what was given, to which fund, what it was paid for and to how many; to read, to print."""

from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.assistance.projects.models import FundMovement
from yishi.assistance.projects.reads import giver_sheet, years_of
from yishi.web.kit.page import page
from yishi.web.kit.press import paper_response
from yishi.web.kit.request import Request

from .giver_papers import giver_paper
from .money_words import many_of, receiver_of


def load_gift(request: Request, pk: UUID) -> FundMovement:
    """A movement to a fund, by which its giver is known; a payment has no giver's sheet."""
    movement = FundMovement.objects.select_related("giver_body", "giver_person", "fund").get(pk=pk)
    if movement.kind == FundMovement.Kind.PAID:
        raise ObjectDoesNotExist
    return movement


def _year_asked(request: Request) -> str:
    """The year that the address names, in four digits; "": all years."""
    year = request.GET.get("year", "")
    return year if year.isascii() and year.isdigit() and len(year) == 4 and year != "0000" else ""


@page("movement.see", load=load_gift, methods=("GET",))
def giver(request: Request, movement: FundMovement) -> HttpResponse:
    year = _year_asked(request)
    sheet = giver_sheet(movement, year)
    context = {
        "movement": movement,
        "sheet": sheet,
        "gifts": [
            {
                "gift": gift,
                "payments": [(payment, receiver_of(payment, sheet.seen)) for payment in gift.payments],
            }
            for gift in sheet.received
        ],
        "families": many_of(sheet.families, len(sheet.seen)),
        "pupils": many_of(sheet.pupils, 0),
        "funds": [(use, many_of(use.families, use.seen)) for use in sheet.funds],
        "year": year,
        "years": years_of(movement),
    }
    return render(request, "assistance/projects/giver.html", context)


@page("movement.see", load=load_gift, methods=("GET",))
def giver_pdf(request: Request, movement: FundMovement) -> HttpResponse:
    """For the giver's hands: families are counted on it, never named or numbered, whoever prints it."""
    year = _year_asked(request)
    sheet = giver_sheet(movement, year)
    return paper_response(giver_paper(sheet, year, timezone.localdate()), _("giver's sheet"), "pdf")


urlpatterns = [
    path("desk/money/<uuid:pk>/giver/", giver, name="giver"),
    path("desk/money/<uuid:pk>/giver.pdf", giver_pdf, name="giver_pdf"),
]
