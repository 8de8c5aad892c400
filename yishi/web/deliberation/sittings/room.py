"""The room, as the chair and the secretary see it: roll call, statements, where each party stands, hands, the floor."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Matter, Seat, Sitting, Stance, Statement
from yishi.deliberation.process.schema import read_document
from yishi.deliberation.services.chairs import chair_problem
from yishi.deliberation.services.room import counted_seats
from yishi.deliberation.services.room_ways_back import sitting_to_step_back, statements_to_open
from yishi.deliberation.services.sittings import presence_arrive, presence_leave, sitting_close, sitting_open
from yishi.deliberation.services.stances import (
    MINORITY_NOTE,
    TEXT,
    hands_count,
    stance_take,
    statement_add,
    statement_close,
)
from yishi.formats.qr import qr_svg
from yishi.kit.errors import Refusal
from yishi.kit.records import lend, lent
from yishi.notices.addresses import address_of
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .sitting_story import attendance, grid
from .sittings import load_sitting


def load_statement(request: Request, pk: UUID) -> Statement:
    statements = Statement.objects.select_related("sitting__matter__place", "sitting__matter__convener", "party")
    return statements.get(pk=pk, sitting__matter__in=Matter.objects.values("pk"))


def load_room_seat(request: Request, pk: UUID, seat: UUID) -> Seat:
    """A seat in the room of a sitting; the sitting rides along."""
    sitting = load_sitting(request, pk)
    held_seat = Seat.objects.select_related("matter__place", "person", "party").get(pk=seat, matter=sitting.matter_id)
    return lend(held_seat, sitting=sitting)


def room_version(sitting: Sitting) -> str:
    """Changes with everything that the chair sees: the sitting, and each stance, without a row that all would lock."""
    said = Stance.objects.filter(statement__sitting=sitting).aggregate(count=Count("pk"), last=Max("at"))
    return f"{sitting.version}.{said['count']}.{said['last'].timestamp() if said['last'] else 0:.0f}"


class StatementForm(ActForm):
    text = WordsField(TEXT, gettext_lazy("A short sentence on which everybody can say where they stand"), rows=2)
    party: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Put forward by"), required=False
    )

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = matter.parties.all()
        self.fields["party"].empty_label = _("staff (it is labelled as such)")


def _not_yet(sitting: Sitting) -> list[tuple[Any, str]]:
    """What the model asks for before a sitting and what nobody recorded: said before it opens."""
    if sitting.opened_at is not None or sitting.backfilled:
        return []
    asked = {
        code for step in read_document(sitting.matter.process.document).steps for code in (*step.entry, *step.exit)
    }
    acts = []
    if "notice_given" in asked and sitting.notice_given_on is None:
        acts.append((_("Notice of the sitting has not been given yet."), reverse("sitting_notice", args=[sitting.pk])))
    if "papers_sent" in asked and sitting.papers_sent_on is None:
        acts.append((_("The papers are not sent yet."), reverse("papers_send", args=[sitting.pk])))
    return acts


def room_context(request: Request, sitting: Sitting) -> dict[str, Any]:
    """What the chair's room shows. `here` and `invited` count the seats that count for the quorum."""
    attendances = attendance(sitting)
    counted = {seat.pk for seat in counted_seats(sitting.matter)}
    address = address_of("room", args=[sitting.pk])
    return {
        "sitting": sitting,
        "matter": sitting.matter,
        "version": room_version(sitting),
        "attendances": attendances,
        "here": sum(1 for entry in attendances if entry["is_here"] and entry["seat"].pk in counted),
        "invited": len(counted),
        "chair_problem": chair_problem(sitting.matter) if sitting.opened_at is None else "",
        "not_yet": _not_yet(sitting),
        "grid": grid(sitting),
        "may_open": statements_to_open(sitting),
        "steps_back": sitting_to_step_back(sitting) if sitting.state == Sitting.State.OPEN else None,
        "withdrawn": list(sitting.statements.filter(withdrawn_at__isnull=False)),
        "address": address,
    }


@page("sitting.run", load=load_sitting, methods=("GET",), unaudited="the desk from which a sitting is run")
def sitting_room(request: Request, sitting: Sitting) -> HttpResponse:
    context = room_context(request, sitting)
    context["form"] = StatementForm(matter=sitting.matter)
    return render(request, "deliberation/sittings/room.html", context)


