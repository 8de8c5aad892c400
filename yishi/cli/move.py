"""Move everything to another, empty database: from SQLite to PostgreSQL and back.

`yishi move --to postgres://user:password@host/name` or `yishi move --to sqlite`; `--to -` reads the address from the
input, so that no list of processes shows its password. Stop the service first. The files and keys stay where they are;
the old database is only read.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, Error, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from yishi.database.reach import everything

from .installed import first_line, where

USAGE = "yishi move --to postgres://用户:密码@主机:端口/库名 | yishi move --to sqlite"
SQLITE = "sqlite"
CHUNK = 1000
SOURCE, TARGET = "default", "target"


def run(words: list[str]) -> int:
    """`yishi move --to URL`"""
    if len(words) != 2 or words[0] != "--to":
        print(USAGE)
        return 2
    asked = sys.stdin.readline().strip() if words[1] == "-" else words[1]
    url = "" if asked == SQLITE else asked
    began = time.perf_counter()
    with beside(url):
        _refuse_what_is_not_empty()
        try:
            call_command("migrate", database=TARGET, interactive=False, verbosity=0)
            _refuse_another_version()
            count = copy_all()
        except (DatabaseError, Error) as error:
            raise SystemExit(
                f"yishi: 搬迁中断，原数据库没有改动；请清空目标数据库再试 · the move stopped, the old database is "
                f"unchanged; empty the other one and try again: {first_line(error)}"
            ) from error
        there = where(connections[TARGET])
    print(f"· 已复制 · copied: {where()} → {there}，{count:,} 行 · rows ({time.perf_counter() - began:.0f} s)")
    if not proved(url):
        print(f"yishi: 核对不符，请继续使用原来的数据库 · it does not agree: go on with {where()}", file=sys.stderr)
        return 1
    line = f"DATABASE_URL={url}"
    print(
        "· 日志和统计核对无误。在设置文件里写上新的 DATABASE_URL 再启动；原数据库没有改动，确认无误后再删除 · journal "
        f"and figures agree: put {_without_password(line)} into the settings, then start; the old database is unchanged"
    )
    return 0


@contextmanager
def beside(url: str) -> Iterator[None]:
    """The other database under the name "target", beside ours."""
    described = settings.DATABASE_OF(url)
    if described["ENGINE"] == connections[SOURCE].settings_dict["ENGINE"] and not url:
        raise SystemExit("yishi: 已经是 SQLite · the data are on SQLite already")
    described["OPTIONS"].pop("pool", None)
    kept = connections.settings
    connections.settings = connections.configure_settings({**settings.DATABASES, TARGET: described})
    try:
        yield
    finally:
        connections[TARGET].close()
        del connections[TARGET]
        connections.settings = kept


def _refuse_what_is_not_empty() -> None:
    target = connections[TARGET]
    if target.vendor == "sqlite" and Path(target.settings_dict["NAME"]).exists():
        raise SystemExit(f"yishi: 文件已存在 · {target.settings_dict['NAME']} exists already; nothing was moved")
    try:
        tables = target.introspection.table_names()
    except DatabaseError as error:
        raise SystemExit(f"yishi: 数据库连不上 · cannot reach {where(target)}: {first_line(error)}") from error
    if tables:
        raise SystemExit(f"yishi: 目标数据库不是空的，没有搬迁 · {where(target)} is not empty; nothing was moved")


def _refuse_another_version() -> None:
    ours, theirs = (set(MigrationRecorder(connections[alias]).applied_migrations()) for alias in (SOURCE, TARGET))
    if ours != theirs:
        raise SystemExit(
            "yishi: 数据库是另一个版本的，请先启动一次再搬迁 · the database is of another version: "
            "start Yishi once, then move"
        )


def tables() -> list[type[models.Model]]:
    """Everything that has a table of its own."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    ]


def copy_all() -> int:
    """All rows as of one moment, in one transaction: whole or not at all. Gives their number."""
    target, total = connections[TARGET], 0
    with everything(), transaction.atomic(using=SOURCE), transaction.atomic(using=TARGET):
        if connections[SOURCE].vendor == "postgresql":
            with connections[SOURCE].cursor() as cursor:
                names = ", ".join(connections[SOURCE].ops.quote_name(model._meta.db_table) for model in tables())
                cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")
        for model in reversed(tables()):  # what the migrations themselves wrote
            model._base_manager.using(TARGET).all()._raw_delete(TARGET)
        for number, model in enumerate(tables(), 1):
            if sys.stderr.isatty():
                sys.stderr.write(f"\r\x1b[K[{number}/{len(tables())}] {model._meta.db_table} {total:,}")
                sys.stderr.flush()
            total += _copy(model)
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
        with target.cursor() as cursor:
            for sql in target.ops.sequence_reset_sql(no_style(), tables()):
                cursor.execute(sql)
    return total


def _copy(model: type[models.Model]) -> int:
    """The rows of one table, with every value as it stands: no default, no time of now."""
    rows = model._base_manager.using(SOURCE).order_by("pk").iterator(chunk_size=CHUNK)
    total, batch = 0, []
    with _as_it_stands(model):
        for row in rows:
            batch.append(row)
            if len(batch) == CHUNK:
                total += _write(model, batch)
                batch = []
        total += _write(model, batch)
    there = model._base_manager.using(TARGET).count()
    if there != total:
        raise DatabaseError(f"{model._meta.db_table}: {total} rows, {there} arrived")
    return total


def _write(model: type[models.Model], batch: list[Any]) -> int:
    try:
        model._base_manager.using(TARGET).bulk_create(batch)
    except Error as error:
        raise DatabaseError(f"{model._meta.db_table}: {first_line(error)}") from error
    return len(batch)


@contextmanager
def _as_it_stands(model: type[models.Model]) -> Iterator[None]:
    """Meanwhile no field of `model` sets itself to the present."""
    kept = []
    for field in model._meta.local_fields:
        for name in ("auto_now", "auto_now_add"):
            if getattr(field, name, False):
                kept.append((field, name))
                setattr(field, name, False)
    try:
        yield
    finally:
        for field, name in kept:
            setattr(field, name, True)


def proved(url: str) -> bool:
    """Do journal and figures of the new database agree with themselves, asked as the service will ask it?"""
    env = {**os.environ, "DATABASE_URL": url}
    commands = (["journal", "verify"], ["tally", "verify"])
    return all(
        subprocess.run([sys.executable, "-m", "yishi.cli", *words], env=env, check=False).returncode == 0  # noqa: S603
        for words in commands
    )


def _without_password(line: str) -> str:
    name, at, rest = line.rpartition("@")
    return f"{name.rpartition(':')[0]}:…@{rest}" if at else line
