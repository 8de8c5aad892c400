"""`yishi common-ground VOTES …`: opinion groups, what unites them and what divides them, from a file of votes."""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TextIO

from yishi.cli.common_ground_page import page
from yishi.common_ground.analysis import METHODS, analyse
from yishi.common_ground.progress import Progress, silent
from yishi.common_ground.result import CommonGround
from yishi.common_ground.votes import BadVotes
from yishi.formats.vote_files import FORMATS, BadFile, VoteFile, read_ids, read_labels, read_votes

SHOWN = 5


def run(words: list[str]) -> int:
    """`yishi common-ground VOTES [--format F] [--method M] [--k N] [--labels CSV] [--meta IDS] [--moderated IDS]
    [--seed N] [--cluster ADDRESS] [--json FILE] [--html FILE]`.

    Returns 2 for bad input. What is printed may be cut short by who reads it (`| head`).
    """
    given = parser().parse_args(words)
    try:
        for name in (given.json, given.html):
            _writable(name)
        file = read_votes(Path(given.votes), given.format)
        labels = read_labels(Path(given.labels)) if given.labels else None
        meta = {*file.meta, *read_ids(given.meta, file.statement)}
        moderated = {*file.moderated, *read_ids(given.moderated, file.statement)}
        _say(f"{file.vote.size:,} votes read", given.quiet)
        found = analyse(
            file.participant,
            file.statement,
            file.vote,
            timestamps=file.timestamp,
            method=given.method,
            labels=labels,
            moderated=moderated,
            meta=meta,
            seed=given.seed,
            k=given.k,
            cluster=given.cluster,
            progress=bar(sys.stderr) if sys.stderr.isatty() and not given.quiet else silent,
        )
        if sys.stderr.isatty() and not given.quiet:
            sys.stderr.write("\r\x1b[K")
        if given.json:
            told = json.dumps(found.to_dict(file.texts), ensure_ascii=False, indent=1, allow_nan=False)
            _write(Path(given.json), told + "\n")
        if given.html:
            votes = Path(given.votes).resolve()
            _write(Path(given.html), page(found, file.texts, votes.stem if votes.is_file() else votes.name))
    except (BadFile, BadVotes, OSError, MemoryError) as error:
        print(f"yishi common-ground: {plain(_line(error))}", file=sys.stderr)
        return 2
    if not given.quiet:
        _print(report(found, file))
    return 0


def _print(lines: list[str]) -> None:
    try:
        for line in lines:
            print(line)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough; what is left must not be written at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser() -> argparse.ArgumentParser:
    """The words that the command takes."""
    made = argparse.ArgumentParser(prog="yishi common-ground", description=__doc__)
    made.add_argument(
        "votes", metavar="VOTES", help="a folder or votes.csv as Polis exports it, a long CSV, a .parquet"
    )
    made.add_argument("--format", choices=FORMATS, default="", help="else told by the name and the header")
    made.add_argument("--method", choices=METHODS, default="latent")
    made.add_argument("--k", type=int, choices=range(1, 8), metavar="N", help="so many groups (1 to 7), else chosen")
    made.add_argument("--labels", metavar="CSV", help="participant,group: fixes the groups")
    made.add_argument("--meta", metavar="IDS", default="", help="statements on the consultation itself: 1,2,3")
    made.add_argument("--moderated", metavar="IDS", default="", help="statements that take no part: 1,2,3")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--cluster", metavar="ADDRESS", help="a Dask scheduler whose workers share the work")
    made.add_argument("--json", metavar="FILE", help="write the whole result")
    made.add_argument("--html", metavar="FILE", help="write a page that anybody can read")
    made.add_argument("--quiet", action="store_true", help="print nothing but errors")
    return made


WORDS = {
    "votes": "整理表态 · sorting votes",
    "directions": "找主要方向 · main directions",
    "groups": "分群组 · seeking groups",
    "stability": "重抽检验 · drawing anew",
    "counts": "计数 · counting",
}


