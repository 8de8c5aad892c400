"""The model behind "latent": statements, personal tendencies, and groups that differ in opinion only.

For person i of group g on statement j, with x = β_j + l_i + s_i·w_gj and y = γ_j + t_i, the three answers have
probabilities proportional to exp(x) (agree), exp(-x) (object) and exp(y) (pass). So

* β_j, γ_j say how a statement is received by everybody: agreed with rather than objected to, passed over;
* l_i, t_i are a person's habits: to agree readily, to pass often. Two numbers and three answers: this is the general
  intercept for each answer and person;
* w_gj is the opinion of a group. It moves answers between agreement and objection and, over the statements, adds up to
  nothing: a group that only agrees more, or passes more, is no group but a habit;
* s_i ≥ 0 is how strongly a person holds the group's opinion, 1 on average. Without it people half-way between two
  camps would make groups of their own.

All are maximised with normal priors (of which the widths of l, t and w are estimated from the votes), the groups by
expectation and maximisation. Everything is summed over votes, never over participants × statements.

References: Lazarsfeld, Henry, "Latent structure analysis" (1968); Bock, "Estimating item parameters and latent ability
when responses are scored in two or more nominal categories" (1972); Dempster, Laird, Rubin (1977).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .blocks import HERE, Rows
from .votes import VoteTable

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

STATEMENT = 9.0  # prior variance of β and γ
STRENGTH = 0.2  # prior variance of s about 1
LEAN, TALK, OPINION = (0.02, 4.0), (0.02, 6.0), (0.02, 1.0)  # limits of the estimated variances of l, t and w
STEEP = 6.0  # a tendency, and what a statement is received with, at most
LONGEST = 1.0  # step of Newton's method
STRONGEST = 4.0


@dataclass(frozen=True, slots=True)
class Cells:
    """Votes of a block of people: `row`, `column`, `value`, `passed` (v,); `by_row` (n, v) and `by_column` (m, v) add
    votes up by person and by statement."""

    row: NDArray[np.int32]
    column: NDArray[np.int32]
    value: Floats
    passed: Floats
    by_row: sparse.csr_array
    by_column: sparse.csr_array

    @property
    def people(self) -> int:
        return int(self.by_row.shape[0])

    @property
    def statements(self) -> int:
        return int(self.by_column.shape[0])


@dataclass(frozen=True, slots=True)
class People:
    """What is known of a block of people: `lean`, `talk`, `strength` (n,), `shares` (n, k) in each group, and `weight`
    (n,), 0 for who takes no part in making the model."""

    lean: Floats
    talk: Floats
    strength: Floats
    shares: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """`agreed`, `passed` (m,) are β and γ; `opinion` (k, m) is w, `share` (k,) of each group; then the variances."""

    agreed: Floats
    passed: Floats
    opinion: Floats
    share: Floats
    lean: float = 0.5
    talk: float = 1.5
    width: float = 0.5  # of w

    @property
    def k(self) -> int:
        return int(self.share.size)


class Sums(tuple[Any, ...]):
    """Sums that are added each to each."""

    def __add__(self, other: Any) -> "Sums":
        return Sums(one + two for one, two in zip(self, other, strict=True))


def cells(table: VoteTable, moderated: Flags, kept: Flags | None = None, *, by_statement: bool = True) -> Cells:
    """The votes on statements that are not moderated (and entries that are `kept`), ready to be added up.

    Where people alone are placed, nothing is added up `by_statement`.
    """
    n, m = table.shape
    inside = ~moderated[table.column]
    if kept is not None:
        inside &= kept
    row = np.repeat(np.arange(n, dtype=np.int32), table.per_participant)[inside]
    column = table.column[inside].astype(np.int32)
    value = table.value[inside].astype(np.float64)
    votes = np.arange(row.size, dtype=np.int32)
    start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n))]).astype(np.int32)
    by_row = sparse.csr_array((np.ones(row.size), votes, start), shape=(n, row.size))
    if not by_statement:
        return Cells(row, column, value, (value == 0).astype(np.float64), by_row, sparse.csr_array((m, row.size)))
    order = np.argsort(column, kind="stable").astype(np.int32)
    start = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=m))]).astype(np.int32)
    by_column = sparse.csr_array((np.ones(row.size), order, start), shape=(m, row.size))
    return Cells(row, column, value, (value == 0).astype(np.float64), by_row, by_column)


def strangers(block: Cells, k: int = 1, weight: Floats | None = None) -> People:
    """People of whom nothing is known yet."""
    n = block.people
    even = np.full((n, k), 1.0 / k)
    return People(np.zeros(n), np.zeros(n), np.ones(n), even, np.ones(n) if weight is None else weight)


def answers(row: Any, column: Any, people: People, model: Model) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """x (k, v), y (v,) and the probabilities (k, v) of agreement, objection and a pass in each group."""
    x = (model.agreed[column] + people.lean[row])[None, :]
    if model.k > 1:
        x = x + people.strength[row] * model.opinion[:, column]
    y = model.passed[column] + people.talk[row]
    up = np.exp(x)
    down = 1.0 / up
    idle = np.exp(y)
    whole = up + down
    whole += idle
    np.divide(1.0, whole, out=whole)
    return x, y, np.multiply(up, whole, out=up), np.multiply(down, whole, out=down), idle * whole


def belonging(block: Cells, people: People, model: Model, made: tuple[Floats, ...]) -> tuple[Floats, float]:
    """Shares (n, k) of each person in each group, and the log-likelihood of all (weighted) votes."""
    x, y, _, _, idle = made
    said = block.value * x
    said += np.log(idle)
    said += (block.passed - 1.0) * y
    likely = np.stack([block.by_row @ each for each in said], axis=1) + np.log(model.share)
    top = likely.max(axis=1, keepdims=True)
    shares = np.exp(likely - top)
    total = shares.sum(axis=1, keepdims=True)
    return shares / total, float((people.weight * (top + np.log(total))[:, 0]).sum())


def _slopes(block: Cells, shares: Floats, made: tuple[Floats, ...]) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Of every vote, weighed by `shares` (n, k): slope, curve in x, mixed curve (k, v); slope, curve in y (v,)."""
    _, _, agree, against, idle = made
    lean = agree - against
    part = shares.T.copy()[:, block.row]
    off = block.value - lean
    off *= part
    bent = agree + against
    bent -= lean * lean
    bent *= part
    crossed = lean
    crossed *= part
    crossed *= idle
    part *= idle
    passing = part.sum(axis=0)
    part *= idle
    whole = shares.sum(axis=1)[block.row]
    return off, bent, crossed, block.passed * whole - passing, passing - part.sum(axis=0)


