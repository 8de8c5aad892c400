"""What a record is lent, and what is certainly there."""

from types import SimpleNamespace

import pytest

from yishi.kit.records import certain, filled, lend, lent


def test_a_record_carries_what_it_was_lent():
    goat = SimpleNamespace(name="Anna")
    assert lend(goat, age=3, colour="brown") is goat
    assert (lent(goat, "age"), lent(goat, "colour")) == (3, "brown")


def test_what_is_certain_is_there():
    assert certain(0) == 0
    with pytest.raises(AssertionError):
        certain(None)


def test_empty_columns_point_to_nothing():
    assert filled([None, 0, "", "a"]) == [0, "", "a"]
