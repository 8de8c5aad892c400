"""How many of those who left poverty stand firm, and how often each trigger was right: counts of what a viewer reaches,
with the confidence that so few numbers allow."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from yishi.assistance.register.models import Household, HouseholdCause, HouseholdStanding
from yishi.kit.intervals import wilson

from .models import Watch, WatchSignal

LEAST = 10  # families, or verdicts, below which a share would say more than it knows
S, State = WatchSignal.State, HouseholdStanding.State


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `sample`; the true share lies between `low` and `high` with 95 % confidence. Of fewer than LEAST there
    is no share to tell."""

    hits: int
    sample: int

    @property
    def is_told(self) -> bool:
        return self.sample >= LEAST

    @property
    def share(self) -> float | None:
        return self.hits / self.sample if self.is_told else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.hits, self.sample) if self.is_told else None


@dataclass(frozen=True, slots=True)
class Cohort:
    """The families that left poverty in a year for which one cause was the main one, as they stand today."""

    year: int
    cause: str  # a code of list poverty_cause; "" where none is known
    left: int
    watched: int
    returned: int

    @property
    def firm(self) -> Share:
        """Neither monitored today nor fallen back since."""
        return Share(self.left - self.watched - self.returned, self.left)


@dataclass(frozen=True, slots=True)
class Precision:
    """How often a trigger's signals were found true, of those that were judged."""

    trigger: str
    waiting: int
    true: int
    untrue: int
    known: int
    referred: int

    @property
    def judged(self) -> int:
        return self.true + self.untrue + self.known + self.referred

    @property
    def right(self) -> Share:
        return Share(self.true, self.judged)


def cohorts() -> list[Cohort]:
    """The cohorts of the households that the viewer reaches, the newest first. A family that fell back since is counted
    as such, whatever became of it afterwards."""
    later = HouseholdStanding.objects.filter(
        household=OuterRef("household"), state=State.RETURNED, valid_from__gt=OuterRef("valid_from")
    )
    watched = Watch.within.filter(household=OuterRef("household"), stage=Watch.Stage.WATCHED)
    main = Q(household__causes__kind=HouseholdCause.Kind.CAUSE, household__causes__is_main=True)
    exits = HouseholdStanding.objects.filter(state=State.EXITED, household__in=Household.objects.filter(left_on=None))
    no_main = ~Exists(HouseholdCause.objects.filter(household=OuterRef("household"), kind="cause", is_main=True))
    counts: dict[tuple[int, str], list[int]] = {}
    told = exits.annotate(fell=Exists(later), is_watched=Exists(watched))
    known = told.filter(main).values_list("valid_from__year", "household__causes__code", "fell", "is_watched")
    unknown = told.filter(no_main).values_list("valid_from__year", "fell", "is_watched")
    rows = [*known.annotate(n=Count("pk"))]
    rows += [(year, "", fell, seen, n) for year, fell, seen, n in unknown.annotate(n=Count("pk"))]
    for year, cause, fell, seen, n in rows:
        count = counts.setdefault((year, cause), [0, 0, 0])
        count[0] += n
        count[1] += n if seen and not fell else 0
        count[2] += n if fell else 0
    return [Cohort(year, cause, *count) for (year, cause), count in sorted(counts.items(), key=_newest)]


def _newest(item: tuple[tuple[int, str], list[int]]) -> tuple[int, int, str]:
    (year, cause), count = item
    return -year, -count[0], cause


def precisions(triggers: Iterable[str]) -> list[Precision]:
    """How right each trigger was, of the signals that the viewer reaches; those that cry wolf most often first."""
    by = {
        (trigger, state): n
        for trigger, state, n in WatchSignal.objects.order_by().values_list("trigger", "state").annotate(n=Count("pk"))
    }
    every = dict.fromkeys([*triggers, *(trigger for trigger, _state in by)])
    order = (S.WAITING, S.TRUE, S.UNTRUE, S.KNOWN, S.REFERRED)
    found = [Precision(each, *(by.get((each, state), 0) for state in order)) for each in every]
    return sorted(found, key=lambda one: (not one.right.is_told, one.right.share or 0.0, -one.judged, one.trigger))
