"""The floor of a room, recounted by hand: counts per party, what all share, what keeps it from being shared."""

import subprocess
import sys
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yishi.common_ground.floor import VALUES, Accepted, Counts, Said, floor, folded_spelling

PARTIES = ["villagers", "grower", "department"]


def one(*said, parties=PARTIES, accepted=None):
    (ground,) = floor(["s"], parties, [Said("s", *row) for row in said], accepted=accepted)
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
    recounted = all(
        any(count and value in ("agree", "conditional") for one, value, count in rows if one == party)
        and not any(count and value == "object" for one, value, count in rows if one == party)
        for party in PARTIES
    )
    assert ground.is_shared == recounted


def by_hand(room):
    """The definition: `room` holds of each party who agrees, objects, passes, names the one condition, is silent, and
    whether the party accepted that condition."""
    asked = any(conditional for _, _, _, conditional, _, _ in room)
    for agree, objecting, passing, conditional, silence, accepts in room:
        if objecting:
            return False
        if agree + conditional <= passing + silence:
            return False
        if asked and not (conditional or accepts):
            return False
    return True


PEOPLE = [cell for cell in product(range(5), repeat=5) if sum(cell) <= 4]  # of one party


def said_by(statement, room):
    for party, cell in zip(PARTIES, room, strict=True):
        for value, count in zip(("agree", "object", "pass", "conditional"), cell, strict=False):
            if count:
                yield Said(statement, party, value, "water first" if value == "conditional" else "", count)


@pytest.mark.long
def test_every_small_room_is_as_the_definition_says():
    """Three parties of at most four people, every count of answers and silence in each, the condition accepted by
    nobody and by all; parties come in one order only (another test says that their order does not matter)."""
    assert len(PEOPLE) == 126
    rooms = list(combinations_with_replacement(PEOPLE, 3))
    sizes = {}
    for number, room in enumerate(rooms):
        sizes.setdefault(tuple(sum(cell) for cell in room), []).append((str(number), room))
    wrong = 0
    for here, of_size in sizes.items():
        names = [name for name, _ in of_size]
        present = dict(zip(PARTIES, here, strict=True))
        said = [stance for name, room in of_size for stance in said_by(name, room)]
        for accepts in (False, True):
            taken = [Accepted(name, party, "water first") for name in names for party in PARTIES if accepts]
            grounds = floor(names, PARTIES, said, here=present, accepted=taken)
            for ground, (_, room) in zip(grounds, of_size, strict=True):
                wrong += ground.is_shared != by_hand([(*cell, accepts) for cell in room])
    assert wrong == 0


@pytest.mark.parametrize("cell", PEOPLE)
def test_a_party_is_counted_as_the_definition_says(cell):
    """Each cell of one party, beside two that agree, whichever place it has."""
    for place in range(3):
        room = [(1, 0, 0, 0, 0)] * 2
        room.insert(place, cell)
        present = {party: sum(of_party) for party, of_party in zip(PARTIES, room, strict=True)}
        (ground,) = floor(["s"], PARTIES, said_by("s", room), here=present, accepted=[])
        assert ground.is_shared == by_hand([(*of_party, False) for of_party in room])
        assert ground.by_party[PARTIES[place]].silent == cell[4]
        assert (ground.total.here, ground.total.said) == (2 + sum(cell), 2 + sum(cell[:4]))


def test_one_voice_of_twenty_is_not_the_village():
    said = [Said("s", party, "agree") for party in PARTIES]
    present = {"villagers": 20, "grower": 1, "department": 1}
    (ground,) = floor(["s"], PARTIES, said, here=present)
    assert not ground.is_shared and ground.silent == ("villagers",)
    assert (ground.by_party["villagers"].said, ground.by_party["villagers"].silent) == (1, 19)
    (ground,) = floor(["s"], PARTIES, [*said, Said("s", "villagers", "agree", "", 10)], here=present)
    assert ground.is_shared and ground.by_party["villagers"].silent == 9


def test_hands_beyond_the_roll_are_believed():
    (ground,) = floor(["s"], ["villagers"], [Said("s", "villagers", "agree", "", 30)], here={"villagers": 12})
    assert ground.is_shared and ground.by_party["villagers"].here == 30


def test_conditions_that_exclude_each_other_are_no_common_ground():
    said = [("villagers", "conditional", "water first"), ("grower", "conditional", "no water"), ("department", "agree")]
    ground = one(*said, accepted=[Accepted("s", "department", "no water"), Accepted("s", "department", "water first")])
    assert not ground.is_shared
    assert ground.waiting == {"water first": ("grower",), "no water": ("villagers",)}


def test_two_conditions_inside_a_party_must_be_accepted_by_it():
    said = [("villagers", "conditional", "in spring"), ("villagers", "conditional", "in autumn")]
    ground = one(*said, parties=["villagers"], accepted=[])
    assert not ground.is_shared and set(ground.waiting) == {"in spring", "in autumn"}


def test_a_condition_that_the_others_accept_is_common_ground():
    said = [("villagers", "conditional", "water first"), ("grower", "agree"), ("department", "agree")]
    taken = [Accepted("s", "grower", "Water first."), Accepted("s", "department", "water  first")]
    ground = one(*said, accepted=taken)
    assert ground.is_shared and ground.is_conditional and not ground.waiting
    ground = one(*said, accepted=taken[:1])
    assert not ground.is_shared and ground.waiting == {"water first": ("department",)}
    ground = one(*said)
    assert ground.is_shared and ground.waiting == {"water first": ("grower", "department")}


def test_the_spelling_of_conditions_is_folded():
    ground = one(("villagers", "conditional", "先修水渠。"), ("grower", "conditional", " 先修 水渠"))
    assert ground.conditions == ("先修水渠。",)
    assert folded_spelling("Ｗater  FIRST！") == folded_spelling("water first")


def test_a_negative_number_of_people_is_refused():
    with pytest.raises(ValueError, match="negative"):
        floor(["s"], ["villagers"], [], here={"villagers": -1})


def test_a_room_of_fifteen_loads_no_numerical_library():
    code = (
        "import sys, yishi.common_ground.floor; print('numpy' in sys.modules); from yishi.common_ground import analyse"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "False\n"
