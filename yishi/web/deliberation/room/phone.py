"""The room on a phone: the open statement, four large buttons, what I said. Polled, never held open.

Made for hundreds at once: a state of a few bytes by two queries, a stance in one short transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from yishi.deliberation.models import Matter, Minutes, Presence, Seat, Sitting, Stance, Statement, Turn
from yishi.deliberation.services.roll import presence_arrive
from yishi.deliberation.services.stances import stance_take
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.ids import uuid7
from yishi.kit.text import clean
from yishi.notices.addresses import MEMBER, address_of, base_of
from yishi.organisations.query_codes import Kind
from yishi.organisations.rights import may
from yishi.web.kit.forms import Form
from yishi.web.kit.page import page
from yishi.web.kit.query_code import CodeForm, enter_code
from yishi.web.kit.request import Request

from .ballot_shown import ballots_on_phone, has_voted
from .tap import act_id_of, by_script, refused

NO_STATEMENT = gettext_noop("This statement is not part of this sitting. Reload the page.")
SITTING = (
    "matter_id",
    "state",
    "version",
    "cancel_reason",
    "starts_at",
    "resumes_at",
)  # what a phone reads of a sitting
BUTTONS = (
    (Stance.Value.AGREE, gettext_lazy("I agree")),
    (Stance.Value.CONDITIONAL, gettext_lazy("I can live with it if…")),
    (Stance.Value.OBJECT, gettext_lazy("I object")),
    (Stance.Value.PASS, gettext_lazy("I pass")),
)


@dataclass
class Room:
    """A sitting and the viewer's seat in it."""

    sitting: Sitting
    seat: Seat
    is_here: bool
    has_voted: bool = False

    @property
    def matter(self) -> Matter:
        return self.sitting.matter

    @property
    def version(self) -> str:
        """What this phone shows changes with it: what the desk does, whether its holder is here and has voted."""
        return f"{self.sitting.version}.{self.is_here:d}{self.has_voted:d}"


def load_room(request: Request, pk: UUID) -> Room:
    """The viewer's seat is the whole of the right: who holds none finds no room. The chair's seat comes last."""
    sitting = Sitting.within.only(*SITTING).get(pk=pk)
    if not request.viewer.sits_by(sitting.matter_id):
        raise Seat.DoesNotExist
    seats = Seat.objects.filter(
        matter=sitting.matter_id, person=request.viewer.person_id, state__in=Seat.LIVE, ended_on__isnull=True
    )
    here = Presence.objects.filter(sitting=sitting.pk, seat=OuterRef("pk"), left_at__isnull=True)
    marked = seats.annotate(is_here=Exists(here), has_voted=has_voted(sitting.pk))
    own_seats = sorted(marked, key=lambda seat: seat.role == Seat.Role.CHAIR)
    if not own_seats:
        raise Seat.DoesNotExist
    own = own_seats[0]
    return Room(sitting, own, getattr(own, "is_here", False), getattr(own, "has_voted", False))


def waits_to_be_read(sitting: Sitting) -> bool:
    """Whether those who were there are asked to read the minutes."""
    return Minutes.objects.filter(sitting=sitting.pk, asked_at__isnull=False, issued_at__isnull=True).exists()


def own_turns(room: Room) -> QuerySet[Turn]:
    """Where the viewer waits to speak."""
    return Turn.objects.filter(seat=room.seat, sitting=room.sitting, began_at__isnull=True, dropped_at__isnull=True)


def own_seat(room: Room) -> Seat:
    """The viewer's seat with what an act asks of it."""
    return Seat.objects.select_related("matter__place", "matter__convener").get(pk=room.seat.pk)


class StanceForm(Form):
    act_id = forms.UUIDField(required=False)
    statement = forms.UUIDField()
    value = forms.ChoiceField(choices=Stance.Value.choices)
    condition = forms.CharField(required=False)
    reason = forms.CharField(required=False)
    edition = forms.IntegerField(required=False)


def room_context(request: Request, room: Room, **more: Any) -> dict[str, Any]:
    """What the room's templates show: its statements, the newest first, each with the viewer's own stance."""
    stated = list(room.sitting.statements.select_related("party", "merged_into"))
    statements = [row for row in stated if row.withdrawn_at is None and row.merged_into_id is None]
    own = Stance.objects.filter(statement__in=statements, seat=room.seat).order_by("edition")
    said = {(stance.statement_id, stance.edition): stance for stance in own}
    return {
        "sitting": room.sitting,
        "seat": room.seat,
        "is_chair": room.seat.role == Seat.Role.CHAIR,
        "is_here": room.is_here,
        "waits": own_turns(room).exists(),
        "version": room.version,
        "statements": [
            {
                "statement": statement,
                "mine": said.get((statement.pk, statement.edition)),
                "before": said.get((statement.pk, statement.edition - 1)),
                "act_id": uuid7(),
            }
            for statement in reversed(statements)
        ],
        "withdrawn": [statement for statement in stated if statement.withdrawn_at is not None],
        "merged": [row for row in stated if row.withdrawn_at is None and row.merged_into_id is not None],
        "buttons": BUTTONS,
        "to_confirm": room.sitting.state == Sitting.State.CLOSED and waits_to_be_read(room.sitting),
        "ballots": ballots_on_phone(room.sitting, room.seat.person_id),
        "base": "kit/desk.html" if may("desk.see", request.viewer) else "kit/door.html",
        "runs": may("sitting.run", request.viewer, room.sitting),
        **more,
    }


