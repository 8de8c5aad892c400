"""Seats of a matter: who sits, how they came to it, what they answered; the chair's neutrality. Draws: draws.py."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.course_shown import course_shown
from yishi.deliberation.models import ChairObjection, Draw, Matter, Seat
from yishi.deliberation.process.schema import FILLED_BY, read_document
from yishi.deliberation.services.chairs import DECISION, OBJECTION, chair_object, chair_problem, objection_decide
from yishi.deliberation.services.dates import open_round
from yishi.deliberation.services.inviting import balance_of
from yishi.deliberation.services.seats import (
    HOW,
    INTEREST,
    INTERESTS,
    RECUSAL_NOTE,
    SUBSTITUTE,
    WHY,
    interests_declare,
    seat_answer,
    seat_code,
    seat_fill,
    seat_invite_again,
    seat_recuse,
    seat_replace,
)
from yishi.journal.models import Receipt
from yishi.kit.ids import id_read
from yishi.kit.records import certain, lend
from yishi.organisations.grants import Viewer
from yishi.organisations.models import QueryCode
from yishi.organisations.query_codes import spaced
from yishi.organisations.rights import may
from yishi.people.models import Account
from yishi.web.deliberation.process.loads import load_matter
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import file_response
from yishi.web.kit.one_act import CARD, DOOR, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .seat_forms import FillForm, PersonForm, who_fields
from .seat_lists import DRAWS, ENDED_SEATS, SEATS


def load_seat(request: Request, pk: UUID) -> Seat:
    seats = Seat.objects.select_related(
        "matter__place", "matter__process", "matter__convener", "person", "party", "body"
    )
    return seats.get(pk=pk, matter__in=Matter.keys())


def load_objection(request: Request, pk: UUID) -> ChairObjection:
    objections = ChairObjection.objects.select_related("seat__matter__place", "seat__person", "party")
    return objections.get(pk=pk, seat__matter__in=Matter.keys())


def seat_groups(matter: Matter, seats: list[Seat]) -> list[dict[str, Any]]:
    """Per class of the model (and for who sits in none): who holds a seat, and how many are wanted."""
    classes = read_document(matter.process.document).seats
    groups: list[dict[str, Any]] = [
        {
            "name": seat_class.name,
            "how": FILLED_BY.get(seat_class.filled_by, seat_class.filled_by),
            "code": seat_class.code,
            "min": seat_class.min,
            "max": seat_class.max,
            "is_drawn": seat_class.filled_by == Seat.FilledBy.DRAW,
            "seats": [seat for seat in seats if seat.seat_class == seat_class.code and seat.ended_on is None],
        }
        for seat_class in classes
    ]
    known = {seat_class.code for seat_class in classes}
    others = [seat for seat in seats if seat.seat_class not in known and seat.ended_on is None]
    if others:
        groups.append({"name": _("others"), "how": "", "code": "", "min": 0, "max": 0, "seats": others})
    for group in groups:
        group["is_short"] = len(group["seats"]) < group["min"]
    return groups


def with_entry(seats: list[Seat]) -> list[Seat]:
    """The seats, each lent how its person enters the room (`enters`): by "account", by "code", or "" for neither."""
    people = {seat.person_id for seat in seats}
    accounts = set(Account.objects.filter(person__in=people).values_list("person", flat=True))
    live = QueryCode.objects.filter(kind=QueryCode.Kind.SEAT, person__in=people, revoked_at__isnull=True)
    codes = set(live.values_list("person", "matter_id"))
    for seat in seats:
        lend(
            seat,
            enters="account"
            if seat.person_id in accounts
            else "code"
            if (seat.person_id, seat.matter_id) in codes
            else "",
        )
    return seats


@page("matter.see", load=load_matter, methods=("GET",))
def matter_seats(request: Request, matter: Matter) -> HttpResponse:
    all_seats = Seat.objects.filter(matter=matter).select_related("person", "party", "body", "draw")
    seats = with_entry(list(all_seats.order_by("started_on", "pk")))
    chair = next((seat for seat in seats if seat.role == Seat.Role.CHAIR and seat.ended_on is None), None)
    runs = may("seat.run", request.viewer, matter)
    mine = {seat.pk for seat in seats if seat.person_id == request.viewer.person_id}
    held = [seat for seat in seats if seat.ended_on is None]
    ended = [seat for seat in seats if seat.ended_on is not None]
    draws = list(Draw.objects.filter(matter=matter).order_by("published_at"))
    context = {
        "matter": matter,
        "groups": seat_groups(matter, held),
        "ended": ended,
        "chair": chair,
        "chair_problem": chair_problem(matter),
        "objections": list(
            ChairObjection.objects.filter(seat__matter=matter).select_related("party", "seat__person").order_by("at")
        ),
        "draws": draws,
        "balance": balance_of(matter) if matter.state == Matter.State.OPEN else None,
        "names": {seat.person.name for seat in held},
        "runs": runs and matter.state == Matter.State.OPEN,
        "mine": mine,
        "may_object": chair is not None and may("chair.object", request.viewer, matter),
    }
    return file_response(
        request, "deliberation/sittings/seats.html", context, {SEATS: held, DRAWS: draws, ENDED_SEATS: ended}
    )


def _instead(request: Request, matter: Matter) -> dict[str, Any]:
    """What a seat's form begins with where somebody who declined has named who could come instead (`?instead=SEAT`)."""
    named = id_read(request.GET.get("instead", ""))
    declined = Seat.objects.filter(matter=matter, pk=named, substitute__gt="").first() if named else None
    if declined is None:
        return {}
    return {
        "seat_class": declined.seat_class,
        "name": declined.substitute,
        "phone": declined.substitute_phone,
        "party": declined.party_id,
        "body": declined.body_id,
        "role": declined.role,
    }


