"""Which places lay within a place on which days: "as it was then", where villages and counties have moved since.

Places are numbered by today's tree. A place that never changed hands lies within another always or never; only those
that once had another parent (or were merged away) make a difference, and each takes its whole branch along.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from yishi.organisations.models import Place, PlaceVersion

from .columns import Window

FIRST, LAST = date(1, 1, 1).toordinal(), date(2999, 12, 31).toordinal()
Span = tuple[int, int]
Held = tuple[int, int, UUID | None]  # from day to day under this parent


@dataclass(slots=True)
class Tree:
    """The tree of today (`spans`), and for places whose parent changed what it was when (`held`)."""

    spans: dict[UUID, Span] = field(default_factory=dict)
    parents: dict[UUID, UUID | None] = field(default_factory=dict)
    held: dict[UUID, list[Held]] = field(default_factory=dict)

    def span(self, place: Any) -> Span:
        """The place's numbers today; (0, -1), between which nothing lies, for one that is gone."""
        return self.spans.get(place, (0, -1))

    def then(self, place: UUID) -> tuple[Window, ...]:
        """Windows that hold exactly the places that lay within `place`, each on the days on which they did."""
        days = sorted({FIRST, LAST + 1, *(day for stays in self.held.values() for stay in stays for day in stay[:2])})
        spans = []
        for start, after in zip(days, days[1:], strict=False):
            end = after - 1
            for lo, hi in _joined(self._spans_within(place, start)):
                spans.append(Window(lo, hi, start, end))
        return tuple(spans)

    def _spans_within(self, place: UUID, day: int) -> Iterator[Span]:
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

    def _here(self, lo: int, hi: int, place: UUID, moved: UUID | None) -> Span | None:
        """The part of a stretch that lies in `place` by parents that never changed: `place` is below the same moved
        place, or there is none above either."""
        if place != moved and self._moved_above(place) != moved:
            return None
        mine = self.span(place)
        lo, hi = max(lo, mine[0]), min(hi, mine[1])
        return (lo, hi) if lo <= hi else None

    def _branches(self) -> Iterator[tuple[int, int, UUID | None]]:
        """All numbers, cut where a moved place begins or ends, each with the nearest moved place around it."""
        everything = max((span[1] for span in self.spans.values()), default=0)
        moved = sorted((self.span(key)[0], self.span(key)[1], key) for key in self.held)
        cuts = sorted({1, everything + 1, *(lo for lo, _hi, _key in moved), *(hi + 1 for _lo, hi, _key in moved)})
        for lo, after in zip(cuts, cuts[1:], strict=False):
            around = [move for move in moved if move[0] <= lo and after - 1 <= move[1]]
            yield lo, after - 1, max(around)[2] if around else None

    def _moved_above(self, place: UUID) -> UUID | None:
        """The nearest place above, or itself, whose parent changed."""
        here: UUID | None = place
        while here is not None and here not in self.held:
            here = self.parents.get(here)
        return here

    def _was_within(self, here: UUID | None, place: UUID, day: int) -> bool:
        seen = set()
        while here is not None and here not in seen:
            if here == place:
                return True
            seen.add(here)
            here = self._parent(here, day)
        return False

    def _parent(self, place: UUID, day: int) -> UUID | None:
        """The parent on a day; before the first and after the last known day that of the nearest."""
        stays = self.held.get(place)
        if not stays:
            return self.parents.get(place)
        for start, end, parent in stays:
            if start <= day < end:
                return parent
        return stays[0][2] if day < stays[0][0] else stays[-1][2]


def tree_now() -> Tree:
    """Read the tree: two queries."""
    places = Place.objects.values_list("pk", "lo", "hi", "parent", "closed_on")
    spans, parents, closed = {}, {}, set()
    for key, lo, hi, parent, closed_on in places:
        spans[key], parents[key] = (lo, hi), parent
        if closed_on is not None:
            closed.add(key)
    versions: dict[UUID, list[tuple[date, date | None, UUID | None]]] = defaultdict(list)
    for place, start, end, parent in PlaceVersion.objects.order_by("place", "valid_from").values_list(
        "place", "valid_from", "valid_to", "parent"
    ):
        versions[place].append((start, end, parent))
    held = {
        place: _held(held)
        for place, held in versions.items()
        if place in closed or len({parent for _start, _end, parent in held}) > 1
    }
    return Tree(spans, parents, held)


def _held(versions: list[tuple[date, date | None, UUID | None]]) -> list[Held]:
    return [(start.toordinal(), end.toordinal() + 1 if end else LAST + 1, parent) for start, end, parent in versions]


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that touch or overlap as one."""
    stretches: list[Span] = []
    for lo, hi in sorted(spans):
        if stretches and lo <= stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], max(hi, stretches[-1][1]))
        else:
            stretches.append((lo, hi))
    return stretches
