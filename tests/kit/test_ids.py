"""Ids rise in the order in which one process makes them, and keep the form of RFC 9562."""

import time
import uuid

from yishi.kit import ids
from yishi.kit.ids import child_id, clean_code, code_of, id_read, made_at, named_id, new_code, uuid7


def test_ids_of_one_process_rise():
    made = [uuid7() for _ in range(5_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_address_names_an_id_or_none():
    one = uuid7()
    assert id_read(str(one)) == id_read(one) == id_read(one.hex) == one
    assert [id_read(text) for text in ("", None, "none", "123", f"{one}x")] == [None] * 5


def test_they_carry_version_variant_and_time():
    before = time.time_ns() // 1_000_000
    one = uuid7()
    assert (one.version, one.variant) == (7, uuid.RFC_4122)
    assert before <= one.int >> 80 <= before + 60_000
    assert made_at(one) == (one.int >> 80) / 1000
    assert uuid7(1_600_000_000_123).int >> 80 == 1_600_000_000_123


def test_a_clock_that_is_put_back_changes_no_order(monkeypatch):
    first = uuid7()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_500_000_000_000_000_000)
    assert uuid7() > first


def test_two_makers_in_the_same_millisecond_differ(monkeypatch):
    monkeypatch.setattr(ids.time, "time_ns", lambda: 9_000_000_000_000_000_000)
    one = uuid7()
    monkeypatch.setattr(ids, "_last", 0)  # as another process would
    assert one != uuid7()
    monkeypatch.setattr(ids, "_last", 0)


def test_a_child_stands_for_its_parent_and_ordinal():
    parent = uuid7()
    assert child_id(parent, 1) == child_id(parent, 1) != child_id(parent, 2)
    assert child_id(parent, 1).int >> 80 == parent.int >> 80


def test_codes_are_read_out_and_typed_again():
    """A random code has its length; the same digest gives the same code; what is typed in small letters fits."""
    assert {len(new_code(length)) for length in (6, 10)} == {6, 10}
    code = code_of(bytes(range(32)))
    assert code == code_of(bytes(range(32))) != code_of(bytes(range(1, 33))) and len(code) == 10
    assert clean_code(f" {code[:5].lower()}-{code[5:]} ") == code
    assert clean_code("１４ｊｓ－０４ＺＷＪＷ") == "14JS04ZWJW"
    assert named_id("place", "532323") == named_id("place", "532323") != named_id("place", "532324")
