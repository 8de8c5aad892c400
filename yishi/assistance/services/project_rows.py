"""A project as a row of a list or workbook says it: new, changed, or the same; the same row again changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from yishi.assistance.models import Campaign, Direction, Project
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place
from yishi.organisations.rights import permit

from .campaigns import thousandths
from .projects import (
    Quantity,
    as_sent,
    money_plan,
    parts_of,
    project_change,
    project_find,
    project_open,
    quantities_plan,
)

Verdict = Literal["new", "changed", "same"]
SAID = ("kind", "starts_on", "ends_on", "campaign", "direction", "outside_number", "words")


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """What a row says. Place and name are its key; without quantities or money, those that stand are left alone."""

    name: str
    place: Place
    kind: str
    responsible: Body
    starts_on: date
    ends_on: date
    campaign: Campaign | None = None
    direction: Direction | None = None
    quantities: Sequence[Quantity] = ()
    money: Mapping[str, int] = field(default_factory=dict)  # source → fen
    outside_number: str = ""
    words: str = ""

    def said(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in SAID}


def project_compare(row: ProjectRow) -> tuple[Verdict, list[str]]:
    """Is the row new, the same, or changed in which of: "said", "quantities", "money"? Writes nothing."""
    project = project_find(place=row.place, name=row.name)
    if project is None:
        return "new", []
    differs = []
    if any(_plain(getattr(project, name)) != _plain(value) for name, value in row.said().items()):
        differs.append("said")
    if row.quantities and _planned(row.quantities) != _standing(project):
        differs.append("quantities")
    if row.money and {k: v for k, v in row.money.items() if v} != _money(project):
        differs.append("money")
    return ("changed" if differs else "same"), differs


def project_put(*, actor: Viewer, row: ProjectRow, reason: str = "", act_id: UUID | None = None) -> Receipt:
    """Write the row down: open its project, or change what differs (with `reason` where the plan is approved).

    Result: project, verdict. Raises what `project_open` and the changes raise; then nothing of the row is written.
    """
    by = permit("project.open", actor)
    body = {
        "name": row.name,
        "place": row.place.pk,
        "responsible": row.responsible.pk,
        "said": {name: _plain(value) for name, value in row.said().items()},
        "quantities": [as_sent(one) for one in row.quantities],
        "money": dict(row.money),
        "reason": reason,
    }
    with act("assistance.project.put", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        verdict, differs = project_compare(row)
        if verdict == "new":
            opened = project_open(
                actor=actor,
                name=row.name,
                place=row.place,
                responsible=row.responsible,
                quantities=row.quantities,
                money=row.money,
                act_id=this.child(),
                **row.said(),
            )
            this.result(project=opened.result["project"], verdict=verdict)
            return this.receipt
        project = project_find(place=row.place, name=row.name)
        given: dict[str, Any] = {"actor": actor, "project": project}
        if "said" in differs:
            project_change(**given, **row.said(), act_id=this.child())
        if "quantities" in differs:
            quantities_plan(**given, quantities=row.quantities, reason=reason, act_id=this.child())
        if "money" in differs:
            money_plan(**given, money=row.money, reason=reason, act_id=this.child())
        this.result(project=project.pk, verdict=verdict)
    return this.receipt


def _plain(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value


def _planned(quantities: Sequence[Quantity]) -> list[tuple[str, str, str, int]]:
    return sorted(
        (one.what, one.unit, part.where.name if isinstance(part.where, Place) else part.where, _amount(part.planned))
        for one in quantities
        for part in one.parts
    )


def _amount(planned: Any) -> int:
    return thousandths(planned, "quantities")


def _standing(project: Project) -> list[tuple[str, str, str, int]]:
    return sorted((one.quantity.what, one.quantity.unit, one.name, one.planned) for one in parts_of(project))


def _money(project: Project) -> dict[str, int]:
    return dict(project.planned_money.values_list("kind", "amount"))
