"""The sample that anybody draws again, and its rates: pure, held against SciPy and against sums by hand."""

import hashlib
import random

import pytest
from scipy.stats import binomtest

from yishi.assistance.exits.survey.draw import draw
from yishi.assistance.exits.survey.frame import Frame, FrameError, Plan, Unit, frame_hash, frame_read
from yishi.assistance.exits.survey.rates import Answer, rates_by_stratum, weight_of, whole_of
from yishi.kit.intervals import wilson

pytestmark = pytest.mark.once
SEED = "双色球2026140期 03 09 12 20 26 31 + 07"


PLAN = Plan(2, 5, 3)


def county(townships=3, villages=4, households=20, plan=PLAN):
    units = []
    for town in range(townships):
        for village in range(villages):
            for number in range(households):
                kind = "exited" if number % 3 else "unlisted"
                code = hashlib.sha256(f"{town} {village} {number}".encode()).hexdigest()[:20]
                place = f"5399{town:02}1{village:02}2"
                units.append(Unit(code, place, f"5399{town:02}1", kind, number % 6))
    return Frame(plan, tuple(units))


def test_it_works():
    sample = draw(county(), SEED)
    wanted = {"exited": 5, "unlisted": 3}
    assert {name: stratum.drawn for name, stratum in sample.strata.items()} == {
        f"5399{town:02}1/{kind}": count for town in range(3) for kind, count in wanted.items()
    }
    assert len({drawn.unit.village for drawn in sample.households}) == 6
    assert {(stratum.villages, stratum.drawn_villages) for stratum in sample.strata.values()} == {(4, 2)}


def test_the_order_of_the_lines_changes_nothing_the_seed_does():
    frame = county()
    shuffled = list(frame.units)
    random.Random(1).shuffle(shuffled)
    again = Frame(frame.plan, tuple(shuffled))
    assert again.written() == frame.written() and draw(again, SEED).written() == draw(frame, SEED).written()
    assert draw(frame, SEED + " ").written() != draw(frame, SEED).written()
    assert frame_read(frame.written()).written() == frame.written()


def test_it_is_what_a_hand_draws_with_sha256sum():
    """The first household of a stratum is the one of the lowest hash among those of the drawn villages."""
    frame = county(townships=1)
    order = sorted({unit.village for unit in frame.units}, key=lambda code: _sum(code))[:2]
    exited = [unit.code for unit in frame.units if unit.village in order and unit.kind == "exited"]
    drawn = [drawn.unit.code for drawn in draw(frame, SEED).households if drawn.unit.kind == "exited"]
    assert drawn == sorted(exited, key=_sum)[:5]


def _sum(code):
    return hashlib.sha256(f"{SEED}\n{code}".encode()).hexdigest()


def test_every_household_has_the_same_chance_within_its_stratum():
    frame, seen = county(townships=1, villages=2, households=12, plan=Plan(0, 4, 0)), {}
    for number in range(2_000):
        for drawn in draw(frame, str(number)).households:
            seen[drawn.unit.code] = seen.get(drawn.unit.code, 0) + 1
    assert len(seen) == 16 and all(400 < count < 600 for count in seen.values())  # 500 ± 5 deviations


def test_a_stratum_smaller_than_its_plan_is_taken_whole():
    sample = draw(county(townships=1, villages=1, households=6, plan=Plan(3, 99, 1)), SEED)
    assert [(s.households, s.drawn) for s in sample.strata.values()] == [(4, 4), (2, 1)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1"),
        ("# yishi exit frame 1; villages=1; exited=1; unlisted=1\ncode,name\n", "line 2"),
        ("{}a,1,2,exited\n", "line 3"),
        ("{}a,1,2,poor,3\n", "line 3"),
        ("{}a,1,2,exited,-3\n", "line 3"),
        ("{}张三,1,2,exited,3\n", "line 3"),
        ("{}a,1,2,exited,3\na,1,2,exited,3\n", "twice"),
        ("{}a,1,2,exited,3\nb,1,9,exited,3\n", "two townships"),
    ],
)
def test_what_is_no_frame_is_refused_with_its_line(text, says):
    head = "# yishi exit frame 1; villages=1; exited=1; unlisted=1\ncode,village,township,kind,people\n"
    with pytest.raises(FrameError, match=says):
        frame_read(text.replace("{}", head))


def test_the_hash_covers_the_plan():
    frame = county()
    assert frame_hash(frame.written()) != frame_hash(Frame(Plan(2, 5, 4), frame.units).written())


def test_wilson_agrees_with_scipy():
    for sample in (1, 2, 5, 17, 63, 400, 12_345):
        for hits in {0, 1, sample // 3, sample // 2, sample - 1, sample}:
            low, high = wilson(hits, sample)
            known = binomtest(hits, sample).proportion_ci(method="wilson")
            assert (low, high) == (pytest.approx(known.low, abs=1e-12), pytest.approx(known.high, abs=1e-12))
    assert wilson(0, 0) == (0, 1)


def test_each_stratum_agrees_with_scipy():
    random_answers, sample = random.Random(7), draw(county(), SEED)
    answers = [
        Answer(drawn.unit.stratum, drawn.unit.people, 1, random_answers.random() < 0.3) for drawn in sample.households
    ]
    for name, rate in rates_by_stratum(answers).items():
        hits = sum(answer.is_hit for answer in answers if answer.stratum == name)
        known = binomtest(hits, sample.strata[name].drawn).proportion_ci(method="wilson")
        assert (rate.hits, rate.low, rate.high) == (hits, pytest.approx(known.low), pytest.approx(known.high))


def test_the_whole_is_weighted_as_documented():
    """Two townships by hand: 4 villages, 2 drawn, 12 households in them; of five drawn, three and four answered."""
    sample = draw(county(townships=2, villages=4, households=10, plan=Plan(2, 5, 0)), SEED)
    first, second = (stratum for stratum in sample.strata.values() if stratum.drawn)
    assert (first.villages, first.drawn_villages, first.households, first.drawn) == (4, 2, 12, 5)
    answers = [Answer(first.name, 4, 4, True)] + [Answer(first.name, 4, 0, False)] * 2
    answers += [Answer(second.name, 2, 0, False)] * 4
    assert weight_of(first, 3) == 2 * 12 / 3 and weight_of(second, 4) == 2 * 12 / 4
    whole = whole_of(sample.strata, answers)
    assert whole.share == pytest.approx(8 / 48) and whole.people_share == pytest.approx(32 / (96 + 48))
    effective = 48**2 / (3 * 64 + 4 * 36)
    assert whole.effective == pytest.approx(effective)
    assert (whole.low, whole.high) == pytest.approx(wilson(effective / 6, effective))
    assert whole_of(sample.strata, []).share is None


def test_equal_weights_are_wilsons_own():
    sample = draw(county(townships=1, plan=Plan(0, 9, 0)), SEED)
    (stratum,) = (s for s in sample.strata.values() if s.drawn)
    answers = [Answer(stratum.name, 3, 0, number < 2) for number in range(9)]
    known = binomtest(2, 9).proportion_ci(method="wilson")
    whole = whole_of(sample.strata, answers)
    assert (whole.low, whole.high) == (pytest.approx(known.low), pytest.approx(known.high))
