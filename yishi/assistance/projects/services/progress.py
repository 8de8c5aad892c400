"""How far a project is: for each part what is planned, done and accepted; the whole is the sum; unit cost follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from yishi.assistance.campaign.models.campaigns import THOUSANDTHS
from yishi.assistance.projects.models import (
    Acceptance,
    AcceptanceLine,
    ProgressLine,
    Project,
    ProjectQuantity,
    QuantityPart,
)
from yishi.database.gather import gather


@dataclass(slots=True)
class Standing:
    """One part: planned, done in all by the last report, accepted; thousandths of the unit."""

    part: QuantityPart
    done: int = 0
    accepted: int = 0


@dataclass(slots=True)
class Whole:
    """One quantity with its parts."""

    quantity: ProjectQuantity
    parts: list[Standing]

    @property
    def planned(self) -> int:
        return sum(part.part.planned for part in self.parts)

    @property
    def done(self) -> int:
        return sum(part.done for part in self.parts)

    @property
    def accepted(self) -> int:
        return sum(part.accepted for part in self.parts)


def standing_of(project: Project, *, until: date | None = None) -> list[Standing]:
    """The parts of a project, in order (see `standings`)."""
    return standings([project.pk], until=until)[project.pk]


def standings(projects: Iterable[UUID], *, until: date | None = None) -> dict[UUID, list[Standing]]:
    """The parts of several projects by one query. The last report counts: by its day, then by its time."""
    keys = list(projects)
    return standings_from(keys, gather(**standing_rows(keys, until=until)))


def standing_rows(projects: list[UUID], *, until: date | None = None) -> dict[str, QuerySet[Any, Any]]:
    """What `standings_from` reads of several projects."""
    lines = lines_of(projects)
    if until is not None:
        lines = lines.filter(report__on__lte=until)
    passed = found_of(projects).exclude(acceptance__result=Acceptance.Result.FAILED)
    return {
        "parts": parts_in(projects),
        "done": lines.values_list("part", "done"),
        "accepted": passed.values_list("part", "amount"),
    }


def standings_from(projects: list[UUID], gathered: dict[str, Any]) -> dict[UUID, list[Standing]]:
    """The parts of `projects` from the rows that `standing_rows` asks for."""
    standings: dict[UUID, list[Standing]] = {key: [] for key in projects}
    for standing in stood(gathered["parts"], gathered["done"], gathered["accepted"]):
        standings[standing.part.quantity.project_id].append(standing)
    return standings


def parts_in(projects: Iterable[UUID]) -> QuerySet[QuantityPart]:
    """The parts of what is built, in the order of the plan."""
    parts = QuantityPart.objects.filter(quantity__project__in=projects).select_related("quantity", "place")
    return parts.order_by("quantity__ordinal", "ordinal")


def lines_of(projects: Iterable[UUID]) -> QuerySet[ProgressLine]:
    """What was reported of each part, in the order of days, then of reporting."""
    return ProgressLine.objects.filter(report__project__in=projects).order_by("report__on", "report__at")


def found_of(projects: Iterable[UUID]) -> QuerySet[AcceptanceLine]:
    """What was found of each part at acceptances, in their order."""
    lines = AcceptanceLine.objects.filter(acceptance__project__in=projects, acceptance__taken_back_at__isnull=True)
    return lines.order_by("acceptance__on", "acceptance__at")


def stood(
    parts: Iterable[QuantityPart], done: Iterable[tuple[UUID, int]], accepted: Iterable[tuple[UUID, int]]
) -> list[Standing]:
    """The parts with the last of what was reported and found of each."""
    last_done, last_accepted = dict(done), dict(accepted)
    return [Standing(part, last_done.get(part.pk, 0), last_accepted.get(part.pk, 0)) for part in parts]


def wholes(parts: Iterable[Standing]) -> list[Whole]:
    """Parts gathered into their quantities."""
    wholes: dict[UUID, Whole] = {}
    for part in parts:
        wholes.setdefault(part.part.quantity_id, Whole(part.part.quantity, [])).parts.append(part)
    return list(wholes.values())


def unit_cost(fen: int, amount: int) -> int | None:
    """Fen for one unit of an amount in thousandths, rounded; None where nothing is done."""
    if not amount or not fen:
        return None
    return int((Decimal(fen) * THOUSANDTHS / amount).quantize(Decimal(1), ROUND_HALF_UP))
