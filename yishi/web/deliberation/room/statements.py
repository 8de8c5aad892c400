"""Statements on the secretary's screen: put to the room, where each seat stands, hands, closed."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Matter, Seat, Sitting, Stance, Statement
from yishi.deliberation.services.room import here_that_count, quorum_now
from yishi.deliberation.services.stances import (
    CONDITION,
    MINORITY_NOTE,
    TEXT,
    hands_count,
    stance_take,
    statement_add,
    statement_close,
)
from yishi.web.deliberation.sittings.loads import load_sitting
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .loads import load_statement
from .tap import act_in_room


class StatementForm(ActForm):
    text = WordsField(TEXT, gettext_lazy("A short sentence on which everybody can say where they stand"), rows=2)
    party: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Put forward by"), required=False
    )

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = matter.parties.all()
        self.fields["party"].empty_label = _("staff (it is labelled as such)")


@page("sitting.run", load=load_sitting)
def statement_new(request: Request, sitting: Sitting) -> HttpResponse:
    return act_in_room(
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
    without_quorum = forms.BooleanField(
        label=gettext_lazy("Too few are here: close it, nothing was decided"), required=False
    )

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if here_that_count(sitting) >= quorum_now(sitting):
            del self.fields["without_quorum"]  # nobody is asked what is no question


@page("sitting.run", load=load_statement)
def statement_closing(request: Request, statement: Statement) -> HttpResponse:
    return _on_statement(
        request,
        statement,
        NoteForm(request.POST or None, sitting=statement.sitting),
        statement_close,
        heading=_("Close the statement"),
        done=_("The statement is closed; the count stands."),
        submit=_("Close the statement"),
    )


def _on_statement(
    request: Request,
    statement: Statement,
    form: ActForm,
    service: Any,
    more: dict[str, Any] | None = None,
    **options: Any,
) -> HttpResponse:
    return act_in_room(
        request,
        form,
        service,
        lead=statement.text,
        template="deliberation/sittings/quick.html",
        back=reverse("sitting_room", args=[statement.sitting_id]),
        given={"statement": statement, **(more or {})},
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
        more={"way": Stance.Way.DESK},
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
    condition = WordsField(CONDITION, gettext_lazy("Under which condition (of a party)"))
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
    path("desk/sittings/<uuid:pk>/room/statements/new/", statement_new, name="statement_new"),
    path("desk/statements/<uuid:pk>/close/", statement_closing, name="statement_close"),
    path("desk/statements/<uuid:pk>/stance/", stance_recording, name="stance_record"),
    path("desk/statements/<uuid:pk>/hands/", hands_counting, name="hands_count"),
]
