"""Nobody finds out by subtracting that a group has fewer than five families: thousands of differences over days, items,
places and bodies, and the same attack against rules that would not stand it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pytest

from yishi.reporting.blocks import HOUSEHOLD, arranged, read_rows
from yishi.reporting.columns import Asked, Columns, Figure, Mine
from yishi.reporting.small_numbers import Told, exactly, roughly, told

FEW = 5
DAYS, VILLAGES, HOMES, BODIES = 60, 16, 6, 3
COUNTY, TOWNSHIPS = (0, VILLAGES - 1), ((0, 7), (8, 15))
ITEMS = (None, frozenset({1, 2}), frozenset({3, 4}), *(frozenset({one}) for one in (1, 2, 3, 4)))
Tell = Callable[[Figure], Told]


def some_deeds(rng: random.Random) -> Columns:
    """Deeds of 60 days in 16 villages of two townships, each for up to three of its village's families."""
    rows = []
    for number in range(rng.randrange(40, 400)):
        village = rng.randrange(VILLAGES)
        homes = {village * HOMES + rng.randrange(HOMES) for _ in range(rng.choice((0, 1, 1, 1, 2, 3)))}
        touches = np.array([(0, one + 1, 1) for one in homes], dtype=np.int32).tobytes()
        parties = np.array([(0, rng.randrange(1, BODIES + 1), 0, 10_000, 0)], dtype=np.int32).tobytes()
        day, item = rng.randrange(1, DAYS + 1), rng.randrange(1, 5)
        rows.append((0, number, 1, 1000, rng.randrange(3), day, day, item, village, touches, parties))
    lo = np.arange(VILLAGES, dtype=np.int32)
    cut = rng.randrange(len(rows))
    blocks = [arranged([read_rows(part)], lo // rng.choice((1, 3, 8)) + 1) for part in (rows[:cut], rows[cut:])]
    return Columns(tuple(blocks), lo)


@dataclass
class Attacker:
    """Asks figures, and keeps of every group of families the narrowest bounds that follow. Generous to them: groups
    that are the same are known to be the same, however they were come by."""

    columns: Columns
    tell: Tell
    least: dict[frozenset[int], int] = field(default_factory=dict)
    most: dict[frozenset[int], int] = field(default_factory=dict)
    known: dict[Asked, tuple[Told, frozenset[int]]] = field(default_factory=dict)

    def ask(self, asked: Asked) -> tuple[Told, frozenset[int]]:
        if asked not in self.known:
            homes = self.columns.heads_of(asked, HOUSEHOLD)
            figure = self.columns.figure(asked)
            assert figure.households == len(homes)
            self.known[asked] = (self.tell(figure), frozenset(homes))
            self.learn(frozenset(homes), self.known[asked][0].low, self.known[asked][0].high)
        return self.known[asked]

    def learn(self, group: frozenset[int], least: int, most: int) -> None:
        assert least <= len(group) <= most, "what is told must be true"
        self.least[group] = max(self.least.get(group, 0), least)
        self.most[group] = min(self.most.get(group, most), most)

    def subtract(self, whole: Asked, part: Asked) -> None:
        """`part` lies within `whole`."""
        (all_of_it, homes), (some, others) = self.ask(whole), self.ask(part)
        self.learn(homes - others, all_of_it.low - some.high, all_of_it.high - some.low)

    def what_is_left(self, whole: Asked, places: list[tuple[int, int]]) -> None:
        """The whole without all places but one: families live in one village."""
        parts = [self.ask(replace(whole, lo=lo, hi=hi)) for lo, hi in places]
        top = self.ask(whole)[0]
        for number, (_told, homes) in enumerate(parts):
            rest = [one for place, (one, _homes) in enumerate(parts) if place != number]
            self.learn(homes, top.low - sum(one.high for one in rest), top.high - sum(one.low for one in rest))

    def isolated(self) -> list[frozenset[int]]:
        """Groups of one to four families of which it is certain that they are that few."""
        return [group for group, most in self.most.items() if group and most < FEW]


def attack(columns: Columns, tell: Tell, rng: random.Random, times: int = 1500) -> list[frozenset[int]]:
    one = Attacker(columns, tell)
    for _ in range(times):
        place = rng.choice((COUNTY, *TOWNSHIPS, *((n, n) for n in range(VILLAGES))))
        first, last = sorted((rng.randrange(1, DAYS + 1), rng.randrange(1, DAYS + 1)))
        body = rng.choice((None, None, 1, 2, 3))
        whole = Asked(*place, first, last, rng.choice(ITEMS), body, known_by=rng.choice((None, last)))
        narrower = [
            replace(whole, start=min(first + 1, last)),
            replace(whole, end=rng.randrange(first, last + 1)),
            replace(whole, known_by=rng.randrange(1, last + 1)),  # an earlier report beside a later one
            replace(whole, lo=rng.randrange(place[0], place[1] + 1), hi=place[1]),
            replace(whole, hi=place[0]),
        ]
        narrower += [replace(whole, items=items) for items in ITEMS if items and items <= (whole.items or items)]
        if body is None:
            narrower += [replace(whole, body=number) for number in range(1, BODIES + 1)]
        for part in narrower:
            one.subtract(whole, part)
        if place[0] < place[1]:
            one.what_is_left(whole, [(n, n) for n in range(place[0], place[1] + 1)])
    return one.isolated()


def in_tens(figure: Figure) -> Told:
    """As an outsider is told it."""
    return told(figure.households, has_own=False, has_rest=figure.deeds > 0)


def hidden_below_five(figure: Figure) -> Told:
    return Told(0, FEW) if figure.households < FEW else exactly(figure.households)


def to_the_nearest_five(figure: Figure) -> Told:
    """2 and less are told as 0, 3 to 7 as 5."""
    middle = (figure.households + 2) // 5 * 5
    return Told(max(middle - 2, 0), 5 if middle else 3)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_thousands_of_differences_isolate_no_group_of_fewer_than_five(seed):
    rng = random.Random(seed)
    assert attack(some_deeds(rng), in_tens, rng) == []


@pytest.mark.parametrize("rule", [lambda figure: exactly(figure.households), hidden_below_five, to_the_nearest_five])
def test_the_same_attack_breaks_weaker_rules(rule):
    rng = random.Random(1)
    assert attack(some_deeds(rng), rule, rng, times=60)


def test_who_knows_their_own_part_learns_no_more_of_the_others():
    """A body knows exactly whom its own deeds reached. Rounding the whole would give the others away; rounding what
    is others' apart does not."""
    rng = random.Random(5)
    columns = some_deeds(rng)
    given_away = 0
    for _ in range(1000):
        first, last = sorted((rng.randrange(1, DAYS + 1), rng.randrange(1, DAYS + 1)))
        asked = Asked(*rng.choice((COUNTY, *TOWNSHIPS)), first, last, rng.choice(ITEMS))
        whole, own = columns.figure(asked), columns.of(Mine(bodies=(1,))).figure(asked)
        others = whole.households - own.households
        given_away += 0 < others <= roughly(whole.households).high - own.households < FEW
        number = told(whole.households, 0, own.households, has_own=own.deeds > 0, has_rest=own.deeds != whole.deeds)
        mine = roughly(own.households) if own.deeds else exactly(0)
        assert number.low - mine.low <= others <= number.high + 1 - mine.high
        if others:
            assert number.low + number.spread - mine.low - mine.spread - 1 >= FEW
    assert given_away


def test_asking_again_in_any_other_way_tells_the_same():
    for number in range(200):
        assert roughly(number) == roughly(number // 10 * 10 + 9)
        assert roughly(number).low <= number <= roughly(number).high
        assert abs(roughly(number).about - number) <= 5
    assert {roughly(number) for number in range(10)} == {Told(0, 10)}
    assert all(one.high < other.low for one, other in pairwise((roughly(9), roughly(10), roughly(20))))


def test_what_one_may_read_is_exact_and_nothing_is_nothing():
    assert told(17, 17, has_own=False, has_rest=False) == exactly(17)
    assert told(0, has_own=False, has_rest=False) == exactly(0)
    assert told(20, 17, has_own=False) == Told(17, 10)
    assert told(20, 0, 15) == Told(10, 20)
    assert (told(20, 0, 15).about, told(20, 0, 15).high) == (20, 29)


def test_a_part_is_the_rows_that_one_knows():
    columns = some_deeds(random.Random(7))
    asked = Asked(*COUNTY, 5, 50)
    theirs = replace(columns.figure(replace(asked, body=2)), credited=0)
    assert columns.of(Mine(bodies=(2,))).figure(asked) == theirs
    assert columns.of(Mine(spans=(TOWNSHIPS[1],))).figure(asked) == columns.figure(
        replace(asked, lo=TOWNSHIPS[1][0], hi=TOWNSHIPS[1][1])
    )
    assert columns.of(Mine()).figure(asked) == Figure()
    both = Mine((TOWNSHIPS[1],), bodies=(2,))
    assert columns.of(both).figure(asked).deeds < columns.of(both).figure(replace(asked, start=1)).deeds
    columns = replace(columns, lo=columns.lo[::-1].copy())  # all places are numbered anew: the part is looked for again
    within = [
        columns.figure(replace(asked, lo=lo, hi=hi, body=body)).deeds
        for lo, hi, body in ((*TOWNSHIPS[1], None), (*COUNTY, 2), (*TOWNSHIPS[1], 2))
    ]
    assert columns.of(both).figure(asked).deeds == within[0] + within[1] - within[2]
    there = columns.figure(replace(asked, lo=TOWNSHIPS[1][0], hi=TOWNSHIPS[1][1]))
    assert columns.of(Mine(spans=(TOWNSHIPS[1],))).figure(asked) == there
