"""`./run bench deliberation [--worries N] [--matters N] [--database sqlite|postgresql]`: a province under load.

Everything is made by the product's own services and asked over HTTP with rights and scopes on; no page is cached.
Each database runs in a process of its own. Published figures of peers, for scale: 6 s for a list of 550 projects;
memory exhausted by statistics over 30,000 proposals; 4 cores saturated by 100 live voters.
"""

import argparse
import random
import subprocess
import sys
import time

from .measure import PORT, ROOT, Client, Table, in_threads, on_each_database, percentile, prepared

SEED = 20260101
WORDS = [
    "灌溉水渠漏水",
    "路灯坏了",
    "垃圾没人清",
    "租金没付清",
    "卫生室缺药",
    "公交班次太少",
    "房产证办不下来",
    "学校没有食堂",
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench deliberation", description=__doc__)
    parser.add_argument("--worries", type=int, default=100_000)
    parser.add_argument("--matters", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=4_000)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    if given.database:
        return one_database(given)
    return on_each_database("deliberation")


def one_database(given: argparse.Namespace) -> int:
    prepared(given)
    table = Table()
    table.note(f"\n== {given.database}: {given.worries:,} worries, {given.matters:,} matters, seed {SEED}")
    province = Province(given, table)
    province.build()
    entries_per_second(given, table)
    server = serve()
    try:
        pages(province, table)
        desk_cost(province, table)
        stances(given, province, table)
    finally:
        server.terminate()
        server.wait(20)
    return table.missed


class Province:
    """A province with bodies in every county, worries and matters, made by the services."""

    def __init__(self, given: argparse.Namespace, table: Table):
        self.given, self.table, self.random = given, table, random.Random(SEED)

    def build(self) -> None:
        from yishi.database.reach import everything
        from yishi.organisations.grants import system
        from yishi.organisations.models import Installation, Place

        self.system = system()
        start = time.perf_counter()
        with everything():
            self._places()
            self.table.add("16,495 places loaded", f"{time.perf_counter() - start:.1f} s", "seconds")
            Installation.objects.create(home_place=Place.objects.get(code="53"), site_name="bench")
            self._bodies()
            self._people()
            self._worries()
            self._matters()

    def _places(self) -> None:
        from yishi.organisations.services.places import place_load

        place_load(ROOT / "yishi" / "organisations" / "data" / "places-yunnan.csv.xz", actor=self.system)

    def _bodies(self) -> None:
        from yishi.organisations.models import Body, Place
        from yishi.organisations.services.bodies import body_register

        def register(kind: str, name: str, place: Place) -> Body:
            receipt = body_register(actor=self.system, kind=kind, name=name, place=place)
            return Body.objects.get(pk=receipt.result["body"])

        self.offices = {}
        for place in Place.objects.filter(level__in=["province", "prefecture", "county"]).order_by("lo"):
            self.offices[place.pk] = register("office", f"{place.name}政协办公室（演示）", place)
            if place.level == "county":
                register("department", f"{place.name}某局（演示）", place)
                register("party", f"中共{place.name}委（演示）", place)

    def _people(self) -> None:
        from yishi.organisations.models import Place
        from yishi.organisations.services.bodies import post_give
        from yishi.people.models import Account, Person

        self.clerks = {}
        for code in ("53", "532323"):
            person = Person.objects.create(name=f"演示{code}")
            self.clerks[code] = Account.objects.create(username=f"clerk{code}", person=person, password="!")
            office = self.offices[Place.objects.get(code=code).pk]
            post_give(actor=self.system, person=person, body=office, role="clerk", title="经办")

    def _worries(self) -> None:
        from django.db import transaction

        from yishi.deliberation.services.worries import worry_file
        from yishi.organisations.models import Place
        from yishi.organisations.themes import themes

        villages = list(Place.objects.filter(level="village").select_related("parent__parent__parent"))
        kinds = [theme.code for theme in themes().values() if not theme.sensitive]
        start = time.perf_counter()
        self.worry_ids = []
        for batch in range(0, self.given.worries, 500):
            with transaction.atomic():
                for number in range(batch, min(batch + 500, self.given.worries)):
                    receipt = worry_file(
                        actor=self.system,
                        text=f"{self.random.choice(WORDS)}，第{number}件",
                        theme=self.random.choice(kinds),
                        place=self.random.choice(villages),
                        channel="page",
                    )
                    self.worry_ids.append(receipt.result["worry"])
        took = time.perf_counter() - start
        self.table.add(f"{self.given.worries:,} worries raised (batches of 500)", f"{self.given.worries / took:.0f}/s")

    def _matters(self) -> None:
        from django.db import transaction

        from yishi.deliberation.models import Worry
        from yishi.deliberation.services.matters import matter_open
        from yishi.deliberation.services.processes import process_shipped

        models = [process_shipped(code) for code in ("five_links", "courtyard", "qr")]
        chosen = self.random.sample(self.worry_ids, min(self.given.matters, len(self.worry_ids)))
        start = time.perf_counter()
        for batch in range(0, len(chosen), 200):
            with transaction.atomic():
                rows = Worry.within.select_related("place", "convener", "raiser")
                for worry in rows.filter(pk__in=chosen[batch : batch + 200]):
                    matter_open(
                        actor=self.system,
                        title=worry.text[:40],
                        summary=worry.text,
                        theme=worry.theme,
                        place=worry.place,
                        convener=worry.convener,
                        process=self.random.choice(models),
                        worries=[worry],
                    )
        took = time.perf_counter() - start
        self.table.add(f"{len(chosen):,} matters opened (batches of 200)", f"{len(chosen) / took:.0f}/s")


def entries_per_second(given: argparse.Namespace, table: Table) -> None:
    """The journal alone: acts of one entry each, a transaction each, eight writers."""
    from django.db import connection

    from yishi.journal.act import SYSTEM, act
    from yishi.kit.ids import uuid7

    def write(count: int) -> None:
        for _ in range(count):
            identity = uuid7()
            with act("bench.thing.do", actor=SYSTEM, act_id=identity, body={"n": 1}) as this:
                this.entry(subject=("thing", identity), quantities={"things": 1})
        connection.close()

    start = time.perf_counter()
    in_threads(write, [given.entries // 8] * 8, 8)
    rate = given.entries / (time.perf_counter() - start)
    must = rate >= 500 if given.database == "postgresql" else None
    table.add("journal, 8 writers, a transaction each", f"{rate:.0f} entries/s", "≥ 500 (PG)", reached=must)


def serve(workers: int = 2) -> subprocess.Popen[bytes]:
    from tools import serve as house

    server = house.start_web("127.0.0.1", PORT, workers)
    for _ in range(100):
        try:
            Client(f"http://127.0.0.1:{PORT}").get("/privacy/")
            return server
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def signed_in(account: object) -> Client:
    """A browser in which `account` is signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    cookies = {settings.SESSION_COOKIE_NAME: str(session.session_key)}
    return Client(f"http://127.0.0.1:{PORT}", cookies, settings.CSRF_COOKIE_NAME)


def pages(province: Province, table: Table) -> None:
    """p95 of the pages that the targets name, as the province's clerk; then queries per page."""
    from yishi.organisations.models import Place

    client = signed_in(province.clerks["53"])
    county = signed_in(province.clerks["532323"])
    home = Place.objects.get(code="53")
    plan = [
        ("list of matters", client, lambda n: f"/desk/matters/?page={n % 40 + 1}", 200),
        ("list of matters, filtered", client, lambda n: f"/desk/matters/?state=open&page={n % 20 + 1}", 200),
        ("overview of the province", client, lambda n: f"/desk/overview/{home.pk}/", 300),
        ("list of worries", client, lambda n: f"/desk/worries/?page={n % 40 + 1}", 200),
        ("desk of a county", county, lambda n: "/desk/", 300),
    ]
    for name, who, path, limit in plan:
        times = []
        for number in range(60):
            status, _body, seconds = who.get(path(number))
            if status != 200:
                table.add(name, f"status {status}", reached=False)
                break
            times.append(seconds * 1000)
        else:
            p95 = percentile(times[5:], 0.95)
            shown = f"{percentile(times[5:], 0.5):.0f} / {p95:.0f} ms"
            table.add(f"{name}: p50 / p95", shown, f"p95 ≤ {limit} ms", reached=p95 <= limit)
    queries_per_page(province, table, [("matters", "/desk/matters/"), ("overview", f"/desk/overview/{home.pk}/")])


def queries_per_page(province: Province, table: Table, paths: list[tuple[str, str]]) -> None:
    from django.conf import settings
    from django.db import connection
    from django.test import Client as TestClient
    from django.test.utils import CaptureQueriesContext

    settings.ALLOWED_HOSTS = ["*"]
    client = TestClient()
    client.force_login(province.clerks["53"], backend="allauth.account.auth_backends.AuthenticationBackend")
    for name, path in [*paths, ("worries", "/desk/worries/"), ("promises", "/desk/commitments/"), ("desk", "/desk/")]:
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(path)
        table.add(f"queries, page of {name}", str(len(caught)), "≤ 15", reached=len(caught) <= 15)


def desk_cost(province: Province, table: Table) -> None:
    """The desk against the list of matters in the same run, by processor time, where one office convenes them all.

    A list of matters costs what a page of one table costs on this machine; the desk asks twenty kinds of file.
    """
    import statistics

    from django.db import connection
    from django.test import Client as TestClient
    from django.test.utils import CaptureQueriesContext

    from yishi.deliberation.models import Matter
    from yishi.organisations.models import Place

    county = Place.objects.get(code="532323")
    village = Place.objects.filter(level="village", lo__gte=county.lo, lo__lte=county.hi).first()
    Matter.within.update(convener=province.offices[county.pk], place=village)
    client = TestClient()
    client.force_login(province.clerks["532323"], backend="allauth.account.auth_backends.AuthenticationBackend")
    times: dict[str, list[float]] = {"/desk/matters/": [], "/desk/": []}
    for _ in range(12):
        for path, taken in times.items():
            start = time.process_time()
            client.get(path)
            taken.append(time.process_time() - start)
    listed, desk = (statistics.median(taken[2:]) * 1000 for taken in times.values())
    with CaptureQueriesContext(connection) as caught:
        client.get("/desk/")
    table.add("queries, desk of an office with all matters", str(len(caught)), "≤ 10", reached=len(caught) <= 10)
    table.add("list of matters, processor time", f"{listed:.0f} ms")
    share = f"{desk:.0f} ms, {desk / listed:.1f} ×"
    table.add("desk, processor time", share, "≤ 1.5 × the list", reached=desk <= 1.5 * listed)


def stances(given: argparse.Namespace, province: Province, table: Table) -> None:
    """A room of hundreds: everybody gives a stance on one statement over HTTP within ten seconds."""
    from yishi.deliberation.models import Stance

    from .room import make_room

    room = make_room(province.system, province, given.people)
    clients = [signed_in(account) for account in room.accounts]
    errors: list[int] = []

    def speak(number: int) -> float:
        value = ("agree", "object", "pass")[number % 3]
        status, _body, seconds = clients[number].post(room.path, room.fields(number, value))
        if status not in (200, 302):
            errors.append(status)
        return seconds

    start = time.perf_counter()
    times = in_threads(speak, range(given.people), 16)
    took = time.perf_counter() - start
    table.add(f"{given.people} stances over HTTP", f"{took:.1f} s", "≤ 10 s", reached=took <= 10)
    table.add("  errors", str(len(errors)), "0", reached=not errors)
    table.add("  one stance, p95", f"{percentile([float(t) for t in times], 0.95) * 1000:.0f} ms")
    start = time.perf_counter()
    status, body, _seconds = room.chair.get(room.state_path)
    waited = time.perf_counter() - start
    counted = Stance.objects.filter(statement=room.statement).count()
    right = status == 200 and counted == given.people and room.reads(body) == given.people
    table.add("  counted", f"{counted}", f"{given.people}", reached=counted == given.people)
    table.add("  the chair's count right after", f"{waited:.2f} s", "≤ 2 s", reached=right and waited <= 2)


if __name__ == "__main__":
    sys.exit(main())
