"""`./run bench assistance [--members N] [--deeds N] [--households N] [--database sqlite|postgresql]`

A province with a campaign under load: figures, pages and recording over HTTP with rights and scopes on; no page is
cached. Each database runs in a process of its own.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import timedelta

from .deliberation import ROOT, Province, fresh_database
from .measure import Table, percentile

SEED = 20180301
PORT = 8933


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench assistance", description=__doc__)
    parser.add_argument("--members", type=int, default=30_182)
    parser.add_argument("--deeds", type=int, default=1_000_000)
    parser.add_argument("--households", type=int, default=200_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    if given.database:
        return one_database(given)
    missed = 0
    for database in ("sqlite", "postgresql"):
        if database == "postgresql" and not os.environ.get("YISHI_TEST_DATABASE_URL"):
            print("postgresql: skipped, no server and no Debian package postgresql-15")
            continue
        command = [sys.executable, "-m", "tests.bench.assistance", "--database", database, *sys.argv[1:]]
        missed += subprocess.run(command, cwd=ROOT, check=False).returncode
    return missed


def one_database(given: argparse.Namespace) -> int:
    os.environ["YISHI_DATA_DIR"] = tempfile.mkdtemp(prefix="yishi-bench-")
    os.environ["YISHI_SECRET_KEY"] = "a key for benchmarks only"
    os.environ["YISHI_PORT"] = str(PORT)
    if given.database == "postgresql":
        os.environ["DATABASE_URL"] = fresh_database(os.environ["YISHI_TEST_DATABASE_URL"])
    os.environ.pop("YISHI_TEST_DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "yishi.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    table = Table()
    table.note(
        f"\n== {given.database}: {given.members:,} members, {given.households:,} households, "
        f"{given.deeds:,} deeds, seed {SEED}"
    )
    build(given, table)
    return table.missed


def build(given: argparse.Namespace, table: Table):
    from yishi.organisations.models import Installation, Place
    from yishi.people.scopes import everything

    from .assistance_data import Assistance

    province = Province(given, table)
    from yishi.organisations.grants import system

    province.system = system()
    with everything():
        province._places()
        Installation.objects.create(home_place=Place.objects.get(code="53"), site_name="bench")
        province._bodies()
        province._people()
        made = Assistance(SEED, province.offices)
        made.campaign_make()
        made.members_make(given.members)
        begun = time.perf_counter()
        made.households_make(given.households)
        table.add(f"{given.households:,} households", f"{time.perf_counter() - begun:.0f} s")
        made.households_read()
        rows = made.prove_equal(300)
        table.add("rows of 300 deeds, by the service and written at once", f"{rows} equal")
        took = made.deeds(given.deeds)
        table.add(f"{given.deeds:,} deeds written at once", f"{given.deeds / took:.0f}/s")
        figures(given, table, made)
    return made


def figures(given, table, made):
    from yishi.organisations.models import Place
    from yishi.reporting.figures import Question, ask, current
    from yishi.reporting.fold import check, rebuild

    from .assistance_data import END, START

    begun = time.perf_counter()
    rebuild()
    took = time.perf_counter() - begun
    table.add("all figures made anew from the journal", f"{took:.0f} s", "≤ 300 s", reached=took <= 300)
    begun = time.perf_counter()
    current()
    table.add("a process reads the figures", f"{time.perf_counter() - begun:.1f} s")
    chance = random.Random(SEED)
    places = list(Place.objects.all())
    phases = list(made.campaign.phases.all())
    times = []
    for _ in range(200):
        start = START + timedelta(days=chance.randrange((END - START).days))
        given_dims = dict(
            chance.sample(
                [
                    ("item", chance.choice(list(made.items.values()))),
                    ("body", chance.choice(list(made.offices.values()))),
                    ("sector", chance.choice(["cpc", "cdl"])),
                    ("phase", chance.choice(phases)),
                    ("place_set", chance.choice(phases).focus),
                ],
                chance.randrange(3),
            )
        )
        place = places[0] if chance.random() < 0.3 else chance.choice(places)
        begun = time.perf_counter()
        ask(Question(place, start, END, **given_dims))
        times.append(1000 * (time.perf_counter() - begun))
    table.add("any figure, in process p50 / p95", f"{percentile(times, 0.5):.0f} / {percentile(times, 0.95):.0f} ms")
    begun = time.perf_counter()
    found = check()
    table.add("every figure row equals its entry", f"{time.perf_counter() - begun:.0f} s", reached=found.is_right)


if __name__ == "__main__":
    sys.exit(main())
