"""What moves and what is stuck at a place: counts, the five rates, the places below, the newest and oldest cases."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from yishi.commitments.reads import Rates, due_in, rates
from yishi.database.reach import everything
from yishi.deliberation.models import Matter
from yishi.organisations.models import Place

from .reads import counts

CASES = 5


class Tally(dict[str, int]):
    """Counts of the whole place by name ("worry.filed", "matter.open", "stage.studied" …); not counted is 0."""

    def __missing__(self, name: str) -> int:
        return 0

    def add(self, name: str, number: int) -> None:
        self[name] += number

    def sum(self, prefix: str) -> int:
        """All counts whose name begins with `prefix`."""
        return sum(number for name, number in self.items() if name.startswith(prefix))


@dataclass(slots=True)
class Below:
    """A place right below (None: the place itself), and what one must know of it at a glance."""

    place: Place | None
    worries: int = 0
    unanswered: int = 0
    matters: int = 0  # open
    late: int = 0
    promises: int = 0  # running
    overdue: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.worries or self.matters or self.promises)


@dataclass(frozen=True, slots=True)
class Overview:
    """One place on one day. The rates are those of the year so far."""

    place: Place
    as_of: date
    above: tuple[Place, ...]  # from the province down
    total: Tally
    here: Below  # what lies at the place itself and in none of the places below
    children: tuple[Below, ...]  # in the order of the tree
    rates: Rates
    rates_from: date
    newest: tuple[Matter, ...]  # open cases within the viewer's reach
    oldest: tuple[Matter, ...]


def overview(place: Place, today: date) -> Overview:
    """The overview of `place` in seven queries. Runs in the viewer's reach: cases outside it are counted, not named."""
    above, below, is_whole = _family(place)
    total, below_lines = _count(place, below, today, is_whole=is_whole)
    start = date(today.year, 1, 1)
    with everything():
        shares = rates(_there(due_in(start, today), place, is_whole))
    newest, oldest = _cases(place, is_whole)
    return Overview(
        place=place,
        as_of=today,
        above=above,
        total=total,
        here=below_lines[0],
        children=tuple(below_lines[1:]),
        rates=shares,
        rates_from=start,
        newest=newest,
        oldest=oldest,
    )


def _family(place: Place) -> tuple[tuple[Place, ...], tuple[Place, ...], bool]:
    """The places above, from the top; those right below; whether nothing lies outside `place`."""
    places = Place.objects.filter(Q(lo__lt=place.lo, hi__gte=place.hi) | Q(parent=place) | Q(parent__isnull=True))
    around = list(places.order_by("lo"))
    above = tuple(other for other in around if other.lo < place.lo and other.hi >= place.hi)
    below = tuple(other for other in around if other.parent_id == place.pk)
    roots = [other.pk for other in around if other.parent_id is None]
    return above, below, roots == [place.pk]


def _count(place: Place, children: tuple[Place, ...], today: date, *, is_whole: bool) -> tuple[Tally, list[Below]]:
    total, lines = Tally(), [Below(None), *(Below(child) for child in children)]
    for part, code, child, first, two in counts(place, children, today, is_whole=is_whole):
        if part == "worries":
            lines[child].worries, lines[child].unanswered = first, two
            total.add("worries", first)
            total.add("unanswered", two)
        elif part == "matters":
            lines[child].matters, lines[child].late = first, two
            total.add("late", two)
        elif part == "promises":
            lines[child].promises, lines[child].overdue = first, two
            total.add("running", first)
            total.add("overdue", two)
        elif part == "matter":
            stage, state = code.split(".")
            total.add("matters", first)
            total.add(f"matter.{state}", first)
            if state == Matter.State.OPEN:
                total.add(f"stage.{stage}", first)
        else:
            total.add(f"{part}.{code}", first)
    return total, lines


def _cases(place: Place, is_whole: bool) -> tuple[tuple[Matter, ...], tuple[Matter, ...]]:
    matters = _there(Matter.objects.filter(state=Matter.State.OPEN), place, is_whole)
    matters = matters.select_related("place", "convener").defer("summary", "closing_reason")
    return tuple(matters.order_by("-opened_at")[:CASES]), tuple(matters.order_by("opened_at")[:CASES])


def _there(records: QuerySet[Any], place: Place, is_whole: bool) -> QuerySet[Any]:
    """Files in `place`. As a set of places, not a join: SQLite then begins with the few places of a county."""
    if is_whole:
        return records
    return records.filter(place__in=Place.objects.filter(lo__range=(place.lo, place.hi)).values("pk"))
