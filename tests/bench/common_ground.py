"""`./run bench common-ground [--only N …] [--peers]`: shapes of real consultations, from 536 people to a million.

`--real` measures the claims of docs/common-ground/ on real votes instead (words of ./run bench common-ground-real).

CPU seconds of one process on loaded votes, everything counted from the first call; memory is that of the process at its
highest. Each shape runs in a process of its own. `--peers` installs red-dwarf in an environment of its own and times it
on the same votes, where it can.
"""

import argparse
import json
import resource
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
    parser.add_argument("--real", action="store_true", help="real votes instead: as ./run bench common-ground-real")
    parser.add_argument("--one", nargs=2, metavar=("FILE", "METHOD"), help=argparse.SUPPRESS)
    given, rest = parser.parse_known_args()
    if given.real:
        from .common_ground_real import main as real

        return real(rest)
    if rest:
        parser.error("unknown words: " + " ".join(rest))
    if given.one:
        return state(Path(given.one[0])) if given.one[1] == "state" else one(Path(given.one[0]), given.one[1])
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
        told = json.loads(run_one(file, method))
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
    if number == 1:
        whole(votes_csv(file, folder), table)
    if number == 4:
        told = json.loads(run_one(file, "state"))
        table.add("1 % more votes: CPU", f"{told['cpu']:.2f} s", "≤ 0.4 s", reached=told["cpu"] <= 0.4)
        apart = f"{told['apart']:.0e}, counts {'equal' if told['equal'] else 'differ'}, {told['moved']} in other groups"
        table.add("  projections differ by", apart, "≤ 1e-6", reached=told["apart"] <= 1e-6 and told["equal"])
    if peer and people <= PEER_LIMIT:
        peers(peer, file, group, table)


def run_one(file: Path, method: str) -> str:
    words = [sys.executable, "-m", "tests.bench.common_ground", "--one", str(file), method]
    return subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def votes_csv(file: Path, folder: Path) -> Path:
    import numpy as np
    import polars as pl

    votes = dict(np.load(file))
    made = folder / "votes.csv"
    columns = {"participant": "participant", "statement": "statement", "vote": "vote", "timestamp": "time"}
    pl.DataFrame({name: votes[column] for name, column in columns.items()}).write_csv(made)
    return made


def whole(votes: Path, table: Table) -> None:
    """The command as a user runs it: CSV in, JSON out."""
    words = [sys.executable, "-m", "yishi.cli", "common-ground", str(votes), "--method", "polis", "--quiet"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run([*words, "--json", str(votes.with_suffix(".json"))], cwd=ROOT, check=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    table.add("whole process, CSV to JSON: CPU / wall", f"{cpu:.2f} s / {wall:.2f} s", "≤ 1.2 s", reached=cpu <= 1.2)


def state(file: Path) -> int:
    """A hundred of 101 votes are there, the last comes: what that costs, and how far it is from a full run."""
    import numpy as np

    from yishi.common_ground import CommonGroundState, analyse

    votes = dict(np.load(file))
    order = np.random.default_rng(1).permutation(votes["vote"].size)
    cut = order.size * 100 // 101
    parts = [
        [votes[name][some] for name in ("participant", "statement", "vote", "time")] for some in np.split(order, [cut])
    ]
    kept = CommonGroundState(method="polis")
    kept.add(*parts[0])
    kept.result()
    start = time.process_time()
    kept.add(*parts[1])
    found = kept.result()
    cpu = time.process_time() - start
    full = analyse(votes["participant"], votes["statement"], votes["vote"], timestamps=votes["time"], method="polis")
    told = {
        "cpu": cpu,
        "apart": float(np.abs(found.projection - full.projection).max()),
        "equal": bool((found.totals == full.totals).all() and (found.counts.seen == full.counts.seen).all()),
        "moved": int((found.group_index != full.group_index).sum()),
    }
    print(json.dumps(told))
    return 0


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
