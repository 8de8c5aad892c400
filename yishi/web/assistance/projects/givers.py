"""A giver's sheet: what was given, to which fund, what it was paid for and to how many; to read, to print."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.projects.models import FundMovement
from yishi.assistance.projects.reads import giver_sheet, years_of
from yishi.kit.money import yuan_text
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.page import page
from yishi.web.kit.page_tags import day
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


def _payments(gift: dict[str, Any]) -> str:
    """What the workbook holds of the payments that name a gift: day, receiver and yuan of each."""
    return "；".join(
        f"{day(payment.on)} {receiver} {yuan_text(payment.amount)} {payment.bill}".strip()
        for payment, receiver in gift["payments"]
    )


def _reached(fund: dict[str, Any]) -> str:
    return _("families: %(families)s · projects: %(projects)s · bodies: %(bodies)s") % {
        "families": fund["families"],
        "projects": fund["use"].projects,
        "bodies": fund["use"].bodies,
    }


GIVER_GIFTS = DeclaredList(
    "giver_gifts",
    gettext_lazy("What arrived"),
    [
        Column(gettext_lazy("day"), "gift.movement.on", cell="day"),
        Column(gettext_lazy("fund"), "gift.movement.fund.name"),
        Column(
            gettext_lazy("amount in yuan"), lambda gift: gift["gift"].movement.amount / 100, cell="amount", css="number"
        ),
        Column(gettext_lazy("bill"), "gift.movement.bill", cell="bill"),
        Column(gettext_lazy("paid for"), _payments, cell="paid_for"),
    ],
)
GIVER_FUNDS = DeclaredList(
    "giver_funds",
    gettext_lazy("What these funds did as a whole"),
    [
        Column(gettext_lazy("fund"), "use.fund.name", cell="fund"),
        Column(gettext_lazy("of this giver (yuan)"), lambda fund: fund["use"].given / 100, cell="given", css="number"),
        Column(
            gettext_lazy("received (yuan)"),
            lambda fund: fund["use"].money.received / 100,
            cell="received",
            css="number",
        ),
        Column(gettext_lazy("paid (yuan)"), lambda fund: fund["use"].money.paid / 100, cell="paid", css="number"),
        Column(gettext_lazy("to how many"), _reached),
    ],
)


@page("movement.see", load=load_gift, methods=("GET",))
def giver(request: Request, movement: FundMovement) -> HttpResponse:
    year = _year_asked(request)
    sheet = giver_sheet(movement, year)
    gifts = [
        {"gift": gift, "payments": [(payment, receiver_of(payment, sheet.seen)) for payment in gift.payments]}
        for gift in sheet.received
    ]
    funds = [{"use": use, "families": many_of(use.families, use.seen)} for use in sheet.funds]
    context = {
        "movement": movement,
        "sheet": sheet,
        "gifts": gifts,
        "families": many_of(sheet.families, len(sheet.seen)),
        "pupils": many_of(sheet.pupils, 0),
        "funds": funds,
        "year": year,
        "years": years_of(movement),
    }
    return file_response(request, "assistance/projects/giver.html", context, {GIVER_GIFTS: gifts, GIVER_FUNDS: funds})


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
