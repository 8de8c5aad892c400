"""Votes from files: an exported consultation of Polis, a long table, or a Parquet file with the same columns.

Whatever is wrong is said in one line with the file, the line (the header is line 1), the column and the reason.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]

FORMATS = ("polis", "long", "parquet")
POLIS = {"participant": "voter-id", "statement": "comment-id", "vote": "vote", "timestamp": "timestamp"}
LONG = {name: name for name in POLIS}
ENCODINGS = ("utf-8-sig", "gb18030")


class BadFile(ValueError):
    """A file that cannot be read as votes; the text says where and why."""


@dataclass(frozen=True, slots=True)
class VoteFile:
    """Columns of equal length (v,); `timestamp` None where the file has none. `texts` and `moderated` by statement."""

    participant: Ints
    statement: Ints
    vote: Ints
    timestamp: Ints | None = None
    texts: Mapping[int, str] = field(default_factory=dict)
    moderated: tuple[int, ...] = ()


def read_votes(path: Path, kind: str = "") -> VoteFile:
    """Read `path` as `kind` (one of FORMATS); without it by its name and header. Raises BadFile, OSError."""
    if path.is_dir():
        path = path / "votes.csv"
        if not path.exists():
            raise BadFile(f"{path.parent}: 文件夹里没有 votes.csv · no votes.csv in this folder")
    if kind not in ("", *FORMATS):
        raise BadFile(f"没有这种格式 · unknown format {kind!r}: " + ", ".join(FORMATS))
    if kind == "parquet" or (not kind and path.suffix == ".parquet"):
        return _columns(_parquet(path), LONG, path, from_text=False)
    table = _csv(path)
    names = POLIS if kind == "polis" or (not kind and POLIS["participant"] in table.columns) else LONG
    votes = _columns(table, names, path, from_text=True)
    comments = path.with_name("comments.csv")
    if names is POLIS and comments.exists():
        return _with_comments(votes, comments)
    return votes


def read_labels(path: Path) -> dict[int, str]:
    """Participant → group from a table with these two columns. Raises BadFile, OSError."""
    table = _csv(path)
    who = _whole(_column(table, "participant", path), "participant", path)
    groups = _column(table, "group", path)
    missing = groups.is_null()
    if missing.any():
        raise BadFile(
            f"{path}: 第 {_first(missing) + 2} 行 group 列是空的 · line {_first(missing) + 2}, column group: empty"
        )
    return dict(zip(who.tolist(), groups.to_list(), strict=True))


def _csv(path: Path) -> pl.DataFrame:
    """A table whose cells are all text. Raises BadFile."""
    raw = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadFile(f"{path}: 不是 UTF-8 或 GB18030 文本 · neither UTF-8 nor GB18030 text")
    if not text.strip():
        raise BadFile(f"{path}: 文件是空的 · the file is empty")
    try:
        return pl.read_csv(io.BytesIO(text.encode()), infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise BadFile(f"{path}: 读不成表格 · no table: {str(error).splitlines()[0]}") from error


def _parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except pl.exceptions.PolarsError as error:
        raise BadFile(f"{path}: 不是完整的 Parquet 文件 · no Parquet file, or cut short") from error


def _columns(table: pl.DataFrame, names: Mapping[str, str], path: Path, *, from_text: bool) -> VoteFile:
    if table.height == 0:
        raise BadFile(f"{path}: 表头下面没有表态 · there are no votes below the header")
    columns: dict[str, Ints] = {}
    for name, column in names.items():
        if name == "timestamp" and column not in table.columns:
            continue
        columns[name] = _whole(_column(table, column, path), column, path, 2 if from_text else 1)
    wrong = np.abs(columns["vote"]) > 1
    if wrong.any():
        row = int(wrong.argmax())
        value = columns["vote"][row]
        line = row + (2 if from_text else 1)
        raise BadFile(
            f"{path}: 第 {line} 行：{value} 不是表态，只能是 1、0、-1 · "
            f"line {line}, column {names['vote']}: {value} is no vote (1, 0 or -1)"
        )
    return VoteFile(columns["participant"], columns["statement"], columns["vote"], columns.get("timestamp"))


def _column(table: pl.DataFrame, name: str, path: Path) -> pl.Series:
    if name not in table.columns:
        raise BadFile(f"{path}: 缺少 {name} 列 · no column {name}; there are " + ", ".join(table.columns[:12]))
    return table[name]


def _whole(column: pl.Series, name: str, path: Path, first_line: int = 2) -> Ints:
    """The cells as whole numbers; `first_line` is the file's line of the first of them. Raises BadFile."""
    trimmed = column.str.strip_chars() if column.dtype == pl.String else column
    if column.dtype.is_float():
        whole = trimmed.cast(pl.Int64, strict=False)
        wrong = whole.is_null() | (whole.cast(pl.Float64) != trimmed).fill_null(value=True)
    else:
        whole = trimmed.cast(pl.Int64, strict=False)
        wrong = whole.is_null()
    if wrong.any():
        row = _first(wrong)
        cell = column[row]
        said = "empty" if cell in (None, "") else f"{cell!r} is no whole number of at most 63 bits"
        raise BadFile(
            f"{path}: 第 {row + first_line} 行 {name} 列有误 · line {row + first_line}, column {name}: {said}"
        )
    return whole.to_numpy()


def _first(flags: pl.Series) -> int:
    place = flags.arg_max()
    return 0 if place is None else place


def _with_comments(votes: VoteFile, path: Path) -> VoteFile:
    table = _csv(path)
    ids = _whole(_column(table, "comment-id", path), "comment-id", path).tolist()
    states = _whole(_column(table, "moderated", path), "moderated", path).tolist()
    texts = _column(table, "comment-body", path).to_list()
    return VoteFile(
        votes.participant,
        votes.statement,
        votes.vote,
        votes.timestamp,
        {statement: text or "" for statement, text in zip(ids, texts, strict=True)},
        tuple(statement for statement, state in zip(ids, states, strict=True) if state == -1),
    )
