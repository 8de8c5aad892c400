"""`yishi tally verify`: do the figures equal a recount from the journal? `yishi tally rebuild`: fold it all again."""

import random
import time
from datetime import date, timedelta

from django.utils import timezone

from yishi.assistance.register.services.counting import counts_differ
from yishi.database.reach import everything
from yishi.organisations.models import Place
from yishi.reporting.book import keep
from yishi.reporting.figures import Question, ask, forget
from yishi.reporting.fold import fold_all
from yishi.reporting.indicators import SERIES
from yishi.reporting.recount import recount
from yishi.reporting.verify import check, counting, rebuild

USAGE = "yishi tally verify | yishi tally rebuild"
HALF = 0.5
SAMPLE = 10  # places, each with a question to every series that is counted by hand
EVERY = 3  # seconds between two lines of progress
BY_HAND = 50_000  # entries; beyond, comparing row by row must do


def run(words: list[str]) -> int:
    if words == ["rebuild"]:
        began = time.perf_counter()
        count = rebuild()
        keep()
        print(f"重算 {count} 条 · folded again: {count} ({time.perf_counter() - began:.1f} s)")
        return 0
    if words == ["verify"]:
        return verify()
    print(USAGE)
    return 2


def verify() -> int:
    """Every entry against its row; then random figures against a recount by hand."""
    began = time.perf_counter()
    differing = counts_differ()
    for words in differing:
        print(f"登记册不符 · the register differs: {words}")
    fold_all()
    found = check()
    for words in found.differences:
        print(f"不符 · differs: {words}")
    if differing:
        return 1
    if not found.is_right:
        print("用 yishi tally rebuild 恢复 · yishi tally rebuild restores them")
        return 1
    asked = 0
    if found.entries <= BY_HAND:
        forget()
        with everything():
            asked = _by_hand()
        if asked < 0:
            print("统计与日志逐条重算不符 · a figure differs from the recount: yishi tally rebuild")
            return 1
    print(
        f"统计无误：{found.entries} 条逐条相符，随机 {asked} 个数字与日志重算相符 · right: {found.entries} entries, "
        f"{asked} random figures equal the recount ({time.perf_counter() - began:.1f} s)"
    )
    return 0


def _by_hand() -> int:
    """How many random figures were counted again, or -1 where one differs."""
    entries = list(counting())
    places = list(Place.objects.order_by("?")[:SAMPLE])
    if not entries or not places:
        return 0
    days = sorted(timezone.localdate(entry.at) for entry in entries)
    rng = random.Random()  # noqa: S311
    total, told = len(places) * len(SERIES), time.perf_counter()
    print(f"· 随机抽 {total} 个数字用日志重算… · recounting {total} random figures…", flush=True)
    for number, place in enumerate(places):
        if time.perf_counter() - told > EVERY:
            told = time.perf_counter()
            print(f"  {number * len(SERIES)}/{total}", flush=True)
        for series in SERIES:
            question = Question(place, *_period(rng, days[0], days[-1]), places_then=rng.random() < HALF)
            if ask(question, series) != recount(question, entries, series):
                return -1
    return total


def _period(rng: random.Random, first: date, last: date) -> tuple[date, date]:
    start, end = sorted(first + timedelta(days=rng.randrange((last - first).days + 1)) for _ in range(2))
    return start, end
