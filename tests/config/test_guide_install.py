"""The guide of installing: its unit, its proxy and its numbers are those of the program."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tools import serve
from yishi.attachments.store import DOCUMENT_BYTES
from yishi.formats.sheet_limits import LIMITS
from yishi.web.kit.proof_files import PHOTOS

from .test_settings_file import AWKWARD

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "install.zh-CN.md").read_text("utf-8")
UNIT = GUIDE.split("`/etc/systemd/system/yishi.service`：")[1].split("```")[1]
NGINX = GUIDE.split("（`/etc/nginx/sites-available/yishi`）")[1].split("```")[1]
MEBIBYTE = 1024 * 1024


def test_operating_9_the_unit_names_the_file_of_settings_and_nothing_else():
    assert re.findall(r"(?m)^Environment.*$", UNIT) == ["Environment=YISHI_ENV_FILE=/etc/yishi.env"]


def test_operating_9_the_unit_writes_its_data_alone_and_is_ready_when_pages_answer():
    lines = dict(line.split("=", 1) for line in UNIT.splitlines() if "=" in line)
    assert (lines["Type"], lines["ProtectSystem"], lines["CapabilityBoundingSet"]) == ("notify", "strict", "")
    assert lines["ReadWritePaths"] == "/var/lib/yishi", "not its own code"
    assert lines["NoNewPrivileges"] == lines["ProtectHome"] == lines["PrivateTmp"] == lines["PrivateDevices"] == "yes"
    assert "runuser -u yishi -- git" not in GUIDE, "the code is not the service's"


def test_operating_9_the_start_tells_systemd_that_pages_answer(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        serve.notify("READY=1")
        assert systemd.recv(100) == b"READY=1"
    monkeypatch.setenv("NOTIFY_SOCKET", "")
    serve.notify("READY=1")


@pytest.mark.parametrize(
    "said",
    ["listen [::]:443", "Debian 13", "apt install postgresql\n", "yishi-manage rescue", "## 12 卸载", "**容量**"]
    + ["MaxRetentionSec", "**监控**", "move --to", "ALTER DATABASE yishi RENAME TO"],
)
def test_operating_9_the_guide_has_its_chapters(said):
    assert said in GUIDE


def test_operating_4_proxy_and_program_take_the_same_and_every_file_fits_in_it():
    number = int(re.search(r"client_max_body_size (\d+)m;", NGINX)[1]) * MEBIBYTE
    assert number == settings.REQUEST_MAX_BYTES
    largest = {
        LIMITS.bytes,
        DOCUMENT_BYTES,
        PHOTOS * settings.PHOTO_MAX_BYTES,
        DOCUMENT_BYTES + settings.PHOTO_MAX_BYTES,
    }
    assert max(largest) + MEBIBYTE < number


def test_operating_4_the_proxy_shows_pages_of_our_own_in_chinese():
    folder = re.search(r"alias /srv/yishi/app/(\S+)/;", NGINX)[1]
    shown = dict(re.findall(r"error_page ((?:\d+ ?)+) /errors/(\S+);", NGINX))
    assert {code for codes in shown for code in codes.split()} == {"413", "502", "503", "504"}
    for name in shown.values():
        page = (ROOT / folder / name).read_text("utf-8")
        assert 'lang="zh-Hans"' in page and "<script" not in page and 'href="http' not in page
    assert f"{settings.REQUEST_MAX_BYTES // MEBIBYTE} MB" in (ROOT / folder / "413.html").read_text("utf-8")


@pytest.mark.django_db
def test_operating_4_without_a_proxy_the_program_says_it_itself(client):
    answer = client.post("/raise/", CONTENT_LENGTH=str(settings.REQUEST_MAX_BYTES + 1))
    assert answer.status_code == 413 and "文件太大" in answer.content.decode()


def test_operating_9_an_awkward_value_reaches_service_and_command_line_alike(tmp_path):
    """All of them at once, read by a web process and by a command as the unit and the guide start them."""
    file, value = tmp_path / "env", "×".join(AWKWARD)
    file.write_text(f"YISHI_SMS_SIGNATURE={value}\nYISHI_DATA_DIR={tmp_path}/data\n", "utf-8")
    env = {name: text for name, text in os.environ.items() if not name.startswith(("YISHI_", "DJANGO_", "DATABASE_"))}
    env["YISHI_ENV_FILE"] = str(file)
    show = "from django.conf import settings; print(settings.SMS_SIGNATURE)"
    service = [sys.executable, "-c", f"import yishi.config.wsgi; {show}"]
    command = [sys.executable, "-m", "yishi.cli", "shell", "-v0", "-c", show]
    for words in (service, command):
        done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
        assert done.stdout == value + "\n", words
