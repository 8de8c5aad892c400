"""Figures alone, in process: how long one takes beside DuckDB on the same rows, what processes hold, how a start goes,
and what a rebuild asks of those who record meanwhile."""

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from .assistance_peers import environment_with_duckdb
from .measure import Table, percentile

ROOT = Path(__file__).resolve().parents[2]
SEED = 20180302
COUNT, PROCESSES = 60, 4
DIMENSIONS = ("item", "direction", "body", "sector", "phase", "place_set")

A_PROCESS = """
import json, sys, time
from datetime import date
from pathlib import Path
import django
django.setup()
from yishi.reporting.columns import Asked, Window
from yishi.organisations.models import Place
from yishi.reporting import book, figures

def private():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))

place = Place.objects.get(code="53")
before, begun, processor = private(), time.perf_counter(), time.process_time()
first = figures.ask(figures.Question(place, date(2018, 1, 1), date(2020, 12, 31)))
took = time.perf_counter() - begun, time.process_time() - processor
for said in json.loads(Path(sys.argv[1]).read_text()):
    windows = {name: said[name] and tuple(Window(**each) for each in said[name]) for name in ("windows", "places")}
    items = None if said["items"] is None else frozenset(said["items"])
    book.still().series[0].figure(Asked(**{**said, **windows, "items": items}))
print(json.dumps([took, private() - before, first.deeds]), flush=True)
sys.stdin.read()
"""

A_WRITER = """
import select, sys, time
import django
django.setup()
from yishi.organisations.models import Numbering
longest, last = 0.0, "bench/waits"
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0.02)[0]:
    begun = time.perf_counter()
    Numbering.objects.update_or_create(key=last, defaults={"last": 1})
    longest = max(longest, time.perf_counter() - begun)
print(longest, flush=True)
"""

IN_DUCKDB = """
import json, sys, time
import duckdb
base = duckdb.connect()
for name in ("rows", "links", "tree"):
    base.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{sys.argv[1]}/{name}.parquet')")
found, times = [], []
for q in json.load(open(sys.argv[1] + "/asked.json")):
    w = f"t.lo BETWEEN {q['lo']} AND {q['hi']} AND r.day BETWEEN {q['start']} AND {q['end']}"
    if q["items"] is not None:
        w += f" AND r.item IN ({','.join(map(str, q['items'] or [-1]))})"
    if q["windows"] is not None:
        window = "(t.lo BETWEEN {lo} AND {hi} AND r.day BETWEEN {start} AND {end})"
        each = [window.format(**one) for one in q["windows"]]
        w += f" AND ({' OR '.join(each or ['false'])})"
    if q["known_by"] is not None:
        w += f" AND r.received <= {q['known_by']}"
    for name, kind, column in (("body", 3, "key"), ("sector", 4, "sector")):
        if q[name] is not None:
            w += f" AND r.nr IN (SELECT nr FROM links WHERE kind = {kind} AND {column} = {q[name]})"
    sql = f'''WITH c AS MATERIALIZED (SELECT r.nr, r.deeds, r.amount, r.unnamed, r.credits
        FROM rows r JOIN tree t USING (place) WHERE {w}), h AS MATERIALIZED (SELECT l.kind, l.key, sum(l.sign) AS s
        FROM links l JOIN c USING (nr) GROUP BY 1, 2 HAVING s > 0)
        SELECT (SELECT [sum(deeds), sum(amount), sum(unnamed), sum(credits)] FROM c),
        (SELECT [count(*) FILTER (kind = 0), count(*) FILTER (kind = 1), count(*) FILTER (kind = 2),
        count(*) FILTER (kind = 3), count(*) FILTER (kind = 4)] FROM h)'''
    begun, wall = time.process_time(), time.perf_counter()
    row = base.execute(sql).fetchone()
    times.append([1000 * (time.process_time() - begun), 1000 * (time.perf_counter() - wall)])
    found.append([int(one or 0) for one in row[0] + row[1]])
print(json.dumps([found, times]))
"""


