"""A place is typed by its name: an exact name is that place, also where longer names hold it."""

import pytest
from django import forms

from tests.kept import kept
from yishi.database.reach import Reach, reaching
from yishi.kit.ids import named_id
from yishi.organisations.models import Place
from yishi.web.kit.fields.place_field import PlaceField

pytestmark = pytest.mark.django_db


def named_alike(name: str, full_name: str, lo: int) -> Place:
    key = named_id("place", full_name)
    return Place.objects.create(
        pk=key, code=str(lo), name=name, full_name=full_name, level="village", lo=lo, hi=lo, pinyin=""
    )


def typed(text: str) -> Place | None:
    return PlaceField().clean({"text": text, "id": ""})


@kept
def alike(cast):
    """Places whose names hold, or are, those of the cast."""
    far = cast.places["外县村"]
    named_alike("牟定县城村", far.full_name + "牟定县城村", 900_000_001)
    return named_alike("共和镇", "红河州共和镇", 900_000_002)


@pytest.mark.parametrize("text", ["牟定县", "牟定县\u3000", "牟定\u200b县"])
def test_text_4_an_exact_name_wins_over_longer_ones(cast, alike, text):
    assert typed(text) == cast.places["牟定县"]


def test_text_4_of_several_exact_names_the_place_in_reach_is_meant(cast, alike):
    county, town = cast.places["牟定县"], cast.places["共和镇"]
    with reaching(Reach(spans=((county.lo, county.hi),))):
        assert typed("共和镇") == town
    with reaching(Reach(spans=((alike.lo, alike.hi),))):
        assert typed("共和镇") == alike
    with pytest.raises(forms.ValidationError, match="Several|多个|几个"):
        typed("共和镇")


def test_text_4_a_part_of_several_names_still_asks(cast, alike):
    with pytest.raises(forms.ValidationError, match="Several|多个|几个"):
        typed("牟定")
