"""What an area changed in the shipped rules of an exit: a line, a number of days, a condition that is none there.

An assessment keeps what held when it was opened, so the rules by which it is measured never move under it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from .pack import MEASURES, Line, Rules

COUNTER, ANSWERED, INCOME = "counter", "answered", "income_line"
NUMBERS = (*MEASURES, COUNTER, ANSWERED)  # what takes a number
CONDITION = "condition-"  # before the code of a household's condition


@dataclass(frozen=True, slots=True)
class Change:
    """One number, or one condition that is none (`is_off`), as an area has it since a day, with its paper. The income
    line of the year is one too: `value` in yuan, of the thresholds of the logic checks."""

    code: str
    value: Decimal | None
    is_off: bool
    place: str
    since: date
    source: str

    def kept(self) -> dict[str, Any]:
        """As an assessment keeps it."""
        value = None if self.value is None else f"{self.value.normalize():f}"
        return {**asdict(self), "value": value, "since": self.since.isoformat()}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Change":
        value = None if kept["value"] is None else Decimal(kept["value"])
        return cls(**{**kept, "value": value, "since": date.fromisoformat(kept["since"])})


def rules_with(rules: Rules, changes: Iterable[Change]) -> Rules:
    """The rules as an area has them. What a change names and the rules do not know changes nothing."""
    lines, conditions = dict(rules.lines), dict(rules.conditions)
    counter, answered, income = rules.counter_days, rules.answered, rules.income_line
    for change in changes:
        if change.is_off:
            conditions.pop(change.code.removeprefix(CONDITION), None)
        elif change.value is None:
            continue
        elif change.code in lines:
            lines[change.code] = Line(change.value, lines[change.code].is_least)
        elif change.code == COUNTER:
            counter = int(change.value)
        elif change.code == ANSWERED:
            answered = change.value
        elif change.code == INCOME:
            income = change.value
    return replace(
        rules, lines=lines, conditions=conditions, counter_days=counter, answered=answered, income_line=income
    )


def number_of(rules: Rules, code: str) -> Decimal:
    """What the rules say where a number is asked (`NUMBERS`)."""
    if code == COUNTER:
        return Decimal(rules.counter_days)
    return rules.answered if code == ANSWERED else rules.lines[code].value
