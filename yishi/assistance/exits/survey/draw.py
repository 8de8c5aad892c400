"""The stratified sample that anybody can draw again, of a frame and a published seed. No chance of its own.

1. In each township the villages are put in the order of SHA-256 of the seed, a line break and the village's code; the
   first of them, as many as the plan says, are drawn.
2. In the drawn villages of a township the households of each kind are one stratum; they are put in order in the same
   way by their own code, and the first are drawn.

By hand: `printf '%s\\n%s' SEED CODE | sha256sum` gives the number by which a village or a household is ordered.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from .frame import Frame, Unit

COLUMNS = ["stratum", "rank", "code", "village", "kind", "people", "drawn_villages", "villages", "drawn", "households"]


@dataclass(frozen=True, slots=True)
class Stratum:
    """A township's households of one kind, in its drawn villages: how many there are and how many are drawn."""

    name: str
    villages: int  # of the township, in the frame
    drawn_villages: int
    households: int  # in the drawn villages
    drawn: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn household, and its place in the order of its stratum, counted from 1."""

    unit: Unit
    rank: int


@dataclass(frozen=True, slots=True)
class Sample:
    strata: dict[str, Stratum]
    households: tuple[Drawn, ...]

    def written(self) -> str:
        """The file that `yishi exits draw` gives: by stratum and rank, the sizes beside each household, from which
        its weight follows (rates.py)."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for drawn in self.households:
            unit, stratum = drawn.unit, self.strata[drawn.unit.stratum]
            sizes = [stratum.drawn_villages, stratum.villages, stratum.drawn, stratum.households]
            writer.writerow([stratum.name, drawn.rank, unit.code, unit.village, unit.kind, unit.people, *sizes])
        return out.getvalue()


def place_in_order(seed: str, code: str) -> str:
    """The number by which villages and households are ordered, the lowest first."""
    return sha256(f"{seed}\n{code}".encode()).hexdigest()


def in_order(seed: str, codes: Iterable[str]) -> list[str]:
    """The codes of villages or households in the order in which they are drawn."""
    return sorted(codes, key=lambda code: (place_in_order(seed, code), code))


def draw(frame: Frame, seed: str) -> Sample:
    """The sample of a frame by a seed: the same whatever the order of its lines."""
    villages: dict[str, set[str]] = defaultdict(set)
    for unit in frame.units:
        villages[unit.township].add(unit.village)
    most = frame.plan.villages
    drawn_villages = {
        township: set(in_order(seed, codes)[: most or len(codes)]) for township, codes in villages.items()
    }
    members: dict[str, dict[str, Unit]] = defaultdict(dict)
    for unit in frame.units:
        if unit.village in drawn_villages[unit.township]:
            members[unit.stratum][unit.code] = unit
    strata: dict[str, Stratum] = {}
    households: list[Drawn] = []
    for name in sorted(members):
        units = members[name]
        township, _slash, kind = name.partition("/")
        wanted = in_order(seed, units)[: frame.plan.of(kind)]
        strata[name] = Stratum(
            name, len(villages[township]), len(drawn_villages[township]), len(units), len(wanted)
        )  # fmt: skip
        households += [Drawn(units[code], rank) for rank, code in enumerate(wanted, start=1)]
    return Sample(strata, tuple(households))
