"""Workbooks: what a file is at its first look, what a cell means; .xlsx is written without live formulas.

Reading never trusts the file: its size and what it unpacks to are looked at here, before a parser sees it; the parser
runs in a process of its own with little memory and time (see sheet_rows.py).
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

import xlsxwriter

from .sheet_limits import LIMITS, MAX_PARTS, MAX_RATIO, RATIO_FROM, Limits, SheetError


class Trouble(NamedTuple):
    """A cell that cannot be read: `code` as of `SheetError`, `text` what stands there."""

    code: str
    text: str = ""


class Shown(float):
    """A number that its cell shows otherwise: 456 as 00000456, 0.5 as 50%. `text` is what people see."""

    text: str

    def __new__(cls, number: float, text: str) -> "Shown":
        made = super().__new__(cls, number)
        made.text = text
        return made


class NotedDay(NamedTuple):
    """A day behind which a note stands in its cell; it sorts and counts as the day that it is."""

    day: date
    note: str


Cell = str | int | float | bool | date | datetime | time | Trouble | None
OutCell = Cell | Decimal | NotedDay

DIGITS_OF_A_FLOAT = 15

_TRIGGERS = "=+-@\t\r＝＋－＠"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # so an .xlsx with a password is called within its OLE wrapping
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"mime-version:")  # web pages that call themselves .xls
# One mark between the numbers, blanks beside it; a further number is none of the day's (2020-5-1 2 is not 12 May).
_DAY = re.compile(r"([0-9]{4})\s*(?:[-/.]|年)\s*([0-9]{1,2})\s*(?:[-/.]|月)\s*([0-9]{1,2})\s*日?")
_TIME_OF_DAY = re.compile(r"(?:(?<=[0-9日])[T\s]+|(?<=日))(?:[01]?[0-9]|2[0-3])(?::[0-5][0-9]){1,2}(?:\.[0-9]+)?Z?$")


class SheetOut(NamedTuple):
    """A sheet to write: one row of headings under the notes, then the rows."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[OutCell]]
    notes: Sequence[str] = ()
    choices: dict[int, Sequence[str]] = {}  # column: what may be chosen there


def kind_of(data: bytes, filename: str, limits: Limits = LIMITS) -> str:
    """ "xlsx" or "csv", from the content; raises `SheetError` for what is neither or costs too much, unread."""
    if not data:
        raise SheetError("empty")
    if len(data) > limits.bytes:
        raise SheetError("too_big", megabytes=limits.bytes // 1024 // 1024)
    if data.startswith(_OLE):
        raise SheetError("encrypted" if _ENCRYPTED in data else "old_excel")
    if data.startswith(b"PK"):
        _look_at_zip(data, limits)
        return "xlsx"
    if data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise SheetError("other_workbook")
    if filename.lower().endswith((".xlsx", ".xlsm", ".xls", ".et")):
        raise SheetError("not_a_workbook")
    return "csv"


def cell_text(cell: Cell) -> str:
    """A cell as text: 13900000000.0 is 13900000000. Raises `SheetError` where Excel has lost digits."""
    if cell is None:
        return ""
    if isinstance(cell, Trouble):
        raise SheetError(cell.code, text=cell.text[:20])
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float | int):
        if abs(cell) >= 10**DIGITS_OF_A_FLOAT:
            raise SheetError("digits_lost")
        return str(int(cell)) if float(cell).is_integer() else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return cell.strip()


