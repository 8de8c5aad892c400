"""The journal names the first entry that was altered, removed, inserted or moved, and notices a rewritten whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from yishi.cli import journal
from yishi.journal import blocks
from yishi.journal.act import SYSTEM, act, acting_at
from yishi.journal.blocks import last_hash, seal
from yishi.journal.hashing import entry_hash
from yishi.journal.models import Block, Entry, Receipt, Seal
from yishi.journal.reads import sealed
from yishi.journal.verify import Kind, verify
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def do(count=1, **data):
    with act("test.thing.do", actor=SYSTEM, body={}) as this:
        for number in range(count):
            this.entry(subject=("thing", this.id), quantities={"things": number}, data=data)
    return this.entries


@pytest.fixture
def story(monkeypatch):
    """Three blocks of three entries, and one entry that is not sealed yet."""
    monkeypatch.setattr(blocks, "BLOCK_SIZE", 3)
    start = timezone.now() - 9 * DAY
    entries = []
    for day in range(3):
        monkeypatch.setattr(timezone, "now", lambda day=day: start + day * DAY)
        entries += [*do(2), *do(1)]
        seal()
    monkeypatch.undo()
    entries += do()
    return SimpleNamespace(entries=entries, last=last_hash())


def row(entry):
    return Entry.objects.filter(pk=entry.pk)


def test_it_works(story):
    report = verify(story.last)
    assert report.is_whole
    assert (report.entries, report.blocks, report.unsealed, report.last_hash) == (10, 3, 1, story.last)


def test_an_empty_journal_is_whole():
    assert verify().is_whole
    assert seal() == 0


def test_sealing_again_seals_nothing_and_what_is_new_is_sealed_next(story):
    assert seal() == 1
    assert seal() == 0
    assert verify(story.last).is_whole


@pytest.mark.parametrize(
    "change",
    [
        {"code": "test.thing.undo"},
        {"data": {"x": 1}},
        {"quantities": {"things": 7}},
        {"actor_id": UUID(int=1)},
        {"at": timezone.now()},
        {"ordinal": 9},
        {"place_id": UUID(int=2)},
        {"right_kind": "post"},
    ],
)
def test_an_altered_entry_is_named(story, change):
    row(story.entries[4]).update(**change)
    damage = verify().damage
    assert (damage.kind, damage.entry, damage.block) == (Kind.ALTERED, story.entries[4].pk, 2)


def test_the_first_of_two_altered_entries_is_named(story):
    Entry.objects.filter(pk__in=[story.entries[7].pk, story.entries[2].pk]).update(code="test.other")
    assert verify().damage.entry == story.entries[2].pk


def test_a_removed_entry_is_named(story):
    row(story.entries[3]).delete()
    damage = verify().damage
    assert (damage.kind, damage.entry) == (Kind.REMOVED, story.entries[3].pk)


def test_an_entry_removed_together_with_its_seal_leaves_a_gap(story):
    Seal.objects.filter(entry_id=story.entries[3].pk).delete()
    row(story.entries[3]).delete()
    damage = verify().damage
    assert (damage.kind, damage.block, damage.position) == (Kind.REMOVED, 2, 0)


def test_the_last_entry_of_a_block_removed_together_with_its_seal(story):
    Seal.objects.filter(entry_id=story.entries[5].pk).delete()
    row(story.entries[5]).delete()
    damage = verify().damage
    assert (damage.kind, damage.block, damage.position) == (Kind.REMOVED, 2, 2)


def test_an_unsealed_entry_that_is_removed_is_missed_by_its_receipt(story):
    row(story.entries[9]).delete()
    damage = verify().damage
    assert (damage.kind, damage.receipt) == (Kind.RECEIPT, story.entries[9].receipt_id)


def copy_of(entry, **change):
    """Insert a copy of `entry` behind the platform's back."""
    forged = Entry.objects.get(pk=entry.pk)
    forged.pk = uuid7()
    for name, value in change.items():
        setattr(forged, name, value)
    forged.save(force_insert=True)
    return forged


