"""What a workbook of deeds leaves behind: a journal that is whole, words that are found, no question too many."""

from datetime import date, timedelta

import pytest
from django.db.models import Q
from django.db.models.query import QuerySet
from django.utils import timezone

from tests.assistance.importing import publish
from yishi.assistance.deeds.models import Deed, DeedWords, PossibleDuplicate
from yishi.assistance.deeds.reads import deeds_like
from yishi.assistance.deeds.services import alike
from yishi.assistance.imports.services import steps as import_steps
from yishi.assistance.imports.services.publish import import_hidden_sweep, import_undo
from yishi.database.reach import EVERYTHING
from yishi.journal.blocks import seal
from yishi.journal.models import Receipt
from yishi.journal.verify import verify
from yishi.web.assistance.deeds.given import given_by

from .test_import_deeds import (
    Killed,
    deeds,
    killed,
    rows,
)


@pytest.fixture
def hidden(cast, helping, monkeypatch):
    """A workbook whose deeds are written, and the process died before they count."""
    one = deeds(cast, rows())
    with monkeypatch.context() as dying:
        dying.setattr(import_steps, "import_switch_on", killed)
        with pytest.raises(Killed):
            publish(cast, one)
    assert Deed.arriving_too.count() == 2 and not Deed.within.exists()
    return one


def is_whole() -> bool:
    seal()
    return verify().is_whole


def test_the_journal_is_whole_after_it_and_after_its_undo(cast, helping):
    one = publish(cast, deeds(cast, rows()))
    assert is_whole()
    import_undo(actor=cast.viewer("clerk"), sent=one)
    assert is_whole()


def test_the_journal_is_whole_while_its_deeds_are_hidden(hidden):
    assert is_whole()


def test_a_sweep_that_died_leaves_no_receipt_of_nothing(hidden, monkeypatch):
    real = QuerySet.delete
    with monkeypatch.context() as dying:
        dying.setattr(QuerySet, "delete", lambda self: killed() if self.model is Receipt else real(self))
        with pytest.raises(Killed):
            import_hidden_sweep(hidden)
    import_hidden_sweep(hidden)
    assert not Receipt.objects.filter(code="assistance.deed.record").exists() and not DeedWords.objects.exists()
    assert is_whole()


def test_its_deeds_are_found_by_their_words(cast, helping):
    publish(cast, deeds(cast, rows()))
    assert [deed.words for deed in deeds_like("卖花", EVERYTHING)] == ["卖花"]


def test_hidden_deeds_stand_in_nobodys_file(cast, hidden):
    given = given_by(cast.bodies["office"], date(1990, 1, 1), timezone.localdate())
    assert (given.deeds, given.lines) == (0, [])


def test_many_equal_rows_do_not_hide_what_somebody_recorded_by_hand(cast, helping, monkeypatch):
    monkeypatch.setattr(alike, "MOST_CANDIDATES", 8)
    monkeypatch.setattr(alike, "LEAST_TOGETHER", 4)
    monkeypatch.setattr(alike, "MOST_PAIRS", 3)
    day = timezone.localdate() - timedelta(days=3)
    helping.record(on=day, amount=2)
    by_hand = Deed.within.get()
    lines = [["为农户找一条销路", day, "牟尼村", 2, "条", "H牟尼村0", "委员甲", "", f"第{n}笔"] for n in range(20)]
    publish(cast, deeds(cast, lines))
    assert Deed.within.count() == 21
    with_it = PossibleDuplicate.objects.filter(Q(earlier=by_hand) | Q(later=by_hand))
    assert with_it.exists()
    assert PossibleDuplicate.objects.count() <= 2 * 20 * 3
