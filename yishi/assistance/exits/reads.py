"""Look-ups of exit assessments: what the register says of a household, the figures of an assessment."""

from datetime import date
from typing import Any

from django.db.models import Prefetch, Q

from yishi.assistance.campaign.models import StatedNumber
from yishi.assistance.campaign.reads import stated_by
from yishi.assistance.register.facts import EXITED
from yishi.assistance.register.models import HouseholdMember, HouseholdYear, MemberYear
from yishi.assistance.register.timeline import POOR
from yishi.organisations.models import Place, valid_on

from .models import ExitAssessment, ExitInterview, ExitSample, ExitSuspicion
from .settings import rules_of
from .survey.draw import Stratum
from .survey.pack import questionnaire_read
from .survey.results import Register, Visited, results_of

Kind, State = ExitSuspicion.Kind, ExitSuspicion.State


def known_facts(sample: ExitSample, day: date) -> dict[str, Any]:
    """What the register says of a drawn household on a day, and is therefore not asked: people, and of its last year
    then income per head, house, water, who is not insured or not at school; of every household the income line of the
    assessment's rules, in fen. No name and no number of anybody."""
    line = rules_of(sample.assessment).income_line
    of_all = {} if line is None else {"income_line": int(line * 100)}
    if sample.household_id is None:
        return of_all
    members = HouseholdMember.within.filter(valid_on(day), household=sample.household_id)
    facts: dict[str, Any] = {"people": members.count(), **of_all}
    year = HouseholdYear.within.filter(household=sample.household_id, year__lte=day.year).order_by("-year").first()
    if year is not None:
        facts |= {
            "year": year.year,
            "net_per_head": year.net_per_head,
            "house_grade": year.house_grade,
            "water_is_safe": year.water_is_safe,
        }
        of_year = MemberYear.within.filter(member__in=members, year=year.year)
        facts["uninsured"] = of_year.filter(medical="none").count()
        facts["out_of_school"] = of_year.exclude(dropout_reason="").count()
    return facts


def visited_of(assessment: ExitAssessment, village: Place | None = None) -> list[Visited]:
    """The drawn households (of a village) as they stand: what was answered, and the people of what was upheld."""
    upheld = ExitSuspicion.within.filter(state=State.UPHELD, kind__in=(Kind.WRONG, Kind.MISSED))
    samples = ExitSample.within.filter(assessment=assessment).order_by("stratum", "rank").select_related("place")
    if village is not None:
        samples = samples.filter(place=village)
    whole = samples.prefetch_related(
        Prefetch("interviews", ExitInterview.objects.all(), to_attr="standing"),
        Prefetch("suspicions", upheld, to_attr="upheld"),
    )
    return [_visited(sample) for sample in whole]


def _visited(sample: Any) -> Visited:
    interview: ExitInterview | None = next(iter(sample.standing), None)
    is_there = interview is not None and interview.is_whole
    answers = interview.said if interview is not None and is_there else {}
    approves = None
    if interview is not None and answers:
        approves = questionnaire_read(interview.questionnaire).approves(answers)
    return Visited(
        stratum=sample.stratum,
        kind=sample.kind,
        village=sample.place.code,
        outcome=interview.outcome if interview is not None and is_there else "",
        people=sample.people or int(answers.get("people") or 0),
        concerned=sum(suspicion.people for suspicion in sample.upheld),
        approves=approves,
        is_entered=interview is not None,
    )


def strata_of(assessment: ExitAssessment) -> dict[str, Stratum]:
    """The strata as they were drawn."""
    return {name: Stratum(name, *sizes) for name, sizes in assessment.strata.items()}


def results_now(assessment: ExitAssessment) -> dict[str, Any]:
    """The figures as they stand now; those of a closed assessment are kept with it."""
    states = ExitSuspicion.within.filter(sample__assessment=assessment).values_list("state", flat=True)
    return results_of(
        rules_of(assessment),
        strata_of(assessment),
        visited_of(assessment),
        states,
        _register(assessment),
    )


def _register(assessment: ExitAssessment) -> Register:
    """People by the register as it was when the frame was made, and the rural people that a paper states."""
    people: dict[str, int] = assessment.frame_people
    stated = [
        number.value
        for number in stated_by([assessment.place], assessment.as_of)
        if number.what == StatedNumber.What.RURAL_PEOPLE
    ]
    return Register(
        poor=people.get(POOR, 0),
        exited=people.get(EXITED, 0),
        listed=people.get(POOR, 0) + people.get(EXITED, 0),
        rural=stated[0] if stated else None,
    )


def still_open(assessment: ExitAssessment) -> dict[str, int]:
    """What stands in the way of closing: households without an interview, papers that are not settled, suspicions that
    are not ruled."""
    samples = ExitSample.within.filter(assessment=assessment)
    interviews = ExitInterview.objects.filter(sample__assessment=assessment)
    paper = interviews.filter(outcome=ExitInterview.Outcome.DONE, on_paper=True, settled_answers__isnull=True)
    suspicions = ExitSuspicion.within.filter(sample__assessment=assessment)
    return {
        "unvisited": samples.exclude(pk__in=interviews.values("sample")).count(),
        "papers": sum(not interview.is_whole for interview in paper),
        "suspicions": suspicions.filter(Q(state=State.OPEN) | Q(state=State.COUNTERED)).count(),
    }
