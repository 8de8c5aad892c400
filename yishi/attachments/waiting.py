"""Uploads that wait: their form was refused, or asks something more, and the same person sends it again in a moment.

Each lies encrypted under a name of its own. Its key is given to whoever keeps it and stands nowhere else: without the
session of the sender nobody reads it, and what a camera wrote into it tells nothing.
"""

import os
import secrets
import time
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

MOST_BYTES = 20 * 1024 * 1024  # of one: no photo and no scan is larger
MOST_IN_ALL = 2 * 1024 * 1024 * 1024  # whoever sends without end fills no disk
KEPT_SECONDS = 24 * 3600
_NONCE = 12


def upload_wait(content: bytes) -> tuple[str, str] | None:
    """Keep an upload for a day: its name and its key, in letters; None where it is too large, or no room is left."""
    if len(content) > MOST_BYTES or _bytes_in_all() + len(content) > MOST_IN_ALL:
        return None
    name, key, nonce = secrets.token_hex(16), os.urandom(32), os.urandom(_NONCE)
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(nonce + AESGCM(key).encrypt(nonce, content, name.encode()))
    return name, key.hex()


def upload_waiting(name: str, key: str) -> bytes | None:
    """What was kept under `name`; None where it was swept."""
    try:
        sealed = _path(name).read_bytes()
        return AESGCM(bytes.fromhex(key)).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
    except (FileNotFoundError, InvalidTag, ValueError):
        return None


def upload_forget(name: str) -> None:
    """It was received, replaced or left out."""
    _path(name).unlink(missing_ok=True)


def uploads_sweep() -> int:
    """Take away what has waited for longer than a day; gives how many."""
    over = time.time() - KEPT_SECONDS
    old = [path for path in _all() if path.stat().st_mtime < over]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _path(name: str) -> Path:
    return Path(settings.WAITING_DIR) / name


def _all() -> list[Path]:
    folder = Path(settings.WAITING_DIR)
    return list(folder.iterdir()) if folder.is_dir() else []


def _bytes_in_all() -> int:
    return sum(path.stat().st_size for path in _all())
