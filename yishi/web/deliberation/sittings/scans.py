"""The field for the photo or scan of a paper that was signed."""

from django import forms
from django.utils.translation import gettext_lazy


def scan_field() -> forms.FileField:
    return forms.FileField(
        label=gettext_lazy("Photo or scan of the signed paper"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
    )
