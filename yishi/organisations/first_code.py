"""The one-time code that keeps strangers off the first-run page: a file in the data folder, shown on the console."""

import hmac
import os
from pathlib import Path

from django.conf import settings

from yishi.kit.ids import clean_code, new_code

LENGTH = 10


def first_code() -> str:
    """The code; made when it is asked for the first time."""
    path = _path()
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was quicker
            return path.read_text().strip()
        with os.fdopen(handle, "w") as file:
            code = new_code(LENGTH)
            file.write(code + "\n")
        return code


def first_code_fits(typed: str) -> bool:
    """Is this the code? Nothing fits before it was made."""
    try:
        code = _path().read_text().strip()
    except FileNotFoundError:
        return False
    return bool(code) and hmac.compare_digest(clean_code(typed).encode(), code.encode())


def first_code_forget() -> None:
    """The code was used."""
    _path().unlink(missing_ok=True)


def _path() -> Path:
    return Path(settings.DATA_DIR) / "first-code"
