"""`./run`: steps are skipped by content, and what is missing is said in one line."""

import os
import re
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests.conftest import draw, drawn_walks, left_out
from tools import check, dev, machine, postgres, serve, setup
from tools.say import ROOT, Stop


def run(*words: str, **env: str) -> subprocess.CompletedProcess:
    command = [sys.executable, ROOT / "run", *words]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)


def test_help_names_every_verb():
    text = run("help").stdout
    assert [verb for verb in ("dev", "setup", "test", "bench", "lock", "manage") if f"./run {verb}" not in text] == []


def test_an_unknown_verb_shows_the_verbs_and_fails():
    done = run("sevre")
    assert done.returncode == 1
    assert "sevre" in done.stderr
    assert "./run setup" in done.stdout


def test_run_needs_nothing_but_the_standard_library():
    script = "import sys; from tools import bench, check, dev, lock, serve, setup; print(*sorted(sys.modules))"
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


def test_the_checks_run_beside_one_another_and_each_is_heard(monkeypatch, capsys, tmp_path):
    """The first waits for what the second writes; a program that fails is named with what it said."""
    monkeypatch.setattr(check.os, "cpu_count", lambda: 2)
    wait = f"while [ ! -e {tmp_path}/here ]; do sleep 0.05; done"
    steps = [
        check.Step("一", "waits", ["timeout", "20", "sh", "-c", wait]),
        check.Step("二", "writes", ["touch", tmp_path / "here"]),
        check.Step("三", "fails", ["sh", "-c", "echo 有误; exit 3"]),
    ]
    outcome = check.Outcome()
    outcome.together(steps)
    assert {name: passed for name, passed, _seconds in outcome.steps} == {
        "一 · waits": True,
        "二 · writes": True,
        "三 · fails": False,
    }
    assert "有误" in capsys.readouterr().out
    assert outcome.close() == 1


def test_a_step_keeps_bytecode_whatever_the_shell_says(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    says = check.Step("", "", [sys.executable, "-c", "import sys; print(sys.dont_write_bytecode)"], {"A": "b"})
    assert says.run(is_quiet=True)[0].stdout == b"False\n"


def test_dev_sees_what_was_written_added_and_taken_away(tmp_path):
    (tmp_path / "part").mkdir()
    page, rule, gone = tmp_path / "part" / "page.py", tmp_path / "rule.toml", tmp_path / "gone.py"
    for path in (page, gone, tmp_path / "page.html"):
        path.write_text("one")
    changes = dev.Changes(tmp_path, {".py", ".toml"})
    assert changes.since() == []
    os.utime(page, (1, 1))
    rule.write_text("two")
    gone.unlink()
    os.utime(tmp_path / "page.html", (1, 1))  # a template is read at each request: nothing starts again
    assert changes.since() == sorted([page, rule, gone])
    assert changes.since() == []


def test_dev_waits_for_the_next_change_where_a_server_does_not_start(monkeypatch, capsys):
    def refuse(*_):
        raise Stop("a line is half written")

    monkeypatch.setattr(dev.serve, "start_web", lambda *_, **__: "web")
    monkeypatch.setattr(dev.serve, "wait_for", refuse)
    server = dev.Server("127.0.0.1", 8000)
    server.start()
    assert server.processes == ["web"], "and no jobs"
    assert "half written" in capsys.readouterr().out


def test_with_debug_templates_and_static_files_are_read_at_each_request():
    script = (
        "from yishi.config import settings as s; print(s.TEMPLATES[0]['OPTIONS']['loaders'], s.WHITENOISE_USE_FINDERS)"
    )
    shown = [
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT, env={**os.environ, "YISHI_DEBUG": debug}, capture_output=True, text=True, check=True,
        ).stdout
        for debug in ("1", "0")
    ]  # fmt: skip
    assert "cached" not in shown[0] and shown[0].endswith("True\n")
    assert "cached" in shown[1]


def test_the_long_walks_that_are_drawn_depend_on_the_seed_alone():
    walks = [f"tests/test_walk.py::test_{number}" for number in range(40)]
    drawn = draw(walks, "a")
    assert len(drawn) == 7 and drawn < set(walks)
    assert draw(walks[::-1], "a") == drawn
    assert draw(walks, "b") != drawn
    assert set().union(*(draw(walks, str(seed)) for seed in range(40))) == set(walks), "each has its turn"
    assert len(draw(walks[:1], "a")) == 1


@pytest.mark.parametrize("seed", "abcdefgh")
def test_each_walk_of_many_cases_has_its_sixth_whatever_the_seed(seed):
    """Five of the browser's twelve parts were drawn by one seed, which cost a minute, and none by another."""
    walks = [f"tests/test_a.py::test_pages[{part}]" for part in range(12)]
    walks += [f"tests/test_b.py::test_{number}" for number in range(20)]
    drawn = drawn_walks(walks, seed)
    assert sum("test_a.py" in name for name in drawn) == 2
    assert sum("test_b.py" in name for name in drawn) == 4


