"""How sure a result is: drawn anew, computed, and compared with what is known."""

import numpy as np
import pytest

from tests.common_ground.planted import planted
from yishi.common_ground import analyse, judged, resampling
from yishi.common_ground.statistics import GroupCounts, consensus
from yishi.common_ground.votes import vote_table


def test_planted_groups_come_back_and_invented_ones_do_not():
    votes, group = planted(600, 60, median=30)
    table = vote_table(votes["participant"], votes["statement"], votes["vote"])
    out = np.zeros(60, dtype=bool)
    planted_ones = resampling.group_stability(table, out, group[table.participants].astype(np.int32))
    invented = np.random.default_rng(7).integers(0, 4, table.shape[0]).astype(np.int32)
    assert planted_ones.min() > 0.7
    assert resampling.group_stability(table, out, invented).max() < 0.45


def test_a_result_tells_how_stable_its_groups_are():
    votes, _ = planted(600, 60, median=30)
    found = analyse(votes["participant"], votes["statement"], votes["vote"])
    assert found.k == 4
    assert all(0.5 < group.stability <= 1.0 and 0.7 < group.certainty <= 1.0 for group in found.groups)
    chance = np.random.default_rng(3)
    none = analyse(votes["participant"], votes["statement"], chance.integers(-1, 2, votes["vote"].size))
    assert [group.stability for group in none.groups] == [None]


@pytest.mark.parametrize(("successes", "trials"), [(9, 10), (8, 10), (60, 100), (52, 100), (505, 900), (0, 8), (8, 8)])
def test_the_chance_to_be_listed_again_is_that_of_drawing(successes, trials):
    chance = np.random.default_rng(1)
    drawn = chance.binomial(trials, successes / trials, 4_000)
    none, order = np.zeros(1, dtype=bool), np.arange(1)
    seen = np.array([trials])
    listed = [bool(consensus(np.array([one]), np.array([0]), seen, none, order)[0]) for one in drawn]
    computed = resampling.list_stability(np.array([successes]), seen)[0]
    assert computed == pytest.approx(np.mean(listed), abs=0.03)


def test_nobody_voted_is_no_certainty():
    assert resampling.list_stability(np.array([0]), np.array([0]))[0] == 0.0


def test_sure_in_every_group_by_hand():
    """Five votes, all agreed: the chance that more than half agree is 63/64; two such groups: its square."""
    five = np.array([[5], [5]])
    counts = GroupCounts(five, np.array([[0], [0]]), five)
    agree, against = judged.sure_in_every_group(counts)
    assert agree[0] == pytest.approx((63 / 64) ** 2)
    assert against[0] == pytest.approx((1 / 64) ** 2)
    empty = GroupCounts(*(np.zeros((0, 2), dtype=np.int64),) * 3)
    assert judged.sure_in_every_group(empty)[0].tolist() == [0.0, 0.0]


def test_four_votes_in_a_group_lead_no_list():
    few = np.array([[50], [4]])
    counts = GroupCounts(few, np.zeros((2, 1), dtype=np.int64), few)
    assert judged.sure_in_every_group(counts)[0][0] == 0.0
    assert judged.shared_lines(counts, np.zeros(1, dtype=bool)) == []
    apart = GroupCounts(np.array([[50], [0]]), np.array([[0], [4]]), few)
    assert judged.dividing_lines(apart, np.zeros(1, dtype=bool)) == []


def test_objections_keep_a_statement_from_what_is_shared():
    seen = np.array([[100], [100]])
    most = np.array([[64], [90]])
    listed = judged.shared_lines(GroupCounts(most, seen - most, seen), np.zeros(1, dtype=bool))
    assert listed == []
    passed = judged.shared_lines(GroupCounts(most, np.array([[10], [10]]), seen), np.zeros(1, dtype=bool))
    assert [line.statement for line in passed] == [0]
    assert passed[0].share == 0.64 and passed[0].low < 0.64 and passed[0].against == 0.1 and passed[0].votes == 100