def test_an_entry_inserted_among_old_ones_is_named(story):
    forged = copy_of(story.entries[0], ordinal=7)
    damage = verify().damage
    assert (damage.kind, damage.entry) == (Kind.INSERTED, forged.pk)


def test_an_old_entry_that_the_sealer_sealed_later_is_named_all_the_same(story):
    receipt = Receipt.objects.get(pk=story.entries[0].receipt_id)
    receipt.pk, receipt.number, receipt.entry_count = uuid7(), "FORGED", 1
    receipt.save(force_insert=True)
    forged = copy_of(story.entries[0], receipt=receipt)
    seal()
    damage = verify().damage
    assert (damage.kind, damage.entry) == (Kind.INSERTED, forged.pk)


def test_a_new_entry_under_a_receipt_that_does_not_know_it_is_named(story):
    forged = copy_of(story.entries[9], ordinal=1)
    damage = verify().damage
    assert (damage.kind, damage.entry) == (Kind.INSERTED, forged.pk)


def test_two_entries_that_changed_places_are_noticed(story):
    one, other = (Seal.objects.get(entry_id=story.entries[n].pk) for n in (3, 5))
    Seal.objects.filter(pk=one.pk).update(position=99)
    Seal.objects.filter(pk=other.pk).update(position=0)
    Seal.objects.filter(pk=one.pk).update(position=2)
    damage = verify().damage
    assert (damage.kind, damage.block) == (Kind.MOVED, 2)


def test_a_seal_forged_together_with_its_entry_breaks_the_block(story):
    Seal.objects.filter(entry_id=story.entries[4].pk).update(entry_hash="0" * 64)
    assert verify().damage.entry == story.entries[4].pk
    row(story.entries[4]).update(code="test.other")
    forged = next(entry_hash(r[4:]) for r in sealed() if UUID(str(r[2])) == story.entries[4].pk)
    Seal.objects.filter(entry_id=story.entries[4].pk).update(entry_hash=forged)
    damage = verify().damage
    assert (damage.kind, damage.block) == (Kind.BLOCK, 2)


def test_a_removed_block_is_noticed(story):
    Seal.objects.filter(block_id=2).delete()
    Block.objects.filter(pk=2).delete()
    assert verify().damage.kind == Kind.BLOCK


def test_a_last_block_that_was_taken_off_and_sealed_anew_is_noticed(story):
    Seal.objects.filter(block_id=3).delete()
    Block.objects.filter(pk=3).delete()
    seal()
    assert verify(story.last).damage.kind == Kind.REWRITTEN


def test_a_rewritten_whole_is_noticed_by_the_hash_that_was_written_down(story):
    row(story.entries[1]).update(code="test.other")
    Seal.objects.all().delete()
    Block.objects.all().delete()
    seal()
    assert verify().is_whole  # all by itself it looks whole
    assert verify(story.last).damage.kind == Kind.REWRITTEN


def test_a_hash_of_an_earlier_report_still_holds(story):
    earlier = Block.objects.get(pk=1).hash
    assert verify(earlier.upper()).is_whole


def test_a_story_told_later_may_be_received_in_its_own_time(story):
    with acting_at(timezone.now() - 100 * DAY):
        (entry,) = do()
    assert entry.data == {"demo": True}
    assert verify().is_whole
    seal()
    assert verify().is_whole


def test_the_command_says_one_plain_line_and_ends_with_1_on_damage(story, capsys):
    assert journal.run(["verify", "--last-hash", story.last]) == 0
    assert story.last in capsys.readouterr().out
    row(story.entries[4]).update(code="test.other")
    assert journal.run(["verify"]) == 1
    out = capsys.readouterr().out.strip()
    assert str(story.entries[4].pk) in out and "\n" not in out
    assert journal.run(["seal"]) == 0
    assert journal.run(["verify", "more"]) == 2


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_seal_every_entry_once():
    for _number in range(30):
        do(3)

    def sealer(_number):
        try:
            return seal()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(sealer, range(4)))
    assert sum(counts) == 90
    assert verify().is_whole
