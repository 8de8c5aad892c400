"""Entries as they are read: those of a subject for its timeline, and those that the figures have not taken in yet."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from .models import Entry, Unfolded

AT_ONCE = 2_000
FEEDS: set[str] = set()  # codes of the entries that feed figures; whoever folds them says so at start


def entries_of(kind: str, subject: UUID, codes: Iterable[str] = ()) -> QuerySet[Entry]:
    """The entries of one subject in the order in which things happened."""
    entries = Entry.objects.filter(subject_kind=kind, subject_id=subject)
    if codes:
        entries = entries.filter(code__in=list(codes))
    return entries.order_by("at", "received_at", "ordinal")


def unfolded(limit: int = 1000) -> list[Entry]:
    """Up to `limit` entries that feed figures and are not folded yet, oldest first.

    Those that wait are taken from their queue and put in order here: asked for them by time, a database without
    statistics looks through all entries of the journal.
    """
    waiting = list(Unfolded.objects.order_by("pk").values_list("pk", flat=True)[: max(limit, AT_ONCE)])
    entries = Entry.objects.filter(pk__in=waiting)
    return sorted(entries, key=lambda entry: (entry.received_at, entry.receipt_id, entry.ordinal))[:limit]


def mark_folded(entries: Iterable[Entry]) -> int:
    """Take entries out of the queue, in the fold's own transaction; gives how many stood in it."""
    return Unfolded.objects.filter(entry__in=[entry.pk for entry in entries]).delete()[0]
