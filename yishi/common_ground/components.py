"""The two directions in which opinions differ most, and where everybody lies in them.

A missing vote counts as the mean of its statement, so that the centred table is as sparse as the votes are: no table of
participants × statements is ever made. Small, Bjorkegren, Erkkilä, Shaw, Megill, "Polis: Scaling Deliberation by
Mapping High Dimensional Opinion Spaces" (2021); the components themselves by Lanczos' method (ARPACK).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, eigsh

from .blocks import HERE, Rows
from .votes import VoteTable

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SMALL = 64  # statements up to which the whole covariance is taken apart
TOLERANCE = 1e-10  # of the eigenvalues, relative
START = 20260101  # of the generator of the first vector; any other gives the same components


@dataclass(frozen=True, slots=True)
class Components:
    """`mean` (m,) vote per statement, moderated 0; `loadings` (k, m) of length 1; `share` (k,) of the variance."""

    mean: Floats
    loadings: Floats
    share: Floats


def statement_means(counts: NDArray[np.int64], moderated: Flags) -> Floats:
    """Mean vote of those who voted, (m,), from `counts` (3, m) of objections, passes and agreements."""
    return np.where(moderated, 0.0, (counts[2] - counts[0]) / np.maximum(1, counts.sum(axis=0)))


def centred(table: VoteTable, mean: Floats, moderated: Flags) -> sparse.csr_array:
    """(n, m) of vote minus mean where a vote is, 0 in the columns of moderated statements."""
    data = table.value - mean[table.column]
    if moderated.any():
        data[moderated[table.column]] = 0.0
    return table.matrix(data)


def components(parts: list[Any], mean: Floats, people: int, count: int = 2, rows: Rows = HERE) -> Components:
    """The first `count` principal components of the centred matrix of so many `people`, in `parts` held by `rows`.

    Fewer directions than that are filled with 0. The sign of each is the one in which its largest loading is positive.
    """
    m = mean.size
    total = float(rows.total(_sum_of_squares, parts))
    wanted = min(count, m, people)
    if total == 0.0 or wanted == 0:
        return Components(mean, np.zeros((count, m)), np.zeros(count))
    if m <= SMALL:
        squared = rows.total(_squared, parts)
    else:
        squared = LinearOperator(
            (m, m), matvec=lambda w: rows.total(_squared_times, parts, common=(w,)), dtype=np.float64
        )
    return principal(squared, mean, total, wanted, count)


def _sum_of_squares(part: sparse.csr_array) -> float:
    return float(np.add.reduce(part.data * part.data))


def _squared(part: sparse.csr_array) -> Floats:
    found: Floats = (part.T @ part).toarray()
    return found


def _squared_times(part: sparse.csr_array, w: Floats) -> Floats:
    found: Floats = part.T @ (part @ w)
    return found


def principal(
    squared: Floats | LinearOperator,
    mean: Floats,
    total: float,
    wanted: int,
    count: int,
    start: Floats | None = None,
) -> Components:
    """The first `wanted` of `count` components of XᵀX, given whole (m, m) or as what it makes of a vector.

    `total` is the sum of its diagonal; `start` (m,) a vector to begin the search with.
    """
    m = mean.size
    if m <= SMALL and isinstance(squared, np.ndarray):
        values, vectors = np.linalg.eigh(squared)
    else:
        first = np.random.default_rng(START).standard_normal(m) if start is None else start
        values, vectors = eigsh(squared, k=wanted, v0=first, tol=TOLERANCE, ncv=min(m, max(20, 4 * wanted)))
    loadings, share = np.zeros((count, m)), np.zeros(count)
    order = np.argsort(values)[::-1][:wanted]
    for place, which in enumerate(order):
        if values[which] <= total * 1e-12:
            continue  # no direction is left: all votes lie in fewer
        vector = vectors[:, which]
        loadings[place] = vector * np.sign(vector[np.abs(vector).argmax()])
        share[place] = values[which] / total
    return Components(mean, loadings, share)


def project(matrix: sparse.csr_array, found: Components, seen: NDArray[np.int64]) -> Floats:
    """Where each participant lies, (n, k), scaled up for who saw few statements: `seen` (n,) columns each.

    p_i = sqrt(m / seen_i) · Σ_j (v_ij - mean_j) w_j.
    """
    m = matrix.shape[1]
    where: Floats = (matrix @ found.loadings.T) * np.sqrt(m / np.maximum(1, seen))[:, None]
    return where


def project_statements(found: Components) -> Floats:
    """Where somebody who agrees with one statement and says nothing else lies, (m, k)."""
    where: Floats = np.sqrt(found.mean.size) * (1.0 - found.mean)[:, None] * found.loadings.T
    return where
