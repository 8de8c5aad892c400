"""What is to be done with one unit of a workbook (a household, a deed): plain data, kept encrypted until it is done."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from yishi.assistance.register import codes

from .household_columns import BY_KEY
from .rows import Fault


@dataclass
class Result:
    """`verdict`: new, changed, same, bad. `new`: what is to be written, `ops`: what is to be changed, each in the shape
    of its kind. `changes`: (row, heading, old, new) as people read them. `rows`: the numbers of the unit's rows."""

    verdict: str
    rows: list[int]
    faults: list[Fault] = field(default_factory=list)
    new: dict[str, Any] = field(default_factory=dict)
    ops: list[dict[str, Any]] = field(default_factory=list)
    changes: list[tuple[int, str, str, str]] = field(default_factory=list)
    household: str = ""
    year: int = 0

    def plain(self) -> dict[str, Any]:
        """As JSON takes it; nothing within is copied, for it is written at once."""
        return dict(vars(self))

    @classmethod
    def of(cls, plain: dict[str, Any]) -> "Result":
        made = cls(**plain)
        made.faults = [Fault(*fault) for fault in plain["faults"]]
        made.changes = [(row, heading, old, new) for row, heading, old, new in plain["changes"]]
        return made


def shown_value(key: str, value: Any) -> str:
    """A field's value for people; `key` is a column's, or a list of codes."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, list):
        return "、".join(shown_value(key, part) for part in value)
    column = BY_KEY.get(key)
    name = column.codes if column else key
    if name and isinstance(value, str):
        return codes.label(name, value) if codes.has(name, value) else value
    if isinstance(value, bool):
        return "是" if value else "否"
    if column is not None and column.kind == "money":
        return f"{Decimal(value) / 100:f}"
    return str(value)