def bar(out: TextIO) -> Progress:
    """A line that fills while the work goes on, and is gone when the result is printed."""

    def tell(done: float, step: str) -> None:
        full = round(20 * done)
        out.write(f"\r\x1b[K[{'█' * full}{'·' * (20 - full)}] {done:4.0%} {WORDS[step]}")
        out.flush()

    return tell


def report(found: CommonGround, file: VoteFile) -> list[str]:
    """What a person reads first."""

    def said(place: int) -> str:
        identity = found.statement_ids[place].item()
        text = plain(file.texts.get(identity, ""))
        return f"{identity} {text[:70]}".rstrip()

    people = found.participant_ids.size
    lines = [
        f"参与 · participants {people:,}    意见 · statements {found.statement_ids.size:,}    "
        f"票 · votes {found.votes:,}"
    ]
    if found.note:
        lines.append(f"没有分组 · no groups: {found.note}")
    if found.objection:
        lines.append(f"群组数存疑 · against this number of groups: {found.objection}")
    lines += _apart(found)
    for group in found.groups if found.k > 1 else ():
        lines.append(f"群组 · group {plain(str(group.id))}: {group.size:,}")
        for entry in group.representative[:SHOWN]:
            if 2 * entry.successes <= entry.trials and entry.z_ratio <= 0:
                continue  # said no more often here than elsewhere, and by no majority: it marks nobody
            way = "同意 · agrees" if entry.direction == "agree" else "反对 · objects"
            lines.append(f"    {way} {entry.successes}/{entry.trials}: {said(entry.statement)}")
    for title, lines_of in (
        ("各群组都同意 · every group agrees", found.shared if found.k > 1 else ()),
        ("各群组都反对 · every group objects", found.shared_objections if found.k > 1 else ()),
    ):
        lines += [
            f"{title} ≥ {entry.low:.0%} (±{entry.error:.0%}): {said(entry.statement)}" for entry in lines_of[:SHOWN]
        ]
    for gap in found.divides[:SHOWN]:
        lines.append(f"分歧 · divides, {gap.gap:.2f} of 2 (±{gap.error:.2f}): {said(gap.statement)}")
    for title, listed in (
        ("多数同意 · most agree", found.consensus_agree),
        ("多数反对 · most object", found.consensus_object),
    ):
        lines += [f"{title} {entry.successes}/{entry.trials}: {said(entry.statement)}" for entry in listed]
    return lines


def _apart(found: CommonGround) -> list[str]:
    """Who is counted but in no group, and why."""
    why = {"agree": "一律同意 · agree to all", "object": "一律反对 · object to all"}
    why |= {"pass": "一律弃权 · pass on all", "contradicts": "前后矛盾 · contradict themselves"}
    counted = Counter(participant.why for participant in found.odd)
    lines = [f"另计 · set apart: {number:,} {why[name]}" for name, number in sorted(counted.items())]
    nowhere = int((found.group_index < 0).sum()) - len(found.odd) * (found.choice is not None)
    if nowhere > 0 and (found.k > 1 or found.choice is None):
        lines.append(f"未入组 · in no group, in every count: {nowhere:,}")
    return lines


def plain(text: str) -> str:
    """Text on one line without what a terminal would obey."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())


def _line(error: BaseException) -> str:
    if isinstance(error, BadVotes):
        where = f"row {error.row + 1}, " if error.row is not None else ""
        return f"{where}column {error.column}: {error.reason}" if error.column else error.reason
    if isinstance(error, OSError):
        return f"{error.filename or ''}: {error.strerror or error}"
    return str(error) or type(error).__name__


def _writable(name: str | None) -> None:
    """Before anything is computed: the folder of the file to write is there. Raises OSError."""
    if name and not Path(name).absolute().parent.is_dir():
        raise OSError(0, "没有这个文件夹，请先建立 · there is no such folder", str(Path(name).absolute().parent))
    if name and Path(name).is_dir():
        raise OSError(0, "这是文件夹，请给出文件名 · this is a folder", name)


def _write(path: Path, text: str) -> None:
    """All of it or nothing."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(text)
    Path(file.name).replace(path)


def _say(text: str, quiet: bool) -> None:
    if not quiet and sys.stderr.isatty():
        print(f"· {text}", file=sys.stderr)