def people_step(block: Cells, people: People, model: Model, strong: bool = True) -> tuple[People, Sums]:
    """Move everybody's tendencies (and strength, if `strong`) one step of Newton's method towards their votes.

    Also gives the posterior so far and what the variances of l and t are estimated from: (objective, Σl², Σt², people).
    """
    made = answers(block.row, block.column, people, model)
    shares, objective = belonging(block, people, model, made)
    off, bent, crossed, idle_off, idle_bent = _slopes(block, shares, made)
    strong = strong and model.k > 1
    size = 3 if strong else 2
    slope, curve = np.zeros((block.people, size)), np.zeros((block.people, size, size))
    add = block.by_row
    slope[:, 0] = add @ off.sum(axis=0) - people.lean / model.lean
    slope[:, 1] = add @ idle_off - people.talk / model.talk
    curve[:, 0, 0] = add @ bent.sum(axis=0) + 1.0 / model.lean
    curve[:, 1, 1] = add @ idle_bent + 1.0 / model.talk
    curve[:, 0, 1] = curve[:, 1, 0] = -(add @ crossed.sum(axis=0))
    strength = people.strength
    if strong:
        opinion = model.opinion[:, block.column]
        off *= opinion
        crossed *= opinion
        bent *= opinion
        slope[:, 2] = add @ off.sum(axis=0) - (strength - 1.0) / STRENGTH
        curve[:, 0, 2] = curve[:, 2, 0] = add @ bent.sum(axis=0)
        curve[:, 1, 2] = curve[:, 2, 1] = -(add @ crossed.sum(axis=0))
        bent *= opinion
        curve[:, 2, 2] = add @ bent.sum(axis=0) + 1.0 / STRENGTH
    step = _step(curve, slope)
    if strong:
        strength = np.clip(strength + step[:, 2], 0.0, STRONGEST)
    lean, talk = (np.clip(old + step[:, at], -STEEP, STEEP) for at, old in enumerate((people.lean, people.talk)))
    moved = replace(people, lean=lean, talk=talk, strength=strength, shares=shares)
    # Posterior variances of l and t from the leading two-by-two corner: enough to estimate the prior's width.
    corner = curve[:, 0, 0] * curve[:, 1, 1] - curve[:, 0, 1] ** 2
    counted = people.weight * (np.diff(block.by_row.indptr) > 0)
    spread = (lean**2 + curve[:, 1, 1] / corner, talk**2 + curve[:, 0, 0] / corner)
    prior = (people.lean**2 / model.lean + people.talk**2 / model.talk + (people.strength - 1.0) ** 2 / STRENGTH) / 2.0
    objective -= float((people.weight * prior).sum())
    return moved, Sums((objective, *(float((counted * each).sum()) for each in spread), float(counted.sum())))


