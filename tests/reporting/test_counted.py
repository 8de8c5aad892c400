"""What was counted in rows that stay is kept; with the rows since it gives what a pass over all rows gives."""

import random

import numpy as np
import pytest

from yishi.reporting import columns as asking
from yishi.reporting.blocks import BODY, HOUSEHOLD, PERSON, VILLAGE, arranged, read_rows
from yishi.reporting.columns import Asked, Columns, Mine, Window
from yishi.reporting.counted import MOST_BYTES, Counted, Recall

PLACES, DAYS, ITEMS, HOMES, BODIES = 60, 300, 6, 150, 8
LO = np.arange(PLACES, dtype=np.int32)
AREA = LO // 10 + 1
ROLE = 0


@pytest.fixture(autouse=True)
def recall(monkeypatch):
    """A memory of the test's own, in which the least is worth keeping."""
    kept = Recall()
    monkeypatch.setattr(asking, "RECALL", kept)
    monkeypatch.setattr(asking, "MANY", 1)
    monkeypatch.setattr(asking, "SETTLED", 50)
    return kept


class Drawn:
    """Rows as acts write them: deeds, corrections that turn the sign of an earlier one, of one series."""

    def __init__(self, seed):
        self.rng, self.written = random.Random(seed), []

    def rows(self, count):
        made = []
        for _ in range(count):
            if self.written and self.rng.random() < 0.3:
                made.append(self._turned(self.rng.choice(self.written)))
                continue
            touches = [
                (kind, self.rng.randrange(1, HOMES), 1)
                for kind in (HOUSEHOLD, PERSON, VILLAGE)
                for _ in range(self.rng.randrange(0, 4))
            ]
            parties = [
                (self.rng.choice((0, 1)), self.rng.randrange(1, BODIES), ROLE, 5_000, self.rng.randrange(0, 4))
                for _ in range(self.rng.randrange(0, 3))
            ]
            row = (0, len(self.written) + 1, 1, self.rng.randrange(1, 10**13), self.rng.randrange(0, 9_000),
                   self.rng.randrange(1, DAYS), self.rng.randrange(1, 10**6), self.rng.randrange(1, ITEMS),
                   self.rng.randrange(0, PLACES), touches, parties)  # fmt: skip
            self.written.append(row)
            made.append(row)
        return made

    @staticmethod
    def _turned(row):
        turned = [(kind, key, -sign) for kind, key, sign in row[-2]]
        return (*row[:2], -row[2], -row[3], -row[4], *row[5:9], turned, row[-1])

    def block(self, count):
        packed = [
            (*row[:-2], np.array(row[-2], np.int32).tobytes(), np.array(row[-1], np.int32).tobytes())
            for row in self.rows(count)
        ]
        return arranged([read_rows(packed)], AREA)

    def asked(self):
        lo, hi = sorted((self.rng.randrange(PLACES), self.rng.randrange(PLACES)))
        start, end = sorted((self.rng.randrange(1, DAYS), self.rng.randrange(1, DAYS)))
        return Asked(
            lo, hi, start, end,
            items=self.rng.choice((None, frozenset({1}), frozenset({1, 2, 4}))),
            body=self.rng.choice((None, None, 2)),
            sector=self.rng.choice((None, None, 1)),
            windows=self.rng.choice((None, (Window(3, 40, 20, 200), Window(10, 55, 1, DAYS)))),
            known_by=self.rng.choice((None, 500_000)),
            head=self.rng.choice((None, HOUSEHOLD)),
        )  # fmt: skip


def answers(columns, asked):
    """All that a page asks of one question."""
    starts = list(range(0, PLACES, 7))
    return [
        columns.deeds(asked),
        columns.figure(asked),
        columns.by(asked, "item"),
        columns.by(asked, "item", heads=False),
        columns.by(asked, "place", starts, [start + 6 for start in starts]),
        columns.by(asked, "place", starts, [start + 3 for start in starts], heads=False, amounts=False),
        columns.by(asked, "day", [1, 50, 100]),
        columns.by(asked, "body", heads=False),
        columns.by(asked, "sector", heads=False),
    ]


