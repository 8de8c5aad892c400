"""`./run bench import [--rows 100000] [--database sqlite|postgresql]`: a county's households from one workbook.

The workbook is sent, staged and checked; its writing is killed half-way and goes on; while it is written and switched
on, another process records deeds as phones do. Then the same file again, one in which every tenth row has changed,
one of the next year, one with 1,000 bad rows; and a workbook of deeds.
"""

import argparse
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from .measure import ROOT, Table, on_each_database, prepared

BAD = 1_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench import", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parser.add_argument("--phone", metavar="FILE", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.phone:
        return phone(Path(given.phone))
    if given.database:
        return one_database(given)
    return on_each_database("import")


def one_database(given: argparse.Namespace) -> int:
    folder = prepared(given)
    table = Table()
    table.note(f"\n== {given.database}: a workbook of {given.rows:,} rows")
    County(given.rows, table, Path(folder)).run()
    return table.missed


class County:
    def __init__(self, rows: int, table: Table, folder: Path):
        self.families, self.table, self.folder = rows // 4, table, folder

    def run(self) -> None:
        from yishi.database.reach import everything

        with everything():
            self.build()
            self.good()
            self.again()
            self.changed("every tenth row changed", every=10)
            self.changed("every row of the next year", every=1, year=2021)
            self.bad()
            self.deeds()

    def build(self) -> None:
        from yishi.organisations.grants import system
        from yishi.organisations.models import Body, Installation, Place
        from yishi.organisations.services.bodies import body_register, post_give
        from yishi.organisations.services.places import place_load
        from yishi.people.models import Person

        place_load(ROOT / "yishi" / "organisations" / "data" / "places-yunnan.csv.xz", actor=system())
        county = Place.objects.get(code="532323")
        Installation.objects.create(home_place=county, site_name="bench")
        made = body_register(actor=system(), kind="office", name="牟定县政协办公室（演示）", place=county)
        self.office = Body.objects.get(pk=made.result["body"])
        self.person = Person.objects.create(name="演示县办")
        post_give(actor=system(), person=self.person, body=self.office, role="clerk", title="经办")
        rows = Place.objects.filter(level="village", lo__gte=county.lo, lo__lte=county.hi).select_related("parent")
        self.villages = list(rows)
        deeds_begin(self.viewer, self.office)

    @property
    def viewer(self):
        from yishi.organisations.grants import viewer_of

        return viewer_of(self.person)

    def workbook(self, start: int = 0, families: int = 0, bad: int = 0, every: int = 0) -> bytes:
        from tests.assistance.importing import families as made
        from tests.assistance.importing import workbook

        rows = made(families or self.families, start=start)
        for place, row in enumerate(rows):
            village = self.villages[place // 4 % len(self.villages)]
            row["乡"], row["村"] = village.parent.name, village.name
            row["村编码"] = village.code
        for row in rows[::every] if every else ():
            row["文化程度"] = "高中"
            if row["与户主关系"] == "户主":
                row["工资性收入"] += 100
                row["纯收入（元）"] += 100
        for number in range(bad):
            row = rows[number * (len(rows) // bad)]
            row["证件号码"] = row["证件号码"][:17]
        return workbook(rows)

    def deeds(self) -> None:
        """A prefecture's workbook of deeds, half as many as the rows: each reaches a household of its village."""
        from yishi.assistance.deeds.models import Deed
        from yishi.assistance.imports.services.deed_kind import most_deeds
        from yishi.assistance.imports.services.publish import import_publish, import_undo

        data, count = self.deed_workbook(min(most_deeds(), self.families * 2))
        key = self.send(data, kind="deeds")
        took, memory = self.work("deeds")
        one = fetch(key)
        self.table.add(
            f"{count:,} deeds staged, checked", f"{took:.1f} s", reached=(one.state, one.new) == ("ready", count)
        )
        self.table.add("  processor time of it", f"{self.cpu:.1f} s")
        self.table.add("  peak of the process", f"{memory:.0f} MB", "≤ 500 MB", reached=memory <= 500)
        phones, log = self.phones_begin("phone-deeds")
        import_publish(actor=self.viewer, sent=one)
        began = time.perf_counter()
        self.kill_half_way(key, count // 2)
        seen = Deed.within.filter(words__startswith="甲").count()
        self.table.add("killed half-way: to be seen of it", f"{seen} deeds", "0", reached=seen == 0)
        took, memory = self.work("deeds-published")
        seen, total = Deed.within.filter(words__startswith="甲").count(), time.perf_counter() - began
        self.table.add("  the next process goes on: deeds", f"{seen:,}", f"{count:,}", reached=seen == count)
        self.table.add("  written, switched on, compared", f"{total:.1f} s", reached=fetch(key).state == "published")
        self.table.add("  processor time after the kill", f"{self.cpu:.1f} s")
        self.table.add("  peak of the process", f"{memory:.0f} MB", "≤ 500 MB", reached=memory <= 500)
        self.phones_end(phones, log)
        again = fetch(self.send(data, kind="deeds"))
        self.work("deeds-again")
        again = fetch(again.pk)
        self.table.add("  the same file again: new, same", f"{again.new}, {again.same:,}", f"0, {count:,}",
                       reached=(again.new, again.same) == (0, count))  # fmt: skip
        phones, log = self.phones_begin("phone-undo")
        began = time.perf_counter()
        import_undo(actor=self.viewer, sent=fetch(key))
        took = time.perf_counter() - began
        left = Deed.within.filter(words__startswith="甲", state="counted").count()
        self.table.add("  undone as a whole", f"{took:.1f} s, {left} left", reached=left == 0)
        self.phones_end(phones, log, is_published=False)

    def deed_workbook(self, count: int) -> tuple[bytes, int]:
        from datetime import timedelta

        from django.utils import timezone

        from yishi.formats.sheets import write_sheet

        today, rows = timezone.localdate(), []
        days = (today - today.replace(month=1, day=1)).days + 1
        for number in range(count):
            family = number % self.families
            village = self.villages[family % len(self.villages)]
            day = today - timedelta(days=number * 7 % days)
            rows.append(
                ["办实事", day.isoformat(), village.code, 1 + number % 9, "件", f"532323{family:010d}", f"甲{number}"]
            )
        headings = ["活动项", "日期", "村编码", "数量", "单位", "受益户编号", "内容"]
        return write_sheet(rows, headings, "实绩"), count

    def send(self, data: bytes, year: int = 2020, kind: str = "households") -> str:
        from yishi.assistance.imports.services.imports import import_send

        receipt = import_send(
            actor=self.viewer, body=self.office, kind=kind, data=data, filename="农户.xlsx", year=year
        )
        return receipt.result["import"]

    def work(self, name: str) -> tuple[float, float]:
        """A worker of its own until nothing waits: (seconds, MB at its highest)."""
        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        self.said = self.folder / f"{name}.log"
        with self.said.open("wb") as out:
            worker = start_worker(out)
        highest = 0.0
        while worker.poll() is None:
            highest = max(highest, peak(worker.pid))
            time.sleep(0.05)
        assert worker.returncode == 0, name
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return time.perf_counter() - began, highest

    def good(self) -> None:
        from yishi.assistance.imports.services.publish import import_publish
        from yishi.assistance.register.models import Household

        self.data = self.workbook()
        began = time.perf_counter()
        key = self.send(self.data)
        sent = time.perf_counter() - began
        took, memory = self.work("check")
        one = fetch(key)
        assert one.state == "ready", (one.state, one.refused, one.notes)
        self.table.add(f"sent ({len(self.data) / 1e6:.1f} MB), staged, checked", f"{sent + took:.1f} s", "≤ 60 s",
                       reached=sent + took <= 60)  # fmt: skip
        self.table.add("  processor time of it", f"{self.cpu:.1f} s")
        self.table.add("  peak of the process", f"{memory:.0f} MB", "≤ 500 MB", reached=memory <= 500)
        phones, log = self.phones_begin("phone")
        import_publish(actor=self.viewer, sent=one)
        began = time.perf_counter()
        self.kill_half_way(key, self.families // 2)
        seen = Household.within.count()
        self.table.add("killed half-way: to be seen of it", f"{seen} households", "0", reached=seen == 0)
        took, memory = self.work("write")
        total = time.perf_counter() - began
        seen = Household.within.count()
        right = fetch(key).state == "published" and seen == self.families
        self.table.add("  the next process goes on: households", f"{seen:,}", f"{self.families:,}", reached=right)
        self.table.add("written and switched on", f"{total:.1f} s", "≤ 300 s", reached=total <= 300)
        self.table.add("  processor time after the kill", f"{self.cpu:.1f} s")
        self.table.add("  peak of the process", f"{memory:.0f} MB", "≤ 500 MB", reached=memory <= 500)
        self.phones_end(phones, log)

    def phones_begin(self, name: str) -> "tuple[subprocess.Popen[bytes], Path]":
        """Another process that records deeds; a line in the file says how long each took."""
        log = self.folder / name
        words = [sys.executable, "-m", "tests.bench.import", "--phone", str(log)]
        phones = subprocess.Popen(words, cwd=ROOT)
        while not log.exists() or not log.stat().st_size:
            time.sleep(0.1)
        return phones, log

    def phones_end(self, phones: "subprocess.Popen[bytes]", log: Path, is_published: bool = True) -> None:
        time.sleep(0.5)
        phones.send_signal(signal.SIGTERM)
        phones.wait(20)
        if is_published:
            published = re.findall(r"published in ([0-9.]+) s", self.said.read_text("utf-8"))
            self.table.add("  the transaction that publishes it", f"{published[-1]} s" if published else "not seen")
        waits = sorted(float(line) for line in log.read_text().split())
        self.table.add("  slowest deed of a phone meanwhile", f"{waits[-1]:.2f} s", "≤ 2 s", reached=waits[-1] <= 2)
        self.table.add(
            "  deeds meanwhile, half of them within", f"{len(waits)}, {waits[len(waits) // 2] * 1000:.0f} ms"
        )

    def changed(self, name: str, *, every: int, year: int = 2020) -> None:
        """A workbook that changes known households, while phones record deeds."""
        from yishi.assistance.imports.services.publish import import_publish

        key = self.send(self.workbook(every=every), year)
        self.work("check")
        one = fetch(key)
        self.table.add(f"{name}: households changed", f"{one.changed:,}", reached=one.state == "ready" and not one.new)
        self.table.add("  processor time of reading and checking", f"{self.cpu:.1f} s")
        phones, log = self.phones_begin(f"phone{every}")
        import_publish(actor=self.viewer, sent=one)
        took, memory = self.work(f"changes{every}")
        self.table.add("  published", f"{took:.1f} s", reached=fetch(key).state == "published")
        self.table.add("  peak of the process", f"{memory:.0f} MB", "≤ 500 MB", reached=memory <= 500)
        self.phones_end(phones, log)

    def kill_half_way(self, key: str, half: int) -> None:
        from yishi.assistance.imports.models import Import

        worker = start_worker()
        while fetch(key).done < half:
            assert worker.poll() is None
            time.sleep(0.05)
        worker.kill()
        worker.wait()
        Import.within.filter(pk=key).update(held_until=None)  # it would let go within a minute

    def again(self) -> None:
        key = self.send(self.data)
        took, _memory = self.work("again")
        one = fetch(key)
        right = (one.new, one.changed, one.same, one.bad) == (0, 0, self.families, 0)
        self.table.add(f"the same file again ({took:.1f} s): new, changed", f"{one.new}, {one.changed}", "0, 0",
                       reached=right)  # fmt: skip

    def bad(self) -> None:
        from yishi.assistance.register.models import Household

        before = Household.arriving_too.count()
        key = self.send(self.workbook(start=10_000_000, bad=min(BAD, self.families // 2)))
        self.work("bad")
        one = fetch(key)
        from tests.assistance.importing import faults

        found = len(faults(one))
        right = one.state == "faulty" and found == min(BAD, self.families // 2)
        right = right and Household.arriving_too.count() == before
        wanted = min(BAD, self.families // 2)
        self.table.add(f"with {wanted:,} bad rows: written, reasons", f"0, {found:,}", f"0, {wanted:,}", reached=right)


def fetch(key: str):
    from yishi.assistance.imports.models import Import

    return Import.within.select_related("place", "body").get(pk=key)


def start_worker(out: Any = None) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "yishi.cli", "imports"], cwd=ROOT, stdout=out, stderr=out)


def peak(pid: int) -> float:
    """The highest memory of a process, in MB."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmHWM")), 0.0)


def deeds_begin(viewer, office) -> None:
    """A campaign with one item."""
    from django.utils import timezone

    from yishi.assistance.campaign.models import Campaign
    from yishi.assistance.campaign.services.campaigns import campaign_open, direction_add, item_add

    day = timezone.localdate().replace(month=1, day=1)
    made = campaign_open(actor=viewer, owner=office, code="bench", name="测试", starts_on=day)
    campaign = Campaign.objects.get(pk=made.result["campaign"])
    direction_add(actor=viewer, campaign=campaign, code="all", name="全部")
    item_add(actor=viewer, campaign=campaign, direction=campaign.directions.get(), name="办实事", unit="件")


def phone(log: Path) -> int:
    """Record a deed a few times a second until stopped; how long each took goes into `log`."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "yishi.config.settings"
    import django

    django.setup()
    from decimal import Decimal

    from django.utils import timezone

    from yishi.assistance.campaign.models import CatalogueItem
    from yishi.assistance.deeds.services.deeds import deed_record
    from yishi.assistance.deeds.services.standing import Part
    from yishi.database.reach import everything
    from yishi.organisations.grants import viewer_of
    from yishi.people.models import Person

    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    with everything(), log.open("w") as out:
        person = Person.objects.get(name="演示县办")
        viewer = viewer_of(person)
        item = CatalogueItem.objects.select_related("campaign").get()
        place = viewer.posts[0].body.place
        number = 0
        while not stopped:
            number += 1
            began = time.perf_counter()
            deed_record(
                actor=viewer, item=item, place=place, on=timezone.localdate(), amount=Decimal(number),
                parties=[Part(person)], words=f"第{number}件",
            )  # fmt: skip
            out.write(f"{time.perf_counter() - began:.3f}\n")
            out.flush()
            time.sleep(0.2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
