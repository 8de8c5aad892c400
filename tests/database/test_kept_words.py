"""What Django would make anew for each row or each statement is made once."""

from functools import partialmethod

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Field
from django.utils import translation

from yishi.database import statements
from yishi.deliberation.models import Matter, Stage


def test_every_columns_words_are_looked_up():
    """Django gives each column its own method as its model is made: not one of them is left."""
    left = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, Field)
        and field.choices is not None
        and isinstance(model.__dict__.get(f"get_{field.name}_display"), partialmethod)
    ]
    assert left == []


def test_a_choice_says_its_word_in_the_language_of_the_page():
    matter = Matter(stage=Stage.values[0])
    with translation.override("zh-hans"):
        chinese = matter.get_stage_display()
    with translation.override("en"):
        english = matter.get_stage_display()
    assert chinese != english
    assert Matter(stage="no stage").get_stage_display() == "no stage"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite's statements are rewritten")
def test_a_statement_is_put_into_sqlites_style_once(db):
    statement = "SELECT %s, '%%', 'test_a_statement_is_put_into_sqlites_style_once'"
    with connection.cursor() as cursor:
        for value in (1, 2):
            before = statements._without_names.cache_info()
            cursor.execute(statement, [value])
            assert cursor.fetchone()[:2] == (value, "%")
        assert statements._without_names.cache_info().hits == before.hits + 1
        cursor.execute("SELECT %(named)s", {"named": 3})
        assert cursor.fetchone() == (3,)