def anew(blocks, asked, mine, monkeypatch):
    """The same by a pass over all rows."""
    with monkeypatch.context() as patched:
        patched.setattr(asking, "RECALL", Recall())
        return answers(Columns(blocks, LO).of(mine), asked)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_and_what_came_since_are_the_whole(seed, monkeypatch):
    """The same questions again and again, while rows come, among them such that take back what is kept."""
    drawn = Drawn(seed)
    blocks = (drawn.block(400),)
    mines = (None, Mine(((5, 30),)), Mine(((5, 30),), (2, 3), (4,)))
    questions = [(drawn.asked(), drawn.rng.choice(mines)) for _ in range(25)]
    for _round in range(7):
        for asked, mine in questions:
            assert answers(Columns(blocks, LO).of(mine), asked) == anew(blocks, asked, mine, monkeypatch)
        settled, tail = blocks[0], drawn.block(drawn.rng.choice((3, 20)))
        blocks = (settled, *(block for block in blocks[1:] if block.size >= 50), tail)
        if _round % 3 == 2:
            blocks = (*blocks[:-1], drawn.block(60))


def test_a_settled_block_is_looked_at_once(monkeypatch):
    drawn = Drawn(9)
    block, tail = drawn.block(400), drawn.block(20)
    asked, looked = Asked(0, PLACES, 1, DAYS), []
    reached = Columns._reached
    monkeypatch.setattr(
        Columns, "_reached", lambda self, block, asked: looked.append(block.number) or reached(self, block, asked)
    )
    for _ in range(5):
        Columns((block, tail), LO).figure(asked)
    assert looked.count(block.number) == 2  # the first asking, and the second, which keeps it
    assert looked.count(tail.number) == 5


def test_where_places_moved_all_is_counted_again():
    drawn = Drawn(4)
    block, asked = drawn.block(300), Asked(0, 9, 1, DAYS)
    for _ in range(3):
        before = Columns((block,), LO).figure(asked)
    moved = LO[::-1].copy()
    after = Columns((block,), moved).figure(asked)
    assert after != before
    assert after == Columns((block,), LO).figure(Asked(PLACES - 10, PLACES - 1, 1, DAYS))


def test_blocks_that_were_joined_are_counted_again():
    drawn = Drawn(6)
    first, second = drawn.block(200), drawn.block(60)
    asked = Asked(0, PLACES, 1, DAYS)
    for _ in range(3):
        before = Columns((first, second), LO).figure(asked)
    whole = arranged([(first.rows, first.links), (second.rows, second.links)], AREA)
    assert Columns((whole,), LO).figure(asked) == before


def test_what_is_kept_has_a_limit(recall, monkeypatch):
    big = Counted({}, np.zeros(MOST_BYTES // 20, np.int64), np.zeros(MOST_BYTES // 20, np.int32), {})
    for number in range(5):
        recall.keep(number, LO, (), big)
    assert recall._bytes <= MOST_BYTES
    assert recall.find(4, LO, ())[0] is big and recall.find(0, LO, ())[0] is None


def test_few_rows_are_not_worth_keeping(recall, monkeypatch):
    monkeypatch.setattr(asking, "MANY", 1_000)
    columns = Columns((Drawn(2).block(300),), LO)
    for _ in range(3):
        columns.figure(Asked(0, PLACES, 1, DAYS))
    assert not recall._kept


def test_of_a_body_only_its_part_is_credited(monkeypatch):
    """The parts are added up before they are divided: kept and since give what the whole gives."""
    drawn = Drawn(12)
    blocks, asked = (drawn.block(300), drawn.block(10)), Asked(0, PLACES, 1, DAYS, body=2)
    found = [Columns(blocks, LO).figure(asked).credited for _ in range(3)]
    assert found == [anew(blocks, asked, None, monkeypatch)[1].credited] * 3 and found[0]
    assert BODY in asking.DISTINCT
