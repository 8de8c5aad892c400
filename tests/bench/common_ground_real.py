"""`./run bench common-ground-real [--rows N …] [--half tuning|held-out] [--sets NAME …] [--draw N] [--seed S]
[--drawings N] [--rooms N] [--markdown FILE]`: the method on real votes.

Also `./run bench common-ground --real`. Each row is a claim about "latent" or "polis" with its figure and its target;
docs/common-ground/measured.md says what each means. Votes are the .npz files of YISHI_VOTES_DIR:
arrays participant, statement, vote, time, moderated, and where known group_participant, group. The sets are split by a
hash of their names: what was tuned was tuned on the one half only, and both are told.
"""

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.common_ground.planted import alike, explained, planted_and_told, room, two_camps
from yishi.common_ground import analyse, judged, latent, opinions, tendency
from yishi.common_ground.result import CommonGround
from yishi.common_ground.votes import VoteTable, vote_table

from .common_ground_yardsticks import Cells, Yardstick
from .measure import Table

LEAST_PEOPLE, LEAST_STATEMENTS = 30, 8
DRAWINGS, ROOMS = 3, 200
HALVES = ("tuning", "held-out")
KEPT: dict[tuple[str, int, str], tuple[CommonGround, float]] = {}  # of a set, a seed and a method, with its seconds


@dataclass(frozen=True, slots=True)
class Set:
    """A real consultation: its table, which statements are moderated, and the published group of each person or -1."""

    name: str
    table: VoteTable
    out: NDArray[np.bool_]
    published: NDArray[np.int64] | None

    @property
    def half(self) -> str:
        return HALVES[int(hashlib.sha256(self.name.encode()).hexdigest(), 16) % 2]

    @property
    def row(self) -> NDArray:
        return np.repeat(np.arange(self.table.shape[0]), self.table.per_participant)

    @property
    def moderated(self) -> list[int]:
        return self.table.statements[self.out].tolist()

    def cells(self) -> Cells:
        """The votes on statements that are not moderated."""
        kept = ~self.out[self.table.column]
        answer = self.table.value[kept].astype(np.intp) + 1
        return Cells(self.row[kept], self.table.column[kept], answer, *self.table.shape)

    def analysed(self, kept: NDArray | None = None, votes: NDArray | None = None, **settings: object) -> CommonGround:
        """The result for these votes, or some of them, or others on the same cells."""
        kept = np.ones(self.table.column.size, dtype=bool) if kept is None else kept
        values = self.table.value if votes is None else votes
        people, topics = self.table.participants[self.row[kept]], self.table.statements[self.table.column[kept]]
        return analyse(people, topics, values[kept], moderated=self.moderated, **settings)

    def whole(self, seed: int = 0, method: str = "latent") -> CommonGround:
        """The result for all votes, made once for all rows that ask for it."""
        if (self.name, seed, method) not in KEPT:
            begun = time.process_time()
            found = self.analysed(seed=seed, method=method)
            KEPT[self.name, seed, method] = found, time.process_time() - begun
        return KEPT[self.name, seed, method][0]

    def seconds(self) -> float:
        """Of processor, for all votes."""
        self.whole()
        return KEPT[self.name, 0, "latent"][1]


def real_sets(names: Iterable[str] | None, half: str | None) -> list[Set]:
    folder = Path(os.environ.get("YISHI_VOTES_DIR") or "/nowhere")
    found = []
    for path in sorted(folder.glob("*.npz")):
        if names and path.stem not in names:
            continue
        votes = dict(np.load(path))
        table = vote_table(votes["participant"], votes["statement"], votes["vote"], votes["time"])
        out = np.isin(table.statements, np.union1d(votes["moderated"], votes.get("meta", votes["moderated"])))
        published = None
        if "group" in votes:
            told = dict(zip(votes["group_participant"].tolist(), votes["group"].tolist(), strict=True))
            published = np.array([told.get(who, -1) for who in table.participants.tolist()])
        one = Set(path.stem, table, out, published)
        if table.shape[0] >= LEAST_PEOPLE and int((~out).sum()) >= LEAST_STATEMENTS and half in (None, one.half):
            found.append(one)
    return found


@dataclass(frozen=True, slots=True)
class Walk:
    """What a row is measured on: sets, so many drawings of votes and random rooms, seeds counted from `seed`."""

    sets: list[Set]
    seed: int = 0
    drawings: int = DRAWINGS
    rooms: int = ROOMS

    @property
    def seeds(self) -> range:
        return range(self.seed, self.seed + self.drawings)


