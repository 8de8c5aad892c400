"""Form fields for money and what it is spent on: yuan as people type them, bodies and givers by name, parts by line."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.projects.services.asked_works import Part, Quantity
from yishi.assistance.register.models import Household
from yishi.kit.money import fen_from_yuan, yuan_read
from yishi.kit.text import clean
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Member, Place, PlaceLevel, valid_on
from yishi.organisations.named_places import NamedPlaces

MOST_OFFERED = 120
TEN_THOUSAND = "万"


class YuanField(forms.CharField):
    """Cleans to fen: 1500, 1,500.00, 1500元, 5620万."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("label", gettext_lazy("amount in yuan"))
        kwargs.setdefault("help_text", gettext_lazy("For example 1500, 1500.50 or 5620万."))
        super().__init__(max_length=24, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def clean(self, value: Any) -> int | None:
        typed = unicodedata.normalize("NFKC", super().clean(value)).replace(" ", "").rstrip("元")
        if not typed:
            return None
        many = typed.endswith(TEN_THOUSAND)
        try:
            return fen_from_yuan(yuan_read(typed.rstrip(TEN_THOUSAND)) * (10_000 if many else 1))
        except ValueError as error:
            raise forms.ValidationError(
                _("This is no amount in yuan with at most two places. For example 1500.50.")
            ) from error


class OfferedInput(forms.TextInput):
    """A text field with names to choose from; works without scripts."""

    template_name = "assistance/projects/offered_input.html"
    offered: Iterable[str] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, {**(attrs or {}), "list": f"offered-{name}", "autocomplete": "off"})
        context["widget"]["offered"] = list(self.offered)
        return context


class BodyField(forms.CharField):
    """Cleans to the body of the typed name (None: empty). `outside`: a name that no body bears stays as it is typed."""

    def __init__(self, *, outside: bool = False, **kwargs: Any):
        kwargs.setdefault("help_text", gettext_lazy("Type its name; those nearby are offered."))
        super().__init__(max_length=120, widget=OfferedInput(), **kwargs)
        self.outside = outside

    def offer(self, bodies: Iterable[Body]) -> None:
        self.widget.offered = [body.name for body in bodies]

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, Body) else value

    def clean(self, value: Any) -> Any:
        typed = clean(super().clean(value))
        if not typed:
            return None
        bodies = bodies_called(typed)
        if len(bodies) == 1:
            return bodies[0]
        if bodies:
            names = "；".join(f"{body.name}（{body.place.full_name}）" for body in bodies[:6])
            raise forms.ValidationError(_("Several bodies are called so. Type one of: %(names)s") % {"names": names})
        if self.outside:
            return typed
        raise forms.ValidationError(_("No body is called so. Choose one of those offered, or type the whole name."))


class GiverField(BodyField):
    """Who gives. Cleans to a body or a member's person that the platform knows, else to the name that was typed."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("label", gettext_lazy("from whom"))
        kwargs.setdefault(
            "help_text", gettext_lazy("A body, a member (their file shows it), or any name from outside.")
        )
        super().__init__(outside=True, **kwargs)

    def offer_members(self, members: Iterable[Member]) -> None:
        self.widget.offered = [
            *self.widget.offered,
            *(f"{member.person.name} · {member.term.body.name}" for member in members),
        ]

    def clean(self, value: Any) -> Any:
        giver = super().clean(value)
        if not isinstance(giver, str):
            return giver
        name, _dot, body = (part.strip() for part in giver.partition("·"))
        members = Member.objects.filter(valid_on(timezone.localdate()), person__name=name)
        if body:
            members = members.filter(term__body__name=body)
        people = {member.person_id: member.person for member in members.select_related("person")[:3]}
        if len(people) > 1:
            raise forms.ValidationError(_("Several members are called so. Type the name, “ · ” and the committee."))
        return next(iter(people.values()), giver)


def bodies_called(typed: str) -> list[Body]:
    """At most 7 bodies of this name, or of “name（place）”, which the field asks for where several are called so."""
    match = re.fullmatch(r"(.+)（(.+)）", typed)
    bodies = Body.objects.filter(valid_on(timezone.localdate())).select_related("place")
    exact = list(bodies.filter(name=typed)[:7])
    if exact or not match:
        return exact
    return list(bodies.filter(name=match[1], place__full_name=match[2])[:7])


def bodies_nearby(place: Place | None, viewer: Viewer) -> QuerySet[Body]:
    """The viewer's own desks, then bodies of the place, within it and around it up to the county."""
    mine = Q(pk__in=[post.body_id for post in viewer.posts])
    if place is not None:
        inside = Q(place__lo__gte=place.lo, place__lo__lte=place.hi)
        around = Q(place__lo__lte=place.lo, place__hi__gte=place.lo, place__level__in=("county", "township", "village"))
        mine |= inside | around
    bodies = Body.objects.filter(mine, valid_on(timezone.localdate()))
    return bodies.order_by("-place__level", "name")[:MOST_OFFERED]


