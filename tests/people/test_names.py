"""Names that an earlier version stored take the one form; whoever is looked for is found however they are typed."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from tests.kit.test_names import SPELLINGS
from yishi.assistance.register.reads import named, typed_words
from yishi.people.models import Person

pytestmark = pytest.mark.django_db
names_in_one_form = import_module("yishi.people.migrations.0002_t_names").names_in_one_form


def test_text_2_names_of_earlier_versions_take_the_one_form(django_assert_max_num_queries):
    people = {Person.within.create(name=typed).pk: stored for typed, stored in SPELLINGS}
    strange = Person.within.create(name="普\ue0b1祥")
    with django_assert_max_num_queries(10):
        names_in_one_form(apps, SimpleNamespace(connection=connection))
    assert dict(Person.within.filter(pk__in=people).values_list("pk", "name")) == people
    assert Person.within.get(pk=strange.pk).name == "普\ue0b1祥"


@pytest.mark.parametrize("typed", ["阿孜·买买提", "阿孜•买买提", "阿孜・买", "阿孜买买提", "阿孜 · 买买提"])
def test_text_2_somebody_is_found_with_any_dot_or_none(typed):
    person = Person.within.create(name="阿孜·买买提")
    Person.within.create(name="阿孜古丽")
    word = typed_words(typed.replace(" ", ""))[0]
    assert Person.within.filter(named(word)).get() == person


def test_text_3_widths_make_no_words_different():
    assert typed_words("ＴＢ０６１　测试\u200b冯六") == ["TB061", "测试冯六"]
