"""Words with the newest letters are found; those that an older version indexed without them are indexed anew."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from tests.assistance.helping import Helping
from yishi.assistance.deeds.models import DeedWords
from yishi.database.reach import everything
from yishi.kit.text import grams

words_indexed_again = import_module("yishi.assistance.migrations.0005_grams").words_indexed_again
H = "\U00031350"


@pytest.mark.django_db
def test_text_3_words_of_extension_h_are_indexed_again(cast):
    with everything():
        helping = Helping(cast)
        rare, plain = helping.record(words=f"{H}水井"), helping.record(words="修水井")
    DeedWords.objects.filter(deed=rare).delete()
    DeedWords.objects.create(deed=rare, grams="井 水 水井")
    before = DeedWords.objects.get(deed=plain).pk

    class Editor:
        pass

    Editor.connection = connection
    words_indexed_again(apps, Editor)
    assert DeedWords.objects.get(deed=rare).grams == " ".join(sorted(grams(f"{H}水井")))
    assert H in DeedWords.objects.get(deed=rare).grams
    assert DeedWords.objects.get(deed=plain).pk == before