def drawn(sets: list[Set], number: int, seed: int) -> list[Set]:
    """So many sets, drawn by a hash of their names and the seed."""
    key = {one.name: hashlib.sha256(f"{seed} {one.name}".encode()).hexdigest() for one in sets}
    return sorted(sorted(sets, key=lambda one: key[one.name])[:number], key=lambda one: one.name)


def tell(table: Table, what: str, told: list[tuple[Set, float]], target: str, reach: Callable[[list[float]], float],
         least: float) -> None:  # fmt: skip
    """A figure for each half and for both; the target is of both."""
    for half in HALVES:
        some = [value for one, value in told if one.half == half]
        if some:
            table.add(f"  {what}: {half}, {len(some)}", f"{reach(some):.3f}")
    if told:
        figure = reach([value for _, value in told])
        table.add(f"{what}: all, {len(told)}", f"{figure:.3f}", target, reached=figure >= least)


def mean(values: list[float]) -> float:
    return float(np.mean(values))


def row_1(table: Table, walk: Walk) -> None:
    """Votes without groups on real cells: one group is found."""
    told = []
    for one in walk.sets:
        null = Yardstick(one.cells())
        said = null.chances(one.row, one.table.column)
        for seed in walk.seeds:
            draw = np.random.default_rng([seed, 11]).random(one.row.size)
            votes = (draw[:, None] > said.cumsum(axis=1)[:, :2]).sum(axis=1) - 1
            told.append((one, float(one.analysed(votes=votes.astype(np.int8), seed=seed).k == 1)))
        table.note(f"    {one.name}: {[value for who, value in told if who is one]}")
    tell(table, "1 no groups where there are none", told, "≥ 0.95", mean, 0.95)


def row_power(table: Table, walk: Walk) -> None:
    """Two groups are found where there are two; and where one dimension foretells better than none."""
    camps = []
    for seed in range(walk.seed, walk.seed + min(40, walk.rooms)):
        votes, camp = two_camps(seed)
        found = analyse(votes["participant"], votes["statement"], votes["vote"], seed=seed)
        camps.append(found.k == 2 and alike(found.group_index + 1, camp) > 0.5)
    table.add(
        "1b two camps of 15 in a room of 30 × 12", f"{np.mean(camps):.3f}", "≥ 0.80", reached=np.mean(camps) >= 0.8
    )
    widths, fits = [], []
    for one in walk.sets:
        block = tendency.cells(one.table, one.out)
        fitted = latent.fit_groups(block, 2, latent.without_groups(block), [0], thorough=True)
        fits.append((one, fitted))
        widths.append(float(np.abs(fitted.model.opinion[0] - fitted.model.opinion[1])[~one.out].mean()))
    told = []
    for (one, fitted), width in zip(fits, widths, strict=True):
        opinion = fitted.model.opinion * (np.median(widths) / max(width, 1e-9))
        model = tendency.replace(fitted.model, opinion=opinion)
        chance = np.random.default_rng([5, one.table.shape[0]])
        group = chance.random(one.table.shape[0]) < fitted.model.share[1]
        people = tendency.replace(fitted.people, strength=np.ones(group.size), shares=np.eye(2)[group.astype(int)])
        said = tendency.foretell(one.row, one.table.column, people, model)
        draw = chance.random(one.row.size)
        votes = ((draw[:, None] > said.cumsum(axis=1)[:, :2]).sum(axis=1) - 1).astype(np.int8)
        told.append((one, float(one.analysed(votes=votes).k == 2)))
    tell(table, "1b two groups of the median effect", told, "≥ 0.80", mean, 0.8)
    lined = []
    for one in walk.sets:
        gain, error = beside(one, 1)
        if gain > 2 * error:
            lined.append((one, float(one.whole().k >= 2)))
    tell(table, "1b groups where one dimension foretells", lined, "≥ 0.80", mean, 0.8)


def beside(one: Set, dimensions: int) -> tuple[float, float]:
    """The gain of a model with dimensions over that without, on a tenth hidden, and its error by person."""
    cells = one.cells()
    hidden = np.random.default_rng(3).random(cells.row.size) < 0.1
    shown, asked = cells.part(~hidden), cells.part(hidden)
    gains = Yardstick(shown).losses(asked) - Yardstick(shown, dimensions).losses(asked)
    of = np.bincount(asked.row, gains, cells.n)
    size = np.bincount(asked.row, minlength=cells.n)
    gain = gains.mean()
    return float(gain), float(np.sqrt(((of - gain * size) ** 2).sum()) / gains.size)


