"""Every deadline of supervision, exits and monitoring from 2019 to 2027, in one table made by hand; and that a new
version of the rules moves no day of what began under an earlier one, in all three.

The working days were counted on the calendars of the wall (`tests/calendar_by_hand.py`), the others on any calendar.
What lies in 2027 or later was counted by the law alone: it says that it may move.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.assistance.supervised import supervised
from tests.assistance.watched import Watched
from tests.calendar_by_hand import SINCE_2019
from yishi.assistance.exits.models import ExitAssessment
from yishi.assistance.exits.services.suspicions import counter_until
from yishi.assistance.exits.survey.notice import notice_of
from yishi.assistance.supervision import items
from yishi.assistance.supervision.models import Round
from yishi.assistance.supervision.services._common import coordinate_by
from yishi.assistance.supervision.services.coordination import coordination_recount
from yishi.assistance.watch import triggers
from yishi.kit.clock import CountedDay, is_workday

pytestmark = pytest.mark.usefixtures("all_files")

# From a day: counter-evidence (5 working days) and coordination (10); then a finding that is settled on the spot (3
# days), the monitoring's notice (5, the first is that of posting), the exit's notice (5 after it), the verdict on a
# signal (7), the recognition (15), the first measure (the same day of the month after), and findings that county (30),
# prefecture (60) and province (90) coordinate.
COLUMNS = (
    *("counter", "coordinate", "spot", "watch notice", "exit notice", "judge", "recognise", "measure"),
    *("county", "prefecture", "province"),
)
BY_HAND = """
2019-01-28 02-02 02-14 01-31 02-01 02-02 02-04 02-12 02-28 02-27 03-29 04-28
2019-04-26 05-06 05-13 04-29 04-30 05-01 05-03 05-11 05-26 05-26 06-25 07-25
2019-09-26 10-09 10-15 09-29 09-30 10-01 10-03 10-11 10-26 10-26 11-25 12-25
2019-12-25 01-02 01-09 12-28 12-29 12-30 01-01 01-09 01-25 01-24 02-23 03-24
2020-01-17 01-23 02-07 01-20 01-21 01-22 01-24 02-01 02-17 02-16 03-17 04-16
2020-04-24 04-30 05-11 04-27 04-28 04-29 05-01 05-09 05-24 05-24 06-23 07-23
2020-06-22 06-30 07-07 06-25 06-26 06-27 06-29 07-07 07-22 07-22 08-21 09-20
2020-09-25 10-09 10-15 09-28 09-29 09-30 10-02 10-10 10-25 10-25 11-24 12-24
2020-12-28 01-05 01-12 12-31 01-01 01-02 01-04 01-12 01-28 01-27 02-26 03-28
2021-01-31 02-05 02-18 02-03 02-04 02-05 02-07 02-15 02-28 03-02 04-01 05-01
2021-02-05 02-18 02-24 02-08 02-09 02-10 02-12 02-20 03-05 03-07 04-06 05-06
2021-04-23 04-29 05-10 04-26 04-27 04-28 04-30 05-08 05-23 05-23 06-22 07-22
2021-09-15 09-23 09-29 09-18 09-19 09-20 09-22 09-30 10-15 10-15 11-14 12-14
2021-09-30 10-13 10-20 10-03 10-04 10-05 10-07 10-15 10-30 10-30 11-29 12-29
2021-12-29 01-06 01-13 01-01 01-02 01-03 01-05 01-13 01-29 01-28 02-27 03-29
2022-01-26 02-07 02-14 01-29 01-30 01-31 02-02 02-10 02-26 02-25 03-27 04-26
2022-04-22 04-28 05-09 04-25 04-26 04-27 04-29 05-07 05-22 05-22 06-21 07-21
2022-09-27 10-09 10-14 09-30 10-01 10-02 10-04 10-12 10-27 10-27 11-26 12-26
2022-12-27 01-04 01-11 12-30 12-31 01-01 01-03 01-11 01-27 01-26 02-25 03-27
2023-01-16 01-28 02-02 01-19 01-20 01-21 01-23 01-31 02-16 02-15 03-17 04-16
2023-04-21 04-27 05-08 04-24 04-25 04-26 04-28 05-06 05-21 05-21 06-20 07-20
2023-06-19 06-27 07-04 06-22 06-23 06-24 06-26 07-04 07-19 07-19 08-18 09-17
2023-09-25 10-08 10-13 09-28 09-29 09-30 10-02 10-10 10-25 10-25 11-24 12-24
2023-12-28 01-05 01-12 12-31 01-01 01-02 01-04 01-12 01-28 01-27 02-26 03-27
2024-01-31 02-06 02-19 02-03 02-04 02-05 02-07 02-15 02-29 03-01 03-31 04-30
2024-04-01 04-09 04-16 04-04 04-05 04-06 04-08 04-16 05-01 05-01 05-31 06-30
2024-04-25 05-06 05-11 04-28 04-29 04-30 05-02 05-10 05-25 05-25 06-24 07-24
2024-09-10 09-18 09-25 09-13 09-14 09-15 09-17 09-25 10-10 10-10 11-09 12-09
2024-09-26 10-09 10-15 09-29 09-30 10-01 10-03 10-11 10-26 10-26 11-25 12-25
2024-12-27 01-06 01-13 12-30 12-31 01-01 01-03 01-11 01-27 01-26 02-25 03-27
2025-01-22 02-05 02-11 01-25 01-26 01-27 01-29 02-06 02-22 02-21 03-23 04-22
2025-04-24 04-30 05-12 04-27 04-28 04-29 05-01 05-09 05-24 05-24 06-23 07-23
2025-09-25 10-09 10-15 09-28 09-29 09-30 10-02 10-10 10-25 10-25 11-24 12-24
2025-12-29 01-06 01-13 01-01 01-02 01-03 01-05 01-13 01-29 01-28 02-27 03-29
2026-02-11 02-25 03-03 02-14 02-15 02-16 02-18 02-26 03-11 03-13 04-12 05-12
2026-04-29 05-09 05-15 05-02 05-03 05-04 05-06 05-14 05-29 05-29 06-28 07-28
2026-09-17 09-23 10-08 09-20 09-21 09-22 09-24 10-02 10-17 10-17 11-16 12-16
2026-09-29 10-12 10-19 10-02 10-03 10-04 10-06 10-14 10-29 10-29 11-28 12-28
2026-12-24 12-31 01-08 12-27 12-28 12-29 12-31 01-08 01-24 01-23 02-22 03-24
2027-02-03 02-16 02-23 02-06 02-07 02-08 02-10 02-18 03-03 03-05 04-04 05-04
2027-04-29 05-10 05-17 05-02 05-03 05-04 05-06 05-14 05-29 05-29 06-28 07-28
2027-09-13 09-21 09-28 09-16 09-17 09-18 09-20 09-28 10-13 10-13 11-12 12-12
2027-09-29 10-11 10-18 10-02 10-03 10-04 10-06 10-14 10-29 10-29 11-28 12-28
2027-12-28 01-05 01-12 12-31 01-01 01-02 01-04 01-12 01-28 01-27 02-26 03-27
"""
COUNTED = ("counter", "coordinate")


def rows():
    """(start, {column: day}) of each line: a day is the first of that month and day after the start."""
    for line in BY_HAND.strip().splitlines():
        first, *texts = line.split()
        start = date.fromisoformat(first)
        days = [_after(start, text) for text in texts]
        yield start, dict(zip(COLUMNS, days, strict=True))


def _after(start, text):
    day = date.fromisoformat(f"{start.year}-{text}")
    return day if day > start else date.fromisoformat(f"{start.year + 1}-{text}")


def clocks(start):
    """The same as the product counts it, each by the version with which something began on that day."""
    lanes, watch = items.read_pack("2020.1").days, triggers.read_pack("2026.1")
    notice = notice_of("县", "村", "退-1", start, [], start, "办公室")
    return {
        "counter": counter_until(ExitAssessment(rules="2018-west"), start),
        "coordinate": coordinate_by(start, Round(pack="2020.1")),
        "watch notice": watch.notice_until(start),
        "exit notice": notice.until,
        "judge": watch.judge_by(start),
        "recognise": watch.recognise_by(start),
        "measure": watch.measures_by(start),
        **{lane: start + timedelta(days=lanes[lane]) for lane in ("spot", "county", "prefecture", "province")},
    }


def test_it_works():
    """Every deadline of the three parts on every line; whatever was counted over 2027 says that it may move."""
    found = dict(rows())
    assert {start.year for start in found} == set(range(2019, 2028)) and len(found) >= 40
    for start, by_hand in found.items():
        counted = clocks(start)
        assert counted == by_hand, start
        for name in COUNTED:
            assert isinstance(counted[name], CountedDay)
            assert counted[name].is_certain == (by_hand[name].year <= 2026), (start, name)


def test_every_day_of_nine_years_is_worked_or_free_as_it_was_announced():
    """The library's calendar against the one that was written by hand, day by day."""
    day = date(2019, 1, 1)
    while day < date(2028, 1, 1):
        assert is_workday(day) == SINCE_2019.works(day), day
        day += timedelta(days=1)