class HouseholdField(forms.CharField):
    """A household by its number, within the viewer's reach."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("label", gettext_lazy("number of the household"))
        super().__init__(max_length=32, **kwargs)

    def clean(self, value: Any) -> Household | None:
        typed = unicodedata.normalize("NFKC", super().clean(value)).strip()
        if not typed:
            return None
        household = Household.objects.filter(number=typed).select_related("place", "head").first()
        if household is None:
            raise forms.ValidationError(_("You have no household of this number. Look it up in the register."))
        return household


class HouseholdsField(forms.CharField):
    """Households by their numbers, a line each."""

    def __init__(self, **kwargs: Any):
        super().__init__(widget=forms.Textarea(attrs={"rows": 6}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(value)

    def clean(self, value: Any) -> list[Household]:
        typed = unicodedata.normalize("NFKC", super().clean(value)).split()
        wanted = list(dict.fromkeys(typed))
        households = {household.number: household for household in Household.objects.filter(number__in=wanted)}
        missing = [number for number in wanted if number not in households]
        if missing:
            raise forms.ValidationError(
                _("You have no household of the number: %(numbers)s") % {"numbers": "、".join(missing[:10])}
            )
        return [households[number] for number in wanted]


class QuantitiesField(forms.CharField):
    """What is built, in lines: `硬化道路（公里）`, then a line for each spot: `上村小组 3.2`.

    Cleans to quantities with their parts, in the unit that is typed. A spot is a hamlet if `place` has one so called.
    """

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("label", gettext_lazy("what is built, and how much at which spot"))
        kwargs.setdefault(
            "help_text",
            gettext_lazy(
                "First a line such as “硬化道路（公里）”, then a line for each hamlet or spot: its name, a blank, "
                "how much. A further thing begins with its own line. The total is added up."
            ),
        )
        super().__init__(widget=forms.Textarea(attrs={"rows": 9}), **kwargs)
        self.place: Place | None = None

    def clean(self, value: Any) -> list[Quantity]:
        quantities: list[tuple[str, str, list[Part]]] = []
        for line in clean(super().clean(value)).splitlines():
            text = unicodedata.normalize("NFKC", line).strip()
            heading = re.fullmatch(r"(.+?)\s*\((.{1,16})\)", text)
            spot = re.fullmatch(r"(.+?)[\s,:、]+(\d[\d,]*(?:\.\d{1,3})?)", text)
            if not text:
                continue
            if heading:
                quantities.append((heading[1], heading[2].strip(), []))
            elif spot and quantities:
                quantities[-1][2].append(Part(self._place(spot[1].strip()), Decimal(spot[2].replace(",", ""))))
            elif spot:
                raise forms.ValidationError(_("Begin with what is built and its unit in brackets: 硬化道路（公里）"))
            else:
                raise forms.ValidationError(
                    _("“%(line)s” is not understood: name, blank, number with at most three places.") % {"line": text}
                )
        return [Quantity(what, unit, parts) for what, unit, parts in quantities]

    def _place(self, name: str) -> Place | str:
        """A hamlet of the register where one has this name, else the name itself."""
        if self.place is None:
            return name
        places = NamedPlaces(self.place).find(name, levels=(PlaceLevel.VILLAGE, PlaceLevel.HAMLET))
        return next((place for place in places if place != self.place), name)
