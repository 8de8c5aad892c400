"""Models that "latent" is measured against: statement and tendency alone, given groups, one and two dimensions.

logit of answer c (object, pass, agree) of person i on statement j = b_jc + a_ic + u_i · v_jc + W_{g(i),j,c}, all but b
with a normal prior of variance 1 (b: 100), maximised by L-BFGS. Bock (1972); the one-dimensional model with tendencies
is that of bridging scores. Written apart from the room, so that it cannot share the room's faults.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

RECEIVED = 0.01  # one over the prior variance of b
ROUNDS = 150


@dataclass(frozen=True, slots=True)
class Cells:
    """Votes: person, statement, answer 0 to 2 (v,); so many people and statements."""

    row: NDArray
    column: NDArray
    answer: NDArray
    n: int
    m: int

    def part(self, chosen: NDArray) -> "Cells":
        return Cells(self.row[chosen], self.column[chosen], self.answer[chosen], self.n, self.m)


class Yardstick:
    """A model fitted to `cells`: `dimensions` of opinion, or the groups of `label` (n,), -1 for none."""

    def __init__(self, cells: Cells, dimensions: int = 0, label: NDArray | None = None):
        self.label, self.groups = label, 0 if label is None else int(label.max()) + 1
        n, m, d, g = cells.n, cells.m, dimensions, self.groups
        self._shapes = [(m, 3), (n, 3), (n, d), (m, d, 3), (g, m, 3)]
        self._ends = np.cumsum([int(np.prod(shape)) for shape in self._shapes])
        votes = np.arange(cells.row.size)
        one = np.ones(votes.size)
        self._by_row = sparse.csr_array((one, (cells.row, votes)), shape=(n, votes.size))
        self._by_column = sparse.csr_array((one, (cells.column, votes)), shape=(m, votes.size))
        if g:
            inside = label[cells.row] >= 0
            cell = np.where(inside, label[cells.row], 0) * m + cells.column
            self._by_cell = sparse.csr_array((inside.astype(float), (cell, votes)), shape=(g * m, votes.size))
        start = np.zeros(self._ends[-1])
        start[self._ends[1] : self._ends[3]] = np.random.default_rng(0).normal(0, 0.3, self._ends[3] - self._ends[1])
        found = minimize(self._down, start, args=(cells,), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
        self.parts = self._split(found.x)

    def chances(self, row: NDArray, column: NDArray) -> NDArray:
        """Probabilities (v, 3) of objection, pass and agreement."""
        return self._chances(self.parts, row, column)

    def losses(self, cells: Cells) -> NDArray:
        """The log-loss of each vote."""
        said = self.chances(cells.row, cells.column)
        return -np.log(said[np.arange(cells.row.size), cells.answer])

    def _split(self, flat: NDArray) -> list[NDArray]:
        return [part.reshape(shape) for part, shape in zip(np.split(flat, self._ends[:-1]), self._shapes, strict=True)]

    def _chances(self, parts: list[NDArray], row: NDArray, column: NDArray) -> NDArray:
        received, tendency, person, statement, opinion = parts
        logit = received[column] + tendency[row]
        if person.shape[1]:
            logit = logit + np.einsum("vd,vdc->vc", person[row], statement[column])
        if self.groups:
            of = self.label[row]
            logit = logit + np.where((of >= 0)[:, None], opinion[np.maximum(of, 0), column], 0.0)
        made = np.exp(logit - logit.max(axis=1, keepdims=True))
        return made / made.sum(axis=1, keepdims=True)

    def _down(self, flat: NDArray, cells: Cells) -> tuple[float, NDArray]:
        parts = self._split(flat)
        received, _, person, statement, _ = parts
        said = self._chances(parts, cells.row, cells.column)
        votes = np.arange(cells.row.size)
        loss = -np.log(np.maximum(said[votes, cells.answer], 1e-300)).sum()
        off = said
        off[votes, cells.answer] -= 1.0
        slopes = [self._by_column @ off, self._by_row @ off]
        if person.shape[1]:
            slopes.append(self._by_row @ np.einsum("vc,vdc->vd", off, statement[cells.column]))
            crossed = (person[cells.row][:, :, None] * off[:, None, :]).reshape(votes.size, -1)
            slopes.append((self._by_column @ crossed).reshape(statement.shape))
        else:
            slopes += [np.zeros_like(person), np.zeros_like(statement)]
        slopes.append((self._by_cell @ off).reshape(parts[4].shape) if self.groups else np.zeros_like(parts[4]))
        widths = [RECEIVED, 1.0, 1.0, 1.0, 1.0]
        loss += sum(width * (part**2).sum() for width, part in zip(widths, parts, strict=True)) / 2.0
        made = [(slope + width * part).ravel() for slope, width, part in zip(slopes, widths, parts, strict=True)]
        return float(loss), np.concatenate(made)
