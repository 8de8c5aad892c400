"""Counts of a place and of the places right below it: one query, whatever the size.

Each table is first counted by itself from an index that covers it, and only then joined to the tree by its numbers
`lo`…`hi`: a province with 100,000 worries costs a pass over an index. Counts hold no name and open no file.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from yishi.commitments.clocks import YELLOW_WORKDAYS
from yishi.commitments.models import Commitment
from yishi.deliberation.models import Agreement, Matter, Sitting, Worry
from yishi.kit.clock import add_workdays
from yishi.organisations.models import Place

Row = tuple[str, str, int, int, int]  # what is counted, its code, number of the child (-1: the whole), two counts

_LONGEST_HOLIDAYS = 40  # days: three working days are never farther apart


def counts(place: Place, children: Sequence[Place], today: date, *, is_whole: bool) -> list[Row]:
    """What lies in `place`, and in each of `children` (all that lie right below, in the order of the tree).

    For the whole: ("worry", state), ("matter", "stage.state"), ("sitting", state), ("agreement", state),
    ("commitment", state), ("colour", colour). Per child, numbered from 1 (0: at the place itself):
    ("worries", "", child, all, unanswered in time), ("matters", "", child, open, step overdue),
    ("promises", "", child, running, overdue and without proof). `is_whole` says that no place lies outside `place`.
    """
    near = _Near(is_whole)
    bucket = _bucket([place.lo, *(child.lo for child in children)], 0)
    sql = " UNION ALL ".join([*_totals(near), *_children(near, bucket)])
    params = {
        "lo": place.lo,
        "hi": place.hi,
        "today": today if connection.vendor == "postgresql" else today.isoformat(),
        "soon": str(_last_due_soon(today)),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [(part, code, int(child), int(first or 0), int(two or 0)) for part, code, child, first, two in cursor]


class _Near:
    """Tables narrowed to the place. From its places to the files, in this order on SQLite too: hence CROSS JOIN."""

    def __init__(self, is_whole: bool):
        self.is_whole = is_whole

    def rows(self, model: Any, condition: str = "", through_matter: bool = False) -> str:
        """FROM … WHERE …; the file is `t`, the row that has the place `f`."""
        tables, conditions = [f"{model._meta.db_table} t"], [condition] if condition else []
        place = "t.place_id"
        if through_matter:
            tables.insert(0, f"{Matter._meta.db_table} f")
            conditions.append("t.matter_id = f.id")
            place = "f.place_id"
        if not self.is_whole:
            tables.insert(0, f"{Place._meta.db_table} n")
            conditions += ["n.lo BETWEEN %(lo)s AND %(hi)s", f"{place} = n.id"]
        elif through_matter:  # no place is asked: neither is the matter
            tables, conditions = tables[1:], conditions[:-1]
        return "FROM " + " CROSS JOIN ".join(tables) + (" WHERE " + " AND ".join(conditions) if conditions else "")


def _totals(near: _Near) -> list[str]:
    """One row per state of each kind of file."""
    whole = "-1 AS child, COUNT(*) AS one, 0 AS two"
    parts = []
    for part, model, through in (
        ("worry", Worry, False),
        ("commitment", Commitment, False),
        ("sitting", Sitting, True),
        ("agreement", Agreement, True),
    ):
        records = near.rows(model, through_matter=through)
        parts.append(f"SELECT '{part}' AS part, t.state AS code, {whole} {records} GROUP BY t.state")
    records = near.rows(Matter)
    parts.append(
        f"SELECT 'matter' AS part, t.stage || '.' || t.state AS code, {whole} {records} GROUP BY t.stage, t.state"
    )
    clocked, colour = _colour()
    records = near.rows(Commitment, clocked)
    parts.append(
        f"SELECT 'colour' AS part, code, -1 AS child, COUNT(*) AS one, 0 AS two "
        f"FROM (SELECT {colour} AS code {records}) c GROUP BY code"
    )
    return parts


def _children(near: _Near, bucket: str) -> list[str]:
    """Two counts of each kind per place, then summed by the child in which the place lies."""
    owed = ", ".join(f"'{state.value}'" for state in Worry.OWED)
    running = ", ".join(f"'{state.value}'" for state in Commitment.OPEN)
    parts = [
        ("worries", f"t.state IN ({owed}) AND t.answer_due_on < %(today)s", near.rows(Worry)),
        ("matters", "t.step_due_on < %(today)s", near.rows(Matter, f"t.state = '{Matter.State.OPEN.value}'")),
        ("promises", _overdue(), near.rows(Commitment, f"t.state IN ({running})")),
    ]
    return [
        f"SELECT '{part}' AS part, '' AS code, child, SUM(one) AS one, SUM(two) AS two FROM ("
        f"SELECT {bucket} AS child, g.one, g.two FROM ("
        f"SELECT t.place_id, COUNT(*) AS one, SUM(CASE WHEN {late} THEN 1 ELSE 0 END) AS two {records} "
        f"GROUP BY t.place_id"
        f") g JOIN {Place._meta.db_table} p ON p.id = g.place_id WHERE p.lo BETWEEN %(lo)s AND %(hi)s"
        f") per_child GROUP BY child"
        for part, late, records in parts
    ]


def _bucket(starts: Sequence[int], first: int) -> str:
    """The number of the last of `starts` that is not after p.lo, as a tree of comparisons."""
    if len(starts) == 1:
        return str(first)
    middle = len(starts) // 2
    below, above = _bucket(starts[:middle], first), _bucket(starts[middle:], first + middle)
    return f"CASE WHEN p.lo < {int(starts[middle])} THEN {below} ELSE {above} END"


_IN_FORCE = f"t.state = '{Commitment.State.IN_FORCE.value}'"
_PROVED = f"t.state IN ('{Commitment.State.PROVED.value}', '{Commitment.State.CHECKED.value}')"


def _overdue() -> str:
    return f"{_IN_FORCE} AND NOT t.backfilled AND t.due_on < %(today)s"


def _late() -> str:
    """Overdue, or proved too late, as commitments.clocks.colour says it (a test holds the two together)."""
    overdue, too_late = f"{_IN_FORCE} AND t.due_on < %(today)s", f"{_PROVED} AND t.proved_on > t.due_on"
    return f"t.in_force_on IS NOT NULL AND NOT t.backfilled AND (({overdue}) OR ({too_late}))"


def _colour() -> tuple[str, str]:
    """The condition that a clock runs, and the colour, as commitments.clocks.colour says it."""
    if connection.vendor == "postgresql":
        fifth = "5 * (t.due_on - %(today)s::date) <= t.due_on - t.in_force_on"
    else:
        fifth = "5 * (julianday(t.due_on) - julianday(%(today)s)) <= julianday(t.due_on) - julianday(t.in_force_on)"
    near = f"{_IN_FORCE} AND t.in_force_on <= %(today)s AND (t.due_on <= %(soon)s OR {fifth})"
    clocked = f"t.in_force_on IS NOT NULL AND NOT t.backfilled AND ({_IN_FORCE} OR {_PROVED})"
    return clocked, f"CASE WHEN {_late()} THEN 'red' WHEN {near} THEN 'yellow' ELSE 'blue' END"


def _last_due_soon(today: date) -> date:
    """The last due day whose three working days before it have begun."""
    days = (today + timedelta(days=n) for n in range(_LONGEST_HOLIDAYS, -1, -1))
    return next(day for day in days if add_workdays(day, -YELLOW_WORKDAYS) <= today)