def row_2(table: Table, walk: Walk) -> None:
    """How much of the differences in passing the groups explain, beside the statements."""
    told = []
    for one in walk.sets:
        found = one.whole()
        if found.k < 2:
            told.append((one, 1.0))
            continue
        kept = ~one.out[one.table.column]
        passed = (one.table.value == 0)[kept].astype(float)
        rate = np.bincount(one.table.column[kept], passed, one.table.shape[1])
        rate /= np.maximum(1, np.bincount(one.table.column[kept], minlength=one.table.shape[1]))
        size = np.maximum(1, np.bincount(one.row[kept], minlength=one.table.shape[0]))
        left = np.bincount(one.row[kept], passed - rate[one.table.column[kept]], one.table.shape[0]) / size
        place = np.searchsorted(found.participant_ids, one.table.participants)
        group = found.group_index[place]
        share = explained(left[group >= 0], group[group >= 0])
        table.note(f"    {one.name}: k {found.k}, {share:.3f} of the variance of passing")
        told.append((one, float(share <= 0.15)))
    tell(table, "2 groups explain at most .15 of passing", told, "≥ 0.95", mean, 0.95)


def row_3(table: Table, walk: Walk) -> None:
    """Another seed, and nine people in ten."""
    seeds, people = [], []
    for one in walk.sets:
        first = one.whole()
        second = one.whole(seed=walk.seed + 1)
        kept = np.random.default_rng([7, walk.seed]).random(one.table.shape[0]) < 0.9
        fewer = one.analysed(kept[one.row], seed=0)
        seeds.append((one, first.k == second.k, same(first, second)))
        people.append((one, first.k == fewer.k, same(first, fewer)))
        table.note(f"    {one.name}: k {first.k} {second.k} {fewer.k}, {seeds[-1][2]:.3f} {people[-1][2]:.3f}")
    tell(table, "3 k equal, another seed", [(one, float(k)) for one, k, _ in seeds], "≥ 0.95", mean, 0.95)
    tell(table, "3 adjusted Rand index, another seed", [(one, x) for one, _, x in seeds], "≥ 0.95", mean, 0.95)
    tell(table, "3 k equal, nine people in ten", [(one, float(k)) for one, k, _ in people], "≥ 0.80", mean, 0.8)
    tell(table, "3 adjusted Rand index, nine in ten", [(one, x) for one, _, x in people], "≥ 0.80", mean, 0.8)


def same(one: CommonGround, other: CommonGround) -> float:
    """How alike two divisions of the people are whom both place; two of one group are the same."""
    both, here, there = np.intersect1d(one.participant_ids, other.participant_ids, return_indices=True)
    mine, theirs = one.group_index[here], other.group_index[there]
    inside = (mine >= 0) & (theirs >= 0)
    if inside.sum() < 2 or (one.k == 1 and other.k == 1):
        return 1.0
    if one.k == 1 or other.k == 1:
        return 0.0
    return alike(mine[inside], theirs[inside])


def row_4(table: Table, walk: Walk) -> None:
    """Log-loss of a tenth of the votes, hidden, in several drawings."""
    beats, level, groups, best = [], [], [], []
    for one in walk.sets:
        cells = one.cells()
        kept = np.flatnonzero(~one.out[one.table.column])
        losses = []
        for seed in walk.seeds:
            hidden = np.random.default_rng([seed, 13]).random(cells.row.size) < 0.1
            shown, asked = cells.part(~hidden), cells.part(hidden)
            entries = np.ones(one.row.size, dtype=bool)
            entries[kept[hidden]] = False
            found = one.analysed(entries, seed=seed)
            there = np.isin(one.table.participants[asked.row], found.participant_ids)
            there &= np.isin(one.table.statements[asked.column], found.statement_ids)
            asked = asked.part(there)
            ids = (one.table.participants[asked.row], one.table.statements[asked.column])
            said = found.predict(*ids)[np.arange(asked.row.size), asked.answer]
            told = [-np.log(said).mean(), Yardstick(shown).losses(asked).mean()]
            told += [Yardstick(shown, d).losses(asked).mean() for d in (1, 2)]
            label = one.published if one.published is not None else np.full(cells.n, -1)
            told.append(Yardstick(shown, label=label).losses(asked).mean() if label.max() >= 0 else np.nan)
            losses.append([found.k, *told])
        k, ours, null, line, plane, published = np.mean(losses, axis=0)
        table.note(
            f"    {one.name}: k {k:.1f}, latent {ours:.4f}, no groups {null:.4f}, published {published:.4f}, "
            f"1-D {line:.4f}, 2-D {plane:.4f}"
        )
        (beats if k >= 1.5 else level).append((one, float(ours < null if k >= 1.5 else ours < null * 1.005)))
        if not np.isnan(published):
            groups.append((one, published / ours))
        best.append((one, min(line, plane) / ours))
    tell(table, "4 beats statement + tendency, k ≥ 2", beats, "≥ 0.95", mean, 0.95)
    tell(table, "4 level with it, k = 1", level, "≥ 0.95", mean, 0.95)
    tell(table, "4 loss of published groups + tendency over ours", groups, "≥ 1.00", mean, 1.0)
    tell(table, "4 loss of the best line or plane over ours", best, "≥ 0.97", mean, 0.97)


