"""The groups of the method "latent" for a whole table: chosen, fitted, everybody placed, and judged by others."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import choice, judged, latent, tendency
from .blocks import HERE, Rows, blocks
from .choice import Choice
from .latent import Fitted
from .progress import Progress, silent, within
from .statistics import GroupCounts
from .tendency import Floats, Model, People
from .votes import VoteTable

Labels = NDArray[np.int32]
Flags = NDArray[np.bool_]

SAMPLE = 60_000, 100  # votes on which the number of groups is chosen, at least; and votes for each statement
TURNS, FEW_TURNS = 20_000, 2  # of more votes than this so many hidings choose it and judge; of fewer all five
MADE = 500_000  # votes that the model is made of, at most
STEPS, FEW_STEPS = 8, 3  # by which everybody is placed; of many people
MANY = 2_000_000  # votes


@dataclass(frozen=True, slots=True)
class Opinions:
    """What the method found, by the table's rows: `label` (n,) from 0, -1 for who is in no group;
    `shares` (n, k) how likely each person is in each; `people` and `model`
    foretell votes; `judged` are counts by votes or people that did not make the groups, None where there is one."""

    label: Labels
    shares: Floats
    people: People
    model: Model
    choice: Choice
    graded: bool
    converged: bool
    judged: GroupCounts | None
    judged_by: str


def opinions(
    table: VoteTable,
    moderated: Flags,
    placed: Flags,
    odd: Flags,
    *,
    k: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
    rows: Rows = HERE,
) -> Opinions:
    """Groups of those `placed` (n,) who are not `odd`; the odd make no groups and are in none.

    `k` fixes the number; the votes are asked all the same.
    """
    weight = np.where(odd, 0.0, 1.0)
    least = max(SAMPLE[0], SAMPLE[1] * table.shape[1])
    is_sampled = table.column.size > 2 * least
    chosen = latent.sampled(table, least, [seed, 0]) if is_sampled else np.arange(table.shape[0])
    sample = table.rows(chosen) if is_sampled else table
    turns = choice.PARTS if sample.column.size <= TURNS else FEW_TURNS
    told, hidden = choice.choose(
        sample, moderated, weight[chosen], seed=seed, fixed=k, turns=turns, progress=within(progress, 0.0, 0.6)
    )
    kind = (told.k, told.graded) if k is None or k == told.k else (k, k == 2)
    if kind[0] > 1 and int(weight.sum()) < kind[0]:
        kind = choice.NONE
    progress(0.6, "groups")
    if is_sampled:
        fitted = _of_many(table, moderated, weight, hidden.fitted(0, kind), kind, seed)
    else:
        block = tendency.cells(table, moderated)
        base = latent.without_groups(block, weight)
        fitted = latent.fit_groups(block, kind[0], base, [seed], graded=kind[1], thorough=True)
    progress(0.8, "groups")
    people = _everybody(table, moderated, fitted.model, kind[1], rows)
    label = np.full(table.shape[0], -1, dtype=np.int32)
    inside = placed & ~odd
    shares = people.shares[inside]
    label[inside], kept = latent.no_group_of_one(shares.argmax(axis=1).astype(np.int32), shares)
    kept_shares = people.shares[:, kept] if kept.size else people.shares[:, :1]
    counts, judged_by = None, ""
    if int(label.max()) > 0:
        if is_sampled:
            others = np.setdiff1d(np.arange(table.shape[0]), chosen)
            counts, judged_by = judged.by_others(table, moderated, others, label, fitted.model, kind[1], seed), "people"
        else:
            fits = [hidden.fitted(turn, kind) for turn in range(turns)]
            counts, judged_by = judged.by_hidden_votes(hidden, fits, label), "votes"
    return Opinions(
        label,
        kept_shares / kept_shares.sum(axis=1, keepdims=True),
        people,
        fitted.model,
        told,
        kind[1],
        fitted.converged,
        counts,
        judged_by,
    )


def _of_many(
    table: VoteTable, moderated: Flags, weight: Floats, begun: Fitted, kind: tuple[int, bool], seed: int
) -> Fitted:
    """A model of more people than those that chose the number of groups, begun where theirs ended."""
    chosen = latent.sampled(table, MADE, [seed, 6])
    some = table.rows(chosen)
    held = [tendency.cells(part, moderated) for part in (some.part(*edge) for edge in some.row_parts(1 << 16))]
    sizes = np.cumsum([0, *(block.people for block in held)])
    weights = weight[chosen]
    people = [
        tendency.strangers(block, kind[0], weights[low:high])
        for block, low, high in zip(held, sizes, sizes[1:], strict=False)
    ]
    for _ in range(FEW_STEPS):
        people = [
            tendency.people_step(block, block_of_people, begun.model, kind[1])[0]
            for block, block_of_people in zip(held, people, strict=True)
        ]
    late = 0 if kind[1] else None
    people, model, objective, converged = tendency.fit(held, people, begun.model, latent.ROUNDS, close=1e-5, late=late)
    return Fitted(model, people[0], objective, converged)


def _everybody(table: VoteTable, moderated: Flags, model: Model, graded: bool, rows: Rows) -> People:
    """Everybody where the model puts them, by their own votes alone: equal ballots come to the same place."""
    steps = STEPS if table.column.size < MANY else FEW_STEPS
    parts = rows.each(partial(place, graded=graded, steps=steps), blocks(table), common=(moderated, model))
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in People.__slots__]
    return People(*columns)


def place(table: VoteTable, moderated: Flags, model: Model, *, graded: bool, steps: int) -> People:
    """The people of a table by the model as it is."""
    made: list[Any] = []
    for low, high in table.row_parts(1 << 16):
        block = tendency.cells(table.part(low, high), moderated)
        people = tendency.strangers(block, model.k)
        for _ in range(steps):
            people = tendency.people_step(block, people, model, graded)[0]
        made.append(people)
    return People(
        *(np.concatenate([getattr(block_of_people, name) for block_of_people in made]) for name in People.__slots__)
    )
