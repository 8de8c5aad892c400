"""Make ready to serve: tables, static files, and the demo when the database is empty."""

import hashlib
import importlib
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from yishi import __version__
from yishi.database.alone import alone
from yishi.deliberation.services.processes import processes_load
from yishi.organisations.models import Installation, Place
from yishi.organisations.services.installation import may_start
from yishi.people.models import Account
from yishi.reporting.book import keep
from yishi.reporting.verify import follow_rules

from . import first_code, installed
from .messages import compile_all
from .verbs import VERBS


def run(words: list[str]) -> int:
    """`yishi prepare`: what is done already is not done again; of two that start together, the second waits."""
    installed.tables()  # stops with one line where the database cannot be reached
    with alone(Path(settings.DATA_DIR), "prepare", _waiting):
        compile_all()
        tables()
        if count := follow_rules():
            print(f"· 统计按新规则重算：{count} 条 · figures built anew by the rules of this version: {count} entries")
        keep()
        processes_load()
        static_files()
        if settings.DEMO and "demo" in VERBS and is_empty():
            print("· 载入演示数据… · loading the demo…", flush=True)
            importlib.import_module(VERBS["demo"]).run(["load"])
    how_to_enter()
    return 0


def _waiting() -> None:
    print("· 另一个进程正在准备，等它完成… · another process makes ready; waiting for it…", flush=True)


def how_to_enter() -> None:
    if may_start():
        first_code.run([])
    elif Installation.objects.filter(is_demo=True).exists():
        print("· 演示：打开首页，点一下即可以各种身份进入 · demo: on the start page enter as anybody with one click")


def tables() -> None:
    connection = connections["default"]
    executor = MigrationExecutor(connection)
    _refuse_another_version(executor)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("· 更新数据库… · migrating the database…", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def _refuse_another_version(executor: MigrationExecutor) -> None:
    """A database with migrations of ours that this program does not have: of a newer version, or of 0.1.0."""
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("yishi.")}
    known = executor.loader.disk_migrations
    if unknown := [key for key in executor.loader.applied_migrations if key[0] in ours and key not in known]:
        named = ", ".join(".".join(key) for key in sorted(unknown)[:3])
        raise SystemExit(
            f"yishi: {installed.where()} 是另一个版本的数据库（本程序 {__version__}）；没有改动。"
            "较新版本的：请先升级程序；0.1.0 的不能沿用：请换一个空的数据库 · it is of another version, nothing was "
            f"changed: upgrade the program first; a database of 0.1.0 is not carried along (unknown here: {named})"
        )


def static_files() -> None:
    """Collected and compressed again only when one of them changed; not while they are edited (`./run dev`)."""
    if settings.DEBUG:
        return
    mark = static_mark()
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == mark:
        return
    print("· 整理静态文件… · collecting static files…", flush=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(mark)


def static_mark() -> str:
    total = hashlib.sha256()
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                total.update(f"{path}\0{path.stat().st_size}\0{path.stat().st_mtime_ns}\n".encode())
    return total.hexdigest()


def is_empty() -> bool:
    """Nobody has begun: no place, no account, no first run."""
    return not (Installation.objects.exists() or Place.objects.exists() or Account.objects.exists())
