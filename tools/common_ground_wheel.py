"""Build a wheel that carries `yishi.common_ground` alone: `python -m tools.common_ground_wheel FOLDER`.

The room needs NumPy and SciPy and nothing else of the house. A wheel is a zip file with three more files (PEP 427), so
that no build tool is needed. The same files give the same bytes.
"""

import base64
import hashlib
import sys
import tomllib
import zipfile
from pathlib import Path

from .say import ROOT, say

NAME = "yishi_common_ground"
TIME = (2020, 1, 1, 0, 0, 0)  # of every file in it
METADATA = """Metadata-Version: 2.1
Name: yishi-common-ground
Version: {version}
Summary: Opinion groups, what unites them and what divides them, from votes
License: {licence}
Requires-Python: {python}
Requires-Dist: numpy
Requires-Dist: scipy
Provides-Extra: cluster
Requires-Dist: distributed; extra == "cluster"
Description-Content-Type: text/markdown

{description}"""
WHEEL = "Wheel-Version: 1.0\nGenerator: yishi\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def build(folder: Path) -> Path:
    """Write the wheel into `folder`; gives its path."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    described = (ROOT / "docs" / "common-ground" / "README.md").read_text("utf-8")
    about = f"{NAME}-{project['version']}.dist-info"
    metadata = METADATA.format(
        version=project["version"],
        licence=project["license"],
        python=project["requires-python"],
        description=described,
    )
    room = ROOT / "yishi" / "common_ground"
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in sorted(room.glob("*.py"))}
    files |= {f"{about}/METADATA": metadata.encode(), f"{about}/WHEEL": WHEEL.encode()}
    record = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in files.items())
    files[f"{about}/RECORD"] = (record + f"{about}/RECORD,,\n").encode()
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{NAME}-{project['version']}-py3-none-any.whl"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in files.items():
            wheel.writestr(zipfile.ZipInfo(name, TIME), data, zipfile.ZIP_DEFLATED)
    return made


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    say("共同点单独打包", f"wheel: {build(Path(sys.argv[1]))}")
