"""A backup restores everything on a clean machine: database, files and key; a damaged one restores nothing."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from yishi import __version__

ROOT = Path(__file__).resolve().parents[2]


def start(folder: Path, *words: str, database: str = "") -> subprocess.Popen:
    """A command of the installation in `folder`, begun and not waited for; it says everything on one stream."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("YISHI_", "DJANGO_"))}
    env |= {"YISHI_DATA_DIR": str(folder), "YISHI_DEMO": "0", "YISHI_ENV_FILE": "", "DATABASE_URL": database}
    command = [sys.executable, "-m", "yishi.cli", *words]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def yishi(folder: Path, *words: str, database: str = "", expect: int = 0) -> str:
    command = start(folder, *words, database=database)
    said = command.communicate()[0]
    assert command.returncode == expect, said
    return said


NAME = "from yishi.organisations.models import Installation; "
WRITE = NAME + "Installation.objects.create(site_name='牟定')"
READ = NAME + "print(Installation.objects.get().site_name)"


@pytest.fixture(scope="module")
def archive(tmp_path_factory, installed) -> Path:
    """An installation ("old" beside it) with one row and one file, backed up; the tests only read it."""
    folder = tmp_path_factory.mktemp("backup")
    old = folder / "old"
    installed(old)
    yishi(old, "shell", "-v0", "-c", WRITE)
    (old / "files" / "ab").mkdir(parents=True)
    (old / "files" / "ab" / "photo.jpg").write_bytes(b"a photo")
    (old / "outbox" / "sms").mkdir(parents=True)
    (old / "outbox" / "sms" / "1.json").write_text('{"to": "13900000000"}')
    yishi(old, "backup", str(folder / "backup.tar.gz"))
    return folder / "backup.tar.gz"


@pytest.mark.migrations
def test_it_works(tmp_path, archive):
    new = tmp_path / "new"
    yishi(new, "restore", str(archive))
    assert yishi(new, "shell", "-v0", "-c", READ) == "牟定\n"
    assert (new / "files" / "ab" / "photo.jpg").read_bytes() == b"a photo"
    assert (new / "outbox" / "sms" / "1.json").exists(), "what is still to be told by hand"
    for name in ("secret-key", "register-keys"):
        assert (new / name).read_text() == (archive.parent / "old" / name).read_text()
        assert (new / name).stat().st_mode & 0o377 == 0
    assert archive.stat().st_mode & 0o077 == 0, "the archive holds the key: its owner alone reads it"
    assert "not empty" in yishi(new, "restore", str(archive), expect=1)


def repacked(archive: Path, target: Path, change: Callable[[dict[str, bytes], dict], None]) -> Path:
    """The archive with its parts, and what it says about itself, changed."""
    with tarfile.open(archive) as good:
        parts = {part.name: good.extractfile(part).read() for part in good if part.isfile()}
    about = json.loads(parts.pop("about.json"))
    change(parts, about)
    if about:
        parts["about.json"] = json.dumps(about).encode()
    with tarfile.open(target, "w:gz") as bad:
        for name, content in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            bad.addfile(info, io.BytesIO(content))
    return target


def replace_part(name: str, content: bytes, *, is_signed: bool = True):
    def change(parts: dict[str, bytes], about: dict) -> None:
        parts[name] = content
        if is_signed:
            about["sha256"][name] = hashlib.sha256(content).hexdigest()

    return change


def flipped(archive: Path, target: Path) -> Path:
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 0xFF
    target.write_bytes(content)
    return target


def written(content: Callable[[Path], bytes]):
    def damage(archive: Path, target: Path) -> Path:
        target.write_bytes(content(archive))
        return target

    return damage


def folder(archive: Path, target: Path) -> Path:
    target.mkdir()
    return target


def changed(change: Callable[[dict[str, bytes], dict], None]):
    return lambda archive, target: repacked(archive, target, change)


