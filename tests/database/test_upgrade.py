"""A database of each released version is carried along to this one: with all its rows, its journal and its figures."""

from pathlib import Path

import pytest

from tests.cli.conftest import new_database  # noqa: F401  a fixture
from tests.cli.test_backup import yishi

from .kept_versions import versions

MAKE = "from tests.database.kept_versions import make; make('{}')"
MAKE_BESIDE = "from tests.database.kept_versions import make_beside; make_beside('{}', '{}')"
COUNT = (
    "from django.db import connection; cursor = connection.cursor(); names = connection.introspection.table_names(); "
    "many = lambda name: cursor.execute(f'SELECT count(*) FROM \"{name}\"') and cursor.fetchone()[0]; "
    "[print(name, many(name)) for name in sorted(names) if not name.startswith(('django_', 'auth_permission'))]"
)


def counted(folder: Path, database: str = "") -> dict[str, int]:
    lines = yishi(folder, "shell", "-v0", "-c", COUNT, database=database).splitlines()
    return {name: int(count) for name, count in (line.split() for line in lines)}


def upgraded(folder: Path, database: str = "") -> None:
    """Every row is there after the upgrade, and what it brought holds."""
    before = counted(folder, database)
    assert before["journal_entry"] and before["organisations_place"] and before["assistance_deed"]
    yishi(folder, "prepare", database=database)
    after = counted(folder, database)
    lost = {name: (count, after.get(name)) for name, count in before.items() if count > after.get(name, 0)}
    assert not lost, "rows before and after"
    assert "完好" in yishi(folder, "journal", "verify", database=database)
    yishi(folder, "tally", "verify", database=database)
    assert "No changes detected" in yishi(folder, "makemigrations", "--check", "--dry-run", database=database)


@pytest.mark.migrations
@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("version", versions())
def test_an_upgrade_keeps_every_row(tmp_path, version):
    yishi(tmp_path, "shell", "-v0", "-c", MAKE.format(version))
    upgraded(tmp_path)


@pytest.mark.migrations
@pytest.mark.postgres
@pytest.mark.parametrize("version", versions())
def test_an_upgrade_keeps_every_row_on_postgresql(tmp_path, version, new_database):  # noqa: F811
    url = new_database()
    yishi(tmp_path, "shell", "-v0", "-c", MAKE.format(version))
    yishi(tmp_path, "shell", "-v0", "-c", MAKE_BESIDE.format(version, url))
    upgraded(tmp_path, url)


def test_there_is_a_kept_version():
    assert "0.2.0" in versions()
