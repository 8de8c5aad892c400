"""What the secretary records of a whole room with one save: stances as a grid of people by statements, hands of each
party on one statement. Both send what they showed, so that they change only what somebody changed in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import HandCount, Party, Seat, Sitting, Stance, Statement
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.text import clean
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .stances import check_edition, current, hands_count, stance_take

MOST_CELLS = 2000  # a hundred people and twenty statements; beyond it the request is no room's
COUNTS = ("agree", "conditional", "object", "abstain")


@dataclass(frozen=True, slots=True)
class Cell:
    """What the grid says of one seat on one statement, and what it showed before (`was`: nothing, or an answer)."""

    statement: Statement
    seat: Seat
    value: str
    condition: str = ""
    was: str = ""
    was_condition: str = ""
    edition: int | None = None  # of the statement, as the grid showed it


@dataclass(frozen=True, slots=True)
class Hands:
    """The hands of one party, in the order of `COUNTS`, and what stood there before, if anything."""

    party: Party
    numbers: tuple[int, ...]
    was: tuple[int, ...] = ()
    condition: str = ""


def stances_record(*, actor: Viewer, sitting: Sitting, cells: Sequence[Cell], act_id: UUID | None = None) -> Receipt:
    """Record the stances of a grid with one save: all of them, or none where one is refused.

    What was said otherwise since the grid was drawn, on a phone or at another screen, is not written over, and nothing
    is recorded on a wording that was replaced since. Result: saved, and `kept`, the seats of such cells.
    """
    by = permit("sitting.run", actor, sitting.matter)
    body = {
        "sitting": sitting.pk,
        "cells": [
            [cell.statement.pk, cell.seat.pk, cell.value, cell.condition, cell.was, cell.was_condition, cell.edition]
            for cell in cells
        ],
    }
    with act("deliberation.stance.record", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if not cells:
            raise Refusal("grid.empty", _("Nothing was chosen in the grid. Choose where somebody stands, then save."))
        if len(cells) > MOST_CELLS:
            raise Refusal("grid.many", _("That is more than one room says at once. Save it in parts."))
        statements = {cell.statement.pk for cell in cells}
        on_these = Stance.objects.filter(statement__in=statements, statement__sitting=sitting)
        stored = current(on_these.select_for_update(of=("self",)))
        said = {(row.statement_id, row.seat_id): (row.value, row.condition) for row in stored}
        kept, saved = [], 0
        for cell in cells:
            if cell.statement.sitting_id != sitting.pk:
                raise Refusal("grid.statement", _("This statement is not part of this sitting. Reload the page."))
            shown = (cell.was, clean(cell.was_condition) if cell.was else "")
            as_shown = said.get((cell.statement.pk, cell.seat.pk), ("", "")) == shown
            if as_shown and _take(actor, cell, this.child()):
                saved += 1
            else:
                kept.append(str(cell.seat.pk))
        _enter(this, sitting, saved=saved, kept=kept)
    return this.receipt


def _take(actor: Viewer, cell: Cell, act_id: UUID) -> bool:
    """One cell; False where a phone or another wording was quicker. What it is refused for names the person: there
    are many."""
    try:
        stance_take(
            actor=actor,
            statement=cell.statement,
            seat=cell.seat,
            value=cell.value,
            condition=cell.condition,
            way=Stance.Way.DESK,
            only_new=not cell.was,
            edition=cell.edition,
            act_id=act_id,
        )
    except Refusal as refusal:
        if refusal.code in ("stance.quicker", "stance.reworded"):
            return False
        raise _named(cell.seat.person, refusal) from refusal
    return True


def hands_record(
    *,
    actor: Viewer,
    statement: Statement,
    counts: Sequence[Hands],
    edition: int | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """The hands of several parties on one statement with one save; each as `hands_count` takes it, all or none. A party
    that was counted otherwise since the screen was drawn is not written over; `edition` is the wording that was shown.
    Result: saved, kept."""
    by = permit("sitting.run", actor, statement.sitting.matter)
    body = {
        "statement": statement.pk,
        "edition": edition,
        "counts": [[count.party.pk, list(count.numbers), list(count.was), count.condition] for count in counts],
    }
    with act("deliberation.hands.record", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if not counts:
            raise Refusal("hands.none", _("Please type how many hands were counted."))
        check_edition(Statement.objects.get(pk=statement.pk), edition)
        stored = current(HandCount.objects.filter(statement=statement, party__isnull=False))
        stands = {row.party_id: tuple(getattr(row, name) for name in COUNTS) for row in stored}
        kept, saved = [], 0
        for count in counts:
            if stands.get(count.party.pk, ()) != count.was:
                kept.append(str(count.party.pk))
                continue
            _count(actor, statement, count, this.child())
            saved += 1
        _enter(this, statement.sitting, statement=statement.pk, saved=saved, kept=kept)
    return this.receipt


def _count(actor: Viewer, statement: Statement, count: Hands, act_id: UUID) -> None:
    numbers: dict[str, Any] = dict(zip(COUNTS, count.numbers, strict=True))
    try:
        hands_count(
            actor=actor,
            statement=statement,
            party=count.party,
            condition=count.condition,
            act_id=act_id,
            **numbers,
        )
    except Refusal as refusal:
        raise _named(count.party, refusal) from refusal


def _named(whose: object, refusal: Refusal) -> Refusal:
    return Refusal(refusal.code, f"{whose}：{refusal.message}")


def _enter(this: Act, sitting: Sitting, **data: object) -> None:
    this.entry(
        subject=("matter", sitting.matter_id), place=sitting.matter.place_id, data={"sitting": sitting.pk, **data}
    )
    this.result(sitting=sitting.pk, saved=data["saved"], kept=data["kept"])
