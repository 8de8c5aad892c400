"""Opinion, not habit: groups where opinions differ, none where only habits do, and lists judged by others."""

import numpy as np
import pytest

from tests.common_ground.planted import alike, explained, habits_only, room, two_camps
from yishi.common_ground import analyse, choice, judged, odd, tendency
from yishi.common_ground.statistics import GroupCounts
from yishi.common_ground.votes import vote_table


def found(votes, **settings):
    return analyse(votes["participant"], votes["statement"], votes["vote"], **settings)


@pytest.mark.parametrize("seed", range(3))
def test_people_who_differ_in_habits_alone_are_one_group(seed):
    result = found(habits_only(80, 20, seed, passing=1.5))
    assert result.k == 1 and result.divides == () and "do not carry groups" in result.note


@pytest.mark.parametrize("shape", [(5, 8), (12, 8), (12, 20)])
def test_random_rooms_have_no_groups(shape):
    assert [found(room(*shape, seed)).k for seed in range(6)] == [1] * 6


def test_two_camps_of_fifteen_are_two_groups():
    right = 0
    for seed in range(4):
        votes, camp = two_camps(seed)
        result = found(votes)
        placed = result.group_index >= 0
        right += result.k == 2 and alike(result.group_index[placed], camp[placed]) > 0.8
    assert right >= 3


def test_groups_are_not_made_of_those_who_pass():
    """Two camps, and a habit of passing that has nothing to do with them."""
    votes, camp = two_camps(1, people=120, statements=20, apart=12)
    chance = np.random.default_rng(4)
    often = chance.random(120) < 0.5
    skipped = chance.random(votes["vote"].size) < np.where(often, 0.6, 0.02)[votes["participant"]]
    votes["vote"] = np.where(skipped, 0, votes["vote"])
    result = found(votes)
    placed = result.group_index >= 0
    rate = np.bincount(votes["participant"], votes["vote"] == 0)[placed] / 20
    assert result.k == 2
    assert alike(result.group_index[placed], camp[placed]) > 0.8
    assert explained(rate, result.group_index[placed]) < 0.15


def test_the_votes_say_what_they_think_of_a_number_that_is_asked_for():
    votes, _ = two_camps(0)
    asked = found(votes, k=3)
    assert asked.k == 3 and asked.choice.k == 2
    assert asked.objection.startswith("3 groups were asked for; the hidden votes carry 2")
    assert found(votes, k=2).objection == ""
    assert found(votes, k=1).k == 1
    with pytest.raises(ValueError, match="from 1 to 7"):
        found(votes, k=8)


def test_words_as_ids_give_what_numbers_give():
    votes, _ = two_camps(0)
    plain = found(votes, moderated=[11])
    who = np.array([f"p{one:03}" for one in range(30)])
    what = np.array([f"s{one:03}" for one in range(12)])
    named = analyse(who[votes["participant"]], what[votes["statement"]].tolist(), votes["vote"], moderated=["s011"])
    assert named.participant_ids.tolist() == who.tolist() and named.statement_ids.tolist() == what.tolist()
    assert [group.members for group in named.groups] == [
        tuple(who[list(group.members)].tolist()) for group in plain.groups
    ]
    assert named.moderated == {"s011"}
    assert named.to_dict()["statements"][3]["id"] == "s003"
    assert (named.predict(["p000"], ["s001"]) == plain.predict([0], [1])).all()
    parties = {f"p{one:03}": "上" if one < 9 else "下" for one in range(20)}
    labelled = analyse(who[votes["participant"]], votes["statement"], votes["vote"], labels=parties)
    assert [group.size for group in labelled.groups] == [9, 11]


def test_what_somebody_would_say_is_foretold():
    votes, camp = two_camps(3)
    result = found(votes, moderated=[11])
    people, statements = np.arange(30), np.zeros(30, dtype=int)
    said = result.predict(people, statements)
    assert said.shape == (30, 3) and np.allclose(said.sum(axis=1), 1.0)
    assert said[camp == 0, 2].mean() > 0.7 > 0.3 > said[camp == 1, 2].mean()
    assert np.isnan(result.predict([0], [11])).all()
    with pytest.raises(ValueError, match="unknown participant 99"):
        result.predict([99], [0])
    with pytest.raises(ValueError, match="foretells nothing"):
        found(votes, method="polis").predict([0], [0])
    assert result.converged and result.memberships.shape == (30, result.k)
    assert np.allclose(result.memberships.sum(axis=1), 1.0)


def test_equal_ballots_are_together_and_a_late_statement_cuts_nobody():
    """Twenty-two villagers in two camps on six statements; a seventh came when fourteen had gone home."""
    rows = []
    for who in range(22):
        side = 1 if who % 2 else -1
        rows += [(who, what, (side, -side, side, -side, 1, 1)[what]) for what in range(6)]
        if who >= 14:
            rows.append((who, 6, 1))
    people, statements, votes = np.array(rows).T
    result = analyse(people, statements, votes)
    assert (result.group_index >= 0).all()
    assert result.k == 2 and [group.size for group in result.groups] == [11, 11]
    published = analyse(people, statements, votes, method="polis")
    assert [group.size for group in published.groups] == [11, 11]


