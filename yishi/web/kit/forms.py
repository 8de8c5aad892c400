"""Forms whose sending is one act: sent twice, it counts once; refused, nothing that was typed is lost."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.ids import uuid7
from yishi.web.kit.request import Request

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
NO_WORDS = "---------"  # what Django writes where nothing is chosen yet


def sensible_day(day: date) -> None:
    """A year that somebody mistyped: no clock of ours counts from the year 2 or to the year 9999."""
    if not FIRST_DAY <= (day.date() if isinstance(day, datetime) else day) <= LAST_DAY:
        raise forms.ValidationError(gettext_lazy("This year cannot be right. Type the date anew, such as 2026-11-24."))


class Form(forms.Form):
    """A form whose fields are of many classes: which one stands under a name, the form knows and no type says."""

    fields: dict[str, Any]

    def clean(self) -> dict[str, Any]:
        super().clean()
        return self.cleaned_data


class ActForm(Form):
    """A form with the id of its act. After `is_valid()`, `attempt` calls the service."""

    act_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("act_id", uuid7())
        self.error_css_class = "is-invalid"
        for field in self.fields.values():
            widget = field.widget
            if isinstance(field, forms.DateField | forms.DateTimeField):
                field.validators = [*field.validators, sensible_day]
            if isinstance(widget, forms.DateInput) and widget.input_type == "date":
                widget.format = "%Y-%m-%d"  # the only form that a browser's day picker reads
            if isinstance(field, forms.ModelChoiceField) and field.empty_label == NO_WORDS:
                field.empty_label = gettext_lazy("choose")

    def attempt(self, request: Request, service: Callable[..., Receipt], **arguments: Any) -> Receipt | None:
        """Call `service` as the viewer; a refusal becomes an error of the form and the answer is None."""
        try:
            return service(actor=request.viewer, act_id=self.cleaned_data.get("act_id"), **arguments)
        except Refusal as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal.message))
            self.begin_anew()
            return None

    def begin_anew(self) -> None:
        """The act was not done: the next sending of the mended form is a new one."""
        sent: Any = self.data  # a QueryDict; without a form that was sent no act is refused
        sent = sent.copy()
        sent[self.add_prefix("act_id")] = str(uuid7())
        self.data = sent
