"""Write the database, the files, the outbox and the keys into one archive, also while Yishi runs."""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from yishi import __version__
from yishi.journal.models import Entry

from .installed import where

DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
KEY = "secret-key"
KEYS = {KEY: "YISHI_SECRET_KEY", "register-keys": "YISHI_REGISTER_KEYS"}  # file in the data folder: the setting instead
ABOUT = "about.json"


def run(words: list[str]) -> int:
    """`yishi backup FILE.tar.gz`"""
    if len(words) != 1:
        raise SystemExit("yishi backup FILE.tar.gz")
    target = Path(words[0])
    if not target.parent.is_dir():
        raise SystemExit(f"yishi: 没有这个目录 · there is no folder {target.parent}")
    if not os.access(target.parent, os.W_OK):
        raise SystemExit(f"yishi: 不能写入 · this account may not write into {target.parent}")
    if target.exists():
        raise SystemExit(f"yishi: 文件已存在 · {target} exists already")
    try:
        backup(target)
    except OSError as error:
        raise SystemExit(f"yishi: 没有备份 · no backup was made: {error}") from error
    size, entries = target.stat().st_size, Entry.objects.count()
    print(
        f"· 已备份 · backed up: {where()}，{entries} 条日志 · journal entries → {target} "
        f"({size:,} bytes, {size / 1e6:.1f} MB)"
    )
    for name, lent in KEYS.items():
        if not (settings.DATA_DIR / name).exists():
            print(f"  密钥来自 {lent}，不在备份里，请另外保存 · the key is {lent}: keep it apart, not in the archive")
    return 0


def backup(target: Path) -> None:
    """The database first, then the files: a file that the database names is then always there."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        parts = Path(folder)
        dump(parts / DATABASE[connection.vendor])
        for name in KEYS:
            if (settings.DATA_DIR / name).exists():
                shutil.copyfile(settings.DATA_DIR / name, parts / name)
        files = stored_files()
        files |= {path.name: path for path in parts.iterdir()}
        about = {
            "version": __version__,
            "migrations": applied(),
            "made_at": timezone.now().isoformat(),
            "database": connection.vendor,
            "sha256": {name: sha256(path) for name, path in sorted(files.items())},
        }
        (parts / ABOUT).write_text(json.dumps(about, indent=1))
        beside = parts / "archive"
        raw = os.fdopen(os.open(beside, os.O_CREAT | os.O_WRONLY, 0o600), "wb")
        with raw, tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3) as archive:
            archive.add(parts / ABOUT, ABOUT)
            for name, path in sorted(files.items()):
                archive.add(path, name, recursive=False)
        beside.rename(target)


def applied() -> list[str]:
    """The migrations that the database has: "notices.0001_initial"."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def stored_files() -> dict[str, Path]:
    """Name in the archive → file: attachments, and messages that were written down to be told by hand."""
    folders = {"files": Path(settings.FILES_DIR), "outbox": Path(settings.OUTBOX_DIR)}
    return {
        f"{name}/{path.relative_to(folder)}": path
        for name, folder in folders.items()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        copy_sqlite(connection.settings_dict["NAME"], target)
    else:
        # Schemas into which `demo-off` set a demo aside are not this installation's.
        aside = "--exclude-schema=demo_[0-9]*"
        postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", aside, "--file", str(target))


def copy_sqlite(source: Path | str, target: Path | str) -> None:
    """All pages as of one moment, also while others write."""
    closing = contextlib.closing
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


def postgres(program: str, *words: str) -> None:
    """One of PostgreSQL's own programs on our database; the password goes by environment, not by command line."""
    if shutil.which(program) is None:
        raise SystemExit(f"yishi: 缺少 {program}，请安装 · please install: apt install postgresql-client")
    parts = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    env = {**os.environ, **{name: str(parts[key]) for name, key in names.items() if parts[key]}}
    if subprocess.run([program, *words], env=env, check=False).returncode:  # noqa: S603
        raise SystemExit(f"yishi: {program} 失败 · {program} failed")


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