def test_the_table_was_counted_on_that_calendar():
    for start, by_hand in rows():
        for name, count in zip(COUNTED, (5, 10), strict=True):
            assert SINCE_2019.counted(start, count) == by_hand[name], (start, name)


def test_no_clock_of_a_pack_is_missing():
    """What the packs of the three parts name as days stands in the table: a new clock is added here too."""
    lanes = set(items.read_pack(items.newest()).days)
    assert lanes | {"watch notice", "exit notice", "judge", "recognise", "measure", *COUNTED} == set(COLUMNS)
    watch = {name for name in triggers.Pack.__dataclass_fields__ if name.endswith(("_days", "_months"))}
    assert watch == {"judge_days", "recognise_days", "measure_months", "notice_days"}


def newer(monkeypatch, module, name, tmp_path, version, changes):
    """A newer version beside those that are shipped: the newest of them, with other numbers."""
    folder = Path(getattr(module, name))
    for path in folder.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    text = (folder / f"{module.newest()}.toml").read_text("utf-8")
    for old, new in {**changes, f'version = "{module.newest()}"': f'version = "{version}"'}.items():
        text = text.replace(old, new)
    (tmp_path / f"{version}.toml").write_text(text, "utf-8")
    monkeypatch.setattr(module, name, tmp_path)
    read_anew(module)
    assert module.newest() == version


