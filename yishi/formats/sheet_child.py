"""The process that parses one untrusted sheet: bytes in, JSON out, with limits on memory, time and output.

Started by sheets.py as `python -m yishi.formats.sheet_child xlsx|csv` (one answer) or by sheet_rows.py as
`… xlsx-rows|csv-rows` (a line for each row); what it refuses, it refuses by a code.
"""

import codecs
import csv
import io
import json
import re
import resource
import sys
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from yishi.formats.sheet_limits import (
    CHILD_MEMORY,
    CHILD_SECONDS,
    LARGE,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_UNPACKED,
    ROWS_MEMORY,
    Limits,
    SheetError,
)
from yishi.formats.xlsx_rows import PRIVATE, open_book, rows_of

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_REFERENCE = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,4})([0-9]{1,8})"')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([0-9]{1,8})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?ref="([A-Z0-9:]{1,30})"')
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def main() -> int:
    by_row = sys.argv[1].endswith("-rows")
    memory, seconds = (ROWS_MEMORY, LARGE.seconds) if by_row else (CHILD_MEMORY, CHILD_SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    if by_row:
        return write_rows(sys.argv[1].removesuffix("-rows"))
    data = sys.stdin.buffer.read()
    try:
        sheets = read_csv(data) if sys.argv[1] == "csv" else read_xlsx(data)
        answer: dict[str, Any] = {
            "sheets": [(name, [[_tagged(c) for c in row] for row in rows]) for name, rows in sheets]
        }
    except SheetError as error:
        answer = {"error": error.code, "params": error.params}
    except MemoryError:
        answer = {"error": "bomb", "params": {}}
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))
    return 0


def write_rows(kind: str) -> int:
    """Sheets and rows as lines: {"sheet", "hidden"}, then [number, hidden, cells]…, then {"hidden_columns"}; at the
    end {"end"} or {"error", "params"}."""

    def say(what: Any) -> None:
        out.write(json.dumps(what, ensure_ascii=True, separators=(",", ":")) + "\n")

    out = sys.stdout
    try:
        if kind == "csv":
            say({"sheet": "", "hidden": False})
            for row in csv_rows(sys.stdin.buffer, LARGE):
                say(row)
            say({"hidden_columns": []})
        else:
            book = open_book(sys.stdin.buffer, LARGE)
            count = 0
            for head in book.heads:
                say({"sheet": head.name, "hidden": head.is_hidden})
                if not head.is_hidden:
                    for row in rows_of(book, head):
                        count += 1
                        if count > LARGE.rows:  # of all sheets: a hundred of them may lead to one part
                            raise SheetError("too_many_rows", most=LARGE.rows)
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
    first = text.readline()
    separator = max((",", "\t", ";"), key=first.count)
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


def read_xlsx(data: bytes) -> Iterable[tuple[str, list[list[Any]]]]:
    """Look at the raw sheets first, then let calamine read the values."""
    _look_inside(data)
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  only in the limited process

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    except (CalamineError, OSError, ValueError) as error:
        raise SheetError("broken") from error


def read_csv(data: bytes) -> list[tuple[str, list[list[Any]]]]:
    text = decoded(data)
    if "\0" in text:
        raise SheetError("not_a_workbook")
    separator = "\t" if text.partition("\n")[0].count("\t") > text.partition("\n")[0].count(",") else ","
    try:
        rows: list[list[Any]] = [list(row) for row in csv.reader(io.StringIO(text), delimiter=separator, strict=True)]
    except csv.Error as error:
        raise SheetError("broken") from error
    _check_size(len(rows), max((len(row) for row in rows), default=0))
    return [("", rows)]


def decoded(data: bytes) -> str:
    """UTF-8 (with or without a mark), UTF-16 with a mark, else GB18030, of which GBK is a part."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(unicodedata.category(c) == "Co" for c in text):
            raise SheetError("private_letters")
        return text
    raise SheetError("encoding")


def _look_inside(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        left = MAX_UNPACKED
        for part in archive.infolist():
            if not part.filename.endswith((".xml", ".rels")):
                continue
            try:
                with archive.open(part) as file:
                    text = file.read(left + 1)
            except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
                raise SheetError("broken") from error
            left -= len(text)
            if left < 0 or _DOCTYPE.search(text):
                raise SheetError("bomb")
            if _SHEET.fullmatch(part.filename):
                _look_at_sheet(text)


def _look_at_sheet(text: bytes) -> None:
    rows = max((int(match[1]) for match in _ROW.finditer(text)), default=0)
    columns = 0
    for match in _REFERENCE.finditer(text):
        columns = max(columns, _column(match[1]))
        rows = max(rows, int(match[2]))
    _check_size(rows, columns)
    formula = _FORMULA.search(text)
    if formula:
        cell = [*_REFERENCE.finditer(text, 0, formula.start())][-1:]
        raise SheetError("formula", cell=(cell[0][1] + cell[0][2]).decode() if cell else "")
    merged = _MERGED.search(text)
    if merged and not _is_title(merged[1]):
        raise SheetError("merged", cell=merged[1].decode())


def _is_title(area: bytes) -> bool:
    """A title merged across the first row does no harm."""
    return all(re.sub(rb"[A-Z]", b"", corner) == b"1" for corner in area.split(b":"))


def _check_size(rows: int, columns: int) -> None:
    if rows > MAX_ROWS:
        raise SheetError("too_many_rows", most=MAX_ROWS)
    if columns > MAX_COLUMNS:
        raise SheetError("too_many_columns", most=MAX_COLUMNS)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _tagged(cell: Any) -> tuple[str, Any]:
    if isinstance(cell, datetime):
        return ("dt", cell.isoformat())
    if isinstance(cell, date):
        return ("d", cell.isoformat())
    if isinstance(cell, time):
        return ("t", cell.isoformat())
    if isinstance(cell, timedelta):
        return ("", str(cell))
    if isinstance(cell, str):
        if any(unicodedata.category(c) == "Co" for c in cell):
            raise SheetError("private_letters")
        return ("", unicodedata.normalize("NFC", cell))
    return ("", cell)


if __name__ == "__main__":
    raise SystemExit(main())
