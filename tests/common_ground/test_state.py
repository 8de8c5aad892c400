"""A state that takes votes in as they come says what a full run says."""

import numpy as np
import pytest

from tests.common_ground.planted import planted
from yishi.common_ground import BadVotes, CommonGroundState, analyse, state

NAMES = ("participant", "statement", "vote", "time")


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch):
    monkeypatch.setattr(state, "MANY_VOTES", 1)  # the quick way also for what a test can afford


def columns(votes, part=slice(None), timed=True):
    return [votes[name][part] for name in NAMES[: 4 if timed else 3]]


def analysed(votes, timed=True, **settings):
    given = columns(votes, timed=timed)
    return analyse(*given[:3], timestamps=given[3] if timed else None, **settings)


def assert_same(found, full):
    ours, theirs = found.to_dict(), full.to_dict()
    assert [(one["id"], one["size"], one["members"]) for one in ours["groups"]] == [
        (one["id"], one["size"], one["members"]) for one in theirs["groups"]
    ]
    assert ours["consensus"] == theirs["consensus"]
    for one, other in zip(ours["statements"], theirs["statements"], strict=True):
        for name in ("id", "agree", "object", "pass", "by_group"):
            assert one[name] == other[name]
        assert one["priority"] == pytest.approx(other["priority"], rel=1e-6)
    for one, other in zip(ours["groups"], theirs["groups"], strict=True):
        assert [mark["statement"] for mark in one["representative"]] == [
            mark["statement"] for mark in other["representative"]
        ]
    assert np.array_equal(found.participant_ids, full.participant_ids)
    assert np.abs(found.projection - full.projection).max() <= 1e-6


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("people", [1_000, 6_000])
def test_batches_give_what_a_full_run_gives(timed, people):
    votes, _ = planted(people, 90)
    edges = [0, votes["vote"].size // 2, votes["vote"].size * 9 // 10, votes["vote"].size]
    kept = CommonGroundState(method="polis")
    for low, high in zip(edges, edges[1:], strict=False):
        kept.add(*columns(votes, slice(low, high), timed))
        kept.result()
    assert kept.votes == votes["vote"].size
    assert_same(kept.result(), analysed(votes, timed, method="polis"))


def test_changed_votes_late_votes_and_new_statements():
    """Every fifth vote is changed once, in another order of delivery than of time; three statements come late."""
    votes, _ = planted(800, 90)
    chance = np.random.default_rng(5)
    again = chance.choice(votes["vote"].size, votes["vote"].size // 5, replace=False)
    more = {name: values[again].copy() for name, values in votes.items()}
    more["vote"] = -more["vote"]
    more["time"] = more["time"] + chance.choice([-5_000, 5_000], again.size)
    everything = {name: np.concatenate([votes[name], more[name]]) for name in NAMES}
    late = everything["statement"] >= 87
    parts = [{n: v[~late] for n, v in everything.items()}, {n: v[late] for n, v in everything.items()}]
    shuffled = chance.permutation(parts[0]["vote"].size)
    parts[0] = {name: values[shuffled] for name, values in parts[0].items()}
    half = shuffled.size // 2
    kept = CommonGroundState(method="polis", moderated=[3, 88])
    kept.add(*columns(parts[0], slice(0, half)))
    kept.result()
    kept.add(*columns(parts[0], slice(half, None)))
    kept.result()
    kept.add(*columns(parts[1]))
    assert_same(kept.result(), analysed(everything, method="polis", moderated=[3, 88]))


def test_what_is_said_again_changes_nothing():
    votes, _ = planted(300, 80)
    kept = CommonGroundState(method="polis")
    kept.add(*columns(votes))
    before = kept.result()
    kept.add(*columns(votes)[:3], votes["time"] - 1)
    assert_same(kept.result(), before)


def test_what_is_moderated_later_is_left_out():
    votes, _ = planted(600, 80)
    kept = CommonGroundState(method="polis")
    kept.add(*columns(votes))
    kept.result()
    kept.moderate([1, 2, 3])
    assert_same(kept.result(), analysed(votes, method="polis", moderated=[1, 2, 3]))


def test_given_groups_and_the_latent_method():
    votes, group = planted(600, 80)
    labels = {number: f"g{one}" for number, one in enumerate(group.tolist())}
    for settings in ({"labels": labels}, {"method": "latent"}):
        kept = CommonGroundState(**settings)
        kept.add(*columns(votes, slice(0, 5_000)))
        kept.add(*columns(votes, slice(5_000, None)))
        assert_same(kept.result(), analysed(votes, **settings))


def test_bad_votes_change_nothing():
    votes, _ = planted(300, 30)
    kept = CommonGroundState(method="polis")
    with pytest.raises(BadVotes, match="no votes"):
        kept.result()
    kept.add(*columns(votes))
    before = kept.result().to_dict()
    with pytest.raises(BadVotes, match="no vote"):
        kept.add([1], [99_999], [2], [1])
    with pytest.raises(BadVotes, match="every batch"):
        kept.add([1], [99_999], [1])
    assert kept.result().to_dict() == before
    with pytest.raises(ValueError, match="unknown method"):
        CommonGroundState(method="guess")
