"""All checks and tests, the cheapest first; every step runs, the end counts."""

import os
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from . import covered, machine, postgres, setup
from .say import ROOT, Stop, say

SEED = "YISHI_TEST_DRAW"  # of the long walks; read by tests/conftest.py
RESULTS = ROOT / "test-results"
TWO = ("-n", "2", "--dist", "worksteal")  # who is done first takes over what waits for the other
BROWSER = "tests/browser"  # no other test drives one: 250 modules need not be read for these
COUNTS = ("tests", "failures", "errors", "skipped")


@dataclass
class Step:
    """A program that has something to find."""

    chinese: str
    english: str
    words: list[str | Path]
    env: dict[str, str] = field(default_factory=dict)

    def run(self, *, is_quiet: bool = False) -> "tuple[subprocess.CompletedProcess[bytes], float]":
        """How it ended, what it said if that `is_quiet`, and how many seconds it took."""
        start, kept = time.monotonic(), dict(os.environ)
        kept.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes would each compile all modules anew
        said = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if is_quiet else {}
        words = [str(word) for word in self.words]
        done = subprocess.run(words, cwd=ROOT, env=kept | self.env, check=False, **said)
        return done, time.monotonic() - start


@dataclass
class Outcome:
    """What the steps said."""

    steps: list[tuple[str, bool, float]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    left_out: list[str] = field(default_factory=list)

    def step(self, step: Step) -> None:
        say(step.chinese, step.english)
        self._keep(step, *step.run())

    def together(self, steps: list[Step]) -> None:
        """Steps of which none waits for another, on all processors; each is heard when it ends."""
        with ThreadPoolExecutor(os.cpu_count() or 1) as processors:
            running = {processors.submit(step.run, is_quiet=True): step for step in steps}
            for ended in as_completed(running):
                step, (done, seconds) = running[ended], ended.result()
                say(step.chinese, step.english)
                print(done.stdout.decode(errors="replace"), end="", flush=True)
                self._keep(step, done, seconds)

    def _keep(self, step: Step, done: "subprocess.CompletedProcess[bytes]", seconds: float) -> None:
        self.steps.append((f"{step.chinese} · {step.english}", done.returncode == 0, seconds))

    def tests(self, name: str, chinese: str, english: str, words: list[str], env: dict[str, str] | None = None) -> None:
        """A run of pytest; no test at all is a failure."""
        report = RESULTS / f"{name}.xml"
        report.unlink(missing_ok=True)
        command = [setup.PYTHON, "-m", "pytest", "-q", f"--junitxml={report}", *words]
        self.step(Step(chinese, english, command, env or {}))
        if report.exists():
            for suite in ElementTree.parse(report).iter("testsuite"):  # noqa: S314  pytest's own file
                for count in COUNTS:
                    self.counts[count] += int(suite.get(count, 0))

    def leave_out(self, chinese: str, english: str) -> None:
        """Where CI must have it, its absence is a failure."""
        self.left_out.append(f"{chinese} · {english}")
        if os.environ.get("CI") == "true":
            self.steps.append((f"{chinese} · {english}", False, 0.0))

    def close(self) -> int:
        print()
        for name, passed, seconds in self.steps:
            print(f"  {'✓' if passed else '✗'} {seconds:6.1f} s  {name}")
        for name in self.left_out:
            print(f"  -  跳过 · left out: {name}")
        failed = self.counts["failures"] + self.counts["errors"]
        passed = self.counts["tests"] - failed - self.counts["skipped"]
        print(f"\n{passed} passed, {failed} failed, {self.counts['skipped']} skipped", flush=True)
        return 0 if failed == 0 and all(step[1] for step in self.steps) else 1


def run(words: list[str]) -> int:
    """`./run test`; with ARGS: only pytest with them, on SQLite.

    Otherwise a sixth of the long walks is drawn, and on PostgreSQL a sixth of what SQLite ran; with `--draw SEED`
    what SEED gives, with `long` all. `part NAME`: the tests of one part.
    """
    seed, words = seed_of(words)
    is_long = words == ["long"]
    if words[:1] == ["part"]:
        words = [*tests_of(words[1] if words[1:] else ""), *words[2:]]
    os.environ[SEED] = seed
    is_named = bool(words) and not is_long  # a browser alone sees whether styles and scripts are new
    setup.ready(dev=True, as_built=is_named and not any("browser" in word for word in words))
    if is_named:
        return subprocess.run([setup.PYTHON, "-m", "pytest", *words], cwd=ROOT, check=False).returncode
    os.environ[SEED] = seed = "" if is_long else seed or commit()
    if seed:
        say(
            f"长测试抽六分之一，PostgreSQL 上再抽六分之一，种子 {seed}",
            f"a sixth of the long walks, on PostgreSQL a sixth of all; the same again: ./run test --draw {seed}",
        )
    RESULTS.mkdir(exist_ok=True)
    outcome = Outcome()
    for package in machine.missing():
        missing = (f"缺少 {package}（apt install {package}）", f"{package} is missing")
        say(*missing)
        outcome.leave_out(*missing)
    checks(outcome)
    tests(outcome)
    return outcome.close()


def seed_of(words: list[str]) -> tuple[str, list[str]]:
    """The seed that was named, on the command line before the environment, and the other words."""
    if words[:1] != ["--draw"]:
        return os.environ.get(SEED, ""), words
    if not words[1:]:
        raise Stop("yishi: ./run test --draw SEED")
    return words[1], words[2:]


def commit() -> str:
    """What changes from commit to commit, so that the draws go round; the day where there is no repository."""
    asked = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or time.strftime("%Y-%m-%d")


def tests_of(part: str) -> list[str]:
    """The folders of tests that carry the part's name, else the files that begin with it."""
    folder = ROOT / "tests"
    names = sorted({path.parent.name for path in folder.rglob("test_*.py")} - {"tests"})
    paths = [path for path in sorted(folder.rglob(part or "-")) if path.is_dir()]
    paths = paths or (sorted(folder.rglob(f"test_{part}*.py")) if part else [])
    if not paths:
        raise Stop("yishi: ./run test part NAME · " + " ".join(names))
    return [str(path.relative_to(ROOT)) for path in paths]


def checks(outcome: Outcome) -> None:
    programs = setup.VENV / "bin"
    python: list[str | Path] = [setup.PYTHON, "-m"]
    where = ["yishi", "tests", "tools", "run"]
    tables = [*python, "yishi.cli", "makemigrations", "--check", "--dry-run"]
    outcome.together(
        [  # what takes longest first
            Step("类型检查", "mypy", [*python, "mypy"], folder_of("mypy")),
            Step("分层约束", "import contracts", [programs / "lint-imports"]),
            Step("没有用到的代码", "unused code", [*python, "tools.unused"]),
            Step("数据库迁移是否齐全", "no migration is missing", tables, folder_of("migrations")),
            Step("系统检查", "start-up checks", [*python, "yishi.cli", "check"], folder_of("check")),
            Step("模板格式", "template format", [programs / "djangofmt", "--check", "--quiet", "yishi"]),
            Step("代码检查", "ruff check", [programs / "ruff", "check", "--quiet", *where]),
            Step("代码格式", "ruff format", [programs / "ruff", "format", "--check", "--quiet", *where]),
        ]
    )


def folder_of(step: str) -> dict[str, str]:
    """Data of its own for a step that runs beside others."""
    return {"YISHI_DATA_DIR": str(RESULTS / "data" / step)}


def tests(outcome: Outcome) -> None:
    both = [*TWO, "-m", "not browser", f"--ignore={BROWSER}"]
    one = [*TWO, "-m", "not browser and not postgres", f"--ignore={BROWSER}"]
    report = RESULTS / "coverage.json"
    report.unlink(missing_ok=True)
    measured = ["--cov-branch", f"--cov-report=json:{report}", *(f"--cov={room}" for room in covered.pure_rooms())]
    env = {"YISHI_TEST_DATABASE": "none", "COVERAGE_FILE": str(RESULTS / ".coverage")}
    outcome.tests("pure", "测试（不用数据库）", "tests without a database", [*one, *measured], env)
    covers: list[str | Path] = [setup.PYTHON, "-m", "tools.covered", report]
    outcome.step(Step("纯房间的覆盖率", "coverage of the pure rooms", covers))
    outcome.tests("sqlite", "测试（SQLite）", "tests on SQLite", one, {"YISHI_TEST_DATABASE": "sqlite"})
    with postgres.server() as url:
        if url is not None:
            env = {"YISHI_TEST_DATABASE": "postgresql", postgres.NAME: url}
            outcome.tests("postgresql", "测试（PostgreSQL）", "tests on PostgreSQL", both, env)
    if machine.PACKAGES["chromium"]() and machine.PACKAGES["libatomic1"]():
        outcome.tests("browser", "浏览器测试", "browser tests", [*TWO, "-m", "browser", BROWSER])
