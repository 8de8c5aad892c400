"""Votes from files: an exported consultation of Polis, a long table, or a Parquet file with the same columns.

Whatever is wrong is said in one line with the file, the line (the header is line 1; a cell of several lines counts as
so many), the column and the reason. Empty lines are passed over. Ids are whole numbers, or words if none is a number.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]

FORMATS = ("polis", "long", "parquet")
POLIS = {"participant": "voter-id", "statement": "comment-id", "vote": "vote", "timestamp": "timestamp"}
LONG = {name: name for name in POLIS}
IDS = ("participant", "statement")
ENCODINGS = ("utf-8-sig", "gb18030")
SECONDS, MILLISECONDS = (10**8, 10**11), (10**11, 10**14)  # since 1970, of any year from 1973 on
YES = {"1", "true", "yes", "t"}


class BadFile(ValueError):
    """A file that cannot be read as votes; the text says where and why."""


@dataclass(frozen=True, slots=True)
class VoteFile:
    """Columns of equal length (v,); `timestamp` None where the file has none. The rest is by statement."""

    participant: NDArray[Any]
    statement: NDArray[Any]
    vote: Ints
    timestamp: Ints | None = None
    texts: Mapping[Any, str] = field(default_factory=dict)
    moderated: tuple[Any, ...] = ()
    meta: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Cells as they stand in a file; `row` (v,) is each line's place among all rows, from 0, and `text` the file."""

    cells: pl.DataFrame
    path: Path
    row: Ints
    text: str | None  # None: a Parquet file

    def line(self, place: int) -> int:
        """The line of the file where a row begins; of a Parquet file the row."""
        row = int(self.row[place])
        return row + 1 if self.text is None else _lines(self.text)[row + 1]

    def column(self, name: str) -> pl.Series:
        if name not in self.cells.columns:
            there = ", ".join(self.cells.columns[:12])
            raise BadFile(f"{self.path}: 缺少 {name} 列 · no column {name}; there are {there}")
        return self.cells[name]

    def wrong(self, place: int, name: str, said: str) -> BadFile:
        line = self.line(place)
        return BadFile(f"{self.path}: 第 {line} 行 {name} 列有误 · line {line}, column {name}: {said}")


def read_votes(path: Path, kind: str = "") -> VoteFile:
    """Read `path` as `kind` (one of FORMATS); without it by its name and header. Raises BadFile, OSError."""
    if path.is_dir():
        path = path / "votes.csv"
        if not path.exists():
            raise BadFile(f"{path.parent}: 文件夹里没有 votes.csv · no votes.csv in this folder")
    if kind not in ("", *FORMATS):
        raise BadFile(f"没有这种格式 · unknown format {kind!r}: " + ", ".join(FORMATS))
    if kind == "parquet" or (not kind and path.suffix == ".parquet"):
        return _columns(_parquet(path), LONG)
    sheet = _csv(path)
    names = POLIS if kind == "polis" or (not kind and POLIS["participant"] in sheet.cells.columns) else LONG
    votes = _columns(sheet, names)
    comments = path.with_name("comments.csv")
    if names is POLIS and comments.exists():
        return _with_comments(votes, comments)
    return votes


def read_labels(path: Path) -> dict[Any, str]:
    """Participant → group from a table with these two columns. Raises BadFile, OSError."""
    sheet = _csv(path)
    who = _ids(sheet, "participant")
    groups = sheet.column("group").str.strip_chars()
    missing = groups.is_null() | (groups == "")
    if missing.any():
        raise sheet.wrong(_first(missing), "group", "empty")
    return dict(zip(who.tolist(), groups.to_list(), strict=True))


def read_ids(text: str, like: NDArray[Any]) -> tuple[Any, ...]:
    """Ids from "1,2,3", of the kind of `like`. Raises BadFile for what is no whole number where ids are."""
    cells = [cell.strip() for cell in text.split(",") if cell.strip()]
    if like.dtype.kind == "U":
        return tuple(cells)
    for cell in cells:
        if not cell.lstrip("-").isdecimal():
            raise BadFile(f"{cell!r} 不是意见编号 · no id of a statement: whole numbers, with commas between them")
    return tuple(int(cell) for cell in cells)


