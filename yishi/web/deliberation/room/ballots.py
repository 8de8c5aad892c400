"""Secret ballots: opened, slips on screens and on paper, counted; the roll, which all who are entitled read."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import BallotVoter, Matter, Seat, SecretBallot, Sitting
from yishi.deliberation.services.ballots import (
    CHOICE,
    MOST_CHOICES,
    QUESTION,
    WHY_VOID,
    ballot_count,
    ballot_hand_out,
    ballot_open,
    ballot_slip_back,
    ballot_void,
    ballot_vote,
    entitled,
    turnouts,
    usual_choices,
)
from yishi.kit.errors import Refusal
from yishi.kit.records import lend, lent
from yishi.organisations.rights import may
from yishi.web.deliberation.sittings.loads import load_sitting
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.press import pdf_response
from yishi.web.kit.request import Request

from .ballot_papers import slips_data
from .ballot_shown import roll_of
from .phone import Room, load_room, phone_tap


def load_ballot(request: Request, pk: UUID) -> SecretBallot:
    ballots = SecretBallot.objects.select_related(
        "sitting__matter__place", "sitting__matter__convener", "teller__person", "scrutineer__person"
    )
    return ballots.get(pk=pk, sitting__matter__in=Matter.keys())


def load_voter(request: Request, pk: UUID, voter: UUID) -> SecretBallot:
    """A ballot with one line of its roll riding along."""
    ballot = load_ballot(request, pk)
    return lend(ballot, voter=ballot.voters.select_related("person").get(pk=voter))


def _named(seat: Seat) -> str:
    return f"{seat.person}（{seat.party.name}）" if seat.party else str(seat.person)


class BallotForm(ActForm):
    question = WordsField(QUESTION, gettext_lazy("On what the room votes"), rows=2)
    choices = forms.CharField(
        label=gettext_lazy("Answers on the slip, one a line"),
        required=False,
        max_length=MOST_CHOICES * (CHOICE.longest + 2),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    on_screen = forms.BooleanField(
        label=gettext_lazy("On screens: by account or by the code of the seat"), required=False
    )
    on_paper = forms.BooleanField(label=gettext_lazy("On paper slips"), required=False)
    teller: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Who counts the paper slips (teller)"), required=False
    )
    scrutineer: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Who watches the counting (scrutineer)"), required=False
    )

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any):
        super().__init__(*args, **kwargs)
        here = Seat.objects.filter(presences__sitting=sitting, presences__left_at__isnull=True, ended_on__isnull=True)
        here = here.exclude(role=Seat.Role.CHAIR).select_related("person", "party")
        for name in ("teller", "scrutineer"):
            self.fields[name].queryset = here.distinct().order_by("party__ordinal", "pk")
            self.fields[name].label_from_instance = _named
            self.fields[name].empty_label = _("choose")


def _opening_fields(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {**cleaned, "choices": cleaned["choices"].splitlines()}


@page("sitting.run", load=load_sitting)
def ballot_new(request: Request, sitting: Sitting) -> HttpResponse:
    seats = entitled(sitting)
    names = "、".join(_named(seat) for seat in seats)
    return one_act(
        request,
        BallotForm(request.POST or None, sitting=sitting, initial={"choices": "\n".join(usual_choices())}),
        ballot_open,
        heading=_("Open a secret ballot"),
        lead=_("On the roll: %(count)d who are in the room now and have a vote. %(names)s")
        % {"count": len(seats), "names": names},
        back=reverse("sitting_room", args=[sitting.pk]),
        given={"sitting": sitting},
        fields=_opening_fields,
        done=_("The ballot is open; phones show it now."),
        submit=_("Open the ballot"),
        next_url=lambda receipt: reverse("ballot", args=[receipt.result["ballot"]]),
    )


@page("sitting.see", load=load_ballot, methods=("GET",))
def ballot(request: Request, ballot: SecretBallot) -> HttpResponse:
    """Question, roll and counts; for who runs the room the acts on it."""
    runs = may("sitting.run", request.viewer, ballot.sitting)
    context = {
        "ballot": ballot,
        "sitting": ballot.sitting,
        "matter": ballot.sitting.matter,
        "roll": roll_of(ballot),
        "turnout": turnouts([ballot])[ballot.pk],
        "runs": runs and not hasattr(ballot.sitting, "minutes"),
        "is_open": ballot.state == SecretBallot.State.OPEN,
    }
    return render(request, "deliberation/room/ballot.html", context)


def _act(request: Request, ballot: SecretBallot, form: ActForm, service: Any, **options: Any) -> HttpResponse:
    return one_act(
        request,
        form,
        service,
        back=reverse("ballot", args=[ballot.pk]),
        given=options.pop("given", {"ballot": ballot}),
        **options,
    )


class HandOutForm(ActForm):
    voters: "forms.ModelMultipleChoiceField[Any]" = forms.ModelMultipleChoiceField(
        queryset=None,
        label=gettext_lazy("To whom a slip is handed"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Please tick to whom a slip is handed.")},
    )

    def __init__(self, *args: Any, ballot: SecretBallot, **kwargs: Any):
        super().__init__(*args, **kwargs)
        voters = ballot.voters.filter(way="").select_related("person", "seat__party")
        if self.is_bound:  # whoever voted meanwhile is refused by name
            voters = ballot.voters.select_related("person", "seat__party")
        self.fields["voters"].queryset = voters.order_by("seat__party__ordinal", "pk")
        self.fields["voters"].label_from_instance = _line


def _line(voter: BallotVoter) -> str:
    return f"{voter.person}（{voter.seat.party.name}）" if voter.seat.party else str(voter.person)


@page("sitting.run", load=load_ballot)
def ballot_handing(request: Request, ballot: SecretBallot) -> HttpResponse:
    return _act(
        request,
        ballot,
        HandOutForm(request.POST or None, ballot=ballot),
        ballot_hand_out,
        heading=_("Hand out paper slips"),
        lead=_("Who takes one votes on paper. Each slip carries the mark %(mark)s.") % {"mark": ballot.mark},
        done=_("It is written down who has a slip."),
        submit=_("Handed out"),
    )


class NothingForm(ActForm):
    """Only a button."""


@page("sitting.run", load=load_voter)
def ballot_slip_returning(request: Request, ballot: SecretBallot) -> HttpResponse:
    voter = lent(ballot, "voter")
    return _act(
        request,
        ballot,
        NothingForm(request.POST or None),
        ballot_slip_back,
        given={"ballot": ballot, "voter": voter},
        heading=_("The slip of %(name)s came back unused") % {"name": voter.person},
        lead=_("They have no slip any more and may vote again, on paper or on the screen. Tear the slip up."),
        done=_("They may vote again."),
        submit=_("It came back unused"),
    )


class CountForm(ActForm):
    def __init__(self, *args: Any, ballot: SecretBallot, handed: int, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.ballot, self.handed = ballot, handed
        if not handed:
            return
        self.fields["returned"] = _number(_("Paper slips that came back"))
        for number, choice in enumerate(ballot.choices):
            self.fields[f"choice_{number}"] = _number(_("Paper: %(choice)s") % {"choice": choice})
        self.fields["spoilt"] = _number(_("Paper: spoilt"))
        self.fields["mark"] = forms.CharField(label=_("The mark on the slips"), max_length=16)

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        if not self.handed:
            return {}
        papers = [cleaned[f"choice_{number}"] for number in range(len(self.ballot.choices))]
        return {"papers": papers, **{name: cleaned[name] for name in ("returned", "spoilt", "mark")}}


def _number(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=10_000)


@page("sitting.run", load=load_ballot)
def ballot_counting(request: Request, ballot: SecretBallot) -> HttpResponse:
    turnout = turnouts([ballot])[ballot.pk]
    form = CountForm(request.POST or None, ballot=ballot, handed=turnout["paper"])
    return _act(
        request,
        ballot,
        form,
        ballot_count,
        fields=form.service_fields,
        heading=_("End the ballot and count"),
        lead=_(
            "%(slips)d of %(entitled)d have voted or hold a slip, %(paper)d of them on paper. All slips are counted "
            "together; then those of the screens and their key are thrown away. It cannot be opened again."
        )
        % turnout,
        done=_("The ballot is counted."),
        submit=_("End and count"),
    )


class VoidForm(ActForm):
    reason = WordsField(WHY_VOID, gettext_lazy("Why? It stays on the record."), rows=3)


@page("sitting.run", load=load_ballot)
def ballot_voiding(request: Request, ballot: SecretBallot) -> HttpResponse:
    return _act(
        request,
        ballot,
        VoidForm(request.POST or None),
        ballot_void,
        heading=_("The ballot does not count"),
        lead=ballot.question,
        done=_("The ballot is void. The room may vote anew."),
        submit=_("It does not count"),
    )


@page("sitting.run", load=load_ballot, methods=("GET",), unaudited="slips to be handed out in the room")
def ballot_slips(request: Request, ballot: SecretBallot) -> HttpResponse:
    """As many paper slips as the roll has names; all alike."""
    return pdf_response("ballot_slips.typ", slips_data(ballot), _("ballot slips") + f"-{ballot.mark}")


class VoteForm(Form):
    ballot = forms.UUIDField()
    choice = forms.IntegerField(min_value=0, max_value=MOST_CHOICES)


@page("room.enter", load=load_room, methods=("POST",), face="both")
def room_ballot(request: Request, room: Room) -> HttpResponse:
    """My slip goes into the urn. What was sent is shown and kept nowhere."""
    form = VoteForm(request.POST)

    def vote(**arguments: Any) -> Any:
        found = SecretBallot.objects.select_related("sitting").filter(sitting=room.sitting.pk)
        mine = found.filter(pk=form.cleaned_data["ballot"]).first() if form.is_valid() else None
        if mine is None:
            raise Refusal("ballot.choice", _("Please choose one of the answers."), field="choice")
        return ballot_vote(ballot=mine, choice=form.cleaned_data["choice"], **arguments)

    return phone_tap(request, room, vote, _("Your slip is in the urn."))


urlpatterns = [
    path("desk/sittings/<uuid:pk>/room/ballots/new/", ballot_new, name="ballot_new"),
    path("desk/ballots/<uuid:pk>/", ballot, name="ballot"),
    path("desk/ballots/<uuid:pk>/hand-out/", ballot_handing, name="ballot_hand_out"),
    path("desk/ballots/<uuid:pk>/slips.pdf", ballot_slips, name="ballot_slips"),
    path("desk/ballots/<uuid:pk>/voters/<uuid:voter>/back/", ballot_slip_returning, name="ballot_slip_back"),
    path("desk/ballots/<uuid:pk>/count/", ballot_counting, name="ballot_count"),
    path("desk/ballots/<uuid:pk>/void/", ballot_voiding, name="ballot_void"),
    path("room/<uuid:pk>/ballot/", room_ballot, name="room_ballot"),
]
