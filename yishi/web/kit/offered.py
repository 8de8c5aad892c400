"""What the filters of a list offer to choose from, all of it by one kept question: every page of a list shows it."""

from collections.abc import Callable, Hashable
from typing import Any

from django.db.models import QuerySet

from yishi.database.kept import kept_question
from yishi.web.kit.forms import Form


def offer(form: Form, name: Hashable, key: Hashable, **offered: Callable[[], QuerySet[Any]]) -> None:
    """Give each named field of `form` the rows that can be chosen there. What they are must hang on nothing but `key`,
    the reach and the day (see `kept_question`); what was chosen is looked up among them when the form is read."""
    asked = kept_question(("offered", name), key, lambda: {field: rows() for field, rows in offered.items()})
    found = asked.answer()
    for field_name, rows in offered.items():
        field = form.fields[field_name]
        field.queryset = rows()
        empty = [] if field.empty_label is None else [("", field.empty_label)]
        field.widget.choices = [*empty, *((row.pk, field.label_from_instance(row)) for row in found[field_name])]
