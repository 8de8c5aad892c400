"""The process that parses a workbook: little memory, little time, no open files. It answers on its output.

Run by sheet_rows.py as `python -m yishi.formats.sheet_child xlsx|csv`, with a line for each row; what it refuses, it
refuses by a code.
"""

import codecs
import csv
import io
import json
import re
import resource
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any, BinaryIO

from yishi.formats.sheet_limits import LIMITS, MEMORY, Limits, SheetError
from yishi.formats.xlsx_rows import PRIVATE, open_book, rows_of

LOOK_FOR_SEPARATOR = 20  # lines
_QUOTED = re.compile(r'"[^"]*"')


def main() -> int:
    """Read a stranger's workbook in a process of its own, with limits of memory, time and files; gives the exit
    code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (LIMITS.seconds, LIMITS.seconds))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    return write_rows(sys.argv[1])


def write_rows(kind: str) -> int:
    """Sheets and rows as lines: {"sheet", "hidden"}, then [number, hidden, cells]…, then {"hidden_columns"}; at the
    end {"end"} or {"error", "params"}."""

    def say(message: Any) -> None:
        out.write(json.dumps(message, ensure_ascii=True, separators=(",", ":")) + "\n")

    out = sys.stdout
    try:
        if kind == "csv":
            say({"sheet": "", "hidden": False})
            for row in csv_rows(sys.stdin.buffer, LIMITS):
                say(row)
            say({"hidden_columns": []})
        else:
            book = open_book(sys.stdin.buffer, LIMITS)
            count = 0
            for head in book.heads:
                say({"sheet": head.name, "hidden": head.is_hidden})
                if not head.is_hidden:
                    for row in rows_of(book, head):
                        count += 1
                        if count > LIMITS.rows:  # of all sheets: a hundred of them may lead to one part
                            raise SheetError("too_many_rows", most=LIMITS.rows)
                        say(row)
                say({"hidden_columns": sorted(set(head.hidden_columns))})
        say({"end": True})
    except SheetError as error:
        say({"error": error.code, "params": error.params})
    except MemoryError:
        say({"error": "bomb", "params": {}})
    return 0


def csv_rows(file: BinaryIO, limits: Limits) -> Iterator[tuple[int, bool, list[Any]]]:
    """The rows with values of a CSV file, without holding its text: it is decoded twice, first to know how."""
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    separator = _separator([text.readline() for _line in range(LOOK_FOR_SEPARATOR)])
    text.seek(0)
    count = 0
    try:
        for number, row in enumerate(csv.reader(text, delimiter=separator, strict=True), 1):
            cells: list[Any] = [_csv_cell(cell) for cell in row]
            while cells and cells[-1] is None:
                cells.pop()
            if len(cells) > limits.columns:
                raise SheetError("too_many_columns", most=limits.columns)
            if cells:
                count += 1
                if count > limits.rows:
                    raise SheetError("too_many_rows", most=limits.rows)
                yield number, False, cells
    except csv.Error as error:
        raise SheetError("broken") from error


def _separator(lines: list[str]) -> str:
    """What stands in most of the first lines: the first alone may be a title, or a sentence with commas."""
    bare = [_QUOTED.sub("", line) for line in lines]
    return max(
        (",", "\t", ";"), key=lambda mark: (sum(mark in line for line in bare), sum(line.count(mark) for line in bare))
    )


def _csv_cell(text: str) -> Any:
    if not text or text.isspace():
        return None
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    return ("p", text) if PRIVATE.search(text) else text


def _encoding(file: BinaryIO) -> str:
    """UTF-8 (with or without a mark), UTF-16 with a mark, else GB18030; a file with zero bytes is no text."""
    start = file.read(2)
    for encoding in ["utf-16"] if start in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]:
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while chunk := file.read(1 << 20):
                if "\0" in decoder.decode(chunk):
                    raise SheetError("not_a_workbook")
            decoder.decode(b"", final=True)
        except UnicodeError:
            continue
        return encoding
    raise SheetError("encoding")


if __name__ == "__main__":
    raise SystemExit(main())
