"""The length of a text is that of its stored form, on both sides.

A browser's own `maxlength` counts a line break once, which is sent as two letters, and a rare letter twice. So a field
carries its limit as `data-longest`, by which frontend/src/lengths.js counts, and the server counts what it would store.
"""

from functools import partial
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator

from yishi.database.words import TOO_LONG
from yishi.kit.text import clean


class StoredLength:
    """Refuses a text of more letters than its column takes, in the house's own sentence."""

    def __init__(self, longest: int):
        self.longest = longest

    def __call__(self, text: str) -> None:
        length = len(clean(text))
        if length > self.longest:
            raise forms.ValidationError(TOO_LONG, "max_length", {"length": length, "longest": self.longest})


def count_as_stored(field: Any) -> None:
    """Let a field of words take its text as it will be stored, and count that; a second call changes nothing."""
    if not isinstance(field, forms.CharField) or field.widget.is_hidden or not field.strip:
        return  # a hash, a password: taken as it was sent
    setattr(field, "to_python", partial(_stored, field))  # noqa: B010  of this form's own copy of the field
    attrs = field.widget.attrs
    longest = attrs.pop("maxlength", None) or field.max_length or attrs.get("data-longest")
    if longest:
        field.validators = [
            validator for validator in field.validators if not isinstance(validator, MaxLengthValidator | StoredLength)
        ]
        field.validators.append(StoredLength(int(longest)))
        field.widget.attrs["data-longest"] = longest


def _stored(field: Any, value: Any) -> Any:
    text = type(field).to_python(field, value)
    return (clean(text) or field.empty_value) if isinstance(text, str) else text
