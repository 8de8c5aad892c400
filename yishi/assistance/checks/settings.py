"""The rules as they stand in each area: the shipped pack, and what offices changed for their places.

The nearest area decides, and within it the newest change whose day has come. Whether a rule is on and how grave it is
goes by the day of the check; a threshold goes by the day for which a household's year is measured.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.utils import timezone

from .logic.engine import Checker, Settings
from .logic.pack import Pack, read_pack
from .models import CheckSetting

Row = TypeVar("Row", bound=Any)


class Checkers:
    """One checker for each set of changes that holds somewhere; made for one run, or for one change.

    `without`: groups of rules that nobody asks for in this run.
    """

    def __init__(self, day: date | None = None, without: Iterable[str] = ()):
        self.day = day or timezone.localdate()
        self.pack: Pack = read_pack()
        groups = set(without)
        self.unasked = frozenset(code for code, rule in self.pack.rules.items() if rule.group in groups)
        self.rows = list(CheckSetting.objects.select_related("place"))
        self._made: dict[tuple[int, ...], Checker] = {}

    def at(self, lo: int) -> Checker:
        """The checker for the village numbered `lo`."""
        key = tuple(n for n, row in enumerate(self.rows) if row.place.lo <= lo <= row.place.hi)
        if key not in self._made:
            settings = settings_from((self.rows[n] for n in key), self.pack, self.day)
            self._made[key] = Checker(self.pack, replace(settings, off=settings.off | self.unasked))
        return self._made[key]


def settings_from(check_settings: Iterable[CheckSetting], pack: Pack, day: date) -> Settings:
    """What the changes made for the areas of one village come to on `day`."""
    by_code: dict[str, list[CheckSetting]] = {}
    for row in check_settings:
        by_code.setdefault(row.code, []).append(row)
    off, severities, values = set(), {}, {}
    for code, changes in by_code.items():
        if code in pack.rules:
            held = holding(changes, day, says)
            if held is not None and held.is_off:
                off.add(code)
            elif held is not None and held.severity:
                severities[code] = held.severity
        elif code in pack.parameters:
            values[code] = _steps(changes, pack, code)
    return Settings(frozenset(off), severities, values)


def holding(changes: Iterable[Row], day: date, says: Callable[[Row], bool]) -> Row | None:
    """Of the changes of one code around a place (also those of other parts, which have the same columns) the one that
    holds on `day`: the newest one of the nearest area that says anything then."""
    newest: dict[int, Row] = {}  # by the width of the area
    for row in sorted(changes, key=lambda change: (change.valid_from, change.set_at)):
        if row.valid_from <= day:
            newest[row.place.hi - row.place.lo] = row
    saying = [(width, row) for width, row in newest.items() if says(row)]
    return min(saying, key=lambda pair: pair[0])[1] if saying else None


def says(row: CheckSetting) -> bool:
    """Does it change anything? One that does not gives the word back to the area above."""
    return row.is_off or bool(row.severity) or row.value is not None


def _steps(changes: list[CheckSetting], pack: Pack, code: str) -> tuple[tuple[date, Decimal], ...]:
    """The values of a threshold from each day on which one begins."""
    parameter = pack.parameters[code]
    first = min(row.valid_from for row in changes)
    days = {row.valid_from for row in changes} | {dated.since for dated in parameter.values if dated.since > first}
    steps = []
    for day in sorted(days):
        row = holding(changes, day, says)
        value = row.value if row is not None else parameter.on(day)
        if value is not None:
            steps.append((day, value))
    return tuple(steps)
