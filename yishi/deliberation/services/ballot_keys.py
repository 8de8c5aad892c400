"""The keys that open urns: each a file in the data folder, apart from database, journal and what `yishi backup` takes.

It is written when a ballot opens, read once when it is counted, and thrown away then. Who has a copy of the database
and no such file finds sealed slips, and after the counting nothing that could ever open them.
"""

import os
import stat
import time
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings

from yishi.kit.ids import id_read

FOLDER = "ballots"
DAY = 24 * 3600


def key_keep(ballot: UUID, private: bytes) -> None:
    """Write a key, readable by its owner only, on the disk before anybody seals a slip for it."""
    path = _path(ballot)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR), "wb") as file:
        file.write(private)
        file.flush()
        os.fsync(file.fileno())


def key_of(ballot: UUID) -> bytes | None:
    """The key of a ballot; None where it is not on this machine: lost, or the database came from a backup."""
    try:
        return _path(ballot).read_bytes()
    except FileNotFoundError:
        return None


def key_destroy(ballot: UUID) -> None:
    """Throw a key away: written over, then taken off the disk."""
    path = _path(ballot)
    try:
        with path.open("r+b") as file:
            file.write(os.urandom(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return


def keys_left(needed: Iterable[UUID]) -> list[UUID]:
    """The ballots whose key lies here and that are not among the `needed` ones: an act that was interrupted left it. A
    key of the last day stays: the act that wrote it may still go on elsewhere."""
    before = time.time() - DAY
    found = [id_read(path.stem) for path in _folder().glob("*.key") if path.stat().st_mtime < before]
    return sorted({ballot for ballot in found if ballot is not None}.difference(needed))


def _folder() -> Path:
    return Path(settings.DATA_DIR) / FOLDER


def _path(ballot: UUID) -> Path:
    return _folder() / f"{ballot}.key"
