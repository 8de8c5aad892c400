"""A county merges two townships with 30 villages: workbooks with old names, old codes and new names, deeds of before
and after, the search, and figures as they were then and are now all lead to the same villages."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.assistance.importing import families, faults, publish, send, workbook
from tests.kept import kept
from yishi.assistance.deeds.models import Deed
from yishi.assistance.imports.workbooks.faults import note_words
from yishi.assistance.register.models import Household
from yishi.formats.sheets import write_sheet
from yishi.organisations.grants import system
from yishi.organisations.models import Place, PlaceVersion
from yishi.organisations.place_tree import refresh
from yishi.organisations.reads import places_find
from yishi.organisations.services.places import place_merge, place_recode, place_rename
from yishi.reporting.figures import ask
from yishi.reporting.fold import fold_all
from yishi.reporting.question import Question

NAMES = "东西南北中上下前后左右高低大小"
OLD, NEW, MERGED = "戌街乡", "凤屯镇", "凤戌镇"


@dataclass
class Village:
    """A village as it was, and what it is since the day of the merger."""

    then: Place
    township: str
    name: str
    code: str
    now: str = ""  # its name, or its successor's
    family: str = ""  # the number of the family that lives there

    @property
    def row(self) -> dict:
        return {"乡": self.township, "村": self.name}


@dataclass
class County:
    day: date
    villages: list[Village] = field(default_factory=list)


@kept
def county(cast):
    """Two townships of 15 villages each with a family in each; 20 days ago the one became part of the other, which got
    another name; of each five villages one was merged into its neighbour, one renamed, one got another code."""
    day = timezone.localdate() - timedelta(days=20)
    made = County(day)
    townships = {}
    for number, name in ((2, OLD), (3, NEW)):
        township = townships[name] = _place("township", f"53232320{number}000", name, cast.places["牟定县"])
        for place, letter in enumerate(NAMES):
            code, called = f"53232320{number}2{place:02d}", f"{letter}{'戌' if name == OLD else '凤'}村委会"
            made.villages.append(Village(_place("village", code, called, township), name, called, code))
    refresh()
    lines = []
    for number, village in enumerate(made.villages):
        village.now, village.family = village.name, f"532323{number:010d}"
        lines += [{**row, **village.row} for row in families(1, start=number)]
    brought = publish(cast, send(cast, workbook(lines)))
    assert brought.state == "published", faults(brought)
    for number, village in enumerate(made.villages):
        if number % 5 == 1:
            into = made.villages[number - 1]
            place_merge(actor=system(), place=village.then, into=into.then, on=day)
            village.now = into.now
        elif number % 5 == 2:
            village.now = f"新{village.name}"
            place_rename(actor=system(), place=village.then, name=village.now, on=day)
        elif number % 5 == 3:
            place_recode(actor=system(), place=village.then, code=f"53232390{number:04d}", on=day)
    place_merge(actor=system(), place=townships[OLD], into=townships[NEW], on=day)
    place_rename(actor=system(), place=townships[NEW], name=MERGED, on=day)
    return made


def _place(level: str, code: str, name: str, parent: Place) -> Place:
    place = Place.objects.create(level=level, code=code, name=name, parent=parent)
    PlaceVersion.objects.create(place=place, code=code, name=name, parent=parent)
    return place


def as_before(village):
    return village.row


def by_code(village):
    return {"乡": "", "村": "", "村编码": village.code}


def by_code_and_name(village):
    return {"乡": MERGED, "村": village.name, "村编码": village.code}


def as_now(village):
    return {"乡": MERGED, "村": village.now}


def old_village_in_the_new_township(village):
    return {"乡": MERGED, "村": village.name}


WAYS = [as_before, by_code, by_code_and_name, as_now, old_village_in_the_new_township]


@pytest.mark.parametrize("way", WAYS)
def test_workbooks_1_a_merged_county_s_families_are_known_and_new_ones_come(cast, county, way):
    known = [{**row, **way(each)} for number, each in enumerate(county.villages) for row in families(1, start=number)]
    again = send(cast, workbook(known))
    assert (again.new, again.same, again.bad) == (0, 30, 0), faults(again)
    fresh = [
        {**row, **way(each)} for number, each in enumerate(county.villages) for row in families(1, start=100 + number)
    ]
    brought = publish(cast, send(cast, workbook(fresh)))
    assert (brought.state, brought.new) == ("published", 30), faults(brought)
    lives = dict(Household.within.filter(number__gte="5323230000000100").values_list("number", "place__name"))
    assert lives == {f"532323{100 + number:010d}": each.now for number, each in enumerate(county.villages)}


def test_workbooks_1_the_page_says_where_an_old_name_and_an_old_code_lead(cast, county):
    lines = [{**row, **county.villages[1].row} for row in families(1, start=200)]
    lines += [{**row, **by_code(county.villages[3])} for row in families(1, start=201)]
    said = [note_words(code, params) for code, params in send(cast, workbook(lines)).notes]
    old = county.villages[3]
    expected = (county.villages[1].name, county.villages[1].now, old.code, old.now)
    assert any(all(text in sentence for text in expected) for sentence in said), said
    lines = [{**row, **as_now(county.villages[5])} for row in families(1, start=202)]
    assert "place_led" not in [code for code, _params in send(cast, workbook(lines)).notes]


@pytest.mark.parametrize("way", WAYS)
def test_workbooks_1_deeds_belong_to_the_village_as_of_their_day(cast, helping, county, way):
    before, after = county.day - timedelta(days=3), county.day + timedelta(days=3)
    headings = ["活动项", "日期", "乡", "村", "村编码", "数量", "内容"]
    lines = []
    for village in county.villages:
        named = {"村编码": "", **way(village)}
        for day in (before, after):
            place = [named[key] for key in ("乡", "村", "村编码")]
            lines.append(["办一场培训", day, *place, 1, f"给{village.code}教种花"])
    brought = publish(cast, send(cast, write_sheet(lines, headings, "实绩"), kind="deeds", year=2026))
    assert (brought.state, brought.new) == ("published", 60), faults(brought)
    taken = {(deed.words[1:13], deed.on): deed.place for deed in Deed.within.select_related("place")}
    for village in county.villages:
        # Whoever writes only today's name of what took the village up says nothing of the village that was.
        is_taken_up = village.now not in (village.name, f"新{village.name}")
        then = Place.objects.get(name=village.now) if way is as_now and is_taken_up else village.then
        assert taken[village.code, before].pk == then.pk, village
        assert taken[village.code, after].name == village.now, village


def test_workbooks_1_the_search_finds_each_by_what_it_was_and_is(cast, county):
    for village in county.villages:
        for typed in (village.name, f"{village.township} {village.name}", f"{MERGED} {village.name}", village.code):
            assert village.now in [place.name for place in places_find(typed)], typed
        assert village.then in places_find(village.name, gone=True)
    assert [place.name for place in places_find(OLD)] == [MERGED]


def test_workbooks_1_figures_of_a_merged_county_are_as_then_and_as_now(cast, helping, county):
    before, after = county.day - timedelta(days=3), county.day + timedelta(days=3)
    headings = ["活动项", "日期", "乡", "村", "数量", "内容"]
    lines = [
        ["办一场培训", day, village.township, village.name, 1, f"给{village.code}教种花"]
        for village in county.villages
        for day in (before, after)
    ]
    publish(cast, send(cast, write_sheet(lines, headings, "实绩"), kind="deeds", year=2026))
    fold_all()
    old, merged = Place.objects.get(name=OLD), Place.objects.get(name=MERGED)
    asked = Question(merged, start=before - timedelta(days=1), end=timezone.localdate())

    def deeds(place, *, then):
        return ask(replace(asked, place=place, places_then=then)).deeds

    assert (deeds(merged, then=False), deeds(merged, then=True)) == (60, 45)
    assert deeds(old, then=True) == 15
    assert deeds(cast.places["牟定县"], then=True) == deeds(cast.places["牟定县"], then=False) == 60
    gone = county.villages[1]
    into = Place.objects.get(name=gone.now)
    assert (deeds(into, then=False), deeds(into, then=True), deeds(gone.then, then=True)) == (4, 3, 1)
