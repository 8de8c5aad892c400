"""Agenda and speaking queue: on the secretary's screen, and a wish to speak from one's own phone."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import AgendaItem, Matter, Seat, Sitting, Turn
from yishi.deliberation.services.speaking import (
    LIMITS,
    NOTES,
    TITLE,
    agenda_item_add,
    agenda_item_begin,
    agenda_item_drop,
    agenda_item_note,
    turn_ask,
    turn_begin,
    turn_drop,
    turn_end,
    turn_limit,
)
from yishi.journal.models import Receipt
from yishi.web.deliberation.sittings.loads import load_sitting
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .phone import Room, load_room, own_seat, own_turns, phone_tap
from .tap import act_in_room, one_tap


def load_item(request: Request, pk: UUID) -> AgendaItem:
    items = AgendaItem.objects.select_related("sitting__matter__place", "sitting__matter__convener")
    return items.get(pk=pk, sitting__matter__in=Matter.keys())


def load_turn(request: Request, pk: UUID) -> Turn:
    turns = Turn.objects.select_related("sitting__matter__place", "sitting__matter__convener", "seat__matter__place")
    return turns.get(pk=pk, sitting__matter__in=Matter.keys())


class ItemForm(ActForm):
    title = WordsField(TITLE, gettext_lazy("What the item is about"))
    minutes = forms.IntegerField(label=gettext_lazy("For how many minutes"), required=False, min_value=1, max_value=600)


@page("sitting.run", load=load_sitting)
def agenda_new(request: Request, sitting: Sitting) -> HttpResponse:
    return act_in_room(
        request,
        ItemForm(request.POST or None),
        agenda_item_add,
        heading=_("One more item"),
        back=reverse("sitting_room", args=[sitting.pk]),
        given={"sitting": sitting},
        done=_("The item stands at the end of the agenda."),
        submit=_("Add it to the agenda"),
    )


@page("sitting.run", load=load_item, methods=("POST",))
def agenda_begin(request: Request, item: AgendaItem) -> HttpResponse:
    return one_tap(request, item.sitting_id, agenda_item_begin, item=item)


@page("sitting.run", load=load_item, methods=("POST",))
def agenda_dropping(request: Request, item: AgendaItem) -> HttpResponse:
    return one_tap(request, item.sitting_id, agenda_item_drop, item=item)


class NotesForm(ActForm):
    notes = WordsField(NOTES, gettext_lazy("What was said under this item"), rows=4)


@page("sitting.run", load=load_item)
def agenda_note(request: Request, item: AgendaItem) -> HttpResponse:
    return act_in_room(
        request,
        NotesForm(request.POST or None, initial={"notes": item.notes}, edits=item),
        agenda_item_note,
        heading=_("Notes: %(title)s") % {"title": item.title},
        back=reverse("sitting_room", args=[item.sitting_id]),
        given={"item": item},
        done=_("The notes are kept."),
        submit=_("Keep the notes"),
    )


class AskForm(ActForm):
    seat: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Who wants to speak"), empty_label=gettext_lazy("choose")
    )

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = Seat.objects.filter(matter=sitting.matter_id).select_related("matter__place")


@page("sitting.run", load=load_sitting)
def turn_new(request: Request, sitting: Sitting) -> HttpResponse:
    return act_in_room(
        request,
        AskForm(request.POST or None, sitting=sitting),
        turn_ask,
        heading=_("Who wants to speak"),
        back=reverse("sitting_room", args=[sitting.pk]),
        given={"sitting": sitting},
        done=_("They are in the queue."),
        submit=_("Into the queue"),
    )


@page("sitting.run", load=load_turn, methods=("POST",))
def turn_beginning(request: Request, turn: Turn) -> HttpResponse:
    return one_tap(request, turn.sitting_id, turn_begin, turn=turn)


@page("sitting.run", load=load_turn, methods=("POST",))
def turn_ending(request: Request, turn: Turn) -> HttpResponse:
    return one_tap(request, turn.sitting_id, turn_end, turn=turn)


@page("sitting.run", load=load_turn, methods=("POST",))
def turn_dropping(request: Request, turn: Turn) -> HttpResponse:
    return one_tap(request, turn.sitting_id, turn_drop, turn=turn)


class LimitForm(ActForm):
    seconds = forms.TypedChoiceField(
        coerce=int, choices=[(seconds, str(seconds)) for seconds in (0, *LIMITS)], widget=forms.HiddenInput
    )


@page("sitting.run", load=load_sitting, methods=("POST",))
def turn_limiting(request: Request, sitting: Sitting) -> HttpResponse:
    form = LimitForm(request.POST)
    seconds = form.cleaned_data.get("seconds", -1) if form.is_valid() else -1
    return one_tap(request, sitting.pk, turn_limit, sitting=sitting, seconds=seconds)


def _other_way(request: Request, room: Room) -> Callable[..., Receipt]:
    """The act behind the button: the wish to speak, or its end."""
    mine = own_turns(room).select_related("sitting__matter__place", "seat__matter__place").first()
    if request.POST.get("wants") == "no" and mine is not None:
        return partial(turn_drop, turn=mine)
    return partial(turn_ask, sitting=room.sitting, seat=own_seat(room))


@page("room.enter", load=load_room, methods=("POST",), face="both")
def room_ask(request: Request, room: Room) -> HttpResponse:
    """I want to speak, or no more: one button that does the one or the other."""
    return phone_tap(request, room, _other_way(request, room))


urlpatterns = [
    path("desk/sittings/<uuid:pk>/room/agenda/new/", agenda_new, name="agenda_new"),
    path("desk/sittings/<uuid:pk>/room/turns/new/", turn_new, name="turn_new"),
    path("desk/sittings/<uuid:pk>/room/turns/limit/", turn_limiting, name="turn_limit"),
    path("desk/agenda/<uuid:pk>/begin/", agenda_begin, name="agenda_begin"),
    path("desk/agenda/<uuid:pk>/drop/", agenda_dropping, name="agenda_drop"),
    path("desk/agenda/<uuid:pk>/notes/", agenda_note, name="agenda_note"),
    path("desk/turns/<uuid:pk>/begin/", turn_beginning, name="turn_begin"),
    path("desk/turns/<uuid:pk>/end/", turn_ending, name="turn_end"),
    path("desk/turns/<uuid:pk>/drop/", turn_dropping, name="turn_drop"),
    path("room/<uuid:pk>/speak/", room_ask, name="room_ask"),
]
