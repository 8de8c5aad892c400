"""How much of a result comes back when the participants are drawn anew.

Groups: C. Hennig, "Cluster-wise assessment of cluster stability" (2007): participants are drawn with replacement,
groups are sought among them, and each group is compared with the one most like it, by Jaccard's similarity. Lists: the
votes on one statement drawn anew are binomially distributed, so that their chance is computed and not drawn.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc, betainc

from . import latent
from .progress import Progress, silent
from .statistics import Z90, GroupCounts
from .votes import VoteTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]
Flags = NDArray[np.bool_]

VOTES = 60_000  # of many participants so many votes are drawn anew: stability is then that of a smaller room
DRAWS, STARTS = 8, 3


def group_stability(
    table: VoteTable, moderated: Flags, label: Labels, seed: int = 0, progress: Progress = silent
) -> Floats:
    """How much of each group comes back, (k,) from 0 to 1; `label` (n,) numbers the groups from 0.

    Only meaningful for the latent method, which is run again with the same number of groups.
    """
    k = int(label.max()) + 1
    if k < 2:
        return np.ones(k)
    chosen = latent.sampled(table, VOTES, [seed, 2])
    table, label = table.rows(chosen), label[chosen]
    everybody = latent.one_hot(table, moderated)
    found = np.zeros((DRAWS, k))
    for draw in range(DRAWS):
        progress(draw / DRAWS, "stability")
        drawn = np.random.default_rng([seed, 3, draw]).integers(0, label.size, label.size)
        votes = latent.one_hot(table.rows(np.sort(drawn)), moderated)
        points = latent.spread(votes, table.shape[1], latent.COMPONENTS)
        mixture, _ = latent.likeliest(votes, points, k, [seed, 4, draw], STARTS)
        again = latent.posterior(everybody, mixture).argmax(axis=1)
        found[draw] = _jaccard(label, again, k)
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


def sure_in_every_group(counts: GroupCounts) -> tuple[Floats, Floats]:
    """The chance that in every group more than half agree, and that in every group more than half object, (m,) each.

    Beta posteriors from a flat prior, groups independent. 1 where there are no groups would say nothing: then 0.
    """
    if counts.agree.shape[0] == 0:
        return np.zeros(counts.agree.shape[1]), np.zeros(counts.agree.shape[1])
    made = []
    for successes in (counts.agree, counts.object):
        below = betainc(successes + 1.0, counts.seen - successes + 1.0, 0.5)
        made.append(np.multiply.reduce(1.0 - below, axis=0))
    return made[0], made[1]
