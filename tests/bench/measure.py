"""Measuring: each database in a process of its own, its folder and tables made ready; a keep-alive HTTP client per
thread, percentiles, and a table of figures beside their targets."""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parents[2]
PORT = 8931


def on_each_database(bench: str) -> int:
    """Run `bench` on SQLite and on PostgreSQL, each in a process of its own. Gives how many targets were missed."""
    missed = 0
    for database in ("sqlite", "postgresql"):
        if database == "postgresql" and not os.environ.get("YISHI_TEST_DATABASE_URL"):
            print("postgresql: skipped, no server and no Debian package postgresql-15")
            continue
        command = [sys.executable, "-m", f"tests.bench.{bench}", "--database", database, *sys.argv[1:]]
        missed += subprocess.run(command, cwd=ROOT, check=False).returncode
    return missed


def fresh_database(url: str) -> str:
    """A new database on the server of `url`."""
    import psycopg

    base, _, _name = url.rpartition("/")
    name = f"yishi_bench_{os.getpid()}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{base}/{name}"


def prepared(given: argparse.Namespace) -> Path:
    """Make the data folder and the tables of `given.database` ready, and Django with them. In the folder `given.keep`,
    where a bench asks for one, what was made once is found again."""
    keep = getattr(given, "keep", None)
    folder = Path(keep) / given.database if keep else Path(tempfile.mkdtemp(prefix="yishi-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["YISHI_DATA_DIR"], os.environ["YISHI_PORT"] = str(folder), str(PORT)
    os.environ["YISHI_SECRET_KEY"] = "a key for benchmarks only"
    if given.database == "postgresql":
        kept = folder / "database"
        url = kept.read_text() if kept.exists() else fresh_database(os.environ["YISHI_TEST_DATABASE_URL"])
        kept.write_text(url)
        os.environ["DATABASE_URL"] = url
    os.environ.pop("YISHI_TEST_DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "yishi.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    return folder


@dataclass
class Client:
    """One person's browser: keeps its connection and cookies; counts what it saw."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    csrf_cookie: str = "csrftoken"
    location: str = ""  # where the last answer led to
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> tuple[int, bytes, float]:
        """(status, body, seconds) of one GET."""
        return self._send("GET", path, None)

    def post(self, path: str, fields: dict[str, Any]) -> tuple[int, bytes, float]:
        """(status, body, seconds) of one POST with the CSRF token that Django expects."""
        token = self.cookies.setdefault(self.csrf_cookie, "a" * 32)
        return self._send("POST", path, urlencode({**fields, "csrfmiddlewaretoken": token}, doseq=True))

    def post_json(self, path: str, sent: Any) -> tuple[int, bytes, float]:
        """The same of JSON, as a program sends it."""
        self.cookies.setdefault(self.csrf_cookie, "a" * 32)
        return self._send("POST", path, json.dumps(sent), "application/json")

    def _send(
        self, method: str, path: str, body: str | None, kind: str = "application/x-www-form-urlencoded"
    ) -> tuple[int, bytes, float]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Accept-Encoding": "identity"}
        if body is not None:
            headers["Content-Type"], headers["X-CSRFToken"] = kind, self.cookies.get(self.csrf_cookie, "")
        start = time.perf_counter()
        try:
            answer, content = self._asked(method, path, body, headers)
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            answer, content = self._asked(method, path, body, headers)  # the server had ended an idle connection
        self.location = answer.headers.get("Location", "")
        if answer.will_close:
            self._connection.close()
            self._connection = None
        return answer.status, content, time.perf_counter() - start

    def _asked(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        if self._connection is None:
            parts = urlsplit(self.address)
            self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=60)
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            return answer, answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def in_threads(work: Callable[[Any], object], things: Sequence[Any], threads: int) -> list[object]:
    """Run `work` on every thing, `threads` at a time."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, things))


@dataclass
class Table:
    """Figures beside their targets, as they are printed."""

    rows: list[tuple[str, str, str, bool | None]] = field(default_factory=list)

    def add(self, what: str, figure: str, target: str = "", *, reached: bool | None = None) -> None:
        self.rows.append((what, figure, target, reached))
        mark = {True: "reached", False: "MISSED", None: ""}[reached]
        print(f"{what:<62} {figure:>18}   {target:<16} {mark}", flush=True)

    def note(self, text: str) -> None:
        print(text, flush=True)

    @property
    def missed(self) -> int:
        return sum(reached is False for *_, reached in self.rows)


def timed(table: Table, name: str, times: list[float], limit: int) -> None:
    p95 = percentile(times, 0.95)
    table.add(
        f"{name}: p50 / p95", f"{percentile(times, 0.5):.0f} / {p95:.0f} ms", f"p95 ≤ {limit} ms", reached=p95 <= limit
    )
