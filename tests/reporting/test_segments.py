"""Segments are a copy of the rows in the database: whatever becomes of the files, what is said is what they say."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from unittest import mock
from uuid import uuid4

import numpy as np
import pytest
from django.db import transaction
from django.utils import timezone

from tests.kept import _undone
from yishi.assistance.deeds.services.deeds import deed_correct, deed_withdraw
from yishi.organisations.grants import system
from yishi.organisations.services.places import place_merge, place_move
from yishi.reporting import book, segments
from yishi.reporting.blocks import READ, arranged, read_rows
from yishi.reporting.book import Book
from yishi.reporting.figures import Question, ask
from yishi.reporting.fold import fold_all
from yishi.reporting.models import FigureState
from yishi.reporting.segments import Store
from yishi.reporting.verify import rebuild

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Every row is made a segment at once."""
    monkeypatch.setattr(book, "FLUSH", 1)
    return tmp_path / "figures"


def process(folder) -> Book:
    return Book(Store(folder))


def deeds(helping, one: Book, place: str = "云南省", **given) -> int:
    return ask(
        Question(helping.cast.places[place], helping.start, timezone.localdate(), helping.campaign, **given),
        now=one.still(),
    ).deeds


def recorded(helping, count: int) -> None:
    """So many deeds, folded."""
    for number in range(count):
        helping.record(on=timezone.localdate() - timedelta(days=100 + 20 * number))
    fold_all()


def files(folder) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"lock", "manifest.json"}


def test_it_works(helping, folder):
    recorded(helping, 2)
    one, other = process(folder), process(folder)
    assert deeds(helping, one) == 2
    with mock.patch.object(book, "read_rows", side_effect=AssertionError("read from the database")):
        assert deeds(helping, other) == 2
    assert other.tail is None and [block.size for block in other.blocks] == [2]
    helping.record(on=timezone.localdate())
    fold_all()
    assert (deeds(helping, one), deeds(helping, other)) == (3, 3)


def test_few_rows_are_read_by_each_and_written_by_nobody(helping, tmp_path):
    recorded(helping, 2)
    one = process(tmp_path)
    assert deeds(helping, one) == 2
    assert one.tail.size == 2 and not list(tmp_path.glob("*.arrow"))


def break_in_two(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def turn_a_byte(path):
    """One of the values, which no reader of the format can notice: it lies before the footer, whose length is said."""
    content = bytearray(path.read_bytes())
    footer = int.from_bytes(content[-10:-6], "little")
    content[content.rindex(b"\xff\xff\xff\xff", 0, len(content) - 10 - footer) - 8] ^= 255
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", [break_in_two, turn_a_byte, Path.unlink])
@pytest.mark.parametrize("table", ["rows", "links", "places"])
def test_a_damaged_segment_is_thrown_away_and_made_again(helping, folder, damage, table):
    recorded(helping, 2)
    assert deeds(helping, process(folder)) == 2
    before = files(folder)
    damage(next(folder.glob(f"*.{table}.arrow")))
    assert deeds(helping, process(folder)) == 2
    assert not before & files(folder)
    assert process(folder).store.blocks(Store(folder).read())[0].size == 2


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"format": 0}', b'{"format": 1, "segments": [{}]}', b"\xff"])
def test_a_manifest_that_nobody_understands_is_made_again(helping, folder, content):
    recorded(helping, 2)
    assert deeds(helping, process(folder)) == 2
    (folder / "manifest.json").write_bytes(content)
    assert deeds(helping, process(folder)) == 2
    assert Store(folder).read() is not None


def test_segments_of_another_installation_are_not_read(helping, folder):
    recorded(helping, 2)
    assert deeds(helping, process(folder)) == 2
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "generation": str(uuid4())}))
    with mock.patch.object(book, "read_rows", wraps=read_rows) as read:
        assert deeds(helping, process(folder)) == 2
    assert read.called


def test_segments_of_a_database_that_was_restored_since_are_not_read(helping, folder):
    """The same installation and generation, and as many rows: those after the backup are others."""
    recorded(helping, 1)
    running = process(folder)
    with _undone():
        helping.record(on=timezone.localdate() - timedelta(days=50))
        fold_all()
        assert deeds(helping, running) == deeds(helping, process(folder)) == 2
    helping.record("clerk", place=helping.cast.places["邻近村"], on=timezone.localdate() - timedelta(days=3))
    helping.record("clerk", place=helping.cast.places["邻近村"], on=timezone.localdate() - timedelta(days=30))
    fold_all()
    for one in (running, process(folder)):
        assert (deeds(helping, one), deeds(helping, one, "邻近村")) == (3, 2)


