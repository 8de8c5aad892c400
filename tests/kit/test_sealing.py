"""Sealed values open in their own field of their own row, with their own key, or not at all."""

import base64
from uuid import uuid4

import pytest

from yishi.kit.sealing import BadKeys, KeyRing, SealError, Tampered, WrongKey

pytestmark = pytest.mark.once
RING = KeyRing.generate()
ROW, OTHER = uuid4(), uuid4()
FIELD = {"table": "resident", "column": "identity"}
PLAIN = "53232319750101123X"


def test_it_works():
    sealed = RING.seal(PLAIN, **FIELD, row=ROW)
    assert PLAIN.encode() not in sealed
    assert RING.open(sealed, **FIELD, row=ROW) == PLAIN
    assert RING.open(memoryview(sealed), **FIELD, row=ROW) == PLAIN
    assert RING.seal(PLAIN, **FIELD, row=ROW) != sealed  # two equal values do not look alike


def test_a_value_moved_to_another_row_table_or_column_does_not_open():
    sealed = RING.seal(PLAIN, **FIELD, row=ROW)
    for field in (
        {**FIELD, "row": OTHER},
        {"table": "household", "column": "identity", "row": ROW},
        {"table": "resident", "column": "bank", "row": ROW},
    ):
        with pytest.raises(Tampered):
            RING.open(sealed, **field)


def test_no_byte_of_it_may_be_changed():
    sealed = RING.seal(PLAIN, **FIELD, row=ROW)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealError):
            RING.open(bytes(changed), **FIELD, row=ROW)
    for cut in (b"", sealed[:20], sealed[:-1]):
        with pytest.raises(Tampered):
            RING.open(cut, **FIELD, row=ROW)


def test_another_key_file_is_told_apart_from_a_changed_value():
    sealed = RING.seal(PLAIN, **FIELD, row=ROW)
    with pytest.raises(WrongKey, match="not the key 1"):
        KeyRing.generate().open(sealed, **FIELD, row=ROW)
    with pytest.raises(WrongKey, match="key 2 is not in the ring"):
        RING.open(RING.with_new_key().seal(PLAIN, **FIELD, row=ROW), **FIELD, row=ROW)


def test_after_a_change_of_keys_old_values_open_and_new_ones_have_the_new_key():
    old = RING.seal(PLAIN, **FIELD, row=ROW)
    ring = RING.with_new_key()
    new = ring.seal(PLAIN, **FIELD, row=ROW)
    assert (ring.key_of(old), ring.key_of(new), ring.current) == (1, 2, 2)
    assert ring.open(old, **FIELD, row=ROW) == ring.open(new, **FIELD, row=ROW) == PLAIN
    assert ring.blind("identity", PLAIN) == RING.blind("identity", PLAIN)  # the index stays as it is
    assert ring.mark == RING.mark


def test_the_index_is_equal_for_equal_texts_and_says_nothing_without_the_key():
    assert RING.blind("identity", PLAIN) == RING.blind("identity", PLAIN)
    assert len(RING.blind("identity", PLAIN)) == 32
    assert RING.blind("identity", PLAIN) != RING.blind("bank", PLAIN)
    assert RING.blind("identity", PLAIN) != KeyRing.generate().blind("identity", PLAIN)


def test_a_ring_is_written_and_read_by_lines_or_commas():
    ring = RING.with_new_key()
    assert KeyRing.parse(ring.written()) == ring
    assert KeyRing.parse(ring.written().strip().replace("\n", ",")) == ring
    assert ring.written().count("\n") == 3
    key = base64.b64encode(ring.index).decode()
    assert key not in repr(ring)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "index:AAAA,1:AAAA",
        "1:" + base64.b64encode(bytes(32)).decode(),  # no key of the index
        "index:" + base64.b64encode(bytes(32)).decode(),  # no key that seals
        "index:not base64,1:x",
        "index:{0},1:{0},1:{0}".format(base64.b64encode(bytes(32)).decode()),
        "index:{0},300:{0}".format(base64.b64encode(bytes(32)).decode()),
        "index:{0},0:{0}".format(base64.b64encode(bytes(32)).decode()),
        "index:{0},first:{0}".format(base64.b64encode(bytes(32)).decode()),
    ],
)
def test_what_is_no_ring_is_refused_without_repeating_it(text):
    with pytest.raises(BadKeys) as caught:
        KeyRing.parse(text)
    assert "AAAA" not in str(caught.value)
