"""A form field for a body: its name or a part of it is typed; several that fit are offered to choose from."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.database.named import record_named
from yishi.kit.names import searched
from yishi.kit.text import clean
from yishi.organisations.models import Body, Place, valid_on

SUGGESTIONS = 12
LONGEST = 96  # letters of a name
NEAR = 60  # names that the field offers while one types


class BodyWidget(forms.TextInput):
    """A text field; below it, after a name that several bodies bear, the candidates."""

    template_name = "kit/body_input.html"

    def __init__(self) -> None:
        super().__init__({"class": "form-control", "autocomplete": "off", "maxlength": 96})
        self.candidates: list[Body] = []
        self.near: list[str] = []

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        return {"text": (data.get(name) or "").strip(), "id": (data.get(f"{name}_pick") or "").strip()}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        if isinstance(value, dict):
            text = value["text"]
        elif isinstance(value, Body):
            text = value.name
        else:
            text = Body.objects.filter(pk=value).values_list("name", flat=True).first() or "" if value else ""
        context = super().get_context(name, text, attrs)
        context["widget"].update(candidates=self.candidates, near=self.near, input_name=name)
        return context


class BodyField(forms.Field):
    """Cleans to a `Body` that exists today, or to None; `limit` says within which place it looks and what it offers."""

    widget = BodyWidget

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("label", gettext_lazy("body"))
        kwargs.setdefault("help_text", gettext_lazy("Type the name or a part of it."))
        super().__init__(**kwargs)
        self.within: Place | None = None

    def limit(self, within: Place | None, *kinds: str) -> "BodyField":
        """Look only within this place; offer its own bodies (of `kinds`, if any are named) while one types."""
        self.within = within
        bodies = self._bodies().filter(kind__in=kinds) if kinds else self._bodies()
        near = bodies.filter(place=within) if within is not None else bodies
        self.widget.near = list(near.order_by("name").values_list("name", flat=True)[:NEAR])
        return self

    def clean(self, value: Any) -> Body | None:
        value = value or {}
        text, key = clean(value.get("text", ""))[:LONGEST], value.get("id", "")
        self.widget.candidates = []
        if not text and not key:
            if self.required:
                raise forms.ValidationError(_("Name a body."))
            return None
        chosen = self._by_id(key)
        if chosen is not None and _is_called(chosen, text):
            return chosen
        bodies = self._bodies().select_related("place")
        matches = list(bodies.filter(Q(name=text) | Q(short_name=text)).order_by("place__lo")[: SUGGESTIONS + 1])
        if not matches:
            matches = list(bodies.filter(name__finds=text).order_by("place__lo", "name")[: SUGGESTIONS + 1])
        if len(matches) == 1:
            return matches[0]
        if not matches:
            raise forms.ValidationError(
                _("No body is called so. Type another part of its name; a new one is registered under Bodies.")
            )
        self.widget.candidates = matches[:SUGGESTIONS]
        raise forms.ValidationError(_("Several bodies fit. Choose one of them below."))

    def _by_id(self, key: str) -> Body | None:
        return record_named(self._bodies(), key)

    def _bodies(self) -> QuerySet[Body]:
        bodies = Body.objects.filter(valid_on(timezone.localdate()))
        if self.within is not None:
            bodies = bodies.filter(place__lo__gte=self.within.lo, place__lo__lte=self.within.hi)
        return bodies


def _is_called(body: Body, text: str) -> bool:
    """May a tick beside this body be meant by what is typed now? One left over from an earlier name chooses nothing."""
    wanted = searched(text)
    return any(wanted in searched(name) for name in (body.name, body.short_name))
