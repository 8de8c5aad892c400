"""A backup restores everything on a clean machine: database, files and key; a damaged one restores nothing."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]


def yishi(folder: Path, *words: str, database: str = "", expect: int = 0) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("YISHI_", "DJANGO_"))}
    env |= {"YISHI_DATA_DIR": str(folder), "YISHI_DEMO": "0", "DATABASE_URL": database}
    command = [sys.executable, "-m", "yishi.cli", *words]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


NAME = "from yishi.organisations.models import Installation; "
WRITE = NAME + "Installation.objects.create(site_name='牟定')"
READ = NAME + "print(Installation.objects.get().site_name)"


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """An installation ("old" beside it) with one row and one file, backed up; the tests only read it."""
    folder = tmp_path_factory.mktemp("backup")
    old = folder / "old"
    yishi(old, "migrate", "-v0")
    yishi(old, "shell", "-v0", "-c", WRITE)
    (old / "files" / "ab").mkdir(parents=True)
    (old / "files" / "ab" / "photo.jpg").write_bytes(b"a photo")
    yishi(old, "backup", str(folder / "backup.tar.gz"))
    return folder / "backup.tar.gz"


@pytest.mark.migrations
def test_it_works(tmp_path, archive):
    new = tmp_path / "new"
    yishi(new, "restore", str(archive))
    assert yishi(new, "shell", "-v0", "-c", READ) == "牟定\n"
    assert (new / "files" / "ab" / "photo.jpg").read_bytes() == b"a photo"
    for name in ("secret-key", "register-keys"):
        assert (new / name).read_text() == (archive.parent / "old" / name).read_text()
        assert (new / name).stat().st_mode & 0o377 == 0
    assert archive.stat().st_mode & 0o077 == 0, "the archive holds the key: its owner alone reads it"
    assert "not empty" in yishi(new, "restore", str(archive), expect=1)


@pytest.mark.migrations
def test_a_damaged_archive_restores_nothing(tmp_path, archive):
    with tarfile.open(archive) as good:
        good.extractall(tmp_path / "parts")  # noqa: S202  our own archive
    (tmp_path / "parts" / "files" / "ab" / "photo.jpg").write_bytes(b"another")
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as bad:
        for part in (tmp_path / "parts").iterdir():
            bad.add(part, part.name)
    assert "damaged" in yishi(tmp_path / "new", "restore", str(tmp_path / "bad.tar.gz"), expect=1)
    assert "OperationalError" in yishi(tmp_path / "new", "shell", "-v0", "-c", READ, expect=1)
    (tmp_path / "no.tar.gz").write_bytes(b"nothing")
    assert "cannot read" in yishi(tmp_path / "new", "restore", str(tmp_path / "no.tar.gz"), expect=1)


@pytest.mark.migrations
@pytest.mark.postgres
@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="no pg_dump")
def test_it_works_on_postgresql(tmp_path):
    server = urlsplit(os.environ["YISHI_TEST_DATABASE_URL"])
    names = [f"backup_{os.getpid()}_old", f"backup_{os.getpid()}_new"]
    old, new = (urlunsplit(server._replace(path=f"/{name}")) for name in names)
    with psycopg.connect(urlunsplit(server), autocommit=True) as admin:
        for name in names:
            admin.execute(f"CREATE DATABASE {name}")
        try:
            yishi(tmp_path / "old", "migrate", "-v0", database=old)
            yishi(tmp_path / "old", "shell", "-v0", "-c", WRITE, database=old)
            yishi(tmp_path / "old", "backup", str(tmp_path / "backup.tar.gz"), database=old)
            yishi(tmp_path / "new", "restore", str(tmp_path / "backup.tar.gz"), database=new)
            assert yishi(tmp_path / "new", "shell", "-v0", "-c", READ, database=new) == "牟定\n"
        finally:
            for name in names:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
