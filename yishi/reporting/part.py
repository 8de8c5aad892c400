"""A part of the rows: those that somebody knows. Its figures are asked like those of the whole, and cost little."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import BODY, SOMEBODY, Block, Columns

KEPT = 16  # parts of a block that are remembered, for those who ask one figure after the other


@dataclass(frozen=True, slots=True)
class Mine:
    """The rows in one of the spans of places, and those with one of the parties."""

    spans: tuple[tuple[int, int], ...] = ()
    bodies: tuple[int, ...] = ()  # keys
    people: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.spans or self.bodies or self.people)


def part_of(columns: Columns, mine: Mine) -> Columns:
    """The columns of these rows alone."""
    blocks = [_part(block, columns.places(block), columns.lo, mine) for block in columns.blocks]
    return Columns([block for block in blocks if block.size], columns.sequence, columns.lo)


def _part(block: Block, places: NDArray[Any], tree: NDArray[Any], mine: Mine) -> Block:
    kept = block.parts.get(mine)
    if kept is not None and kept[0] is tree:  # a place that moved may have left the span
        part: Block = kept[1]
        return part
    known = np.zeros(block.size, dtype=bool)
    for first, last in mine.spans:
        known |= (places >= first) & (places <= last)
    for kind, keys in ((BODY, mine.bodies), (SOMEBODY, mine.people)):
        for key in keys:
            known[block.party_row[(block.parties[:, 1] == key) & (block.parties[:, 0] == kind)]] = True
    taken = _taken(block, known)
    block.parts = dict([*block.parts.items()][1 - KEPT :]) | {mine: (tree, taken)}
    return taken


def _taken(block: Block, known: NDArray[np.bool_]) -> Block:
    number = (np.cumsum(known) - 1).astype(np.int32)
    touched, took_part = known[block.touch_row], known[block.party_row]
    return Block(
        {name: column[known] for name, column in block.columns.items()},
        block.touches[touched],
        number[block.touch_row[touched]],
        block.parties[took_part],
        number[block.party_row[took_part]],
    )
