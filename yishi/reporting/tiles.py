"""The schematic map: a square for each county, laid out by hand (data/tiles-yunnan.csv)."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "tiles-yunnan.csv"
SHADES = 5


@dataclass(frozen=True, slots=True)
class Tile:
    code: str
    name: str  # short: 双江 for 双江拉祜族佤族布朗族傣族自治县
    column: int
    row: int


@lru_cache(maxsize=1)
def tiles() -> dict[str, Tile]:
    """County code → its square."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {row["code"]: Tile(row["code"], row["name"], int(row["column"]), int(row["row"])) for row in rows}


def bounds(values: list[int]) -> list[int]:
    """The least number of each shade, rising: as many squares in each as can be, none for an empty shade."""
    filled = sorted(value for value in values if value > 0)
    if not filled:
        return []
    cuts = {filled[len(filled) * n // SHADES] for n in range(SHADES)}
    return sorted(cuts)


def shade(value: int, cuts: list[int]) -> int:
    """0 for nothing, else 1… by the last bound that is reached."""
    return sum(1 for cut in cuts if value >= cut) if value > 0 else 0
