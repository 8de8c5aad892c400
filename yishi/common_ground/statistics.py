"""What each group holds dear, what all share and what divides: counts per group and the published tests on them.

Formulas of Small et al. (2021) with the constants of production: Laplace's pseudocounts (x + 1) / (n + 2); both tests
add 1 to each of their counts; one-tailed 90 % is z > 1.2816. In every array of this module the first axis is the group,
the second the statement.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .votes import VoteTable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

Z90 = 1.2816
LISTED = 5
META_PRIORITY = 49.0


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """How many of each group agreed, objected and said anything at all (passes too), each (g, m)."""

    agree: Ints
    object: Ints
    seen: Ints

    def columns(self, order: NDArray[np.integer]) -> "GroupCounts":
        """The same for statements in another order."""
        return GroupCounts(self.agree[:, order], self.object[:, order], self.seen[:, order])

    def groups(self, order: NDArray[np.integer]) -> "GroupCounts":
        """The same for groups in another order."""
        return GroupCounts(self.agree[order], self.object[order], self.seen[order])


@dataclass(frozen=True, slots=True)
class Tests:
    """Probabilities (pseudocounted), z-values of the one- and two-proportion tests, and their ratios to the others."""

    p_agree: Floats
    p_object: Floats
    z_agree: Floats
    z_object: Floats
    ratio_agree: Floats
    ratio_object: Floats
    z_ratio_agree: Floats
    z_ratio_object: Floats


@dataclass(frozen=True, slots=True)
class Representative:
    """A statement that marks a group: which way, how many said so of how many, and how sure that is."""

    statement: int  # column
    direction: str  # "agree" or "object"
    successes: int
    trials: int
    probability: float
    z: float
    ratio: float
    z_ratio: float
    is_best_agree: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """A statement on which most of all participants stand the same way."""

    statement: int  # column
    successes: int
    trials: int
    probability: float
    z: float


def group_counts(table: VoteTable, group: NDArray[np.int32], groups: int) -> GroupCounts:
    """Count by group; `group` (n,) numbers from 0, -1 for who is in none."""
    m = table.statements.size
    size = groups * m
    total = np.zeros(3 * size, dtype=np.int64)
    for low, high in table.row_parts():
        part = slice(table.start[low], table.start[high])
        of_vote = np.repeat(group[low:high], np.diff(table.start[low : high + 1]))
        cell = 3 * (of_vote * np.int32(m) + table.column[part]) + (table.value[part] + np.int8(1))
        if groups and group[low:high].min() < 0:
            cell = cell[of_vote >= 0]
        total += np.bincount(cell, minlength=3 * size) if groups else 0
    by_vote = total.reshape(groups, m, 3)
    return GroupCounts(by_vote[:, :, 2], by_vote[:, :, 0], by_vote.sum(axis=2))


def one_proportion(successes: Ints, trials: Ints) -> Floats:
    """z of "more than half", 2·√(n+1)·((x+1)/(n+1) - 1/2)."""
    z: Floats = 2.0 * np.sqrt(trials + 1.0) * ((successes + 1.0) / (trials + 1.0) - 0.5)
    return z


def two_proportions(successes: Ints, trials: Ints, other_successes: Ints, other_trials: Ints) -> Floats:
    """z of "more often than among the others"; 0 where everybody did."""
    a, b, s, t = successes + 1.0, other_successes + 1.0, trials + 1.0, other_trials + 1.0
    pooled = (a + b) / (s + t)
    spread = np.sqrt(pooled * (1.0 - pooled) * (1.0 / s + 1.0 / t), where=pooled < 1.0, out=np.ones_like(pooled))
    z: Floats = np.where(pooled < 1.0, (a / s - b / t) / spread, 0.0)
    return z


def proportion_tests(counts: GroupCounts) -> Tests:
    """All tests of every group against the other groups together."""
    agree, against, seen = counts.agree, counts.object, counts.seen
    others = GroupCounts(
        *(all_ - own for own, all_ in ((counted, counted.sum(axis=0)) for counted in (agree, against, seen)))
    )
    p_agree, p_object = (agree + 1.0) / (seen + 2.0), (against + 1.0) / (seen + 2.0)
    return Tests(
        p_agree,
        p_object,
        one_proportion(agree, seen),
        one_proportion(against, seen),
        p_agree / ((others.agree + 1.0) / (others.seen + 2.0)),
        p_object / ((others.object + 1.0) / (others.seen + 2.0)),
        two_proportions(agree, seen, others.agree, others.seen),
        two_proportions(against, seen, others.object, others.seen),
    )


def representative(counts: GroupCounts, found: Tests, moderated: Flags, order: Ints) -> list[list[Representative]]:
    """At most five statements for each group, those agreed with first; `order`: columns as statements are listed."""
    return [_representative(group, counts, found, moderated, order) for group in range(counts.agree.shape[0])]


def representative_by(
    counts: GroupCounts, others: GroupCounts | None, moderated: Flags, order: Ints
) -> list[list[Representative]]:
    """`representative`, chosen and tested on `others`' counts where there are such; how many said so is of `counts`."""
    judging = counts if others is None else others
    marks = representative(judging, proportion_tests(judging), moderated, order)
    if others is None:
        return marks
    told = []
    for group, lines in enumerate(marks):
        mine = []
        for line in lines:
            said = counts.agree if line.direction == "agree" else counts.object
            at = (group, line.statement)
            mine.append(replace(line, successes=int(said[at]), trials=int(counts.seen[at])))
        told.append(mine)
    return told


