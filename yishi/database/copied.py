"""Columns that say again what the file of a row says, so that an index of their own can begin with it."""

from typing import Any

from django.db import models


class CopiedKey(models.ForeignKey):  # type: ignore[type-arg]  # no generic at run time
    """The key that stands at `source` ("matter__convener") of a row when it is written first.

    Only for what never changes there: nobody writes it again.
    """

    def __init__(self, to: Any, on_delete: Any, *, source: str = "", **kwargs: Any):
        super().__init__(to, on_delete, **{"editable": False, "related_name": "+", **kwargs})
        self.source = source

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        if getattr(model_instance, self.attname) is None:
            *way, last = self.source.split("__")
            record = model_instance
            for name in way:
                record = getattr(record, name)
            setattr(model_instance, self.attname, getattr(record, f"{last}_id"))
        return super().pre_save(model_instance, add)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs  # to the database it is a key like any other