def _csv(path: Path) -> _Sheet:
    """A table whose cells are all text, without empty lines. Raises BadFile."""
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
        cells = pl.read_csv(io.BytesIO(text.encode()), infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise _ragged(text, path, error) from error
    full = ~cells.select(pl.all_horizontal(pl.all().is_null())).to_series() if cells.width else None
    if full is None or full.all():
        return _Sheet(cells, path, np.arange(cells.height), text)
    return _Sheet(cells.filter(full), path, full.arg_true().to_numpy().astype(np.int64), text)


def _ragged(text: str, path: Path, error: Exception) -> BadFile:
    """The first line with more cells than the header, if that is what is wrong."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        width, begins = len(next(reader)), reader.line_num + 1
        for cells in reader:
            if len(cells) > width:
                return BadFile(
                    f"{path}: 第 {begins} 行有 {len(cells)} 格，表头只有 {width} 格 · "
                    f"line {begins}: no table: {len(cells)} cells, the header has {width}"
                )
            begins = reader.line_num + 1
    except csv.Error:
        pass
    return BadFile(f"{path}: 读不成表格 · no table: {str(error).splitlines()[0]}")


def _lines(text: str) -> list[int]:
    """The line where each row begins, the header first."""
    reader = csv.reader(io.StringIO(text, newline=""))
    begins, at = [], 1
    for _ in reader:
        begins.append(at)
        at = reader.line_num + 1
    return begins


def _parquet(path: Path) -> _Sheet:
    try:
        cells = pl.read_parquet(path)
    except pl.exceptions.PolarsError as error:
        raise BadFile(f"{path}: 不是完整的 Parquet 文件 · no Parquet file, or cut short") from error
    return _Sheet(cells, path, np.arange(cells.height), None)


def _columns(sheet: _Sheet, names: Mapping[str, str]) -> VoteFile:
    if sheet.cells.height == 0:
        raise BadFile(f"{sheet.path}: 表头下面没有表态 · there are no votes below the header")
    people, topics = (_ids(sheet, names[name]) for name in IDS)
    votes = _whole(sheet, names["vote"])
    wrong = np.abs(votes) > 1
    if wrong.any():
        at = int(wrong.argmax())
        line = sheet.line(at)
        raise BadFile(
            f"{sheet.path}: 第 {line} 行：{votes[at]} 不是表态，只能是 1、0、-1 · "
            f"line {line}, column {names['vote']}: {votes[at]} is no vote (1, 0 or -1)"
        )
    times = None
    if names["timestamp"] in sheet.cells.columns:
        times = _whole(sheet, names["timestamp"])
        _one_unit(sheet, names["timestamp"], times)
    return VoteFile(people, topics, votes, times)


def _one_unit(sheet: _Sheet, name: str, times: Ints) -> None:
    """Seconds and milliseconds in one column would let the older vote win."""
    short = (times >= SECONDS[0]) & (times < SECONDS[1])
    long = (times >= MILLISECONDS[0]) & (times < MILLISECONDS[1])
    if short.any() and long.any():
        fewer = short if short.sum() <= long.sum() else long
        at = int(fewer.argmax())
        unit = "seconds among milliseconds" if fewer is short else "milliseconds among seconds"
        raise sheet.wrong(at, name, f"{times[at]}: {unit} 秒和毫秒混在一列")


def _ids(sheet: _Sheet, name: str) -> NDArray[Any]:
    """Whole numbers; words, if no cell is a number."""
    cells = sheet.column(name)
    if cells.dtype == pl.String:
        cells = cells.str.strip_chars()
        empty = cells.is_null() | (cells == "")
        if not empty.any() and not cells.str.contains(r"^[+-]?[0-9.]+$").any():
            return np.array(cells.to_list(), dtype=np.str_)
    return _whole(sheet, name)


def _whole(sheet: _Sheet, name: str) -> Ints:
    """The cells of a column as whole numbers. Raises BadFile."""
    column = sheet.column(name)
    cells = column.str.strip_chars() if column.dtype == pl.String else column
    whole = cells.cast(pl.Int64, strict=False)
    wrong = whole.is_null()
    if column.dtype.is_float():
        wrong = wrong | (whole.cast(pl.Float64) != cells).fill_null(value=True)
    if wrong.any():
        at = _first(wrong)
        cell = column[at]
        said = "empty" if cell in (None, "") else f"{cell!r} is no whole number of at most 63 bits"
        raise sheet.wrong(at, name, said)
    return whole.to_numpy()


def _first(flags: pl.Series) -> int:
    place = flags.arg_max()
    return 0 if place is None else place


def _with_comments(votes: VoteFile, path: Path) -> VoteFile:
    """Texts, and which statements are moderated out or on the consultation itself; an empty cell says neither."""
    sheet = _csv(path)
    ids = _ids(sheet, "comment-id").tolist()
    texts = sheet.column("comment-body").to_list()
    states = sheet.column("moderated").str.strip_chars()
    known = states.is_in(["1", "0", "-1", "", "1.0", "0.0", "-1.0"]).fill_null(value=True)
    if not known.all():
        at = _first(~known)
        raise sheet.wrong(at, "moderated", f"{states[at]!r} is none of 1, 0, -1")
    out = [state in ("-1", "-1.0") for state in states.to_list()]
    flags = sheet.cells["is-meta"].to_list() if "is-meta" in sheet.cells.columns else [None] * len(ids)
    meta = [str(flag or "").strip().lower() in YES for flag in flags]
    return VoteFile(
        votes.participant,
        votes.statement,
        votes.vote,
        votes.timestamp,
        {statement: text or "" for statement, text in zip(ids, texts, strict=True)},
        tuple(statement for statement, is_out in zip(ids, out, strict=True) if is_out),
        tuple(statement for statement, is_meta in zip(ids, meta, strict=True) if is_meta),
    )
