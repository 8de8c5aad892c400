"""`./run bench common-ground [--only N …] [--peers]`: the shapes of real consultations, from 536 people to a million.

CPU seconds of one process on loaded votes, everything counted from the first call; memory is that of the process at its
highest. Each shape runs in a process of its own. `--peers` installs red-dwarf in an environment of its own and times it
on the same votes, where it can.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from .measure import Table

ROOT = Path(__file__).resolve().parents[2]
PEER = "red-dwarf==0.4.0"
PEER_LIMIT = 35_000  # participants; with more it runs for minutes or out of memory
# number: participants, statements, median votes, (CPU s, GiB) of "polis", CPU s of "latent"
SHAPES = {
    1: (536, 314, 55, (0.05, None), None),
    2: (10_000, 300, 25, (0.5, 0.3), None),
    3: (33_422, 783, 50, (1.5, 0.5), None),
    4: (100_000, 500, 25, (2.5, 0.6), 5.0),
    5: (1_000_000, 1_000, 25, (20.0, 2.0), 60.0),
    6: (18_082, 9_030, 50, (1.0, 0.5), None),
}
PEER_CODE = """
import json, sys, time
import numpy as np
votes = np.load(sys.argv[1])
names = ("participant", "statement", "vote")
rows = [{"participant_id": int(p), "statement_id": int(s), "vote": int(v)} for p, s, v in zip(*map(votes.get, names))]
from reddwarf.implementations.polis import run_clustering
start = time.process_time()
found = run_clustering(votes=rows)
cpu = time.process_time() - start
table = found.participants_df
named = table[table["cluster_id"].notna()] if "cluster_id" in table else table.iloc[:0]
highest = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"cpu": cpu, "gib": int(highest.split()[1]) / 2**20,
                  "people": [int(one) for one in named.index], "group": [int(one) for one in named["cluster_id"]]}))
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench common-ground", description=__doc__)
    parser.add_argument("--only", type=int, nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--method", choices=["polis", "latent"], nargs="+", default=["polis", "latent"])
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--one", nargs=2, metavar=("FILE", "METHOD"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        return one(Path(given.one[0]), given.one[1])
    table = Table()
    with tempfile.TemporaryDirectory(prefix="yishi-bench-") as folder:
        peer = peer_environment(Path(folder)) if given.peers else None
        for number in given.only:
            shape(number, given.method, table, Path(folder), peer)
    return table.missed


def shape(number: int, methods: list[str], table: Table, folder: Path, peer: Path | None) -> None:
    import numpy as np

    from tests.common_ground.planted import planted

    people, statements, median, (seconds, gib), latent = SHAPES[number]
    votes, group = planted(people, statements, median=median)
    file = folder / f"{number}.npz"
    small = {"participant": np.int32, "statement": np.int32, "vote": np.int8, "time": np.int64}
    np.savez(file, group=group.astype(np.int8), **{name: votes[name].astype(kind) for name, kind in small.items()})
    table.note(f"\n== {number}: {people:,} × {statements:,}, {votes['vote'].size:,} votes, 4 planted groups")
    del votes
    for method in methods:
        words = [sys.executable, "-m", "tests.bench.common_ground", "--one", str(file), method]
        told = json.loads(subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
        most = seconds if method == "polis" else latent
        target = f"≤ {most} s" if most else ""
        figure = f"{told['cpu']:.2f} s / {told['wall']:.2f} s"
        table.add(f"{method}: CPU / wall", figure, target, reached=told["cpu"] <= most if most else None)
        limit = gib if method == "polis" else None
        target = f"≤ {limit} GiB" if limit else ""
        table.add(
            "  peak of the process / before", f"{told['gib']:.2f} / {told['before']:.2f} GiB", target,
            reached=told["gib"] <= limit if limit else None,
        )  # fmt: skip
        table.add("  groups, adjusted Rand index", f"{told['k']}, {told['alike']:.3f}")
    if peer and people <= PEER_LIMIT:
        peers(peer, file, group, table)


def one(file: Path, method: str) -> int:
    """In a process of its own: load, analyse once, say the figures as JSON."""
    import numpy as np

    from tests.common_ground.planted import alike
    from yishi.common_ground.analysis import analyse

    votes = dict(np.load(file))
    before = highest()
    wall, cpu = time.perf_counter(), time.process_time()
    found = analyse(votes["participant"], votes["statement"], votes["vote"], timestamps=votes["time"], method=method)
    told = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "k": found.k, "before": before}
    inside = found.group_index >= 0
    told["alike"] = alike(found.group_index[inside], votes["group"][found.participant_ids[inside]])
    told["gib"] = highest()
    print(json.dumps(told))
    return 0


def highest() -> float:
    """The process's highest memory in GiB (that of getrusage would be the parent's, if it was larger)."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 2**20


def peer_environment(folder: Path) -> Path:
    venv.create(folder / "peer", with_pip=True)
    python = folder / "peer" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", PEER], check=True)
    return python


def peers(python: Path, file: Path, group: object, table: Table) -> None:
    import numpy as np

    from tests.common_ground.planted import alike

    done = subprocess.run([python, "-c", PEER_CODE, file], check=False, capture_output=True, text=True)
    if done.returncode:
        table.add(PEER, "no result", (done.stderr.strip().splitlines() or ["?"])[-1][:40])
        return
    told = json.loads(done.stdout.splitlines()[-1])
    people, found = np.array(told["people"]), np.array(told["group"])
    table.add(f"{PEER}: CPU", f"{told['cpu']:.2f} s")
    table.add("  peak of the process", f"{told['gib']:.2f} GiB")
    table.add("  groups, adjusted Rand index", f"{found.max() + 1}, {alike(found, np.asarray(group)[people]):.3f}")


if __name__ == "__main__":
    sys.exit(main())
