"""The version is said by the command line, at the foot of every page and in the log."""

import logging
import os
import subprocess
import sys

import pytest

from tests.cast import sign_in
from tools.say import ROOT
from yishi import __version__
from yishi.cli import work

pytestmark = pytest.mark.django_db


def test_it_works():
    command = [sys.executable, "-m", "yishi.cli", "version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"Yishi {__version__} (Python ")
    assert len(done.stdout.splitlines()) == 1


def test_the_door_and_the_desk_show_it(client, cast):
    assert f"议事 {__version__}" in client.get("/").content.decode()
    sign_in(client, cast, "clerk")
    assert f"议事 {__version__}" in client.get("/desk/").content.decode()


def test_the_log_begins_with_it(monkeypatch, caplog):
    monkeypatch.setattr(work, "JOBS", [])
    monkeypatch.setattr(work.signal, "signal", lambda *_: None)
    with caplog.at_level(logging.INFO):
        work.run(["--once"])
    script = "import yishi.config.wsgi"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=os.environ, capture_output=True, text=True)
    assert f"Yishi {__version__}: the jobs have started" in caplog.text
    assert f"Yishi {__version__}: a web process has started" in done.stderr
