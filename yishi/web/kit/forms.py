"""Forms whose sending is one act: sent twice, it counts once; refused, nothing that was typed is lost."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.ids import uuid7
from yishi.web.kit.request import Request

from .edited import changed_since, still_as_read, stored_now, version_of, who_changed
from .fields.lengths import count_as_stored
from .fields.numbers_in import bound
from .fields.words_field import WordsField

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
NO_WORDS = "---------"  # what Django writes where nothing is chosen yet


def sensible_day(day: date) -> None:
    """A year that somebody mistyped: no clock of ours counts from the year 2 or to the year 9999."""
    if not FIRST_DAY <= (day.date() if isinstance(day, datetime) else day) <= LAST_DAY:
        raise forms.ValidationError(gettext_lazy("This year cannot be right. Type the date anew, such as 2026-11-24."))


class Form(forms.Form):
    """A form whose fields are of many classes: which one stands under a name, the form knows and no type says."""

    fields: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        self._prepare(name, self.fields.get(name))
        return super().__getitem__(name)

    def full_clean(self) -> None:
        for name, field in self.fields.items():
            self._prepare(name, field)
        super().full_clean()

    def _prepare(self, name: str, field: Any) -> None:
        """What every field keeps to, also one that a form adds for itself."""
        count_as_stored(field)
        bound(field)

    def clean(self) -> dict[str, Any]:
        super().clean()
        self._settle_places()
        self._ask_for_words()
        return self.cleaned_data

    def _settle_places(self) -> None:
        """A place that is meant as of a day of the form is the one that stood there on that day."""
        for name, field in self.fields.items():
            place = self.cleaned_data.get(name)
            if not getattr(field, "day", "") or place is None:
                continue
            try:
                self.cleaned_data[name] = field.settle(place, self.cleaned_data.get(field.day))
            except forms.ValidationError as error:
                self.add_error(name, error)

    def _ask_for_words(self) -> None:
        """Words that only this answer needs are complained of with all else, and before the service is asked."""
        for name, field in self.fields.items():
            if isinstance(field, WordsField) and field.is_missing(name, self.cleaned_data):
                self.add_error(name, forms.ValidationError(field.error_messages["required"], code="required"))


class ActForm(Form):
    """A form with the id of its act. After `is_valid()`, `attempt` calls the service."""

    act_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    use_required_attribute = False
    stands: Any = ""  # what is said of what stood there before the form was opened
    either: tuple[tuple[str, ...], ...] = ()  # names of fields of which one alone is filled in: the others were lost

    def __init__(self, *args: Any, shown: str = "", edits: Model | None = None, **kwargs: Any):
        """`shown`: the hash of what the page shows and the act is about; the service gets the one that was sent.
        `edits`: the stored thing whose text the form changes; it then carries the version that it was made from."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("act_id", uuid7())
        self.shown = self.sent_shown = shown
        if shown:
            self.fields["shown"] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
            self.initial["shown"] = shown
        self.edits, self.sent_version = edits, ""
        if edits is not None:
            self.fields["version"] = forms.CharField(widget=forms.HiddenInput, required=False)
            self.initial["version"] = version_of(self.initial)
        self.error_css_class = "is-invalid"
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.empty_label == NO_WORDS:
                field.empty_label = gettext_lazy("choose")

    def _prepare(self, name: str, field: Any) -> None:
        """A day is drawn as a browser's day picker reads it. A list of which one must be chosen starts with none: a
        browser sends its first line, chosen or not. One that the form was given stands, and one alone is no
        question."""
        super()._prepare(name, field)
        if isinstance(field, forms.DateField | forms.DateTimeField) and sensible_day not in field.validators:
            field.validators = [*field.validators, sensible_day]
        if isinstance(field, forms.DateField) and getattr(field.widget, "input_type", "") == "date":
            field.widget.format = "%Y-%m-%d"  # the only form that a browser's day picker reads
        if not isinstance(field, forms.ChoiceField) or type(field.widget) is not forms.Select or not field.required:
            return
        if isinstance(field, forms.ModelChoiceField) or self.get_initial_for_field(field, name) not in (None, ""):
            return
        choices = list(cast(Any, field.choices))
        if len(choices) > 1 and all(value not in ("", None) for value, _label in choices):
            field.choices = [("", gettext_lazy("choose")), *choices]

    def full_clean(self) -> None:
        """What belongs to the sending itself is no field of the act."""
        super().full_clean()
        if self.shown:
            self.sent_shown = getattr(self, "cleaned_data", {}).pop("shown", "")
        if self.edits is not None:
            self.sent_version = getattr(self, "cleaned_data", {}).pop("version", "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for names in self.either:
            filled = [name for name in names if name in self.fields and cleaned.get(name)]
            if len(filled) > 1:
                labels = {"one": self.fields[filled[0]].label, "other": self.fields[filled[-1]].label}
                self.add_error(filled[-1], _("Fill in one alone: “%(one)s”, or “%(other)s”.") % labels)
        return cleaned

    def attempt(self, request: Request, service: Callable[..., Receipt], **arguments: Any) -> Receipt | None:
        """Call `service` as the viewer; a refusal becomes an error of the form and the answer is None."""
        if self.shown:
            arguments["shown"] = self.sent_shown
        with transaction.atomic() if self.edits is not None else nullcontext():
            if self._was_changed():
                self.begin_anew()
                return None
            return self._call(request, service, arguments)

    def _call(self, request: Request, service: Callable[..., Receipt], arguments: dict[str, Any]) -> Receipt | None:
        try:
            return service(actor=request.viewer, act_id=self.cleaned_data.get("act_id"), **arguments)
        except Refusal as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal.message))
            self.begin_anew()
            return None

    def _was_changed(self) -> bool:
        """Did somebody change what this form edits since it was opened? Then the form says so. An act that was done
        already is answered by its receipt."""
        thing, act_id = self.edits, self.cleaned_data.get("act_id")
        if thing is None or not self.sent_version or self.is_repeated():
            return False
        untouched = still_as_read(thing)
        changed = changed_since(self.sent_version, self.initial)
        if untouched and not changed:
            return False
        self.add_error(None, who_changed(thing, act_id, str(self.stands)))
        for name in changed:
            if name in self.fields:
                self.add_error(name, stored_now(self.fields[name], self.initial[name]))
        return True

    def is_repeated(self) -> bool:
        """Was this very sending received before? Then its answer was lost, and the page lets the receipt answer."""
        act_id = self.cleaned_data.get("act_id") if self.is_bound and self.is_valid() else None
        return act_id is not None and Receipt.objects.filter(pk=act_id).exists()

    def begin_anew(self) -> None:
        """The act was not done: the next sending of the mended form is a new one."""
        sent: Any = self.data  # a QueryDict; without a form that was sent no act is refused
        sent = sent.copy()
        sent[self.add_prefix("act_id")] = str(uuid7())
        if self.shown:
            sent[self.add_prefix("shown")] = self.shown
        if self.edits is not None:
            sent[self.add_prefix("version")] = self.initial["version"]
        self.data = sent


