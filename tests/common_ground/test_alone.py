"""The room by itself: a wheel with nothing else of the house, and the notebook that shows it."""

import json
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

from tools.common_ground_wheel import build
from tools.say import ROOT

CODE = """
import sys
from yishi.common_ground import analyse
found = analyse(["a", "a", "b"], ["road", "well", "road"], [1, 0, -1])
print(found.k, found.totals.tolist(), sorted(name for name in sys.modules if name.startswith("django")))
"""


def test_the_wheel_needs_nothing_of_the_house(tmp_path):
    made = build(tmp_path)
    with zipfile.ZipFile(made) as wheel:
        names = wheel.namelist()
        wheel.extractall(tmp_path / "there")
    assert all(name.startswith(("yishi/common_ground/", "yishi_common_ground-")) for name in names)
    assert build(tmp_path / "again").read_bytes() == made.read_bytes()
    libraries = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    path = [str(tmp_path / "there"), *libraries]
    code = f"import sys; sys.path[:0] = {path!r}\n{CODE}"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1 [[1, 0], [0, 1], [1, 0]] []"


def test_the_notebook_runs():
    notebook = json.loads((ROOT / "docs" / "common-ground" / "first-look.ipynb").read_text("utf-8"))
    there: dict = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), there)  # noqa: S102
    assert there["found"].k == 2
    assert Path(there["analyse"].__code__.co_filename).parent.name == "common_ground"
