"""One process at a time, of all that share a data folder or a database: two services that start together."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from .direct import direct

NUMBER = 0x59495348  # "YISH": of the advisory lock


@contextmanager
def alone(folder: Path, name: str, waiting: Callable[[], None]) -> Iterator[None]:
    """Runs its block while no other process runs one of the same `name`; `waiting` is called where it has to wait.

    On one machine a lock on a file in the data folder; beyond it, on PostgreSQL, an advisory lock too, which a
    transaction holds so that a pool of connections in between changes nothing. Both end with the process.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(folder / f".{name}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        with direct() as ours, ours.transaction():
            taken = ours.execute("SELECT pg_try_advisory_xact_lock(%s)", [NUMBER]).fetchone()
            if not taken or not taken[0]:
                waiting()
                ours.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER])
            yield
    finally:
        os.close(file)
