"""The program reads its file of settings itself: no shell and no unit stands between, so that all read the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from yishi.config import settings_file
from yishi.config.environment import BadSetting, read, together

ROOT = Path(__file__).resolve().parents[2]
AWKWARD = (
    "a b", "a&b", "a$b", "${HOME}", "$(id)", "`id`", "a#b", "a;b", 'a"b', "a'b", "a\\b", "\\n", "a=b", "=a", "%F",
    "密钥", "a|b", "a>b", "!a", "~",
)  # fmt: skip


@pytest.mark.parametrize("value", AWKWARD)
def test_an_awkward_value_reaches_the_program_as_it_stands(tmp_path, value):
    file = tmp_path / "env"
    for written in (value, f'"{value}"', f"'{value}'"):
        file.write_text(f"# 签名\nYISHI_SMS_SIGNATURE={written}\n", "utf-8")
        assert read({"YISHI_ENV_FILE": str(file)})["sms_signature"] == value


def test_what_the_environment_says_comes_first(tmp_path):
    file = tmp_path / "env"
    file.write_text("YISHI_PORT=8001\nYISHI_HOST=::1\n")
    values = read({"YISHI_ENV_FILE": str(file), "YISHI_PORT": "8002"})
    assert (values["port"], values["host"]) == (8002, "::1")


def test_an_empty_name_of_a_file_is_none():
    assert together({"YISHI_ENV_FILE": "", "YISHI_PORT": "1"}) == {"YISHI_ENV_FILE": "", "YISHI_PORT": "1"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("YISHI_PROT=1", "unknown setting YISHI_PROT"),
        ("PATH=/tmp", "unknown setting PATH"),
        ("YISHI_PORT", "line 1: must be NAME=VALUE"),
        ("\nYISHI_PORT=1\nYISHI_PORT=2", "line 3: YISHI_PORT stands twice"),
        ("YISHI_ENV_FILE=/etc/other", "unknown setting YISHI_ENV_FILE"),
        ("YISHI_PORT=eight", "YISHI_PORT: must be a whole number"),
    ],
)
def test_a_fault_of_the_file_stops_with_one_line_that_names_it(tmp_path, text, said):
    file = tmp_path / "env"
    file.write_text(text)
    with pytest.raises(BadSetting) as stopped:
        read({"YISHI_ENV_FILE": str(file)})
    assert said in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_a_file_that_is_named_and_not_there_stops(tmp_path):
    with pytest.raises(BadSetting, match="cannot be read"):
        read({"YISHI_ENV_FILE": str(tmp_path / "none")})


def test_a_line_may_be_exported_and_begin_with_a_mark_of_order():
    assert settings_file.parse("\ufeffexport YISHI_PORT = 8001 \n; a remark\n") == {"YISHI_PORT": "8001"}


@pytest.mark.parametrize(
    "verb", ["backup", "keys show", "tally verify", "journal verify", "first-code", "demo-off", "tick"]
)
def test_no_command_works_on_an_installation_that_is_not_there(tmp_path, verb):
    """Run without the service's settings, it would act on another, empty one: it says so, and makes nothing."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("YISHI_", "DJANGO_", "DATABASE"))}
    env |= {"YISHI_DATA_DIR": str(tmp_path / "data"), "YISHI_ENV_FILE": ""}
    words = [*verb.split(), *([str(tmp_path / "b.tar.gz")] if verb == "backup" else [])]
    done = subprocess.run(
        [sys.executable, "-m", "yishi.cli", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "no installation at SQLite" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "b.tar.gz").exists()
