"""Say which version this is, with what it runs on; for reports of faults."""

import platform
import sqlite3
from importlib.metadata import version

from yishi import __version__


def run(words: list[str]) -> int:
    """`yishi version`: one line."""
    below = [f"Python {platform.python_version()}", f"Django {version('django')}", f"SQLite {sqlite3.sqlite_version}"]
    print(f"Yishi {__version__} ({', '.join([*below, platform.platform(terse=True)])})")
    return 0
