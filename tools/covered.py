"""Hold the coverage of the pure rooms: lines and branches together, not below what pyproject.toml says of each room.

    python -m tools.covered test-results/coverage.json

The rooms are those that know no Django (a contract in pyproject.toml). A room that is covered better than is asked of
it, by more than two points, says so: then the figure is raised.
"""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from .say import ROOT

SLACK = 2.0  # points


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]


def pure_rooms() -> list[str]:
    contracts = {contract["name"]: contract for contract in project()["importlinter"]["contracts"]}
    return list(contracts["the pure rooms know no Django"]["source_modules"])


def share(files: dict[str, Any], room: str) -> float:
    """Per cent of the room's lines and branches that ran."""
    path = room.replace(".", "/")  # a folder, or one module
    sums = [file["summary"] for name, file in files.items() if name.startswith(f"{path}/") or name == f"{path}.py"]
    ran = sum(summary["covered_lines"] + summary["covered_branches"] for summary in sums)
    return 100 * ran / max(1, sum(summary["num_statements"] + summary["num_branches"] for summary in sums))


def main(words: list[str]) -> int:
    files = json.loads(Path(words[0]).read_text("utf-8"))["files"]
    asked = {room: float(least) for room, least in project()["yishi"]["coverage"].items()}
    rooms = pure_rooms()
    failed = set(asked) != set(rooms)
    if failed:
        print(f"pyproject.toml [tool.yishi.coverage] must name {', '.join(rooms)}")
    for room in rooms:
        measured, least = share(files, room), asked.get(room, 0.0)
        failed |= measured < least
        note = "  ← too little" if measured < least else ""
        if measured > least + SLACK:
            note = f"  ← ask for {int(measured)}"
        print(f"  {room:28} {measured:5.1f} % (at least {least:.0f} %){note}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
