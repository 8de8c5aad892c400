"""Databases of their own for commands that restore, move or upgrade one."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from .test_backup import yishi


@pytest.fixture(scope="session")
def installed(tmp_path_factory) -> Callable[[Path], None]:
    """`installed(folder)` puts there the tables as `migrate` makes them (ten seconds of a processor): one process of
    a run makes them, the others wait for it."""
    run = tmp_path_factory.getbasetemp()
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    made = run / "installed" / "yishi.sqlite3"
    with (run / "installed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            yishi(run / "installing", "migrate", "-v0")
            (run / "installing").rename(made.parent)

    def install(folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(made, folder)

    return install


@pytest.fixture
def new_database():
    """Makes empty databases on the tests' server."""
    server, made = urlsplit(os.environ["YISHI_TEST_DATABASE_URL"]), []
    with psycopg.connect(urlunsplit(server), autocommit=True) as admin:

        def make() -> str:
            made.append(f"command_{os.getpid()}_{len(made)}")
            admin.execute(f"CREATE DATABASE {made[-1]}")
            return urlunsplit(server._replace(path=f"/{made[-1]}"))

        yield make
        for name in made:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
