"""An import whose process is killed: nothing is half-done, the next process goes on where it stopped."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from tests.assistance.importing import again, counted, families, workbook
from yishi.assistance.imports.models import Import, ImportPiece
from yishi.assistance.imports.services import steps as import_steps
from yishi.assistance.imports.services.imports import import_send
from yishi.assistance.imports.services.publish import import_publish
from yishi.assistance.register.models import Household
from yishi.database.reach import everything

pytestmark = [pytest.mark.django_db(transaction=True)]
State = Import.State
# The worker of the test: small pieces, and it waits before each so that it can be killed between two of them.
WORKER = """
import sys, time
from django.db import connection
import django
django.setup()
connection.settings_dict["NAME"] = sys.argv[1]
from yishi.assistance.imports.services import steps as import_steps
import_steps.ROWS_A_PIECE, import_steps.UNITS_A_PIECE = 20, 5
import_steps._stored = lambda began: time.sleep(0.15)
import_steps.imports_work()
"""


def worker():
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "YISHI_REGISTER_KEYS": settings.REGISTER_KEYS.written().strip().replace("\n", ","),
    }
    name = str(connection.settings_dict["NAME"])
    return subprocess.Popen([sys.executable, "-c", WORKER, name], env=env)


def killed_when(is_so):
    """Start a worker, and kill it for good as soon as `is_so`."""
    process = worker()
    try:
        for _ in range(600):
            if is_so():
                break
            assert process.poll() is None, "the worker ended by itself"
            time.sleep(0.05)
        else:
            raise AssertionError("it never came so far")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert process.returncode == -signal.SIGKILL
    Import.within.update(held_until=None)  # a dead worker lets go after a while


def test_it_goes_on_wherever_it_was_killed(cast, monkeypatch):
    monkeypatch.setattr(import_steps, "ROWS_A_PIECE", 20)
    monkeypatch.setattr(import_steps, "UNITS_A_PIECE", 5)
    with everything():
        before = counted()
        receipt = import_send(
            actor=cast.viewer("clerk"), body=cast.bodies["office"], kind="households", data=workbook(families(50)),
            filename="农户.xlsx", year=2020,
        )  # fmt: skip
        key = receipt.result["import"]
        killed_when(lambda: again(key).staged >= 60)
        assert again(key).state == State.READING and counted() == before
        killed_when(lambda: again(key).state == State.CHECKING and again(key).done >= 10)
        assert again(key).staged == 200 and counted() == before
        import_steps.imports_work()
        one = again(key)
        assert (one.state, one.staged, one.new, one.bad) == (State.READY, 200, 50, 0)
        rows = ImportPiece.objects.filter(of=one, stage="rows")
        assert sum(rows.values_list("count", flat=True)) == 200

        import_publish(actor=cast.viewer("clerk"), sent=one)
        killed_when(lambda: Household.arriving_too.exists() and again(key).done >= 20)
        assert again(key).state == State.WRITING
        assert Household.arriving_too.count() >= 20 and not Household.within.exists()
        import_steps.imports_work()
        assert again(key).state == State.PUBLISHED
        after = counted()
        assert after["seen"] - before["seen"] == 50 and after["Person"] - before["Person"] == 200
        assert after["HouseholdMember"] == 200 and not Household.arriving_too.filter(arriving__isnull=False).exists()
