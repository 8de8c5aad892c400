"""Names as people write them: stored in one form, nothing that can be seen dropped."""

import pytest

from yishi.formats.tables import normal
from yishi.kit.errors import Refusal
from yishi.kit.names import dotted, lost_letter, masked_name, plain_name, searched
from yishi.kit.text import clean, grams
from yishi.people.services import person_name

pytestmark = pytest.mark.once

SPELLINGS = [  # as somebody writes it, as it is stored
    ("阿孜•买买提", "阿孜·买买提"),
    ("阿孜・买买提", "阿孜·买买提"),
    ("阿孜･买买提", "阿孜·买买提"),
    ("阿孜‧买买提", "阿孜·买买提"),
    ("阿孜 · 买买提", "阿孜·买买提"),
    ("阿孜.买买提", "阿孜·买买提"),
    ("李　五", "李五"),
    (" 李  五 ", "李五"),
    ("李\u200b五\ufeff", "李五"),
    ("李\u00a0五", "李五"),
    ("Ａｎｎａ　Ｌｉ", "Anna Li"),
    ("Anna  Li", "Anna Li"),
    ("葛\U000e0100城", "葛\U000e0100城"),  # the selector chooses a letter's shape
    ("𠮷 野", "𠮷野"),
    ("ꀊꂿ ꑴꌠ", "ꀊꂿ ꑴꌠ"),
    ("བཀྲ་ཤིས", "བཀྲ་ཤིས"),
]


@pytest.mark.parametrize(("typed", "stored"), SPELLINGS)
def test_text_2_one_name_has_one_form_on_pages_and_in_workbooks(typed, stored):
    assert person_name(typed) == normal(typed, "name")[0] == stored
    assert person_name(stored) == stored


@pytest.mark.parametrize(("letter", "said"), [("\ue0b1", "U+E0B1"), ("\ufffd", "U+FFFD"), ("\U000f0001", "U+F0001")])
def test_text_1_a_letter_that_others_cannot_see_is_named(letter, said):
    with pytest.raises(Refusal, match="rare letters|生僻字") as refusal:
        person_name(f"普{letter}祥")
    assert said in str(refusal.value)
    assert lost_letter("普文祥") == ""


def test_text_1_nothing_that_can_be_seen_is_dropped_from_a_text():
    assert clean("普\ue0b1祥") == "普\ue0b1祥"
    assert clean("\uf95c e\u0301 \U0002f800") == "\uf95c é \U0002f800"
    assert person_name("\uf95c平") == normal("\uf95c平", "name")[0] == "\uf95c平"


@pytest.mark.parametrize("typed", ["阿孜买买提", "阿孜•买买提", "阿孜 买买提", "阿孜.买买提".replace(".", "・")])
def test_text_2_a_name_is_looked_for_in_one_form(typed):
    assert searched(typed) == searched("阿孜·买买提")


def test_text_2_a_name_without_its_dot_may_have_had_one():
    assert "阿孜·买买提" in dotted("阿孜买买提")
    assert dotted("李五") == dotted("Anna Li") == []


def test_text_3_letters_of_every_extension_are_letters_to_the_index():
    assert grams("\U00031350\U0002ebf0") == {"\U00031350\U0002ebf0", "\U00031350", "\U0002ebf0"}


@pytest.mark.parametrize(
    ("name", "shown"), [("葛\U000e0100城", "葛\U000e0100*"), ("葛\U000e0100", "*"), ("王葛\U000e0100城", "王*城")]
)
def test_text_2_a_letter_with_its_selector_is_one_letter(name, shown):
    assert masked_name(name) == shown


def test_text_2_a_selector_that_chooses_no_letters_shape_is_dropped():
    for typed, kept in (("Anna\ufe0f Li", "Anna Li"), ("\ufe00李五", "李五"), ("葛\U000e0100城", "葛\U000e0100城")):
        assert plain_name(typed) == kept
