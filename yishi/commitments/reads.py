"""The five rates of a handling body over the commitments due in a period; each part opens into its cases."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from yishi.database.reach import Reach, reaching

from .clocks import RECHECK_AFTER, Colour, yellow_from
from .models import Commitment, Judge, Outcome, Proof, Verdict

S = Commitment.State
COUNTED = (S.IN_FORCE, S.PROVED, S.CHECKED, S.STRUCK_OFF, S.CLOSED_UNDONE)

# The condition of each rate's numerator over the commitments due (办结率, 反馈率, 见面率, 落实率).
PARTS: dict[str, Q] = {
    "struck_off": Q(state=S.STRUCK_OFF),
    "answered": Q(answered_on__isnull=False, answered_on__lte=F("due_on")),
    "met": Q(met_people_on__isnull=False),
    "as_agreed": Q(as_agreed=True) & ~Q(state=S.CLOSED_UNDONE),
}


@dataclass(frozen=True, slots=True)
class Rates:
    """Counts behind the five rates: `due` is the denominator of the first four; satisfaction has its own."""

    due: int
    struck_off: int
    answered: int
    met: int
    as_agreed: int
    asked: int
    judged: int
    satisfied: int

    def share(self, name: str) -> float | None:
        """A rate between 0 and 1, or None where nothing is there to divide by."""
        below = self.judged if name == "satisfied" else self.due
        return getattr(self, name) / below if below else None


def commitments_in(reach: Reach) -> QuerySet[Commitment]:
    """What `Commitment.objects` gives within `reach`, in a form that an index answers: of few places the ids come
    first, each kind from its index; of many, what a list shows first is looked through in its order."""
    if reach.everything:
        return Commitment.within.all()
    if not reach.is_wide:
        with reaching(reach):
            return Commitment.within.filter(pk__in=Commitment.keys())
    judged = Judge.objects.filter(person=reach.person, person__isnull=False).values("commitment")
    own = (
        Q(bearer__in=reach.bodies),
        Q(supervisor__in=reach.bodies),
        Q(escalated_to__in=reach.bodies),
        Q(bearer_person=reach.person, bearer_person__isnull=False),
        Q(pk__in=judged),
    )
    condition = Q(pk__in=[])
    for lo, hi in (*reach.spans, *reach.villages):
        condition |= Q(_lo__gte=lo, _lo__lte=hi)
    for part in own:
        condition |= part
    return Commitment.within.annotate(_lo=F("place__lo") + 0).filter(condition)


def due_in(
    start: date, end: date, *, bearer: UUID | None = None, span: tuple[int, int] | None = None
) -> QuerySet[Commitment]:
    """Commitments in force, or settled after having been in force, that were due in the period (both days included).

    `span`: of the places with these numbers `lo`…`hi` alone.
    """
    commitments = Commitment.objects.filter(state__in=COUNTED, due_on__range=(start, end))
    if bearer is not None:
        commitments = commitments.filter(bearer=bearer)
    if span is not None:
        commitments = commitments.filter(place__lo__gte=span[0], place__lo__lte=span[1])
    return commitments


def cases(commitments: QuerySet[Commitment], part: str) -> QuerySet[Commitment]:
    """The cases behind one number of the rates: "due", a name of PARTS, "asked", "judged", "satisfied"."""
    if part == "due":
        return commitments
    if part in PARTS:
        return commitments.filter(PARTS[part])
    judged = last_verdicts().filter(commitment=OuterRef("pk"))
    if part == "satisfied":
        return commitments.filter(Exists(judged.filter(value=Verdict.Value.SATISFIED)))
    if part == "judged":
        return commitments.filter(Exists(judged))
    return commitments.filter(Exists(asked_judges().filter(commitment=OuterRef("pk"))))


def of_colour(commitments: QuerySet[Commitment], shade: str, today: date) -> QuerySet[Commitment]:
    """Those of `commitments` whose clock has the colour `shade` on `today`, as `clocks.colour` says it."""
    clocked = commitments.filter(state__in=Commitment.OPEN, in_force_on__isnull=False, backfilled=False)
    overdue = Q(state=S.IN_FORCE, due_on__lt=today) | (~Q(state=S.IN_FORCE) & Q(proved_on__gt=F("due_on")))
    if shade == Colour.RED:
        return clocked.filter(overdue)
    near = clocked.filter(state=S.IN_FORCE, due_on__gte=today).order_by().values_list("pk", "in_force_on", "due_on")
    yellow = [key for key, start, due in near if start and today >= yellow_from(start, due)]
    if shade == Colour.YELLOW:
        return commitments.filter(pk__in=yellow)
    return clocked.exclude(overdue).exclude(pk__in=yellow)


def to_look_back(commitments: QuerySet[Commitment], today: date) -> QuerySet[Commitment]:
    """Those struck off 30 days ago or longer whose re-check (回头看) is still to come."""
    return commitments.filter(state=S.STRUCK_OFF, rechecked_on__isnull=True, settled_on__lte=today - RECHECK_AFTER)


def is_owed(origin: str, key: UUID) -> bool:
    """Is, of what came from `origin`, any promise owed or kept: more than dropped, or closed without being done?"""
    promises = Commitment.within.filter(origin_kind=origin, origin_id=key)
    return promises.exclude(state__in=[S.DROPPED, S.CLOSED_UNDONE]).exists()


def last_verdicts() -> QuerySet[Verdict]:
    """Each judge's last word. A negative one that reopened a commitment counts until its author says another."""
    later = Verdict.objects.filter(judge=OuterRef("judge"), round__gt=OuterRef("round"))
    return Verdict.objects.exclude(Exists(later))