def test_a_writer_that_is_killed_before_the_manifest_leaves_nothing_wrong(helping, folder):
    recorded(helping, 2)
    assert deeds(helping, process(folder)) == 2
    helping.record(on=timezone.localdate())
    fold_all()
    killed = process(folder)
    with mock.patch.object(segments.os, "replace", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        killed.still()
    left = files(folder)
    assert len(left) > 3
    assert deeds(helping, process(folder)) == 3
    named = {f"{one.name}.{table}.arrow" for one in Store(folder).read().segments for table in one.files}
    assert files(folder) == named
    assert "manifest.json.new" in left


def test_without_room_the_rows_stay_in_memory(helping, folder):
    recorded(helping, 2)
    one = process(folder)
    with mock.patch.object(Store, "_written", side_effect=OSError("no space left on device")):
        assert deeds(helping, one) == 2
        helping.record(on=timezone.localdate())
        fold_all()
        assert deeds(helping, one) == 3
    assert deeds(helping, process(folder)) == 3


def test_what_an_act_takes_back_was_never_seen_by_others(helping, folder):
    """A report that is issued folds what waits within its own act: should the act fail, nothing of that has been."""
    recorded(helping, 1)
    one = process(folder)
    assert deeds(helping, one) == 1
    before = (Store(folder).read(), one.sequence)
    with transaction.atomic():
        helping.record(on=timezone.localdate())
        fold_all()
        assert deeds(helping, one) == 2
        assert (Store(folder).read(), one.sequence) == before
        transaction.set_rollback(True)
    fold_all()
    assert deeds(helping, one) == deeds(helping, process(folder)) == 1
    helping.record(on=timezone.localdate() - timedelta(days=1))
    fold_all()
    assert deeds(helping, one) == deeds(helping, process(folder)) == 2


def test_many_small_segments_become_few_and_old_pages_keep_theirs(helping, folder):
    one, pages = process(folder), []
    for number in range(1, 12):
        helping.record(on=timezone.localdate() - timedelta(days=20 * number))
        fold_all()
        pages.append(one.still())
        assert len(one.blocks) <= 2
    whole = Question(helping.cast.places["云南省"], helping.start, timezone.localdate())
    assert [ask(whole, now=page).deeds for page in pages] == list(range(1, 12))
    assert len(files(folder)) == 3 * len(one.blocks)


def test_corrections_moves_and_merges_come_after_the_segment_was_written(helping, folder):
    cast, today = helping.cast, timezone.localdate()
    moved = helping.record("clerk", place=cast.places["邻近村"], on=today - timedelta(days=50), amount=Decimal(5))
    wrong = helping.record(on=today - timedelta(days=40))
    fold_all()
    running = process(folder)
    assert (deeds(helping, running, "牟定县"), deeds(helping, running, "宜良县")) == (2, 0)
    place_move(actor=system(), place=cast.places["邻近村"], parent=cast.places["匡远镇"], on=today - timedelta(days=20))
    for one in (running, process(folder)):  # no row came, so the segment is the one of before
        assert (deeds(helping, one, "牟定县"), deeds(helping, one, "宜良县")) == (1, 1)
    deed_correct(actor=cast.viewer("clerk"), deed=moved, amount=Decimal(3), reason="多记")
    deed_withdraw(actor=cast.viewer("member"), deed=wrong, reason="误记")
    fold_all()
    for one in (running, process(folder)):
        assert (deeds(helping, one, "牟定县"), deeds(helping, one, "宜良县")) == (0, 1)
        assert deeds(helping, one, "牟定县", places_then=True) == 1
    place_merge(actor=system(), place=cast.places["邻近村"], into=cast.places["牟尼村"], on=today - timedelta(days=10))
    for one in (running, process(folder)):
        assert (deeds(helping, one, "牟定县"), deeds(helping, one, "宜良县")) == (1, 0)
        assert deeds(helping, one, "牟尼村") == 1


def test_while_figures_are_made_anew_those_of_before_are_shown_and_what_came_since(helping, folder, monkeypatch):
    monkeypatch.setattr(book, "MUCH", 0)
    recorded(helping, 2)
    one = process(folder)
    assert deeds(helping, one) == 2
    rebuild()
    helping.record(on=timezone.localdate())
    fold_all()
    with Store(folder).held(wait=True):
        assert deeds(helping, one) == 3
        assert one.generation != FigureState.objects.get().generation
    assert deeds(helping, one) == 3
    assert one.generation == FigureState.objects.get().generation


def test_after_a_restart_of_the_machine_the_files_are_read_through_once(helping, folder, monkeypatch):
    recorded(helping, 2)
    assert deeds(helping, process(folder)) == 2
    monkeypatch.setattr(segments, "boot", lambda: "another")
    with mock.patch.object(segments, "_sum", wraps=segments._sum) as summed:
        assert deeds(helping, process(folder)) == 2
        assert summed.call_count == 3
        assert deeds(helping, process(folder)) == 2
        assert summed.call_count == 3


IN_ANOTHER = """
import json, sys
from pathlib import Path
import numpy as np
from yishi.reporting.columns import Asked, Columns
from yishi.reporting.segments import Store

def private():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))

store, lo = Store(Path(sys.argv[1])), np.arange(100, dtype=np.int32)
before = private()
columns = Columns(store.blocks(store.read()), lo)
figures = [columns.figure(Asked(0, hi, 1, day)) for hi in (9, 99) for day in (50, 400)]
print(json.dumps([[figure.deeds for figure in figures], private() - before]))
"""


@pytest.mark.once
def test_another_process_maps_the_files_and_has_no_copy_of_its_own(tmp_path):
    rng, count = np.random.default_rng(3), 300_000
    drawn = {"day": rng.integers(1, 400, count), "place": rng.integers(0, 100, count)}
    columns = {name: drawn.get(name, np.ones(count, dtype=np.int64)) for name in READ if name != "series"}
    rows = {**read_rows([])[0], "series": np.zeros(count, dtype=np.int16), "credits": np.zeros(count, dtype=np.int32)}
    rows.update({name: column.astype(rows[name].dtype) for name, column in columns.items()})
    block = arranged([(rows, read_rows([])[1])], np.arange(100, dtype=np.int32) // 10 + 1)
    manifest = Store(tmp_path).add(None, block, uuid4(), count, uuid4(), np.zeros(0, dtype=np.int32))
    size = sum(file.size for file in manifest.segments[0].files.values())
    command = [sys.executable, "-c", IN_ANOTHER, str(tmp_path)]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ).stdout)
    asked = [int(((drawn["place"] <= hi) & (drawn["day"] <= day)).sum()) for hi in (9, 99) for day in (50, 400)]
    assert said[0] == asked
    assert 1024 * said[1] < size / 4
