"""The rows of a table in blocks: what is summed over participants is summed block by block, in their order.

So the sums have the same bits whether one process makes them all or many machines share them (`cluster.py`).
"""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import Any

from .votes import VoteTable

VOTES = 1 << 18  # of a block, about


class ClusterGone(OSError):
    """The cluster does not answer, or no worker is left."""


class Rows:
    """Where the work on blocks is done: here. What is held stays where it was made; what is fetched comes back."""

    def hold(self, make: Callable[..., Any], *columns: Sequence[Any], common: tuple[Any, ...] = ()) -> list[Any]:
        """`make(*one of each column, *common)` for every block."""
        return [make(*block, *common) for block in zip(*columns, strict=True)]

    def fetch(self, held: list[Any]) -> list[Any]:
        """What is held, in the order of the blocks."""
        return held

    def each(self, make: Callable[..., Any], *columns: Sequence[Any], common: tuple[Any, ...] = ()) -> list[Any]:
        """`hold` and `fetch`."""
        return self.fetch(self.hold(make, *columns, common=common))

    def total(self, make: Callable[..., Any], *columns: Sequence[Any], common: tuple[Any, ...] = ()) -> Any:
        """The sum of `each`, made in the order of the blocks."""
        return reduce(add, self.each(make, *columns, common=common))


HERE = Rows()


def edges(table: VoteTable) -> list[tuple[int, int]]:
    """First row and the one after the last of each block; they follow from the table alone."""
    return table.row_parts(VOTES)


def blocks(table: VoteTable) -> list[VoteTable]:
    """The table cut at `edges`; nothing is copied."""
    return [table.part(low, high) for low, high in edges(table)]
