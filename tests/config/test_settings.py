"""Settings are read once, loudly, and every one is documented."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from yishi.config import environment
from yishi.config.environment import SETTINGS, TEST_NAMES, BadSetting, database, read, register_keys, secret_key

ROOT = Path(__file__).resolve().parents[2]
BEHIND_PROXY = {
    "YISHI_HTTPS": "1",
    "YISHI_DEMO": "0",
    "YISHI_PROXIES": "1",
    "YISHI_ALLOWED_HOSTS": "yishi.example.gov.cn",
    "YISHI_PUBLIC_URL": "https://yishi.example.gov.cn",
}


def table() -> dict[str, list[str]]:
    """Name → cells of its row in docs/settings.md."""
    rows = re.findall(r"(?m)^\| `([A-Z_]+)` \|(.*)\|$", (ROOT / "docs" / "settings.md").read_text("utf-8"))
    return {name: [cell.strip() for cell in cells.split(" | ")] for name, cells in rows}


@pytest.fixture(autouse=True)
def _nothing_installed(monkeypatch, tmp_path):
    """The machine on which tests run may have an installation of its own: its settings are none of ours."""
    monkeypatch.setattr(environment, "WELL_KNOWN", tmp_path / "yishi.env")


def test_an_empty_environment_is_enough():
    values = read({})
    assert values["port"] == 8000
    assert values["faces"] == {"inner", "public"}
    assert values["demo"] is True
    assert values["public_url"] == "http://localhost:8000"
    assert "localhost" in values["allowed_hosts"]


def test_every_setting_is_documented_with_its_default():
    documented = table()
    assert set(documented) == {setting.name for setting in SETTINGS} | TEST_NAMES.keys()
    for setting in SETTINGS:
        shown = documented[setting.name][0]
        assert shown == (f"`{setting.default}`" if setting.default else "（空 empty）"), setting.name


def test_the_code_reads_no_other_setting():
    known = {setting.name for setting in SETTINGS} | TEST_NAMES.keys()
    texts = [path.read_text("utf-8") for folder in ("yishi", "tools") for path in (ROOT / folder).rglob("*.py")]
    assert set(re.findall(r"\bYISHI_[A-Z_]+[A-Z]\b", "\n".join(texts))) <= known


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YISHI_PROT", "8000"),
        ("YISHI_PORT", "80000"),
        ("YISHI_PORT", "eight"),
        ("YISHI_PORT", "²"),
        ("YISHI_WORKERS", "65"),
        ("YISHI_DEBUG", "maybe"),
        ("YISHI_REGISTER_KEYS", "1:c2VjcmV0"),
        ("YISHI_FACES", "outer"),
        ("YISHI_FACES", ""),
        ("YISHI_PUBLIC_URL", "yishi.example.gov.cn"),
        ("YISHI_PUBLIC_URL", "https://yishi.example.gov.cn/"),
        ("YISHI_SMTP_URL", "mail.example.gov.cn"),
        ("YISHI_SMTP_URL", "smtp://mail.example.gov.cn:post"),
        ("YISHI_SMS_SENDER", "pigeon"),
        ("DATABASE_URL", "mysql://root@localhost/yishi"),
        ("DATABASE_URL", "postgres://localhost"),
        ("DATABASE_URL", "postgres://localhost:port/yishi"),
        ("DATABASE_URL", "postgres://localhost/yishi?sslmod=require"),
    ],
)
def test_an_unknown_name_or_a_malformed_value_stops_with_one_line(name, value):
    with pytest.raises(BadSetting) as stopped:
        read({name: value})
    assert name in str(stopped.value)
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize("missing", [name for name in BEHIND_PROXY if name != "YISHI_HTTPS"])
def test_https_asks_for_what_it_needs(missing):
    assert read(BEHIND_PROXY)["https"] is True
    with pytest.raises(BadSetting, match=missing):
        read({name: value for name, value in BEHIND_PROXY.items() if name != missing})


def run_cli(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("YISHI_", "DJANGO_", "DATABASE_"))}
    env |= {"YISHI_DATA_DIR": str(folder), "YISHI_ENV_FILE": "", **settings}
    command = [sys.executable, "-m", "yishi.cli", *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_a_bad_setting_shows_the_operator_one_line_and_no_traceback(tmp_path):
    stopped = run_cli(tmp_path, "check", YISHI_PORT="eight")
    assert stopped.returncode == 1
    assert stopped.stderr == "yishi: YISHI_PORT: must be a whole number from 1 to 65535\n"


def test_the_deployment_check_is_content_behind_a_proxy(tmp_path):
    checked = run_cli(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **BEHIND_PROXY)
    assert checked.returncode == 0, checked.stderr


def test_several_processes_share_the_cache_that_counts_wrong_tries(tmp_path):
    show = "from django.conf import settings; print(settings.CACHES['default']['BACKEND'])"
    assert "DatabaseCache" in run_cli(tmp_path, "shell", "-v0", "-c", show, YISHI_WORKERS="1").stdout


def test_the_secret_key_is_made_once_for_its_owner_only(tmp_path):
    key = secret_key("", tmp_path / "new")
    assert len(key) >= 50
    assert secret_key("", tmp_path / "new") == key
    assert stat.S_IMODE((tmp_path / "new" / "secret-key").stat().st_mode) == 0o400
    assert secret_key("given", tmp_path / "other") == "given"


def test_the_registers_keys_are_made_once_for_their_owner_only(tmp_path):
    ring = register_keys(None, tmp_path / "new")
    assert register_keys(None, tmp_path / "new") == ring
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["register-keys"]
    assert stat.S_IMODE((tmp_path / "new" / "register-keys").stat().st_mode) == 0o400
    given = read({"YISHI_REGISTER_KEYS": ring.written().strip().replace("\n", ",")})["register_keys"]
    assert register_keys(given, tmp_path / "other") == ring
    assert not (tmp_path / "other").exists()


def test_a_damaged_key_file_stops_the_start_and_is_never_replaced(tmp_path):
    (tmp_path / "register-keys").write_text("")
    with pytest.raises(BadSetting, match="restore it from a backup"):
        register_keys(None, tmp_path)
    assert (tmp_path / "register-keys").read_text() == ""


def test_a_database_address_is_taken_apart():
    settings = database("postgres://clerk:p%40ss@db.example:5433/yishi?sslmode=require", Path())
    assert (settings["USER"], settings["PASSWORD"], settings["NAME"]) == ("clerk", "p@ss", "yishi")
    assert (settings["HOST"], settings["PORT"]) == ("db.example", "5433")
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert database("postgres:///yishi?host=/run/postgresql", Path())["HOST"] == "/run/postgresql"