@page("sitting.run", load=load_sitting, methods=("GET",), unaudited="the desk from which a sitting is run")
def sitting_state(request: Request, sitting: Sitting) -> HttpResponse:
    """The room's version and running counts, for the chair: a few numbers, no page."""
    counts: dict[str, dict[str, int]] = {}
    counted = Stance.objects.filter(statement__sitting=sitting).values_list("statement", "value").annotate(Count("pk"))
    for statement, value, count in counted:
        counts.setdefault(str(statement), {})[value] = count
    return JsonResponse({"version": room_version(sitting), "state": sitting.state, "counts": counts})


@page("sitting.run", load=load_sitting, methods=("GET",), unaudited="the desk from which a sitting is run")
def room_code(request: Request, sitting: Sitting) -> HttpResponse:
    """The QR code to hang up in the room: who holds a seat opens it on the phone."""
    address = address_of("room", args=[sitting.pk])
    return HttpResponse(qr_svg(address), content_type="image/svg+xml")


def one_tap(request: Request, sitting_id: UUID, service: Any, done: Any = "", **arguments: Any) -> HttpResponse:
    """One tap in the room: done, or a sentence why not; back to the room either way."""
    form = ActForm(request.POST)
    act_id = form.cleaned_data.get("act_id") if form.is_valid() else None
    try:
        service(actor=request.viewer, act_id=act_id, **arguments)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        if done:
            messages.success(request, done)
    return HttpResponseRedirect(reverse("sitting_room", args=[sitting_id]))


@page("sitting.run", load=load_room_seat, methods=("POST",))
def room_arrive(request: Request, seat: Seat) -> HttpResponse:
    sitting = lent(seat, "sitting")
    return one_tap(request, sitting.pk, presence_arrive, sitting=sitting, seat=seat, at=_room_time(sitting))


@page("sitting.run", load=load_room_seat, methods=("POST",))
def room_leave(request: Request, seat: Seat) -> HttpResponse:
    sitting = lent(seat, "sitting")
    return one_tap(request, sitting.pk, presence_leave, sitting=sitting, seat=seat, at=_room_time(sitting))


@page("sitting.run", load=load_sitting, methods=("POST",))
def room_open(request: Request, sitting: Sitting) -> HttpResponse:
    """Opens now; a sitting recorded afterwards, at the time for which it was planned."""
    at = _room_time(sitting)
    return one_tap(request, sitting.pk, sitting_open, _("The sitting is open."), sitting=sitting, at=at)


def _room_time(sitting: Sitting) -> datetime | None:
    """When a tap in the room happened: now, or at the time of a sitting that is recorded afterwards."""
    return sitting.starts_at if sitting.backfilled else None


class CloseForm(ActForm):
    at = forms.DateTimeField(
        label=gettext_lazy("Closed at (if not now)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if sitting.backfilled:
            self.fields["at"].label = _("When was it closed?")  # nobody knows it but them: it was no minute long


@page("sitting.run", load=load_sitting)
def room_close(request: Request, sitting: Sitting) -> HttpResponse:
    return one_act(
        request,
        CloseForm(request.POST or None, sitting=sitting),
        sitting_close,
        heading=_("Close the sitting"),
        lead=_("Who is still here leaves with it, open statements are closed, and the clock of the minutes begins."),
        back=reverse("sitting_room", args=[sitting.pk]),
        given={"sitting": sitting},
        done=_("The sitting is closed. Write the minutes while everything is fresh."),
        submit=_("Close the sitting"),
        next_url=lambda _receipt: reverse("sitting", args=[sitting.pk]),
    )


@page("sitting.run", load=load_sitting)
def statement_new(request: Request, sitting: Sitting) -> HttpResponse:
    return one_act(
        request,
        StatementForm(request.POST or None, matter=sitting.matter),
        statement_add,
        heading=_("Put a statement to the room"),
        back=reverse("sitting_room", args=[sitting.pk]),
        given={"sitting": sitting},
        done=_("The statement stands; phones show it now."),
        submit=_("Put it to the room"),
    )


class NoteForm(ActForm):
    minority_note = WordsField(
        MINORITY_NOTE, gettext_lazy("What stays disputed, in the words of those who object"), rows=3
    )


@page("sitting.run", load=load_statement)
def statement_closing(request: Request, statement: Statement) -> HttpResponse:
    return _on_statement(
        request,
        statement,
        NoteForm(request.POST or None),
        statement_close,
        heading=_("Close the statement"),
        done=_("The statement is closed; the count stands."),
        submit=_("Close the statement"),
    )


def _on_statement(request: Request, statement: Statement, form: ActForm, service: Any, **options: Any) -> HttpResponse:
    return one_act(
        request,
        form,
        service,
        lead=statement.text,
        template="deliberation/sittings/quick.html",
        back=reverse("sitting_room", args=[statement.sitting_id]),
        given={"statement": statement},
        **options,
    )


class StanceForm(ActForm):
    seat: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Who says so"), empty_label=gettext_lazy("choose")
    )
    value = forms.ChoiceField(
        label=gettext_lazy("Where they stand"), choices=Stance.Value.choices, widget=forms.RadioSelect
    )
    condition = forms.CharField(
        label=gettext_lazy("If “can live with it if…”: if what?"), required=False, max_length=300
    )
    reason = forms.CharField(label=gettext_lazy("Reason (if they give one)"), required=False, max_length=300)

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any):
        super().__init__(*args, **kwargs)
        seats = Seat.objects.filter(presences__sitting=sitting, ended_on__isnull=True).exclude(role=Seat.Role.CHAIR)
        self.fields["seat"].queryset = (
            seats.select_related("person", "party").distinct().order_by("party__ordinal", "pk")
        )
        self.fields["seat"].label_from_instance = lambda seat: (
            f"{seat.person}（{seat.party.name}）" if seat.party else str(seat.person)
        )


