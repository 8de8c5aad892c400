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
from yishi.assistance.register import codes
from yishi.assistance.register.models import Household, HouseholdCause
from yishi.commitments.models import Commitment, Proof, Verdict
from yishi.commitments.reads import last_verdicts
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
    """What `family_plan` knows of one family; the visits are the last `MOST_VISITS` of them."""

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
        own = [helper["pairing"] for helper in self.helpers if helper["pairing"].person_id == viewer.person_id]
        own += [team_member for team_member in self.stationed if team_member.person_id == viewer.person_id]
        return bool(own) or any(helper["pairing"].body_id in viewer.reach.bodies for helper in self.helpers)

    @property
    def open_count(self) -> int:
        """How many of the measures are under way."""
        return sum(line.commitment.state in Commitment.OPEN for line in self.lines)


def family_plan(household: Household) -> FamilyPlan:
    """The plan as it stands, by one query."""
    return plan_of(household, gather(**plan_rows(household)))


def plan_rows(household: Any) -> dict[str, QuerySet[Any]]:
    """What `plan_of` reads of a household or its stand-in; it was reached, so what belongs to it may be shown."""
    today = timezone.localdate()
    paired = with_where(Pairing.within.filter(current(today), household=household.pk))
    paired = paired.select_related("person", "body", "follows__person", "follows__body")
    spans = {"team__place__lo__lte": household.place.lo, "team__place__hi__gte": household.place.lo}
    stationed = TeamMember.objects.filter(valid_on(today), valid_on(today, "team__"), **spans)
    visits = Visit.within.filter(household=household.pk).exclude(state=Visit.State.REFUSED).prefetch_related("visitors")
    return {
        "causes": HouseholdCause.objects.filter(household=household.pk),
        "pairs": paired.order_by("valid_from", "pk"),
        "stationed": stationed.select_related("person", "sent_by").order_by("role", "pk"),
        "visits": visits.order_by("-on", "-written_at")[:MOST_VISITS],
        "measures": _measures(household),
    }


def plan_of(household: Household, gathered: dict[str, Any]) -> FamilyPlan:
    """The plan from the rows that `plan_rows` asks for."""
    today, causes, visits = timezone.localdate(), gathered["causes"], gathered["visits"]
    helping = [pairing for pairing in gathered["pairs"] if pairing.valid_from <= today]
    return FamilyPlan(
        household=household,
        main_cause=next((_cause(cause) for cause in causes if cause.is_main), ""),
        other_causes=[_cause(cause) for cause in causes if not cause.is_main],
        helpers=[
            {"pairing": pairing, "name": pairing.helper.name, "where": pairing.where or ""} for pairing in helping
        ],
        coming=[pairing for pairing in gathered["pairs"] if pairing.valid_from > today],
        stationed=gathered["stationed"],
        lines=[_line(measure) for measure in gathered["measures"]],
        visits=visits,
        events=[_event(visit) for visit in visits],
    )


def _cause(cause: HouseholdCause) -> str:
    try:
        return codes.label(CAUSES, cause.code)
    except codes.UnknownCode:
        return cause.code


def _measures(household: Any) -> QuerySet[Measure]:
    """The family's measures, each with the words of its last proof (`done_words`) and its last `verdict`."""
    proofs = Proof.objects.filter(commitment=OuterRef("commitment")).order_by("-given_at")
    verdicts = last_verdicts().filter(commitment=OuterRef("commitment"))
    measures = (
        Measure.within.filter(household=household.pk)
        .select_related("commitment__bearer", "commitment__supervisor", "commitment__bearer_person")
        .annotate(done_words=Subquery(proofs.values("text")[:1]), verdict=Subquery(verdicts.values("value")[:1]))
    )
    return measures.order_by("commitment__due_on", "pk")


def _line(measure: Measure) -> MeasureLine:
    verdict = lent(measure, "verdict")
    return MeasureLine(
        measure=measure,
        verdict=verdict or "",
        verdict_word=str(Verdict.Value(verdict).label) if verdict else "",
        done_words=lent(measure, "done_words") or "",
        is_open=measure.commitment.state == S.IN_FORCE,
        is_done=measure.commitment.state in (S.PROVED, S.CHECKED),
    )


def _event(visit: Visit) -> Event:
    names = "、".join(person.name for person in visit.visitors.all())
    text = "\n".join(part for part in (visit.found, visit.cause, visit.agreed) if part)
    flag = "" if visit.state == Visit.State.KEPT else visit.get_state_display()
    return Event(visit.met or names, when=visit.on, who=names, text=text, flag=flag)
