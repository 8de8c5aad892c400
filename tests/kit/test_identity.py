"""Numbers of identity papers: mended where people write them differently, never guessed."""

import random
from datetime import date

import pytest

from yishi.kit.identity import Fault, check_character, masked, normal, read

pytestmark = pytest.mark.once
FIRST = "53232319750101123"
NUMBER = FIRST + check_character(FIRST)
TODAY = date(2026, 1, 1)


def test_it_works():
    found = read(NUMBER, today=TODAY)
    assert (found.number, found.key, found.fault) == (NUMBER, NUMBER, Fault.NONE)
    assert (found.born_on, found.sex, found.was_short) == (date(1975, 1, 1), "male", False)
    assert read("11010519491231002x").number == "11010519491231002X"  # the standard's own example
    assert read("440524188001010014").sex == "male"


def test_the_way_people_write_it_does_not_matter():
    wide = "".join(chr(ord(character) + 0xFEE0) for character in NUMBER)
    for text in (
        wide,
        f" {NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]} ",
        "'" + NUMBER,
        f"\u200b{NUMBER}\u3000",
        NUMBER.lower(),
    ):
        assert read(text).number == NUMBER
    assert normal("５３ｘ") == "53X"


def test_fifteen_digits_of_old_cards_become_eighteen():
    found = read(NUMBER[:6] + NUMBER[8:17])
    assert (found.number, found.was_short, found.fault) == (NUMBER, True, Fault.NONE)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.LENGTH),
        (NUMBER[:-1], Fault.LENGTH),
        (NUMBER + "1", Fault.LENGTH),
        ("53232X197501011231", Fault.CHARACTERS),
        ("53232319750101O234", Fault.CHARACTERS),
        (FIRST + ("0" if NUMBER[-1] != "0" else "1"), Fault.CHECK),
        ("53232319751301123" + check_character("53232319751301123"), Fault.DAY),
        ("53232318490101123" + check_character("53232318490101123"), Fault.DAY),
        ("53232320300101123" + check_character("53232320300101123"), Fault.DAY),
        ("5.32323197501011E+17", Fault.SPREADSHEET),
        ("532323197501011000", Fault.SPREADSHEET),
        ("532323197501011231.0", Fault.SPREADSHEET),
    ],
)
def test_what_is_wrong_is_said(text, fault):
    found = read(text, today=TODAY)
    assert found.fault == fault
    assert found.born_on is None


def test_a_slip_in_one_digit_or_two_neighbours_swapped_is_noticed():
    chance = random.Random(4)
    for _round in range(400):
        place = chance.randrange(17)
        wrong = NUMBER[:place] + chance.choice([d for d in "0123456789" if d != NUMBER[place]]) + NUMBER[place + 1 :]
        assert read(wrong).fault
        place = chance.randrange(16)
        if NUMBER[place] != NUMBER[place + 1]:
            assert read(NUMBER[:place] + NUMBER[place + 1] + NUMBER[place] + NUMBER[place + 2 :]).fault


def test_a_disability_card_is_found_by_the_identity_card_in_it():
    for tail in ("44", "44B1", "4402"):
        found = read(NUMBER + tail, "disability")
        assert (found.number, found.key, found.fault) == (NUMBER + tail, NUMBER, Fault.NONE)
        assert (found.born_on, found.sex) == (date(1975, 1, 1), "male")
    for text in (NUMBER, NUMBER + "84", NUMBER + "45", NUMBER + "444"):
        assert read(text, "disability").fault == Fault.LENGTH
    wrong = FIRST + ("0" if NUMBER[-1] != "0" else "1") + "44"
    assert read(wrong, "disability").fault == Fault.CHECK


def test_other_papers_have_their_own_form():
    assert read("政字第1234567号", "officer").fault == Fault.NONE
    assert read("12", "officer").fault == Fault.LENGTH
    assert read("P530123456", "birth").fault == Fault.NONE
    assert read("P53012345", "birth").fault == Fault.LENGTH


def test_no_more_than_four_characters_are_shown():
    assert masked(NUMBER) == "*" * 14 + NUMBER[-4:]
    assert read(NUMBER).masked == masked(NUMBER)
    assert masked("12345678") == "*" * 8
    assert masked("") == ""
