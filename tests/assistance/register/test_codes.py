"""Code lists are mapped by label and source version, never by number."""

import pytest
from django.utils import translation

from yishi.assistance.register import codes

pytestmark = pytest.mark.once


def test_it_works():
    assert codes.label("relation", "spouse") == "配偶"
    assert codes.find("relation", "妻子") == "spouse"
    assert codes.label("relation", "") == ""
    with translation.override("en"):
        assert codes.label("relation", "spouse") == "spouse"


@pytest.mark.parametrize("name", codes.names())
def test_each_label_leads_back_to_its_code_and_to_no_other(name):
    assert codes.title(name)
    for value in codes.values(name):
        assert {"code", "zh", "en"} <= set(value)
        assert len(value["code"]) <= 24
        for text in (value["zh"], *value.get("also", ()), *value.get("labels", {}).values()):
            assert codes.find(name, text) == value["code"], text


def test_a_label_is_read_as_forms_write_it():
    assert codes.find("relation", " 01户主 ") == "head"
    assert codes.find("household_kind", "脱贫户(享受政策)") == codes.find("household_kind", "脱贫户（享受政策）")
    assert codes.find("house_grade", "Ｃ级") == "C"
    assert codes.find("relation", "01") is None  # a number alone says nothing: provinces count differently
    assert codes.find("relation", "邻居") is None
    assert codes.find("relation", "") is None


def test_a_form_has_only_the_values_of_its_year():
    assert codes.find("poverty_cause", "缺土地", "2014") == "land"
    assert codes.find("poverty_cause", "缺土地", "2021") is None
    assert codes.find("poverty_cause", "因产业失败", "2014") is None
    assert codes.label("poverty_cause", "labour", "2014") == "缺劳力"
    assert codes.label("poverty_cause", "labour", "2023") == "缺劳动力"
    assert "great_grandson" not in dict(codes.choices("relation", "2014"))


def test_there_are_fifty_six_peoples():
    peoples = [value for value in codes.values("ethnic") if value["gb"] < "97"]
    assert [value["gb"] for value in peoples] == [f"{number:02d}" for number in range(1, 57)]
    assert len({value["code"] for value in peoples}) == 56
    assert codes.find("ethnic", "彝") == codes.find("ethnic", "彝族") == "YI"


def test_a_list_or_code_that_does_not_exist_is_a_mistake_of_the_caller():
    for call in (lambda: codes.values("nothing"), lambda: codes.label("relation", "x"), lambda: codes.of("sex", "x")):
        with pytest.raises(codes.UnknownCode):
            call()
    assert not codes.has("relation", "x")
    assert codes.of("relation", "son")["sex"] == "male"
