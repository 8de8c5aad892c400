"""What readers of the journal get."""

import pytest
from django.db import IntegrityError

from yishi.journal.act import SYSTEM, act
from yishi.journal.feed import entries_of, mark_folded, unfolded
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db


def do(subject, code="test.thing.do"):
    with act(code, actor=SYSTEM, body={}) as this:
        return this.entry(subject=("thing", subject))


def test_it_works():
    subject = uuid7()
    entries = [do(subject), do(subject, "test.thing.undo")]
    do(uuid7())
    assert list(entries_of("thing", subject)) == entries
    assert list(entries_of("thing", subject, ["test.thing.undo"])) == entries[1:]


def test_every_reader_gets_every_entry_once():
    first, second = do(uuid7()), do(uuid7())
    assert list(unfolded("figures")) == [first, second]
    mark_folded("figures", [second])
    assert list(unfolded("figures")) == [first]
    assert list(unfolded("another")) == [first, second]
    with pytest.raises(IntegrityError):
        mark_folded("figures", [second])
