"""An urn of sealed slips: one length, no order, opened by its key alone."""

import pytest

from yishi.kit import urn

ABOUT = b"one ballot"


def filled(public, choices):
    box = b""
    for choice in choices:
        box = urn.put_in(box, urn.sealed_slip(public, choice, ABOUT))
    return box


def test_it_works():
    private, public = urn.new_keys()
    box = filled(public, [2, 0, 1, 0])
    assert urn.count(box) == 4 and urn.opened(private, box, ABOUT) == [0, 0, 1, 2]


def test_all_slips_have_one_length_and_the_same_choice_is_sealed_otherwise_each_time():
    _private, public = urn.new_keys()
    slips = [urn.sealed_slip(public, choice, ABOUT) for choice in (0, 0, 255)]
    assert {len(slip) for slip in slips} == {urn.SLIP_BYTES} and len(set(slips)) == 3


def test_a_slip_comes_to_lie_anywhere():
    _private, public = urn.new_keys()
    slip, places = urn.sealed_slip(public, 0, ABOUT), set()
    box = filled(public, [1, 1, 1])
    for _once in range(200):
        places.add(urn.put_in(box, slip).index(slip) // urn.SLIP_BYTES)
    assert places == {0, 1, 2, 3}


@pytest.mark.parametrize("wrong", ["key", "about", "bytes", "cut"])
def test_what_does_not_fit_does_not_open(wrong):
    private, public = urn.new_keys()
    box = filled(public, [1])
    if wrong == "key":
        private = urn.new_keys()[0]
    box = {"bytes": box[:-1] + bytes((box[-1] ^ 1,)), "cut": box[:-1]}.get(wrong, box)
    with pytest.raises(urn.BadUrn):
        urn.opened(private, box, b"another" if wrong == "about" else ABOUT)
