"""`yishi exits`: a sample drawn again, and a package checked, by a process that knows no database."""

import hashlib
import os
import re
import shlex
import subprocess
import sys

import pytest

from tests.assistance.exits.packed import RING, packed
from tests.assistance.exits.test_package import written
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
    path.write_bytes(packed())
    whole = run("check", path, "--key", RING.public_key, cwd=root)
    assert whole.returncode == 0 and "一致" in whole.stdout.decode()
    assert RING.public_key in run("check", path, cwd=root).stdout.decode()
    content = bytearray(packed())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert run("check", path, cwd=root).returncode == 1
    path.write_bytes(packed())
    assert run("check", path, "--key", "0" * 64, cwd=root).returncode == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (packed(seed="another"), "样本不是"),
        (packed(upheld=2, said=1), "比例不是"),
        (written(), "不全"),
    ],
)
def test_what_was_signed_and_does_not_follow_is_found(tmp_path, root, content, says):
    """A signature alone says nothing of how the figures came about: they are drawn and reckoned again."""
    path = tmp_path / "exit.zip"
    path.write_bytes(content)
    done = run("check", path, "--key", RING.public_key, cwd=root)
    assert done.returncode == 1 and says in done.stdout.decode()


def test_the_document_is_followed_to_the_letter_in_an_empty_folder(tmp_path, root):
    """Every command of docs/exit-assessment.md that names `try.csv`, and what it says comes of it."""
    text = (root / "docs" / "exit-assessment.md").read_text("utf-8")
    frame, expected = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    (tmp_path / "try.csv").write_text(frame, "utf-8", newline="\n")
    (line,) = re.findall(r"^yishi (exits draw .*try\.csv)$", text, re.MULTILINE)
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "yishi.cli", *shlex.split(line)]
    done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path, env=environment)
    assert (done.returncode, done.stdout.decode()) == (0, expected)
    assert hashlib.sha256(frame.encode()).hexdigest() in done.stderr.decode()
    assert hashlib.sha256(frame.encode()).hexdigest() in text
    for code, number in re.findall(r"^printf '%s\\n%s' \S+ (\S+) \| sha256sum +# ([0-9a-f]{8})", text, re.MULTILINE):
        assert hashlib.sha256(f"{shlex.split(line)[3]}\n{code}".encode()).hexdigest().startswith(number)
    assert [path.name for path in tmp_path.iterdir()] == ["try.csv"]


@pytest.mark.parametrize("words", [[], ["draw"], ["draw", "--seed", "1"], ["check"], ["check", "a", "--kez", "b"]])
def test_what_it_does_not_understand_is_answered_with_its_use(words, root):
    done = run(*words, cwd=root)
    assert done.returncode == 2 and b"yishi exits draw" in done.stdout
