"""Stances and hands of the whole room on the secretary's screen: one grid, one save. Without a script, too: what was
typed stands on the screen again where it was refused."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yishi.deliberation.models import Sitting, Statement
from yishi.deliberation.services.recording import hands_record, stances_record
from yishi.journal.models import Receipt
from yishi.web.deliberation.sittings.loads import load_sitting
from yishi.web.kit.forms import ActForm
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .grid import cells_sent, edition_sent, hands_sent
from .loads import load_statement
from .secretary import secretary_context
from .tap import act_in_room


def _said(receipt: Receipt) -> str:
    saved, kept = receipt.result["saved"], len(receipt.result["kept"])
    words = ngettext("%(n)d stance is recorded.", "%(n)d stances are recorded.", saved) % {"n": saved}
    if kept:
        words += ngettext(
            "%(n)d was said otherwise meanwhile, on a phone or another screen; that stands.",
            "%(n)d were said otherwise meanwhile, on phones or another screen; these stand.",
            kept,
        ) % {"n": kept}
    return words


def _counted(receipt: Receipt) -> str:
    kept = len(receipt.result["kept"])
    words = str(_("The count is recorded; counted again, it replaces this one."))
    if kept:
        words += ngettext(
            "%(n)d party was counted otherwise meanwhile at another screen; that stands.",
            "%(n)d parties were counted otherwise meanwhile at another screen; these stand.",
            kept,
        ) % {"n": kept}
    return words


def _on_screen(
    request: Request,
    room: Sitting,
    service: Callable[..., Receipt],
    done: Callable[[Receipt], str],
    **given: Any,
) -> HttpResponse:
    """An act of the secretary's screen with many fields of its own; refused without a script, the screen shows it."""
    form = ActForm(request.POST)
    return act_in_room(
        request,
        form,
        service,
        heading=_("The room"),
        back=reverse("sitting_room", args=[room.pk]),
        given=given,
        done=done,
        submit=_("Save"),
        again=lambda: _refused(request, room, form),
    )


def _refused(request: Request, sitting: Sitting, form: ActForm) -> HttpResponse:
    for sentence in (str(error) for errors in form.errors.values() for error in errors):
        messages.error(request, sentence)
    context = secretary_context(sitting, request.POST)
    return render(request, "deliberation/room/secretary.html", context, status=422)


@page("sitting.run", load=load_sitting, methods=("POST",))
def room_grid(request: Request, sitting: Sitting) -> HttpResponse:
    """All stances of the grid with one save."""
    cells = cells_sent(sitting, request.POST)
    return _on_screen(request, sitting, stances_record, _said, sitting=sitting, cells=cells)


@page("sitting.run", load=load_statement, methods=("POST",))
def hands_of_parties(request: Request, statement: Statement) -> HttpResponse:
    """The hands of every party on one statement with one save."""
    counts, edition = hands_sent(statement, request.POST), edition_sent(request.POST)
    given = {"statement": statement, "counts": counts, "edition": edition}
    return _on_screen(request, statement.sitting, hands_record, _counted, **given)


urlpatterns = [
    path("desk/sittings/<uuid:pk>/room/stances/", room_grid, name="room_grid"),
    path("desk/statements/<uuid:pk>/hands/parties/", hands_of_parties, name="hands_of_parties"),
]
