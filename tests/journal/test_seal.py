"""Sealing goes through what waits once, block after block, and the worker looks only at what may have come since."""

from datetime import timedelta

import pytest
from django.utils import timezone

from yishi.cli import work
from yishi.journal import blocks
from yishi.journal.act import SYSTEM, act
from yishi.journal.blocks import GRACE, seal
from yishi.journal.models import Entry, Seal
from yishi.journal.verify import verify

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_SIZE", 3)
    monkeypatch.setattr(work, "_sealed_at", [])
    monkeypatch.setattr(work, "_sealed_all_at", [])


def do(count=1):
    with act("test.thing.do", actor=SYSTEM, body={}) as this:
        for _number in range(count):
            this.entry(subject=("thing", this.id))
    return this.entries


def test_it_works():
    do(7), do(1), do(2)
    assert seal() == 10
    assert Seal.objects.values_list("entry_id", flat=True).distinct().count() == 10
    assert list(Seal.objects.values_list("block_id", flat=True).order_by("block_id", "position")) == [1] * 3 + [
        2
    ] * 3 + [3] * 3 + [4]
    assert verify().is_whole


def test_many_acts_of_one_moment_are_sealed_across_blocks(monkeypatch):
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    for _number in range(10):
        do()
    assert seal() == 10
    assert verify().is_whole


def test_no_block_reads_again_what_the_block_before_has_passed(monkeypatch):
    do(9)
    asked = []

    def asking(limit, start, after, real=blocks.unsealed):
        asked.append(after)
        return real(limit, start, after)

    monkeypatch.setattr(blocks, "unsealed", asking)
    seal()
    assert [one is None for one in asked] == [True, True] + [False] * 5
    assert len({one for one in asked if one}) == 3  # each further block begins where the one before ended


def test_what_was_received_before_is_left_out():
    (old,) = do()
    Entry.objects.filter(pk=old.pk).update(received_at=timezone.now() - 2 * GRACE)
    assert seal(since=timezone.now()) == 0
    do()
    assert seal(since=timezone.now()) == 1
    assert seal() == 1


def test_the_worker_seals_all_that_waits_and_then_what_has_come(monkeypatch):
    start = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: start - timedelta(days=3))
    do(4)  # while no worker ran
    monkeypatch.setattr(timezone, "now", lambda: start)
    work.sealing()
    assert Seal.objects.count() == 4
    assert verify().is_whole  # what waited behind a full block is no entry that was put in later
    monkeypatch.setattr(timezone, "now", lambda: start - GRACE / 2)
    do(2)  # received before, visible only now
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(minutes=1))
    work.sealing()
    assert Seal.objects.count() == 6


def test_what_became_visible_too_late_for_a_minutes_run_is_sealed_within_a_day(monkeypatch):
    start = timezone.now()
    work.sealing()
    monkeypatch.setattr(timezone, "now", lambda: start - 2 * GRACE)
    do()  # received before, visible only now
    for hours, sealed in ((1, 0), (23, 0), (25, 1)):
        monkeypatch.setattr(timezone, "now", lambda moment=start + timedelta(hours=hours): moment)
        work.sealing()
        assert Seal.objects.count() == sealed


def test_a_run_that_broke_off_leaves_nothing_behind(monkeypatch):
    start = timezone.now()
    work.sealing()
    do(7)
    real, calls = blocks._seal_block, []

    def breaks(*given):
        calls.append(given)
        if len(calls) == 2:
            raise OSError("the database went away")
        return real(*given)

    monkeypatch.setattr(blocks, "_seal_block", breaks)
    with pytest.raises(OSError, match="went away"):
        work.sealing()
    assert Seal.objects.count() == 3
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(hours=5))
    work.sealing()
    assert Seal.objects.count() == 7
    assert verify().is_whole