@pytest.fixture
def packs():
    """The caches are emptied again after a test that shipped a version."""
    yield
    for module in (items, triggers):
        read_anew(module)


def read_anew(module):
    """Forget what is kept of the packs."""
    for name in ("versions", "newest", "read_pack"):
        getattr(getattr(module, name, None), "cache_clear", lambda: None)()


@pytest.mark.django_db
def test_a_new_version_moves_no_day_of_a_round_that_began_before(cast, packs, monkeypatch, tmp_path):
    """What it asked for, and what it asks for from now on: both by its own version. The next round takes the new."""
    before = supervised(cast)
    (asked,) = before.visit(before.gap(lane="county"))
    changes = {"coordinate_workdays = 10": "coordinate_workdays = 3", 'code = "water"': 'code = "well"'}
    newer(monkeypatch, items, "HERE", tmp_path, "2030.1", changes)
    assert coordination_recount(before.today, before.today + timedelta(days=60)) == 0
    asked.refresh_from_db()
    (again,) = before.visit(before.gap("water", lane="county"))
    expected = SINCE_2019.counted(before.today, 10)
    assert [finding.coordinate_by for finding in (asked, again)] == [expected, expected]
    first = before.round
    (later,) = before.open(name="第二轮", items=["housing", "well"]).visit(before.gap(lane="county"))
    assert (first.pack, before.round.pack) == ("2020.1", "2030.1")
    assert later.coordinate_by == SINCE_2019.counted(before.today, 3)


@pytest.mark.django_db
def test_a_new_version_moves_no_day_of_a_signal_or_a_family_that_began_before(cast, packs, monkeypatch, tmp_path):
    """Its verdict, its recognition, its notice and its first measure: by the version of its first signal."""
    before = Watched(cast).raised()
    judge_by = before.signal.judge_by
    shorter = {
        "judge_days = 7": "judge_days = 2", "recognise_days = 15": "recognise_days = 4",
        "measure_months = 1": "measure_months = 2", "notice_days = 5": "notice_days = 9",
    }  # fmt: skip
    newer(monkeypatch, triggers, "PACKS", tmp_path, "2030.1", shorter)
    before.signal.refresh_from_db()
    assert before.signal.judge_by == judge_by == before.signal.raised_on + timedelta(days=7)
    before.recognised()  # every step is taken after the new version came
    watch = before.watch
    assert watch.pack == "2026.1" and watch.recognise_by == watch.found_on + timedelta(days=15)
    assert watch.posted_until == watch.posted_on + timedelta(days=4)
    assert watch.measures_by == triggers.read_pack("2026.1").measures_by(watch.recognised_on)
    after = Watched(cast, number=402).judged()
    assert (after.signal.pack, after.watch.pack) == ("2030.1", "2030.1")
    assert after.signal.judge_by == after.signal.raised_on + timedelta(days=2)
    assert after.watch.recognise_by == after.watch.found_on + timedelta(days=4)


def test_the_rules_of_an_exit_are_kept_too():
    """Shipped versions: tests/assistance/exits/test_interviews.py; what an area sets: test_exit_rules.py there."""
    today = timezone.localdate()
    kept = {"code": "counter", "value": "8", "is_off": False, "place": "牟定县", "since": "2019-01-01", "source": "x"}
    began = [ExitAssessment(rules="2018-west"), ExitAssessment(rules="2018-west", area_rules=[kept])]
    days = [counter_until(assessment, today) for assessment in began]
    assert days == [SINCE_2019.counted(today, 5), SINCE_2019.counted(today, 8)]
