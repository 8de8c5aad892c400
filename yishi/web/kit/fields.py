"""Fields that many forms share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy


def area(label: Any, rows: int = 4, **given: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **given)


def day_field(label: Any, **given: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **given)


def photo_field(number: int) -> forms.FileField:
    return forms.FileField(
        label=gettext_lazy("Photo (if you like)") if number == 1 else gettext_lazy("A further photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
