"""Restore a backup into an empty installation: database, files, outbox and keys.

Everything is unpacked and proved first: an archive that is damaged, or not ours to take, changes nothing and is named
in one line.
"""

import contextlib
import gzip
import json
import shutil
import sqlite3
import stat
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from yishi import __version__

from .backup import ABOUT, DATABASE, KEYS, copy_sqlite, postgres, sha256
from .installed import tables

FOLDERS = {"files": settings.FILES_DIR, "outbox": settings.OUTBOX_DIR}


def run(words: list[str]) -> int:
    """`yishi restore FILE.tar.gz`"""
    if len(words) != 1:
        raise SystemExit("yishi restore FILE.tar.gz")
    source = Path(words[0])
    if not source.is_file():
        raise SystemExit(f"yishi: 没有这个文件 · there is no file {source}")
    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        if tables():
            raise SystemExit("yishi: 数据库不是空的，没有恢复 · the database is not empty; nothing was restored")
        connection.close()
        restore(source)
    except OSError as error:
        raise SystemExit(f"yishi: 没有恢复 · nothing was restored: {error}") from error
    print("· 已恢复；请运行 ./run · restored; now ./run")
    return 0


def restore(source: Path) -> None:
    with unpacked(source) as (folder, about):
        part = folder / DATABASE[connection.vendor]
        if not part.is_file():
            raise _damaged(source, part.name)
        load(part, source)
        for name, target in FOLDERS.items():
            if (folder / name).exists():
                shutil.copytree(folder / name, target, dirs_exist_ok=True)
        for name in KEYS:
            if (folder / name).exists():
                key = settings.DATA_DIR / name
                key.unlink(missing_ok=True)
                shutil.copyfile(folder / name, key)
                key.chmod(stat.S_IRUSR)


def load(database: Path, source: Path) -> None:
    if connection.vendor == "sqlite":
        try:
            with contextlib.closing(sqlite3.connect(database)) as there:
                is_whole = there.execute("PRAGMA quick_check").fetchone() == ("ok",)
        except sqlite3.DatabaseError:
            is_whole = False
        if not is_whole:
            raise _damaged(source, database.name)
        copy_sqlite(database, connection.settings_dict["NAME"])
    else:
        name = str(connection.settings_dict["NAME"])
        options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        postgres("pg_restore", *options, "--dbname", name, str(database))


@contextlib.contextmanager
def unpacked(source: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The archive's parts in a folder of their own, each proved by its hash. Nothing else in it is unpacked."""
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        try:
            with tarfile.open(source, "r:gz") as archive:
                about = _about(archive, source)
                _refuse_foreign(about)
                for name, expected in about["sha256"].items():
                    _unpack(archive, name, Path(folder), str(expected), source)
        except (EOFError, gzip.BadGzipFile, zlib.error, tarfile.TarError) as error:
            raise SystemExit(
                f"yishi: 备份不完整或不是备份 · {source} is cut short, damaged or no backup: {error}"
            ) from error
        yield Path(folder), about


def _about(archive: tarfile.TarFile, source: Path) -> dict[str, Any]:
    try:
        file = archive.extractfile(ABOUT)
        about = json.load(file) if file else None
    except (KeyError, ValueError):
        about = None
    if not isinstance(about, dict) or not isinstance(about.get("sha256"), dict) or not about["sha256"]:
        raise SystemExit(f"yishi: 不是议事的备份 · {source} is no backup of Yishi")
    return about


def _refuse_foreign(about: dict[str, Any]) -> None:
    """What was made on another database, or by a version whose tables this one does not know."""
    made_on, version = about.get("database"), about.get("version", "?")
    if made_on != connection.vendor:
        raise SystemExit(
            f"yishi: 备份来自 {made_on}，这里是 {connection.vendor}；请恢复到 {made_on}，再用 yishi move 搬过来 · "
            f"the backup was made on {made_on}, this is {connection.vendor}: restore it there, then `yishi move`"
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    if unknown := sorted(set(about.get("migrations", [])) - known):
        raise SystemExit(
            f"yishi: 备份来自更新的版本 {version}，这里是 {__version__}，请先升级程序 · the backup was made by the "
            f"newer version {version}, this is {__version__}: upgrade first (unknown here: {', '.join(unknown[:3])})"
        )


def _unpack(archive: tarfile.TarFile, name: str, folder: Path, expected: str, source: Path) -> None:
    target = Path(folder, name).resolve()
    try:
        part = archive.extractfile(name)
    except KeyError:
        part = None
    if part is None or not target.is_relative_to(folder.resolve()):
        raise _damaged(source, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        shutil.copyfileobj(part, out)
    if sha256(target) != expected:
        raise _damaged(source, name)


def _damaged(source: Path, name: str) -> SystemExit:
    return SystemExit(f"yishi: 备份已损坏，没有恢复 · {source} is damaged at {name}; nothing was restored")
