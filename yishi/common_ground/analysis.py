"""From votes to common ground: `analyse` and the steps it is made of."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

from . import groups as published
from . import ids, judged, odd, resampling, statistics
from .blocks import HERE, ClusterGone, Rows, blocks, edges
from .choice import MOST, Choice
from .components import Components, centred, components, project, project_statements, statement_means
from .opinions import Opinions, opinions
from .predict import Foretelling
from .progress import Progress, silent, within
from .result import CommonGround, Group
from .votes import BadVotes, VoteTable, columns_of, vote_table

METHODS = ("latent", "polis", "polis-published")
NO_GROUPS = "The votes do not carry groups: nobody's votes are foretold better by any division of the participants."
TOO_FEW = "There are too few participants or statements to tell groups apart."

Floats = NDArray[np.float64]
Labels = NDArray[np.int32]
Flags = NDArray[np.bool_]
NOBODY = np.zeros(0, dtype=bool)


@dataclass(frozen=True, slots=True)
class Settings:
    """What `analyse` was asked for, besides the votes."""

    method: str = "latent"
    labels: Mapping[int, Any] | None = None
    moderated: Collection[int] = ()
    meta: Collection[int] = ()
    seed: int = 0
    k: int | None = None

    @property
    def out(self) -> frozenset[int]:
        """The statements that take no part: moderated ones, and those about the consultation itself."""
        return frozenset(self.moderated) | frozenset(self.meta)

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"unknown method {self.method!r}: " + " or ".join(METHODS))
        if self.k is not None and not 1 <= self.k <= MOST:
            raise ValueError(f"k is {self.k}: from 1 to {MOST} groups can be asked for")


def analyse(
    participants: ArrayLike,
    statements: ArrayLike,
    votes: ArrayLike,
    *,
    timestamps: ArrayLike | None = None,
    method: str = "latent",
    labels: Mapping[Any, Any] | None = None,
    moderated: Collection[Any] = (),
    meta: Collection[Any] = (),
    seed: int = 0,
    k: int | None = None,
    progress: Progress = silent,
    cluster: str | None = None,
) -> CommonGround:
    """Find the opinion groups, what unites them and what divides them.

    Parameters
    ----------
    participants, statements : array_like of int or str, shape (v,)
        Who voted, and on what. Whole numbers of at most 63 bits, or strings.
    votes : array_like of int, shape (v,)
        +1 agrees, -1 objects, 0 passes. Of several votes on a pair the latest counts.
    timestamps : array_like of int, shape (v,), optional
        When each vote was given, in any unit that is the same for all. Without them the later row is the later vote.
    method : {"latent", "polis", "polis-published"}
        "latent" is a mixture of opinions with a personal tendency, the number of groups chosen by hidden votes; "polis"
        the published method (Small et al. 2021) begun at distinct points in several ways; "polis-published" begun as
        production begins, at those who came first.
    labels : mapping of participant to label, optional
        Fixes the groups; participants without a label are in none.
    moderated, meta : collection of statement ids
        Neither takes part, both are counted. `meta` statements, on the consultation itself, are routed first.
    seed : int
        Of all random draws. The same votes and seed give the same bits, however rows are shuffled and ids numbered.
    k : int, optional
        The number of groups of "latent" or "polis", 1 to 7; `CommonGround.objection` says what the votes say of it.
    progress : callable
        Told how much is done (0 to 1) and what comes next.
    cluster : str, optional
        The address of a Dask scheduler: its workers share the participants, the result is the same to the last bit.

    Returns
    -------
    CommonGround

    Raises
    ------
    BadVotes
        For what are no votes; it names the row and the column.
    ValueError
        For an unknown method or a number of groups out of range.
    ClusterGone
        An OSError: the cluster does not answer.

    References
    ----------
    Small, Bjorkegren, Erkkilä, Shaw, Megill, "Polis: Scaling Deliberation by Mapping High Dimensional Opinion Spaces"
    (2021). The model of "latent": `tendency.py` and docs/common-ground/.

    Examples
    --------
    >>> found = analyse(["ann", "ann", "bo"], ["road", "well", "road"], [1, 0, -1])
    >>> found.k, found.totals.tolist()
    (1, [[1, 0], [0, 1], [1, 0]])
    """
    settings = Settings(method, labels, moderated, meta, seed, k)
    progress(0.0, "votes")
    people, names = ids.coded(participants)
    topics, titles = ids.coded(statements)
    settings = Settings(
        method, ids.numbered(labels, names), ids.numbers(moderated, titles), ids.numbers(meta, titles), seed, k
    )
    table = vote_table(people, topics, votes, timestamps)
    contradicting = NOBODY
    if np.size(people) > table.column.size:
        contradicting = odd.contradicting(table, *columns_of(people, topics, votes)[:3])
    analysis = analyse_table(table, settings, contradicting=contradicting, progress=progress, cluster=cluster)
    return ids.with_names(analysis, names, titles)


def analyse_table(
    table: VoteTable,
    settings: Settings | None = None,
    *,
    contradicting: Flags = NOBODY,
    progress: Progress = silent,
    cluster: str | None = None,
) -> CommonGround:
    """`analyse` of a table that is made already; `contradicting` (n,) are those of odd.contradicting, if any."""
    settings = settings or Settings()
    progress(0.1, "directions")
    out = np.isin(table.statements, list(settings.out))
    totals = table.counts()
    mean = statement_means(totals, out)
    with rows_of(cluster) as rows:
        parts = rows.hold(centred, blocks(table), common=(mean, out))
        found = components(parts, mean, table.shape[0], rows=rows)
        seen = columns_seen(table, out)
        some = [seen[low:high] for low, high in edges(table)]
        where = np.concatenate(rows.each(project_part, parts, some, common=(found,)))
        del parts
        return after_projection(table, totals, found, where, out, settings, contradicting, progress, rows)


@contextmanager
def rows_of(cluster: str | None) -> Iterator[Rows]:
    """Where the work is done: here, or by the workers of the Dask scheduler at the address `cluster`."""
    if cluster is None:
        yield HERE
        return
    try:
        module = import_module(f"{__package__}.cluster")
    except ImportError as error:
        raise ClusterGone(0, "没有安装可选依赖 · not installed: requirements/cluster.lock", cluster) from error
    rows = module.ClusterRows(cluster)
    try:
        yield rows
    finally:
        rows.close()


def project_part(part: Any, seen: NDArray[np.int64], found: Components) -> Floats:
    """`project`, with the arguments in the order of columns first."""
    return project(part, found, seen)


def columns_seen(table: VoteTable, out: Flags) -> NDArray[np.int64]:
    """How many statements count as seen by each participant, (n,): moderated ones by everybody, as published."""
    seen = table.per_participant
    if not out.any():
        return seen
    of_row = np.repeat(np.arange(table.shape[0]), seen)
    return seen - np.bincount(of_row[out[table.column]], minlength=seen.size) + int(out.sum())


@dataclass(frozen=True, slots=True)
class Division:
    """Who is in which group: group `ids`, the place of each participant's group or -1 (`index`), what is known of each
    group (`certainty`, `stability`), and what was said on the way."""

    ids: list[Any]
    index: Labels
    certainty: list[float | None]
    stability: list[float | None]
    note: str = ""
    scores: tuple[float, ...] = ()
    opinions: Opinions | None = None
    order: list[int] = field(default_factory=list)  # of the method's groups, by falling size


def after_projection(
    table: VoteTable,
    totals: NDArray[np.int64],
    found: Components,
    where: Floats,
    out: Flags,
    settings: Settings,
    contradicting: Flags = NOBODY,
    progress: Progress = silent,
    rows: Rows = HERE,
) -> CommonGround:
    """Groups and all that follows, once it is known `where` everybody lies."""
    progress(0.2, "groups")
    one_answer = odd.one_answer(table, out)
    if contradicting.size == 0:
        contradicting = np.zeros(table.shape[0], dtype=bool)
    made = _division(table, where, out, (one_answer != 2) | contradicting, settings, progress, rows)
    progress(0.9, "counts")
    why = np.where(contradicting, 3, np.where(one_answer != 2, 1 - one_answer, -1))
    return _result(table, totals, found, where, out, settings, made, why)


def _division(
    table: VoteTable, where: Floats, out: Flags, odd: Flags, settings: Settings, progress: Progress, rows: Rows
) -> Division:
    if settings.labels is not None:
        return _given(table, settings.labels)
    latent = settings.method == "latent"
    inside = placeable(table, out) if latent else published.clustered(table.per_participant, table.shape[1])
    index = np.full(table.shape[0], -1, dtype=np.int32)
    if inside.sum() < 4 or table.shape[1] < 2:
        index[inside] = 0
        return Division([0], index, [None], [None], TOO_FEW)
    if latent:
        made = opinions(
            table, out, inside, odd, k=settings.k, seed=settings.seed, progress=within(progress, 0.2, 0.7), rows=rows
        )
        return _of_opinions(table, out, odd, made, settings, progress)
    label, scores = published.division(
        where[inside], settings.seed, k=settings.k, as_published=settings.method == "polis-published"
    )
    sizes = np.bincount(label)
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    index[inside] = rank[label]
    k = int((sizes > 0).sum())
    return Division(list(range(k)), index, [None] * k, [None] * k, NO_GROUPS if k == 1 else "", tuple(scores.tolist()))


def placeable(table: VoteTable, out: Flags) -> Flags:
    """Who answered enough to be put in a group, (n,): seven statements, or half of those open to that person."""
    here = int((~out).sum())
    opened = np.full(table.shape[0], here) if table.opened is None else np.minimum(table.opened, here)
    found: Flags = odd.answered(table, out) >= np.maximum(1, np.minimum(7, -(-opened // 2)))
    return found


def _of_opinions(
    table: VoteTable, out: Flags, odd: Flags, made: Opinions, settings: Settings, progress: Progress
) -> Division:
    label, scores = made.label, made.choice.loss
    if int(label.max()) < 1:
        few = made.choice.k == 1 and not made.choice.tried
        note = TOO_FEW if few else NO_GROUPS
        return Division([0], np.minimum(label, 0), [None], [None], note, scores, made, [0])
    weight = np.where(odd, 0.0, 1.0)
    stable = resampling.group_stability(
        table, out, label, settings.seed, within(progress, 0.7, 0.9), graded=made.graded, weight=weight
    )
    sizes = np.bincount(label[label >= 0])
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    index = np.where(label >= 0, rank[label], -1).astype(np.int32)
    certain = [float(made.shares[label == group, group].mean()) for group in order.tolist()]
    again = [float(stable[group]) for group in order.tolist()]
    return Division(list(range(order.size)), index, [*certain], [*again], "", scores, made, order.tolist())


def _given(table: VoteTable, labels: Mapping[int, Any]) -> Division:
    names = sorted(set(labels.values()), key=lambda label: (str(type(label)), label))
    place = {label: number for number, label in enumerate(names)}
    index = np.array(
        [place[labels[person]] if person in labels else -1 for person in table.participants.tolist()], dtype=np.int32
    )
    if (index < 0).all():
        raise BadVotes("表态的人都不在分组表里 · no participant with a vote has a label", column="labels")
    return Division(names, index, [None] * len(names), [None] * len(names))


def _result(
    table: VoteTable,
    totals: NDArray[np.int64],
    axes: Components,
    spots: Floats,
    left_out: Flags,
    settings: Settings,
    division: Division,
    oddness: NDArray[np.integer],
) -> CommonGround:
    """Everything that follows from the groups, in the order of ids."""
    by_id, people = np.argsort(table.statements), np.argsort(table.participants)
    counts = statistics.group_counts(table, division.index, len(division.ids)).columns(by_id)
    totals, left_out = totals[:, by_id], left_out[by_id]
    of_method = division.opinions
    others = None if of_method is None else of_method.judged
    if others is not None:
        others = others.columns(by_id).groups(np.array(division.order))
    order = np.arange(by_id.size)
    marks = statistics.representative_by(counts, others, left_out, order)
    agree, against = statistics.consensus(totals[2], totals[0], totals.sum(axis=0), left_out, order)
    shared, rejected = statistics.group_aware_consensus(counts)
    single_statements = project_statements(axes)[by_id]
    extremity = np.where(left_out, 0.0, np.sqrt((single_statements**2).sum(axis=1)))
    sorted_index, sorted_ids = division.index[people], table.participants[people]
    members = [tuple(sorted_ids[sorted_index == number].tolist()) for number in range(len(division.ids))]
    judging = _judging(counts, others, totals, len(division.ids))
    strange = np.flatnonzero(oddness[people] >= 0)
    gap, error, _, _ = judged.gaps(judging, left_out)
    shown = counts if others is not None else None
    return CommonGround(
        method=settings.method,
        seed=settings.seed,
        participant_ids=sorted_ids,
        statement_ids=table.statements[by_id],
        votes=int(table.column.size),
        groups=tuple(
            Group(identity, members[at], tuple(marks[at]), division.certainty[at], division.stability[at])
            for at, identity in enumerate(division.ids)
        ),
        counts=counts,
        totals=totals,
        consensus_of_groups=shared,
        objection_of_groups=rejected,
        consensus_agree=tuple(agree),
        consensus_object=tuple(against),
        priority=statistics.priorities(counts, extremity, np.isin(table.statements[by_id], list(settings.meta))),
        dividing=statistics.dividing(counts, left_out) if others is None else np.maximum(0.0, gap - error),
        consensus_stability=resampling.list_stability(np.maximum(totals[2], totals[0]), totals.sum(axis=0)),
        sure_in_every_group=judged.sure_in_every_group(judging),
        sure=1.0 - betainc(totals[2] + 1.0, totals.sum(axis=0) - totals[2] + 1.0, 0.5),
        projection=spots[people],
        extremity=extremity,
        group_index=sorted_index,
        moderated=frozenset(int(moderated_id) for moderated_id in table.statements[by_id][left_out]),
        note=division.note,
        scores=division.scores,
        versions={"numpy": np.__version__, "scipy": scipy.__version__},
        judged=judging,
        judged_by="" if of_method is None or others is None else of_method.judged_by,
        shared=tuple(judged.shared_lines(judging, left_out, shown=shown)),
        shared_objections=tuple(judged.shared_lines(judging, left_out, agree=False, shown=shown)),
        divides=tuple(judged.dividing_lines(judging, left_out, shown=shown)),
        odd=tuple(odd.Odd(sorted_ids[at].item(), odd.WHY[oddness[people][at]]) for at in strange.tolist()),
        choice=None if of_method is None else of_method.choice,
        converged=None if of_method is None else of_method.converged,
        memberships=None if of_method is None else of_method.shares[people][:, division.order],
        objection=_objection(of_method.choice, settings.k) if of_method and settings.k else "",
        foretelling=None
        if of_method is None
        else Foretelling.of(of_method.people, of_method.model, people, by_id, left_out),
    )


def _judging(
    counts: statistics.GroupCounts, others: statistics.GroupCounts | None, totals: NDArray[np.int64], k: int
) -> statistics.GroupCounts:
    """The counts that lists are made from: by those who did not make the groups; of one group everybody's."""
    if others is not None:
        return others
    if k < 2:
        return statistics.GroupCounts(totals[2][None, :], totals[0][None, :], totals.sum(axis=0)[None, :])
    return counts


def _objection(choice: Choice, k: int) -> str:
    """What hidden votes say against the number of groups that was asked for; "" if nothing."""
    if choice.k == k:
        return ""
    said = f"{k} groups were asked for; the hidden votes carry {choice.k}"
    asked = [trial for trial in choice.tried if trial.k == k]
    taken = [trial for trial in choice.tried if trial.taken]
    if not asked or not taken:
        return said + "."
    worse = (min(trial.loss for trial in asked) / taken[-1].loss - 1.0) * 100.0
    return f"{said}: with {k} they are foretold {abs(worse):.1f} % {'worse' if worse > 0 else 'better'}."


__all__ = ["METHODS", "Settings", "analyse", "analyse_table"]