@page("sitting.run", load=load_statement)
def stance_recording(request: Request, statement: Statement) -> HttpResponse:
    """The secretary records for the room: for who has no phone, or says it aloud."""
    return _on_statement(
        request,
        statement,
        StanceForm(request.POST or None, sitting=statement.sitting, initial={"seat": request.GET.get("seat", "")}),
        stance_take,
        heading=_("Record where somebody stands"),
        done=_("It is recorded."),
        submit=_("Record"),
    )


class HandsForm(ActForm):
    party: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Whose hands"), required=False
    )
    agree = forms.IntegerField(label=gettext_lazy("agree"), min_value=0, max_value=100000, initial=0)
    conditional = forms.IntegerField(
        label=gettext_lazy("can live with it if…"), min_value=0, max_value=100000, initial=0
    )
    object = forms.IntegerField(label=gettext_lazy("object"), min_value=0, max_value=100000, initial=0)
    abstain = forms.IntegerField(label=gettext_lazy("pass"), min_value=0, max_value=100000, initial=0)
    unseated = forms.BooleanField(
        label=gettext_lazy("People without a seat raised their hands too (of the whole room only)"), required=False
    )

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = matter.parties.all()
        self.fields["party"].empty_label = _("the whole room")


@page("sitting.run", load=load_statement)
def hands_counting(request: Request, statement: Statement) -> HttpResponse:
    return _on_statement(
        request,
        statement,
        HandsForm(request.POST or None, matter=statement.sitting.matter),
        hands_count,
        heading=_("Count hands"),
        done=_("The count is recorded; counted again, it replaces this one."),
        submit=_("Record the count"),
    )


urlpatterns = [
    path("desk/sittings/<uuid:pk>/room/", sitting_room, name="sitting_room"),
    path("desk/sittings/<uuid:pk>/room/state/", sitting_state, name="sitting_state"),
    path("desk/sittings/<uuid:pk>/room/code.svg", room_code, name="room_code"),
    path("desk/sittings/<uuid:pk>/room/open/", room_open, name="room_open"),
    path("desk/sittings/<uuid:pk>/room/close/", room_close, name="room_close"),
    path("desk/sittings/<uuid:pk>/room/statements/new/", statement_new, name="statement_new"),
    path("desk/sittings/<uuid:pk>/room/seats/<uuid:seat>/arrive/", room_arrive, name="room_arrive"),
    path("desk/sittings/<uuid:pk>/room/seats/<uuid:seat>/leave/", room_leave, name="room_leave"),
    path("desk/statements/<uuid:pk>/close/", statement_closing, name="statement_close"),
    path("desk/statements/<uuid:pk>/stance/", stance_recording, name="stance_record"),
    path("desk/statements/<uuid:pk>/hands/", hands_counting, name="hands_count"),
]
