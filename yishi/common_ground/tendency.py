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
    """Votes of a block of people, by row: `row`, `column`, `value`, `passed` (v,), and so many people and statements.

    Of people who have votes, `voters` are the rows and `begin` the places of their first votes.
    """

    row: NDArray[np.intp]
    column: NDArray[np.intp]
    value: Floats
    passed: Floats
    people: int
    statements: int
    voters: NDArray[np.intp]
    begin: NDArray[np.intp]

    def by_row(self, votes: Floats) -> Floats:
        """Votes (v,) or (k, v) added up by person: (n,) or (k, n)."""
        added: Floats = np.add.reduceat(votes, self.begin, axis=-1)
        if self.begin.size == self.people:
            return added
        everybody = np.zeros((*votes.shape[:-1], self.people))
        everybody[..., self.voters] = added
        return everybody

    def by_column(self, votes: Floats) -> Floats:
        """Votes (v,) or (k, v) added up by statement: (m,) or (k, m)."""
        if votes.ndim == 1:
            added: Floats = np.bincount(self.column, votes, self.statements).astype(np.float64, copy=False)
            return added
        return np.stack([self.by_column(each) for each in votes])


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
        return Sums(mine + theirs for mine, theirs in zip(self, other, strict=True))


def cells(table: VoteTable, moderated: Flags, kept: Flags | None = None) -> Cells:
    """The votes on statements that are not moderated (and entries that are `kept`), ready to be added up."""
    n, m = table.shape
    inside = ~moderated[table.column]
    if kept is not None:
        inside &= kept
    row = np.repeat(np.arange(n), table.per_participant)[inside]
    value = table.value[inside].astype(np.float64)
    voters, begin = np.unique(row, return_index=True)
    column, passed = table.column[inside].astype(np.intp), (value == 0).astype(np.float64)
    return Cells(row, column, value, passed, n, m, voters, begin)


def strangers(block: Cells, k: int = 1, weight: Floats | None = None) -> People:
    """People of whom nothing is known yet."""
    n = block.people
    even = np.full((n, k), 1.0 / k)
    return People(np.zeros(n), np.zeros(n), np.ones(n), even, np.ones(n) if weight is None else weight)


def answers(row: Any, column: Any, people: People, model: Model) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """x (k, v), y (v,) and the probabilities (k, v) of agreement, objection and a pass in each group."""
    x = (model.agreed[column] + people.lean[row])[None, :]
    if model.k > 1:
        pull = np.take(model.opinion, column, axis=1)
        pull *= people.strength[row]
        pull += x
        x = pull
    y = model.passed[column]
    y += people.talk[row]
    up = np.exp(x)
    down = 1.0 / up
    idle = np.exp(y)
    whole = up + down
    whole += idle
    np.divide(1.0, whole, out=whole)
    return x, y, np.multiply(up, whole, out=up), np.multiply(down, whole, out=down), np.multiply(idle, whole, out=whole)


def belonging(block: Cells, people: People, model: Model, made: tuple[Floats, ...]) -> tuple[Floats, float]:
    """Shares (n, k) of each person in each group, and the log-likelihood of all (weighted) votes."""
    x, y, _, _, idle = made
    said = np.log(idle)
    said += block.value * x
    said += (block.passed - 1.0) * y
    likely = block.by_row(said).T + np.log(model.share)
    if model.k == 1:
        return np.ones_like(likely), float((people.weight * likely[:, 0]).sum())
    top = likely.max(axis=1, keepdims=True)
    shares = np.exp(likely - top)
    total = shares.sum(axis=1, keepdims=True)
    return shares / total, float((people.weight * (top + np.log(total))[:, 0]).sum())


@dataclass(frozen=True, slots=True)
class _Slopes:
    """Of every vote, weighed by how far its person is in each group (k, v): the slope in x, the curve in x, the mixed
    curve; and the slope and curve in y (v,)."""

    x: Floats
    xx: Floats
    xy: Floats
    y: Floats
    yy: Floats


def _slopes(block: Cells, shares: Floats, made: tuple[Floats, ...]) -> _Slopes:
    _, _, agree, against, idle = made
    lean = agree - against
    bent = agree
    bent += against
    bent -= lean * lean
    off = block.value - lean
    crossed = lean
    crossed *= idle
    if shares.shape[1] == 1:
        part = shares[block.row, 0]
        idle_off = block.passed - idle[0]
        idle_bent = idle[0] * (1.0 - idle[0])
        if (shares != 1.0).any():
            for each in (off, bent, crossed, idle_off, idle_bent):
                each *= part
        return _Slopes(off, bent, crossed, idle_off, idle_bent)
    part = np.take(np.ascontiguousarray(shares.T), block.row, axis=1)
    off *= part
    bent *= part
    crossed *= part
    whole = shares.sum(axis=1)[block.row]
    whole *= block.passed
    part *= idle
    passing = part.sum(axis=0)
    part *= idle
    return _Slopes(off, bent, crossed, whole - passing, passing - part.sum(axis=0))


