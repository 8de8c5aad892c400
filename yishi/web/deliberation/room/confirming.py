"""The draft of the minutes is read back: recorded for the whole room by the desk, or answered on one's own phone."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Minutes, MinutesAnswer, Seat
from yishi.deliberation.services.minutes_reading import (
    OBJECTION,
    Answer,
    answers_to,
    heard_seats,
    minutes_answer,
    minutes_ask,
    minutes_read,
)
from yishi.deliberation.shown import minutes_digest
from yishi.organisations.rights import may
from yishi.web.deliberation.sittings.loads import load_sitting
from yishi.web.deliberation.sittings.scans import scan_field
from yishi.web.kit.fields.paper_fields import with_scan
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import DOOR, SHEET, Layout, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .phone import Room, load_room

Way = MinutesAnswer.Way
RIGHT, WRONG = "right", "wrong"
SAID = (
    ("", gettext_lazy("has not said anything")),
    (RIGHT, gettext_lazy("they are right")),
    (WRONG, gettext_lazy("not right")),
)
ASIDE = Layout(column="prose", back_label=gettext_lazy("Back"))


def load_draft(request: Request, pk: UUID) -> Minutes:
    """The minutes of a sitting, while they are no more than a draft; the sitting rides along."""
    sitting = load_sitting(request, pk)
    minutes = Minutes.objects.get(sitting=sitting, issued_at__isnull=True)
    minutes.sitting = sitting
    return minutes


class ReadingForm(ActForm):
    """A line for each who was there: what they said, and in which words. Nobody's line is filled in beforehand but by
    what was answered already; who answered by phone has none."""

    way = forms.ChoiceField(
        label=gettext_lazy("How they answered"),
        choices=[(Way.READ.value, Way.READ.label), (Way.PAPER.value, Way.PAPER.label)],
        widget=forms.RadioSelect,
    )
    everybody = forms.BooleanField(
        label=gettext_lazy("Everybody below who is left open finds it right"), required=False
    )
    scan = scan_field()

    def __init__(self, *args: Any, minutes: Minutes, **kwargs: Any):
        super().__init__(*args, **kwargs)
        answered = answers_to(minutes)
        self.phones = [answer for answer in answered.values() if answer.way == Way.PHONE]
        own = {answer.seat_id for answer in self.phones}
        self.seats = [seat for seat in heard_seats(minutes.sitting) if seat.pk not in own]
        for seat in self.seats:
            answer = answered.get(seat.pk)
            said = forms.ChoiceField(label=str(seat.person), choices=SAID, required=False, widget=forms.Select)
            said.initial = (RIGHT if answer.agrees else WRONG) if answer else ""
            label = _("What is not right, by %(name)s") % {"name": seat.person}
            words = WordsField(OBJECTION, label, when=(f"said-{seat.pk}", WRONG))
            words.initial = answer.objection if answer else ""
            self.fields[f"said-{seat.pk}"], self.fields[f"words-{seat.pk}"] = said, words

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        answers = []
        for seat in self.seats:
            said = cleaned[f"said-{seat.pk}"] or (RIGHT if cleaned["everybody"] else "")
            if said:
                answers.append(Answer(seat, cleaned[f"words-{seat.pk}"] if said == WRONG else ""))
        return {"answers": answers, "way": cleaned["way"], "scan": cleaned["scan"]}

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        return [(self[f"said-{seat.pk}"], self[f"words-{seat.pk}"]) for seat in self.seats]


@page("sitting.run", load=load_draft)
def minutes_reading(request: Request, minutes: Minutes) -> HttpResponse:
    form = ReadingForm(request.POST or None, request.FILES or None, minutes=minutes, shown=minutes_digest(minutes))
    return one_act(
        request,
        form,
        with_scan(minutes_read),
        layout=SHEET,
        heading=_("Read the minutes back"),
        lead=_("Read the draft aloud, or have it signed, and write down what everybody said; objections stay with it."),
        back=reverse("sitting", args=[minutes.sitting_id]),
        given={"minutes": minutes},
        fields=form.service_fields,
        done=_("What was said to the minutes is recorded."),
        submit=_("Save"),
        template="deliberation/room/reading.html",
        minutes=minutes,
    )


@page("sitting.run", load=load_draft)
def minutes_asking(request: Request, minutes: Minutes) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        minutes_ask,
        heading=_("Ask for confirmation by phone"),
        lead=_(
            "Whoever was in the room is told, reads the draft with their account or the code of their seat, and"
            " answers."
        ),
        back=reverse("sitting", args=[minutes.sitting_id]),
        given={"minutes": minutes},
        facts=[(_("Minutes"), minutes.text)],
        done=_("They are told."),
        submit=_("Ask them"),
    )


@dataclass
class Reader:
    """Somebody in the room who may read the draft, and the seat by which they answer."""

    room: Room
    minutes: Minutes
    answers_as: Seat

    @property
    def seat(self) -> Seat:
        return self.room.seat

    @property
    def matter(self) -> Any:
        return self.room.matter


def load_reader(request: Request, pk: UUID) -> Reader:
    room = load_room(request, pk)
    minutes = Minutes.objects.get(sitting=room.sitting.pk, asked_at__isnull=False, issued_at__isnull=True)
    minutes.sitting = room.sitting
    heard = [seat for seat in heard_seats(room.sitting) if seat.person_id == request.viewer.person_id]
    if not heard:
        raise Seat.DoesNotExist
    return Reader(room, minutes, heard[0])


class AnswerForm(ActForm):
    agrees = forms.ChoiceField(
        label=gettext_lazy("Are the minutes right?"),
        choices=[(RIGHT, gettext_lazy("Yes, they are right")), (WRONG, gettext_lazy("No, something is not right"))],
        widget=forms.RadioSelect,
    )
    objection = WordsField(OBJECTION, gettext_lazy("What is not right"), rows=4, when=("agrees", WRONG))


@page("room.enter", load=load_reader, face="both")
def room_minutes(request: Request, reader: Reader) -> HttpResponse:
    """The draft on a phone: read it, say whether it is right."""
    said = answers_to(reader.minutes).get(reader.answers_as.pk)
    initial = {"agrees": RIGHT if said.agrees else WRONG, "objection": said.objection} if said else {}
    return one_act(
        request,
        AnswerForm(request.POST or None, initial=initial, shown=minutes_digest(reader.minutes)),
        partial(minutes_answer, minutes=reader.minutes, seat=reader.answers_as),
        heading=_("Minutes: %(title)s") % {"title": reader.matter.title},
        back=reverse("room", args=[reader.room.sitting.pk]),
        fields=lambda cleaned: {"agrees": cleaned["agrees"] == RIGHT, "objection": cleaned["objection"]},
        facts=[(_("Minutes"), reader.minutes.text)],
        done=_("Your answer is kept with the minutes."),
        submit=_("Send"),
        layout=ASIDE if may("desk.see", request.viewer) else DOOR,
    )


urlpatterns = [
    path("desk/sittings/<uuid:pk>/minutes/read/", minutes_reading, name="minutes_read"),
    path("desk/sittings/<uuid:pk>/minutes/ask/", minutes_asking, name="minutes_ask"),
    path("room/<uuid:pk>/minutes/", room_minutes, name="room_minutes"),
]
