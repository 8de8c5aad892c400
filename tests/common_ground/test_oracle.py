"""With the published groups, everything that production published comes out again. Needs YISHI_ORACLE_DIR."""

import csv
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.common_ground.planted import alike
from yishi.common_ground import analyse, latent, tendency
from yishi.common_ground.votes import vote_table

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
def test_hidden_votes_are_foretold_as_well_as_by_the_published_groups(case, seed):
    """A tenth of the votes is hidden: mean log-loss of our groups against that of the published ones with tendencies,
    which were made with the hidden votes before them."""
    votes, times, published = case
    table = vote_table(*votes, times)
    out = np.isin(table.statements, published["mod-out"])
    shown = np.random.default_rng(seed).random(table.column.size) >= 0.1
    row = np.repeat(np.arange(table.shape[0]), table.per_participant)
    told = {who: int(group) for group, members in published["groups"].items() for who in members}
    group = np.array([told.get(who, -1) for who in table.participants.tolist()])
    tried = ~shown & (group[row] >= 0) & ~out[table.column]
    block = tendency.cells(table, out, shown)
    base = latent.without_groups(block)

    def loss(people, model):
        said = tendency.foretell(row[tried], table.column[tried], people, model)
        return -np.log(said[np.arange(int(tried.sum())), table.value[tried] + 1]).mean()

    people, model = latent.start(block, np.maximum(group, 0), 2, base)
    people = replace(people, shares=np.eye(2)[np.maximum(group, 0)])
    for _ in range(20):  # the published groups stay as they are: statements and tendencies move
        people = replace(
            tendency.people_step(block, people, model, strong=False)[0], shares=np.eye(2)[np.maximum(group, 0)]
        )
        model = tendency.statement_step(tendency.statement_sums(block, people, model), model)
        model = replace(model, share=np.full(2, 0.5))
    theirs = loss(people, model)
    ours = latent.fit_groups(block, 2, base, [seed])
    assert loss(ours.people, ours.model) <= 1.01 * theirs < loss(base.people, base.model)
