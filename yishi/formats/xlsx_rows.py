"""An .xlsx file row by row, in little memory: the sheet is parsed as it is unpacked and never held as a whole.

Values are what the file stores: a formula gives the value that was stored with it; one without is marked. What a
reader must not overlook is marked in the cell, not mended: errors, lost values, letters of a private font.
"""

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import IO, Any
from xml.parsers import expat

from yishi.formats.number_formats import PERCENT_FORMATS, may_show_more, shown_as
from yishi.formats.sheet_limits import Limits, SheetError

# A cell on its way: None, a text, or (kind, text): n number, z number that is shown otherwise (the number, a tab, what
# is shown), d day, dt moment, t time, b yes or no, e error, f formula without a value, m covered by a cell merged
# across columns (with that cell's text), p private letters.
Wire = None | str | tuple[str, str]

CHUNK = 1 << 16
MOST_MERGED = 200_000  # cells below a merged one
MOST_LETTERS = 60_000_000  # in the table of texts
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of any spreadsheet
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DATE_FORMATS = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    ArithmeticError,
    RuntimeError,
    NotImplementedError,
)
_ROUND = timedelta(microseconds=500_000)


@dataclass
class Head:
    """A sheet before its rows."""

    name: str
    is_hidden: bool
    part: str
    hidden_columns: list[int] = field(default_factory=list)


@dataclass
class Book:
    """An opened workbook: its sheets, its table of texts, which styles are dates."""

    archive: zipfile.ZipFile
    limits: Limits
    heads: list[Head]
    is_1904: bool
    dates: set[int] = field(default_factory=set)
    looks: dict[int, str] = field(default_factory=dict)  # style: format that shows more than the number
    texts: list[Wire] = field(default_factory=list)


def open_book(file: IO[bytes], limits: Limits) -> Book:
    """Look at everything but the rows. Raises `SheetError`."""
    try:
        archive = zipfile.ZipFile(file)
        heads, is_1904 = _workbook(archive)
        book = Book(archive, limits, heads, is_1904)
        names = set(archive.namelist())
        if "xl/styles.xml" in names:
            book.dates, book.looks = _styles(archive)
        if "xl/sharedStrings.xml" in names:
            book.texts = _shared_texts(archive)
        return book
    except _BROKEN as error:
        if isinstance(error, SheetError):
            raise
        raise SheetError("broken") from error


def rows_of(book: Book, head: Head) -> Iterator[tuple[int, bool, list[Wire]]]:
    """The rows with values: (number, is it hidden, cells from column A on). Raises `SheetError`."""
    try:
        yield from _Rows(book, head).read()
    except _BROKEN as error:
        if isinstance(error, SheetError):
            raise
        raise SheetError("broken") from error


