"""A form field for a place: typed by name, initials or code, chosen from a list; works without scripts too."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.database.named import record_named
from yishi.database.reach import in_reach
from yishi.kit.names import searched
from yishi.organisations.models import Place
from yishi.organisations.named_places import place_on_day
from yishi.organisations.reads import places_find

SUGGESTIONS = 12


class PlaceWidget(forms.TextInput):
    """A text field, the id of what was chosen beside it, and (without scripts) the candidates to choose from."""

    template_name = "kit/place_input.html"
    input_type = "text"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__({"class": "form-control", "autocomplete": "off", "maxlength": 64, **(attrs or {})})
        self.candidates: list[Place] = []
        self.within: Place | None = None
        self.levels: tuple[str, ...] = ()
        self.gone = False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        picked = data.get(f"{name}_pick") or data.get(f"{name}_id") or ""
        return {"text": (data.get(name) or "").strip(), "id": picked.strip()}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    @staticmethod
    def _chosen(key: str) -> Place | None:
        return record_named(Place.objects, key)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        if isinstance(value, Place):
            text, key = value.full_name, str(value.pk)
        elif isinstance(value, dict):
            text, key = value["text"], value["id"]
            if key and not text and (chosen := self._chosen(key)):  # from an address: ?place_id=…
                text = chosen.full_name
        else:
            place = Place.objects.filter(pk=value).first() if value else None
            text, key = (place.full_name, str(place.pk)) if place else ("", "")
        context = super().get_context(name, text, attrs)
        context["widget"].update(
            key=key, candidates=self.candidates, within=self.within, levels=",".join(self.levels), input_name=name
        )
        context["widget"]["gone"] = self.gone
        return context


class PlaceField(forms.Field):
    """Cleans to a `Place`. `within` (a place or a function giving one) limits the choice; so do `levels`.

    `day` is the name of the form's field with the day of which the place is meant: what was merged or divided since may
    then be chosen, and the form gets the place that stood there on that day (`settle`).
    """

    widget = PlaceWidget

    def __init__(
        self,
        *,
        within: Place | Callable[[], Place | None] | None = None,
        levels: Iterable[str] = (),
        day: str = "",
        **kwargs: Any,
    ):
        kwargs.setdefault("label", gettext_lazy("place"))
        kwargs.setdefault("help_text", gettext_lazy("Type the name, its pinyin initials or the code."))
        super().__init__(**kwargs)
        self.within, self.levels = within, tuple(levels)
        self.widget.levels = self.levels
        self.day, self.widget.gone = day, bool(day)

    def limit(self, within: Place | None) -> None:
        """Look only within this place from now on."""
        self.within = self.widget.within = within

    def clean(self, value: Any) -> Place | None:
        value = value or {}
        text, key = value.get("text", ""), value.get("id", "")
        within = self.within() if callable(self.within) else self.within
        self.widget.candidates = []
        if not text and not key:
            if self.required:
                raise forms.ValidationError(_("Choose a place."))
            return None
        chosen = self._by_id(key, within)
        if chosen is not None and (
            not text or text in (chosen.full_name, chosen.name) or self._was_offered(text, chosen)
        ):
            return chosen
        matches = places_find(text, within, SUGGESTIONS, self.levels or None, gone=bool(self.day))
        exact = self._exact(text, matches) or matches
        if len(exact) == 1:
            return exact[0]
        if not matches:
            raise forms.ValidationError(_("No place is called so. Type another part of the name, or the code."))
        self.widget.candidates = matches
        raise forms.ValidationError(_("Several places fit. Choose one of them below."))

    @staticmethod
    def _exact(text: str, matches: list[Place]) -> list[Place]:
        """Those that are called or numbered just so; of several those in the viewer's reach, if any are."""
        wanted = searched(text)
        exact = [place for place in matches if wanted in (searched(place.full_name), place.code)]
        exact = exact or [place for place in matches if searched(place.name) == wanted]
        here = [place for place in exact if in_reach(place.lo)]
        return here if len(exact) > 1 and here else exact

    def _by_id(self, key: str, within: Place | None) -> Place | None:
        places = Place.objects.all()
        if not self.day:
            places = places.filter(closed_on__isnull=True)
        if within is not None:
            places = places.filter(lo__gte=within.lo, lo__lte=within.hi)
        if self.levels:
            places = places.filter(level__in=self.levels)
        return record_named(places, key)

    def _was_offered(self, text: str, chosen: Place) -> bool:
        """Was the candidate chosen for the text that still stands in the field (page without scripts)?"""
        return chosen in places_find(text, None, SUGGESTIONS, gone=bool(self.day))

    def settle(self, place: Place, day: date | None) -> Place:
        """The place that stood on `day` where `place` is or was. Raises `ValidationError` where those are several."""
        standing = place_on_day(place, day or timezone.localdate())
        if len(standing) == 1:
            return standing[0]
        if not standing:
            return place
        self.widget.candidates = list(standing)
        text = _("On that day these stood there: %(names)s. Choose one of them below.")
        raise forms.ValidationError(text % {"names": "、".join(each.full_name for each in standing)})
