"""Places are renamed, moved, recoded, merged, divided, and stay what they were on an earlier day."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.organisations.models import Place, PlaceVersion
from yishi.organisations.named_places import place_now
from yishi.organisations.place_tree import place_on
from yishi.organisations.reads import places_find
from yishi.organisations.services.places import (
    hamlet_add,
    place_divide,
    place_merge,
    place_move,
    place_recode,
    place_rename,
)

DAY = date(2026, 5, 1)


def assert_numbers_nest():
    """Every place lies within its parent's numbers, and no two overlap."""
    places = list(Place.objects.filter(closed_on=None).select_related("parent"))
    assert len({p.lo for p in places}) == len(places)
    for place in places:
        if place.parent:
            assert place.parent.lo < place.lo <= place.hi <= place.parent.hi, place


def test_it_works(cast):
    village = cast.places["牟尼村"]
    place_rename(actor=cast.viewer("administrator"), place=village, name="牟尼社区", on=DAY)
    village.refresh_from_db()
    assert (village.name, village.pinyin) == ("牟尼社区", "mnsq")
    assert village.full_name.endswith("共和镇牟尼社区")
    assert place_on(village, DAY - timedelta(days=1)).name == "牟尼村"
    assert place_on(village, DAY).name == "牟尼社区"
    entry = Entry.objects.get(code="organisations.place.rename")
    assert entry.place_id == village.pk and entry.data["on"] == "2026-05-01"


def test_renaming_a_county_renames_what_lies_in_it(cast):
    place_rename(actor=cast.viewer("administrator"), place=cast.places["牟定县"], name="牟定市")
    assert Place.objects.get(pk=cast.places["牟尼村"].pk).full_name == "楚雄彝族自治州牟定市共和镇牟尼村"


def test_a_village_moves_with_its_history(cast, all_files):
    place_divide(
        actor=cast.viewer("administrator"),
        place=cast.places["共和镇"],
        parts=[("532323101", "新镇")],
        stays=True,
        on=DAY,
    )
    town = Place.objects.get(name="新镇")
    village = cast.places["牟尼村"]
    place_move(actor=cast.viewer("administrator"), place=village, parent=town, on=DAY + timedelta(days=9))
    village.refresh_from_db()
    assert town.name in village.full_name
    assert place_on(village, DAY).parent == cast.places["共和镇"]
    assert_numbers_nest()


def test_a_code_changes_and_the_id_stays(cast):
    village = cast.places["牟尼村"]
    place_recode(actor=cast.viewer("administrator"), place=village, code="532323101218")
    assert Place.objects.get(code="532323101218").pk == village.pk
    with pytest.raises(Refusal) as refused:
        place_recode(actor=cast.viewer("administrator"), place=village, code="532323100202")
    assert refused.value.code == "place.code_taken"


def test_merged_villages_are_followed_and_overseen_by_the_successor(cast):
    old, new = cast.places["牟尼村"], cast.places["邻近村"]
    hamlet_add(actor=cast.viewer("administrator"), village=old, name="上村", on=DAY)
    place_merge(actor=cast.viewer("administrator"), place=old, into=new, on=DAY + timedelta(days=1))
    old.refresh_from_db(), new.refresh_from_db()
    assert place_now(old) == (new,)
    assert new.lo < old.lo <= new.hi
    assert Place.objects.get(name="上村").parent == new
    assert place_on(old, DAY).name == "牟尼村" and place_on(old, DAY + timedelta(days=1)) is None
    assert old not in places_find("牟尼村")
    assert_numbers_nest()
    with pytest.raises(WrongStage):
        place_rename(actor=cast.viewer("administrator"), place=old, name="旧村")


def test_a_divided_place_is_followed_to_all_its_parts(cast):
    town, villages = cast.places["共和镇"], [cast.places["牟尼村"], cast.places["邻近村"]]
    parts = [("532323111", "东镇"), ("532323112", "西镇")]
    with pytest.raises(Refusal) as refused:
        place_divide(actor=cast.viewer("administrator"), place=town, parts=parts)
    assert refused.value.code == "place.children" and "牟尼村" in str(refused.value)
    children = {villages[0].pk: 0, villages[1].pk: 1}
    place_divide(actor=cast.viewer("administrator"), place=town, parts=parts, children=children)
    town.refresh_from_db()
    assert [one.name for one in place_now(town)] == ["东镇", "西镇"]
    assert Place.objects.get(pk=villages[1].pk).parent.name == "西镇"
    assert_numbers_nest()


def test_a_hamlet_stands_below_its_village(cast):
    village = cast.places["牟尼村"]
    receipt = hamlet_add(actor=cast.viewer("administrator"), village=village, name="小组一")
    hamlet = Place.objects.get(pk=receipt.result["place"])
    assert hamlet.level == "hamlet" and hamlet.full_name.endswith("牟尼村小组一")
    assert_numbers_nest()
    with pytest.raises(Refusal):
        hamlet_add(actor=cast.viewer("administrator"), village=village, name="小组一")
    with pytest.raises(Refusal):
        hamlet_add(actor=cast.viewer("administrator"), village=cast.places["共和镇"], name="小组二")


def test_impossible_changes_are_refused_in_words(cast):
    administrator, county = cast.viewer("administrator"), cast.places["牟定县"]
    for change, code in (
        (lambda: place_rename(actor=administrator, place=county, name=" "), "place.no_name"),
        (lambda: place_rename(actor=administrator, place=county, name="牟定县"), "place.unchanged"),
        (lambda: place_move(actor=administrator, place=county, parent=cast.places["牟尼村"]), "place.itself"),
        (lambda: place_merge(actor=administrator, place=county, into=county), "place.itself"),
        (lambda: place_merge(actor=administrator, place=county, into=cast.places["牟尼村"]), "place.level"),
        (
            lambda: place_rename(
                actor=administrator, place=county, name="新县", on=timezone.localdate() + timedelta(days=1)
            ),
            "place.future",
        ),
        (lambda: place_recode(actor=administrator, place=county, code="53232"), "place.code"),
    ):
        with pytest.raises(Refusal) as refused:
            change()
        assert refused.value.code == code
    assert PlaceVersion.objects.filter(place=county).count() == 1


def test_two_changes_on_one_day_are_one_version(cast):
    village = cast.places["牟尼村"]
    place_rename(actor=cast.viewer("administrator"), place=village, name="错名", on=DAY)
    place_rename(actor=cast.viewer("administrator"), place=village, name="正名", on=DAY)
    assert [version.name for version in village.versions.order_by("valid_from")] == ["牟尼村", "正名"]
    with pytest.raises(Refusal) as refused:
        place_rename(actor=cast.viewer("administrator"), place=village, name="早名", on=DAY - timedelta(days=1))
    assert refused.value.code == "place.order"


@pytest.mark.parametrize("who", ["outsider", "clerk", "member"])
def test_others_change_no_place(cast, who):
    with pytest.raises(NotAllowed):
        place_rename(actor=cast.viewer(who), place=cast.places["牟尼村"], name="别名")
    with pytest.raises(NotAllowed):
        hamlet_add(actor=cast.viewer(who), village=cast.places["牟尼村"], name="别村")


def test_an_administrator_changes_nothing_outside_the_county(cast):
    with pytest.raises(NotAllowed):
        place_rename(actor=cast.viewer("administrator"), place=cast.places["宜良县"], name="别县")
    with pytest.raises(NotAllowed):
        place_merge(actor=cast.viewer("administrator"), place=cast.places["牟尼村"], into=cast.places["外县村"])
