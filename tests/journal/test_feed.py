"""What readers of the journal get."""

import pytest

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


def test_what_feeds_figures_waits_until_it_is_folded(monkeypatch):
    monkeypatch.setattr("yishi.journal.feed.FEEDS", feeds := {"test.thing.do"})
    monkeypatch.setattr("yishi.journal.act.FEEDS", feeds)
    first, second = do(uuid7()), do(uuid7())
    do(uuid7(), "test.thing.undo")  # feeds nothing
    assert unfolded() == [first, second]
    assert unfolded(1) == [first]
    assert mark_folded([first]) == 1
    assert unfolded() == [second]
    assert mark_folded([first]) == 0  # was folded: nothing counts twice