def _step(curve: Floats, slope: Floats) -> Floats:
    found: Floats = np.linalg.solve(curve, slope[:, :, None])[:, :, 0]
    return np.clip(found, -LONGEST, LONGEST)


def statement_sums(block: Cells, people: People, model: Model) -> Sums:
    """What a step of the statements needs: slopes and curves by statement (m, …), and the people in each group."""
    made = answers(block.row, block.column, people, model)
    shares, _ = belonging(block, people, model, made)
    shares = shares * people.weight[:, None]
    off, bent, crossed, idle_off, idle_bent = _slopes(block, shares, made)
    vectors = [off.sum(axis=0), idle_off, bent.sum(axis=0), idle_bent, -crossed.sum(axis=0)]
    if model.k > 1:
        strength = people.strength[block.row]
        off *= strength
        bent *= strength
        crossed *= -strength
        vectors += [*off, *bent, *(bent * strength), *crossed]
    return Sums((np.stack([block.by_column @ each for each in vectors], axis=1), shares.sum(axis=0)))


def statement_step(sums: Sums, model: Model, *, free: bool = True) -> Model:
    """Move statements and opinions one step of Newton's method; the width of opinions is estimated if `free`."""
    found, members = sums
    k, m = model.k, model.agreed.size
    size = 2 + (k if k > 1 else 0)
    slope, curve = np.zeros((m, size)), np.zeros((m, size, size))
    slope[:, 0] = found[:, 0] - model.agreed / STATEMENT
    slope[:, 1] = found[:, 1] - model.passed / STATEMENT
    curve[:, 0, 0], curve[:, 1, 1] = found[:, 2] + 1.0 / STATEMENT, found[:, 3] + 1.0 / STATEMENT
    curve[:, 0, 1] = curve[:, 1, 0] = found[:, 4]
    share = (members + 1.0) / (members + 1.0).sum()
    if k == 1:
        step = _step(curve, slope)
        return replace(
            model, agreed=_held(model.agreed + step[:, 0]), passed=_held(model.passed + step[:, 1]), share=share
        )
    own = 2 + np.arange(k)
    slope[:, 2:] = found[:, 5 : 5 + k] - model.opinion.T / model.width
    curve[:, 0, 2:] = curve[:, 2:, 0] = found[:, 5 + k : 5 + 2 * k]
    curve[:, own, own] = found[:, 5 + 2 * k : 5 + 3 * k] + 1.0 / model.width
    curve[:, 1, 2:] = curve[:, 2:, 1] = found[:, 5 + 3 * k : 5 + 4 * k]
    step = _step(curve, slope)
    opinion = model.opinion + step[:, 2:].T
    width = model.width
    if free:
        around = np.linalg.inv(curve)[:, own, own]
        told = found[:, 5 + 2 * k : 5 + 3 * k] > 0
        if told.any():
            width = float(np.clip((opinion.T**2 + around)[told].mean(), *OPINION))
    opinion = without_habit(opinion, found[:, 2])
    agreed, passed = _held(model.agreed + step[:, 0]), _held(model.passed + step[:, 1])
    return replace(model, agreed=agreed, passed=passed, opinion=opinion, share=share, width=width)


