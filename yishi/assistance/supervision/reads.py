"""Look-ups: the lists of findings by state and lane, the villages of a round and what was found in each."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from yishi.assistance.register.models import Household, HouseholdMember
from yishi.commitments.models import Commitment
from yishi.database.reach import WIDE, Reach, Span, width
from yishi.organisations.models import Place, PlaceLevel, valid_on

from .models import Finding, Round, RoundMember

S = Commitment.State
MOST_SPANS = 200  # in one question: both databases limit how deep a condition is

# How a finding stands, each finding in exactly one of them.
STANDINGS: dict[str, Q] = {name: Q(standing=name) for name in Finding.Standing.values}


def standing_of(finding: Finding) -> str:
    """Which of STANDINGS it is in, by its promise."""
    return standing_by(finding.commitment.state, finding.merged_into_id)


def standing_by(state: str, merged_into: UUID | None) -> str:
    """The same of the state of a promise, and the finding into which its own was merged."""
    if state in Commitment.OPEN:
        return "open"
    if state == S.STRUCK_OFF:
        return "struck_off"
    return "merged" if merged_into is not None else "ruled"


def parts_in(reach: Reach) -> list[QuerySet[Finding]]:
    """What `Finding.objects` gives within `reach`, in parts of which no two have a finding in common.

    Of the places of at most a prefecture each part has its own index; of more the newest are looked through, for those
    of the reach come soon.
    """
    if reach.everything:
        return [Finding.within.all()]
    spans, rounds = [*reach.spans, *reach.villages], _rounds_of(reach)
    if width(spans) > WIDE:
        return [_looked_through(reach, spans, rounds)]
    arms = []
    if spans:
        arms.append(Q(place__in=Place.objects.filter(reach.places("", spans)).values("pk")))
    if rounds:
        arms.append(Q(round__in=rounds))
    if reach.bodies:
        arms += [Q(coordinator__in=reach.bodies), Q(commitment__bearer__in=reach.bodies)]
    parts, rest = [], Finding.within.all()
    for arm in arms:
        parts.append(rest.filter(arm))
        rest = rest.exclude(arm)
    return parts or [Finding.within.none()]


def _looked_through(reach: Reach, spans: list[Span], rounds: list[UUID]) -> QuerySet[Finding]:
    """Whoever oversees all places there are reaches every finding; of others each finding is asked."""
    within = Q(pk__in=[])
    for lo, hi in spans:
        within |= Q(lo__gte=lo, hi__lte=hi)
    if not Place.objects.filter(parent=None).exclude(within).exists():
        return Finding.within.all()
    condition = Q(round__in=rounds) | Q(coordinator__in=reach.bodies) | Q(commitment__bearer__in=reach.bodies)
    for lo, hi in spans:
        condition |= Q(_lo__gte=lo, _lo__lte=hi)
    return Finding.within.annotate(_lo=F("place__lo") + 0).filter(condition)


def _rounds_of(reach: Reach) -> list[UUID]:
    """The rounds that the viewer's desks run or lead, and those in whose team they are today."""
    teams = RoundMember.objects.filter(
        valid_on(timezone.localdate()), person=reach.helper, person__isnull=False, round__state=Round.State.OPEN
    )
    mine = Q(body__in=reach.bodies) | Q(leading__in=reach.bodies) | Q(pk__in=teams.values("round"))
    return list(Round.objects.filter(mine).values_list("pk", flat=True))


def with_promise(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """With all that a line of a list shows."""
    return findings.select_related(
        "round", "place", "household__head", "member__person", "coordinator", "commitment__bearer", "merged_into"
    )


def sums_of(parts: Iterable[QuerySet[Finding]]) -> dict[str, dict[str, int]]:
    """Lane → standing → how many of all parts: together they are the whole list."""
    sums: dict[str, dict[str, int]] = {}
    for part in parts:
        lines: Any = part.order_by().values_list("lane", "standing").annotate(Count("pk"))
        for lane, standing, count in lines:
            sums.setdefault(lane, dict.fromkeys(STANDINGS, 0))[standing] += count
    return sums


def villages_in(round: Round) -> QuerySet[Place] | list[Place]:
    """The villages of a round's list, in the order of places."""
    villages = Place.objects.filter(level=PlaceLevel.VILLAGE, closed_on=None).order_by("lo")
    listed = round.listed.filter(off_at=None)
    if round.level == PlaceLevel.VILLAGE:
        return villages.filter(pk__in=listed.values("place"))
    spans = sorted(listed.values_list("place__lo", "place__hi"))
    parts = (spans[start : start + MOST_SPANS] for start in range(0, len(spans), MOST_SPANS))
    return [village for part in parts for village in villages.filter(_within(part))]


def _within(spans: Iterable[tuple[int, int]]) -> Q:
    condition = Q(pk__in=[])
    for lo, hi in spans:
        condition |= Q(lo__range=(lo, hi))
    return condition


def told_of(round: Round, villages: Iterable[Place]) -> list[dict[str, Any]]:
    """Each of these villages with its findings (`all`, `open`) and its last visit (`visited`). Two queries."""
    villages = list(villages)
    keys = [village.pk for village in villages]
    counts: dict[UUID, Counter[str]] = defaultdict(Counter)
    found: Any = Finding.within.filter(round=round, place__in=keys).order_by().values_list("place", "standing")
    for place, standing, count in found.annotate(Count("pk")):
        counts[place][standing] += count
    visits = dict(round.made.filter(place__in=keys).order_by("on").values_list("place", "on"))
    return [
        {
            "place": village,
            "all": sum(counts[village.pk].values()),
            "open": counts[village.pk][Finding.Standing.OPEN],
            "visited": visits.get(village.pk),
        }
        for village in villages
    ]


def people_of(household: Household) -> list[HouseholdMember]:
    """Who belongs to a household today."""
    return list(
        HouseholdMember.within.filter(household=household, valid_to=None).select_related("person").order_by("pk")
    )
