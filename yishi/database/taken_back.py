"""Rows that were entered by mistake: they stay, with the reason, and nothing reads them unless it asks for them.

A model takes `TakenBack`, one that holds files `TakenBackFile`; what its managers and relations give are the rows that
stand. `every` has the others too, for the page that shows what was taken back and why. A join (`visits__photos`,
`Count("visits")`) knows no manager: it says `taken_back_at__isnull=True` itself.
"""

from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db import models
from django_scopes.manager import DisabledQuerySet

from yishi.database.reach import File, FilesManager
from yishi.kit.errors import WrongStage

Row = TypeVar("Row", bound="TakenBackColumns")
FileRow = TypeVar("FileRow", bound="TakenBackFile")


class StandingManager(models.Manager[Row]):
    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().filter(taken_back_at__isnull=True)


class StandingFilesManager(FilesManager[FileRow]):
    """Likewise, within a scope."""

    def get_queryset(self) -> models.QuerySet[FileRow]:
        files = super().get_queryset()
        return files if isinstance(files, DisabledQuerySet) else files.filter(taken_back_at__isnull=True)


class TakenBackColumns(models.Model):
    taken_back_at = models.DateTimeField(null=True)
    taken_back_reason = models.CharField(max_length=300, blank=True)
    taken_back_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    def take_back(self, reason: str, at: datetime, by: UUID | None) -> None:
        """Mark this row, which the caller locked (`locked_standing`)."""
        self.taken_back_at, self.taken_back_reason, self.taken_back_by_id = at, reason, by
        self.save(update_fields=["taken_back_at", "taken_back_reason", "taken_back_by"])


class TakenBack(TakenBackColumns):
    objects = StandingManager()
    every = models.Manager()

    class Meta:
        abstract = True


class TakenBackFile(File, TakenBackColumns):
    within: ClassVar = StandingManager()
    objects: ClassVar = StandingFilesManager()
    every: ClassVar = FilesManager()  # within a scope

    class Meta(File.Meta):
        abstract = True


def locked_standing(row: Row, gone: Any) -> Row:
    """The row as it stands now, locked; a second click hears the sentence `gone`."""
    rows: models.QuerySet[Row] = type(row)._default_manager.select_for_update(of=("self",))
    fresh = rows.filter(pk=row.pk).first()
    if fresh is None:
        raise WrongStage("taken_back.already", gone)
    return fresh
