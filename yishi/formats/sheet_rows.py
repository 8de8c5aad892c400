"""The one reader of workbooks, row by row: a child process of 300 MB reads, the caller takes the rows as they come.

    for what in read_rows(data, "农户.xlsx"):
        match what:
            case Head(): ...        # a sheet begins
            case Row(): ...         # a row with values
            case Tail(): ...        # the sheet ends; what was hidden in it

What a clerk must know of a cell is kept in it as `Trouble`: an error, a formula without a value, a cell merged across
columns, letters of a private font. Numbers are what the file stores; `cell_text` refuses those that have lost digits.
"""

import json
import math
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

from .sheet_limits import LIMITS, Limits, SheetError
from .sheets import Cell, Shown, Trouble, kind_of

_ROOT = Path(__file__).resolve().parents[2]
_TROUBLES = {"e": "cell_error", "f": "formula_empty", "m": "merged_across", "p": "private_letters"}


class Head(NamedTuple):
    """A sheet begins. Of a hidden sheet no rows follow."""

    name: str
    is_hidden: bool


class Row(NamedTuple):
    """A row with values; `number` as the spreadsheet shows it."""

    number: int
    is_hidden: bool
    cells: list[Cell]


class Tail(NamedTuple):
    """A sheet ends."""

    hidden_columns: list[int]  # from 0


def read_rows(data: bytes, filename: str = "", limits: Limits = LIMITS) -> Iterator[Head | Row | Tail]:
    """The visible sheets of an .xlsx or .csv file, row by row. Raises `SheetError` at once or between rows."""
    kind = kind_of(data, filename, limits)
    command = [sys.executable, "-E", "-s", "-m", "yishi.formats.sheet_child", kind]
    file = os.memfd_create("sheet")  # never on a disk: it holds identity numbers
    try:
        with open(file, "wb", closefd=False) as sink:
            sink.write(data)
        os.lseek(file, 0, os.SEEK_SET)
        child = subprocess.Popen(  # noqa: S603  our own module, no shell
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=_ROOT
        )
    finally:
        os.close(file)
    alarm = threading.Timer(limits.seconds * 2, child.kill)
    alarm.start()
    try:
        yield from _lines(child)
    finally:
        alarm.cancel()
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


def _lines(child: "subprocess.Popen[bytes]") -> Iterator[Head | Row | Tail]:
    assert child.stdout is not None
    for line in child.stdout:
        said: Any = json.loads(line)
        if isinstance(said, list):
            number, is_hidden, cells = said
            yield Row(number, is_hidden, [_cell(cell) for cell in cells])
        elif "sheet" in said:
            yield Head(said["sheet"], said["hidden"])
        elif "hidden_columns" in said:
            yield Tail(said["hidden_columns"])
        elif "error" in said:
            raise SheetError(said["error"], **said["params"])
        elif "end" in said:
            return
    code = child.wait()
    raise SheetError("too_slow" if code < 0 else "bomb" if code else "broken")


def _cell(wire: Any) -> Cell:
    if wire is None or isinstance(wire, str):
        return wire
    kind, text = wire
    try:
        if kind == "n":
            number = float(text)
            return number if math.isfinite(number) else Trouble("cell_error", str(text)[:16])
        if kind == "z":
            stored, _tab, shown = text.partition("\t")
            return Shown(float(stored), shown)
        if kind == "d":
            return date.fromisoformat(text)
        if kind == "dt":
            return datetime.fromisoformat(text)
        if kind == "t":
            return time.fromisoformat(text)
    except ValueError:
        return Trouble("cell_error", str(text))
    if kind == "b":
        return bool(text)
    return Trouble(_TROUBLES[kind], str(text))
