"""Columns of days that were reached by counting working days: read back, they still say whether they may move."""

from typing import Any

from django.db import models

from yishi.kit.clock import CountedDay


class CountedDayField(models.DateField):  # type: ignore[type-arg]  # no generic at run time
    """A day of `add_workdays`: what is read is a `CountedDay`, by `values_list` and in a calendar too.

    Whatever declares such a column counts its open days again in its `days_recount` (yishi/cli/work.py, "days").
    """

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return self.to_python(value)

    def to_python(self, value: Any) -> Any:
        """Rows of `gather` come this way."""
        day = super().to_python(value)
        return day if day is None or isinstance(day, CountedDay) else CountedDay.of(day)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateField", args, kwargs  # the column is one of days: nothing to migrate