@page("seat.run", load=load_matter)
def seat_new(request: Request, matter: Matter) -> HttpResponse:
    return one_act(
        request,
        FillForm(
            request.POST or None,
            matter=matter,
            viewer=request.viewer,
            initial=_instead(request, matter) or {"seat_class": request.GET.get("class", "")},
        ),
        seat_fill,
        heading=_("Fill a seat"),
        lead=f"{matter.number} {matter.title}",
        back=reverse("matter_seats", args=[matter.pk]),
        given={"matter": matter},
        fields=who_fields,
        done=_("The seat is filled; this person, and nobody else, is invited."),
        submit=_("Fill the seat"),
    )


def _act(request: Request, seat: Seat, form: ActForm, service: Any, **options: Any) -> HttpResponse:
    to_desk = may("desk.see", request.viewer)
    back = reverse("matter_seats", args=[seat.matter_id]) if to_desk else _own(request, seat)
    given = options.pop("given", {"seat": seat})
    return one_act(
        request,
        form,
        service,
        lead=options.pop("lead", f"{seat.matter.number} {seat.matter.title} · {seat.person}"),
        back=back,
        given=given,
        layout=CARD if to_desk else DOOR,
        **options,
    )


def _own(request: Request, seat: Seat) -> str:
    """The viewer's own seat in the matter of `seat`."""
    own = Seat.objects.filter(matter=seat.matter_id, person=request.viewer.person_id).order_by("-started_on").first()
    return reverse("my_seat", args=[own.pk if own else seat.pk])


