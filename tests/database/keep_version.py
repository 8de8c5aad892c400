"""Keep what a released version wrote: its demo's rows as SQL, so that every later version tries its upgrade on them.

Once for each version, at its commit, from the demo that it made itself (`YISHI_DATA_DIR=X ./run`):
`python -m tests.database.keep_version X/yishi.sqlite3 0.2.0`.
"""

import lzma
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "kept"
PLACES = "organisations_place"
WITHOUT = ("sqlite_%", "%_fts%", "django_session", "yishi_cache", "axes_%", "django_cache%")


def keep(database: Path, version: str) -> None:
    """Writes the rows of an SQLite database into the folder."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as source:
        lines = list(_lines(source))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{version}.sql.xz").write_bytes(lzma.compress("\n".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))


def _lines(source: sqlite3.Connection) -> Iterator[str]:
    apart = " ".join("AND name NOT LIKE ?" for _ in WITHOUT)
    names = f"SELECT name FROM sqlite_schema WHERE type = 'table' {apart} ORDER BY name"  # noqa: S608  no value in it
    tables = [name for (name,) in source.execute(names, WITHOUT)]
    places = _places_named(source, tables)
    for table in tables:
        columns = [row[1] for row in source.execute(f'PRAGMA table_info("{table}")')]
        listed = ", ".join(f'"{column}"' for column in columns)
        of_place = {PLACES: "id", f"{PLACES}version": "place_id"}.get(table)
        quoted = ", ".join(f'quote("{column}")' for column in columns)
        for row in source.execute(f'SELECT {quoted}, {of_place or "NULL"} FROM "{table}" ORDER BY rowid'):  # noqa: S608
            if of_place is None or row[-1] in places:
                yield f'INSERT INTO "{table}" ({listed}) VALUES ({", ".join(row[:-1])});'  # noqa: S608  SQLite quoted it


def _places_named(source: sqlite3.Connection, tables: list[str]) -> set[Any]:
    """The places that a row of another table names, and those that contain them."""
    named: set[Any] = set()
    for table in set(tables) - {PLACES, f"{PLACES}version"}:
        for foreign in source.execute(f'PRAGMA foreign_key_list("{table}")'):
            if foreign[2] == PLACES:
                named |= {place for (place,) in source.execute(f'SELECT DISTINCT "{foreign[3]}" FROM "{table}"')}  # noqa: S608
    above = dict(source.execute(f"SELECT id, parent_id FROM {PLACES}"))  # noqa: S608
    found = set()
    for place in named - {None}:
        while place is not None and place not in found:
            found.add(place)
            place = above[place]
    return found


if __name__ == "__main__":
    keep(Path(sys.argv[1]), sys.argv[2])
