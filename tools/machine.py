"""What `./run test` wants of the machine: Debian's packages, each asked for by what it brings."""

import ctypes
import shutil
from collections.abc import Callable
from pathlib import Path

from . import fonts, postgres


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


# Debian's package: what it brings is there. The README and .ci/run name the same (tests/test_run.py).
PACKAGES: dict[str, Callable[[], bool]] = {
    "postgresql": lambda: postgres.binaries() is not None,
    "chromium": lambda: shutil.which("chromium") is not None,
    "libatomic1": lambda: _loads("libatomic.so.1"),  # the browser's driver
    "fonts-noto-cjk": lambda: any(Path("/usr/share/fonts").rglob("NotoSansCJK*")),  # a page's Chinese in pictures
    "poppler-utils": lambda: shutil.which("pdftotext") is not None,  # what a PDF says
    **{package: font.exists for package, font in fonts.RARE.items()},  # what papers print
}


def missing() -> list[str]:
    """The packages that are not there, in the order in which they are named."""
    return [package for package, is_there in PACKAGES.items() if not is_there()]
