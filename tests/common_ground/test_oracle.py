"""With the published groups, everything that production published comes out again. Needs YISHI_ORACLE_DIR."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest

from tests.common_ground.planted import alike
from yishi.common_ground import analyse

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
    assert alike(ours, theirs) >= 0.80
