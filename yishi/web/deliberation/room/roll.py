"""The roll call on the secretary's screen: one grid, all at once, who comes unannounced, who leaves and why."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Matter, Seat, Sitting
from yishi.deliberation.services.roll import WHY_LEFT, absent_invited, presence_leave, roll_call, walk_in
from yishi.deliberation.services.seats import INTEREST, seat_recuse
from yishi.kit.records import lent
from yishi.people.services import Newcomer
from yishi.web.deliberation.sittings.loads import load_sitting
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .loads import load_room_seat
from .tap import act_in_room, one_tap

CAME_WITHOUT_A_PARTY = (Seat.Role.OBSERVER, Seat.Role.EXPERT, Seat.Role.SUPERVISOR)


class RollForm(ActForm):
    """What the grid showed as here (`was_here`) beside what is ticked (`here`): only what differs is called."""

    here: "forms.ModelMultipleChoiceField[Any]" = forms.ModelMultipleChoiceField(queryset=None, required=False)
    was_here: "forms.ModelMultipleChoiceField[Any]" = forms.ModelMultipleChoiceField(queryset=None, required=False)
    everybody = forms.BooleanField(required=False)

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any):
        super().__init__(*args, **kwargs)
        seats = Seat.objects.filter(matter=sitting.matter_id)
        self.fields["here"].queryset = self.fields["was_here"].queryset = seats
        self.sitting = sitting

    def called(self) -> dict[str, Any]:
        """Who came and who went, by the grid."""
        ticked, shown = set(self.cleaned_data["here"]), set(self.cleaned_data["was_here"])
        if self.cleaned_data["everybody"]:
            return {"here": absent_invited(self.sitting), "gone": [], "sexes": {}}
        here, gone = sorted(ticked - shown, key=_key), sorted(shown - ticked, key=_key)
        return {"here": here, "gone": gone, "sexes": self._sexes()}

    def _sexes(self) -> dict[Seat, str]:
        """Those that were noted anew."""
        sent = self.data
        seats = self.fields["here"].queryset
        noted = ((seat, sent.get(f"sex-{seat.pk}")) for seat in seats if f"sex-{seat.pk}" in sent)
        return {seat: str(sex) for seat, sex in noted if sex != seat.sex}


def _key(seat: Seat) -> str:
    return str(seat.pk)


@page("sitting.run", load=load_sitting, methods=("POST",))
def room_roll(request: Request, sitting: Sitting) -> HttpResponse:
    """The whole roll with one save."""
    form = RollForm(request.POST, sitting=sitting)
    called = form.called() if form.is_valid() else {"here": [], "gone": [], "sexes": {}}
    at = sitting.starts_at if sitting.backfilled else None
    return one_tap(request, sitting.pk, roll_call, _("The roll is saved."), sitting=sitting, at=at, **called)


class WalkInForm(ActForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=64)
    phone = forms.CharField(label=gettext_lazy("Phone (if they leave one)"), required=False, max_length=16)
    sits_as = forms.ChoiceField(label=gettext_lazy("For whom they are here"))

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.parties = {str(party.pk): party for party in matter.parties.all()}
        self.fields["sits_as"].choices = [
            ("", _("choose")),
            *((key, party.name) for key, party in self.parties.items()),
            *((role.value, role.label) for role in CAME_WITHOUT_A_PARTY),
        ]

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        party = self.parties.get(cleaned["sits_as"])
        return {
            "person": Newcomer(cleaned["name"], cleaned["phone"]),
            "role": Seat.Role.PARTY if party else cleaned["sits_as"],
            "party": party,
        }


@page("sitting.run", load=load_sitting)
def room_walk_in(request: Request, sitting: Sitting) -> HttpResponse:
    form = WalkInForm(request.POST or None, matter=sitting.matter)
    return act_in_room(
        request,
        form,
        walk_in,
        heading=_("Somebody came who was not invited"),
        lead=_("They have a seat from now on, and are in the room."),
        back=reverse("sitting_room", args=[sitting.pk]),
        given={"sitting": sitting, "at": sitting.starts_at if sitting.backfilled else None},
        fields=form.service_fields,
        done=_("They are in the room."),
        submit=_("Let them in"),
    )


class LeaveForm(ActForm):
    reason = WordsField(WHY_LEFT, gettext_lazy("Why (if they say so)"))


@page("sitting.run", load=load_room_seat)
def room_leave(request: Request, seat: Seat) -> HttpResponse:
    sitting = lent(seat, "sitting")
    return act_in_room(
        request,
        LeaveForm(request.POST or None),
        presence_leave,
        heading=_("%(name)s leaves") % {"name": seat.person},
        back=reverse("sitting_room", args=[sitting.pk]),
        given={"sitting": sitting, "seat": seat, "at": sitting.starts_at if sitting.backfilled else None},
        done=_("%(name)s has left.") % {"name": seat.person},
        submit=_("leaves"),
    )


class InterestForm(ActForm):
    reason = WordsField(INTEREST, gettext_lazy("Which interest?"))


@page("sitting.run", load=load_room_seat)
def room_recuse(request: Request, seat: Seat) -> HttpResponse:
    """Somebody steps back in the room: the seat ends, and they are out of the room."""
    return act_in_room(
        request,
        InterestForm(request.POST or None),
        seat_recuse,
        heading=_("%(name)s steps back because of an interest") % {"name": seat.person},
        lead=_("The seat ends; what they said in this room counts no more. The reason stands in the minutes."),
        back=reverse("sitting_room", args=[lent(seat, "sitting").pk]),
        given={"seat": seat},
        done=_("%(name)s has stepped back.") % {"name": seat.person},
        submit=_("steps back"),
    )


urlpatterns = [
    path("desk/sittings/<uuid:pk>/room/roll/", room_roll, name="room_roll"),
    path("desk/sittings/<uuid:pk>/room/walk-in/", room_walk_in, name="room_walk_in"),
    path("desk/sittings/<uuid:pk>/room/seats/<uuid:seat>/leave/", room_leave, name="room_leave"),
    path("desk/sittings/<uuid:pk>/room/seats/<uuid:seat>/recuse/", room_recuse, name="room_recuse"),
]
