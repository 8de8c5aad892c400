"""Restore a backup into an empty installation: database, files and keys."""

import shutil
import stat
import tarfile
from pathlib import Path

from django.conf import settings
from django.db import connection

from .backup import DATABASE, KEYS, copy_sqlite, postgres, unpacked


def run(words: list[str]) -> int:
    """`yishi restore FILE.tar.gz`"""
    if len(words) != 1:
        raise SystemExit("yishi restore FILE.tar.gz")
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    if connection.introspection.table_names():
        raise SystemExit("yishi: 数据库不是空的，没有恢复 · the database is not empty; nothing was restored")
    connection.close()
    try:
        restore(Path(words[0]))
    except (OSError, KeyError, ValueError, tarfile.TarError) as error:
        raise SystemExit(f"yishi: 无法读取备份 · cannot read the backup: {error}") from error
    print("· 已恢复；请运行 ./run · restored; now ./run")
    return 0


def restore(source: Path) -> None:
    with unpacked(source) as (folder, about):
        if about["database"] != connection.vendor:
            raise SystemExit(f"yishi: 备份来自 {about['database']} · the backup was made on {about['database']}")
        load(folder / DATABASE[connection.vendor])
        if (folder / "files").exists():
            shutil.copytree(folder / "files", settings.FILES_DIR, dirs_exist_ok=True)
        for name in KEYS:
            if (folder / name).exists():
                key = settings.DATA_DIR / name
                key.unlink(missing_ok=True)
                shutil.copyfile(folder / name, key)
                key.chmod(stat.S_IRUSR)


def load(database: Path) -> None:
    if connection.vendor == "sqlite":
        copy_sqlite(database, connection.settings_dict["NAME"])
    else:
        name = str(connection.settings_dict["NAME"])
        postgres("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--dbname", name, str(database))
