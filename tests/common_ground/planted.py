"""Votes with planted groups: two axes of opinion, or a stance of its own for each group; seeded."""

import numpy as np
from numpy.typing import NDArray

SHARES = (0.4, 0.3, 0.2, 0.1)


def planted(
    n: int, m: int, layout: str = "axes", seed: int = 1, median: int = 25, habits: float = 0.0
) -> tuple[dict[str, NDArray], NDArray]:
    """Columns participant, statement, vote, time (by time), and the group of each participant."""
    votes, group, _best = planted_and_told(n, m, layout, seed, median, habits)
    return votes, group


def planted_and_told(
    n: int, m: int, layout: str = "axes", seed: int = 1, median: int = 25, habits: float = 0.0
) -> tuple[dict[str, NDArray], NDArray, NDArray]:
    """The same, and for each participant the likeliest group for one who knows the true parameters.

    With `habits` each participant has a tendency of that standard deviation (in logits) to each of the three answers.

    Three statements in ten are agreed with alike by all; on the others every group agrees with 85 or 15 in a hundred
    of those who do not pass. Statements are seen unevenly, participants vote on about `median` of them.
    """
    chance = np.random.default_rng(seed)
    group = chance.choice(len(SHARES), size=n, p=SHARES)
    if layout == "axes":
        corners = np.array([[1, 1], [-1, 1], [1, -1], [-1, -1]])
        stance = corners[:, chance.integers(0, 2, m)] * chance.choice([-1, 1], m)
    else:
        stance = chance.choice([-1, 1], (len(SHARES), m))
    alike = chance.random(m) < 0.3
    agree = np.where(alike, chance.uniform(0.1, 0.95, m), np.where(stance > 0, 0.85, 0.15))
    passes, seen = chance.uniform(0.05, 0.25, m), chance.lognormal(0, 0.7, m)
    sizes = np.clip(np.rint(chance.lognormal(np.log(median), 0.6, n)), 1, int(0.8 * m)).astype(int)
    keys = np.log(seen)[None, :] + chance.gumbel(size=(n, m)) if n * m <= 10**7 else None
    if keys is not None:  # the largest keys: drawing without putting back
        ranked = np.argsort(-keys, axis=1)
        column = np.concatenate([ranked[row, :size] for row, size in enumerate(sizes)])
        row = np.repeat(np.arange(n), sizes)
    else:
        row, column = _draw(chance, sizes, seen)
    vote = np.where(chance.random(row.size) < agree[group[row], column], 1, -1)
    vote[chance.random(row.size) < passes[column]] = 0
    if habits:
        vote, likely = _with_habits(np.random.default_rng([seed, 1]), habits, row, column, group, agree, passes)
    time = chance.integers(0, 30 * 86_400_000, row.size)
    order = np.argsort(time, kind="stable")
    table = {"participant": row, "statement": column, "vote": vote, "time": time}
    if habits:
        best = (likely + np.log(SHARES)[:, None]).argmax(axis=0)
        return {name: values[order] for name, values in table.items()}, group, best
    said = np.where(vote == 1, np.log(agree[:, column]), np.where(vote == -1, np.log1p(-agree[:, column]), 0.0))
    likely = np.stack([np.bincount(row, one, n) for one in said]) + np.log(SHARES)[:, None]
    return {name: values[order] for name, values in table.items()}, group, likely.argmax(axis=0)


def _with_habits(
    chance: np.random.Generator,
    habits: float,
    row: NDArray,
    column: NDArray,
    group: NDArray,
    agree: NDArray,
    passes: NDArray,
) -> tuple[NDArray, NDArray]:
    """Votes of people with tendencies, and how likely each one's are in each group (groups, n)."""
    n = group.size
    tendency = chance.normal(0.0, habits, (n, 3))
    vote, likely = np.zeros(row.size, dtype=np.int64), np.zeros((len(SHARES), n))
    draw = chance.random(row.size)
    for low in range(0, row.size, 1 << 20):
        part = slice(low, low + (1 << 20))
        who, what = row[part], column[part]
        said = []
        for stance in agree:
            answers = np.stack([(1 - passes) * (1 - stance), passes, (1 - passes) * stance], axis=1)[what]
            answers = answers * np.exp(tendency[who])
            said.append(answers / answers.sum(axis=1, keepdims=True))
        told = np.stack(said)
        mine = told[group[who], np.arange(who.size)]
        vote[part] = (draw[part][:, None] > mine.cumsum(axis=1)[:, :2]).sum(axis=1) - 1
        for number in range(len(SHARES)):
            chosen = told[number, np.arange(who.size), vote[part] + 1]
            likely[number] += np.bincount(who, np.log(chosen), n)
    return vote, likely