def questions(made: Any) -> list[Any]:
    """By random draw: a place, a period, at most two further dimensions; some as known on an earlier day, some with
    places and sets as they are now."""
    from django.utils import timezone

    from yishi.organisations.models import Place
    from yishi.reporting.question import Question

    from .assistance_data import END, START

    chance = random.Random(SEED)
    wide = list(Place.objects.filter(level__in=["province", "prefecture", "county"]).order_by("lo"))
    small = list(Place.objects.filter(level__in=["township", "village"]).order_by("lo"))
    phases = list(made.campaign.phases.select_related("focus", "campaign").order_by("ordinal"))
    items = list(made.items.values())
    drawn = []
    for _ in range(COUNT):
        start = START + timedelta(days=chance.randrange((END - START).days - 30))
        end = start + timedelta(days=chance.choice((0, 30, 90, 365)))
        if chance.random() < 0.3:
            start, end = START, END
        values = {
            "item": chance.choice(items),
            "direction": chance.choice(items).direction,
            "body": chance.choice(list(made.offices.values())),
            "sector": chance.choice(["cpc", "cdl"]),
            "phase": chance.choice(phases),
            "place_set": chance.choice(phases).focus,
        }
        dims = {name: values[name] for name in chance.sample(DIMENSIONS, chance.randrange(3))}
        place = chance.choice(wide) if chance.random() < 0.8 else chance.choice(small)
        if chance.random() < 0.1:
            dims["known_by"] = timezone.now() - timedelta(days=365 * 6)
        how = {"places_then": chance.random() < 0.5, "sets_then": chance.random() < 0.5}
        drawn.append(Question(place, start, end, **dims, **how))
    return drawn


def ask_all(drawn: list[Any]) -> tuple[list[Any], list[list[float]]]:
    """The figures, each counted from its rows, and of each the milliseconds of processor and of the clock, with all
    that prepares it."""
    from yishi.reporting.book import still
    from yishi.reporting.counted import RECALL
    from yishi.reporting.figures import ask

    found, times = [], []
    for question in drawn:
        RECALL.forget()
        begun, wall = time.process_time(), time.perf_counter()
        figure = ask(question, now=still())
        times.append([1000 * (time.process_time() - begun), 1000 * (time.perf_counter() - wall)])
        sums = [figure.deeds, figure.amount, figure.unnamed, figure.credits]
        found.append([*sums, figure.households, figure.people, figure.villages, figure.bodies, figure.givers])
    return found, times


def beside_duckdb(table: Table, drawn: list[Any]) -> None:
    """Row 1 of the measures: any figure, ours and DuckDB's on the same rows; judged by processor time."""
    import numpy as np
    import polars as pl

    from yishi.reporting.book import still
    from yishi.reporting.figures import asked_of

    ask_all(drawn[:5])
    ours, our_times = ask_all(drawn)
    folder, now = Path(mkdtemp(prefix="yishi-duckdb-")), still()
    before = np.cumsum([0, *(block.size for block in now.series[0].blocks)])
    tables: dict[str, list[Any]] = {"rows": [], "links": []}
    for block, first in zip(now.series[0].blocks, before.tolist(), strict=False):
        tables["rows"].append(pl.DataFrame(block.rows).with_columns(nr=np.arange(first, first + block.size)))
        tables["links"].append(pl.DataFrame(block.links).with_columns(nr=block.links["row"].astype(np.int64) + first))
    for name, frames in tables.items():
        pl.concat(frames).write_parquet(folder / f"{name}.parquet")
    lo = now.series[0].lo
    pl.DataFrame({"place": np.arange(lo.size, dtype=np.int32), "lo": lo}).write_parquet(folder / "tree.parquet")
    (folder / "asked.json").write_text(json.dumps([_said(asked_of(question, now)) for question in drawn]))
    command = [environment_with_duckdb(), "-c", IN_DUCKDB, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-400:])
    theirs, their_times = json.loads(done.stdout)
    same = sum(one == other for one, other in zip(ours, theirs, strict=True))
    table.add("1  the same figures by DuckDB", f"{same} equal", str(len(ours)), reached=same == len(ours))
    for place, what in ((0, "processor"), (1, "clock")):
        mine, his = ([each[place] for each in times] for times in (our_times, their_times))
        for share, name in ((0.5, "median"), (0.95, "95 of 100")):
            one, other = percentile(mine, share), percentile(his, share)
            reached = one <= 2 * other if what == "processor" else None
            table.add(
                f"1  any figure, {name}, {what}: ours / DuckDB", f"{one:.2f} / {other:.2f} ms", "≤ 2 ×", reached=reached
            )


