"""When a household was poor, and when not: the dated standings that its record says, kept beside it.

The record has a state, a year of identification and a year of leaving; a day of its own has only what was entered as it
happened. A year without a day counts from its last day on, as the register is settled at the end of the year.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from yishi.assistance.register.models import Household, HouseholdStanding

State = HouseholdStanding.State
FOLLOWED = frozenset({"state", "kind", "identified_year", "exited_year"})  # what of a record says how it stands
OUT_OF_POVERTY = frozenset({"exited_with_policy", "exited_without_policy"})
EVER_POOR = OUT_OF_POVERTY | {"listed"}
POOR, OUT, BACK, CANCELLED = frozenset({"poor", "pending"}), "exited", "returned", "cancelled"


@dataclass(frozen=True, slots=True)
class Span:
    """A standing with its first day, and the last one where it ended. `by_year`: of the first day only the year is
    known."""

    state: str
    since: date
    until: date | None = None
    by_year: bool = False


def spans_of(home: Household, day: date, before: Sequence[Span] = (), *, takes_back: bool = False) -> list[Span]:
    """The standings of a household as its record says them, in order.

    `day` is when the record came to say so: what has no year of its own begins then. What stood `before` stays but for
    a corrected year; another state follows it, or, where the change `takes_back` an earlier one, gives way to it.
    """
    now = before[-1].state if home.state == CANCELLED and before else _now(home)
    if now is None:
        return []
    starts = _corrected(home, before, day) if before else [_first(home, day)]
    if now == State.POOR or takes_back:
        kept = {now, State.RETURNED} if now == State.POOR else {now}
        while len(starts) > 1 and starts[-1].state not in kept:
            starts.pop()
        if starts[-1].state not in kept and now == State.POOR:
            starts = [_first(home, day)]
    has_left = now == State.EXITED or (now == State.RETURNED and not before and home.exited_year is not None)
    if has_left and starts[-1].state != State.EXITED:
        starts = _left(home, starts, day, is_new=not before)
    if now == State.RETURNED != starts[-1].state:
        starts.append(Span(State.RETURNED, day))
    last = None
    if home.left_on is not None:
        last = home.left_on - timedelta(days=1)
    elif home.state == CANCELLED:
        last = before[-1].until if before and before[-1].until else day - timedelta(days=1)
    return _in_order(starts, last)


def _first(home: Household, day: date) -> Span:
    """When a household whose standings are not kept yet became poor."""
    return _of_year(State.POOR, home.identified_year, day) or Span(State.POOR, home.registered_on)


def _left(home: Household, starts: list[Span], day: date, *, is_new: bool) -> list[Span]:
    """With the exit: at the end of its year, if that lies after what went before, else on `day`.

    Of a household that comes with a year of leaving alone, when it became poor is not known: then the exit is all.
    """
    span = _of_year(State.EXITED, home.exited_year, day) or Span(State.EXITED, day)
    if span.since > starts[-1].since:
        return [*starts, span]
    return [span] if is_new else [*starts, Span(State.EXITED, day)]


def _of_year(state: str, year: int | None, day: date) -> Span | None:
    """A standing that began at the end of a year, at the latest on `day`."""
    if year is None:
        return None
    end = date(year, 12, 31)
    return Span(state, end, by_year=True) if end <= day else Span(state, day)


def _now(home: Household) -> str | None:
    """How the household stands by its record; None: it was never poor. One that is cancelled stands as it last did."""
    if home.state in POOR:
        return str(State.POOR)
    if home.state == BACK:
        return str(State.RETURNED)
    if home.state == OUT or home.exited_year is not None or home.kind in OUT_OF_POVERTY:
        return str(State.EXITED)
    is_poor = home.state == CANCELLED or home.kind in EVER_POOR or home.identified_year is not None
    return str(State.POOR) if is_poor else None


def _corrected(home: Household, before: Sequence[Span], day: date) -> list[Span]:
    """What stood before, with the years that the record says now: of the first standing, and of the last exit unless
    the household has fallen back or leaves poverty anew."""
    starts = list(before)
    if starts[0].state == State.POOR and home.identified_year not in (None, starts[0].since.year):
        starts[0] = _of_year(State.POOR, home.identified_year, day) or starts[0]
    exit_ = _of_year(State.EXITED, home.exited_year, day)
    is_other_year = starts[-1].state == State.EXITED and home.exited_year != starts[-1].since.year
    if exit_ and is_other_year and (len(starts) < 2 or exit_.since > starts[-2].since):
        starts[-1] = exit_
    return starts


def _in_order(starts: Sequence[Span], last: date | None) -> list[Span]:
    """Each until the day before the next; one that would be over before it began is left out."""
    ends = [*(span.since - timedelta(days=1) for span in starts[1:]), last]
    for place in range(len(ends) - 2, -1, -1):
        later = ends[place + 1]
        ends[place] = min(end for end in (ends[place], later) if end is not None)
    return [
        Span(span.state, span.since, end, span.by_year)
        for span, end in zip(starts, ends, strict=True)
        if end is None or end >= span.since
    ]


def standing_split(home: Household, new: Household, day: date) -> None:
    """A household that splits off stands as the one that it leaves; what came before was that one's."""
    stands = HouseholdStanding.objects.filter(household=home, valid_to__isnull=True).first()
    if stands is not None:
        HouseholdStanding.objects.create(household=new, state=stands.state, valid_from=day)


def rows_of(home: Household, spans: Iterable[Span]) -> list[HouseholdStanding]:
    """The rows of a household's standings, not written yet."""
    return [
        HouseholdStanding(
            household=home, state=span.state, valid_from=span.since, valid_to=span.until, by_year=span.by_year
        )
        for span in spans
    ]


def standings_follow(households: Iterable[Household], day: date, *, takes_back: bool = False) -> list[UUID]:
    """Let the standings follow what the records say from `day` on, within the act that changed them. Whose changed."""
    homes = list(households)
    before: dict[UUID, list[Span]] = {home.pk: [] for home in homes}
    for row in HouseholdStanding.objects.filter(household__in=before).order_by("valid_from"):
        before[row.household_id].append(Span(row.state, row.valid_from, row.valid_to, row.by_year))
    changed = {}
    for home in homes:
        spans = spans_of(home, day, before[home.pk], takes_back=takes_back)
        if spans != before[home.pk]:
            changed[home.pk] = rows_of(home, spans)
    if changed:
        HouseholdStanding.objects.filter(household__in=changed).delete()
        HouseholdStanding.objects.bulk_create(row for rows in changed.values() for row in rows)
    return list(changed)
