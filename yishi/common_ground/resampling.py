"""How much of a result comes back when the participants are drawn anew.

Groups: C. Hennig, "Cluster-wise assessment of cluster stability" (2007): participants are drawn with replacement,
groups are sought among them, and each group is compared with the one most like it, by Jaccard's similarity. Lists: the
votes on one statement drawn anew are binomially distributed, so that their chance is computed and not drawn.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc

from . import latent, tendency
from .progress import Progress, silent
from .statistics import Z90
from .votes import VoteTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]
Flags = NDArray[np.bool_]

VOTES = 20_000  # of many participants so many votes are drawn anew: stability is then that of a smaller room
DRAWS, STEPS = 4, 4


def group_stability(
    table: VoteTable,
    moderated: Flags,
    label: Labels,
    seed: int = 0,
    progress: Progress = silent,
    *,
    graded: bool = False,
    weight: Floats | None = None,
) -> Floats:
    """How much of each group comes back, (k,) from 0 to 1; `label` (n,) numbers the groups from 0, -1 for none.

    Only meaningful for the latent method, which is run again with the same number of groups; `weight` (n,) is 0 for who
    makes none.
    """
    k = int(label.max()) + 1
    if k < 2:
        return np.ones(k)
    chosen = latent.sampled(table, VOTES, [seed, 2])
    table, label = table.rows(chosen), label[chosen]
    weight = np.ones(label.size) if weight is None else weight[chosen]
    everybody, placed = tendency.cells(table, moderated), label >= 0
    found = np.zeros((DRAWS, k))
    for draw in range(DRAWS):
        progress(draw / DRAWS, "stability")
        drawn = np.sort(np.random.default_rng([seed, 3, draw]).integers(0, label.size, label.size))
        block = tendency.cells(table.rows(drawn), moderated)
        base = latent.without_groups(block, weight[drawn])
        model = latent.fit_groups(block, k, base, [seed, 4, draw], graded=graded).model
        people = tendency.strangers(everybody, k)
        for _ in range(STEPS):
            people = tendency.people_step(everybody, people, model, graded)[0]
        found[draw] = _jaccard(label[placed], people.shares[placed].argmax(axis=1), k)
    stability: Floats = found.mean(axis=0)
    return stability


def _jaccard(label: Labels, again: NDArray[np.intp], k: int) -> Floats:
    """Of each group the similarity to the group most like it: those in both over those in either."""
    both = np.bincount(label * k + again, minlength=k * k).reshape(k, k)
    either = both.sum(axis=1)[:, None] + both.sum(axis=0)[None, :] - both
    best: Floats = (both / np.maximum(1, either)).max(axis=1)
    return best


def list_stability(successes: Ints, trials: Ints) -> Floats:
    """How likely more than half hold so, by the test of the lists (statistics.consensus), when voters are drawn anew.

    `successes` of `trials`, (m,) each. On the list are x with (x + 1) / (n + 2) > 1/2 and z > 1.2816.
    """
    n = trials.astype(np.float64)
    needed = np.maximum(n / 2.0, (n + 1.0) * (0.5 + Z90 / (2.0 * np.sqrt(n + 1.0))) - 1.0)
    least = np.floor(needed)  # more than this
    share = np.where(n > 0, successes / np.maximum(1.0, n), 0.0)
    tail = bdtrc(np.minimum(least, n), np.maximum(1, trials), share)
    chance: Floats = np.where((n > 0) & (least < n), tail, 0.0)
    return chance