def newton(
    corner: tuple[Floats, Floats, Floats], slope: tuple[Floats, Floats], border: Floats, diagonal: Floats, side: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Many small steps of Newton's method at once: two variables each, and k more that touch each other only by them.

    `corner` are the curves a, b, c (n,) of [[a, b], [b, c]], `border` (2, k, n) those of the two with the others,
    `diagonal` and `side` (k, n) curve and slope of the others. Gives the steps (n,), (n,), (k, n), at most `LONGEST`,
    and the diagonal (k, n) of the inverse for the others.
    """
    u, v = border / diagonal
    a = corner[0] - (u * border[0]).sum(axis=0)
    b = corner[1] - (u * border[1]).sum(axis=0)
    c = corner[2] - (v * border[1]).sum(axis=0)
    whole = a * c - b * b
    off = slope[0] - (u * side).sum(axis=0), slope[1] - (v * side).sum(axis=0)
    first, second = (c * off[0] - b * off[1]) / whole, (a * off[1] - b * off[0]) / whole
    rest = side / diagonal - u * first - v * second
    around = 1.0 / diagonal + (u * u * c - 2.0 * u * v * b + v * v * a) / whole
    return _short(first), _short(second), _short(rest), around


def _short(step: Floats) -> Floats:
    return np.minimum(np.maximum(step, -LONGEST), LONGEST)


def people_step(block: Cells, people: People, model: Model, strong: bool = True) -> tuple[People, Sums]:
    """Move everybody's tendencies (and strength, if `strong`) one step of Newton's method towards their votes.

    Also gives the posterior so far and what the variances of l and t are estimated from: (objective, Σl², Σt², people).
    """
    made = answers(block.row, block.column, people, model)
    shares, objective = belonging(block, people, model, made)
    told = _slopes(block, shares, made)
    slope = (
        block.by_row(told.x.sum(axis=0)) - people.lean / model.lean,
        block.by_row(told.y) - people.talk / model.talk,
    )
    corner = (
        block.by_row(told.xx.sum(axis=0)) + 1.0 / model.lean,
        -block.by_row(told.xy.sum(axis=0)),
        block.by_row(told.yy) + 1.0 / model.talk,
    )
    border, diagonal, side = np.zeros((2, 0, block.people)), np.zeros((0, block.people)), np.zeros((0, block.people))
    strength = people.strength
    if strong and model.k > 1:
        opinion = np.take(model.opinion, block.column, axis=1)
        side = block.by_row((told.x * opinion).sum(axis=0))[None] - (strength - 1.0) / STRENGTH
        bent = told.xx * opinion
        mixed = -block.by_row((told.xy * opinion).sum(axis=0))
        border = np.stack([block.by_row(bent.sum(axis=0)), mixed])[:, None, :]
        diagonal = block.by_row((bent * opinion).sum(axis=0))[None] + 1.0 / STRENGTH
    lean_step, talk_step, strength_step, _ = newton(corner, slope, border, diagonal, side)
    if strong and model.k > 1:
        strength = np.clip(strength + strength_step[0], 0.0, STRONGEST)
    lean, talk = _held(people.lean + lean_step), _held(people.talk + talk_step)
    moved = replace(people, lean=lean, talk=talk, strength=strength, shares=shares)
    # Posterior variances of l and t from the two alone: enough to estimate the prior's width.
    whole = corner[0] * corner[2] - corner[1] ** 2
    counted = np.zeros(block.people)
    counted[block.voters] = people.weight[block.voters]
    spread = (lean**2 + corner[2] / whole, talk**2 + corner[0] / whole)
    prior = (people.lean**2 / model.lean + people.talk**2 / model.talk + (people.strength - 1.0) ** 2 / STRENGTH) / 2.0
    objective -= float((people.weight * prior).sum())
    return moved, Sums((objective, *(float((counted * each).sum()) for each in spread), float(counted.sum())))


def statement_sums(block: Cells, people: People, model: Model) -> Sums:
    """What a step of the statements needs: slopes and curves by statement (…, m), and the people in each group."""
    made = answers(block.row, block.column, people, model)
    shares = belonging(block, people, model, made)[0] * people.weight[:, None]
    told = _slopes(block, shares, made)
    each = np.stack([told.x.sum(axis=0), told.y, told.xx.sum(axis=0), told.yy, -told.xy.sum(axis=0)])
    if model.k == 1:
        return Sums((block.by_column(each), shares.sum(axis=0)))
    strength = people.strength[block.row]
    bent = told.xx * strength
    grouped = (told.x * strength, bent, bent * strength, -told.xy * strength)
    return Sums((np.concatenate([block.by_column(index) for index in (each, *grouped)]), shares.sum(axis=0)))


def statement_step(sums: Sums, model: Model, *, free: bool = True) -> Model:
    """Move statements and opinions one step of Newton's method; the width of opinions is estimated if `free`."""
    found, members = sums
    k, m = model.k, model.agreed.size
    corner = (found[2] + 1.0 / STATEMENT, found[4], found[3] + 1.0 / STATEMENT)
    slope = (found[0] - model.agreed / STATEMENT, found[1] - model.passed / STATEMENT)
    share = (members + 1.0) / (members + 1.0).sum()
    border, diagonal, side = np.zeros((2, 0, m)), np.zeros((0, m)), np.zeros((0, m))
    if k > 1:
        side, bent, squared, mixed = found[5:].reshape(4, k, m)
        side = side - model.opinion / model.width
        border, diagonal = np.stack([bent, mixed]), squared + 1.0 / model.width
    agreed_step, passed_step, opinion_step, around = newton(corner, slope, border, diagonal, side)
    agreed, passed = _held(model.agreed + agreed_step), _held(model.passed + passed_step)
    if k == 1:
        return replace(model, agreed=agreed, passed=passed, share=share)
    opinion, width = model.opinion + opinion_step, model.width
    told = squared > 0
    if free and told.any():
        width = float(np.clip((opinion**2 + around)[told].mean(), *OPINION))
    return replace(
        model, agreed=agreed, passed=passed, opinion=without_habit(opinion, found[2]), share=share, width=width
    )


def _held(values: Floats) -> Floats:
    return np.minimum(np.maximum(values, -STEEP), STEEP)


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
