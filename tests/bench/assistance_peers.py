"""The same figures asked elsewhere: by plain GROUP BY in the database itself, and by DuckDB over the exported rows.

DuckDB comes into an environment of its own; nothing of the project needs it.
"""

import csv
import json
import random
import subprocess
import sys
import time
import venv
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from .measure import Table, percentile

COUNT = 60
PLAIN = """
SELECT count(*), coalesce(sum(d.amount), 0), count(DISTINCT b.household_id)
FROM assistance_deed d
JOIN organisations_place p ON p.id = d.place_id
LEFT JOIN assistance_deedbeneficiary b ON b.deed_id = d.id
WHERE d.state = 'counted' AND p.lo BETWEEN %s AND %s AND d."on" BETWEEN %s AND %s
"""
IN_DUCKDB = """
import json, sys, time
import duckdb
base = duckdb.connect()
base.execute("CREATE TABLE deed AS SELECT * FROM read_csv(?, header=true)", [sys.argv[1]])
found, times = [], []
for lo, hi, start, end, item in json.load(open(sys.argv[2])):
    sql = "SELECT count(*), coalesce(sum(amount), 0)::BIGINT, count(DISTINCT household) FROM deed"
    sql += " WHERE lo BETWEEN ? AND ? AND day BETWEEN ?::DATE AND ?::DATE"
    given = [lo, hi, start, end]
    if item:
        sql, given = sql + " AND item = ?", [*given, item]
    begun = time.perf_counter()
    found.append(list(base.execute(sql, given).fetchone()))
    times.append(1000 * (time.perf_counter() - begun))
print(json.dumps([found, times]))
"""


def compare(table: Table, made: Any, seed: int) -> None:
    """Random figures of place, period and perhaps item: each way's time, and whether all say the same."""
    questions = list(_questions(made, seed))
    ours, our_times = _ours(questions)
    plain, plain_times = _plain(questions)
    table.add("the same figure in memory: p50 / p95", _shown(our_times))
    _beside(table, "by plain GROUP BY in this database", plain, plain_times, ours, our_times)
    duck, duck_times = _duckdb(questions)
    _beside(table, "by DuckDB over the exported rows", duck, duck_times, ours, our_times)


@cache
def environment_with_duckdb() -> Path:
    """The Python of an environment that has DuckDB, made once for a run."""
    folder = Path(mkdtemp(prefix="yishi-duckdb-"))
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "duckdb"], check=True, stderr=subprocess.DEVNULL)
    return python


def _shown(times: list[float]) -> str:
    return f"{percentile(times, 0.5):.1f} / {percentile(times, 0.95):.1f} ms"


def _beside(
    table: Table, name: str, found: list[Any], times: list[float], ours: list[Any], our_times: list[float]
) -> None:
    ratio = percentile(times, 0.5) / percentile(our_times, 0.5)
    table.add(f"  {name}: p50 / p95", _shown(times), f"{ratio:.1f} × ours", reached=None)
    table.add(
        "    says the same", str(sum(one == other for one, other in zip(found, ours, strict=True))), str(len(ours))
    )


def _questions(made: Any, seed: int) -> Any:
    from yishi.organisations.models import Place

    from .assistance_data import END, START

    chance = random.Random(seed)
    places = list(Place.objects.filter(level__in=["province", "prefecture", "county"]))
    items = list(made.items.values())
    for _ in range(COUNT):
        start = START + timedelta(days=chance.randrange((END - START).days - 200))
        end = start + timedelta(days=chance.choice((30, 90, 365)))
        yield chance.choice(places), start, end, chance.choice(items) if chance.random() < 0.5 else None


def _ours(questions: list[Any]) -> tuple[list[Any], list[float]]:
    from yishi.reporting.book import still
    from yishi.reporting.figures import Question, ask

    found, times = [], []
    for place, start, end, item in questions:
        begun = time.perf_counter()
        figure = ask(Question(place, start, end, item=item), now=still())
        times.append(1000 * (time.perf_counter() - begun))
        found.append([figure.deeds, figure.amount, figure.households])
    return found, times


def _plain(questions: list[Any]) -> tuple[list[Any], list[float]]:
    from django.db import connection

    found, times = [], []
    with connection.cursor() as cursor:
        for place, start, end, item in questions:
            given = [place.lo, place.hi, start, end]
            sql = PLAIN
            if item is not None:
                sql += " AND d.item_id = %s"
                given.append(item.pk if connection.vendor == "postgresql" else item.pk.hex)
            begun = time.perf_counter()
            cursor.execute(sql, given)
            row = cursor.fetchone()
            times.append(1000 * (time.perf_counter() - begun))
            found.append([int(one) for one in row])
    return found, times


def _duckdb(questions: list[Any]) -> tuple[list[Any], list[float]]:
    from yishi.assistance.deeds.models import Deed

    folder = Path(mkdtemp(prefix="yishi-duckdb-"))
    rows = Deed.within.filter(state="counted").values_list(
        "place__lo", "on", "item", "amount", "beneficiaries__household"
    )
    with (folder / "deeds.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["lo", "day", "item", "amount", "household"])
        writer.writerows(rows.iterator(chunk_size=20_000))
    asked = [
        [place.lo, place.hi, start.isoformat(), end.isoformat(), str(item.pk) if item else ""]
        for place, start, end, item in questions
    ]
    (folder / "questions.json").write_text(json.dumps(asked))
    command = [environment_with_duckdb(), "-c", IN_DUCKDB, str(folder / "deeds.csv"), str(folder / "questions.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-400:])
    found, times = json.loads(done.stdout)
    return found, times
