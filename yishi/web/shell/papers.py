"""Papers to print and to edit: poster, notice, sign-in and tally sheet, minutes, agreement, supervision letter."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from yishi.commitments.models import Commitment, LedgerEvent
from yishi.deliberation.models import Agreement, Sitting
from yishi.organisations.models import Installation, Venue, VenueCode
from yishi.web.deliberation.process.gate_cover_papers import cover_paper
from yishi.web.deliberation.process.gates import load_gate
from yishi.web.deliberation.room.tally_papers import tally_paper
from yishi.web.deliberation.sittings.agreement_papers import agreement_paper, letter_paper
from yishi.web.deliberation.sittings.agreements import load_agreement
from yishi.web.deliberation.sittings.loads import load_sitting
from yishi.web.deliberation.sittings.sitting_papers import minutes_paper, notice_paper, sign_in_data
from yishi.web.kit.page import page
from yishi.web.kit.press import paper_response, pdf_response
from yishi.web.kit.request import Request
from yishi.web.organisations.poster import poster_data
from yishi.web.organisations.venues import load_venue


@page("venue.file", load=load_venue, methods=("GET",))
def venue_poster(request: Request, venue: Venue) -> HttpResponse:
    """The venue's QR poster, for its live code."""
    code = VenueCode.objects.filter(venue=venue, revoked_at__isnull=True).first()
    if code is None:
        raise Http404
    site = Installation.objects.filter(pk=1).first() or Installation()
    return pdf_response("poster.typ", poster_data(venue, code.token, site), _("poster") + f"-{venue.name}")


@page("sitting.see", load=load_sitting, methods=("GET",))
def sign_in_sheet(request: Request, sitting: Sitting) -> HttpResponse:
    """The sheet on which people sign when they come."""
    return pdf_response("sign_in.typ", sign_in_data(sitting), _("sign-in sheet") + f"-{sitting.matter.number}")


def _paper_views(
    right: str, load: Callable[..., Any], make: Callable[[Any], Any], name: Callable[[Any], str], unaudited: str = ""
) -> Any:
    """A paper as PDF and as Word: two views. `make` writes the paper, `name` says what its file is called."""

    def view(ending: str) -> Any:
        @page(right, load=load, methods=("GET",), unaudited=unaudited)
        def paper(request: Request, thing: Any) -> HttpResponse:
            return paper_response(make(thing), name(thing), ending)

        return paper

    return view("pdf"), view("docx")


def load_minuted(request: Request, pk: UUID) -> Sitting:
    """A sitting whose minutes are written."""
    sitting = load_sitting(request, pk)
    if not hasattr(sitting, "minutes"):
        raise Sitting.DoesNotExist
    return sitting


def load_letter(request: Request, pk: UUID) -> LedgerEvent:
    letters = LedgerEvent.objects.select_related(
        "commitment__bearer", "commitment__supervisor", "commitment__place", "body"
    )
    return letters.get(pk=pk, kind=LedgerEvent.Kind.LETTER, commitment__in=Commitment.keys())


def _agreement_name(agreement: Agreement) -> str:
    return _("agreement") + f"-{agreement.number}"


notice_pdf, notice_docx = _paper_views(
    "sitting.see", load_sitting, notice_paper, lambda sitting: _("notice") + f"-{sitting.matter.number}"
)
minutes_pdf, minutes_docx = _paper_views(
    "sitting.see",
    load_minuted,
    lambda sitting: minutes_paper(sitting, sitting.minutes),
    lambda sitting: _("minutes") + f"-{sitting.minutes.number}",
)
tally_pdf, tally_docx = _paper_views(
    "sitting.recount", load_sitting, tally_paper, lambda sitting: _("tally sheet") + f"-{sitting.matter.number}"
)
agreement_pdf, agreement_docx = _paper_views("matter.see", load_agreement, agreement_paper, _agreement_name)
gate_cover_pdf, gate_cover_docx = _paper_views(
    "gate.record",
    load_gate,
    cover_paper,
    lambda gate: _("cover paper") + f"-{gate.matter.number}",
    unaudited="a cover sheet that goes out with the papers",
)
letter_pdf, letter_docx = _paper_views("commitment.see", load_letter, letter_paper, lambda letter: f"{letter.number}")

urlpatterns = [
    path("desk/gates/<uuid:pk>/cover.pdf", gate_cover_pdf, name="gate_cover_pdf"),
    path("desk/gates/<uuid:pk>/cover.docx", gate_cover_docx, name="gate_cover_docx"),
    path("desk/venues/<uuid:pk>/poster.pdf", venue_poster, name="venue_poster"),
    path("desk/sittings/<uuid:pk>/notice.pdf", notice_pdf, name="notice_pdf"),
    path("desk/sittings/<uuid:pk>/notice.docx", notice_docx, name="notice_docx"),
    path("desk/sittings/<uuid:pk>/sign-in.pdf", sign_in_sheet, name="sign_in_pdf"),
    path("desk/sittings/<uuid:pk>/minutes.pdf", minutes_pdf, name="minutes_pdf"),
    path("desk/sittings/<uuid:pk>/minutes.docx", minutes_docx, name="minutes_docx"),
    path("desk/sittings/<uuid:pk>/tally.pdf", tally_pdf, name="tally_pdf"),
    path("desk/sittings/<uuid:pk>/tally.docx", tally_docx, name="tally_docx"),
    path("desk/agreements/<uuid:pk>/agreement.pdf", agreement_pdf, name="agreement_pdf"),
    path("desk/agreements/<uuid:pk>/agreement.docx", agreement_docx, name="agreement_docx"),
    path("desk/letters/<uuid:pk>/letter.pdf", letter_pdf, name="letter_pdf"),
    path("desk/letters/<uuid:pk>/letter.docx", letter_docx, name="letter_docx"),
]
