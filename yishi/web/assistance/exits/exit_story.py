"""The story of an assessment, and of a suspicion: their entries, as they happened."""

from typing import Any
from uuid import UUID

from yishi.assistance.exits.models import ExitAssessment, ExitSuspicion
from yishi.journal.feed import entries_of
from yishi.people.models import Person
from yishi.web.kit.timeline import Event
from yishi.web.kit.titles import title_of


def assessment_events(assessment: ExitAssessment) -> list[Event]:
    return _events("exit_assessment", assessment.pk)


def suspicion_events(suspicion: ExitSuspicion) -> list[Event]:
    return _events("exit_suspicion", suspicion.pk)


def _events(kind: str, key: UUID) -> list[Event]:
    entries = list(entries_of(kind, key))
    people: dict[Any, str] = dict(
        Person.within.filter(pk__in={entry.actor_id for entry in entries if entry.actor_id}).values_list("pk", "name")
    )
    return [
        Event(title_of(entry), entry.at, who=people.get(entry.actor_id, ""), text=entry.data.get("reason", ""))
        for entry in entries
    ]
