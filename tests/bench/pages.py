"""`./run bench pages [--data FOLDER] [--database sqlite|postgresql]`: what each page costs whoever opens it.

On the demo, or on the data of FOLDER (SQLite), beside the page's budget (tests/budgets.py). A page is asked again and
again in one process with rights and scopes on; the processor time of this process and of the database's own is counted,
and the queries. Each person's first page, which compiles what is then kept, is told apart ("first").
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.budgets import BUDGETS

from .measure import ROOT, Table, fresh_database, on_each_database

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROUNDS, WARM = 20, 3
ACCOUNTS = {
    "clerk": "demo-lvchun-clerk",
    "member": "demo-member",
    "cadre": "demo-secretary",
    "village_head": "demo-lagu-head",
    "handler": "demo-handler",
    "province_clerk": "demo-province-clerk",
}
OFFICE = "demo-clerk"  # whose desk has files of deliberation


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench pages", description=__doc__)
    parser.add_argument("--data", help="a data folder with the demo, instead of a new one")
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    if given.database or given.data:
        return one_database(given.database or "sqlite", given.data)
    return on_each_database("pages")


def one_database(database: str, data: str | None) -> int:
    os.environ["YISHI_DATA_DIR"] = data or tempfile.mkdtemp(prefix="yishi-bench-")
    os.environ["YISHI_SECRET_KEY"], os.environ["YISHI_DEMO"] = "a key for benchmarks only", "1"
    if database == "postgresql":
        os.environ["DATABASE_URL"] = fresh_database(os.environ["YISHI_TEST_DATABASE_URL"])
    os.environ.pop("YISHI_TEST_DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "yishi.config.settings"
    if not data:
        subprocess.run([sys.executable, "-m", "yishi.cli", "prepare"], cwd=ROOT, check=True)
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    table = Table()
    table.note(f"\n== pages, {database}: median of {ROUNDS}, processor of web and database; {_size()}")
    for who, name, address, queries, milliseconds in pages():
        measure(table, who, name, address, queries, milliseconds)
    return table.missed


def _size() -> str:
    from yishi.assistance.deeds.models import Deed
    from yishi.assistance.register.models import Household
    from yishi.deliberation.models import Matter, Worry

    counts = {model.__name__.lower(): model.within.count() for model in (Worry, Matter, Deed, Household)}
    return ", ".join(f"{count:,} × {name}" for name, count in counts.items())


def pages() -> Iterator[tuple[str, str, str, int, int]]:
    """Every page with a budget, as somebody of the demo who has something on it; a villager's own page by a code."""
    from django.urls import reverse

    for budget in BUDGETS:
        account = ACCOUNTS[budget.who]
        found = _address(account, budget.page)
        if found is None and budget.who == "clerk":
            account, found = OFFICE, _address(OFFICE, budget.page)
        if found is not None:
            yield account, budget.page, found, budget.queries, budget.milliseconds
    for name in ("desk", "matters", "worries"):
        one = next(budget for budget in BUDGETS if (budget.who, budget.page) == ("clerk", name))
        yield OFFICE, name, reverse(name), one.queries, one.milliseconds


def _address(username: str, name: str) -> str | None:
    """The page, of the newest file that they reach; None where they reach none."""
    from django.urls import reverse

    from yishi.assistance.deeds.models import Deed
    from yishi.assistance.register.models import Household
    from yishi.commitments.models import Commitment
    from yishi.database.reach import reaching
    from yishi.deliberation.models import Matter, Worry
    from yishi.organisations.grants import viewer_of_account
    from yishi.people.models import Account

    viewer = viewer_of_account(Account.objects.get(username=username))
    files: dict[str, Any] = {
        "household": Household, "worry": Worry, "matter": Matter, "commitment": Commitment, "deed": Deed,
    }  # fmt: skip
    if name in ("figures_place", "overview_place"):
        return reverse(name, args=[viewer.posts[0].body.place_id])
    if name == "search":
        return f"{reverse(name)}?q=腊姑"
    if name not in files:
        return reverse(name)
    with reaching(viewer.reach):
        newest = files[name].objects.order_by("-pk").first()
    return reverse(name, args=[newest.pk]) if newest else None


def measure(table: Table, who: str, name: str, address: str, queries: int, milliseconds: int) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from yishi.database import kept
    from yishi.people.models import Account

    client = Client()
    client.force_login(Account.objects.get(username=who), backend=BACKEND)
    client.get("/privacy/")  # the first page of a session writes it
    asks = processor(connection)
    kept.forget()
    times = []
    for _ in range(ROUNDS + WARM):
        before = asks()
        answered = client.get(address)
        times.append((asks() - before) * 1000)
        if answered.status_code != 200:
            table.add(f"{who} {name}", f"status {answered.status_code}", reached=False)
            return
    with CaptureQueriesContext(connection) as caught:
        client.get(address)
    middle = statistics.median(times[WARM:])
    said = f"{middle:.0f} ms (first {times[0]:.0f}), {len(caught)} queries"
    reached = middle <= milliseconds and len(caught) <= queries
    table.add(f"{who} {name}", said, f"≤ {milliseconds} ms, ≤ {queries}", reached=reached)


def processor(connection: Any) -> Callable[[], float]:
    """Seconds of processor of this process, and of the process of PostgreSQL that answers it, where it runs here."""

    def ours() -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    if connection.vendor != "postgresql":
        return ours
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        path = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")  # nanoseconds on the processor
    return lambda: ours() + (int(path.read_text().split()[0]) / 1e9 if path.exists() else 0)


if __name__ == "__main__":
    sys.exit(main())
