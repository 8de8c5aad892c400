"""Groups that were planted are found; nothing depends on the order of rows or on ids; bad votes are named."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.common_ground.planted import alike, planted
from yishi.common_ground import analyse
from yishi.common_ground.components import centred, statement_means
from yishi.common_ground.votes import BadVotes, vote_table

METHODS = ("polis", "latent")


def found(votes, **given):
    return analyse(votes["participant"], votes["statement"], votes["vote"], timestamps=votes.get("time"), **given)


def picture(result):
    """Everything but the ids, as bytes."""
    return json.dumps(
        [[group.size for group in result.groups], result.consensus_of_groups.tolist(), result.priority.tolist()]
    )


@pytest.mark.parametrize("method", METHODS)
def test_it_works(method):
    votes, group = planted(700, 60, median=30)
    result = found(votes, method=method)
    assert result.k == 4 or method == "polis"
    inside = result.group_index >= 0
    assert alike(result.group_index[inside], group[result.participant_ids][inside]) > 0.7
    told = json.loads(json.dumps(result.to_dict({0: "修路"})))
    assert told["participants"] == 700 and told["method"] == method and told["k"] == result.k
    first = told["statements"][0]
    assert first["id"] == 0 and first["text"] == "修路" and len(first["by_group"]) == result.k
    by_group = sum(one["agree"] for one in first["by_group"])
    assert by_group <= first["agree"] == int((votes["vote"][votes["statement"] == 0] == 1).sum())
    assert sorted(sum((one["members"] for one in told["groups"]), [])) == np.flatnonzero(inside).tolist()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.long
def test_neither_rows_nor_ids_matter(method, timed):
    votes, _ = planted(300, 40)
    if not timed:
        del votes["time"]
    plain = found(votes, method=method)
    chance = np.random.default_rng(3)
    order = chance.permutation(votes["vote"].size)
    people, topics = chance.permutation(10_000)[:300] * 7 + 5, chance.permutation(1000)[:40]
    other = {name: values[order] for name, values in votes.items()}
    other["participant"], other["statement"] = people[other["participant"]], topics[other["statement"]]
    moved = found(other, method=method)
    at = np.searchsorted(moved.statement_ids, topics[plain.statement_ids])
    assert (moved.priority[at] == plain.priority).all()
    assert (moved.consensus_of_groups[at] == plain.consensus_of_groups).all()
    who = np.searchsorted(moved.participant_ids, people[plain.participant_ids])
    assert (moved.group_index[who] == plain.group_index).all()
    assert (moved.projection[who] == plain.projection).all()


@pytest.mark.long
def test_random_votes_carry_no_groups():
    chance = np.random.default_rng(5)
    people = np.repeat(np.arange(200), 30)
    topics = np.concatenate([chance.choice(60, 30, replace=False) for _ in range(200)])
    result = analyse(people, topics, chance.choice([-1, 0, 1], people.size))
    assert result.k == 1 and "do not carry groups" in result.note


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.long
def test_two_seeds_agree(method):
    votes, _ = planted(800, 60, layout="axes", median=30)
    one, other = (found(votes, method=method, seed=seed) for seed in (0, 1))
    assert alike(one.group_index + 1, other.group_index + 1) >= 0.99


def test_the_last_vote_counts():
    by_row = vote_table([1, 1, 2], [5, 5, 5], [1, -1, 0])
    assert by_row.value.tolist() in ([-1, 0], [0, -1])
    by_time = vote_table([1, 1, 2], [5, 5, 5], [1, -1, 0], [20, 10, 1])
    assert sorted(by_time.value.tolist()) == [0, 1]


def test_given_groups_stay_as_they_are():
    result = analyse([1, 2, 3, 4], [7, 7, 7, 7], [1, 1, -1, 0], labels={1: "村民", 2: "村民", 3: "企业"})
    told = {group.id: group.members for group in result.groups}
    assert told == {"村民": (1, 2), "企业": (3,)}
    with pytest.raises(BadVotes):
        analyse([1], [1], [1], labels={9: "x"})


def test_a_moderated_statement_takes_no_part():
    votes, _ = planted(300, 40)
    result = found(votes, method="polis", moderated=[3])
    listed = [one.statement for group in result.groups for one in group.representative]
    listed += [one.statement for one in (*result.consensus_agree, *result.consensus_object)]
    assert 3 not in result.statement_ids[listed] and result.moderated == {3}
    assert result.extremity[3] == 0 and result.totals[:, 3].sum() == (votes["statement"] == 3).sum()


@pytest.mark.parametrize(
    ("columns", "row", "word"),
    [
        (([1, 2], [1], [1]), None, "lengths differ"),
        (([], [], []), None, "no votes"),
        (([1, 2], [1, 1], [1, 2]), 1, "no vote"),
        (([1, 2], [1, 1], [1.0, float("nan")]), 1, "whole number"),
        (([1, 2**63], [1, 1], [1, 1]), 1, "63 bits"),
        (([1, 2**70], [1, 1], [1, 1]), 1, "63 bits"),
        (([1, "x"], [1, 1], [1, 1]), 0, "whole number"),
        (([[1], [2]], [1, 1], [1, 1]), None, "single column"),
    ],
)
def test_bad_votes_are_named(columns, row, word):
    with pytest.raises(BadVotes, match=word) as caught:
        analyse(*columns)
    assert caught.value.row == row


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "columns",
    [
        ([1], [1], [1]),
        ([1] * 5, [1, 2, 3, 4, 5], [1, 0, -1, 1, 1]),
        ([1, 2, 3, 4, 5, 6], [1] * 6, [1, 1, -1, 0, 1, -1]),
        (np.repeat(np.arange(30), 5), np.tile(np.arange(5), 30), np.zeros(150, dtype=int)),
    ],
)
def test_little_is_no_error(method, columns):
    result = analyse(*columns, method=method)
    assert result.k == 1 and np.isfinite(result.projection).all() and np.isfinite(result.priority).all()


def small():
    cell = st.tuples(st.integers(0, 25), st.integers(0, 9), st.sampled_from([-1, 0, 1]))
    return st.lists(cell, min_size=1, max_size=250, unique_by=lambda one: one[:2])


SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(small())
def test_swapping_agreement_and_objection_mirrors_everything(cells):
    people, topics, values = np.array(cells).T
    one = analyse(people, topics, values, method="polis")
    other = analyse(people, topics, -values, method="polis")
    assert (one.totals == other.totals[::-1]).all()
    assert [x.statement for x in one.consensus_agree] == [x.statement for x in other.consensus_object]
    table = vote_table(people, topics, values)
    still = np.zeros(table.shape[1], dtype=bool)
    dense = centred(table, statement_means(table.counts(), still), still).toarray()
    first, second, third = [*np.sort(np.linalg.eigvalsh(dense.T @ dense))[::-1], 0.0, 0.0][:3]
    if first - second > 1e-6 and second - third > 1e-6:  # else any turned pair of directions is as good
        for ours, theirs in zip(one.projection.T, other.projection.T, strict=True):
            # Votes that are their own mirror image, people renamed, have no side of their own: either sign will do.
            assert np.allclose(ours, -theirs, atol=1e-6) or np.allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("method", ["polis", "latent"])
def test_the_mirror_image_has_the_same_groups(method):
    votes, _ = planted(300, 40)
    one = analyse(votes["participant"], votes["statement"], votes["vote"], method=method)
    other = analyse(votes["participant"], votes["statement"], -votes["vote"], method=method)
    assert np.abs(one.projection + other.projection).max() < 1e-9
    assert one.k > 1
    assert [group.members for group in one.groups] == [group.members for group in other.groups]
    assert (one.counts.agree == other.counts.object).all()
    assert [x.statement for x in one.consensus_agree] == [x.statement for x in other.consensus_object]


@SLOW
@given(small())
def test_relabelling_permutes(cells):
    people, topics, values = np.array(cells).T
    labels = {int(one): int(one) % 3 for one in people}
    turned = {who: (label + 1) % 3 for who, label in labels.items()}
    one = analyse(people, topics, values, labels=labels)
    other = analyse(people, topics, values, labels=turned)
    assert np.allclose(one.consensus_of_groups, other.consensus_of_groups, rtol=1e-12)
    sets = [{group.members for group in result.groups} for result in (one, other)]
    assert sets[0] == sets[1]


@SLOW
@given(small())
def test_twice_the_people_are_twice_the_counts(cells):
    people, topics, values = np.array(cells).T
    one = analyse(people, topics, values, method="polis")
    twice = analyse(np.concatenate([people, people + 100]), np.tile(topics, 2), np.tile(values, 2), method="polis")
    assert (twice.totals == 2 * one.totals).all()
