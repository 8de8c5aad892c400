"""The guide's nightly backup, as cron runs it: what it leaves restores to the same journal and figures."""

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from yishi.config.environment import WELL_KNOWN

from .live import DUMP, LIVE
from .test_backup import ROOT, yishi

GUIDE = (ROOT / "docs" / "install.zh-CN.md").read_text("utf-8")
LINES = GUIDE.split("`/etc/cron.d/yishi`）：")[1].split("```")[1].strip().splitlines()
DAY = 24 * 3600


def by_cron(line: str, settings: Path, backups: Path) -> subprocess.CompletedProcess:
    """A line of /etc/cron.d as cron runs it (crontab(5)): /bin/sh, a bare environment, % for a line break, \\% for %.

    Its folders are the test's, and YISHI_ENV_FILE stands for the file that the guide puts at /etc/yishi.env.
    """
    *_times, user, command = line.split(None, 6)
    assert user == "yishi"
    command = re.sub(r"(?<!\\)%.*", "", command).replace("\\%", "%")  # what follows a bare % is no command any more
    command = command.replace("/srv/yishi/app", str(ROOT)).replace("/var/backups/yishi", str(backups))
    bare = {"HOME": str(backups), "LOGNAME": user, "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=backups,
        env={**bare, "YISHI_ENV_FILE": str(settings)},
        capture_output=True,
        text=True,
        check=False,
    )


def figures(said: str) -> int:
    """The entries that were found right in the figures, one by one."""
    return int(re.search(r"统计无误：(\d+) 条逐条相符", said)[1])


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.long])])
def databases(request):
    """The DATABASE_URL of the installation and of the empty one."""
    if request.param == "sqlite":
        return "", ""
    new = request.getfixturevalue("new_database")
    return new(), new()


@pytest.mark.migrations
def test_operating_1_the_nightly_backup_of_the_guide_restores_with_equal_journal_and_figures(
    tmp_path, databases, installed
):
    url, empty = databases
    old, backups, new, settings = (tmp_path / name for name in ("old", "backups", "new", "yishi.env"))
    backups.mkdir(mode=0o700)
    yishi(old, "migrate", "-v0", database=url) if url else installed(old)
    yishi(old, "shell", "-v0", "-c", LIVE, database=url)
    yishi(old, "journal", "seal", database=url)
    yishi(old, "tally", "rebuild", database=url)
    before = yishi(old, "shell", "-v0", "-c", DUMP, database=url)
    assert ".Deed 4 " in before
    counted = figures(yishi(old, "tally", "verify", database=url))
    assert counted >= 4
    settings.write_text(f"YISHI_DATA_DIR={old}\nYISHI_DEMO=0\n" + (f"DATABASE_URL={url}\n" if url else ""))
    for name, days in (("2026-01-01.tar.gz", 40), ("2026-02-01.tar.gz", 20)):
        (backups / name).touch()
        os.utime(backups / name, (0, time.time() - days * DAY))

    for line in LINES:
        done = by_cron(line, settings, backups)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "已备份" in done.stdout

    kept = {path.name for path in backups.glob("*.tar.gz")}
    (made,) = kept - {"2026-02-01.tar.gz"}  # of forty days ago: away; of twenty: kept
    assert re.fullmatch(r"\d{4}-\d\d-\d\d\.tar\.gz", made)
    yishi(new, "restore", str(backups / made), database=empty)
    assert yishi(new, "shell", "-v0", "-c", DUMP, database=empty) == before
    assert "日志完好" in yishi(new, "journal", "verify", database=empty)
    assert figures(yishi(new, "tally", "verify", database=empty)) == counted


def test_operating_1_the_line_of_the_guide_needs_nothing_that_cron_does_not_have():
    assert LINES and Path("/etc/yishi.env") == WELL_KNOWN, "what the program reads when nobody names a file"
    for line in LINES:
        command = line.split(None, 6)[6]
        assert not re.search(r"(?<!\\)%", command), "cron ends the command at a bare %"
        assert not re.search(r"\brunuser\b|\byishi-manage\b", command), "cron's PATH is /usr/bin:/bin"


OF_DEBIAN = {  # what the guide types: the package that brings it; a minimal Debian 12 or 13 has none of them
    "git ": "git",
    "/run ": "python3-venv",
    "adduser ": "adduser",
    "/etc/cron.d/": "cron",
    "pg_dump": "postgresql-client",
    "createuser ": "postgresql",
    "nginx -t": "nginx",
}


@pytest.mark.parametrize("typed", OF_DEBIAN)
def test_operating_1_what_the_guide_types_comes_with_a_package_that_it_names(typed):
    """Without the package cron the line of the nightly backup is a file that nobody reads."""
    named = {word for line in re.findall(r"apt install ([a-z0-9 .+-]+)", GUIDE) for word in line.split()}
    assert typed in GUIDE and OF_DEBIAN[typed] in named


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda line: line.replace("\\%", "%"), "Syntax error|EOF|unexpected"),
        (lambda line: line.replace("/srv", "runuser -u yishi -- /srv", 1), "not found"),
    ],
    ids=["a bare %", "a program of /usr/sbin"],
)
def test_operating_1_what_used_to_stand_there_is_seen_to_fail(tmp_path, change, said):
    """The two faults that the guide once had: `by_cron` runs a line as cron does, so a test of it would be red."""
    (tmp_path / "env").write_text(f"YISHI_DATA_DIR={tmp_path}/data\n")
    done = by_cron(change(LINES[0]), tmp_path / "env", tmp_path)
    assert done.returncode != 0 and re.search(said, done.stderr), done.stderr
