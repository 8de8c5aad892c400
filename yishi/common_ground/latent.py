"""Opinion groups by the method "latent": the model of `tendency.py`, started from what habits leave unexplained.

How many groups there are is what best foretells hidden votes (`choice.py`); where one group foretells them as well as
several, there are none to tell apart, and the result says so.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from . import tendency
from .components import components
from .groups import lloyd
from .tendency import Cells, Floats, Model, People
from .votes import VoteTable

Labels = NDArray[np.int32]
Flags = NDArray[np.bool_]

NULL_ROUNDS, ROUNDS, MORE_ROUNDS, TRIAL = 12, 40, 100, 4
CLOSE, CLOSER = 1e-4, 1e-5  # of the objective: a fit ends where it moves by less
STARTS, MORE_STARTS, DIRECTIONS = 2, 3, 6
TIGHTEST = 8  # k-means of which the tightest is a start
BEGIN = 0.5  # variance of the opinions that a start begins with


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model, the people that it was made from (with it), how likely they are, and whether the fit came to its end."""

    model: Model
    people: People
    objective: float
    converged: bool


def without_groups(block: Cells, weight: Floats | None = None) -> Fitted:
    """Statements and habits alone."""
    totals = np.stack([block.by_column((block.value == v).astype(np.float64)) for v in (-1, 0, 1)])
    people, model, objective, converged = tendency.fit(
        [block], [tendency.strangers(block, 1, weight)], tendency.null_start(totals), NULL_ROUNDS, close=CLOSE
    )
    return Fitted(model, people[0], objective, converged)


def fit_groups(
    block: Cells, k: int, base: Fitted, seed: list[int], *, graded: bool = True, thorough: bool = False
) -> Fitted:
    """Of several short fits of `k` groups from different starts the likeliest, gone on with to its end.

    `graded` people hold the opinion of their group more or less strongly, others all alike. A `thorough` fit tries
    more starts and goes on longer.
    """
    if k == 1:
        return base
    points = spread(block, base)
    tried = []
    for attempt in range(MORE_STARTS if thorough else STARTS):
        label = begin(points, k, attempt, np.random.default_rng([*seed, k, attempt]), base.people.weight > 0)
        people, model = start(block, label, k, base)
        held, model, objective, _ = tendency.fit([block], [people], model, TRIAL, late=None)
        tried.append((objective, -attempt, held[0], model))
    _, _, people, model = max(tried, key=lambda attempt: attempt[:2])
    rounds, close = (MORE_ROUNDS, CLOSER) if thorough else (ROUNDS, CLOSE)
    late = 0 if graded else None
    held, model, objective, converged = tendency.fit([block], [people], model, rounds, close=close, late=late)
    return Fitted(model, held[0], objective, converged)


def spread(block: Cells, base: Fitted) -> Floats:
    """Where everybody lies in the first directions of what habits leave unexplained, in standard errors: (n, d)."""
    _, _, agree, against, _ = tendency.answers(block.row, block.column, base.people, base.model)
    lean = (agree - against)[0]
    off, bent = block.value - lean, (agree + against)[0] - lean * lean
    start = np.concatenate([[0], np.cumsum(np.bincount(block.row, minlength=block.people))])
    left = sparse.csr_array(
        (off * base.people.weight[block.row], block.column, start), shape=(block.people, block.statements)
    )
    found = components([left], np.zeros(block.statements), block.people, DIRECTIONS)
    directions = found.loadings[(found.loadings != 0).any(axis=1)]
    if directions.size == 0:
        return np.zeros((block.people, 1))  # nothing is left unexplained
    loadings = directions[:, block.column]
    told = block.by_row(bent * loadings * loadings)
    where: Floats = block.by_row(off * loadings) / np.sqrt(told + 1e-3)
    return where.T


def begin(points: Floats, k: int, attempt: int, chance: np.random.Generator, taking_part: Flags) -> Labels:
    """A first division: the two sides of one direction, or k-means in a plane or in all directions that k may need."""
    if k == 2 and attempt < points.shape[1]:
        return (points[:, attempt] > 0).astype(np.int32)
    seen = points[:, :2] if attempt % 2 else points[:, : max(2, k - 1)]
    weight = taking_part.astype(np.float64)
    tried = []
    for number in range(TIGHTEST):
        centre, label = lloyd(seen, weight, seen[_apart(seen, k, taking_part, chance)], 25, 1e-3)
        tried.append((float((weight * ((seen - centre[label]) ** 2).sum(axis=1)).sum()), number, label))
    return min(tried, key=lambda start: start[:2])[2].astype(np.int32)


def _apart(points: Floats, k: int, taking_part: Flags, chance: np.random.Generator) -> list[int]:
    """So many points, drawn to lie apart (Arthur, Vassilvitskii 2007)."""
    some = np.flatnonzero(taking_part)
    chosen = [int(chance.choice(some))]
    nearest = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    for _ in range(1, k):
        mass = np.cumsum(np.where(taking_part, nearest, 0.0))
        pick = int(np.searchsorted(mass, chance.random() * mass[-1])) if mass[-1] > 0 else int(chance.choice(some))
        chosen.append(min(pick, points.shape[0] - 1))
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    return chosen


def start(block: Cells, label: Labels, k: int, base: Fitted) -> tuple[People, Model]:
    """People softly in the groups of `label`, and the opinions that follow from them by one step."""
    shares = np.full((block.people, k), 0.1 / k)
    shares[np.arange(block.people), label] += 0.9
    old = base.people
    _, _, agree, against, _ = tendency.answers(block.row, block.column, old, base.model)
    lean = (agree - against)[0]
    part = (shares * old.weight[:, None]).T[:, block.row]
    slope = block.by_column(part * (block.value - lean))
    curve = block.by_column(part * ((agree + against)[0] - lean * lean))
    opinion = np.clip(slope / (curve + 1.0 / BEGIN), -1.5, 1.5)
    opinion = tendency.without_habit(opinion - opinion.mean(axis=0), curve.sum(axis=0))
    members = (shares * old.weight[:, None]).sum(axis=0) + 1.0
    b = base.model
    model = Model(b.agreed, b.passed, opinion, members / members.sum(), b.lean, b.talk, BEGIN)
    return People(old.lean, old.talk, old.strength, shares, old.weight), model


def sampled(table: VoteTable, votes: int, seed: list[int]) -> NDArray[np.intp]:
    """So many participants, drawn at random, that they gave about `votes`; all, if there are fewer."""
    n = table.shape[0]
    if table.column.size <= votes:
        return np.arange(n)
    some = max(2, n * votes // table.column.size)
    return np.sort(np.random.default_rng(seed).choice(n, some, replace=False))


def no_group_of_one(label: Labels, shares: Floats) -> tuple[Labels, NDArray[np.intp]]:
    """Whoever would be alone goes where they fit next best, and empty groups vanish; also which columns are left."""
    kept = np.arange(shares.shape[1])
    while True:
        used, dense, sizes = np.unique(label, return_inverse=True, return_counts=True)
        shares, kept = shares[:, used], kept[used]
        if sizes.size < 2 or sizes.min() > 1:
            return dense.astype(np.int32), kept
        alone = int(sizes.argmin())
        shares, kept = np.delete(shares, alone, axis=1), np.delete(kept, alone)
        label = shares.argmax(axis=1).astype(np.int32)
