"""The word of a choice, looked up in a dictionary that is made once.

Django's `get_…_display` makes the dictionary of all words of a column anew for each row: a tenth of a page of a list.
"""

from collections.abc import Callable
from functools import partialmethod
from typing import Any

from django.apps import apps
from django.db.models import Field
from django.utils.encoding import force_str
from django.utils.hashable import make_hashable


def _display(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    words: dict[Any, Any] = {}  # of the column, by its values: it is declared once and for all
    attname = field.attname

    def display(record: Any) -> Any:
        if not words:
            words.update(dict(make_hashable(field.flatchoices)))
        value = make_hashable(getattr(record, attname))
        return force_str(words.get(value, value), strings_only=True)

    return display


def register() -> None:
    """Let every model ask it; doing it again changes nothing.

    Django hands its own method to a column when the model is made, so it is the columns' that are replaced, one by one.
    """
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if not isinstance(field, Field) or field.choices is None:
                continue
            name = f"get_{field.name}_display"
            if isinstance(model.__dict__.get(name), partialmethod):
                setattr(model, name, _display(field))
