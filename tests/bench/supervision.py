"""`./run bench supervision [--keep FOLDER] [--database sqlite|postgresql]`: a province under listing supervision.

129 counties, 1,113 listed villages, 500,000 gaps of which 100,000 are owed, 200,000 households with 800,000 people;
files of monitoring and of exit assessments beside them. Every list is asked with rights on by somebody of the
province, of a prefecture, of the county with most, and of a desk that owes: first pages, far pages, filters. Figures
are by the clock, the processor's time of this process beside them; the rows are made once and found again by --keep.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from .deliberation import Province
from .measure import Table, on_each_database, percentile, prepared

SEED = 20200602
PAGE, FIGURES, SWEEP = 200, 300, 30.0  # milliseconds, milliseconds, seconds
TIMES = 4  # each address is asked so often after the first time, which compiles its questions
WHO = {"province": "clerk53", "prefecture": "desk-prefecture", "county": "desk-county", "bearer": "desk-bearer"}
OVERSEEING = ("province", "prefecture", "county")
PAGES = ("1", "3", "40", "999999")  # the last is given for what lies beyond


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench supervision", description=__doc__)
    parser.add_argument("--households", type=int, default=200_000)
    parser.add_argument("--villages", type=int, default=1_113)
    parser.add_argument("--findings", type=int, default=500_000)
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--only", default="", help="a part of the names of what is measured")
    parser.add_argument("--keep", help="a folder: the province is made there once and found again")
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    if given.database:
        return one_database(given)
    return on_each_database("supervision")


def one_database(given: argparse.Namespace) -> int:
    prepared(given)
    from django.conf import settings

    from yishi.database.reach import everything

    settings.ALLOWED_HOSTS = ["*"]
    table = Table()
    table.note(
        f"\n== {given.database}: {given.villages:,} villages, {given.findings:,} gaps, {given.open:,} of them owed, "
        f"{given.households:,} households, seed {SEED}"
    )
    with everything():
        made(given, table)
        asked = addresses()
    for name, limit, by_who in asked:
        if given.only in name:
            measured(table, name, limit, by_who)
    if given.only in "sweep of the clocks":
        with everything():
            sweeps(table)
    return table.missed


def made(given: argparse.Namespace, table: Table) -> None:
    """The province, if this database does not hold it yet."""
    from yishi.assistance.supervision.models import Round
    from yishi.organisations.grants import system
    from yishi.organisations.models import Installation, Place

    from .supervision_data import Supervised

    if Round.objects.exists():
        return
    province = Province(given, table)
    province.system = system()
    province._places()
    Installation.objects.create(home_place=Place.objects.get(code="53"), site_name="bench")
    province._bodies()
    province._people()
    Supervised(given, province.system, table.note).build()
    analyse()


def analyse() -> None:
    """What a database does by itself in an hour: PostgreSQL's own job, and SQLite at the end of a day of work."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "postgresql" else "PRAGMA optimize=0x10002")


