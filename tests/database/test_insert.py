"""Insert or return: of two deliveries one inserts, the other is given what stands. Rows of several tables at once."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from yishi.database.insert import insert_or_return, insert_together
from yishi.kit.ids import uuid7
from yishi.organisations.models import Place, PlaceSet, PlaceSetItem

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


def test_rows_of_several_tables_are_written_together(django_assert_num_queries):
    sets = [place_set(uuid7(), "pilot"), place_set(uuid7(), "focus")]
    place = Place.objects.create(level="county", code="532323000000", name="牟定县", full_name="牟定县", lo=1, hi=9)
    items = [PlaceSetItem(place_set=one, place=place, valid_from=date(2026, 1, 1)) for one in sets]
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 2):
        insert_together(items, [], sets)  # a row may name one of a later group
    assert not any(row._state.adding for row in (*sets, *items))
    assert set(PlaceSetItem.objects.values_list("place_set__code", flat=True)) == {"pilot", "focus"}
    assert PlaceSet.objects.get(code="focus").name == "试点县"


def test_what_does_not_fit_writes_none_of_them():
    place_set(uuid7(), "pilot").save()
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_together([place_set(uuid7(), "focus")], [place_set(uuid7(), "pilot")])
    assert PlaceSet.objects.count() == 1


def test_nothing_is_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_together([], [])
