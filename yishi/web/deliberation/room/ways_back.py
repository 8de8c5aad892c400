"""The pages of the ways back in a room: a tick, a leaving, a statement that was closed or put by mistake."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Seat, Statement
from yishi.deliberation.services.room_ways_back import statement_open_again
from yishi.deliberation.services.ways_back import REASON, presence_stay, presence_take_back, statement_withdraw
from yishi.kit.records import lent
from yishi.organisations.rights import may
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import CARD, DOOR, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.taking_back import taking_back

from .loads import load_room_seat, load_statement
from .tap import one_tap


class WhyForm(ActForm):
    reason = WordsField(REASON, gettext_lazy("Why? It stays on the record."), rows=3)


@page("sitting.run", load=load_room_seat, methods=("POST",))
def presence_back(request: Request, seat: Seat) -> HttpResponse:
    sitting = lent(seat, "sitting")
    return one_tap(request, sitting.pk, presence_take_back, sitting=sitting, seat=seat)


@page("sitting.run", load=load_room_seat, methods=("POST",))
def presence_staying(request: Request, seat: Seat) -> HttpResponse:
    sitting = lent(seat, "sitting")
    return one_tap(request, sitting.pk, presence_stay, sitting=sitting, seat=seat)


@page("sitting.run", load=load_statement)
def statement_opening_again(request: Request, statement: Statement) -> HttpResponse:
    return taking_back(
        request,
        statement_open_again,
        what=statement.text,
        heading=_("Closed by mistake: open the statement again"),
        lead=statement.text,
        back=reverse("sitting_room", args=[statement.sitting_id]),
        given={"statement": statement},
        done=_("The statement is open again."),
    )


def load_stated(request: Request, pk: UUID) -> Statement:
    """The right is to withdraw this one: who neither records the room nor sits for its party finds nothing."""
    statements = Statement.objects.select_related("sitting__matter__place", "sitting__matter__convener", "party")
    statement = statements.get(pk=pk)
    if not may("statement.withdraw", request.viewer, statement):
        raise Statement.DoesNotExist
    return statement


@page("statement.withdraw", load=load_stated, face="both")
def statement_back(request: Request, statement: Statement) -> HttpResponse:
    runs = may("sitting.run", request.viewer, statement.sitting.matter)
    room = "sitting_room" if runs else "room"
    return one_act(
        request,
        WhyForm(request.POST or None),
        statement_withdraw,
        heading=_("Withdraw this statement"),
        lead=statement.text,
        back=reverse(room, args=[statement.sitting_id]),
        given={"statement": statement},
        done=_("It is withdrawn: it stays in the minutes as withdrawn, and no stance on it counts."),
        submit=_("Withdraw"),
        layout=CARD if may("desk.see", request.viewer) else DOOR,
    )


urlpatterns = [
    path("desk/sittings/<uuid:pk>/room/seats/<uuid:seat>/undo/", presence_back, name="presence_take_back"),
    path("desk/sittings/<uuid:pk>/room/seats/<uuid:seat>/stay/", presence_staying, name="presence_stay"),
    path("desk/statements/<uuid:pk>/open-again/", statement_opening_again, name="statement_open_again"),
    path("desk/statements/<uuid:pk>/withdraw/", statement_back, name="statement_withdraw"),
]
