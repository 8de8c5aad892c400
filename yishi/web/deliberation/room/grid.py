"""Stances of people by statements, and hands of parties, as the secretary's screen shows and sends them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import HandCount, Seat, Sitting, Stance, Statement
from yishi.deliberation.services.asked import UNCOUNTED
from yishi.deliberation.services.recording import COUNTS, Cell, Hands

from .wordings import reword_form

ANSWERS = (
    (Stance.Value.AGREE, _("agree")),
    (Stance.Value.CONDITIONAL, _("if…")),
    (Stance.Value.OBJECT, _("object")),
    (Stance.Value.PASS, _("pass")),
)
MOST = 600  # cells on one screen: a browser sends some three fields of each, and a form has no more than 2,000
Sent = Mapping[str, str]


def grid_context(sitting: Sitting, rows: list[dict[str, Any]], sent: Sent | None = None) -> dict[str, Any]:
    """Who is here and may say where they stand, by party, and what each has said on each open statement. `rows` are
    those of `sitting_story.grid`; `sent` is what was typed in a form that was refused: it stands there still."""
    open_rows = [row for row in rows if row["statement"].is_open]
    if sitting.state != Sitting.State.OPEN or not open_rows:
        return {"takers": [], "asked": []}
    typed = sent or {}
    here = sitting.presences.filter(left_at__isnull=True).values("seat")
    seats = Seat.objects.filter(pk__in=here, ended_on__isnull=True).exclude(role=Seat.Role.CHAIR)
    ordered = list(seats.select_related("person", "party").order_by("party__ordinal", "started_on", "pk"))
    for row in open_rows:
        row["hand_rows"] = _hand_rows(sitting, row, typed)
        row["reword"] = reword_form(row["statement"], auto_id=f"reword-{row['statement'].ordinal}_%s")
        row["hands_typed"] = typed.get("statement") == str(row["statement"].pk)
    hidden = max(0, len(open_rows) - max(1, MOST // max(len(ordered), 1)))
    open_rows = open_rows[hidden:]
    said: dict[tuple[UUID, UUID], Stance] = {
        (stance.statement_id, stance.seat_id): stance for row in open_rows for stance in row["said"]
    }
    takers = [
        {
            "seat": seat,
            "counts": seat.role not in UNCOUNTED,
            "cells": [
                _cell(row["statement"], seat, said.get((row["statement"].pk, seat.pk)), typed) for row in open_rows
            ],
        }
        for seat in sorted(ordered, key=lambda seat: seat.party_id is None)
    ]
    asked = [row["statement"] for row in open_rows]
    return {"takers": takers, "asked": asked, "not_asked": hidden, "answers": ANSWERS}


def _cell(statement: Statement, seat: Seat, stance: Stance | None, typed: Sent) -> dict[str, Any]:
    name = f"{statement.pk}-{seat.pk}"
    was, condition = (stance.value, stance.condition) if stance else ("", "")
    return {
        "name": name,
        "statement": statement,
        "stance": stance,
        "was": typed.get(f"was-{name}", was),
        "was_condition": typed.get(f"was-if-{name}", condition),
        "value": typed.get(f"said-{name}", was),
        "condition": typed.get(f"if-{name}", condition),
    }


def _hand_rows(sitting: Sitting, row: dict[str, Any], typed: Sent) -> list[dict[str, Any]]:
    """Per party: what was counted, in the order of `COUNTS`, and how many of it are here."""
    counted: dict[UUID, HandCount] = {count.party_id: count for count in row["hands"] if count.party_id}
    key = str(row["statement"].pk)
    told = typed if typed.get("statement") == key else {}
    lines = []
    for party in sitting.matter.parties.all():
        stored = counted.get(party.pk)
        was = ",".join(str(getattr(stored, name)) for name in COUNTS) if stored else ""
        cells = [
            (name, label, told.get(f"{name}-{party.pk}", str(getattr(stored, name)) if stored else ""))
            for name, (_value, label) in zip(COUNTS, ANSWERS, strict=True)
        ]
        condition = told.get(f"condition-{party.pk}", stored.condition if stored else "")
        shown = told.get(f"was-if-{party.pk}", stored.condition if stored else "")
        lines.append(
            {
                "party": party,
                "was": told.get(f"was-{party.pk}", was),
                "cells": cells,
                "condition": condition,
                "was_condition": shown,
            }
        )
    return lines


def cells_sent(sitting: Sitting, sent: Sent) -> list[Cell]:
    """The cells of the grid that somebody changed: what they say differs from what they showed. Which they are follows
    from what was sent alone, so that the same sending is the same act, whatever happened meanwhile."""
    named = [name.removeprefix("said-") for name in sent if name.startswith("said-")]
    if not named:
        return []
    statements = {str(row.pk): row for row in Statement.objects.filter(sitting=sitting)}
    seats = {
        str(row.pk): row for row in Seat.objects.filter(matter=sitting.matter_id).select_related("person", "party")
    }
    cells = []
    for name in sorted(named):
        statement, seat = statements.get(name[:36]), seats.get(name[37:])
        value, was = sent.get(f"said-{name}", ""), sent.get(f"was-{name}", "")
        is_conditional = value == Stance.Value.CONDITIONAL
        condition = sent.get(f"if-{name}", "") if is_conditional else ""
        was_condition = sent.get(f"was-if-{name}", "") if was == Stance.Value.CONDITIONAL else ""
        if statement and seat and value and (value, condition) != (was, was_condition):
            seat.matter = sitting.matter
            edition = _number(sent.get(f"edition-{statement.pk}", "")) or None
            cells.append(Cell(statement, seat, value, condition, was, was_condition, edition))
    return cells


def hands_sent(statement: Statement, sent: Sent) -> list[Hands]:
    """The parties whose numbers somebody changed; what is no number counts as fewer than nothing, and is refused."""
    counts = []
    for party in statement.sitting.matter.parties.all():
        typed = [str(sent.get(f"{name}-{party.pk}", "")).strip() for name in COUNTS]
        was = str(sent.get(f"was-{party.pk}", ""))
        numbers = tuple(_number(word) for word in typed)
        shown = tuple(_number(word) for word in was.split(",")) if was else ()
        condition = str(sent.get(f"condition-{party.pk}", ""))
        is_changed = numbers != (shown or (0, 0, 0, 0)) or condition != sent.get(f"was-if-{party.pk}", "")
        if is_changed and any(typed):
            counts.append(Hands(party, numbers, shown, condition))
    return counts


def edition_sent(sent: Sent) -> int | None:
    """The wording that a screen showed, if it says so."""
    return _number(sent.get("edition", "")) or None


def _number(word: str) -> int:
    """As it is typed, in full-width figures too; -1 for what is none."""
    if not word:
        return 0
    return int(word) if word.isdecimal() and len(word) < 5 else -1