def row_5(table: Table, walk: Walk) -> None:
    """What every group agrees with, beside the published groups' list, and on people who were hidden."""
    ours, theirs, held = [], [], []
    for one in walk.sets:
        if one.published is None:
            continue
        found = one.whole()
        labels = {
            who: g for who, g in zip(one.table.participants.tolist(), one.published.tolist(), strict=True) if g >= 0
        }
        given = one.analysed(labels=labels)
        ours.append(len(found.shared))
        theirs.append(len(given.shared))
        kept = np.random.default_rng(9).random(one.table.shape[0]) < 0.8
        part = one.analysed(kept[one.row])
        agreed, stated = on_hidden_people(one, part, ~kept)
        table.note(f"    {one.name}: {ours[-1]} shared, by published groups {theirs[-1]}; {agreed}")
        held += [(one, float(share >= low)) for share, low in zip(agreed, stated, strict=True)]
    empty, other = sum(n == 0 for n in ours), sum(n == 0 for n in theirs)
    table.add("5 sets without a shared statement", str(empty), f"≤ {other}", reached=empty <= other)
    table.add("  shared statements a set, published groups'", f"{mean(ours):.1f}, {mean(theirs):.1f}")
    tell(table, "5 stated shares that hold for hidden people", held, "≥ 0.90", mean, 0.9)


def on_hidden_people(one: Set, part: CommonGround, hidden: NDArray) -> tuple[list[float], list[float]]:
    """Of each listed statement the least share of agreement in a group among people not seen (with 5 votes a group),
    placed by their other votes; and the share that was stated."""
    if part.k < 2 or part.foretelling is None:
        return [], []
    place = np.full(int(one.table.statements.max()) + 1, -1)
    place[part.statement_ids] = np.arange(part.statement_ids.size)
    entries = hidden[one.row] & (place[one.table.statements[one.table.column]] >= 0)
    people = one.table.participants[one.row[entries]]
    topics = one.table.statements[one.table.column[entries]]
    agreed, stated = [], []
    for line in part.shared:
        identity = part.statement_ids[line.statement]
        rest = topics != identity
        table = vote_table(people[rest], topics[rest], one.table.value[entries][rest])
        where = place[table.statements]
        model = part.foretelling.model
        model = tendency.replace(
            model, agreed=model.agreed[where], passed=model.passed[where], opinion=model.opinion[:, where]
        )
        known = opinions.place(table, ~part.foretelling.known[where], model, graded=part.choice.graded, steps=8)
        group = dict(zip(table.participants.tolist(), known.shares.argmax(axis=1).tolist(), strict=True))
        who, said = people[~rest], one.table.value[entries][~rest]
        of = np.array([group.get(one_person, -1) for one_person in who.tolist()])
        shares = [(said[of == g] == 1).mean() for g in range(part.k) if (of == g).sum() >= judged.LEAST]
        if len(shares) == part.k:
            agreed.append(float(min(shares)))
            stated.append(line.low)
    return agreed, stated