def _said(asked: Any) -> dict[str, Any]:
    return {**asdict(asked), "items": None if asked.items is None else sorted(asked.items)}


def processes(table: Table, drawn: list[Any]) -> None:
    """Rows 2 and 3: processes that start one after the other and stay, each asked for a first figure and all others."""
    from yishi.reporting.book import still
    from yishi.reporting.figures import asked_of

    now, file = still(), Path(mkdtemp(prefix="yishi-asked-")) / "asked.json"
    file.write_text(json.dumps([_said(asked_of(question, now)) for question in drawn]))
    running, said = [], []
    for _ in range(PROCESSES):
        one = _started(A_PROCESS, str(file))
        said.append(json.loads(one.stdout.readline()))
        running.append(one)
    for one in running:
        one.communicate("")
    memory = sum(kilobytes for _took, kilobytes, _deeds in said) / 1024
    mapped = sum(sum(column.nbytes for column in block.rows.values()) for block in now.series[0].blocks)
    table.add(f"2  memory of figures, {PROCESSES} processes", f"{memory:.0f} MB", "≤ 200 MB", reached=memory <= 200)
    table.add("2    beyond the rows, mapped once by all", f"{mapped / 2**20:.0f} MB")
    first, processor = (max(took[place] for took, _kilobytes, _deeds in said) for place in (0, 1))
    table.add("3  first figure after a start, slowest", f"{first:.2f} s", "≤ 0.5 s", reached=first <= 0.5)
    table.add("3    of its processor", f"{processor:.2f} s")


def made_anew(table: Table, database: str) -> None:
    """Row 10: rebuild and verify, and on SQLite how long somebody who writes waits at most meanwhile."""
    from yishi.reporting.book import keep
    from yishi.reporting.verify import check, rebuild

    writer = _started(A_WRITER)
    writer.stdout.readline()
    begun, processor = time.perf_counter(), time.process_time()
    rebuild()
    keep()
    found = check()
    took, processor = time.perf_counter() - begun, time.process_time() - processor
    longest = float(writer.communicate("stop\n")[0].split()[-1])
    words = "10 rebuild and verify"
    table.add(words, f"{took:.0f} s", "≤ 120 s", reached=took <= 120)
    table.add("10   of this process's processor", f"{processor:.0f} s")
    table.add("10   every figure row equals its entry", str(found.entries), reached=found.is_right)
    must = longest <= 1 if database == "sqlite" else None
    table.add("10   longest wait of a writer meanwhile", f"{longest:.2f} s", "≤ 1 s (SQLite)", reached=must)


def _started(program: str, *words: str) -> Any:
    command = [sys.executable, "-c", program, *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=dict(os.environ), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def figures(table: Table, made: Any, database: str) -> list[float]:
    """Rows 1, 2, 3 and 10; gives the milliseconds of processor of each figure."""
    from yishi.reporting.book import keep
    from yishi.reporting.verify import rebuild

    begun = time.perf_counter()
    rebuild()
    keep()
    table.add("figures of entries that were written at once", f"{time.perf_counter() - begun:.0f} s")
    made_anew(table, database)
    drawn = questions(made)
    beside_duckdb(table, drawn)
    processes(table, drawn)
    return [each[0] for each in ask_all(drawn)[1]]