def addresses() -> Iterator[tuple[str, int, dict[str, list[str]]]]:
    """(what is measured, its limit in milliseconds, who asks which addresses)."""
    from django.utils import timezone

    from yishi.assistance.exits.models import ExitAssessment, ExitSample
    from yishi.assistance.supervision.models import Finding, Round
    from yishi.organisations.models import Place
    from yishi.people.models import Account

    chance = random.Random(SEED)
    home = Place.objects.get(code="53")
    round = Round.objects.get(place=home)
    county = Account.objects.get(username=WHO["county"]).person.posts.get().body.place
    villages = list(round.listed.filter(place__lo__range=(county.lo, county.hi)).values_list("place", flat=True)[:20])
    with_samples = ExitSample.within.filter(assessment__place=county).values("assessment")
    assessment = ExitAssessment.within.filter(pk__in=with_samples).first()
    found = list(Finding.within.filter(place__in=villages).values_list("pk", flat=True)[:20])

    def turned(path: str, *queries: str, pages: tuple[str, ...] = PAGES) -> list[str]:
        asked = [f"{path}?{query}&page={page}" for query in ("", *queries) for page in pages]
        return [address.replace("?&page=1", "").replace("?&", "?") for address in asked]

    def everybody(asked: list[str], *who: str) -> dict[str, list[str]]:
        return dict.fromkeys(who or WHO, asked)

    of_round = f"/desk/rounds/{round.pk}/"
    days = [
        date(2014, 1, 1) + timedelta(days=chance.randrange((timezone.localdate() - date(2014, 1, 1)).days))
        for _ in range(60)
    ]
    near = list(Place.objects.filter(level__in=["prefecture", "county"]).order_by("lo").values_list("pk", flat=True))
    yield "list of rounds", PAGE, everybody(turned("/desk/rounds/", "state=open", "q=%E5%8E%BF", pages=PAGES[:2]))
    yield "a round", PAGE, everybody([of_round], *OVERSEEING)
    yield "its listed places", PAGE, everybody(turned(f"{of_round}list/"), *OVERSEEING)
    yield (
        "matrix of a village",
        PAGE,
        everybody([f"{of_round}villages/{one}/?page={page}" for one in villages for page in (1, 2)], "province"),
    )
    yield "grid of a village", PAGE, everybody([f"{of_round}villages/{one}/visit/" for one in villages], "province")
    yield "findings", PAGE, everybody(
        turned(
            "/desk/supervision/findings/",
            "state=open", "state=struck_off", "state=merged", "lane=province", "item=water",
            f"round={round.pk}", f"round={round.pk}&lane=county&state=open",
            f"place={county.full_name}&place_id={county.pk}",
        )
    )  # fmt: skip
    yield "a finding", PAGE, everybody([f"/desk/supervision/findings/{one}/" for one in found], "province", "county")
    yield (
        "what is coordinated",
        PAGE,
        everybody(turned("/desk/supervision/coordination/", "ours=1", "lane=province", "done=all")),
    )
    yield (
        "promises",
        PAGE,
        everybody(
            turned("/desk/commitments/", "state=open", "mine=owed&state=open", "due=late", "due=red", "due=recheck")
        ),
    )
    yield "desk", PAGE, everybody(["/desk/"])
    yield "signals", PAGE, everybody(turned("/desk/watch/signals/", "state=all", "state=true"), *OVERSEEING)
    yield "monitored families", PAGE, everybody(turned("/desk/watch/families/", "stage=all"), *OVERSEEING)
    yield "who stands firm", PAGE, everybody(["/desk/watch/figures/"], *OVERSEEING)
    yield "exit assessments", PAGE, everybody(turned("/desk/exits/", pages=PAGES[:2]), *OVERSEEING)
    if assessment is not None:
        of_exit = f"/desk/exits/{assessment.pk}/"
        yield "an exit assessment", PAGE, everybody([of_exit], *OVERSEEING)
        yield "its sample", PAGE, everybody(turned(f"{of_exit}sample/", pages=PAGES[:2]), *OVERSEEING)
    yield "suspicions", PAGE, everybody(turned("/desk/exits/suspicions/", "state=all"), *OVERSEEING)
    register = f"/desk/figures/place/{home.pk}/register/"
    yield (
        "register figures of the province, any day",
        FIGURES,
        everybody([f"{register}?on={day}" for day in days], "province"),
    )
    yield (
        "register figures of any area, any day",
        FIGURES,
        everybody([f"/desk/figures/place/{chance.choice(near)}/register/?on={day}" for day in days], "province"),
    )
    yield (
        "families behind a figure of the register",
        FIGURES,
        everybody(
            [f"{register}{fact}/?on={day}" for fact in ("poor", "returned", "lack.water") for day in days[:5]],
            "province",
        ),
    )


@dataclass
class Times:
    """What pages took: by the clock, and of the processor, in milliseconds; the first asking of each person apart."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")


def measured(table: Table, name: str, limit: int, by_who: dict[str, list[str]]) -> None:
    """A row for each person: the 95th of a hundred by the clock, that of the processor, and which page was slowest."""
    for who, asked in by_who.items():
        times = opened(WHO[who], asked)
        if isinstance(times, str):
            table.add(f"{name}, {who}", times, reached=False)
            continue
        p95 = percentile(times.wall, 0.95)
        said = f"{percentile(times.wall, 0.5):.0f} / {p95:.0f} ms"
        table.add(f"{name}, {who}: p50 / p95", said, f"p95 ≤ {limit} ms", reached=p95 <= limit)
        if p95 > limit / 2:
            took, address = times.slowest
            used = percentile(times.processor, 0.95)
            table.note(f"    processor p95 {used:.0f} ms; slowest {took:.0f} ms {address}")


def opened(username: str, asked: list[str]) -> Times | str:
    """Each address some times, opened by somebody; in words what went wrong."""
    from django.test import Client

    from yishi.people.models import Account

    client, times = Client(), Times()
    client.force_login(
        Account.objects.get(username=username), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    client.get("/privacy/")
    for address in asked:
        for number in range(TIMES + 1 if len(asked) < 40 else 2):
            begun, processor = time.perf_counter(), time.process_time()
            status = client.get(address).status_code
            took = 1000 * (time.perf_counter() - begun)
            if status != 200:
                return f"status {status}: {address}"
            if number:
                times.wall.append(took)
                times.processor.append(1000 * (time.process_time() - processor))
                times.slowest = max(times.slowest, (took, address))
    return times


def sweeps(table: Table) -> None:
    """The clocks of a morning: what one day brings, then a round that finds nothing to do; then every day that was
    counted is counted again, as when the holidays of a year become known."""
    from django.utils import timezone

    from yishi.commitments.services import clocks_run
    from yishi.organisations.counted_days import COUNTS

    def recount() -> int:
        today = timezone.localdate()
        return sum(count(date(today.year - 2, 1, 1), date(today.year + 2, 12, 31)) for count in COUNTS)

    jobs: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("sweep of the clocks, a day's worth", clocks_run),
        ("sweep of the clocks, nothing due", clocks_run),
        ("days counted again", recount),
    )
    for name, job in jobs:
        begun, processor = time.perf_counter(), time.process_time()
        done = job()
        took, used = time.perf_counter() - begun, time.process_time() - processor
        table.add(name, f"{took:.1f} s", f"≤ {SWEEP:.0f} s", reached=took <= SWEEP)
        table.note(f"    processor {used:.1f} s; {done}")


if __name__ == "__main__":
    sys.exit(main())
