"""With the published groups, everything that production published comes out again. Needs YISHI_ORACLE_DIR."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest

from tests.common_ground.planted import alike
from yishi.common_ground import analyse, latent
from yishi.common_ground.votes import VoteTable, vote_table

FOLDER = Path(os.environ.get("YISHI_ORACLE_DIR") or "/nowhere")
CONVERSATIONS = sorted(path.name for path in FOLDER.glob("*") if (path / "published_math.json").exists())
pytestmark = pytest.mark.skipif(not CONVERSATIONS, reason="YISHI_ORACLE_DIR names no folder of published consultations")


@pytest.fixture(params=CONVERSATIONS or ["none"])
def case(request):
    folder = FOLDER / request.param
    with (folder / "votes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {name: [int(row[name]) for row in rows] for name in ("voter-id", "comment-id", "vote", "timestamp")}
    votes = (columns["voter-id"], columns["comment-id"], columns["vote"])
    published = json.loads((folder / "published_math.json").read_text("utf-8"))
    return votes, columns["timestamp"], published


def of_production(case):
    votes, times, published = case
    labels = {who: int(group) for group, members in published["groups"].items() for who in members}
    given = {"labels": labels, "moderated": published["mod-out"], "meta": published["meta-tids"]}
    return analyse(*votes, timestamps=times, method="polis", **given), published


def test_counts_and_consensus_of_groups(case):
    found, published = of_production(case)
    place = {one: number for number, one in enumerate(found.statement_ids.tolist())}
    for group, told in published["group-votes"].items():
        assert found.groups[int(group)].size == told["n-members"]
        for statement, counts in told["votes"].items():
            if (at := place.get(int(statement))) is not None:
                ours = [one[int(group), at] for one in (found.counts.agree, found.counts.object, found.counts.seen)]
                assert ours == [counts["A"], counts["D"], counts["S"]]
    for statement, value in published["group-aware-consensus"].items():
        if int(statement) in place:
            assert abs(found.consensus_of_groups[place[int(statement)]] - value) <= 1e-12


def test_representative_statements(case):
    found, published = of_production(case)
    ids = found.statement_ids
    for group, told in published["repness"].items():
        marks = found.groups[int(group)].representative
        words = {"agree": "agree", "disagree": "object"}
        assert [(ids[one.statement], one.direction) for one in marks] == [
            (one["tid"], words[one["repful-for"]]) for one in told
        ]
        for ours, theirs in zip(marks, told, strict=True):
            assert abs(ours.z - theirs["p-test"]) <= 1e-6
            assert abs(ours.z_ratio - theirs["repness-test"]) <= 1e-6
            assert (ours.successes, ours.trials) == (theirs["n-success"], theirs["n-trials"])


def test_consensus_and_priorities(case):
    found, published = of_production(case)
    ids = found.statement_ids
    for ours, theirs in ((found.consensus_agree, "agree"), (found.consensus_object, "disagree")):
        assert [ids[one.statement] for one in ours] == [one["tid"] for one in published["consensus"][theirs]]
    place = {one: number for number, one in enumerate(ids.tolist())}
    for statement, value in published["comment-priorities"].items():
        if int(statement) in place:
            assert abs(found.priority[place[int(statement)]] / value - 1) <= 1e-9


def test_groups_from_a_cold_start(case):
    votes, times, published = case
    found = analyse(*votes, timestamps=times, method="polis", moderated=published["mod-out"])
    told = {who: int(group) for group, members in published["groups"].items() for who in members}
    both = [
        (ours, told[who])
        for who, ours in zip(found.participant_ids.tolist(), found.group_index.tolist(), strict=True)
        if ours >= 0 and who in told
    ]
    ours, theirs = np.array(both).T
    assert found.k == len(published["groups"])
    assert alike(ours, theirs) >= 0.84


@pytest.mark.parametrize("seed", [11, 13])
def test_hidden_votes_are_foretold_better_than_by_the_published_groups(case, seed):
    """A tenth of the votes is hidden: mean log-loss of our mixture against the means of the published groups."""
    votes, times, published = case
    table = vote_table(*votes, times)
    out = np.isin(table.statements, published["mod-out"])
    shown = np.random.default_rng(seed).random(table.column.size) >= 0.1
    row = np.repeat(np.arange(table.shape[0]), table.per_participant)
    seen = VoteTable(
        table.participants,
        table.statements,
        np.concatenate([[0], np.cumsum(np.bincount(row[shown], minlength=table.shape[0]))]),
        table.column[shown],
        table.value[shown],
    )
    told = {who: int(group) for group, members in published["groups"].items() for who in members}
    group = np.array([told.get(who, -1) for who in table.participants.tolist()])
    tried = ~shown & (group[row] >= 0) & ~out[table.column]
    cell = (row[tried], 3 * table.column[tried] + table.value[tried] + 1)

    hot = latent.one_hot(seen, out)
    means = np.stack([hot[np.flatnonzero(group == one)].sum(axis=0) for one in sorted(set(told.values()))]) + 0.5
    means = means.reshape(means.shape[0], -1, 3)
    means = (means / means.sum(axis=2, keepdims=True)).reshape(means.shape[0], -1)
    theirs = means[group[cell[0]], cell[1]]

    label, _, _ = latent.groups(seen, out)
    mixture, shares = latent.fit(hot, np.eye(label.max() + 1)[label] * 0.9 + 0.1 / (label.max() + 1))
    ours = np.einsum("ij,ji->i", shares[cell[0]], mixture.chance.reshape(mixture.k, -1)[:, cell[1]])
    assert -np.log(ours).mean() <= 0.96 * -np.log(theirs).mean()
