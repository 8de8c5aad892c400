"""A workbook of villages' population: each row is stated with its paper and day, and incidence has its denominator."""

from datetime import date

import pytest

from tests.assistance.importing import faults, publish, send, workbook
from yishi.assistance.campaign.models import StatedNumber
from yishi.assistance.imports.services.publish import import_undo
from yishi.kit.errors import NotAllowed, Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
SOURCE = "牟定县2020年统计年鉴"


def rows(*said):
    keys = ("乡镇", "行政村", "乡村人口", "截至日期", "来源")
    return [dict(zip(keys, ("共和镇", *row, SOURCE)[:5], strict=True)) for row in said]


def sent(cast, said, **given):
    return send(cast, workbook(said), kind="numbers", filename="人口.xlsx", **given)


def standing():
    numbers = StatedNumber.objects.filter(ended_at=None).select_related("place").order_by("place__lo")
    return [(number.place.name, number.what, number.value, number.on) for number in numbers]


DAY = "2020-12-31"


def test_it_works(cast):
    one = publish(cast, sent(cast, rows(("牟尼村", 1860, DAY), ("邻近村", 940, DAY))))
    on = date(2020, 12, 31)
    assert sorted(standing()) == sorted([("牟尼村", "rural_people", 1860, on), ("邻近村", "rural_people", 940, on)])
    assert {number.source for number in StatedNumber.objects.all()} == {SOURCE}
    assert one.state == "published"


def test_sent_again_it_is_the_same_and_another_number_takes_its_place(cast):
    publish(cast, sent(cast, rows(("牟尼村", 1860, DAY))))
    again = sent(cast, rows(("牟尼村", 1860, DAY)))
    assert (again.same, again.new) == (1, 0)
    newer = publish(cast, sent(cast, rows(("牟尼村", 1851, DAY))))
    assert [value for _place, _what, value, _on in standing()] == [1851]
    import_undo(actor=cast.viewer("clerk"), sent=newer)
    assert [value for _place, _what, value, _on in standing()] == [1860]
    assert StatedNumber.objects.filter(value=1851, ended_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"乡村人口": -3}, "no_number"),
        ({"乡村人口": "12.5"}, "no_number"),
        ({"乡村人口": ""}, "missing"),
        ({"来源": ""}, "missing"),
        ({"截至日期": ""}, "missing"),
        ({"行政村": "没有的村"}, "no_place"),
        ({"行政村": "外县村"}, "no_place"),
        ({"指标": "鸡的数量"}, "no_label"),
    ],
)
def test_a_row_that_says_nothing_is_told_why_and_nothing_is_stated(cast, row, code):
    said = {**rows(("牟尼村", 1860, DAY))[0], **row}
    one = sent(cast, [said])
    assert code in {fault[2] for fault in faults(one)}
    with pytest.raises(Refusal):
        publish(cast, one)
    assert standing() == []


def test_a_day_to_come_and_the_same_village_twice(cast):
    one = sent(cast, rows(("牟尼村", 1860, "2099-12-31"), ("邻近村", 940, DAY), ("邻近村", 941, DAY)))
    told = {row: code for row, _heading, code in faults(one)}
    assert len(told) == 2 and "row_twice" in told.values()


def test_a_desk_that_does_not_oversee_the_village_states_nothing(cast):
    with pytest.raises(NotAllowed):
        sent(cast, rows(("牟尼村", 1860, DAY)), who="handler", body="department")
