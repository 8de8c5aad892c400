"""Rates of a sample with the interval in which the true one lies, and the weighted rate of the whole.

A household that answered in a stratum stands for (villages ÷ drawn villages) × (households ÷ those that answered) of
its township's. The whole's rate is the weighted share; its interval is Wilson's with the effective number of
households (Σw)² ÷ Σw² (Kish) in the place of n. Neighbours of one village are more alike than strangers: with few
villages drawn the true uncertainty is larger than this interval, and the page says from how many villages it comes.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from yishi.kit.intervals import wilson

from .draw import Stratum


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `sample`, both households; `low` and `high` enclose the true share with 95 % confidence."""

    hits: int
    sample: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        return self.hits / self.sample if self.sample else None


@dataclass(frozen=True, slots=True)
class Answer:
    """A household that answered: its stratum, its people, and of how many of them the thing asked for is true."""

    stratum: str
    people: int
    concerned: int
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """The weighted rate of several strata, by households and by people; None where nobody answered."""

    share: float | None
    people_share: float | None
    low: float
    high: float
    effective: float  # households


def rate_of(hits: int, sample: int) -> Rate:
    """The rate of `hits` of `sample` with its interval."""
    return Rate(hits, sample, *wilson(hits, sample))


def weight_of(stratum: Stratum, answered: int) -> float:
    """For how many households of its township one that answered stands."""
    return stratum.villages * stratum.households / (stratum.drawn_villages * answered)


def rates_by_stratum(answers: Iterable[Answer]) -> dict[str, Rate]:
    """The rate of each stratum in which somebody answered."""
    counts: dict[str, list[int]] = {}
    for answer in answers:
        count = counts.setdefault(answer.stratum, [0, 0])
        count[0] += answer.is_hit
        count[1] += 1
    return {name: rate_of(hits, sample) for name, (hits, sample) in sorted(counts.items())}


def whole_of(strata: dict[str, Stratum], answers: Iterable[Answer]) -> Whole:
    """The weighted rate of all strata from which there are answers."""
    kept = list(answers)
    answered: dict[str, int] = {}
    for answer in kept:
        answered[answer.stratum] = answered.get(answer.stratum, 0) + 1
    weights = [weight_of(strata[answer.stratum], answered[answer.stratum]) for answer in kept]
    total = math.fsum(weights)
    if not total:
        return Whole(None, None, 0.0, 1.0, 0.0)
    hits = math.fsum(weight for weight, answer in zip(weights, kept, strict=True) if answer.is_hit)
    people = math.fsum(weight * answer.people for weight, answer in zip(weights, kept, strict=True))
    concerned = math.fsum(weight * answer.concerned for weight, answer in zip(weights, kept, strict=True))
    effective = total * total / math.fsum(weight * weight for weight in weights)
    share = hits / total
    low, high = wilson(share * effective, effective)
    return Whole(share, concerned / people if people else None, low, high, effective)