class _Rows:
    """One sheet's parser: gathers the cells of a row and gives out finished rows."""

    def __init__(self, book: Book, head: Head):
        self.book, self.head = book, head
        self.most_columns = book.limits.columns
        self.done: list[tuple[int, bool, list[Wire]]] = []
        self.count = 0
        self.number, self.hidden, self.column = 0, False, -1
        self.cells: list[Wire] = []
        self.cell: dict[str, str] = {}
        self.text: list[str] = []
        self.keeping = ""  # "v", "t" or "f" while letters are to be kept
        self.has_formula = self.has_value = False
        self.phonetic = 0

    def read(self) -> Iterator[tuple[int, bool, list[Wire]]]:
        self.down, self.across = _merged(self.book, self.head.part)
        self.above: dict[int, tuple[Wire, int]] = {}
        parser = _parser()
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.letters
        with self.book.archive.open(self.head.part) as file:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk, False)
                yield from self.done
                self.done.clear()
        parser.Parse(b"", True)
        yield from self.done

    def letters(self, text: str) -> None:
        if self.keeping:
            self.text.append(text)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2] if ":" in name else name
        if local == "c":
            self.cell, self.text = attributes, []
            self.has_formula = self.has_value = False
        elif local == "v":
            self.keeping, self.has_value = "v", True
        elif local == "row":
            self.number = int(attributes["r"]) if "r" in attributes else self.number + 1
            if not 0 < self.number <= LAST_ROW:
                raise SheetError("broken")
            self.hidden = attributes.get("hidden") in ("1", "true")
            self.cells, self.column = [], -1
        elif local == "f":
            self.has_formula = True
        elif local == "rPh":
            self.phonetic += 1
        elif local == "t":
            self.keeping, self.has_value = ("" if self.phonetic else "t"), True
        elif local == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes["min"]), int(attributes["max"])
            self.head.hidden_columns.extend(range(first - 1, min(last, self.most_columns)))

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2] if ":" in name else name
        if local == "c":
            self.finish_cell()
        elif local in ("v", "t"):
            self.keeping = ""
        elif local == "row":
            self.finish_row()
        elif local == "rPh":
            self.phonetic -= 1

    def finish_cell(self) -> None:
        reference = self.cell.get("r")
        self.column = _column(reference.rstrip("0123456789")) - 1 if reference else self.column + 1
        if not 0 <= self.column < LAST_COLUMN:
            raise SheetError("broken")
        value = self.value()
        if value is None or value == "":
            return
        if self.column >= self.most_columns:
            raise SheetError("too_many_columns", most=self.most_columns)
        cells, column = self.cells, self.column
        if len(cells) == column:
            cells.append(value)
            return
        cells.extend([None] * (column + 1 - len(cells)))
        cells[column] = value

    def value(self) -> Wire:
        kind, text = self.cell.get("t", "n"), "".join(self.text) if self.text else ""
        if self.has_formula and not (self.has_value and (text or kind == "str")):
            return ("f", "")
        if not text:
            return None
        if kind == "s":
            return self.book.texts[int(text)]
        if kind in ("str", "inlineStr"):
            return _text(text)
        if kind == "b":
            return ("b", "1" if text in ("1", "true") else "")
        if kind == "e":
            return ("e", text[:16])
        if kind == "d":
            return ("dt" if "T" in text else "d", text.rstrip("Z"))
        style = int(self.cell.get("s", "0"))
        if style in self.book.dates:
            return _moment(text, self.book.is_1904)
        if style in self.book.looks and (shown := shown_as(text, self.book.looks[style])):
            return ("z", f"{text}\t{shown}")
        return ("n", text)

    def finish_row(self) -> None:
        for column, last in self.down.get(self.number, ()):
            if column < len(self.cells) and self.cells[column] is not None:
                self.above[column] = (self.cells[column], last)
            else:
                self.above.pop(column, None)
        for column, (value, last) in list(self.above.items()):
            if self.number > last:
                del self.above[column]
            else:
                self.cells.extend([None] * (column + 1 - len(self.cells)))
                self.cells[column] = value
        for first, column in self.across.get(self.number, ()):
            origin = self.cells[first] if first < len(self.cells) else None
            if origin is not None and column < self.most_columns:
                self.cells.extend([None] * (column + 1 - len(self.cells)))
                self.cells[column] = ("m", origin if isinstance(origin, str) else origin[1].rpartition("\t")[2])
        if any(cell is not None for cell in self.cells):
            self.count += 1
            if self.count > self.book.limits.rows:
                raise SheetError("too_many_rows", most=self.book.limits.rows)
            self.done.append((self.number, self.hidden, self.cells))


def _merged(book: Book, part: str) -> tuple[dict[int, list[Any]], dict[int, list[Any]]]:
    """What is merged: by first row (column, last row) of the columns to fill down, by row (first column, column) of
    the cells that are covered from the left."""
    down: dict[int, list[Any]] = {}
    across: dict[int, list[Any]] = {}
    covered = 0
    tail = b""
    with book.archive.open(part) as file:
        while chunk := file.read(CHUNK * 4):
            text = tail + chunk
            if _DOCTYPE.search(text):
                raise SheetError("bomb")
            used = 0
            for match in _MERGED.finditer(text):
                used = match.end()
                left, right = _column(match[1].decode()) - 1, _column(match[3].decode()) - 1
                top, bottom = int(match[2]), int(match[4])
                if bottom > top:
                    down.setdefault(top, []).append((left, bottom))
                for column in range(left + 1, min(right, book.limits.columns) + 1):
                    for row in range(top, bottom + 1):
                        across.setdefault(row, []).append((left, column))
                        covered += 1
                        if covered > MOST_MERGED:
                            raise SheetError("bomb")
            tail = text[max(used, len(text) - 200) :]
    return down, across


