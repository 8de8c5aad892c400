"""Numbers from outside: what no column holds is no number of ours, in an address (404) and in a form (422)."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import register_converter
from django.urls.converters import IntConverter

MOST = 2**31 - 1  # of an integer column, on every database
MOST_DECIMAL = 10**15


class NumberConverter(IntConverter):
    """`<number:year>` in an address, instead of Django's `int`, which takes numbers of any length."""

    regex = "[0-9]{1,9}"


register_converter(NumberConverter, "number")


def bound(field: Any) -> None:
    """Let a field of numbers refuse what its column cannot hold; a second call changes nothing."""
    if not isinstance(field, forms.IntegerField):  # a DecimalField is one
        return
    is_whole = not isinstance(field, forms.DecimalField | forms.FloatField)
    if field.max_value is None and not getattr(field, "max_digits", None):
        field.max_value = MOST if is_whole else MOST_DECIMAL
        field.validators.append(MaxValueValidator(field.max_value))
    if field.min_value is None and is_whole:
        field.min_value = -MOST
        field.validators.append(MinValueValidator(-MOST))
