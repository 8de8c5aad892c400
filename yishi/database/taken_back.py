"""Rows that were entered by mistake: they stay, with the reason, and nothing reads them unless it asks for them.

A model takes `TakenBack`; its `objects`, and whatever a relation gives, are the rows that stand. `every` has the others
too, for the page that shows what was taken back and why. A join (`visits__photos`, `Count("visits")`) knows no manager:
it says `taken_back_at__isnull=True` itself.
"""

from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db import models

from yishi.database.reach import File, FilesManager
from yishi.kit.errors import WrongStage

Row = TypeVar("Row", bound="TakenBack")


class StandingManager(models.Manager[Row]):
    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().filter(taken_back_at__isnull=True)


class StandingFilesManager(StandingManager[Row], FilesManager[Row]):  # type: ignore[type-var]
    """Of a file: the rows that stand within the reach."""


class TakenBack(models.Model):
    taken_back_at = models.DateTimeField(null=True)
    taken_back_reason = models.CharField(max_length=300, blank=True)
    taken_back_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")

    objects = StandingManager()
    every = models.Manager()

    class Meta:
        abstract = True

    def take_back(self, reason: str, at: datetime, by: UUID | None) -> None:
        """Mark this row, which the caller locked (`locked_standing`)."""
        self.taken_back_at, self.taken_back_reason, self.taken_back_by_id = at, reason, by
        self.save(update_fields=["taken_back_at", "taken_back_reason", "taken_back_by"])


class TakenBackFile(TakenBack, File):
    """A file that may be taken back: `objects` are those that stand within the reach, `within` all that stand."""

    within: ClassVar[models.Manager[Any]] = StandingManager()
    objects: ClassVar[Any] = StandingFilesManager()
    every: ClassVar[Any] = models.Manager()

    class Meta(File.Meta):
        abstract = True


def locked_standing(row: Row, gone: Any) -> Row:
    """The row as it stands now, locked; a second click hears the sentence `gone`."""
    fresh = type(row).objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if fresh is None:
        raise WrongStage("taken_back.already", gone)
    return fresh
