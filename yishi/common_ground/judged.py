"""Groups judged by what did not make them: hidden votes, or other people; and lists with their errors.

Counted on the votes that made them, groups stand apart on every statement: that is how they were made. Here each vote
is counted in the group in which its person was put *without* that vote (cross-fitting), or the votes of people who had
no part in the model are halved, and each half is counted by the group that the other half says.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.special import betainc, betaincinv

from . import tendency
from .choice import Hidden
from .latent import Fitted
from .statistics import GroupCounts
from .tendency import Floats, Model
from .votes import VoteTable

Ints = NDArray[np.int64]
Labels = NDArray[np.int32]
Flags = NDArray[np.bool_]

LEAST = 5  # votes that each group must have on a statement that is listed
SURE = 0.9  # that in every group more than half say so
MOST_OBJECT = 1 / 3  # share of objections, in no group more
LOW = 0.05  # one-sided: the stated share is reached with 95 % certainty
APART, ERRORS = 0.5, 2.0  # a dividing statement: gap of mean votes (of 2), and its standard errors
JUDGING = 400_000  # votes of other people, at most
STEPS = 4


@dataclass(frozen=True, slots=True)
class SharedLine:
    """A statement on which every group stands the same way.

    `share` of the group with the least, its standard `error`, and `low`: at least so many in every group, 95 % surely.
    `against` is the largest share of the opposite answer in any group; `votes` the fewest in any; `sure` the chance
    that more than half say so in every group.
    """

    statement: int  # column
    share: float
    error: float
    low: float
    against: float
    votes: int
    sure: float


@dataclass(frozen=True, slots=True)
class DividingLine:
    """A statement on which two groups stand apart: the `gap` of their mean votes (0 to 2) and its standard `error`."""

    statement: int  # column
    gap: float
    error: float
    agreeing: int  # place of the group
    objecting: int


def by_hidden_votes(hidden: Hidden, fits: list[Fitted], label: Labels) -> GroupCounts:
    """Every vote counted in the group of its person as seen without it; `label` (n,) names groups, -1 for none."""
    k, m = int(label.max()) + 1, hidden.table.shape[1]
    total = np.zeros((k, m, 3), dtype=np.int64)
    for entries, fitted in zip(hidden.entries, fits, strict=False):  # as many hidings as there are fits
        seen = _named(fitted.people.shares, label)
        _add(total, seen[hidden.row[entries]], hidden.table.column[entries], hidden.table.value[entries])
    return _counts(total)


def by_others(
    table: VoteTable, moderated: Flags, others: NDArray[np.intp], label: Labels, model: Model, graded: bool, seed: int
) -> GroupCounts:
    """The votes of `others` (rows), halved: each half counted by the group that the other half says."""
    chance = np.random.default_rng([seed, 8])
    sizes = table.per_participant[others]
    if sizes.sum() > JUDGING:
        others = np.sort(chance.choice(others, max(2, int(others.size * JUDGING / sizes.sum())), replace=False))
    some, theirs = table.rows(others), label[others]
    k = int(label.max()) + 1
    half = chance.integers(0, 2, some.column.size)
    row = np.repeat(np.arange(some.shape[0]), some.per_participant)
    total = np.zeros((k, some.shape[1], 3), dtype=np.int64)
    for side in (0, 1):
        block = tendency.cells(some, moderated, half == side)
        people = tendency.strangers(block, model.k)
        for _ in range(STEPS):
            people = tendency.people_step(block, people, model, graded)[0]
        seen = _named(people.shares, theirs)
        rest = (half != side) & ~moderated[some.column]
        _add(total, seen[row[rest]], some.column[rest], some.value[rest])
    return _counts(total)


def _named(shares: Floats, label: Labels) -> Labels:
    """The likeliest group of each person, numbered so that most have the number of `label`; -1 as there."""
    found = shares.argmax(axis=1)
    k = int(label.max()) + 1
    placed = label >= 0
    both = np.zeros((shares.shape[1], k))
    np.add.at(both, (found[placed], label[placed]), 1.0)
    name = both.argmax(axis=1)
    mine, theirs = linear_sum_assignment(-both)
    name[mine] = theirs
    return np.where(placed, name[found], -1).astype(np.int32)


def _add(total: Ints, group: Labels, column: NDArray[np.int32], value: NDArray[np.int8]) -> None:
    k, m, _ = total.shape
    inside = group >= 0
    cell = (group[inside].astype(np.int64) * m + column[inside]) * 3 + value[inside] + 1
    total += np.bincount(cell, minlength=k * m * 3).reshape(k, m, 3)


def _counts(total: Ints) -> GroupCounts:
    return GroupCounts(total[:, :, 2].copy(), total[:, :, 0].copy(), total.sum(axis=2))


def sure_in_every_group(counts: GroupCounts) -> tuple[Floats, Floats]:
    """The chance that in every group more than half agree, and that in every group more than half object, (m,) each.

    Beta posteriors from a flat prior, groups independent; 0 where a group has fewer than five votes on the statement,
    or no group is there.
    """
    k, m = counts.agree.shape
    if k == 0:
        return np.zeros(m), np.zeros(m)
    enough = counts.seen.min(axis=0) >= LEAST
    made = []
    for successes in (counts.agree, counts.object):
        below = betainc(successes + 1.0, counts.seen - successes + 1.0, 0.5)
        made.append(np.where(enough, np.multiply.reduce(1.0 - below, axis=0), 0.0))
    return made[0], made[1]


def shared_lines(
    counts: GroupCounts, moderated: Flags, *, agree: bool = True, shown: GroupCounts | None = None
) -> list[SharedLine]:
    """What every group agrees with (or objects to), best first: by the least share less the opposite answers.

    Listed are statements on which each group has at least five votes, on which it is nine in ten sure that more than
    half of every group say so, and the opposite in no group by more than a third. Where plain counts are `shown` beside
    the list, they must say the same: whoever recounts them by hand finds every line under its heading true.
    """
    if counts.agree.shape[0] == 0:
        return []
    said, opposite = (counts.agree, counts.object) if agree else (counts.object, counts.agree)
    sure = sure_in_every_group(counts)[0 if agree else 1]
    share, against = said / np.maximum(1, counts.seen), opposite / np.maximum(1, counts.seen)
    drawn = (said + 1.0) / (counts.seen + 2.0)
    error = np.sqrt(drawn * (1.0 - drawn) / (counts.seen + 3.0))
    low = betaincinv(said + 1.0, counts.seen - said + 1.0, LOW)
    fit = (sure >= SURE) & (against.max(axis=0) <= MOST_OBJECT) & ~moderated
    if shown is not None:
        plain, contrary = (shown.agree, shown.object) if agree else (shown.object, shown.agree)
        fit &= (2 * plain > shown.seen).all(axis=0) & (contrary <= MOST_OBJECT * shown.seen).all(axis=0)
        fit &= shown.seen.min(axis=0) >= LEAST
    listed = np.flatnonzero(fit)
    worth = (drawn - (opposite + 1.0) / (counts.seen + 2.0)).min(axis=0)
    least = share.argmin(axis=0)
    return [
        SharedLine(
            int(at),
            float(share[least[at], at]),
            float(error[least[at], at]),
            float(low[:, at].min()),
            float(against[:, at].max()),
            int(counts.seen[:, at].min()),
            float(sure[at]),
        )
        for at in listed[np.argsort(-worth[listed], kind="stable")]
    ]


def gaps(counts: GroupCounts, moderated: Flags) -> tuple[Floats, Floats, NDArray[np.intp], NDArray[np.intp]]:
    """The widest gap between two groups' mean votes, its standard error, and the groups at both ends: (m,) each.

    Only groups with at least five votes on the statement count; means are drawn towards 0 by two votes.
    """
    k, m = counts.agree.shape
    none = np.zeros(m, dtype=np.intp)
    if k < 2:
        return np.zeros(m), np.zeros(m), none, none
    mean = (counts.agree - counts.object) / (counts.seen + 2.0)
    said = (counts.agree + counts.object + 1.0) / (counts.seen + 2.0)
    spread = np.maximum(said - mean * mean, 0.0) / (counts.seen + 2.0)
    enough = counts.seen >= LEAST
    top = np.where(enough, mean, -np.inf).argmax(axis=0)
    bottom = np.where(enough, mean, np.inf).argmin(axis=0)
    at = np.arange(m)
    told = (enough.sum(axis=0) >= 2) & ~moderated
    gap = np.where(told, mean[top, at] - mean[bottom, at], 0.0)
    error = np.where(told, np.sqrt(spread[top, at] + spread[bottom, at]), 0.0)
    return gap, error, top, bottom


def dividing_lines(counts: GroupCounts, moderated: Flags, *, shown: GroupCounts | None = None) -> list[DividingLine]:
    """The statements on which groups stand apart by half a vote or more and by two errors, widest first; in the plain
    counts that are `shown` beside them the same two groups stand apart the same way by as much."""
    gap, error, top, bottom = gaps(counts, moderated)
    fit = (gap > APART) & (gap > ERRORS * error) & (gap > 0.0)
    if shown is not None:
        mean = (shown.agree - shown.object) / np.maximum(1, shown.seen)
        at = np.arange(gap.size)
        fit &= mean[top, at] - mean[bottom, at] > APART if shown.agree.shape[0] else False
    listed = np.flatnonzero(fit)
    order = listed[np.argsort(-gap[listed], kind="stable")]
    return [DividingLine(int(j), float(gap[j]), float(error[j]), int(top[j]), int(bottom[j])) for j in order]