DAMAGE = {
    "no such file": (lambda archive, target: target, "there is no file"),
    "a folder": (folder, "there is no file"),
    "nothing in it": (written(lambda archive: b""), "no backup"),
    "another kind of file": (written(lambda archive: b"nothing" * 99), "no backup"),
    "cut short": (written(lambda archive: archive.read_bytes()[: archive.stat().st_size // 2]), "cut short"),
    "a letter changed": (flipped, "damaged"),
    "another archive": (changed(lambda parts, about: about.clear()), "no backup of Yishi"),
    "says nothing of its parts": (changed(lambda parts, about: about.pop("sha256")), "no backup of Yishi"),
    "a part is missing": (changed(lambda parts, about: parts.pop("files/ab/photo.jpg")), "at files/ab/photo.jpg"),
    "a part was changed": (changed(replace_part("files/ab/photo.jpg", b"x", is_signed=False)), "at files/ab/photo.jpg"),
    "a part leads outside": (changed(replace_part("../outside", b"x")), "at ../outside"),
    "the database is none": (changed(replace_part("database.sqlite3", b"x" * 5000)), "at database.sqlite3"),
    "no database": (
        changed(lambda parts, about: (parts.pop("database.sqlite3"), about["sha256"].pop("database.sqlite3"))),
        "at database.sqlite3",
    ),
    "made on another database": (
        changed(lambda parts, about: about.update(database="postgresql")),
        "made on postgresql",
    ),
    "made by a newer version": (
        changed(lambda parts, about: about.update(version="9.0", migrations=["notices.9999_newer"])),
        "newer version 9.0",
    ),
}


@pytest.mark.long
@pytest.mark.migrations
@pytest.mark.parametrize("kind", DAMAGE)
def test_operating_9_each_way_to_damage_or_misdirect_a_backup_is_named_and_restores_nothing(tmp_path, archive, kind):
    damage, said = DAMAGE[kind]
    shown = yishi(tmp_path / "new", "restore", str(damage(archive, tmp_path / "bad.tar.gz")), expect=1)
    assert said in shown and len(shown.strip().splitlines()) == 1, shown
    left = {path.name for path in (tmp_path / "new").iterdir()} if (tmp_path / "new").exists() else set()
    assert left <= {"secret-key", "register-keys", "yishi.sqlite3"}
    assert not (tmp_path / "outside").exists()
    if "yishi.sqlite3" in left:
        with contextlib.closing(sqlite3.connect(tmp_path / "new" / "yishi.sqlite3")) as database:
            assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


@pytest.mark.migrations
def test_operating_9_a_backup_that_cannot_be_written_is_named(tmp_path, archive):
    old = archive.parent / "old"
    assert "exists already" in yishi(old, "backup", str(archive), expect=1)
    assert "there is no folder" in yishi(old, "backup", str(tmp_path / "no" / "b.tar.gz"), expect=1)


def test_operating_5_a_backup_says_its_version_and_what_its_tables_are(archive):
    with tarfile.open(archive) as good:
        about = json.load(good.extractfile("about.json"))
    assert about["version"] == __version__
    assert {"notices.0001_initial", "notices.0002_told_by_hand"} <= set(about["migrations"])


@pytest.mark.migrations
def test_operating_5_a_backup_of_an_earlier_version_is_taken(tmp_path, archive):
    def earlier(parts: dict[str, bytes], about: dict) -> None:
        del about["version"], about["migrations"]

    yishi(tmp_path / "new", "restore", str(repacked(archive, tmp_path / "earlier.tar.gz", earlier)))
    assert yishi(tmp_path / "new", "shell", "-v0", "-c", READ) == "牟定\n"


@pytest.mark.migrations
@pytest.mark.postgres
@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="no pg_dump")
def test_it_works_on_postgresql(tmp_path, new_database):
    old, new = new_database(), new_database()
    yishi(tmp_path / "old", "migrate", "-v0", database=old)
    yishi(tmp_path / "old", "shell", "-v0", "-c", WRITE, database=old)
    with psycopg.connect(old) as aside:  # as `demo-off` leaves one
        aside.execute("CREATE SCHEMA demo_20260101_120000 CREATE TABLE left_behind (id int)")
    yishi(tmp_path / "old", "backup", str(tmp_path / "backup.tar.gz"), database=old)
    yishi(tmp_path / "new", "restore", str(tmp_path / "backup.tar.gz"), database=new)
    assert yishi(tmp_path / "new", "shell", "-v0", "-c", READ, database=new) == "牟定\n"
    with psycopg.connect(new) as restored:
        schemas = restored.execute("SELECT nspname FROM pg_namespace").fetchall()
    assert ("demo_20260101_120000",) not in schemas, "a demo that was set aside is no part of the backup"