def cell_date(cell: Cell) -> date | None:
    """A cell as a day: a date, or text such as 2026-3-1, 2026.3.1, 2026/3/1 0:00, 2026年3月1日. Raises `SheetError`."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _TIME_OF_DAY.sub("", unicodedata.normalize("NFKC", cell_text(cell)).strip())
    match = _DAY.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise SheetError("no_date", text=cell_text(cell)[:20]) from None


def write_sheet(
    rows: Iterable[Sequence[OutCell]], headings: Sequence[str], title: str, notes: Sequence[str] = ()
) -> bytes:
    """An .xlsx file with one sheet: notes, a frozen row of headings, the rows. Text stays text, however it begins."""
    return write_workbook([SheetOut(title, headings, rows, notes)])


def write_workbook(sheets: Iterable[SheetOut]) -> bytes:
    """An .xlsx file with several sheets (see `write_sheet`)."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"author": "Yishi"})
        known = {
            "text": book.add_format({"num_format": "@", "valign": "top", "text_wrap": True}),
            "quoted": book.add_format({"num_format": "@", "valign": "top", "text_wrap": True, "quote_prefix": True}),
            "head": book.add_format(
                {"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "num_format": "@"}
            ),
            "note": book.add_format({"font_color": "#555555", "num_format": "@"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left", "valign": "top"}),
            "number": book.add_format({"valign": "top"}),
        }
        formats = _Formats(book, known)
        taken: set[str] = set()
        for sheet in sheets:
            _fill_page(book, formats, sheet, taken)
    return out.getvalue()


class _Formats(dict[str, Any]):
    """The formats of one workbook; a key that is none of them is the note behind a day."""

    def __init__(self, book: xlsxwriter.Workbook, formats: dict[str, Any]):
        super().__init__(formats)
        self.book = book

    def __missing__(self, note: str) -> Any:
        literal = note.replace('"', "”")
        self[note] = self.book.add_format({"num_format": f'yyyy-mm-dd"{literal}"', "align": "left", "valign": "top"})
        return self[note]


def is_defused(text: str) -> bool:
    """Would a spreadsheet take this text for a formula if somebody typed it?"""
    return text[:1] in _TRIGGERS and text != ""


def _fill_page(book: xlsxwriter.Workbook, formats: _Formats, sheet: SheetOut, taken: set[str]) -> None:
    page = book.add_worksheet(_sheet_name(sheet.title, taken))
    row = 0
    for note in sheet.notes:
        page.write_string(row, 0, note, formats["note"])
        row += 1
    widths = [_width(heading) for heading in sheet.headings]
    for column, heading in enumerate(sheet.headings):
        page.write_string(row, column, heading, formats["head"])
    page.freeze_panes(row + 1, 0)
    first = row + 1
    for cells in sheet.rows:
        row += 1
        for column, cell in enumerate(cells):
            _write_cell(page, formats, row, column, cell)
            if column < len(widths):
                widths[column] = max(widths[column], _width(_shown(cell)))
    for column, width in enumerate(widths):
        page.set_column(column, column, min(max(width + 2, 8), 48), formats["text"])
    for column, allowed in sheet.choices.items():
        page.data_validation(first, column, first + 2000, column, {"validate": "list", "source": list(allowed)})
    if sheet.headings and row >= first:
        page.autofilter(first - 1, 0, row, len(sheet.headings) - 1)


def _write_cell(page: Any, formats: _Formats, row: int, column: int, cell: OutCell) -> None:
    write = page  # xlsxwriter has no types
    if cell is None or cell == "":
        write.write_blank(row, column, None, formats["text"])
    elif isinstance(cell, bool):
        write.write_string(row, column, _shown(cell), formats["text"])
    elif isinstance(cell, int | float | Decimal) and len(str(abs(cell))) <= DIGITS_OF_A_FLOAT:
        write.write_number(row, column, float(cell), formats["number"])
    elif isinstance(cell, datetime):
        if cell.tzinfo is not None:
            raise TypeError("a workbook knows no time zones: give the local time")
        write.write_datetime(row, column, cell, formats["moment"])
    elif isinstance(cell, date):
        write.write_datetime(row, column, cell, formats["day"])
    elif isinstance(cell, NotedDay):
        write.write_datetime(row, column, cell.day, formats[cell.note])
    else:
        text = _kept(_shown(cell))
        look = formats["quoted" if is_defused(text) else "text"]
        write.write_string(row, column, text, look)


def _shown(cell: OutCell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Trouble):
        return cell.text
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, date | time) and not isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, NotedDay):
        return cell.day.isoformat() + cell.note
    return str(cell)


def _kept(text: str) -> str:
    """Without letters that XML cannot hold; 32,767 letters are all that a cell holds."""
    return "".join(c for c in text if c in "\t\n\r" or c >= " " and not "\ud800" <= c <= "\udfff")[:32_767]


def _width(text: str) -> int:
    longest = max(text.split("\n"), key=len, default="")[:60]
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in longest)


def _sheet_name(title: str, taken: set[str]) -> str:
    name = "".join(" " if c in "[]:*?/\\" else c for c in title).strip("' ")[:28] or "Sheet"
    unique, n = name, 1
    while unique.lower() in taken:
        n += 1
        unique = f"{name} {n}"
    taken.add(unique.lower())
    return unique


def _look_at_zip(data: bytes, limits: Limits) -> None:
    """Refuse what unpacks to too much, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        raise SheetError("broken") from None
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts) or "EncryptedPackage" in names:
        raise SheetError("encrypted")
    if "xl/workbook.bin" in names or {"mimetype", "content.xml"} <= names:  # .xlsb; .ods
        raise SheetError("other_workbook")
    if "xl/workbook.xml" not in names:
        raise SheetError("not_a_workbook")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > limits.unpacked:
        raise SheetError("bomb")
    if any(p.file_size > RATIO_FROM and p.file_size > MAX_RATIO * max(p.compress_size, 1) for p in parts):
        raise SheetError("bomb")
    if any("vbaproject" in name.lower() for name in names):
        raise SheetError("macro")
