"""Insert or return: of two deliveries one inserts, the other is given what stands."""

import pytest

from yishi.database.insert import insert_or_return
from yishi.kit.ids import uuid7
from yishi.organisations.models import PlaceSet

pytestmark = pytest.mark.django_db


def place_set(key, code, name="试点县"):
    return PlaceSet(pk=key, code=code, name=name)


def test_it_works():
    key = uuid7()
    first, is_new = insert_or_return(place_set(key, "pilot"))
    assert is_new
    assert PlaceSet.objects.get() == first
    assert not first._state.adding


def test_the_second_delivery_is_given_what_stands():
    key = uuid7()
    insert_or_return(place_set(key, "pilot"))
    stands, is_new = insert_or_return(place_set(key, "focus", "重点县"))
    assert (stands.code, stands.name, is_new) == ("pilot", "试点县", False)


def test_another_row_in_the_way_is_no_second_delivery():
    insert_or_return(place_set(uuid7(), "pilot"))
    with pytest.raises(PlaceSet.DoesNotExist):
        insert_or_return(place_set(uuid7(), "pilot"))