class Drawn:
    """A test as pytest collects it: its name, its marks, its fixtures."""

    def __init__(self, name, marks=(), fixtures=()):
        self.nodeid, self.fixturenames = name, list(fixtures)
        self._marks = {mark.name: mark for mark in marks}

    def get_closest_marker(self, name):
        return self._marks.get(name)


def test_postgresql_runs_a_sixth_and_all_of_what_differs_there():
    items = [Drawn(f"a{number}", [pytest.mark.django_db.mark]) for number in range(40)]
    items += [Drawn(f"b{number}", [pytest.mark.long.mark]) for number in range(8)]
    items += [Drawn("about", [pytest.mark.postgres.mark]), Drawn("commits", fixtures=["transactional_db"])]
    items += [Drawn("commits too", [pytest.mark.django_db(transaction=True).mark])]
    out = {item.nodeid[0] for item in left_out(items, "a", "sqlite")}
    assert out == {"b"}, "SQLite runs all but long walks"
    on_sqlite = {item.nodeid for item in items} - {item.nodeid for item in left_out(items, "a", "sqlite")}
    here = {item.nodeid for item in items} - {item.nodeid for item in left_out(items, "a", "postgresql")}
    assert sum(name.startswith("b") for name in on_sqlite) == 2
    assert {"about", "commits", "commits too"} < here < on_sqlite, "a walk that SQLite left out is left out here too"
    assert len(here) == 3 + 7, "a sixth of forty and of the two walks"
    walks = [
        {item.nodeid for item in items} - {item.nodeid for item in left_out(items, str(n), "postgresql")}
        for n in range(40)
    ]
    assert any(name.startswith("b") for name in set().union(*walks)), "a walk has its turn here"


def test_a_run_names_the_seed_of_its_draw_and_a_long_one_draws_nothing(monkeypatch, capsys):
    seeds = []
    monkeypatch.setattr(check.setup, "ready", lambda **_: None)
    monkeypatch.setattr(check, "checks", lambda outcome: None)
    monkeypatch.setattr(check, "tests", lambda outcome: seeds.append(os.environ[check.SEED]))
    for words in ([], ["--draw", "apples"], ["long"]):
        monkeypatch.setenv(check.SEED, "")
        check.run(words)
    assert seeds == [check.commit(), "apples", ""]
    assert "--draw apples" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "as_built"),
    [
        (["tests/kit/test_ids.py"], True),
        (["part", "kit"], True),
        (["tests/browser/test_pages.py"], False),
        (["long"], False),
        ([], False),
    ],
)
def test_a_named_test_waits_for_no_pages_to_be_built(monkeypatch, words, as_built):
    """Whoever edits a page and runs one test has it in seconds; a browser and the whole run want new pages."""
    asked = []
    monkeypatch.setattr(check.setup, "ready", lambda **how: asked.append(how["as_built"]))
    monkeypatch.setattr(check.subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=0, stdout="x"))
    monkeypatch.setattr(check, "checks", lambda _outcome: None)
    monkeypatch.setattr(check, "tests", lambda _outcome: None)
    monkeypatch.setenv(check.SEED, "x")
    check.run(words)
    assert asked == [as_built]


def test_pages_that_were_built_once_are_not_built_anew_for_a_named_test(monkeypatch, tmp_path):
    built = []
    for folder, name in (("BUILT", "desk.css"), ("FONTS", "sans.ttf")):
        monkeypatch.setattr(setup, folder, tmp_path)
        (tmp_path / name).touch()
    monkeypatch.setattr(setup, "stamp", lambda name: "of older sources")
    monkeypatch.setattr(setup, "node_and_npm", lambda: ("node", ["npm"]))
    monkeypatch.setattr(setup, "set_stamp", lambda *_: None)
    monkeypatch.setattr(setup, "call", lambda command, **_: built.append(command))
    setup.pages(as_built=True)
    assert built == []
    setup.pages()
    assert built


def test_the_tests_of_one_part_are_found_by_its_name():
    assert check.tests_of("kit") == ["tests/kit"]
    assert "tests/test_house.py" in check.tests_of("house")
    for wrong in ("", "no-such-part"):
        with pytest.raises(Stop, match="assistance"):
            check.tests_of(wrong)


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", ".ci/run"])
def test_every_package_that_the_tests_want_is_named(page):
    text = (ROOT / page).read_text("utf-8")
    named = {word for line in re.findall(r"apt install ([a-z0-9 .+-]+)|packages=\(([^)]*)\)", text) for word in line}
    words = {word for line in named for word in line.split()}
    assert set(machine.PACKAGES) - words == set()
    assert {"git", "python3", "python3-venv"} - words == set()


def test_a_missing_package_is_named_before_anything_runs(monkeypatch, capsys):
    monkeypatch.setitem(machine.PACKAGES, "poppler-utils", lambda: False)
    monkeypatch.setattr(check.setup, "ready", lambda **_: None)
    said = []
    monkeypatch.setattr(check, "checks", lambda _outcome: said.append(capsys.readouterr().out))
    monkeypatch.setattr(check, "tests", lambda _outcome: None)
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv(check.SEED, "x")
    assert check.run([]) == 1
    assert "apt install poppler-utils" in said[0]