class AnswerForm(ActForm):
    accepts = forms.TypedChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[("yes", gettext_lazy("I come")), ("no", gettext_lazy("I cannot come"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = WordsField(WHY, gettext_lazy("If you cannot come: why?"), rows=2, when=("accepts", False))
    substitute = WordsField(
        SUBSTITUTE,
        gettext_lazy("Who could come instead (if you know somebody)"),
        help_text=gettext_lazy("The convener decides whom to invite."),
    )
    substitute_phone = forms.CharField(
        label=gettext_lazy("Their phone"),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


@page("seat.answer", load=load_seat, face="both")
def my_seat(request: Request, seat: Seat) -> HttpResponse:
    """An invitation, for who was invited: answer, declare interests, step back; then the room."""
    chair = Seat.objects.filter(matter=seat.matter_id, role=Seat.Role.CHAIR, ended_on__isnull=True).first()
    asks = seat.ended_on is None and open_round(seat.matter) is not None
    context: dict[str, Any] = {"seat": seat, "chair": chair, "asks_for_days": asks, "base": _base(request)}
    context |= course_shown(seat.matter)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" or seat.state == Seat.State.INVITED:
        return one_act(
            request,
            form,
            seat_answer,
            heading=_("An invitation"),
            lead=f"{seat.matter.number} {seat.matter.title}",
            back=reverse("my_seat", args=[seat.pk]),
            given={"seat": seat},
            done=_("Thank you. The convener has your answer."),
            submit=_("Answer"),
            template="deliberation/sittings/my_seat.html",
            **context,
        )
    return render(request, "deliberation/sittings/my_seat.html", {"form": None, **context})


def _base(request: Request) -> str:
    return "kit/desk.html" if may("desk.see", request.viewer) else "kit/door.html"


class NothingForm(ActForm):
    """Only a button."""


@page("seat.answer", load=load_seat)
def seat_answering(request: Request, seat: Seat) -> HttpResponse:
    return _act(
        request,
        seat,
        AnswerForm(request.POST or None),
        seat_answer,
        heading=_("Answer for %(name)s") % {"name": seat.person},
        done=_("The answer is recorded."),
        submit=_("Record the answer"),
    )


@page("seat.run", load=load_seat)
def seat_inviting(request: Request, seat: Seat) -> HttpResponse:
    return _act(
        request,
        seat,
        NothingForm(request.POST or None),
        seat_invite_again,
        heading=_("Invite once more"),
        done=_("This person was invited once more; nobody else was."),
        submit=_("Invite this person once more"),
    )


@page("seat.run", load=load_seat)
def seat_replacing(request: Request, seat: Seat) -> HttpResponse:
    return _act(
        request,
        seat,
        PersonForm(request.POST or None, matter=seat.matter, viewer=request.viewer),
        seat_replace,
        fields=who_fields,
        heading=_("Replace %(name)s") % {"name": seat.person},
        done=_("The seat is held by somebody else; both and the reason stay on the record."),
        submit=_("Replace"),
    )


class ReasonForm(ActForm):
    reason = WordsField(INTEREST, gettext_lazy("Which interest is it?"), rows=3)


@page("seat.answer", load=load_seat, face="both")
def seat_recusing(request: Request, seat: Seat) -> HttpResponse:
    return _act(
        request,
        seat,
        ReasonForm(request.POST or None),
        seat_recuse,
        heading=_("Step back because of an interest"),
        done=_("It is on the record. The convener fills the seat anew."),
        submit=_("Step back"),
    )


class DeclareForm(ActForm):
    interests = WordsField(
        INTERESTS,
        gettext_lazy("Interests in this matter"),
        rows=3,
        help_text=gettext_lazy("Kinship, money, office. “None” is a declaration too."),
    )
    recusal_note = WordsField(
        RECUSAL_NOTE,
        gettext_lazy("Recusal note"),
        rows=3,
        help_text=gettext_lazy("Only for a chair who belongs to a party or to a body that owes: why this is in order."),
    )


class DeclareForForm(DeclareForm):
    how = WordsField(HOW, gettext_lazy("How did they declare it?"), rows=2)


@page("seat.declare_for", load=load_seat, face="both")
def seat_declaring(request: Request, seat: Seat) -> HttpResponse:
    """Their own word; whoever runs the matter writes it down for them, by name."""
    is_own = may("seat.declare", request.viewer, seat) is not None
    initial = {"interests": seat.interests, "recusal_note": seat.recusal_note, "how": seat.interests_how}
    return _act(
        request,
        seat,
        (DeclareForm if is_own else DeclareForForm)(request.POST or None, initial=initial, edits=seat),
        interests_declare,
        heading=_("Declare interests") if is_own else _("Write down what %(name)s declared") % {"name": seat.person},
        done=_("The declaration is on the record."),
        submit=_("Declare"),
    )


@page("seat.run", load=load_seat)
def seat_coding(request: Request, seat: Seat) -> HttpResponse:
    """A code for somebody without account and code; shown once, to be read out or written down."""

    def answer(receipt: Receipt) -> HttpResponse:
        code = spaced(certain(receipt.query_code))
        return render(request, "deliberation/sittings/seat_code.html", {"seat": seat, "code": code})

    return one_act(
        request,
        NothingForm(request.POST or None),
        seat_code,
        heading=_("A code for %(name)s") % {"name": seat.person},
        lead=_("With it this person says on any phone where they stand. It is shown once."),
        back=reverse("matter_seats", args=[seat.matter_id]),
        given={"seat": seat},
        answer=answer,
        submit=_("Make the code"),
    )


class ObjectForm(ActForm):
    party: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Which party objects?"), widget=forms.RadioSelect, empty_label=None
    )
    reason = WordsField(OBJECTION, gettext_lazy("Why?"), rows=3)

    def __init__(self, *args: Any, matter: Matter, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        parties = matter.parties.all()
        if not may("seat.run", viewer, matter):
            parties = parties.filter(seats__person=viewer.person_id, seats__ended_on__isnull=True).distinct()
            self.initial["party"] = parties.first()
        self.fields["party"].queryset = parties


@page("chair.object", load=load_seat, face="both")
def chair_objecting(request: Request, seat: Seat) -> HttpResponse:
    return _act(
        request,
        seat,
        ObjectForm(request.POST or None, matter=seat.matter, viewer=request.viewer),
        chair_object,
        heading=_("Object to the chair"),
        done=_("The objection is on the record; the convener decides on it before the sitting opens."),
        submit=_("Object"),
    )


class DecideForm(ActForm):
    upheld = forms.TypedChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("yes", gettext_lazy("Upheld: the chair is replaced")),
            ("no", gettext_lazy("Not upheld: the chair stays")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = WordsField(DECISION, gettext_lazy("Reason for the decision"), rows=3)


@page("seat.run", load=load_objection)
def objection_deciding(request: Request, objection: ChairObjection) -> HttpResponse:
    return _act(
        request,
        objection.seat,
        DecideForm(request.POST or None),
        objection_decide,
        heading=_("Decide on an objection to the chair"),
        lead=f"{objection.party.name}：{objection.reason}",
        given={"objection": objection},
        done=_("The decision is on the record."),
        submit=_("Decide"),
    )


urlpatterns = [
    path("desk/matters/<uuid:pk>/seats/", matter_seats, name="matter_seats"),
    path("desk/matters/<uuid:pk>/seats/new/", seat_new, name="seat_new"),
    path("seats/<uuid:pk>/", my_seat, name="my_seat"),
    path("seats/<uuid:pk>/step-back/", seat_recusing, name="seat_recuse"),
    path("seats/<uuid:pk>/interests/", seat_declaring, name="seat_declare"),
    path("desk/seats/<uuid:pk>/answer/", seat_answering, name="seat_answer"),
    path("desk/seats/<uuid:pk>/invite/", seat_inviting, name="seat_invite"),
    path("desk/seats/<uuid:pk>/replace/", seat_replacing, name="seat_replace"),
    path("desk/seats/<uuid:pk>/code/", seat_coding, name="seat_code"),
    path("seats/<uuid:pk>/object/", chair_objecting, name="chair_object"),
    path("desk/objections/<uuid:pk>/", objection_deciding, name="objection_decide"),
]
