"""A thousand identity numbers went through the register: in nothing that it left behind do they stand in clear."""

import io
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.assistance.seeding import AREA, numbers
from yishi.formats.sheets import write_sheet

ROOT = Path(__file__).resolve().parents[3]
LENGTH = 18
pytestmark = pytest.mark.once


def in_bytes(data: bytes, known: set[bytes]) -> set[bytes]:
    """Which of the numbers stand in `data`: as bytes, as UTF-16, with blanks between, inside a workbook."""
    start = re.compile(re.escape(AREA.encode()))
    found = set()
    for form in (data, data.replace(b"\0", b""), re.sub(rb"[\0\s-]+", b"", data)):
        found |= {form[at.start() : at.start() + LENGTH] for at in start.finditer(form)}
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return (found & known).union(*(in_bytes(book.read(name), known) for name in book.namelist()))
    return found & known


def in_clear(folder: Path) -> dict[str, set[bytes]]:
    """File → the numbers that stand in it in clear, over every file below `folder`."""
    known = {number.encode() for number in numbers()}
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    found = {str(path.relative_to(folder)): in_bytes(path.read_bytes(), known) for path in files}
    return {name: seen for name, seen in found.items() if seen}


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory) -> Path:
    """What a process that kept a register leaves behind: database and its log, logs, exports, temporary files."""
    folder = tmp_path_factory.mktemp("register")
    for name in ("data", "tmp", "exports"):
        (folder / name).mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("YISHI_", "DJANGO_", "DATABASE_"))}
    env |= {
        "YISHI_DATA_DIR": str(folder / "data"),
        "TMPDIR": str(folder / "tmp"),
        "YISHI_WORKERS": "2",
        "YISHI_ENV_FILE": "",
    }
    with (folder / "log").open("wb") as log:
        words = [sys.executable, "-m", "tests.assistance.seeding", str(folder / "exports")]
        done = subprocess.run(words, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, (folder / "log").read_text()[-3000:]
    return folder


@pytest.mark.long
def test_none_of_a_thousand_numbers_stands_in_clear_anywhere(left_behind):
    assert len(set(numbers())) == 1000
    names = {path.name for path in left_behind.rglob("*") if path.is_file()}
    assert {"yishi.sqlite3", "log", "xlsx.xlsx", "members.xlsx", "register-keys"} <= names
    assert b"broken" in (left_behind / "log").read_bytes()  # the errors that were provoked were logged
    assert in_clear(left_behind) == {}
    with sqlite3.connect(left_behind / "data" / "yishi.sqlite3") as database:
        sealed, indexed = database.execute(
            "SELECT count(identity_sealed), count(DISTINCT identity_index) FROM assistance_resident"
        ).fetchone()
    assert sealed >= 960
    assert indexed >= 960


@pytest.mark.parametrize("where", ["database", "log", "temporary", "export"])
def test_one_that_stood_in_clear_would_be_found(left_behind, tmp_path, where):
    """The search itself is tried: planted once in each kind of file, the number is seen."""
    number = numbers()[500]
    if where == "database":
        with sqlite3.connect(left_behind / "data" / "yishi.sqlite3") as there:
            here = sqlite3.connect(tmp_path / "planted.sqlite3")
            there.backup(here)
            here.execute("UPDATE assistance_household SET raw = ? WHERE number = 'B0'", [f'{{"证件": "{number}"}}'])
            here.commit()
            here.close()
    elif where == "log":
        (tmp_path / "planted.log").write_text(f'{{"path": "/desk/households/?q={number}"}}\n', "utf-8")
    elif where == "temporary":
        (tmp_path / "planted.tmp").write_bytes(f"身份证 {number[:6]} {number[6:14]} {number[14:]}".encode("utf-16-le"))
    else:
        (tmp_path / "planted.xlsx").write_bytes(write_sheet(rows=[["张三", number]], headings=["a", "b"], title="x"))
    assert list(in_clear(tmp_path).values()) == [{number.encode()}]