def _held(values: Floats) -> Floats:
    return np.clip(values, -STEEP, STEEP)


def without_habit(opinion: Floats, information: Floats) -> Floats:
    """`opinion` less its mean over the statements, each counted by how much is known of it."""
    whole = information.sum()
    return opinion if whole <= 0 else opinion - (opinion @ information / whole)[:, None]


def null_start(totals: Floats) -> Model:
    """One group, from `totals` (3, m) of objections, passes and agreements."""
    against, idle, agree = totals + 0.5
    agreed, passed = np.log(agree / against) / 2.0, np.log(idle) - np.log(agree * against) / 2.0
    return Model(agreed, passed, np.zeros((1, agreed.size)), np.ones(1))


def fit(
    held: list[Any],
    people: list[Any],
    model: Model,
    rounds: int,
    *,
    close: float = 1e-5,
    rows: Rows = HERE,
    free: bool = True,
    late: int | None = 3,
) -> tuple[list[Any], Model, float, bool]:
    """Up to so many `rounds` of steps for people and statements in turn, of blocks `held` by `rows`.

    Ends where the objective moves by less than `close` of itself. Strengths move from round `late` on (None: never).
    Gives people, model, objective, and whether it ended so.
    """
    before, objective = -np.inf, -np.inf
    for turn in range(rounds):
        pairs = rows.hold(people_step, held, people, common=(model, late is not None and turn >= late))
        people = rows.hold(_first, pairs)
        told = rows.total(_second, pairs)
        model = _widths(model, told, learn=free and model.k == 1 and turn >= 2)
        objective = float(told[0]) - _unlikely(model)
        model = statement_step(rows.total(statement_sums, held, people, common=(model,)), model, free=free)
        if turn > (late or 0) + 1 and abs(objective - before) < close * abs(objective):
            return people, model, objective, True
        before = objective
    return people, model, objective, False


def _unlikely(model: Model) -> float:
    """Minus the log of the prior of statements and opinions, up to a constant."""
    received = float((model.agreed**2 + model.passed**2).sum()) / (2.0 * STATEMENT)
    return received + (float((model.opinion**2).sum()) / (2.0 * model.width) if model.k > 1 else 0.0)


def _widths(model: Model, told: Sums, *, learn: bool) -> Model:
    if not learn or told[3] == 0:
        return model
    lean, talk = float(np.clip(told[1] / told[3], *LEAN)), float(np.clip(told[2] / told[3], *TALK))
    return replace(model, lean=lean, talk=talk)


def _first(pair: tuple[Any, Any]) -> Any:
    return pair[0]


def _second(pair: tuple[Any, Any]) -> Any:
    return pair[1]


def foretell(row: Any, column: Any, people: People, model: Model) -> Floats:
    """Probabilities (v, 3) of objection, pass and agreement for persons `row` and statements `column`."""
    _, _, agree, against, idle = answers(row, column, people, model)
    part = people.shares.T[:, row]
    return np.stack([(part * each).sum(axis=0) for each in (against, idle, agree)], axis=1)