def row_6(table: Table, walk: Walk) -> None:
    """Planted groups, with and without planted tendencies."""
    for n, m in ((1_000, 100), (10_000, 300)):
        for layout in ("axes", "simplex"):
            for habits in (0.0, 0.7):
                votes, group, best = planted_and_told(n, m, layout, 1, 25, habits)
                columns = (votes["participant"], votes["statement"], votes["vote"])
                start = time.process_time()
                found = analyse(*columns, timestamps=votes["time"])
                cpu = time.process_time() - start
                inside = found.group_index >= 0
                people = found.participant_ids[inside]
                part = alike(found.group_index[inside], group[people]) / alike(best[people], group[people])
                least = 0.95 if n <= 1_000 else 0.97
                what = f"6 {n:,} × {m} {layout}, habits {habits}: k {found.k}, {cpu:.0f} s"
                table.add(what, f"{part:.3f}", f"≥ {least}, k 4", reached=part >= least and found.k == 4)


def row_7(table: Table, walk: Walk) -> None:
    """Random rooms."""
    for people in (5, 12, 30, 60):
        for statements in (8, 20):
            found = []
            for seed in range(walk.seed, walk.seed + walk.rooms):
                votes = room(people, statements, seed)
                found.append(analyse(votes["participant"], votes["statement"], votes["vote"], seed=seed).k > 1)
            figure = float(np.mean(found))
            table.add(
                f"7 groups in rooms of {people} × {statements}", f"{figure:.3f}", "≤ 0.05", reached=figure <= 0.05
            )


def row_8(table: Table, walk: Walk) -> None:
    """`polis` from a cold start beside the published groups."""
    near, counts = {"polis": [], "polis-published": []}, []
    for one in walk.sets:
        if one.published is None:
            continue
        for method, told in near.items():
            found = one.whole(method=method)
            group = found.group_index[np.searchsorted(found.participant_ids, one.table.participants)]
            both = (group >= 0) & (one.published >= 0)
            told.append((one, alike(group[both], one.published[both])))
            if method == "polis":
                counts.append((one, float(found.k == np.unique(one.published[one.published >= 0]).size)))
    tell(table, "8 polis, adjusted Rand index", near["polis"], "≥ 0.75", mean, 0.75)
    tell(table, "8 polis, k equal", counts, "≥ 0.78", mean, 0.78)
    tell(table, "8 polis-published, adjusted Rand index", near["polis-published"], "", mean, 0.0)


def row_9(table: Table, walk: Walk) -> None:
    """Seconds of processor on each real set; larger shapes: ./run bench common-ground."""
    spent = []
    for one in walk.sets:
        spent.append(one.seconds())
        table.note(f"    {one.name}: {one.table.column.size:,} votes, {spent[-1]:.2f} s")
    table.add("9 median real set: CPU", f"{np.median(spent):.2f} s", "≤ 3 s", reached=np.median(spent) <= 3.0)


def as_markdown(table: Table, walk: Walk) -> str:
    """The figures as a table, with what they were measured on."""
    told = f"{len(walk.sets)} sets, seeds from {walk.seed}, {walk.drawings} drawings, {walk.rooms} rooms of each shape"
    lines = [told, "", "| row | measured | must | |", "|---|---|---|---|"]
    for what, figure, target, reached in table.rows:
        mark = {True: "reached", False: "**missed**", None: ""}[reached]
        lines.append(f"| {what.strip()} | {figure} | {target} | {mark} |")
    return "\n".join(lines) + "\n"


ROWS = {"1": row_1, "1b": row_power, "2": row_2, "3": row_3, "4": row_4, "5": row_5, "6": row_6, "7": row_7}
ROWS |= {"8": row_8, "9": row_9}


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./run bench common-ground-real", description=__doc__)
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument("--sets", nargs="+", metavar="NAME")
    parser.add_argument("--draw", type=int, metavar="N", help="so many sets, drawn by the seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--drawings", type=int, default=DRAWINGS, metavar="N")
    parser.add_argument("--rooms", type=int, default=ROOMS, metavar="N", help="random rooms of each shape")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the figures as a table")
    given = parser.parse_args(words)
    sets = real_sets(given.sets, given.half)
    if given.draw:
        sets = drawn(sets, given.draw, given.seed)
    walk = Walk(sets, given.seed, given.drawings, given.rooms)
    table = Table()
    for name in given.rows:
        if not sets and name not in ("6", "7"):
            table.note(f"{name}: no votes in the folder YISHI_VOTES_DIR")
            continue
        table.note(f"\n== {name}: {(ROWS[name].__doc__ or '').splitlines()[0]}")
        ROWS[name](table, walk)
    if given.markdown:
        given.markdown.write_text(as_markdown(table, walk), "utf-8")
    return table.missed


if __name__ == "__main__":
    sys.exit(main())
