"""What raises a signal: the packs, the thresholds of a day, the window, the cool-down, the days that are counted."""

from datetime import date
from decimal import Decimal

import pytest

from yishi.assistance.register import codes
from yishi.assistance.watch.triggers import TriggerError, newest, pack_from, read_pack, weigh

PACK = read_pack()
BILLS = PACK.triggers["self_paid"]
DAY = date(2026, 3, 1)


def told(*amounts, on=DAY):
    return [(on, Decimal(amount)) for amount in amounts]


def test_it_works():
    weighed = weigh(BILLS, DAY, told(6000, 5000), threshold=Decimal(10_000))
    assert weighed.raises and weighed.total == 11_000 and weighed.why == ""


@pytest.mark.parametrize(
    ("amounts", "raises"), [((9_999,), False), ((10_000,), True), ((4_000, 6_000), True), ((), False)]
)
def test_a_threshold_is_reached_by_the_sum(amounts, raises):
    assert weigh(BILLS, DAY, told(*amounts), threshold=Decimal(10_000)).raises is raises


def test_what_lies_outside_the_window_does_not_count():
    old = told(9_000, on=date(2025, 3, 1))  # 365 days before: the first day that is out
    assert weigh(BILLS, DAY, old + told(2_000), threshold=Decimal(10_000)).total == 2_000
    young = told(9_000, on=date(2025, 3, 2))
    assert weigh(BILLS, DAY, young + told(2_000), threshold=Decimal(10_000)).raises
    assert weigh(BILLS, DAY, told(90_000, on=date(2026, 3, 2)), threshold=Decimal(10_000)).total == 0


def test_a_signal_cools_down_before_the_next_one():
    last = date(2025, 12, 1)  # 90 days before 1 March
    assert weigh(BILLS, DAY, told(20_000), last, Decimal(10_000)).why == "cooling"
    assert weigh(BILLS, date(2026, 3, 2), told(20_000), last, Decimal(10_000)).raises


def test_without_a_unit_it_is_enough_that_it_happened():
    assert weigh(PACK.triggers["death"], DAY, [(DAY, None)]) == (weighed := weigh(PACK.triggers["death"], DAY, []))
    assert weighed.raises and weighed.total is None


def test_without_a_threshold_on_that_day_nothing_is_raised():
    assert weigh(PACK.triggers["school"], date(2013, 12, 31), told(30, on=date(2013, 12, 31))).why == "below"


def test_every_trigger_names_a_risk_of_the_register():
    assert newest() == PACK.version and len(PACK.triggers) >= 11
    for trigger in PACK.triggers.values():
        assert codes.has("poverty_cause", trigger.risk), trigger.code
        assert trigger.title and trigger.title_en and trigger.says


# Made by hand from a calendar: recognition on → last day for the first measure; posted on → last day of the notice.
@pytest.mark.parametrize(
    ("recognised", "measure"),
    [
        (date(2026, 1, 15), date(2026, 2, 15)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2026, 11, 30), date(2026, 12, 30)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2026, 3, 31), date(2026, 4, 30)),
    ],
)
def test_the_first_measure_is_due_within_a_month(recognised, measure):
    assert PACK.measures_by(recognised) == measure


@pytest.mark.parametrize(
    ("start", "recognise", "judge", "notice"),
    [
        (
            date(2026, 2, 14),
            date(2026, 3, 1),
            date(2026, 2, 21),
            date(2026, 2, 18),
        ),  # over Spring Festival all the same
        (date(2024, 2, 15), date(2024, 3, 1), date(2024, 2, 22), date(2024, 2, 19)),  # a leap year
        (date(2026, 12, 20), date(2027, 1, 4), date(2026, 12, 27), date(2026, 12, 24)),
        (date(2019, 9, 28), date(2019, 10, 13), date(2019, 10, 5), date(2019, 10, 2)),
    ],
)
def test_days_are_those_of_the_calendar(start, recognise, judge, notice):
    assert (PACK.recognise_by(start), PACK.judge_by(start), PACK.notice_until(start)) == (recognise, judge, notice)


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": ""},
        {"thresholds": []},
        {"sources": ["rumour"]},
        {"window_days": 0},
        {"cool_down_days": -1},
        {"thresholds": [{"since": date(2026, 1, 1), "value": 0, "source": "-"}]},
        {"thresholds": [{"since": date(2026, 1, 1), "value": 1, "source": "-"},
                        {"since": date(2025, 1, 1), "value": 2, "source": "-"}]},
    ],
)  # fmt: skip
def test_a_pack_that_is_not_whole_is_refused(wrong):
    row = {
        "title": "自付", "title_en": "bills", "says": "…", "risk": "illness", "unit": "元", "cool_down_days": 9,
        "sources": ["seen"], "thresholds": [{"since": date(2025, 1, 1), "value": 1, "source": "-"}], **wrong,
    }  # fmt: skip
    days = {"judge_days": 7, "recognise_days": 15, "measure_months": 1, "notice_days": 5}
    with pytest.raises(TriggerError):
        pack_from("9.9", {**days, "trigger": {"x": row}})
    with pytest.raises(TriggerError):
        pack_from("9.9", {**days, "notice_days": 0, "trigger": {}})
    with pytest.raises(TriggerError):
        pack_from("9.9", {"trigger": {}})
