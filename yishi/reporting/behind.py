"""The deeds behind a figure, newest first, page by page: as quick on the last page of a million as on the first.

How many there are on each day is counted in memory, from the very rows that make the figure. A page then lies on known
days, and only what was recorded for those days is read from the database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any, overload
from uuid import UUID

import numpy as np
from django.db.models import Exists, OuterRef
from django.utils import timezone

from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.reads import own_deeds, spans_of
from yishi.database.reach import Reach
from yishi.journal.models import Entry

from .blocks import Ints
from .book import Still
from .columns import Mine
from .figures import asked_of, deeds_of
from .indicators import DEEDS
from .models import FigureRow
from .moves import LAST
from .question import Question

CHUNK = 2_000
MOST_ROWS = CHUNK  # of the figures, that are looked up one by one; where a day has more, the day is read in order


class DeedsBehind(Sequence[UUID]):
    """The ids of the deeds behind the figure that `reach` lets one see. `[start:stop]` reads what it gives, no more.

    Where the reach covers the question's place these are as many as the figure says. Else they are those in the places
    of the reach, counted in memory too, and those that concern the viewer's desk or person elsewhere.
    """

    def __init__(self, question: Question, reach: Reach, now: Still):
        self.question = question
        self._whole = now.series[DEEDS.number]
        asked = asked_of(question, now)
        self._covered = reach.everything or (
            asked.places is None and any(lo <= asked.lo and asked.hi <= hi for lo, hi in spans_of(reach))
        )
        self._asked = asked
        self._columns = self._whole if self._covered else self._whole.of(Mine(spans_of(reach)))
        self._reach = reach

    def __len__(self) -> int:
        return int(self._days[1].sum())

    @overload
    def __getitem__(self, wanted: int) -> UUID: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[UUID]: ...
    def __getitem__(self, wanted: int | slice) -> UUID | list[UUID]:
        if not isinstance(wanted, slice):
            return self[wanted : wanted + 1][0]
        start, stop, _step = wanted.indices(len(self))
        if start >= stop:
            return []
        days, counts = self._days
        ends = np.cumsum(counts)
        first = int(np.searchsorted(ends, start, side="right"))
        last = int(np.searchsorted(ends, stop, side="left"))
        skipped = start - int(ends[first] - counts[first])
        return self._on(int(days[last]), int(days[first]), skipped, stop - start)

    @cached_property
    def _days(self) -> tuple[Ints, Ints]:
        """The days, newest first, and how many deeds each has."""
        day, count = _per_day(*self._columns.columns_of(self._asked, "day", "deeds"))
        if not self._elsewhere:
            return day, count
        more = np.fromiter(self._elsewhere.values(), dtype=np.int64, count=len(self._elsewhere))
        days = np.unique(np.concatenate([day, more]))
        total = np.zeros(days.size, dtype=np.int64)
        total[np.searchsorted(days, day)] += count
        np.add.at(total, np.searchsorted(days, more), 1)
        return days[::-1], total[::-1]

    def _on(self, since: int, until: int, skipped: int, count: int) -> list[UUID]:
        """`count` deeds of these days, newest first, without the first `skipped`."""
        sequences = self._columns.rows_of(
            replace(self._asked, start=max(since, self._asked.start), end=min(until, self._asked.end))
        )
        if len(sequences) > MOST_ROWS and self.question.known_by is None:
            deeds = deeds_of(self.question).filter(on__range=(date.fromordinal(since), date.fromordinal(until)))
            return list(deeds.order_by("-on", "-pk").values_list("pk", flat=True)[skipped : skipped + count])
        standing = [(day, deed) for deed, day in self._elsewhere.items() if since <= day <= until]
        for part in _parts(sequences):
            standing += self._standing(FigureRow.objects.filter(sequence__in=part).values("entry_id"))
        return [deed for _day, deed in sorted(standing, reverse=True)[skipped : skipped + count]]

    @cached_property
    def _elsewhere(self) -> dict[UUID, int]:
        """Deed → day: what concerns the viewer's desk or person outside the places of the reach."""
        if self._covered:
            return {}
        behind = np.asarray(self._whole.rows_of(self._asked), dtype=np.int64)
        day_of: dict[UUID, int] = {}
        for part in _parts(self._own_entries()):
            figure_rows = FigureRow.objects.filter(entry_id__in=part, series=DEEDS.number)
            pairs = list(figure_rows.values_list("entry_id", "sequence"))
            inside = np.isin(np.asarray([sequence for _entry, sequence in pairs], dtype=np.int64), behind)
            entries = [entry for (entry, _sequence), is_in in zip(pairs, inside.tolist(), strict=True) if is_in]
            day_of.update((deed, day) for day, deed in self._standing(entries))
        return day_of

    def _own_entries(self) -> list[UUID]:
        """The entries that count deeds of the viewer's desk or person; as known earlier, those reversed since too."""
        deeds = own_deeds(self._reach)
        if self.question.known_by is None:
            standing = deeds.filter(state=Deed.State.COUNTED).values_list("entry_id", flat=True)
            return [entry for entry in standing if entry is not None]
        entries = Entry.objects.filter(subject_kind="deed", code=DEEDS.entry)
        return [
            entry
            for part in _parts(list(deeds.values_list("pk", flat=True)))
            for entry in entries.filter(subject_id__in=part).values_list("pk", flat=True)
        ]

    def _standing(self, entries: Any) -> list[tuple[int, UUID]]:
        """(day, deed) of the entries that are neither reversals nor reversed, as known then."""
        undone = Entry.objects.filter(reverses_id=OuterRef("pk"))
        if self.question.known_by is not None:
            undone = undone.filter(received_at__lte=self.question.known_by)
        marked = Entry.objects.filter(pk__in=entries).annotate(is_undone=Exists(undone))
        # What is a reversal is left out here: SQLite, asked for those that are none, would look through all of them.
        return [
            (timezone.localdate(at).toordinal(), deed)
            for deed, at, reverses, is_undone in marked.values_list("subject_id", "at", "reverses_id", "is_undone")
            if reverses is None and not is_undone
        ]


def _per_day(day: Ints, sign: Ints) -> tuple[Ints, Ints]:
    """The days on which something stands, newest first, and how much."""
    first = int(day.min(initial=LAST))
    counts = np.bincount(day - first, weights=sign).astype(np.int64)
    filled = np.flatnonzero(counts)[::-1]
    return filled + first, counts[filled]


def _parts(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
