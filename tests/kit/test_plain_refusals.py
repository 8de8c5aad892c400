"""What a form refuses by itself it says in the house's words, never in the library's: every field of every form."""

import gettext
import re
from copy import deepcopy
from functools import cache
from pathlib import Path

import django
import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.translation.trans_real import translation as catalogue

from tests.every_form import fields_of
from yishi.web.kit.forms import ActForm

LIBRARY = Path(django.__file__).parent / "conf/locale/zh_Hans/LC_MESSAGES"
WRONG = ("", "x", "-1", "-99999999999", "1.23456789", "9" * 40, "2026-13-45", "25:99", "\x00", "a" * 3000)
HOLE = re.compile(r"%\(\w+\)[sdr]")


@cache
def librarys() -> list[re.Pattern[str]]:
    """Django's own Chinese sentences, but for those that the house says in the same words."""
    with (LIBRARY / "django.mo").open("rb") as file:
        said = gettext.GNUTranslations(file)._catalog
    ours = catalogue("zh-hans")
    sentences = set()
    for key, chinese in said.items():
        english, form = key if isinstance(key, tuple) else (key, None)
        if not english or not isinstance(chinese, str):
            continue
        house = ours._catalog.get((english, 0), "") if form is not None else ours._catalog.get(english, "")
        if house == chinese:
            sentences.add(chinese)
    return [re.compile("".join(map(matching, parts(one)))) for one in sentences]


def matching(part: str) -> str:
    return ".*" if HOLE.fullmatch(part) else re.escape(part)


def parts(sentence: str) -> list[str]:
    return [part for part in re.split(r"(%\(\w+\)[sdr])", sentence) if part]


def refusals(field: forms.Field, value: object) -> list[str]:
    files = {"field": value} if isinstance(value, SimpleUploadedFile) else None
    form = type("OneField", (ActForm,), {"field": deepcopy(field)})({"field": value}, files)
    with translation.override("zh-hans"):
        form.is_valid()
        return [str(error) for error in form.errors.get("field", [])]


def test_the_library_is_heard():
    assert any(one.fullmatch("请输入一个有效的 URL。") or one.fullmatch("输入一个有效的 URL。") for one in librarys())


@pytest.mark.django_db
@pytest.mark.usefixtures("all_files")
def test_no_field_answers_in_the_words_of_the_library():
    heard = {}
    for name, field in fields_of(forms.Field):
        if getattr(field, "queryset", field) is None or field.widget.is_hidden:
            continue  # filled by its form; or nothing that somebody types
        wrong = (*WRONG, SimpleUploadedFile("空.pdf", b"")) if isinstance(field, forms.FileField) else WRONG
        for value in wrong:
            for said in refusals(field, value):
                if any(one.fullmatch(said) for one in librarys()):
                    heard[said] = name
    assert heard == {}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (forms.IntegerField(min_value=0), "-1", "不能小于0。"),
        (forms.IntegerField(max_value=5), "9", "不能大于5。"),
        (forms.DecimalField(max_digits=4, decimal_places=1), "1.55", "小数点后最多1位。"),
        (forms.DecimalField(max_digits=4, decimal_places=1), "123456", "数字太长，最多4位。"),
        (forms.EmailField(), "x", "电子邮箱不对，请核对，例如 name@example.cn。"),
    ],
)
def test_a_limit_is_said_plainly(field, value, said):
    assert refusals(field, value) == [said]
