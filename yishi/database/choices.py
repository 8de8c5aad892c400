"""The word of a choice, looked up in a dictionary that is made once.

Django's `get_…_display` makes the dictionary of all words of a column anew for each row: a tenth of a page of a list.
"""

from functools import cache
from typing import Any

from django.db.models import Field, Model
from django.utils.encoding import force_str
from django.utils.hashable import make_hashable


@cache
def _words(field: Any) -> dict[Any, Any]:
    """The words of a column by their values; columns are declared once and for all."""
    return dict(make_hashable(field.flatchoices))


def _display(record: Model, field: "Field[Any, Any]") -> Any:
    value = getattr(record, field.attname)
    return force_str(_words(field).get(make_hashable(value), value), strings_only=True)


def register() -> None:
    """Let every model ask it; doing it again changes nothing."""
    Model._get_FIELD_display = _display  # type: ignore[attr-defined]
