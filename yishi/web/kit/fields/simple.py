"""Fields that many forms share."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from yishi.formats.sheet_limits import SheetError
from yishi.formats.tables import number_text


class AmountField(forms.DecimalField):
    """A quantity, read by the rule of the workbooks: 1,200 is a number, 1e3 is none. Half a job is for the service to
    refuse, which knows the unit."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = number_text(value) if value.strip() else ""
            except SheetError:
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """A stored 100.000 is offered as 100, as it was typed."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else super().prepare_value(value)


def area(label: Any, rows: int = 4, **options: Any) -> forms.CharField:
    """A box for longer text, `rows` lines high; it may stay empty (services refuse what must not)."""
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **options)


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **options)


def photo_field(number: int) -> forms.FileField:
    return forms.FileField(
        label=gettext_lazy("Photo (if you like)") if number == 1 else gettext_lazy("A further photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
