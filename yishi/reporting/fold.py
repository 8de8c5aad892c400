"""Fold the journal into figures: entry by entry, each once, one folder at a time; check it, and build it anew."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from yishi.journal.feed import FEEDS, mark_folded, unfolded
from yishi.journal.models import Entry, Unfolded
from yishi.kit.ids import uuid7

from .models import FigureKey, FigureRow, FigureState

log = logging.getLogger("yishi.reporting.fold")
BATCH = 2_000
COUNTS = "assistance.deed.count"
TOUCHED = {"household": 0, "person": 1, "village": 2}
PARTY = {"body": 0, "person": 1}
ROLES = {"lead": 0, "co": 1, "funder": 2, "organiser": 3}
NO_SECTOR = 0  # keys begin at 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Ref = tuple[str, str]  # kind, ref


def listen() -> None:
    """Say to the journal which entries feed figures."""
    FEEDS.add(COUNTS)


def fold(limit: int = BATCH) -> int:
    """Take in up to `limit` entries that wait; gives how many. Several processes may: one works at a time."""
    with transaction.atomic():
        state()
        entries = unfolded(limit)
        if entries:
            _write(entries)
            mark_folded(entries)
    return len(entries)


def fold_all() -> int:
    """Take in all that waits."""
    done = 0
    while count := fold():
        done += count
    return done


def state() -> FigureState:
    """The one row, locked for the rest of the transaction."""
    FigureState.objects.get_or_create(pk=1)
    return FigureState.objects.select_for_update().get(pk=1)


def rebuild() -> int:
    """Throw all figures away and fold the whole journal again, in one transaction; gives the number of entries."""
    done = 0
    with transaction.atomic():
        one = state()
        FigureRow.objects.all().delete()
        Unfolded.objects.all().delete()
        FigureState.objects.filter(pk=one.pk).update(generation=uuid7())
        for batch in _batches(counting().order_by("received_at", "pk")):
            _write(batch)
            done += len(batch)
    return done


def counting() -> Any:
    """All entries of the journal that feed figures."""
    return Entry.objects.filter(code__in=list(FEEDS))


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check` found: entries and rows compared, and in words what differs (at most 20)."""

    entries: int
    waiting: int
    differences: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return not self.differences


def check() -> Checked:
    """Compare every entry with its row: each entry once, with the same numbers, and no row without an entry."""
    differences: list[str] = []
    seen = 0
    with transaction.atomic():
        state()
        waiting = Unfolded.objects.count()
        rows_left = FigureRow.objects.count()
        for batch in _batches(counting().exclude(pk__in=Unfolded.objects.values("entry")).order_by("pk")):
            seen += len(batch)
            rows = {row.entry_id: row for row in FigureRow.objects.filter(entry_id__in=[one.pk for one in batch])}
            rows_left -= len(rows)
            keys = _keys(_refs(batch), make=False)
            for entry in batch:
                row = rows.get(entry.pk)
                if row is None:
                    differences.append(f"entry {entry.pk}: not in the figures")
                elif (found := _differs(row, entry, keys)) is not None:
                    differences.append(f"entry {entry.pk}: {found} differs")
                if len(differences) >= 20:
                    return Checked(seen, waiting, tuple(differences))
    if rows_left:
        differences.append(f"{rows_left} rows without an entry of the journal")
    return Checked(seen, waiting, tuple(differences))


def _differs(row: FigureRow, entry: Entry, keys: dict[Ref, int]) -> str | None:
    made = project(entry, keys)
    for name, value in made.items():
        stored = getattr(row, name)
        if (bytes(stored) if isinstance(value, bytes) else stored) != value:
            return name
    return None


def project(entry: Entry, keys: dict[Ref, int]) -> dict[str, Any]:
    """The columns of an entry's row."""
    quantities = entry.quantities
    touches = [(TOUCHED[kind], keys.get((kind, str(ref)), -1), int(sign)) for kind, ref, sign in entry.touches]
    parties = [
        (
            PARTY[kind],
            keys.get((kind, str(ref)), -1),
            ROLES[role],
            int(share),
            keys.get(("sector", sector), -1) if sector else NO_SECTOR,
        )
        for kind, ref, role, share, sector in entry.data.get("parties", ())
    ]
    return {
        "deeds": int(quantities.get("deeds", 0)),
        "amount": int(quantities.get("amount", 0)),
        "unnamed": int(quantities.get("unnamed", 0)),
        "day": timezone.localdate(entry.at).toordinal(),
        "received": (entry.received_at - _EPOCH) // timedelta(microseconds=1),
        "item": keys.get(("item", str(entry.dims.get("item", ""))), -1),
        "place": keys.get(("place", str(entry.place_id)), -1),
        "touches": np.array(touches, dtype=np.int32).tobytes(),
        "parties": np.array(parties, dtype=np.int32).tobytes(),
    }


def _write(entries: list[Entry]) -> None:
    keys = _keys(_refs(entries))
    FigureRow.objects.bulk_create([FigureRow(entry_id=one.pk, **project(one, keys)) for one in entries], batch_size=500)


def _refs(entries: Iterable[Entry]) -> set[Ref]:
    """Everything in `entries` that needs a key."""
    found: set[Ref] = set()
    for entry in entries:
        found.add(("item", str(entry.dims.get("item", ""))))
        found.add(("place", str(entry.place_id)))
        found.update((kind, str(ref)) for kind, ref, _sign in entry.touches)
        for kind, ref, _role, _share, sector in entry.data.get("parties", ()):
            found.add((kind, str(ref)))
            if sector:
                found.add(("sector", sector))
    return found


def _keys(refs: set[Ref], *, make: bool = True) -> dict[Ref, int]:
    """The keys of `refs`; new ones are given out, within the folder's lock."""
    known = _known(refs)
    missing = sorted(refs - set(known))
    if make and missing:
        FigureKey.objects.bulk_create([FigureKey(kind=kind, ref=ref) for kind, ref in missing], batch_size=500)
        known.update(_known(set(missing)))
    return known


def _known(refs: set[Ref]) -> dict[Ref, int]:
    found: dict[Ref, int] = {}
    by_kind: dict[str, list[str]] = {}
    for kind, ref in refs:
        by_kind.setdefault(kind, []).append(ref)
    for kind, wanted in by_kind.items():
        for start in range(0, len(wanted), 500):
            rows = FigureKey.objects.filter(kind=kind, ref__in=wanted[start : start + 500])
            found.update({(kind, ref): key for key, ref in rows.values_list("pk", "ref")})
    return found


def _batches(rows: Any) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for entry in rows.iterator(chunk_size=BATCH):
        batch.append(entry)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
