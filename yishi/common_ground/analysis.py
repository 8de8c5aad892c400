"""From votes to common ground: `analyse` and the steps it is made of."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

from . import groups as published
from . import latent, resampling, statistics
from .blocks import HERE, ClusterGone, Rows, blocks, edges
from .components import Components, centred, components, project, project_statements, statement_means
from .progress import Progress, silent, within
from .result import CommonGround, Group
from .votes import BadVotes, VoteTable, vote_table

METHODS = ("latent", "polis")
NO_GROUPS = "The votes do not carry groups: nobody's votes are foretold better by any division of the participants."
TOO_FEW = "There are too few participants or statements to tell groups apart."

Floats = NDArray[np.float64]
Labels = NDArray[np.int32]
Flags = NDArray[np.bool_]


def analyse(
    participants: ArrayLike,
    statements: ArrayLike,
    votes: ArrayLike,
    *,
    timestamps: ArrayLike | None = None,
    method: str = "latent",
    labels: Mapping[int, Any] | None = None,
    moderated: Collection[int] = (),
    meta: Collection[int] = (),
    seed: int = 0,
    progress: Progress = silent,
    cluster: str | None = None,
) -> CommonGround:
    """Find the opinion groups, what unites them and what divides them.

    `participants`, `statements` and `votes` are columns of equal length (v,): whole numbers of at most 63 bits, votes
    +1 agree, -1 object, 0 pass. Of several votes on a pair the latest wins, by `timestamps` (v,), else by row.
    `method` "polis" is the published one (Small et al. 2021), "latent" a mixture whose number of groups is chosen by
    the likelihood of hidden votes. `labels` maps participant id → group and fixes the groups; participants without a
    label are in none. `moderated` statements take no part but are counted; `meta` ones besides are always routed first.

    `progress` is told how much is done (0 to 1) and what comes next. `cluster` is the address of a Dask scheduler: its
    workers share the participants, the result is the same to the last bit.

    Order-dependent choices follow the time of first votes, else what was voted; never the order of rows or ids.
    Raises BadVotes for what are no votes, ValueError for an unknown method, ClusterGone (an OSError) for a cluster that
    does not answer.
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}: " + " or ".join(METHODS))
    progress(0.0, "votes")
    return analyse_table(
        vote_table(participants, statements, votes, timestamps),
        method=method,
        labels=labels,
        moderated=moderated,
        meta=meta,
        seed=seed,
        progress=progress,
        cluster=cluster,
    )


def analyse_table(
    table: VoteTable,
    *,
    method: str = "latent",
    labels: Mapping[int, Any] | None = None,
    moderated: Collection[int] = (),
    meta: Collection[int] = (),
    seed: int = 0,
    progress: Progress = silent,
    cluster: str | None = None,
) -> CommonGround:
    """`analyse` of a table that is made already."""
    progress(0.1, "directions")
    out = np.isin(table.statements, list(moderated))
    totals = table.counts()
    mean = statement_means(totals, out)
    with rows_of(cluster) as rows:
        parts = rows.hold(centred, blocks(table), common=(mean, out))
        found = components(parts, mean, table.shape[0], rows=rows)
        seen = columns_seen(table, out)
        some = [seen[low:high] for low, high in edges(table)]
        where = np.concatenate(rows.each(project_part, parts, some, common=(found,)))
        del parts
        return after_projection(table, totals, found, where, out, method, labels, meta, seed, progress, rows)


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


def after_projection(
    table: VoteTable,
    totals: NDArray[np.int64],
    found: Components,
    where: Floats,
    out: Flags,
    method: str,
    labels: Mapping[int, Any] | None,
    meta: Collection[int],
    seed: int,
    progress: Progress = silent,
    rows: Rows = HERE,
) -> CommonGround:
    """Groups and all that follows, once it is known `where` everybody lies."""
    progress(0.2, "groups")
    ids, index, certainty, note, scores = _groups(table, where, out, method, labels, seed, progress, rows)
    progress(0.9, "counts")
    return _result(table, totals, found, where, out, meta, ids, index, certainty, note, scores, method, seed)


Certainty = tuple[float | None, float | None]  # of membership, of the group when participants are drawn anew
Found = tuple[list[Any], Labels, list[Certainty], str, tuple[float, ...]]


