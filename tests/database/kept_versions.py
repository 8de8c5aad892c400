"""A database as a released version left it: its tables and the rows kept of it (keep_version.py)."""

import lzma
import sqlite3

from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from yishi.cli import move

from .keep_version import FOLDER


def versions() -> list[str]:
    return sorted(path.name.removesuffix(".sql.xz") for path in FOLDER.glob("*.sql.xz"))


def kept(version: str) -> str:
    """The `INSERT` statements of all rows, without those of places that nothing names."""
    return lzma.decompress((FOLDER / f"{version}.sql.xz").read_bytes()).decode()


def make(version: str) -> None:
    """Makes the default database one of `version`: its tables, and (on SQLite) the rows kept of it."""
    _tables_of(version, "default")
    with sqlite3.connect(connections["default"].settings_dict["NAME"]) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE sql IS NOT NULL AND type = 'table'"):
            if not table.startswith("sqlite_") and "_fts" not in table:
                database.execute(f'DELETE FROM "{table}"')  # noqa: S608  what the migrations themselves wrote
        database.executescript(kept(version))


def make_beside(version: str, url: str) -> None:
    """The same in another, empty database, through the models as that version had them."""
    with move.beside(url):
        _tables_of(version, move.TARGET)
        loader = MigrationExecutor(connections[move.TARGET]).loader
        old = loader.project_state(_migrations(version)).apps  # type: ignore[arg-type]
        of_today = move.tables
        move.tables = lambda: [
            model
            for model in old.get_models(include_auto_created=True)
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped
        ]
        try:
            move.copy_all()
        finally:
            move.tables = of_today


def _migrations(version: str) -> list[tuple[str, str]]:
    """All that ran in the kept database."""
    with sqlite3.connect(":memory:") as memory:
        memory.execute("CREATE TABLE django_migrations (id, app, name, applied)")
        for line in kept(version).splitlines():
            if line.startswith('INSERT INTO "django_migrations"'):
                memory.execute(line)
        return list(memory.execute("SELECT app, name FROM django_migrations"))


def _tables_of(version: str, alias: str) -> None:
    executor = MigrationExecutor(connections[alias])
    executor.migrate(_migrations(version))