def test_forty_who_agree_to_everything_share_nothing_with_anybody():
    votes, camp = two_camps(5, people=40, statements=14, apart=12)
    row, column = np.divmod(np.arange(40 * 14), 14)
    people = np.concatenate([votes["participant"], 100 + row])
    statements = np.concatenate([votes["statement"], column])
    said = np.concatenate([votes["vote"], np.ones(row.size, dtype=int)])
    result = analyse(people, statements, said)
    assert {one.participant for one in result.odd if one.why == "agree"} == set(range(100, 140))
    assert (result.group_index[result.participant_ids >= 100] == -1).all()
    assert sum(group.size for group in result.groups) == 40 and result.k == 2
    assert (result.totals.sum(axis=0) == 80).all()
    apart = {result.statement_ids[line.statement] for line in result.shared}
    assert not apart & set(range(12))


def test_who_contradicts_themselves_is_named():
    people, statements = np.repeat([1, 2, 3], 20), np.tile(np.repeat(np.arange(10), 2), 3)
    votes = np.where(people == 2, np.tile([1, -1], 30), np.tile(np.repeat([1, -1], 2), 15))
    result = analyse(people, statements, votes)
    assert [(one.participant, one.why) for one in result.odd] == [(2, "contradicts")]
    assert odd.contradicting(vote_table([1], [1], [1]), np.array([1]), np.array([1]), np.array([1])).tolist() == [False]


def test_lists_of_groups_that_are_none_are_empty():
    """Two groups are asked for where there are none: what did not make them tells no statement apart."""
    listed = [len(found(habits_only(60, 20, seed), k=2).divides) for seed in range(3)]
    assert sum(listed) <= 2


def test_hidden_votes_are_each_counted_once():
    votes, _ = two_camps(0)
    result = found(votes)
    assert result.judged_by == "votes"
    assert (result.judged.seen.sum(axis=0) == result.counts.seen.sum(axis=0)).all()
    assert result.to_dict()["judged_by"] == "votes"


def test_gaps_are_measured_with_their_errors():
    counts = GroupCounts(np.array([[9, 5], [1, 5]]), np.array([[1, 5], [9, 5]]), np.full((2, 2), 10))
    gap, error, top, bottom = judged.gaps(counts, np.zeros(2, dtype=bool))
    assert gap.tolist() == pytest.approx([16 / 12, 0.0])
    assert error[0] == pytest.approx(np.sqrt(2 * (11 / 12 - (8 / 12) ** 2) / 12))
    assert (top[0], bottom[0]) == (0, 1)
    assert [line.statement for line in judged.dividing_lines(counts, np.zeros(2, dtype=bool))] == [0]


def test_a_fit_climbs():
    votes, _ = two_camps(2)
    table = vote_table(votes["participant"], votes["statement"], votes["vote"])
    block = tendency.cells(table, np.zeros(12, dtype=bool))
    model = tendency.null_start(table.counts())
    people, reached = [tendency.strangers(block)], []
    for _ in range(6):
        people, model, objective, _ = tendency.fit([block], people, model, 1, free=False)
        reached.append(objective)
    assert reached == sorted(reached)


def test_fewer_people_than_can_be_told_apart_are_one_group():
    votes, _ = two_camps(0, people=choice.FEW_PEOPLE - 2)
    assert found(votes).k == 1


def test_a_line_that_the_counts_beside_it_deny_is_not_listed():
    """Who recounts by hand recounts what is shown, not the votes that judged the groups."""
    none = np.zeros(1, dtype=bool)
    agreed = GroupCounts(np.array([[18], [18]]), np.zeros((2, 1), dtype=int), np.full((2, 1), 20))
    denied = GroupCounts(np.array([[18], [9]]), np.zeros((2, 1), dtype=int), np.full((2, 1), 20))
    assert [line.statement for line in judged.shared_lines(agreed, none, shown=agreed)] == [0]
    assert judged.shared_lines(agreed, none, shown=denied) == []
    apart = GroupCounts(np.array([[18], [2]]), np.array([[2], [18]]), np.full((2, 1), 20))
    swapped = GroupCounts(np.array([[2], [18]]), np.array([[18], [2]]), np.full((2, 1), 20))
    assert [line.statement for line in judged.dividing_lines(apart, none, shown=apart)] == [0]
    assert judged.dividing_lines(apart, none, shown=swapped) == []


def test_a_third_group_asks_for_more_than_a_second():
    """Of several numbers the best is picked: at two errors a picked third group is an accident."""
    told = choice.Tried(3, False, 0.6, 0.03, 0.01, taken=False)
    assert choice._worth(told, 200, 0.7, 0.05)
    assert not choice._worth(told, 200, 0.7, 0.05, sure=choice.MORE_SURE)
    assert choice._sure(10) == pytest.approx(2 * choice.SURE) and choice._sure(10**6) == pytest.approx(choice.SURE)


def test_at_the_edge_votes_are_hidden_once_more():
    """Within an error of the limit ten hidings say what five cannot; far from it the five are enough."""
    votes, _ = two_camps(0)
    table = vote_table(votes["participant"], votes["statement"], votes["vote"])
    hidden = choice.Hidden(table, np.zeros(12, dtype=bool), np.ones(30), 0)
    for first in (0, choice.PARTS):
        assert (np.sum(hidden.entries[first : first + choice.PARTS], axis=0) == 1).all()
    asked = []

    class Edge:
        def __init__(self, gain):
            self.gain = gain

        def tried(self, turns, kind, against):
            asked.append(turns)
            return choice.Tried(*kind, 0.6, self.gain, 0.01, taken=False)

    choice._beside(Edge(0.10), choice.PARTS, choice.LINE, 100, 0.7)
    assert asked == [choice.PARTS]
    choice._beside(Edge(0.025), choice.PARTS, choice.LINE, 100, 0.7)
    assert asked[1:] == [choice.PARTS, 2 * choice.PARTS]
