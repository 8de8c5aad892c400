"""Workbooks name villages as they were: old names and codes lead on, a deed goes to the village as of its day."""

from datetime import timedelta

import pytest
from django.forms import DateField
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.assistance.importing import families, faults, publish, send, workbook
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.deeds.models import Deed
from yishi.assistance.imports.workbooks.places import Places
from yishi.assistance.register.models import Household
from yishi.assistance.register.reads import households_like
from yishi.database.reach import everything
from yishi.formats.sheets import write_sheet
from yishi.organisations.grants import system
from yishi.organisations.models import Place
from yishi.organisations.reads import place_coded, places_find
from yishi.organisations.services.places import place_merge, place_recode, place_rename
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.forms import ActForm
from yishi.web.organisations.place_sets import PlacesForm


@kept
def merged(cast):
    """The day on which 邻近村 went into 牟尼村."""
    day = timezone.localdate() - timedelta(days=20)
    place_merge(actor=system(), place=cast.places["邻近村"], into=cast.places["牟尼村"], on=day)
    return day


@pytest.mark.parametrize("village", ["邻近村", "邻近村委会", "牟尼村"])
def test_workbooks_1_families_of_a_merged_village_come_under_its_old_and_its_new_name(cast, merged, village):
    lines = families(2, village=village)
    one = publish(cast, send(cast, workbook(lines)))
    assert one.state == "published", faults(one)
    assert {household.place.name for household in Household.within.filter(number__startswith="532323")} == {"牟尼村"}


def test_workbooks_1_a_family_of_a_merged_village_lives_in_its_successor(cast):
    publish(cast, send(cast, workbook(families(2, village="邻近村"))))
    day = timezone.localdate()
    place_merge(actor=system(), place=cast.places["邻近村"], into=cast.places["牟尼村"], on=day)
    for village in ("邻近村", "牟尼村"):
        one = send(cast, workbook(families(2, village=village)))
        assert (one.same, faults(one)) == (2, [])


def test_workbooks_1_a_code_of_before_leads_to_the_village_that_took_it_up(cast, merged):
    code = cast.places["邻近村"].code
    places = Places(Place.objects.get(pk=cast.places["牟定县"].pk))
    assert places.find("", "", "", code)[0].name == "牟尼村"
    assert places.find("", "", "邻近村", code)[0].name == "牟尼村"
    assert places.find("", "", "牟尼村", code)[0].name == "牟尼村"
    assert places.find("", "", "", code, day=merged - timedelta(days=1))[0].name == "邻近村"


def test_workbooks_1_a_renamed_village_is_found_by_its_old_name_and_in_the_search(cast):
    place_rename(actor=system(), place=cast.places["牟尼村"], name="新尼村", on=timezone.localdate())
    one = publish(cast, send(cast, workbook(families(1, village="牟尼村"))))
    assert one.state == "published", faults(one)
    assert [place.name for place in places_find("牟尼村")] == ["新尼村"]


def test_workbooks_1_a_village_of_before_is_found_by_a_set_s_list_an_answer_sheet_and_the_search_of_families(cast):
    helping, code = Helping(cast), cast.places["牟尼村"].code
    place_recode(actor=system(), place=cast.places["牟尼村"], code="532323999201", on=timezone.localdate())
    place_rename(actor=system(), place=cast.places["牟尼村"], name="新尼村", on=timezone.localdate())
    form = PlacesForm({"places": f"牟尼村\n{code}", "since": "2026-01-01"}, within=Place.objects.get(name="牟定县"))
    assert form.is_valid(), form.errors
    assert {place.name for place in form.cleaned_data["places"]} == {"新尼村"}
    assert place_coded(code).name == "新尼村" and place_coded("999999999999") is None
    assert helping.households[0].pk in set(
        households_like("牟尼村", cast.viewer("clerk").reach).values_list("pk", flat=True)
    )


@pytest.mark.parametrize(
    ("days", "typed", "stored"), [(30, "邻近村", "邻近村"), (3, "邻近村", "牟尼村"), (30, "牟尼村", "牟尼村")]
)
def test_workbooks_1_a_deed_of_the_past_may_choose_the_village_of_then(cast, merged, days, typed, stored):
    class PastForm(ActForm):
        place = PlaceField(day="on")
        on = DateField()

    day = timezone.localdate() - timedelta(days=days)
    place = Place.objects.get(name=typed)
    form = PastForm({"place": place.full_name, "place_id": str(place.pk), "on": day.isoformat()})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["place"].name == stored
    form = PastForm({"place": f"牟定 {typed}", "place_id": "", "on": day.isoformat()})
    form.is_valid()
    assert place in (form.fields["place"].widget.candidates or [form.cleaned_data.get("place"), place])


def test_workbooks_1_a_correction_leaves_a_deed_in_the_village_of_then(client, cast):
    deed = Helping(cast).record(on=timezone.localdate() - timedelta(days=30))
    place_merge(actor=system(), place=cast.places["牟尼村"], into=cast.places["邻近村"], on=timezone.localdate())
    sign_in(client, cast, "member")
    address = reverse("deed_correct", args=[deed.pk])
    form = client.get(address).context["form"]
    sent = {
        "act_id": str(form["act_id"].value()), "reason": "多记了", "amount": "2", "on": deed.on.isoformat(),
        "place": cast.places["牟尼村"].full_name, "place_id": str(cast.places["牟尼村"].pk),
        "households": [str(deed.beneficiaries.first().household_id)], "words": "",
    }  # fmt: skip
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    with everything():
        deed.refresh_from_db()
    assert (deed.place.name, deed.amount) == ("牟尼村", 2000)


def test_workbooks_1_a_deed_belongs_to_the_village_as_of_its_day(cast, merged):
    Helping(cast)
    headings = ["活动项", "日期", "村", "数量", "单位", "内容"]
    before, after = merged - timedelta(days=3), merged + timedelta(days=3)
    lines = [["办一场培训", day, "邻近村", 1, "", f"教种花{day}"] for day in (before, after)]
    one = publish(cast, send(cast, write_sheet(lines, headings, "实绩"), kind="deeds", year=2026))
    assert one.state == "published", faults(one)
    assert dict(Deed.within.values_list("on", "place__name")) == {before: "邻近村", after: "牟尼村"}
