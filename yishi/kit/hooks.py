"""Tables of hooks: what a part above does when something happens below, without that the one below knows it."""

from collections.abc import Iterable
from typing import Any

Table = Iterable[tuple[list[Any], Any]]  # (the list that is called from, the function that joins it)


def connect(table: Table) -> None:
    """Put every function of the table where it is called from; doing it again changes nothing."""
    for called_from, function in table:
        if function not in called_from:
            called_from.append(function)
