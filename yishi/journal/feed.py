"""Entries as they are read: those of a subject for its timeline, and those that a reader has not folded yet."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import QuerySet

from .models import Entry, Folded


def entries_of(kind: str, subject: UUID, codes: Iterable[str] = ()) -> QuerySet[Entry]:
    """The entries of one subject in the order in which things happened."""
    rows = Entry.objects.filter(subject_kind=kind, subject_id=subject)
    if codes:
        rows = rows.filter(code__in=list(codes))
    return rows.order_by("at", "received_at", "ordinal")


def unfolded(reader: str, limit: int = 1000) -> Iterator[Entry]:
    """Entries that `reader` has not marked with `mark_folded`, oldest first, up to `limit`.

    All that is visible and not folded, never "all after the last id": commit order is not id order.
    """
    done = Folded.objects.filter(reader=reader).values("entry_id")
    yield from Entry.objects.exclude(pk__in=done).order_by("received_at", "pk")[:limit]


def mark_folded(reader: str, entries: Iterable[Entry]) -> None:
    """Remember in the fold's own transaction what it has folded; twice raises, so that nothing counts twice."""
    Folded.objects.bulk_create(Folded(reader=reader, entry_id=entry.pk) for entry in entries)