def _groups(
    table: VoteTable,
    where: Floats,
    out: Flags,
    method: str,
    labels: Mapping[int, Any] | None,
    seed: int,
    progress: Progress,
    rows: Rows,
) -> Found:
    """(group ids, place of each participant's group or -1, certainty per group, note, scores)."""
    if labels is not None:
        return _given(table, labels)
    inside = published.clustered(table.per_participant, table.shape[1])
    index = np.full(table.shape[0], -1, dtype=np.int32)
    if inside.sum() < 4 or table.shape[1] < 2:
        index[inside] = 0
        return [0], index, [(None, None)], TOO_FEW, ()
    if method == "polis":
        base = published.base_clusters(where[inside])
        of_base, silhouettes = published.groups_of(base, seed)
        label, scores = of_base[base.label], tuple(silhouettes.tolist())
        certainty: list[Certainty] = [(None, None)] * label.size
    else:
        members = table.rows(np.flatnonzero(inside))
        label, sure, scores = latent.groups(members, out, seed, within(progress, 0.2, 0.7), rows)
        stable = resampling.group_stability(members, out, label, seed, within(progress, 0.7, 0.9))
        certainty = [(float(sure[label == one].mean()), float(again)) for one, again in enumerate(stable)]
    sizes = np.bincount(label)
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    index[inside] = rank[label]
    k = int((sizes > 0).sum())
    known = [certainty[old] for old in order[:k]] if k > 1 else [(None, None)]
    return list(range(k)), index, known, NO_GROUPS if k == 1 else "", scores


def _given(table: VoteTable, labels: Mapping[int, Any]) -> Found:
    ids = sorted(set(labels.values()), key=lambda one: (str(type(one)), one))
    place = {label: number for number, label in enumerate(ids)}
    index = np.array(
        [place[labels[one]] if one in labels else -1 for one in table.participants.tolist()], dtype=np.int32
    )
    if (index < 0).all():
        raise BadVotes("表态的人都不在分组表里 · no participant with a vote has a label", column="labels")
    return ids, index, [(None, None)] * len(ids), "", ()


def _result(
    table: VoteTable,
    totals: NDArray[np.int64],
    found: Components,
    where: Floats,
    out: Flags,
    meta: Collection[int],
    ids: list[Any],
    index: Labels,
    certainty: list[Certainty],
    note: str,
    scores: tuple[float, ...],
    method: str,
    seed: int,
) -> CommonGround:
    """Everything that follows from the groups, in the order of ids."""
    by_id, people = np.argsort(table.statements), np.argsort(table.participants)
    counted = statistics.group_counts(table, index, len(ids))
    counts = statistics.GroupCounts(counted.agree[:, by_id], counted.object[:, by_id], counted.seen[:, by_id])
    totals, out = totals[:, by_id], out[by_id]
    order = np.arange(by_id.size)
    marks = statistics.representative(counts, statistics.proportion_tests(counts), out, order)
    agree, against = statistics.consensus(totals[2], totals[0], totals.sum(axis=0), out, order)
    shared, rejected = statistics.group_aware_consensus(counts)
    alone = project_statements(found)[by_id]
    extremity = np.where(out, 0.0, np.sqrt((alone**2).sum(axis=1)))
    sorted_index, sorted_ids = index[people], table.participants[people]
    members = [tuple(sorted_ids[sorted_index == number].tolist()) for number in range(len(ids))]
    return CommonGround(
        method=method,
        seed=seed,
        participant_ids=sorted_ids,
        statement_ids=table.statements[by_id],
        votes=int(table.column.size),
        groups=tuple(
            Group(identity, members[number], tuple(marks[number]), *certainty[number])
            for number, identity in enumerate(ids)
        ),
        counts=counts,
        totals=totals,
        consensus_of_groups=shared,
        objection_of_groups=rejected,
        consensus_agree=tuple(agree),
        consensus_object=tuple(against),
        priority=statistics.priorities(counts, extremity, np.isin(table.statements[by_id], list(meta))),
        dividing=statistics.dividing(counts, out),
        consensus_stability=resampling.list_stability(np.maximum(totals[2], totals[0]), totals.sum(axis=0)),
        sure_in_every_group=resampling.sure_in_every_group(counts),
        sure=1.0 - betainc(totals[2] + 1.0, totals.sum(axis=0) - totals[2] + 1.0, 0.5),
        projection=where[people],
        extremity=extremity,
        group_index=sorted_index,
        moderated=frozenset(int(one) for one in table.statements[by_id][out]),
        note=note,
        scores=scores,
        versions={"numpy": np.__version__, "scipy": scipy.__version__},
    )


__all__ = ["METHODS", "analyse", "analyse_table"]
