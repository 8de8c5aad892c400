"""How many groups the votes carry: hidden votes are foretold with one, two, … groups, and errors go by person.

A fifth of the votes is hidden in turn, the model is made from the others, and the hidden ones are foretold. The gain of
one division over another is added up by person, since the votes of one person err together; its standard error follows
from the persons. What was hidden also judges the groups (`judged.py`).

Two groups are tried with people who hold the opinion of their group more or less strongly ("graded": the two ends of
one line of opinion), more groups with people who are all alike in it. So people half-way between two camps make no
group of their own, and three groups stand only if they foretell better than one line does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import latent, tendency
from .latent import Fitted
from .progress import Progress, silent
from .tendency import Cells, Floats
from .votes import VoteTable

Flags = NDArray[np.bool_]
Kind = tuple[int, bool]  # groups, graded

MOST = 7  # groups tried
PARTS = 5
SURE, MORE_SURE = 2.0, 3.5  # standard errors: of two groups, and of more, which are picked among several
FEW_PEOPLE = 10  # of fewer no groups are sought
UNCERTAIN = 10.0  # of so many people twice the standard errors are asked for
EDGE = 1.0  # standard errors from the limit within which votes are hidden a second time
SLIGHT = 0.003  # of the loss without groups: less is no gain worth a group
WORTH = 0.10  # of the gain of the groups so far: what more groups must add
SCREEN = 0.5  # of the above, on the first hiding alone: less is not looked into
NONE, LINE, CAMPS = (1, False), (2, True), (2, False)


@dataclass(frozen=True, slots=True)
class Tried:
    """One division tried on hidden votes: its mean log-loss, its gain over what was taken before it in nats a vote,
    the standard error of that gain, and whether it was taken."""

    k: int
    graded: bool
    loss: float
    gain: float
    error: float
    taken: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The number of groups, whether people are graded, and all that was tried, in order."""

    k: int
    graded: bool
    tried: tuple[Tried, ...]

    @property
    def loss(self) -> tuple[float, ...]:
        """The least log-loss of hidden votes with 1, 2, … groups, up to the first that was not tried."""
        best: dict[int, float] = {}
        for trial in self.tried:
            best[trial.k] = min(trial.loss, best.get(trial.k, np.inf))
        known = 0
        while known + 1 in best:
            known += 1
        return tuple(best[k] for k in range(1, known + 1))


class Hidden:
    """The votes of a table hidden in turn, and what the others say of them.

    Five turns hide every vote once; five more hide them again in other company, where the first do not decide.
    """

    def __init__(self, table: VoteTable, moderated: Flags, weight: Floats, seed: int):
        self.table, self.weight, self.seed = table, weight, seed
        chance = np.random.default_rng([seed, 1])
        parts = [chance.integers(0, PARTS, table.column.size) for _ in range(2)]
        counted = ~moderated[table.column]
        self.row = np.repeat(np.arange(table.shape[0], dtype=np.int32), table.per_participant)
        self.entries = [counted & (part == turn) for part in parts for turn in range(PARTS)]
        self._shown = [part != turn for part in parts for turn in range(PARTS)]
        self._moderated = moderated
        self._blocks: dict[int, Cells] = {}
        self._fits: dict[tuple[int, Kind], Fitted] = {}
        self._losses: dict[tuple[int, Kind], Floats] = {}

    def fitted(self, turn: int, kind: Kind) -> Fitted:
        """The model of this kind, made without the votes hidden in this turn."""
        if (turn, kind) not in self._fits:
            if turn not in self._blocks:
                self._blocks[turn] = tendency.cells(self.table, self._moderated, self._shown[turn])
            block = self._blocks[turn]
            if kind == NONE:
                made = latent.without_groups(block, self.weight)
            else:
                base = self.fitted(turn, NONE)
                made = latent.fit_groups(block, kind[0], base, [self.seed, turn], graded=kind[1])
            self._fits[turn, kind] = made
        return self._fits[turn, kind]

    def loss(self, turn: int, kind: Kind) -> Floats:
        """The log-loss of each person's votes hidden in this turn, (n,)."""
        if (turn, kind) not in self._losses:
            fitted, entries = self.fitted(turn, kind), self.entries[turn]
            of = self.row[entries]
            said = tendency.foretell(of, self.table.column[entries], fitted.people, fitted.model)
            loss = -np.log(said[np.arange(of.size), self.table.value[entries].astype(np.intp) + 1])
            of_person = np.bincount(of, weights=loss * self.weight[of], minlength=self.weight.size)
            self._losses[turn, kind] = of_person.astype(np.float64, copy=False)
        return self._losses[turn, kind]

    def tried(self, turns: int, kind: Kind, against: Kind) -> Tried:
        """`kind` beside `against` on the votes hidden in the first so many turns."""
        some = range(turns)
        of = np.concatenate([self.row[self.entries[turn]] for turn in some])
        asked = np.bincount(of, weights=self.weight[of], minlength=self.weight.size)
        after = np.sum([self.loss(turn, kind) for turn in some], axis=0)
        before = np.sum([self.loss(turn, against) for turn in some], axis=0)
        total, judges = max(float(asked.sum()), 1.0), asked > 0
        gain, n = float((before - after).sum() / total), int(judges.sum())
        off = (before - after - gain * asked)[judges]
        error = float(np.sqrt((off * off).sum() * n / (n - 1)) / total) if n > 1 else np.inf
        return Tried(*kind, float(after.sum() / total), gain, error, taken=False)