def _representative(
    group: int, counts: GroupCounts, found: Tests, moderated: Flags, order: Ints
) -> list[Representative]:
    columns = order[~moderated[order]]
    za, zo = found.z_agree[group], found.z_object[group]
    ra, ro = found.z_ratio_agree[group], found.z_ratio_object[group]
    for_agree = ra > ro
    sufficient = ((ra > Z90) & (za > Z90)) | ((ro > Z90) & (zo > Z90))
    metric = np.where(
        for_agree,
        found.ratio_agree[group] * ra * found.p_agree[group] * za,
        found.ratio_object[group] * ro * found.p_object[group] * zo,
    )

    def made(column: int, agrees: bool, best_agree: bool = False) -> Representative:
        x = counts.agree if agrees else counts.object
        p, z, r, zr = (
            (found.p_agree, found.z_agree, found.ratio_agree, found.z_ratio_agree)
            if agrees
            else (found.p_object, found.z_object, found.ratio_object, found.z_ratio_object)
        )
        at = (group, column)
        return Representative(
            column,
            "agree" if agrees else "object",
            int(x[at]),
            int(counts.seen[at]),
            float(p[at]),
            float(z[at]),
            float(r[at]),
            float(zr[at]),
            best_agree,
        )

    best_agree = _best_agree(group, columns, counts, found)
    chosen = columns[sufficient[columns]]
    chosen = chosen[np.argsort(-metric[chosen], kind="stable")][: LISTED + 1]
    if not sufficient[columns].any():
        if best_agree is not None:
            return [made(best_agree, True, True)]
        if columns.size == 0:
            return []
        best = int(columns[np.maximum(ra, ro)[columns].argmax()])
        return [made(best, bool(for_agree[best]))]
    picked = [made(c, bool(for_agree[c])) for c in chosen.tolist() if c != best_agree]
    if best_agree is not None:
        picked.insert(0, made(best_agree, True, True))
    picked = picked[:LISTED]
    return [entry for entry in picked if entry.direction == "agree"] + [
        entry for entry in picked if entry.direction == "object"
    ]


def _best_agree(group: int, columns: Ints, counts: GroupCounts, found: Tests) -> int | None:
    """The statement that the group agrees with most plainly, by the published walk in statement order."""
    pa, za = found.p_agree[group].tolist(), found.z_agree[group].tolist()
    r, zr = found.ratio_agree[group].tolist(), found.z_ratio_agree[group].tolist()
    said = (counts.agree[group] + counts.object[group] > 0).tolist()
    best: int | None = None
    for c in columns.tolist():
        if not said[c]:
            continue
        if best is None:
            if za[c] > Z90 or (r[c] > 1.0 and pa[c] > 0.5):
                best = c
        elif r[best] > 1.0:
            if r[c] * zr[c] * pa[c] * za[c] > r[best] * zr[best] * pa[best] * za[best]:
                best = c
        elif pa[c] * za[c] > pa[best] * za[best]:
            best = c
    return best


def consensus(
    agree: Ints, against: Ints, seen: Ints, moderated: Flags, order: Ints
) -> tuple[list[Shared], list[Shared]]:
    """What more than half of all participants agree with, and what they object to: at most five each, surest first."""
    columns = order[~moderated[order]]

    def listed(successes: Ints) -> list[Shared]:
        p, z = (successes + 1.0) / (seen + 2.0), one_proportion(successes, seen)
        held = columns[(p > 0.5)[columns] & (z > Z90)[columns]]
        held = held[np.argsort(-p[held] * z[held], kind="stable")][:LISTED]
        return [Shared(c, int(successes[c]), int(seen[c]), float(p[c]), float(z[c])) for c in held.tolist()]

    return listed(agree), listed(against)


def group_aware_consensus(counts: GroupCounts) -> tuple[Floats, Floats]:
    """Π over groups of (agree + 1) / (seen + 2), (m,), and the same of objections; ranks within one run count."""
    agree = np.multiply.reduce((counts.agree + 1.0) / (counts.seen + 2.0), axis=0)
    against = np.multiply.reduce((counts.object + 1.0) / (counts.seen + 2.0), axis=0)
    return agree, against


def priorities(counts: GroupCounts, extremity: Floats, meta: Flags) -> Floats:
    """How much the next answer on each statement would tell, (m,): new, agreed with, far out comes first.

    importance = (1 - (P+1)/(S+2)) · (1 + E) · (A+1)/(S+2); priority = (importance · (1 + 8·2^(-S/5)))², meta 49.
    """
    agree, against, seen = (
        counted.sum(axis=0).astype(np.float64) for counted in (counts.agree, counts.object, counts.seen)
    )
    passes = seen - agree - against
    importance = (1.0 - (passes + 1.0) / (seen + 2.0)) * (1.0 + extremity) * (agree + 1.0) / (seen + 2.0)
    fresh = 1.0 + 8.0 * np.exp2(-seen / 5.0)
    found: Floats = np.where(meta, META_PRIORITY, (importance * fresh) ** 2)
    return found


def dividing(counts: GroupCounts, moderated: Flags) -> Floats:
    """How far the groups stand apart on each statement, (m,): the widest gap between two groups' mean votes, 0 to 2.

    Means are drawn towards 0 by one agreement and one objection, so that a handful of votes divides nobody.
    """
    mean = (counts.agree - counts.object) / (counts.seen + 2.0)
    if mean.shape[0] == 0:
        return np.zeros(mean.shape[1])
    gap: Floats = np.where(moderated, 0.0, mean.max(axis=0) - mean.min(axis=0))
    return gap
