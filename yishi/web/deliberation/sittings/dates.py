"""A day for a sitting: put to everybody who holds a seat, answered by each, settled by the desk."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import DateAnswer, DateRound, Matter, Seat
from yishi.deliberation.services.dates import (
    LEAST_DAYS,
    MOST_DAYS,
    WHY_DROPPED,
    asked_seats,
    dates_answer,
    dates_ask,
    dates_drop,
    dates_settle,
    days_of,
    open_round,
)
from yishi.organisations.rights import may
from yishi.web.deliberation.process.loads import load_matter
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import CARD, DOOR, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .seats import load_seat
from .sittings import PlanForm

MOMENT = "%Y-%m-%dT%H:%M"


def load_round(request: Request, pk: UUID) -> DateRound:
    rounds = DateRound.objects.select_related("matter__place", "matter__convener", "matter__process")
    return rounds.get(pk=pk, matter__in=Matter.keys())


def load_asked_seat(request: Request, pk: UUID) -> Seat:
    """A seat whose matter asks for days."""
    seat = load_seat(request, pk)
    if open_round(seat.matter) is None:
        raise Seat.DoesNotExist
    return seat


def said(at: datetime) -> str:
    """A day as people read it, with the day of the week."""
    local = timezone.localtime(at)
    return f"{date_format(local, 'DATETIME_FORMAT')} {date_format(local, 'l')}"


def _words(answer: DateAnswer | None) -> list[str]:
    """What somebody said of each day."""
    return [str(DateAnswer.Can(one).label) for one in answer.can] if answer else []


class AskForm(ActForm):
    answer_by = day_field(gettext_lazy("Answers are wanted by"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_DAYS + 1):
            self.fields[f"option_{number}"] = forms.DateTimeField(
                label=_("Day %(n)d") % {"n": number},
                required=number <= LEAST_DAYS,
                widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
                input_formats=[MOMENT],
            )
        self.order_fields([f"option_{number}" for number in range(1, MOST_DAYS + 1)])

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        options = [cleaned[f"option_{number}"] for number in range(1, MOST_DAYS + 1)]
        return {"options": [day for day in options if day], "answer_by": cleaned["answer_by"]}


@page("sitting.run", load=load_matter)
def dates_asking(request: Request, matter: Matter) -> HttpResponse:
    form = AskForm(request.POST or None)
    return one_act(
        request,
        form,
        dates_ask,
        heading=_("Find a day"),
        lead=_("Everybody who holds a seat is asked, %(count)d so far; each says on which days they can come.")
        % {"count": asked_seats(matter).count()},
        back=reverse("matter_sittings", args=[matter.pk]),
        given={"matter": matter},
        fields=form.service_fields,
        done=_("The days are put to everybody who holds a seat."),
        submit=_("Ask for these days"),
        next_url=lambda receipt: reverse("dates", args=[receipt.result["round"]]),
    )


@page("matter.see", load=load_round, methods=("GET",))
def dates(request: Request, asked: DateRound) -> HttpResponse:
    """Each day with who can come and who is missing; who has answered."""
    answers = {answer.seat_id: answer for answer in asked.answers.all()}
    days = days_of(asked)
    fewest = min(len(day.missing) for day in days)
    context = {
        "asked": asked,
        "matter": asked.matter,
        "days": [
            {"number": number, "day": day, "said": said(day.at), "is_best": len(day.missing) == fewest}
            for number, day in enumerate(days)
        ],
        "seats": [{"seat": seat, "can": _words(answers.get(seat.pk))} for seat in asked_seats(asked.matter)],
        "runs": may("sitting.run", request.viewer, asked.matter) and asked.ended_at is None,
    }
    return render(request, "deliberation/sittings/dates.html", context)


class CanForm(ActForm):
    """One answer for each day."""

    def __init__(self, *args: Any, asked: DateRound, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.count = len(asked.options)
        for number, text in enumerate(asked.options, start=1):
            self.fields[f"day_{number}"] = forms.ChoiceField(
                label=said(datetime.fromisoformat(text)), choices=DateAnswer.Can.choices, widget=forms.RadioSelect
            )

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        return {"can": [cleaned[f"day_{number}"] for number in range(1, self.count + 1)]}


@page("seat.answer", load=load_asked_seat, face="both")
def dates_answering(request: Request, seat: Seat) -> HttpResponse:
    """On which days I can come; or, at the desk, what somebody said on the phone."""
    asked = DateRound.objects.get(matter=seat.matter_id, ended_at__isnull=True)
    stands = DateAnswer.objects.filter(round=asked, seat=seat).first()
    initial = {f"day_{number}": one for number, one in enumerate(stands.can, start=1)} if stands else {}
    to_desk = may("desk.see", request.viewer)
    form = CanForm(request.POST or None, asked=asked, initial=initial)
    return one_act(
        request,
        form,
        dates_answer,
        heading=_("When can you come?")
        if seat.person_id == request.viewer.person_id
        else _("When can %(name)s come?") % {"name": seat.person},
        lead=f"{seat.matter.number} {seat.matter.title}",
        back=reverse("dates", args=[asked.pk]) if to_desk else reverse("my_seat", args=[seat.pk]),
        given={"asked": asked, "seat": seat},
        fields=form.service_fields,
        done=_("Thank you. You are told as soon as the day is settled."),
        submit=_("Answer"),
        layout=CARD if to_desk else DOOR,
    )


class SettleForm(PlanForm):
    option = forms.TypedChoiceField(label=gettext_lazy("On which day"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, asked: DateRound, **kwargs: Any):
        super().__init__(*args, matter=asked.matter, **kwargs)
        del self.fields["starts_at"], self.fields["quorum"]
        self.fields["option"].choices = [
            (number, said(datetime.fromisoformat(text))) for number, text in enumerate(asked.options)
        ]
        self.order_fields(["option"])


@page("sitting.run", load=load_round)
def dates_settling(request: Request, asked: DateRound) -> HttpResponse:
    initial = {
        "option": request.GET.get("option", ""),
        "venue": asked.matter.venue_id,
        "agenda": _("1. What happened. 2. Questions. 3. Answers. 4. Speeches and stances."),
    }
    return one_act(
        request,
        SettleForm(request.POST or None, asked=asked, initial=initial),
        dates_settle,
        heading=_("Settle the day"),
        lead=f"{asked.matter.number} {asked.matter.title}",
        back=reverse("dates", args=[asked.pk]),
        given={"asked": asked},
        done=_("The sitting is planned. Give notice to everybody who holds a seat."),
        submit=_("Plan the sitting"),
        next_url=lambda receipt: reverse("sitting", args=[receipt.result["sitting"]]),
    )


class DropForm(ActForm):
    reason = WordsField(WHY_DROPPED, gettext_lazy("Why? It stays on the record."), rows=2)


@page("sitting.run", load=load_round)
def dates_dropping(request: Request, asked: DateRound) -> HttpResponse:
    return one_act(
        request,
        DropForm(request.POST or None),
        dates_drop,
        heading=_("Ask for these days no more"),
        lead=f"{asked.matter.number} {asked.matter.title}",
        back=reverse("dates", args=[asked.pk]),
        given={"asked": asked},
        done=_("No day is asked for any more."),
        submit=_("Drop the days"),
        next_url=lambda _receipt: reverse("matter_sittings", args=[asked.matter_id]),
    )


urlpatterns = [
    path("desk/matters/<uuid:pk>/dates/new/", dates_asking, name="dates_ask"),
    path("desk/dates/<uuid:pk>/", dates, name="dates"),
    path("desk/dates/<uuid:pk>/settle/", dates_settling, name="dates_settle"),
    path("desk/dates/<uuid:pk>/drop/", dates_dropping, name="dates_drop"),
    path("seats/<uuid:pk>/dates/", dates_answering, name="dates_answer"),
]
