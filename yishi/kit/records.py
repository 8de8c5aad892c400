"""What the type of a record cannot say: that a column is filled at this stage, that a page lent a row its words."""

from collections.abc import Iterable
from typing import Any, TypeVar

T = TypeVar("T")


def certain(value: T | None) -> T:
    """`value`, which is there.

    A column may be empty at other stages of its record (a counted deed has its entry, a withdrawn one has none; an
    actor of a desk has a person, the platform has none). The caller has asked for the stage or the right before.
    """
    assert value is not None
    return value


def lend(record: T, **more: Any) -> T:
    """`record` with further attributes that no model declares: words and figures of its row, read by a template."""
    for name, value in more.items():
        setattr(record, name, value)
    return record


def lent(record: object, name: str) -> Any:
    """What `lend`, or the query that brought the record, has given it under `name`."""
    return getattr(record, name)


def filled(values: Iterable[T | None]) -> list[T]:
    """Those that are there: an empty column points to nothing, so nothing is looked up for it."""
    return [value for value in values if value is not None]
