"""Compare the figures with the journal, entry by entry; put right what differs, without making anybody wait."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from yishi.journal.feed import FEEDS
from yishi.journal.models import Entry, Unfolded
from yishi.kit.ids import uuid7

from .fold import RULES, Ref, fold_all, keys_of, project, refs_of, series_in, state, up_to
from .models import FigureKey, FigureRow, FigureState
from .tallies import COLUMNS, Said, rows_add, rows_between, said_after

log = logging.getLogger("yishi.reporting.verify")
BATCH = 2_000  # entries that are looked at together: writers wait for no more than these, where something differs
MOST_DIFFERENCES = 20
SAID = COLUMNS[3:]  # what an entry says of its row
KeyOfRow = tuple[str, int, int]  # entry, number of the series, part
Found = dict[KeyOfRow, tuple[Any, ...]]  # → sequence, COLUMNS


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check` found: entries and rows compared, and in words what differs (at most 20)."""

    entries: int
    waiting: int
    differences: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return not self.differences


@dataclass(slots=True)
class _Batch:
    """Some entries, what their rows should say, and what they say."""

    entries: list[Said]
    stored: Found
    wanted: dict[KeyOfRow, dict[str, Any]] = field(default_factory=dict)

    def project(self, keys: dict[Ref, int]) -> None:
        self.wanted = {
            (entry.pk, series.number, row["part"]): row
            for entry in self.entries
            for series in series_in(entry)
            for row in project(entry, series, keys)
        }

    def differing(self) -> Iterator[tuple[KeyOfRow, str]]:
        """Entry, series and part of what differs, and in what; "" for a row that is not there."""
        for key, wanted in self.wanted.items():
            row = self.stored.get(key)
            if row is None:
                yield key, ""
            elif name := next(
                (name for name, stored in zip(SAID, row[4:], strict=True) if stored != wanted[name]), None
            ):
                yield key, name


def check() -> Checked:
    """Compare every entry with its rows: each entry once, with the same numbers, and no row without an entry. What
    is folded meanwhile is in order by itself; nobody waits for this."""
    differences: list[str] = []
    seen, at_hand = 0, _all_keys()
    waiting, last = Unfolded.objects.count(), _last()
    rows_left = FigureRow.objects.filter(sequence__lte=last).count()
    for batch in _batches():
        seen += len(batch.entries)
        batch.project(at_hand)
        rows_left -= sum(row[0] <= last for key, row in batch.stored.items() if key in batch.wanted)
        for (entry, _series, _part), name in batch.differing():
            differences.append(f"entry {UUID(entry)}: {f'{name} differs' if name else 'not in the figures'}")
        if len(differences) >= MOST_DIFFERENCES:
            return Checked(seen, waiting, tuple(differences[:MOST_DIFFERENCES]))
    if rows_left:
        differences.append(f"{rows_left} rows without an entry of the journal")
    return Checked(seen, waiting, tuple(differences))


def rebuild() -> int:
    """Make all figures what the journal says, and begin a new generation of them; gives the number of entries.

    Each row is compared with its entry, and only what differs is written, some at a time: who records waits for no
    more than one batch. Rows keep their places, so that figures can be shown meanwhile.
    """
    fold_all()
    seen, at_hand, is_begun = 0, _all_keys(), False
    last, right = _last(), 0
    for batch in _batches():
        seen += len(batch.entries)
        if batch.stored:
            batch.project(at_hand)
        right += sum(row[0] <= last for key, row in batch.stored.items() if key in batch.wanted)
        if not batch.stored or any(True for _each in batch.differing()):
            is_begun = _put_right(batch, at_hand, is_begun=is_begun)
    if right < FigureRow.objects.filter(sequence__lte=last).count():
        _remove_strangers(last)
    with transaction.atomic():
        standing = state()
        FigureState.objects.filter(pk=standing.pk).update(generation=uuid7(), rules=RULES)
        up_to()
    return seen


def follow_rules() -> int:
    """Build all figures anew where they stand by older rules, as after an upgrade; gives the number of entries."""
    return rebuild() if FigureState.objects.filter(pk=1).exclude(rules=RULES).exists() else 0


def _put_right(batch: _Batch, at_hand: dict[Ref, int], *, is_begun: bool) -> bool:
    """Write what differs in a batch; True once rows were added: from the first of them on a new generation stands, for
    whoever has read those that are lost must not count both."""
    with transaction.atomic():
        state()
        batch.project(keys_of(refs_of(batch.entries), at_hand))
        batch.stored = _stored(batch.entries)
        changed, missing = [], []
        for key, name in batch.differing():
            if name:
                changed.append(FigureRow(sequence=batch.stored[key][0], **batch.wanted[key]))
            else:
                missing.append({"entry_id": UUID(key[0]), **batch.wanted[key]})
        FigureRow.objects.bulk_update(changed, SAID, batch_size=200)
        rows_add(missing)
        if missing and not is_begun:
            FigureState.objects.filter(pk=1).update(generation=uuid7())
        up_to()
    return is_begun or bool(missing)


def _remove_strangers(last: int) -> None:
    """Delete rows that no entry of the journal wants, up to the row `last`."""
    entries = Entry.objects.filter(pk=OuterRef("entry_id"), code__in=list(FEEDS))
    strangers = FigureRow.objects.filter(~Exists(entries), sequence__lte=last).values_list("pk", flat=True)
    while some := list(strangers[:BATCH]):
        with transaction.atomic():
            state()
            FigureRow.objects.filter(pk__in=some).delete()
    for batch in _batches():
        batch.project({})
        if more := [row[0] for key, row in batch.stored.items() if key not in batch.wanted]:
            with transaction.atomic():
                state()
                FigureRow.objects.filter(pk__in=more).delete()


def counting() -> Any:
    """All entries of the journal that feed figures."""
    return Entry.objects.filter(code__in=list(FEEDS))


def _last() -> int:
    return FigureRow.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def _all_keys() -> dict[Ref, int]:
    return {(kind, ref): key for key, kind, ref in FigureKey.objects.values_list("pk", "kind", "ref").iterator()}


def _batches() -> Iterator[_Batch]:
    """All entries that are folded, each batch by a question of its own, so that no question runs for minutes. An entry
    is read before its rows: they came with its leaving the queue.
    """
    some, last, count = said_after("", BATCH, FEEDS)
    while count:
        if some:
            near = Unfolded.objects.filter(entry__gte=UUID(some[0].pk), entry__lte=UUID(some[-1].pk))
            if waiting := set(near.values_list("pk", flat=True)):
                some = [said for said in some if UUID(said.pk) not in waiting]
        if some:
            yield _Batch(some, _stored(some))
        some, last, count = said_after(last, BATCH, FEEDS)


def _stored(entries: list[Said]) -> Found:
    """The rows of entries that follow one another."""
    return {(row[1], row[2], row[3]): row for row in rows_between(entries[0].pk, entries[-1].pk)}
