"""Run a benchmark of tests/bench/ on SQLite and on a PostgreSQL of its own."""

import os
import subprocess

from . import postgres, setup
from .say import ROOT, Stop


def run(words: list[str]) -> int:
    """`./run bench NAME [ARGS]`: tests/bench/<NAME>.py; without NAME, says which there are."""
    names = sorted(path.stem for path in (ROOT / "tests" / "bench").glob("[a-z]*.py") if path.stem != "conftest")
    name = words[0].replace("-", "_") if words else ""
    if name not in names:
        raise Stop("yishi: ./run bench NAME · " + ", ".join(one.replace("_", "-") for one in names))
    setup.ready(dev=True)
    with postgres.server(durable=True) as url:
        env = {**os.environ, **({postgres.NAME: url} if url else {})}
        command = [setup.PYTHON, "-m", f"tests.bench.{name}", *words[1:]]
        return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
