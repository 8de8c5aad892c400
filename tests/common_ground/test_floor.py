"""The floor of a room, recounted by hand: counts per party, what all share, what keeps it from being shared."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yishi.common_ground.floor import VALUES, Counts, Said, floor

PARTIES = ["villagers", "grower", "department"]


def one(*said, parties=PARTIES):
    (ground,) = floor(["s"], parties, [Said("s", *row) for row in said])
    return ground


def test_it_works():
    ground = one(
        ("villagers", "conditional", "the department supervises"), ("grower", "agree"), ("department", "agree")
    )
    assert ground.is_shared and ground.is_conditional
    assert ground.conditions == ("the department supervises",)
    assert ground.by_party["villagers"] == Counts(conditional=1)
    assert ground.total == Counts(agree=2, conditional=1) and ground.total.said == 3


def test_shared_without_conditions():
    ground = one(*[(party, "agree") for party in PARTIES])
    assert ground.is_shared and not ground.is_conditional


def test_one_objection_keeps_it_from_being_shared_however_many_agree():
    ground = one(("villagers", "agree", "", 40), ("villagers", "object"), ("grower", "agree"), ("department", "agree"))
    assert not ground.is_shared
    assert ground.objecting == ("villagers",) and ground.silent == ()


def test_who_only_passes_or_says_nothing_does_not_share():
    ground = one(("villagers", "pass"), ("grower", "agree"))
    assert ground.silent == ("villagers", "department") and not ground.is_shared


def test_a_room_without_parties_shares_nothing():
    assert not one(parties=[]).is_shared


def test_a_condition_is_listed_once_and_an_empty_one_not_at_all():
    ground = one(
        ("villagers", "conditional", "water first"), ("grower", "conditional", "water first"), ("grower", "conditional")
    )
    assert ground.conditions == ("water first",)


def test_a_stance_that_a_count_stands_for_keeps_its_condition():
    ground = one(("villagers", "conditional", "water first", 0), ("villagers", "agree", "", 12))
    assert ground.by_party["villagers"] == Counts(agree=12)
    assert ground.conditions == ("water first",)


def test_statements_keep_their_order_and_their_own_counts():
    first, second = floor(["b", "a"], ["p"], [Said("a", "p", "agree"), Said("b", "p", "object")])
    assert (first.statement, second.statement) == ("b", "a")
    assert first.objecting == ("p",) and second.is_shared


@pytest.mark.parametrize(
    "said",
    [
        Said("x", "villagers", "agree"),
        Said("s", "strangers", "agree"),
        Said("s", "grower", "yes"),
        Said("s", "grower", "agree", "", -1),
    ],
)
def test_what_is_unknown_is_refused(said):
    with pytest.raises(ValueError, match="unknown"):
        floor(["s"], PARTIES, [said])


@given(st.lists(st.tuples(st.sampled_from(PARTIES), st.sampled_from(VALUES), st.integers(0, 9)), max_size=30))
def test_nothing_is_lost_and_the_order_of_speaking_does_not_matter(rows):
    said = [Said("s", party, value, "", count) for party, value, count in rows]
    (ground,) = floor(["s"], PARTIES, said)
    assert ground.total.said == sum(count for _party, _value, count in rows)
    assert floor(["s"], PARTIES, reversed(said))[0].by_party == ground.by_party
    by_hand = all(
        any(count and value in ("agree", "conditional") for one, value, count in rows if one == party)
        and not any(count and value == "object" for one, value, count in rows if one == party)
        for party in PARTIES
    )
    assert ground.is_shared == by_hand


def test_a_room_of_fifteen_loads_no_numerical_library():
    code = (
        "import sys, yishi.common_ground.floor; print('numpy' in sys.modules); from yishi.common_ground import analyse"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "False\n"