@page("public", face="both")
def room(request: Request, pk: UUID) -> HttpResponse:
    """The address on the wall: who holds a seat sees the room; who is not known yet types the query code."""
    viewer = request.viewer
    if viewer.is_known and (viewer.query_code is None or viewer.query_code.kind == Kind.SEAT):
        return my_room(request, pk=pk)
    form = CodeForm(request.POST or None)
    form.fields["code"].label = _("code of the seat")
    if request.method == "POST" and form.is_valid() and enter_code(request, form, Kind.SEAT):
        return redirect("room", pk)
    return render(
        request,
        "deliberation/room/door.html",
        {"form": form, "pk": pk, "member_address": _where_members_sign_in(pk)},
        status=422 if request.method == "POST" else 200,
    )


def _where_members_sign_in(pk: UUID) -> str:
    """The room at the face for members, where this process was told of one."""
    return address_of("room", args=[pk], reader=MEMBER) if base_of(MEMBER) else ""


@page("room.enter", load=load_room, methods=("GET",), face="both")
def my_room(request: Request, room: Room) -> HttpResponse:
    return render(request, "deliberation/room/phone.html", room_context(request, room))


@page("room.enter", load=load_room, methods=("GET",), face="both", unaudited="for whoever is in the room")
def room_state(request: Request, room: Room) -> HttpResponse:
    """What a phone asks every few seconds; only the version says whether there is more to fetch."""
    sitting = room.sitting
    return JsonResponse({"version": room.version, "state": sitting.state, "stays": sitting.is_live})


@page("room.enter", load=load_room, methods=("GET",), face="both", unaudited="for whoever is in the room")
def room_part(request: Request, room: Room) -> HttpResponse:
    """The part of the page that changed."""
    return render(request, "deliberation/room/phone_fragment.html", room_context(request, room))


@page("room.enter", load=load_room, methods=("POST",), face="both")
def room_stance(request: Request, room: Room) -> HttpResponse:
    """Where I stand. By script it answers a few bytes of JSON, else it leads back to the room."""
    form = StanceForm(request.POST)
    try:
        if not form.is_valid():
            raise Refusal("stance.value", _("Please choose one of the four answers."))
        statement = Statement(pk=form.cleaned_data["statement"])  # read, with its sitting, by the service
        fields = {name: form.cleaned_data[name] for name in ("value", "condition", "reason", "edition")}
        if _is_left_over(room, statement, fields["value"], fields["condition"]):
            fields["condition"] = ""
        receipt = stance_take(
            actor=request.viewer, statement=statement, seat=room.seat, act_id=form.cleaned_data["act_id"], **fields
        )
    except (Refusal, Statement.DoesNotExist) as error:
        refusal = error if isinstance(error, Refusal) else Refusal("stance.statement", _(NO_STATEMENT))
        if by_script(request):
            return refused(refusal)
        context = room_context(request, room, refusal=str(refusal.message), typed=request.POST)
        return render(request, "deliberation/room/phone.html", context, status=422)
    if by_script(request):
        word = str(Stance.Value(fields["value"]).label)
        return JsonResponse({"stance": receipt.result["stance"], "value": fields["value"], "word": word})
    return HttpResponseRedirect(reverse("room", args=[room.sitting.pk]) + f"#statement-{statement.pk}")


@page("room.enter", load=load_room, methods=("POST",), face="both")
def room_sign_in(request: Request, room: Room) -> HttpResponse:
    """I am here: the roll call by one's own phone."""
    signing_in = partial(presence_arrive, sitting=room.sitting, seat=own_seat(room))
    return phone_tap(request, room, signing_in, _("You are signed in."))


def phone_tap(request: Request, room: Room, service: Callable[..., Receipt], done: str = "") -> HttpResponse:
    """One tap on a phone: done, or a sentence why not on its page."""
    try:
        service(actor=request.viewer, act_id=act_id_of(request))
    except Refusal as refusal:
        if by_script(request):
            return refused(refusal)
        context = room_context(request, room, refusal=str(refusal.message))
        return render(request, "deliberation/room/phone.html", context, status=422)
    if by_script(request):
        return JsonResponse({"said": done})
    return HttpResponseRedirect(reverse("room", args=[room.sitting.pk]))


def _is_left_over(room: Room, statement: Statement, value: str, condition: str) -> bool:
    """Is the condition that of the answer which this one replaces? It still stood in the form."""
    said = Stance.objects.filter(statement=statement.pk, seat=room.seat).order_by("-edition")
    kept = said.values_list("condition", flat=True).first()
    return value != Stance.Value.CONDITIONAL and kept == clean(condition)


urlpatterns = [
    path("room/<uuid:pk>/", room, name="room"),
    path("room/<uuid:pk>/state/", room_state, name="room_state"),
    path("room/<uuid:pk>/part/", room_part, name="room_part"),
    path("room/<uuid:pk>/sign-in/", room_sign_in, name="room_sign_in"),
    path("room/<uuid:pk>/stance/", room_stance, name="room_stance"),
]
