"""What a decision about many households sets in their records, within its act: their standings follow, and the way
back, on which each stands exactly as it stood, day by day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.register.hooks import households_changed
from yishi.assistance.register.models import Household, HouseholdStanding
from yishi.kit.errors import WrongStage

from .standings import Span, rows_of, standings_follow

SET = ("state", "kind", "identified_year", "exited_year")  # what a decision may set of a record
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Settled:
    """A household whose record a decision changed: as it was, as it became; `standings` as they were, as plain
    values (state, first day, last day, whether of the first only the year is known)."""

    household: Household
    was: Mapping[str, Any]
    became: Mapping[str, Any]
    standings: Sequence[Sequence[Any]] = ()


def households_settle(wanted: Iterable[tuple[Household, Mapping[str, Any]]], day: date) -> list[Settled]:
    """Set what a decision says in the records of `wanted`, whose households the caller locked; what says so already is
    left. To be called within the act of the decision, which writes the entries."""
    settled: list[Settled] = []
    for chunk in _chunks(wanted):
        before = _standings(home.pk for home, _values in chunk)
        first = len(settled)
        for household, values in chunk:
            if set(values) - set(SET):
                raise ValueError(f"no decision sets {sorted(set(values) - set(SET))}")
            was = {name: getattr(household, name) for name in values}
            if was != values:
                _set(household, values)
                settled.append(Settled(household, was, dict(values), before.get(household.pk, ())))
        changed = [each.household for each in settled[first:]]
        Household.within.bulk_update(changed, SET)
        standings_follow(changed, day)
    households_changed(each.household.pk for each in settled)
    return settled


def households_put_back(settled: Iterable[Settled]) -> int:
    """Put back what a decision had set, of households that the caller locked; refuses where somebody has changed one
    since, with its number. Gives how many."""
    count = 0
    for chunk in _chunks(settled):
        for each in chunk:
            if any(getattr(each.household, name) != value for name, value in each.became.items()):
                raise WrongStage(
                    "settled.changed",
                    _("The record of household %(number)s was changed since. Put that right first.")
                    % {"number": each.household.number},
                )
            _set(each.household, each.was)
        homes = [each.household for each in chunk]
        Household.within.bulk_update(homes, SET)
        HouseholdStanding.objects.filter(household__in=homes).delete()
        HouseholdStanding.objects.bulk_create(
            row for each in chunk for row in rows_of(each.household, map(_span, each.standings))
        )
        households_changed(home.pk for home in homes)
        count += len(homes)
    return count


def _set(household: Household, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(household, name, value)


def _standings(households: Iterable[UUID]) -> dict[UUID, list[list[Any]]]:
    found: dict[UUID, list[list[Any]]] = {}
    for row in HouseholdStanding.objects.filter(household__in=list(households)).order_by("valid_from"):
        last = row.valid_to.isoformat() if row.valid_to else None
        found.setdefault(row.household_id, []).append([row.state, row.valid_from.isoformat(), last, row.by_year])
    return found


def _span(plain: Sequence[Any]) -> Span:
    state, first, last, by_year = plain
    return Span(state, date.fromisoformat(first), date.fromisoformat(last) if last else None, by_year)


def _chunks(items: Iterable[Any]) -> Iterable[list[Any]]:
    kept = list(items)
    return (kept[start : start + CHUNK] for start in range(0, len(kept), CHUNK))
