"""`yishi common-ground VOTES …`: opinion groups, what unites them and what divides them, from a file of votes."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from yishi.cli.common_ground_page import page
from yishi.common_ground.analysis import METHODS, analyse
from yishi.common_ground.progress import Progress, silent
from yishi.common_ground.result import CommonGround
from yishi.common_ground.votes import BadVotes
from yishi.formats.vote_files import FORMATS, BadFile, VoteFile, read_labels, read_votes

SHOWN = 5


def run(words: list[str]) -> int:
    """`yishi common-ground VOTES [--format F] [--method M] [--labels CSV] [--seed N] [--cluster ADDRESS] [--json FILE]
    [--html FILE]`.

    Returns 2 for bad input.
    """
    given = parser().parse_args(words)
    try:
        for name in (given.json, given.html):
            _writable(name)
        file = read_votes(Path(given.votes), given.format)
        labels = read_labels(Path(given.labels)) if given.labels else None
        _say(f"{file.vote.size:,} votes read", given.quiet)
        found = analyse(
            file.participant,
            file.statement,
            file.vote,
            timestamps=file.timestamp,
            method=given.method,
            labels=labels,
            moderated=file.moderated,
            seed=given.seed,
            cluster=given.cluster,
            progress=bar(sys.stderr) if sys.stderr.isatty() and not given.quiet else silent,
        )
        if sys.stderr.isatty() and not given.quiet:
            sys.stderr.write("\r\x1b[K")
        if given.json:
            _write(Path(given.json), json.dumps(found.to_dict(file.texts), ensure_ascii=False, indent=1) + "\n")
        if given.html:
            votes = Path(given.votes).resolve()
            _write(Path(given.html), page(found, file.texts, votes.stem if votes.is_file() else votes.name))
    except (BadFile, BadVotes, OSError, MemoryError) as error:
        print(f"yishi common-ground: {_line(error)}", file=sys.stderr)
        return 2
    if not given.quiet:
        for line in report(found, file):
            print(line)
    return 0


def parser() -> argparse.ArgumentParser:
    """The words that the command takes."""
    made = argparse.ArgumentParser(prog="yishi common-ground", description=__doc__)
    made.add_argument(
        "votes", metavar="VOTES", help="a folder or votes.csv as Polis exports it, a long CSV, a .parquet"
    )
    made.add_argument("--format", choices=FORMATS, default="", help="else told by the name and the header")
    made.add_argument("--method", choices=METHODS, default="latent")
    made.add_argument("--labels", metavar="CSV", help="participant,group: fixes the groups")
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
        identity = int(found.statement_ids[place])
        text = " ".join(file.texts.get(identity, "").split())
        return f"{identity} {text[:70]}".rstrip()

    people = found.participant_ids.size
    lines = [
        f"参与 · participants {people:,}    意见 · statements {found.statement_ids.size:,}    "
        f"票 · votes {found.votes:,}"
    ]
    if found.note:
        lines.append(f"没有分组 · no groups: {found.note}")
    for group in found.groups:
        lines.append(f"群组 · group {group.id}: {group.size:,}")
        for one in group.representative[:SHOWN]:
            way = "同意 · agrees" if one.direction == "agree" else "反对 · objects"
            lines.append(f"    {way} {one.successes}/{one.trials}: {said(one.statement)}")
    for title, listed in (
        ("多数同意 · most agree", found.consensus_agree),
        ("多数反对 · most object", found.consensus_object),
    ):
        lines += [f"{title} {one.successes}/{one.trials}: {said(one.statement)}" for one in listed]
    return lines


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
