"""Measuring: a keep-alive HTTP client per thread, percentiles, and a table of figures beside their targets."""

import http.client
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit


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
        if self._connection is None:
            parts = urlsplit(self.address)
            self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=60)
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise
        self.location = answer.headers.get("Location", "")
        if answer.will_close:
            self._connection.close()
            self._connection = None
        return answer.status, content, time.perf_counter() - start


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
