"""Which places lay within a place on which days: "as it was then", where villages and counties have moved since.

Places are numbered by today's tree. A place that never changed hands lies within another always or never; only those
that once had another parent (or were merged away) make a difference, and each takes its whole branch along.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import numpy as np
from django.db.models import Count, Q
from numpy.typing import NDArray

from yishi.organisations.models import PlaceLevel, PlaceVersion

from .columns import Window
from .tallies import places_now

FIRST, LAST = date(1, 1, 1).toordinal(), date(2999, 12, 31).toordinal()
Span = tuple[int, int]
Ref = str  # the id of a place in hexadecimal digits
Held = tuple[int, int, Ref | None]  # from day to day under this parent


@dataclass(slots=True)
class Tree:
    """The tree of today (`spans`), and for places whose parent changed what it was when (`held`)."""

    spans: dict[Ref, Span] = field(default_factory=dict)
    parents: dict[Ref, Ref | None] = field(default_factory=dict)
    held: dict[Ref, list[Held]] = field(default_factory=dict)
    counties: tuple[Span, ...] = ()  # in the order of the tree
    worked_out: dict[Ref, tuple[Window, ...]] = field(default_factory=dict)

    def areas(self, lo: NDArray[np.int32]) -> NDArray[np.int32]:
        """For places by their number `lo`: a number above 0 for each county, and for each place in none; 0 for -1."""
        if not self.counties:
            return lo + 1
        spans = np.array(self.counties, dtype=np.int32)
        county = np.searchsorted(spans[:, 0], lo, side="right") - 1
        is_inside = (county >= 0) & (lo <= spans[county, 1])
        return np.where(is_inside, spans[county, 0], lo) + 1

    def span(self, place: UUID) -> Span:
        """The place's numbers today; (0, -1), between which nothing lies, for one that is gone."""
        return self._span(place.hex)

    def numbers(self, places: Iterable[str]) -> list[int]:
        """The first number of each of these ids, as they are written; of a place that is gone 0, of none -1."""
        return [-1 if place == "None" else self._span(place.replace("-", ""))[0] for place in places]

    def then(self, place: UUID) -> tuple[Window, ...]:
        """Windows that hold exactly the places that lay within `place`, each on the days on which they did. Worked out
        once for each place."""
        if place.hex not in self.worked_out:
            self.worked_out[place.hex] = tuple(self._windows(place.hex))
        return self.worked_out[place.hex]

    def _span(self, place: Ref) -> Span:
        return self.spans.get(place, (0, -1))

    def _windows(self, place: Ref) -> Iterator[Window]:
        days = sorted({FIRST, LAST + 1, *(day for stays in self.held.values() for stay in stays for day in stay[:2])})
        for start, after in zip(days, days[1:], strict=False):
            for lo, hi in _joined(self._spans_within(place, start)):
                yield Window(lo, hi, start, after - 1)

    def _spans_within(self, place: Ref, day: int) -> Iterator[Span]:
        """What lay within `place` on `day`, in today's numbers."""
        for lo, hi, moved in self._branches():
            if moved is None:
                inside = self._here(lo, hi, place, None)
            elif self._was_within(self._parent(moved, day), place, day):
                inside = (lo, hi)
            else:
                inside = self._here(lo, hi, place, moved)
            if inside is not None:
                yield inside

    def _here(self, lo: int, hi: int, place: Ref, moved: Ref | None) -> Span | None:
        """The part of a stretch that lies in `place` by parents that never changed: `place` is below the same moved
        place, or there is none above either."""
        if place != moved and self._moved_above(place) != moved:
            return None
        mine = self._span(place)
        lo, hi = max(lo, mine[0]), min(hi, mine[1])
        return (lo, hi) if lo <= hi else None

    def _branches(self) -> Iterator[tuple[int, int, Ref | None]]:
        """All numbers, cut where a moved place begins or ends, each with the nearest moved place around it."""
        everything = max((span[1] for span in self.spans.values()), default=0)
        moved = sorted((*self._span(key), key) for key in self.held)
        cuts = sorted({1, everything + 1, *(lo for lo, _hi, _key in moved), *(hi + 1 for _lo, hi, _key in moved)})
        for lo, after in zip(cuts, cuts[1:], strict=False):
            around = [move for move in moved if move[0] <= lo and after - 1 <= move[1]]
            yield lo, after - 1, max(around)[2] if around else None

    def _moved_above(self, place: Ref) -> Ref | None:
        """The nearest place above, or itself, whose parent changed."""
        here: Ref | None = place
        while here is not None and here not in self.held:
            here = self.parents.get(here)
        return here

    def _was_within(self, here: Ref | None, place: Ref, day: int) -> bool:
        seen = set()
        while here is not None and here not in seen:
            if here == place:
                return True
            seen.add(here)
            here = self._parent(here, day)
        return False

    def _parent(self, place: Ref, day: int) -> Ref | None:
        """The parent on a day; before the first and after the last known day that of the nearest."""
        stays = self.held.get(place)
        if not stays:
            return self.parents.get(place)
        for start, end, parent in stays:
            if start <= day < end:
                return parent
        return stays[0][2] if day < stays[0][0] else stays[-1][2]


def tree_now() -> Tree:
    """Read the tree: one query for the places, two for those that changed hands."""
    spans, parents, closed, counties = dict[Ref, Span](), dict[Ref, Ref | None](), set[Ref](), list[Span]()
    for ref, lo, hi, above, is_closed, level in places_now():
        spans[ref], parents[ref] = (lo, hi), above
        if is_closed:
            closed.add(ref)
        elif level == PlaceLevel.COUNTY:
            counties.append((lo, hi))
    parents_had = PlaceVersion.objects.values("place").annotate(several=Count("parent", distinct=True))
    several = parents_had.filter(several__gt=1).values("place")
    without = PlaceVersion.objects.filter(parent=None).values("place")
    changed = Q(place__in=several) | Q(place__in=without) | Q(place__closed_on__isnull=False)
    versions: dict[Ref, list[tuple[date, date | None, UUID | None]]] = defaultdict(list)
    for place, start, end, parent in (
        PlaceVersion.objects.filter(changed)
        .order_by("place", "valid_from")
        .values_list("place", "valid_from", "valid_to", "parent")
    ):
        versions[place.hex].append((start, end, parent))
    held = {
        place: _held(stays)
        for place, stays in versions.items()
        if place in closed or len({parent for _start, _end, parent in stays}) > 1
    }
    return Tree(spans, parents, held, tuple(sorted(counties)))


def _held(versions: list[tuple[date, date | None, UUID | None]]) -> list[Held]:
    return [
        (start.toordinal(), end.toordinal() + 1 if end else LAST + 1, parent.hex if parent else None)
        for start, end, parent in versions
    ]


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that touch or overlap as one."""
    stretches: list[Span] = []
    for lo, hi in sorted(spans):
        if stretches and lo <= stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], max(hi, stretches[-1][1]))
        else:
            stretches.append((lo, hi))
    return stretches