def choose(
    table: VoteTable,
    moderated: Flags,
    weight: Floats,
    *,
    seed: int,
    fixed: int | None = None,
    turns: int = PARTS,
    progress: Progress = silent,
) -> tuple[Choice, Hidden]:
    """The number of groups that the votes of a table carry, and the hidings that it was chosen by.

    With `fixed` that number is tried in any case, and taken only by who asks for it.
    """
    hidden = Hidden(table, moderated, weight, seed)
    tried: list[Tried] = []
    people = int((weight > 0).sum())
    carries = people >= FEW_PEOPLE and any(entries.any() for entries in hidden.entries)
    taken = NONE
    if carries or fixed:
        tried.append(_marked(hidden.tried(turns, NONE, NONE), taken=True))
    if carries:
        base = tried[0].loss
        for turn in range(turns):
            progress(turn / turns / 2, "groups")
            hidden.loss(turn, LINE)
        found = _beside(hidden, turns, LINE, people, base)
        if found.gain > _wanted(found, people, base):
            taken = LINE
        tried.append(_marked(found, taken=taken == LINE))
        if taken == NONE:  # in a small room strengths cost more than they tell
            found = _beside(hidden, turns, CAMPS, people, base)
            if found.gain > _wanted(found, people, base):
                taken = CAMPS
            tried.append(_marked(found, taken=taken == CAMPS))
        if taken == LINE and (better := _screened(hidden, people, base, progress)) is not None:
            found = hidden.tried(turns, better, LINE)
            if _worth(found, people, base, tried[-1].gain, sure=MORE_SURE):
                taken = better
            tried.append(_marked(found, taken=taken == better))
    if fixed and fixed > 1 and all(trial.k != fixed for trial in tried) and carries:
        tried.append(hidden.tried(1, (fixed, fixed == 2), NONE))
    return Choice(*taken, tuple(tried)), hidden


def _beside(hidden: Hidden, turns: int, kind: Kind, people: int, base: float) -> Tried:
    """`kind` beside no groups; votes are hidden again where the first hidings leave it within an error of the limit,
    so that their accidents do not decide."""
    found = hidden.tried(turns, kind, NONE)
    if turns < PARTS or abs(found.gain - _wanted(found, people, base)) > EDGE * found.error:
        return found
    return hidden.tried(2 * PARTS, kind, NONE)


def _wanted(found: Tried, people: int, base: float) -> float:
    """The gain that a division into two groups must pass."""
    return max(_sure(people) * found.error, SLIGHT * base)


def _screened(hidden: Hidden, people: int, base: float, progress: Progress) -> Kind | None:
    """Of groups of people all alike the number that foretells the first hiding best, if worth more than a line."""
    best, misses = LINE, 0
    for k in range(2, min(MOST, people // 4) + 1):
        progress(0.5 + k / MOST / 2, "groups")
        kind = (k, False)
        found = hidden.tried(1, kind, best)
        so_far = base - float(hidden.tried(1, best, NONE).loss)
        ahead = _worth(found, people, base, so_far, SCREEN if best == LINE else 1.0)
        if ahead:
            best, misses = kind, 0
        else:
            misses += 1
        if misses > (2 if best == LINE else 1):
            break
    return None if best == LINE else best


def _worth(found: Tried, people: int, base: float, so_far: float, part: float = 1.0, sure: float = SURE) -> bool:
    return found.gain > part * max(_sure(people, sure) * found.error, SLIGHT * base, WORTH * so_far)


def _sure(people: int, sure: float = SURE) -> float:
    """Standard errors asked for; of few people more, since an error made of a dozen is uncertain itself."""
    return sure * (1.0 + (UNCERTAIN / people) ** 2)


def _marked(trial: Tried, *, taken: bool) -> Tried:
    return Tried(trial.k, trial.graded, trial.loss, trial.gain, trial.error, taken)