def asked_judges() -> QuerySet[Judge]:
    """Those who were ever asked: the proof of their commitment was accepted at least once."""
    accepted = Proof.objects.filter(commitment=OuterRef("commitment"), outcome=Proof.Outcome.ACCEPTED)
    return Judge.objects.filter(Exists(accepted))


def rates(commitments: QuerySet[Commitment]) -> Rates:
    """The counts over `commitments` (see due_in). Silence is not satisfaction: it is asked minus judged."""
    counts = commitments.aggregate(
        due=Count("pk"), **{name: Count("pk", filter=condition) for name, condition in PARTS.items()}
    )
    keys = commitments.order_by().values("pk")
    verdicts = (
        last_verdicts()
        .filter(commitment__in=keys)
        .aggregate(judged=Count("pk"), satisfied=Count("pk", filter=Q(value=Verdict.Value.SATISFIED)))
    )
    return Rates(**counts, **verdicts, asked=asked_judges().filter(commitment__in=keys).count())


def rates_by_bearer(commitments: QuerySet[Commitment]) -> dict[UUID | None, Rates]:
    """The counts of `rates` for every bearer at once, by four queries whatever the number of bodies; under None those
    of parties and households."""
    counts = (
        commitments.order_by()
        .values("bearer")
        .annotate(due=Count("pk"), **{name: Count("pk", filter=condition) for name, condition in PARTS.items()})
    )
    keys = commitments.order_by().values("pk")
    asked = dict(asked_judges().filter(commitment__in=keys).values_list("commitment__bearer").annotate(Count("pk")))
    last = last_verdicts().filter(commitment__in=keys)
    verdicts = {
        bearer: (judged, satisfied)
        for bearer, judged, satisfied in last.values("commitment__bearer")
        .annotate(judged=Count("pk"), satisfied=Count("pk", filter=Q(value=Verdict.Value.SATISFIED)))
        .values_list("commitment__bearer", "judged", "satisfied")
    }
    result = {}
    for of_bearer in counts:
        counted: dict[str, Any] = {**of_bearer}
        bearer = counted.pop("bearer")
        judged, satisfied = verdicts.get(bearer, (0, 0))
        result[bearer] = Rates(**counted, asked=asked.get(bearer, 0), judged=judged, satisfied=satisfied)
    return result


def outcomes_of(kind: str, key: UUID) -> "QuerySet[Outcome]":
    """What came of a case that was reached, in the order of its days."""
    return Outcome.within.filter(origin_kind=kind, origin_id=key).order_by("on", "pk")
