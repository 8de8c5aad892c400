"""A family's plan: why it needs help, who helps, what was agreed and what came of it, who was there and when.

The page and the printed sheet both show this.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from yishi.assistance.pairing.models import (
    Measure,
    Pairing,
    TeamMember,
    Visit,
)
from yishi.assistance.pairing.reads import with_where
from yishi.assistance.pairing.rules import HELPS
from yishi.assistance.register import codes
from yishi.assistance.register.models import Household, HouseholdCause
from yishi.commitments.models import Commitment, Proof, Verdict
from yishi.commitments.queries import last_verdicts
from yishi.database.gather import gather
from yishi.kit.records import lent
from yishi.organisations.grants import Viewer
from yishi.organisations.models import current, valid_on
from yishi.web.kit.timeline import Event

S = Commitment.State
MOST_VISITS = 50
CAUSES = "poverty_cause"


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure as a line: where it stands, what the family said, what came of it."""

    measure: Measure
    verdict: str  # code of Verdict.Value, "" if nobody was asked yet
    verdict_word: str
    done_words: str
    is_open: bool  # not done yet
    is_done: bool  # the family may judge it

    @property
    def commitment(self) -> Commitment:
        return self.measure.commitment


@dataclass(frozen=True, slots=True)
class FamilyPlan:
    household: Household
    main_cause: str
    other_causes: list[str]
    helpers: list[dict[str, Any]]  # pairing, name, where
    coming: list[Pairing]  # who helps from a later day on
    stationed: list[TeamMember]
    lines: list[MeasureLine]
    visits: list[Visit]
    events: list[Event]

    def is_helped_by(self, viewer: Viewer) -> bool:
        """Is the viewer one of its helpers, or stationed there? What the right "visit.log" asks, from what is here."""
        if viewer.person_id is None or viewer.query_code:
            return False
        own = [one["pairing"] for one in self.helpers if one["pairing"].person_id == viewer.person_id]
        own += [one for one in self.stationed if one.person_id == viewer.person_id]
        if own:
            viewer.known.add(HELPS)
        return bool(own) or any(one["pairing"].body_id in viewer.reach.bodies for one in self.helpers)

    @property
    def open_count(self) -> int:
        return sum(line.commitment.state in Commitment.OPEN for line in self.lines)


def family_plan(household: Household) -> FamilyPlan:
    """The plan as it stands, by one query."""
    return plan_of(household, gather(**plan_rows(household)))


def plan_rows(household: Household) -> dict[str, QuerySet[Any]]:
    """What `plan_of` reads; the household was reached, so what belongs to it may be shown."""
    today = timezone.localdate()
    paired = with_where(Pairing.within.filter(current(today), household=household))
    paired = paired.select_related("person", "body", "follows__person", "follows__body")
    spans = {"team__place__lo__lte": household.place.lo, "team__place__hi__gte": household.place.lo}
    stationed = TeamMember.objects.filter(valid_on(today), valid_on(today, "team__"), **spans)
    visits = household.visits.exclude(state=Visit.State.REFUSED).prefetch_related("visitors")
    return {
        "causes": household.causes.all(),
        "pairs": paired.order_by("valid_from", "pk"),
        "stationed": stationed.select_related("person", "sent_by").order_by("role", "pk"),
        "visits": visits.order_by("-on", "-written_at")[:MOST_VISITS],
        "measures": _measures(household),
    }


def plan_of(household: Household, found: dict[str, Any]) -> FamilyPlan:
    """The plan from the rows that `plan_rows` asks for."""
    today, causes, visits = timezone.localdate(), found["causes"], found["visits"]
    helpers = [one for one in found["pairs"] if one.valid_from <= today]
    return FamilyPlan(
        household=household,
        main_cause=next((_cause(one) for one in causes if one.is_main), ""),
        other_causes=[_cause(one) for one in causes if not one.is_main],
        helpers=[{"pairing": one, "name": one.helper.name, "where": one.where or ""} for one in helpers],
        coming=[one for one in found["pairs"] if one.valid_from > today],
        stationed=found["stationed"],
        lines=[_line(one) for one in found["measures"]],
        visits=visits,
        events=[_event(one) for one in visits],
    )


def _cause(one: HouseholdCause) -> str:
    try:
        return codes.label(CAUSES, one.code)
    except codes.UnknownCode:
        return one.code


def _measures(household: Household) -> QuerySet[Measure]:
    """With the words of the last proof, and the last verdict."""
    proofs = Proof.objects.filter(commitment=OuterRef("commitment")).order_by("-given_at")
    verdicts = last_verdicts().filter(commitment=OuterRef("commitment"))
    rows = household.measures.select_related(
        "commitment__bearer", "commitment__supervisor", "commitment__bearer_person"
    ).annotate(done_words=Subquery(proofs.values("text")[:1]), verdict=Subquery(verdicts.values("value")[:1]))
    return rows.order_by("commitment__due_on", "pk")


def _line(row: Measure) -> MeasureLine:
    verdict = lent(row, "verdict")
    return MeasureLine(
        measure=row,
        verdict=verdict or "",
        verdict_word=str(Verdict.Value(verdict).label) if verdict else "",
        done_words=lent(row, "done_words") or "",
        is_open=row.commitment.state == S.IN_FORCE,
        is_done=row.commitment.state in (S.PROVED, S.CHECKED),
    )


def _event(one: Visit) -> Event:
    names = "、".join(person.name for person in one.visitors.all())
    words = "\n".join(part for part in (one.found, one.cause, one.agreed) if part)
    flag = "" if one.state == Visit.State.KEPT else one.get_state_display()
    return Event(one.met or names, when=one.on, who=names, text=words, flag=flag)