def _workbook(archive: zipfile.ZipFile) -> tuple[list[Head], bool]:
    targets: dict[str, str] = {}
    heads: list[Head] = []
    is_1904 = [False]

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes["Target"]
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            targets[attributes["Id"]] = path.replace("xl/./", "xl/")

    def sheet(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "workbookPr":
            is_1904[0] = attributes.get("date1904", "0") in ("1", "true")
        elif local == "sheet":
            key = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            if key in targets:  # others are charts and dialogues
                hidden = attributes.get("state", "visible") != "visible"
                heads.append(Head(_plain(attributes.get("name", "")), hidden, targets[key]))

    _parse(archive, "xl/_rels/workbook.xml.rels", relation)
    _parse(archive, "xl/workbook.xml", sheet)
    return heads, is_1904[0]


def _styles(archive: zipfile.ZipFile) -> tuple[set[int], dict[int, str]]:
    """The numbers of the styles that show a date or a time; the formats of those that show more than the number."""
    custom: dict[int, str] = {}
    styles: list[int] = []
    inside = [False]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "numFmt" and not inside[0]:
            custom[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif local == "cellXfs":
            inside[0] = True
        elif local == "xf" and inside[0]:
            styles.append(int(attributes.get("numFmtId", "0")))

    def end(name: str) -> None:
        if name.rpartition(":")[2] == "cellXfs":
            inside[0] = False

    _parse(archive, "xl/styles.xml", start, end)
    dates = {number for number, code in custom.items() if _shows_date(code)}
    dates |= {number for number in _DATE_FORMATS if number not in custom}
    looks = {number: code for number, code in custom.items() if number not in dates and may_show_more(code)}
    looks |= {number: code for number, code in PERCENT_FORMATS.items() if number not in custom}
    return (
        {place for place, number in enumerate(styles) if number in dates},
        {place: looks[number] for place, number in enumerate(styles) if number in looks},
    )


def _shows_date(code: str) -> bool:
    plain = _QUOTED.sub("", code.lower().partition(";")[0])
    return "general" not in plain and any(letter in plain for letter in "ydhs年月日")


def _shared_texts(archive: zipfile.ZipFile) -> list[Wire]:
    texts: list[Wire] = []
    parts: list[str] = []
    state = {"keeping": False, "phonetic": 0, "letters": 0}

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "rPh":
            state["phonetic"] += 1
        elif local == "t":
            state["keeping"] = not state["phonetic"]

    def end(name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "t":
            state["keeping"] = False
        elif local == "rPh":
            state["phonetic"] -= 1
        elif local == "si":
            text = "".join(parts)
            parts.clear()
            texts.append(_text(text))

    def letters(text: str) -> None:
        state["letters"] += len(text) + 8
        if state["letters"] > MOST_LETTERS:
            raise SheetError("bomb")
        if state["keeping"]:
            parts.append(text)

    _parse(archive, "xl/sharedStrings.xml", start, end, letters)
    return texts


def _parse(archive: zipfile.ZipFile, part: str, start: Any, end: Any = None, letters: Any = None) -> None:
    parser = _parser()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = letters
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_entities
    return parser


def _refuse_entities(*_: object) -> None:
    raise SheetError("bomb")


def _text(text: str) -> Wire:
    plain = _plain(text)
    return ("p", plain) if PRIVATE.search(plain) else plain


def _plain(text: str) -> str:
    """Text with its escapes (_x000D_) undone; what no database and no page can hold (zero, half a pair) is dropped."""
    if "_x" in text:
        text = _UNHELD.sub("", _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text))
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _moment(text: str, is_1904: bool) -> Wire:
    """A serial number as day, moment or time; a day that no calendar knows (1900-02-29, before 1900) as an error."""
    serial = float(text)
    if 0 <= serial < 1:
        made = (datetime(1900, 1, 1) + timedelta(days=serial) + _ROUND).replace(microsecond=0)  # noqa: DTZ001
        return ("t", made.time().isoformat())
    day = int(serial)
    if is_1904:
        start = datetime(1904, 1, 1)  # noqa: DTZ001  a sheet's clock has no zone
    elif day == 60 or serial < 0:  # the leap day that 1900 did not have
        return ("e", text[:16])
    else:
        start = datetime(1899, 12, 31) if day < 60 else datetime(1899, 12, 30)  # noqa: DTZ001
    try:
        made = (start + timedelta(days=serial) + _ROUND).replace(microsecond=0)
    except OverflowError:
        return ("e", text[:16])
    if serial == day:
        return ("d", made.date().isoformat())
    return ("dt", made.isoformat())


@lru_cache(maxsize=2048)
def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
