"""`./run`: steps are skipped by content, and what is missing is said in one line."""

import os
import socket
import subprocess
import sys

import pytest

from tools import check, postgres, serve, setup
from tools.say import ROOT, Stop


def run(*words: str, **env: str) -> subprocess.CompletedProcess:
    command = [sys.executable, ROOT / "run", *words]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)


def test_help_names_every_verb():
    text = run("help").stdout
    assert [verb for verb in ("setup", "test", "bench", "lock", "manage") if f"./run {verb}" not in text] == []


def test_an_unknown_verb_shows_the_verbs_and_fails():
    done = run("sevre")
    assert done.returncode == 1
    assert "sevre" in done.stderr
    assert "./run setup" in done.stdout


def test_run_needs_nothing_but_the_standard_library():
    script = "import sys; from tools import bench, check, lock, serve, setup; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-S", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    rooms = {name.split(".")[0] for name in done.stdout.split()}
    assert rooms - set(sys.stdlib_module_names) <= {"tools", "__main__", "_sysconfigdata__linux_x86_64-linux-gnu"}


@pytest.mark.parametrize(
    ("version", "enough"),
    [("v18.19.0", False), ("v20.18.3", False), ("v20.19.0", True), ("v21.7.0", False), ("v22.11.0", False)]
    + [("v22.12.0", True), ("v24.19.0", True), ("", False)],
)
def test_node_is_taken_from_the_machine_only_if_new_enough(version, enough):
    assert setup.new_enough(version) is enough


def test_a_step_is_done_again_when_a_content_changed_and_not_when_only_a_time_did(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    file = tmp_path / "page.html"
    file.write_text("one")
    before = setup.digest([file])
    os.utime(file, (1, 1))
    assert setup.digest([file]) == before
    file.write_text("two")
    assert setup.digest([file]) != before


def test_a_port_in_use_is_said_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(Stop) as stopped:
        serve.refuse_taken("127.0.0.1", other.getsockname()[1])
    assert "\n" not in str(stopped.value)


def test_a_missing_package_of_debian_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Stop, match="apt install python3-venv"):
        setup.environment()


def test_a_named_server_is_taken_as_it_is(monkeypatch):
    monkeypatch.setenv(postgres.NAME, "postgres://db.example/test")
    with postgres.server() as url:
        assert url == "postgres://db.example/test"


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_what_is_missing_fails_in_ci_and_is_said_elsewhere(monkeypatch, capsys, ci, code):
    monkeypatch.setenv("CI", ci)
    outcome = check.Outcome()
    outcome.counts |= {"tests": 3, "skipped": 1}
    outcome.leave_out("Chromium", "Chromium is missing")
    assert outcome.close() == code
    shown = capsys.readouterr().out.splitlines()
    assert shown[-1] == "2 passed, 0 failed, 1 skipped"
    assert any("left out: Chromium" in line for line in shown)
