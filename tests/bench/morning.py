"""`./run bench morning [--seconds N] [--clients N] [--keep FOLDER] [--database sqlite|postgresql]`

A province at nine in the morning: clients that pause some seconds between pages, over HTTP, with rights and scopes on,
beside the job of the figures. The generator runs on the same machine and takes its share of the processor.
"""

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from yishi.kit.ids import uuid7

from .assistance import SEED, build, folding, found
from .deliberation import Province, serve, signed_in
from .measure import PORT, ROOT, Client, Table, on_each_database, percentile, prepared

PAUSE = 3.0  # seconds on average between a page and the next
MIX = {"home": 40, "list": 25, "file": 15, "figure": 10, "record": 10}  # of a hundred pages
CLERKS = 40  # counties whose office has somebody at a desk
WARM = 20.0  # seconds before pages are counted


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench morning", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--members", type=int, default=30_182)
    parser.add_argument("--households", type=int, default=200_000)
    parser.add_argument("--deeds", type=int, default=1_000_000)
    parser.add_argument("--matters", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=0, help="web processes; 0: as ./run starts them")
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parser.add_argument("--keep", help="a folder: the province is made there once and found again (as by assistance)")
    parser.add_argument("--plan", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.plan:
        return generate(given)
    if given.database:
        return one_database(given)
    return on_each_database("morning")


def one_database(given: argparse.Namespace) -> int:
    folder = prepared(given)
    from django.conf import settings

    table = Table()
    from yishi.database.reach import everything

    workers = given.workers or settings.ENV["workers"]
    with everything():
        made = found() or build(given, table)
        matters_make(given, table)
        table.note(
            f"\n== {given.database}, {workers} web processes: {given.members:,} members, {given.households:,} "
            f"households, {given.deeds:,} deeds, {given.matters:,} matters, seed {SEED}"
        )
        plan = folder / "plan.json"
        plan.write_text(json.dumps(planned(given, made)), "utf-8")
        server, stop = serve(workers), folding()
        try:
            measured(given, table, plan, server, made)
        finally:
            stop.set()
            server.terminate()
            server.wait(20)
    return table.missed


def matters_make(given: argparse.Namespace, table: Table) -> None:
    """Worries that became matters, where the province has none yet, and somebody at the desk of many offices."""
    from yishi.deliberation.models import Matter
    from yishi.organisations.grants import system
    from yishi.organisations.models import Body
    from yishi.organisations.services.bodies import post_give
    from yishi.people.models import Account, Person

    if Matter.within.exists():
        return
    province = Province(argparse.Namespace(worries=given.matters * 2, matters=given.matters), table)
    province.system = system()
    province._worries()
    province._matters()
    offices = Body.objects.filter(kind="office", place__level="county").order_by("place__lo")
    for office in offices[:CLERKS]:
        person = Person.objects.create(name=f"演示干事{office.place.code}")
        Account.objects.create(username=f"desk{office.place.code}", person=person, password="!")
        post_give(actor=province.system, person=person, body=office, role="clerk", title="经办")


def planned(given: argparse.Namespace, made: Any) -> dict[str, Any]:
    """What each client does: its cookies, and the addresses that it asks for by kind. Half of them are members."""
    from yishi.assistance.deeds.models import DeedParty
    from yishi.assistance.register.models import Household
    from yishi.deliberation.models import Matter, Worry
    from yishi.organisations.models import Body, Place
    from yishi.people.models import Account

    chance = random.Random(SEED)
    clerks = list(Account.objects.filter(username__startswith="desk").select_related("person").order_by("username"))
    villages = [one.place for one in made.households[:2000] if one.place_id != made.households[-1].place_id]
    items = [made.items[name] for name in ("training", "suggestion", "clinic")]
    own: dict[Any, list[Any]] = {}
    members = {account.person_id for account in made.accounts}
    for pk, person in DeedParty.objects.filter(person__in=members).values_list("deed", "person")[:4000]:
        own.setdefault(person, []).append(pk)
    clients = []
    for number in range(given.clients):
        account = chance.choice(clerks) if number % 2 else made.accounts[number // 2 % len(made.accounts)]
        asked: dict[str, list[str]] = {
            "home": ["/desk/", "/desk/helping/"],
            "list": ["/desk/deeds/", "/desk/activities/", "/desk/campaigns/", "/desk/proposals/"],
            "file": [f"/desk/deeds/{pk}/" for pk in own.get(account.person_id, [])],
            "figure": ["/desk/figures/"],
        }
        if number % 2:
            county = Body.objects.get(kind="office", place__code=account.username[4:]).place
            inside = {"place__lo__gte": county.lo, "place__lo__lte": county.hi}
            asked["home"] = ["/desk/"]
            asked["list"] = [f"/desk/{name}/" for name in ("matters", "worries", "commitments", "households", "deeds")]
            asked["file"] = [
                *(f"/desk/matters/{pk}/" for pk in Matter.within.filter(**inside).values_list("pk", flat=True)[:20]),
                *(f"/desk/worries/{pk}/" for pk in Worry.within.filter(**inside).values_list("pk", flat=True)[:20]),
                *(
                    f"/desk/households/{pk}/"
                    for pk in Household.within.filter(**inside).values_list("pk", flat=True)[:40]
                ),
            ]
            near = Place.objects.filter(lo__gte=county.lo, lo__lte=county.hi, level__in=["county", "township"])
            asked["figure"] = [f"/desk/figures/place/{pk}/" for pk in near.values_list("pk", flat=True)]
        clients.append(
            {
                "cookies": signed_in(account).cookies,
                "asked": asked,
                "items": [str(item.pk) for item in items],
                "places": [[village.full_name, str(village.pk)] for village in chance.sample(villages, 20)],
            }
        )
    return {"clients": clients, "seed": SEED}


def measured(given: argparse.Namespace, table: Table, plan: Path, server: "subprocess.Popen[bytes]", made: Any) -> None:
    """Run the generator, watch memory and processor, and ask meanwhile how long a deed takes to its figure."""
    from yishi.people.models import Account

    watch = Watch(server.pid, given.database)
    words = [sys.executable, "-m", "tests.bench.morning", "--plan", str(plan), "--seconds", str(given.seconds)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    answers = plan.with_name("seen.json")  # a file: a pipe that nobody reads meanwhile is full at 64 KiB
    generator = subprocess.Popen(words, cwd=ROOT, env=env, stdout=answers.open("wb"))
    waits: list[float] = []
    seen = threading.Thread(target=watch.run, daemon=True)
    seen.start()
    time.sleep(WARM)
    member, clerk = signed_in(made.accounts[-1]), signed_in(Account.objects.get(username="clerk53"))
    place, item = made.households[-1].place, made.items["training"]
    while generator.poll() is None:
        waits.append(to_figure(member, clerk, item, place))
        try:
            generator.wait(15)
        except subprocess.TimeoutExpired:
            continue
    watch.stop.set()
    seen.join()
    said = json.loads(answers.read_bytes())
    per_second = said["pages"] / said["seconds"]
    table.add("pages answered", f"{per_second:.1f}/s", ">= 50/s", reached=per_second >= 50)
    p95 = 1000 * percentile(said["times"], 0.95)
    shown = f"{1000 * percentile(said['times'], 0.5):.0f} / {p95:.0f} ms"
    table.add("any page: p50 / p95", shown, "p95 <= 500 ms", reached=p95 <= 500)
    for kind, times in said["kinds"].items():
        shown = f"{1000 * percentile(times, 0.5):.0f} / {1000 * percentile(times, 0.95):.0f} ms"
        table.add(f"  {kind} ({len(times)}): p50 / p95", shown)
    errors = sum(said["errors"].values())
    table.add("errors", str(said["errors"] or 0), "0", reached=not errors)
    table.add("memory, web + database (PSS)", f"{watch.most / 2**20:.0f} MB", "<= 2 GB", reached=watch.most <= 2**31)
    used = watch.used / watch.seconds
    table.add("processor, web + database", f"{used:.2f} cores, {1000 * used / per_second:.1f} ms a page")
    table.add("deed to figure under load, slowest", f"{max(waits):.2f} s", "<= 2 s", reached=max(waits) <= 2)


def to_figure(member: Client, clerk: Client, item: Any, place: Any) -> float:
    """Seconds from the answer to a deed until the numbers of its village, in which nobody else records, have it."""
    address = f"/desk/figures/place/{place.pk}/numbers/"
    before = json.loads(clerk.get(address)[1])["deeds"]
    status, _body, _seconds = member.post(f"/desk/deeds/new/{item.pk}/", fields(place.full_name, str(place.pk), 7))
    begun = time.perf_counter()
    while status == 302 and time.perf_counter() - begun < 20:
        if json.loads(clerk.get(address)[1])["deeds"] != before:
            return time.perf_counter() - begun
        time.sleep(0.05)
    return 20.0


def fields(place: str, pk: str, unnamed: int) -> dict[str, str]:
    """A deed as a member's form sends it."""
    return {
        "act_id": str(uuid7()),
        "amount": "1",
        "unnamed": str(5 + unnamed),
        "place": place,
        "place_id": pk,
        "on": datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat(),
        "doer": "me",
        "role": "lead",
    }


class Watch:
    """Memory (proportional share, so that what is mapped by several counts once) and processor of the served system."""

    def __init__(self, web: int, database: str):
        self.web, self.database, self.stop = web, database, threading.Event()
        self.most = 0
        self.used = self.seconds = 0.0

    def run(self) -> None:
        begun, first = time.perf_counter(), self._ticks()
        while not self.stop.wait(2):
            self.most = max(self.most, sum(self._memory(pid) for pid in self._pids()))
            self.used, self.seconds = (self._ticks() - first) / os.sysconf("SC_CLK_TCK"), time.perf_counter() - begun

    def _pids(self) -> list[int]:
        """The web server with its children, and every process of PostgreSQL where that is the database."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                words = (path / "stat").read_text().rpartition(")")
            except OSError:
                continue
            name, parent, pid = words[0].partition("(")[2], int(words[2].split()[1]), int(path.name)
            if pid == self.web or parent == self.web or (self.database == "postgresql" and name == "postgres"):
                found.append(pid)
        return found

    def _memory(self, pid: int) -> int:
        try:
            rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            return 0
        return sum(1024 * int(row.split()[1]) for row in rows if row.startswith("Pss:"))

    def _ticks(self) -> int:
        total = 0
        for pid in self._pids():
            try:
                words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            total += int(words[11]) + int(words[12])
        return total


def generate(given: argparse.Namespace) -> int:
    """The clients of a plan, a thread each; prints what they saw as JSON."""
    plan = json.loads(Path(given.plan).read_text("utf-8"))
    end, begun = time.perf_counter() + given.seconds + WARM, time.perf_counter() + WARM
    kinds: dict[str, list[float]] = {kind: [] for kind in MIX}
    errors: Counter[str] = Counter()

    def live(number: int) -> None:
        one, chance = plan["clients"][number], random.Random(f"{plan['seed']} {number}")
        client = Client(f"http://127.0.0.1:{PORT}", one["cookies"], csrf_cookie="yishi-csrf")
        time.sleep(chance.random() * PAUSE)
        while time.perf_counter() < end:
            kind = chance.choices(list(MIX), list(MIX.values()))[0]
            is_member = number % 2 == 0
            if kind == "record" and not is_member:
                kind = "list"
            try:
                status, address, seconds = ask(client, kind, one, chance)
            except (OSError, http.client.HTTPException) as error:
                status, address, seconds = 0, repr(error), 0.0
            if time.perf_counter() > begun:
                kinds[kind].append(seconds)
                if status not in (200, 302):
                    errors[f"{status} {address}"] += 1
            time.sleep(chance.expovariate(1 / PAUSE))

    threads = [threading.Thread(target=live, args=(number,)) for number in range(len(plan["clients"]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [seconds for rows in kinds.values() for seconds in rows]
    said = {"pages": len(times), "seconds": given.seconds, "times": times, "kinds": kinds, "errors": dict(errors)}
    print(json.dumps(said))
    return 0


def ask(client: Client, kind: str, one: dict[str, Any], chance: random.Random) -> tuple[int, str, float]:
    """(status, address, seconds) of one page of a kind; a recorded deed is one page with the one that it leads to."""
    if kind != "record":
        address = chance.choice(one["asked"][kind] or one["asked"]["home"])
        status, _body, seconds = client.get(address)
        is_signed_out = status == 302 and "login" in client.location  # quick, and no page
        return 401 if is_signed_out else status, address, seconds
    address, (name, pk) = f"/desk/deeds/new/{chance.choice(one['items'])}/", chance.choice(one["places"])
    status, _body, seconds = client.post(address, fields(name, pk, chance.randrange(50)))
    if status != 302:
        return status or 1, f"POST {address}", seconds
    status, _body, more = client.get(client.location)
    return status, client.location, seconds + more


if __name__ == "__main__":
    raise SystemExit(main())
