"""Opinion groups as a mixture: in each group every statement has its own chances of agreement, pass and objection.

A latent-class model (Lazarsfeld, Henry 1968) fitted by expectation and maximisation (Dempster, Laird, Rubin 1977),
started from the components. How many groups there are is what best foretells votes that were hidden; where one group
foretells them as well as several, there are none to tell apart, and the result says so.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .blocks import HERE, Rows, blocks
from .components import components
from .groups import lloyd
from .progress import Progress, silent
from .votes import VoteTable

Floats = NDArray[np.float64]
Labels = NDArray[np.int32]
Flags = NDArray[np.bool_]

MOST = 7  # groups tried
HIDDEN = 0.1  # of the votes, when the number of groups is chosen
PSEUDO = 0.5  # votes of each kind added to every statement
SHARED = 8.0  # votes added to every group and statement, divided as everybody's are (decision 0019)
ROUNDS, MOVE = 40, 1e-4  # of EM; it stops when no participant's shares move by more on average
TRIAL = 6  # rounds after which the likeliest of several starts goes on alone
SAMPLE = 250_000  # votes on which the number of groups is chosen
FEW, FOLDS = 60_000, 5  # of fewer votes five tenths are hidden in turn
STARTS, COMPONENTS = 6, 6


@dataclass(frozen=True, slots=True)
class Mixture:
    """`share` (k,) of each group, `chance` (k, m, 3) of objection, pass and agreement."""

    share: Floats
    chance: Floats

    @property
    def k(self) -> int:
        return self.share.size


@dataclass(frozen=True, slots=True)
class Choice:
    """Mean log-loss of hidden votes for 1, 2, … groups, the standard error of each step, and the number taken."""

    loss: Floats
    error: Floats
    k: int


def one_hot(table: VoteTable, moderated: Flags, kept: Flags | None = None) -> sparse.csr_array:
    """(n, 3m): 1 at 3·statement + vote + 1, for statements that are not moderated (and entries that are `kept`)."""
    inside = ~moderated[table.column]
    if kept is not None:
        inside &= kept
    row = np.repeat(np.arange(table.shape[0], dtype=np.int32), table.per_participant)
    start = np.concatenate([[0], np.cumsum(np.bincount(row[inside], minlength=table.shape[0]))])
    place = 3 * table.column[inside] + (table.value[inside] + np.int8(1))
    data = np.ones(place.size, dtype=np.float32)
    return sparse.csr_array((data, place, start.astype(np.int32)), shape=(table.shape[0], 3 * table.shape[1]))


def fit(votes: sparse.csr_array, shares: Floats, rounds: int = ROUNDS) -> tuple[Mixture, Floats]:
    """EM from the `shares` (n, k) of each participant in each group; the mixture and the shares at its end."""
    mixture, held = fit_blocks([votes], [shares], shares.shape[0], rounds)
    return mixture, held[0]


def fit_blocks(
    votes: list[Any], shares: list[Any], people: int, rounds: int = ROUNDS, rows: Rows = HERE
) -> tuple[Mixture, list[Any]]:
    """`fit` of votes and shares in blocks held by `rows`: only sums travel."""
    counts, weight, _ = rows.total(_weighed, votes, shares, shares)
    for _ in range(rounds):
        mixture = _maximise(counts, weight)
        fresh = rows.hold(posterior, votes, common=(mixture,))
        counts, weight, moved = rows.total(_weighed, votes, fresh, shares)
        shares = fresh
        if moved / people < MOVE:
            break
    return _maximise(counts, weight), shares


class _Sums(tuple[Floats, Floats, float]):
    """Sums that are added each to each."""

    def __add__(self, other: Any) -> "_Sums":
        return _Sums((self[0] + other[0], self[1] + other[1], self[2] + other[2]))


def _weighed(votes: sparse.csr_array, shares: Floats, before: Floats) -> _Sums:
    """Votes of each kind by group (3m, k), the people in each group (k,), and how far their shares have moved."""
    counts = (votes.T @ shares.astype(np.float32)).astype(np.float64)
    return _Sums((counts, shares.sum(axis=0), float(np.abs(shares - before).sum())))


def _maximise(counts: Floats, weight: Floats) -> Mixture:
    k = weight.size
    counts = counts.T.reshape(k, -1, 3)
    everybody = counts.sum(axis=0) + PSEUDO
    counts = counts + SHARED * everybody / everybody.sum(axis=1, keepdims=True)
    share = (weight + 1.0) / (weight + 1.0).sum()
    return Mixture(share, counts / counts.sum(axis=2, keepdims=True))


def posterior(votes: sparse.csr_array, mixture: Mixture) -> Floats:
    """How likely each participant belongs to each group, (n, k)."""
    words = np.log(mixture.chance).reshape(mixture.k, -1).T.astype(np.float32)
    likely = (votes @ np.ascontiguousarray(words)).astype(np.float64) + np.log(mixture.share)
    likely -= likely.max(axis=1, keepdims=True)
    np.exp(likely, out=likely)
    likely /= likely.sum(axis=1, keepdims=True)
    shares: Floats = likely
    return shares


def begin(points: Floats, k: int, chance: np.random.Generator) -> Floats:
    """Shares (n, k) of a k-means of the projected participants, softened so that EM may move them."""
    n = points.shape[0]
    if k == 1:
        return np.ones((n, 1))
    weights = np.ones(n)
    chosen = [int(chance.integers(n))]
    nearest = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    for _ in range(1, k):
        mass = np.cumsum(nearest)
        chosen.append(min(int(np.searchsorted(mass, chance.random() * mass[-1])), n - 1))
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    _, label = lloyd(points, weights, points[chosen], 25, 1e-3)
    shares = np.full((n, k), 0.1 / k)
    shares[np.arange(n), label] += 0.9
    return shares


def held_out(
    table: VoteTable, moderated: Flags, most: int, seed: int, progress: Progress = silent
) -> tuple[Choice, list[Mixture]]:
    """Hide a tenth of the votes and foretell them with 1, 2, … groups; of few votes several tenths in turn.

    Ends where two more groups in a row foretell worse. The mixtures are those of the first tenth's other votes.
    """
    chance = np.random.default_rng([seed, 1])
    part = chance.integers(0, round(1 / HIDDEN), table.column.size)
    folds = 1 if table.column.size > FEW else FOLDS
    cases = [_Case(table, moderated, part != fold) for fold in range(folds)]
    losses: list[Floats] = []
    mixtures: list[Mixture] = []
    for k in range(1, most + 1):
        progress((k - 1) / (most + 1), "groups")
        found = [case.foretold(k, seed) for case in cases]
        losses.append(np.concatenate([loss for loss, _ in found]))
        mixtures.append(found[0][1])
        means = [one.mean() for one in losses]
        if k > 3 and means[-1] > means[-2] > means[-3]:
            break
    return _choose(losses), mixtures


class _Case:
    """Votes that are shown and votes that are hidden."""

    def __init__(self, table: VoteTable, moderated: Flags, shown: Flags):
        self.votes = one_hot(table, moderated, shown)
        self.hidden = one_hot(table, moderated, ~shown)
        self.row = np.repeat(np.arange(table.shape[0]), np.diff(self.hidden.indptr))
        self.points = spread(self.votes, table.shape[1], COMPONENTS)

    def foretold(self, k: int, seed: int) -> tuple[Floats, Mixture]:
        """The log-loss of each hidden vote under the likeliest of several mixtures of `k` groups; that mixture."""
        mixture, shares = likeliest(self.votes, self.points, k, [seed, k], STARTS)
        flat = mixture.chance.reshape(k, -1)
        said = np.einsum("ij,ij->i", shares[self.row], flat[:, self.hidden.indices].T)
        return -np.log(said), mixture


def likeliest(votes: sparse.csr_array, points: Floats, k: int, seed: list[int], starts: int) -> tuple[Mixture, Floats]:
    """Of several short fits from different starts the likeliest, gone on with to its end."""
    tried = []
    for attempt in range(1 if k == 1 else starts):
        seen = points[:, : max(2, k - 1) if attempt % 2 else 2]  # a plane, or all that k groups may need
        start = begin(seen, k, np.random.default_rng([*seed, attempt]))
        mixture, shares = fit(votes, start, TRIAL)
        tried.append((_likelihood(votes, mixture), -attempt, shares))
    return fit(votes, max(tried, key=lambda one: one[:2])[2])


def spread(votes: sparse.csr_array, m: int, count: int) -> Floats:
    """Participants in the first components of their votes, each voter's scale made alike: (n, count)."""
    sums = np.asarray(votes.sum(axis=0)).reshape(m, 3)
    mean = (sums[:, 2] - sums[:, 0]) / np.maximum(1.0, sums.sum(axis=1))
    data = (votes.indices % 3 - 1) - mean[votes.indices // 3]
    centred = sparse.csr_array((data, votes.indices // 3, votes.indptr), shape=(votes.shape[0], m))
    found = components([centred], mean, votes.shape[0], count)
    sizes = np.diff(votes.indptr)
    where: Floats = (centred @ found.loadings.T) * np.sqrt(m / np.maximum(1, sizes))[:, None]
    return where


def _likelihood(votes: sparse.csr_array, mixture: Mixture) -> float:
    words = np.log(mixture.chance).reshape(mixture.k, -1).T
    likely = votes @ np.ascontiguousarray(words) + np.log(mixture.share)
    top = likely.max(axis=1)
    return float((top + np.log(np.exp(likely - top[:, None]).sum(axis=1))).sum())


def _choose(losses: list[Floats]) -> Choice:
    """The smallest number of groups that no larger one betters by two standard errors and two in a thousand."""
    loss = np.array([one.mean() for one in losses])
    error = np.zeros(loss.size)
    k = 1
    for more in range(2, loss.size + 1):
        gain = losses[k - 1] - losses[more - 1]
        error[more - 1] = gain.std() / np.sqrt(gain.size)
        if gain.mean() > max(2.0 * error[more - 1], 0.002 * loss[k - 1]):
            k = more
    return Choice(loss, error, k)


def sampled(table: VoteTable, votes: int, seed: list[int]) -> NDArray[np.intp]:
    """So many participants, drawn at random, that they gave about `votes`; all, if there are fewer."""
    n = table.shape[0]
    if table.column.size <= votes:
        return np.arange(n)
    some = max(2, n * votes // table.column.size)
    return np.sort(np.random.default_rng(seed).choice(n, some, replace=False))


def groups(
    table: VoteTable, moderated: Flags, seed: int = 0, progress: Progress = silent, rows: Rows = HERE
) -> tuple[Labels, Floats, tuple[float, ...]]:
    """The group of each participant (n,), how sure that is (n,), and the log-loss of hidden votes for 1, 2, … groups.

    Chosen on a sample where there are many participants; the mixture is then fitted to all of them.
    """
    n = table.shape[0]
    sample = table.rows(sampled(table, SAMPLE, [seed, 0])) if table.column.size > SAMPLE else table
    choice, mixtures = held_out(sample, moderated, min(MOST, n // 2), seed, progress)
    votes = rows.hold(one_hot, blocks(table), common=(moderated,))
    begun = rows.hold(posterior, votes, common=(mixtures[choice.k - 1],))
    _, held = fit_blocks(votes, begun, n, rows=rows)
    shares = np.concatenate(rows.fetch(held))
    label = shares.argmax(axis=1).astype(np.int32)
    return _no_group_of_one(label, shares), shares.max(axis=1), tuple(choice.loss.tolist())


def _no_group_of_one(label: Labels, shares: Floats) -> Labels:
    """Whoever would be alone goes where they fit next best; empty groups vanish."""
    while True:
        used, dense, sizes = np.unique(label, return_inverse=True, return_counts=True)
        shares = shares[:, used]
        if sizes.size < 2 or sizes.min() > 1:
            return dense.astype(np.int32)
        shares = np.delete(shares, int(sizes.argmin()), axis=1)
        label = shares.argmax(axis=1).astype(np.int32)
