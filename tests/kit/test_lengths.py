"""forms 5: the length of a text is that of its stored form, in every field of every form, the sentence the house's."""

from copy import deepcopy

import pytest
from django import forms
from django.utils import translation

from tests.every_form import fields_of
from yishi.database.words import within
from yishi.kit.errors import Refusal
from yishi.kit.text import clean, phone_number, shows_nothing
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import Form

LIMITED = {
    name: field
    for name, field in fields_of(forms.CharField)
    if (field.max_length or field.widget.attrs.get("maxlength"))
    and field.strip
    and not field.widget.is_hidden
    # a picker's words are looked for, not stored
    and (type(field).__module__ == "django.forms.fields" or isinstance(field, WordsField))
}
AREAS = {name for name, field in LIMITED.items() if isinstance(field.widget, forms.Textarea)}
RARE = "𠮷"  # one letter; a browser counts two


def one_field(field, text):
    form = type("OneField", (Form,), {"field": deepcopy(field)})({"field": text})
    with translation.override("zh-hans"):
        form.is_valid()
        return form, " ".join(form.errors.get("field", []))


def limit_of(field):
    return int(field.max_length or field.widget.attrs["maxlength"])


def too_long(limit, length):
    return f"您写了{length}个字，最多{limit}个字。"


def test_there_are_many():
    assert len(LIMITED) > 150 and len(AREAS) > 45


@pytest.mark.parametrize("name", sorted(AREAS))
def test_forms_5_a_text_area_takes_line_breaks_up_to_its_limit_and_says_what_is_too_much(name):
    field, limit = LIMITED[name], limit_of(LIMITED[name])
    for letter in "字", RARE:
        breaks = (limit - 1) // 2
        exact = f"{letter}\r\n" * breaks + letter * (limit - 2 * breaks)  # as a browser sends them
        assert len(clean(exact)) == limit
        assert "个字" not in one_field(field, exact)[1]
        assert too_long(limit, limit + 1) in one_field(field, exact + letter)[1]


@pytest.mark.parametrize("name", sorted(set(LIMITED) - AREAS))
def test_forms_5_and_limits_a_line_takes_its_limit_in_rare_letters_and_refuses_one_more(name):
    field, limit = LIMITED[name], limit_of(LIMITED[name])
    assert "个字" not in one_field(field, RARE * limit)[1]
    assert too_long(limit, limit + 1) in one_field(field, RARE * (limit + 1))[1]


def test_forms_5_the_browser_hears_the_limit_and_does_not_cut():
    field = forms.CharField(max_length=20, widget=forms.Textarea)
    shown = str(one_field(field, "")[0]["field"])
    assert 'data-longest="20"' in shown and "maxlength" not in shown


def test_forms_5_what_is_kept_is_what_was_counted():
    form, _said = one_field(forms.CharField(max_length=3), " 一\r\n二 ")
    assert form.cleaned_data["field"] == "一\n二"
    assert within("一\r\n二", 3) == "一\n二"
    with pytest.raises(Refusal) as refused, translation.override("zh-hans"):
        within("一\r\n二三", 3, "reason")
    assert (refused.value.field, too_long(3, 4) in str(refused.value.message)) == ("reason", True)


UNSEEN = ["\u200b", "\u3164", "\u00ad", "\u2800", "\U000e0020", "\ufe0f", "\u17b5", "\u180b", " \u200d\n", "\u061c"]


@pytest.mark.parametrize("text", UNSEEN)
def test_forms_9_empty_is_what_shows_nothing(text):
    assert shows_nothing(text) and clean(text * 3) == ""
    assert one_field(forms.CharField(), text)[1] == "请填写这一项。"
    assert one_field(forms.CharField(required=False), text)[0].cleaned_data["field"] == ""


def test_forms_9_what_shows_something_keeps_its_unseen_letters():
    for text in ("葛\U000e0100", "a\u200db", "👨\u200d👩\u200d👧", "ཀ\u0f0b"):
        assert clean(text) == text and not shows_nothing(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("139 0000 0001", "13900000001"),
        ("+86 139-0000-0001", "+8613900000001"),
        ("（0878）521－1234", "08785211234"),
        ("0871-63123456", "087163123456"),
        ("5211234", "5211234"),
        ("12345", "12345"),
        ("400 800 1234", "4008001234"),
        ("+95 9 123 4567", "+9591234567"),
        ("1390000000", None),  # a digit is missing
        ("139000000011", None),  # one too many
        ("9123456789", None),
        ("一三九", None),
        ("12", None),
        ("532325199001011234", None),  # an identity number
    ],
)
def test_forms_9_a_phone_number_has_the_digits_of_one(typed, kept):
    assert phone_number(typed) == kept
