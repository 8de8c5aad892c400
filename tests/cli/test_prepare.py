"""Two services that start together: one makes ready, the other waits for it."""

import subprocess
import threading
import time

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from tools import setup
from yishi.cli import prepare

from .test_backup import start


def both_end_well(*processes: subprocess.Popen) -> None:
    said = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], "\n".join(said)
    assert sum("waiting" in text for text in said) <= 1
    assert sum("migrating" in text for text in said) == 1, "only one of them makes the tables"


@pytest.mark.long
@pytest.mark.migrations
def test_operating_2_two_services_that_start_together_migrate_once(tmp_path):
    both_end_well(start(tmp_path / "data", "prepare"), start(tmp_path / "data", "prepare"))


@pytest.mark.migrations
@pytest.mark.postgres
def test_operating_2_two_machines_that_start_together_migrate_once(tmp_path, new_database):
    """Each with a data folder of its own: the database is all that they share."""
    url = new_database()
    both_end_well(start(tmp_path / "one", "prepare", database=url), start(tmp_path / "two", "prepare", database=url))


def test_operating_5_a_database_of_another_version_is_left_alone(monkeypatch):
    applied = {("a_library_that_is_gone", "0001_initial"): None}
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda _recorder: applied)
    prepare._refuse_another_version(MigrationExecutor(connection))
    applied["assistance", "0099_later"] = None
    with pytest.raises(SystemExit, match=r"升级程序.*assistance\.0099_later"):
        prepare.tables()


def test_operating_2_two_that_install_in_one_folder_do_so_one_after_the_other(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    order = []

    def second() -> None:
        with setup.alone():
            order.append("second")

    thread = threading.Thread(target=second)
    with setup.alone():
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert "waiting" in capsys.readouterr().out
