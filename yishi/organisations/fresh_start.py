"""The demo is set aside, not deleted: its database and files move into a folder (or schema) of their own.

What somebody entered into the demo by mistake is therefore never lost: the folder is a complete data folder, which
`YISHI_DATA_DIR=… ./run` opens again. A demo that were erased row by row would have to break the journal, which is
append-only, and could not tell a real worry from an invented one.
"""

import shutil
import sqlite3
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.schema import schema_set_aside
from yishi.kit.errors import WrongStage

from .grants import system
from .models import Installation, Place
from .place_file import SHIPPED
from .services.places import place_load


def demo_set_aside() -> str:
    """Set the demo aside and prepare an empty database with Yunnan's places. Gives in words where the demo is now.

    Raises `WrongStage` "demo.none" where no demo runs: a real installation is never set aside.
    """
    installation = Installation.objects.filter(pk=1).first()
    if installation is None or not installation.is_demo:
        raise WrongStage("demo.none", _("No demo runs here; nothing was changed."))
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M%S")
    folder = Path(settings.DATA_DIR) / "set-aside" / stamp
    folder.mkdir(parents=True)
    if connection.vendor == "postgresql":
        where = f"demo_{stamp.replace('-', '_')}"
        with transaction.atomic():
            schema_set_aside(where)
        where = f"PostgreSQL: schema {where}; {folder}"
    else:
        database = Path(connection.settings_dict["NAME"])
        connections.close_all()
        move_database(database, folder)
        where = str(folder)
    _move_files(folder)
    begin_empty()
    return where


def begin_empty() -> None:
    """Tables, Yunnan's places, and the mark that no demo is to be loaded again."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    places_provide()
    Installation.objects.get_or_create(pk=1, defaults={"demo_ended_at": timezone.now()})


def places_provide() -> None:
    """Yunnan's places, where there are none at all."""
    if not Place.objects.exists():
        place_load(SHIPPED, actor=system())


def move_database(database: Path, folder: Path) -> None:
    """Move a SQLite database, with what still stands in its write-ahead log."""
    raw = sqlite3.connect(database, timeout=30)
    try:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()
    for ending in ("", "-wal", "-shm"):
        part = database.with_name(database.name + ending)
        if part.exists():
            part.rename(folder / part.name)


def _move_files(folder: Path) -> None:
    data = Path(settings.DATA_DIR)
    for name in ("files", "outbox"):
        if (data / name).exists():
            shutil.move(str(data / name), str(folder / name))
    for name in ("secret-key", "register-keys"):  # codes handed out in the demo, and its register, are keyed with them
        if (data / name).exists():
            shutil.copy2(data / name, folder / name)
