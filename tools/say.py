"""One line for each thing that is done, Chinese first."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Stop(Exception):
    """Ends the command; its text is the one line that the person sees."""


def say(chinese: str, english: str) -> None:
    print(f"· {chinese} · {english}", flush=True)


@contextmanager
def doing(chinese: str, english: str) -> Iterator[None]:
    """Says what is done, and afterwards how long it took."""
    say(f"{chinese}…", f"{english}…")
    start = time.monotonic()
    yield
    print(f"  {time.monotonic() - start:.1f} s", flush=True)


def call(words: Sequence[str | Path], *, env: Mapping[str, str] | None = None, quiet: bool = False) -> None:
    """Run a program in the project's folder; a failure shows what it printed and stops."""
    result = subprocess.run(
        [str(word) for word in words],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        check=False,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
    )
    if result.returncode:
        if quiet:
            print(result.stdout)
        raise Stop(f"yishi: 失败 · failed: {' '.join(str(word) for word in words[:6])}")
