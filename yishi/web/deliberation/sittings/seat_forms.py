"""Choosing who sits: a sitting member, somebody of a body, who raised it, or a person written down here."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Matter, Seat, Worry
from yishi.deliberation.process.schema import read_document
from yishi.deliberation.services.inviting import members_to_invite
from yishi.deliberation.services.seats import WHY
from yishi.deliberation.services.worries import who_raised
from yishi.organisations.grants import WORKING, Viewer
from yishi.organisations.models import Body, PlaceLevel, Post, valid_on
from yishi.people.models import Person
from yishi.people.services import Newcomer
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm

NEAR = (PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE)


def bodies_near(matter: Matter) -> Any:
    """Bodies of the matter's county, township and village, and those that are parties."""
    around = Q(place__lo__lte=matter.place.lo, place__hi__gte=matter.place.lo, place__level__in=NEAR)
    mine = Q(pk__in=matter.parties.exclude(body=None).values("body")) | Q(pk=matter.convener_id)
    inside = Q(place__lo__gte=matter.place.lo, place__lo__lte=matter.place.hi)
    return Body.objects.filter(valid_on(timezone.localdate()), around | mine | inside).order_by("name")


def people_choices(matter: Matter, viewer: Viewer) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (person id, words); an anonymous author is offered only to whoever may know them."""
    today = timezone.localdate()
    raised = []
    main = list(Worry.objects.filter(matter=matter).values_list("pk", flat=True))
    for worry in Worry.objects.filter(Q(pk__in=main) | Q(merged_into__in=main)).select_related(
        "raiser", "place", "convener"
    ):
        person = who_raised(worry, viewer)
        if person is not None and (str(person.pk), str(person)) not in raised:
            raised.append((str(person.pk), str(person)))
    members = [(str(member.person_id), f"{member.person} · {member.term.body}") for member in members_to_invite(matter)]
    posts = Post.objects.filter(valid_on(today), body__in=bodies_near(matter), role__in=[*WORKING, "staff"])
    staff = [(str(post.person_id), f"{post.person} · {post.body}") for post in posts.select_related("person", "body")]
    groups = [(_("who raised it"), raised), (_("members"), members), (_("people of bodies"), staff)]
    return [(name, choices) for name, choices in groups if choices]


class WhoForm(ActForm):
    """The part that names a person."""

    who = forms.ChoiceField(label=gettext_lazy("Person"), required=False)
    name = forms.CharField(
        label=gettext_lazy("Or: name of somebody who is not in the list"), required=False, max_length=64
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone of that person"),
        help_text=gettext_lazy("The invitation goes there by SMS; where none can be sent, it is told by hand."),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    either = (("who", "name"), ("who", "phone"))

    def __init__(self, *args: Any, matter: Matter, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", _("choose")), *people_choices(matter, viewer)]


class FillForm(WhoForm):
    seat_class = forms.ChoiceField(label=gettext_lazy("Class of seats"), required=False)
    role = forms.ChoiceField(label=gettext_lazy("There as"), required=False)
    filled_by = forms.ChoiceField(label=gettext_lazy("How they came to it"), required=False)
    party: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("For which party"), required=False
    )
    body: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("For which body"), required=False
    )
    accepted = forms.BooleanField(label=gettext_lazy("Has said yes already (or sits by office)"), required=False)
    field_order = ["seat_class", "who", "name", "phone", "party", "body", "role", "filled_by", "accepted"]

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, matter=matter, **kwargs)
        classes = read_document(matter.process.document).seats
        as_class = ("", _("as the class says"))
        self.fields["seat_class"].choices = [
            *((seat_class.code, seat_class.name) for seat_class in classes),
            ("", _("outside the classes")),
        ]
        self.fields["role"].choices = [as_class, *Seat.Role.choices]
        self.fields["filled_by"].choices = [as_class, *Seat.FilledBy.choices]
        self.fields["party"].queryset = matter.parties.all()
        self.fields["party"].empty_label = self.fields["body"].empty_label = _("none")
        self.fields["body"].queryset = bodies_near(matter)


class PersonForm(WhoForm):
    reason = WordsField(WHY, gettext_lazy("Why is the seat given to somebody else?"), rows=2)


def who_fields(cleaned: dict[str, Any]) -> dict[str, Any]:
    """The person chosen, or the newcomer whose name was typed, in place of what `WhoForm` asks."""
    who, name, phone = (cleaned.pop(field) for field in ("who", "name", "phone"))
    return {**cleaned, "person": Person.within.get(pk=who) if who else Newcomer(name, phone)}
