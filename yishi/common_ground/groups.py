"""Opinion groups by the published way: at most a hundred base clusters in the plane, then two to five groups of them.

Small et al. (2021). Where production leaves the outcome to the order of rows or to a single start, several starts are
tried and the tightest is taken; a group of one person is never made.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]
Places = NDArray[np.intp]

BASE, BASE_ROUNDS, BASE_MOVE = 100, 100, 0.01
MOST_GROUPS, GROUP_ROUNDS, STARTS = 5, 100, 10
EXACT = 4096  # participants beyond this are put on a grid before base clusters are sought
GRID = 64  # cells along each axis
DISTINCT = 2048  # points that are grouped without base clusters
PUBLISHED_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class BaseClusters:
    """`centre` (b, d), `weight` (b,) participants each, `label` (n,) the cluster of each participant."""

    centre: Floats
    weight: Floats
    label: Labels


def clustered(votes: Ints, statements: int, at_least: int = 7, people: int = 15) -> NDArray[np.bool_]:
    """Who is put in a group, (n,): whoever voted on seven statements (all, if there are fewer); of a small room the
    most active fifteen, and whoever is as active as the fifteenth (production takes those who came first)."""
    inside = votes >= min(at_least, statements)
    wanted = min(people, votes.size)
    if int(inside.sum()) < wanted:
        inside |= votes >= np.sort(votes)[::-1][wanted - 1]
    return inside


def division(
    points: Floats, seed: int = 0, *, k: int | None = None, as_published: bool = False
) -> tuple[Labels, Floats]:
    """The group of each of `points` (n, d), and the mean silhouette of each number of groups from 2 on.

    Of up to 2,048 distinct points these are grouped themselves, each as heavy as the people on it; of more, so many
    people stand for all, the number of groups is chosen among them, and their groups are gone on with among all.
    `as_published` makes base clusters and begins at the first points, as production does.
    """
    if as_published:
        base = base_clusters(points, first=True)
        label, scores = _as_published(base, k)
        return label[base.label], scores
    spots, weights, spot_of = _spots(points)
    distinct, place = _differing(spots)
    if distinct.shape[0] <= DISTINCT:
        mass = np.bincount(place, weights=weights).astype(np.float64)
        label, scores = groups_of(BaseClusters(distinct, mass, place.astype(np.int32)), seed, k=k)
        return label[place[spot_of]], scores
    order = _outwards(points)
    some = points[order[np.linspace(0, order.size - 1, DISTINCT).astype(np.int64)]]
    label, scores = groups_of(BaseClusters(some, np.ones(DISTINCT), np.arange(DISTINCT, dtype=np.int32)), seed, k=k)
    begun = np.stack([some[label == group].mean(axis=0) for group in np.unique(label)])
    _, found = lloyd(spots, weights, begun, GROUP_ROUNDS, 1e-9)
    return found[spot_of].astype(np.int32), scores


def _outwards(points: Floats) -> Places:
    """The order of points from the middle outwards; their mirror images come in the same order."""
    return np.lexsort([*points.T, *np.abs(points.T)])


def _differing(spots: Floats) -> tuple[Floats, Places]:
    """The places that differ, from the middle outwards, and which of them each spot is."""
    order = _outwards(spots)
    fresh = np.concatenate([[True], (spots[order[1:]] != spots[order[:-1]]).any(axis=1)])
    place = np.empty(order.size, dtype=np.intp)
    place[order] = np.cumsum(fresh) - 1
    return spots[order[fresh]], place


def _as_published(base: BaseClusters, k: int | None) -> tuple[Labels, Floats]:
    """Groups begun at the first base clusters, at most twenty rounds, the number by the silhouette alone."""
    b = base.centre.shape[0]
    best: Labels = np.zeros(b, dtype=np.int32)
    scores: list[float] = []
    away = cdist(base.centre, base.centre)
    for number in range(2, min(MOST_GROUPS, 2 + b // 12, b) + 1):
        _, label = lloyd(base.centre, base.weight, base.centre[:number].copy(), PUBLISHED_ROUNDS, 0.0)
        score = silhouette(away, label)
        if number == k or (k is None and score >= max(scores, default=-1.0)):
            best = label.astype(np.int32)
        scores.append(score)
    return np.unique(best, return_inverse=True)[1].astype(np.int32), np.array(scores)


def base_clusters(points: Floats, *, first: bool = False) -> BaseClusters:
    """Up to a hundred clusters of `points` (n, d).

    They begin at a hundred places that differ, spread evenly from the middle outwards. (Production begins at the first
    hundred participants, as with `first`; so begun, the groups of published consultations are met less
    well: decision 0020.)
    """
    spots, weights, spot_of = _spots(points)
    differing, _ = _differing(spots)
    if first:
        _, at = np.unique(spots, axis=0, return_index=True)
        differing = spots[np.sort(at)[:BASE]]
    elif differing.shape[0] > BASE:
        differing = differing[np.linspace(0, differing.shape[0] - 1, BASE).astype(np.int64)]
    centre, label = lloyd(spots, weights, differing, BASE_ROUNDS, BASE_MOVE)
    used, label = np.unique(label, return_inverse=True)
    mass = np.bincount(label, weights=weights).astype(np.float64)
    return BaseClusters(centre[used], mass, label[spot_of].astype(np.int32))


def _spots(points: Floats) -> tuple[Floats, Floats, Places]:
    """Points as they are, or of many the mean of each cell of a grid: (spots, weights, spot of each point)."""
    n = points.shape[0]
    if n <= EXACT:
        return points, np.ones(n), np.arange(n)
    low, high = points.min(axis=0), points.max(axis=0)
    step = np.where(high > low, (high - low) / GRID, 1.0)
    cell = np.minimum(((points - low) / step).astype(np.int32), GRID - 1) @ (GRID ** np.arange(points.shape[1]))
    everyone = np.bincount(cell, minlength=GRID ** points.shape[1])
    used = np.flatnonzero(everyone)
    weights = everyone[used].astype(np.float64)
    rank = np.zeros(everyone.size, dtype=np.intp)
    rank[used] = np.arange(used.size)
    spot_of = rank[cell]
    spots = np.stack([np.bincount(spot_of, weights=axis) for axis in points.T], axis=1) / weights[:, None]
    return spots, weights, spot_of


def lloyd(points: Floats, weights: Floats, centre: Floats, rounds: int, move: float) -> tuple[Floats, Places]:
    """Weighted k-means from `centre`, until no centre moves by `move`; a centre that nobody is nearest to stays."""
    k = centre.shape[0]
    label = _nearest(points, centre)
    for _ in range(rounds):
        mass = np.bincount(label, weights=weights, minlength=k)
        sums = np.stack([np.bincount(label, weights=weights * axis, minlength=k) for axis in points.T], axis=1)
        fresh = np.where(mass[:, None] > 0, sums / np.maximum(mass, 1e-300)[:, None], centre)
        moved = float(np.sqrt(((fresh - centre) ** 2).sum(axis=1)).max())
        centre = fresh
        label = _nearest(points, centre)
        if moved < move:
            break
    return centre, label


def _nearest(points: Floats, centre: Floats) -> Places:
    """The nearest centre of each point. Not by a matrix product: that of so few columns only wakes other threads."""
    nearest: Places = cdist(points, centre, "sqeuclidean").argmin(axis=1)
    return nearest


def groups_of(base: BaseClusters, seed: int = 0, *, k: int | None = None) -> tuple[Labels, Floats]:
    """The group of each base cluster, (b,), and the mean silhouette of each number of groups from 2 on.

    One group where fewer than two can be told apart.
    """
    b = base.centre.shape[0]
    most = min(MOST_GROUPS, 2 + b // 12, b)
    best: Labels = np.zeros(b, dtype=np.int32)
    scores: list[float] = []
    away = cdist(base.centre, base.centre)
    for number in range(2, most + 1):
        label = _tightest(base, number, np.random.default_rng([seed, number]))
        alone = np.bincount(label, weights=base.weight, minlength=number).min() < 2
        score = -1.0 if alone else silhouette(away, label)
        if (number == k) if k else (not alone and score >= max(scores, default=-1.0)):
            best = label.astype(np.int32)
        scores.append(score)
    return best, np.array(scores)


def _tightest(base: BaseClusters, k: int, chance: np.random.Generator) -> Places:
    """Of several k-means the one with the least weighted spread; starts are spread out (Arthur, Vassilvitskii 2007).

    All starts are moved together: arrays (starts, base clusters, groups).
    """
    centre = np.stack([_spread(base, k, chance) for _ in range(STARTS)])
    names = np.arange(k)
    for _ in range(GROUP_ROUNDS):
        away = np.zeros((STARTS, base.weight.size, k))
        for axis in range(base.centre.shape[1]):
            away += (base.centre[None, :, axis, None] - centre[:, None, :, axis]) ** 2
        label = away.argmin(axis=2)
        shares = np.where(label[:, :, None] == names, base.weight[None, :, None], 0.0)
        mass = shares.sum(axis=1)[:, :, None]
        fresh = np.where(mass > 0, np.einsum("sbk,bd->skd", shares, base.centre) / np.maximum(mass, 1e-300), centre)
        still = np.abs(fresh - centre).max() < 1e-9
        centre = fresh
        if still:
            break
    spread = (base.weight * away.min(axis=2)).sum(axis=1)
    tightest: Places = label[int((spread > spread.min() * (1 + 1e-12)).argmin())]
    return tightest


def _spread(base: BaseClusters, k: int, chance: np.random.Generator) -> Floats:
    chosen = [int(np.searchsorted(np.cumsum(base.weight), chance.random() * base.weight.sum()))]
    nearest = ((base.centre - base.centre[chosen[0]]) ** 2).sum(axis=1)
    for _ in range(1, k):
        mass = np.cumsum(base.weight * nearest)
        pick = int(np.searchsorted(mass, chance.random() * mass[-1])) if mass[-1] > 0 else int(nearest.argmax())
        chosen.append(min(pick, base.weight.size - 1))
        nearest = np.minimum(nearest, ((base.centre - base.centre[chosen[-1]]) ** 2).sum(axis=1))
    return base.centre[chosen]


def silhouette(away: Floats, label: NDArray[np.integer]) -> float:
    """Mean of (b - a) / max(a, b) over all points, each counted once; alone in its group: 0 (Rousseeuw 1987)."""
    groups, own, sizes = np.unique(label, return_inverse=True, return_counts=True)
    sums = np.stack([away[:, label == g].sum(axis=1) for g in groups], axis=1)
    rows = np.arange(label.size)
    inside = sums[rows, own] / np.maximum(1, sizes[own] - 1)
    means = sums / sizes[None, :]
    means[rows, own] = np.inf
    outside = means.min(axis=1)
    widest = np.maximum(inside, outside)
    told_apart = (sizes[own] > 1) & (widest > 0)
    return float(np.where(told_apart, (outside - inside) / np.where(widest > 0, widest, 1.0), 0.0).mean())