def room(people: int, statements: int, seed: int) -> dict[str, NDArray]:
    """Votes of a room in which everybody answers everything, by chance."""
    chance = np.random.default_rng([people, statements, seed])
    row, column = np.divmod(np.arange(people * statements), statements)
    return {"participant": row, "statement": column, "vote": chance.integers(-1, 2, row.size)}


def two_camps(seed: int, people: int = 30, statements: int = 12, apart: int = 6) -> tuple[dict[str, NDArray], NDArray]:
    """A room of two camps of equal size, who agree with .9 and .1 on `apart` statements and with .5 on the others."""
    chance = np.random.default_rng([seed, 2])
    camp = np.arange(people) % 2
    row, column = np.divmod(np.arange(people * statements), statements)
    agree = np.where(column >= apart, 0.5, np.where((camp[row] + column) % 2 == 0, 0.9, 0.1))
    return {"participant": row, "statement": column, "vote": np.where(chance.random(row.size) < agree, 1, -1)}, camp


def habits_only(
    people: int, statements: int, seed: int, passing: float = 1.0, leaning: float = 0.7
) -> dict[str, NDArray]:
    """Votes without groups: how each statement is received, and each person's tendency to pass and to agree."""
    chance = np.random.default_rng([seed, 3])
    row, column = np.divmod(np.arange(people * statements), statements)
    received, passed = chance.normal(0.3, 0.8, statements), chance.normal(-1.0, 0.5, statements)
    lean, talk = chance.normal(0, leaning, people), chance.normal(0, passing, people)
    x, y = received[column] + lean[row], passed[column] + talk[row]
    likely = np.exp(np.stack([-x, y, x], axis=1))
    likely /= likely.sum(axis=1, keepdims=True)
    vote = (chance.random(row.size)[:, None] > likely.cumsum(axis=1)[:, :2]).sum(axis=1) - 1
    return {"participant": row, "statement": column, "vote": vote}


def explained(values: NDArray, group: NDArray) -> float:
    """The share of the variance of `values` that a division explains (eta squared)."""
    whole = ((values - values.mean()) ** 2).sum()
    inside = sum(((values[group == one] - values[group == one].mean()) ** 2).sum() for one in np.unique(group))
    return float(1.0 - inside / whole) if whole > 0 else 0.0


def _draw(chance: np.random.Generator, sizes: NDArray, seen: NDArray) -> tuple[NDArray, NDArray]:
    """Of a million participants: more columns than needed are drawn, and what comes twice is left out."""
    edges, m = np.cumsum(seen / seen.sum()), seen.size
    rows, columns = [], []
    for low in range(0, sizes.size, 100_000):
        wanted = sizes[low : low + 100_000]
        row = np.repeat(np.arange(low, low + wanted.size), np.ceil(wanted * 1.25).astype(int) + 2)
        key = np.unique(row * m + np.searchsorted(edges, chance.random(row.size)).clip(0, m - 1))
        key = chance.permutation(key)
        key = key[np.argsort(key // m, kind="stable")]
        row = key // m
        rank = np.arange(row.size) - np.searchsorted(row, np.arange(low, low + wanted.size))[row - low]
        kept = rank < wanted[row - low]
        rows.append(row[kept])
        columns.append(key[kept] % m)
    return np.concatenate(rows), np.concatenate(columns)


def alike(one: NDArray, other: NDArray) -> float:
    """Adjusted Rand index of two divisions (Hubert, Arabie 1985)."""
    table = np.zeros((int(one.max()) + 1, int(other.max()) + 1))
    np.add.at(table, (one, other), 1)
    pairs = lambda counts: (counts * (counts - 1) / 2).sum()  # noqa: E731
    both, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = rows * columns / pairs(np.array([one.size]))
    return float((both - expected) / ((rows + columns) / 2 - expected))
