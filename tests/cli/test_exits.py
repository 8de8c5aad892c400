"""`yishi exits`: a sample drawn again, and a package checked, by a process that knows no database."""

import subprocess
import sys

import pytest

from tests.assistance.exits.test_package import RING, written
from tests.assistance.exits.test_sample import SEED, county
from yishi.assistance.exits.survey.draw import draw

pytestmark = pytest.mark.once


def run(*words, cwd):
    command = [sys.executable, "-m", "yishi.cli", "exits", *map(str, words)]
    return subprocess.run(command, capture_output=True, check=False, cwd=cwd)


@pytest.fixture
def root(request):
    return request.config.rootpath


def test_it_works(tmp_path, root):
    frame = county()
    path = tmp_path / "frame.csv"
    path.write_text(frame.written(), "utf-8", newline="\n")
    done = run("draw", "--seed", SEED, "--frame", path, cwd=root)
    assert (done.returncode, done.stdout) == (0, draw(frame, SEED).written().encode())
    assert "SHA-256" in done.stderr.decode()


def test_no_frame_is_named_by_its_line(tmp_path, root):
    path = tmp_path / "frame.csv"
    path.write_text("户主,身份证号\n", "utf-8")
    done = run("draw", "--frame", path, "--seed", "1", cwd=root)
    assert done.returncode == 2 and "line 1" in done.stderr.decode() and not done.stdout
    assert run("draw", "--seed", "1", "--frame", tmp_path / "none.csv", cwd=root).returncode == 2


def test_a_package_is_checked_and_one_byte_is_enough(tmp_path, root):
    path = tmp_path / "exit.zip"
    path.write_bytes(written())
    whole = run("check", path, "--key", RING.public_key, cwd=root)
    assert whole.returncode == 0 and "一致" in whole.stdout.decode()
    assert RING.public_key in run("check", path, cwd=root).stdout.decode()
    content = bytearray(written())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert run("check", path, cwd=root).returncode == 1
    path.write_bytes(written())
    assert run("check", path, "--key", "0" * 64, cwd=root).returncode == 1


@pytest.mark.parametrize("words", [[], ["draw"], ["draw", "--seed", "1"], ["check"], ["check", "a", "--kez", "b"]])
def test_what_it_does_not_understand_is_answered_with_its_use(words, root):
    done = run(*words, cwd=root)
    assert done.returncode == 2 and b"yishi exits draw" in done.stdout
