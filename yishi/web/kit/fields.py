"""Fields that many forms share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy


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
