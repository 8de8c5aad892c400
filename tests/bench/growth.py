"""`./run bench growth [--deeds 10000 100000 1000000] [--keep FOLDER] [--database sqlite|postgresql]`

The same measures as deeds grow tenfold and tenfold again, in one process, with the slope of each in log-log: 0 grows
not at all, 0.1 is a quarter more for ten times as many, 1 is as the deeds. On SQLite by processor time; on PostgreSQL,
whose processes are others, by the clock.
"""

import argparse
import math
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from .assistance import build, found
from .assistance_figures import ask_all, processes, questions
from .measure import Table, on_each_database, percentile, prepared

TIMES = 9


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench growth", description=__doc__)
    parser.add_argument("--members", type=int, default=30_182)
    parser.add_argument("--households", type=int, default=200_000)
    parser.add_argument("--deeds", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parser.add_argument("--keep", help="a folder: the province stays in it")
    given = parser.parse_args()
    if given.database:
        return one_database(given)
    return on_each_database("growth")


def one_database(given: argparse.Namespace) -> int:
    prepared(given)
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    from yishi.database.reach import everything

    table, by_size = Table(), dict[int, dict[str, float]]()
    table.note(f"\n== {given.database}: growth, {given.members:,} members, {given.households:,} households")
    clock = time.process_time if given.database == "sqlite" else time.perf_counter
    with everything():
        for size in sorted(given.deeds):
            made = grown(given, size, table)
            table.note(f"-- {size:,} deeds")
            by_size[size] = measured(made, table, clock)
    slopes(table, by_size)
    return table.missed


def grown(given: argparse.Namespace, size: int, table: Table) -> Any:
    """The province with so many deeds, folded."""
    from yishi.assistance.deeds.models import Deed
    from yishi.reporting.book import keep
    from yishi.reporting.verify import rebuild

    made = found()
    if made is None:
        given.deeds = size
        made = build(given, table)
    lacking = size - Deed.within.count()
    if lacking > 0:
        made.deeds(lacking)
    rebuild()
    keep()
    return made


def measured(made: Any, table: Table, clock: Callable[[], float]) -> dict[str, float]:
    """Milliseconds of each measure, the middle one of several."""
    from yishi.organisations.models import Place

    home = Place.objects.get(code="53")
    county = Place.objects.filter(level="county").order_by("lo")[60]
    drawn = questions(made)
    ask_all(drawn)
    figures = [each[0] for each in ask_all(drawn)[1]]
    took = {"any figure, median": percentile(figures, 0.5), "any figure, 95 of 100": percentile(figures, 0.95)}
    processes(table, drawn)
    behind = f"/desk/figures/place/{home.pk}/deeds/"
    for name, who, address in (
        ("figures of the province", "clerk53", f"/desk/figures/place/{home.pk}/"),
        ("figures of a county", "clerk53", f"/desk/figures/place/{county.pk}/"),
        ("figures for a program", "clerk53", f"/desk/figures/place/{home.pk}/numbers/"),
        ("deeds behind a figure", "clerk53", behind),
        ("deeds behind a figure, last page", "clerk53", f"{behind}?page=999999"),
        ("desk of the office", "clerk53", "/desk/"),
        ("home of a member", "member0", "/desk/"),
        ("list of deeds", "clerk53", "/desk/deeds/"),
        ("search", "clerk53", "/desk/search/?q=%E4%B8%89%E4%B8%83"),
    ):
        took[name] = opened(who, address, clock)
    for name, milliseconds in took.items():
        table.add(name, f"{milliseconds:.2f} ms")
    return took


def opened(username: str, address: str, clock: Callable[[], float]) -> float:
    """The milliseconds of a page, opened by somebody with rights and scopes on."""
    from django.test import Client

    from yishi.people.models import Account

    client, times = Client(), []
    account = Account.objects.get(username=username)
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    for _ in range(TIMES + 1):
        begun = clock()
        status = client.get(address).status_code
        times.append(1000 * (clock() - begun))
        assert status == 200, (address, status)
    return statistics.median(times[1:])


def slopes(table: Table, by_size: dict[int, dict[str, float]]) -> None:
    """How each measure grew from the fewest deeds to the most."""
    least, most = min(by_size), max(by_size)
    if least == most:
        return
    table.note(f"-- slope, {least:,} to {most:,} deeds")
    for name, first in by_size[least].items():
        slope = math.log(by_size[most][name] / first) / math.log(most / least)
        must = 0.2 if name.startswith("any figure") else 0.1
        table.add(f"11 {name}", f"{slope:+.2f}", f"≤ {must}", reached=slope <= must)


if __name__ == "__main__":
    sys.exit(main())