class ReplacingForm(ActForm):
    """A form of what is written anew for what is chosen in it: a body's report, a place's target. Who chooses one that
    stands already is told so once, with what is stored, and keeps the typed words; sent again, theirs replaces it."""

    replaced: tuple[str, ...] = ()  # the fields that the act writes anew
    stands = gettext_lazy(
        "This is recorded already. What you typed is kept; at each field that differs stands what is stored now. Save "
        "again if yours shall replace it."
    )

    def __init__(self, *args: Any, edits: Model, standing: Callable[[dict[str, Any]], Any], **kwargs: Any):
        """`standing`: from the cleaned fields the stored values of `replaced`, or nothing where none stand."""
        super().__init__(*args, edits=edits, **kwargs)
        self.standing = standing
        self.initial["version"] = version_of(dict.fromkeys(self.replaced))

    def shows(self, stored: dict[str, Any] | None) -> None:
        """The page shows what is stored of what it offers first: whoever changes that was told it already."""
        self.initial["version"] = version_of({name: (stored or {}).get(name) for name in self.replaced})

    def _was_changed(self) -> bool:
        if self.edits is not None:
            still_as_read(self.edits)  # from here on nobody else writes one
        stands = self.standing(self.cleaned_data) or {}
        self.initial.update({name: stands.get(name) for name in self.replaced})
        self.initial["version"] = version_of({name: self.initial[name] for name in self.replaced})
        return super()._was_changed()
