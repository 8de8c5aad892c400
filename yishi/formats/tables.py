"""The table in a sheet: headings in one row or two, under titles; columns by what their headings say, never by place.

    table = Table(plan)
    for row in rows:                 # of sheet_rows.read_rows
        for line in table.take(row):
            line.values["name"], line.faults, line.raw
    table.end()

What a plan does not know is kept under its heading. Notes under the table, totals and repeated headings are left out
and named. A value that is not what its column holds is kept as it stands, with a fault; nothing is guessed.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from yishi.kit.names import plain_name
from yishi.kit.text import composed

from .sheet_limits import SheetError
from .sheet_rows import Row
from .sheets import Cell, Shown, Trouble, cell_date

LOOK_FOR_HEADINGS = 20  # rows
EXAMPLE = "示例"  # so begin the rows of a template that are no data
LONGEST = 2_000  # letters of a cell that is kept
MOST = 10**15  # from here on a spreadsheet has lost digits; no quantity of ours is as large
LONGEST_NUMBER = 40  # letters

Fault = tuple[str, str, dict[str, str | int]]  # heading, code, params


class Column(NamedTuple):
    """What is asked of a table. `headings`: the first is the template's, the others are taken as well."""

    key: str
    headings: tuple[str, ...]
    kind: str = "text"  # text, name, code, identity, number, whole, day, year, yes
    is_wanted: bool = False  # without this heading it is no such table
    names: bool = False  # one of the columns of which a row of data has at least one
    in_template: bool = True


class Line(NamedTuple):
    """A row of the table: texts in normal form by the plan's keys, what else stands there by heading."""

    number: int
    is_hidden: bool
    values: dict[str, str]
    raw: dict[str, str]
    faults: list[Fault]


@dataclass
class Table:
    """Finds the headings in the first rows, then gives each further row as a `Line`."""

    columns: Sequence[Column]
    headings: list[str] = field(default_factory=list)  # as they stand, by column
    found: dict[int, Column] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)  # headings that stand for the same
    left_out: list[tuple[int, str]] = field(default_factory=list)  # row, how it begins
    _waiting: list[Row] = field(default_factory=list)
    _is_found: bool = False

    def __post_init__(self) -> None:
        self._by_heading = {normal_heading(text): column for column in self.columns for text in column.headings}

    def take(self, row: Row) -> Iterator[Line]:
        """The lines that are known after one more row: none while the headings are looked for."""
        if self._is_found:
            yield from self._line(row)
            return
        self._waiting.append(row)
        if len(self._waiting) == LOOK_FOR_HEADINGS:
            yield from self._begin()

    def end(self) -> Iterator[Line]:
        """The lines that are left at the sheet's end; afterwards `is_found` says whether there was a table."""
        if not self._is_found:
            yield from self._begin()

    @property
    def is_found(self) -> bool:
        return self._is_found

    def _begin(self) -> Iterator[Line]:
        waiting, self._waiting = self._waiting, []
        best: tuple[int, int, list[list[str]]] | None = None
        wanted = {column.key for column in self.columns if column.is_wanted}
        for place, row in enumerate(waiting):
            lower = [_heading(cell) for cell in row.cells]
            tries = [_single(lower)]
            if place and waiting[place - 1].number == row.number - 1:
                upper = [_heading(cell) for cell in waiting[place - 1].cells]
                paired = _paired(upper, lower)
                is_enough = wanted <= {column.key for column in map(self._match, paired) if column is not None}
                # What a group claims for somebody else is nobody's else: then the lower row alone is not asked.
                tries = [paired] if is_enough and any(map(_is_foreign, upper)) else [*tries, paired]
            for names in tries:
                keys = [column.key for column in map(self._match, names) if column is not None]
                score = 2 * len(set(keys)) - len(keys)
                if wanted <= set(keys) and (best is None or score > best[0]):
                    best = (score, place, names)
        if best is None:
            return
        self._is_found = True
        self._set(best[2])
        for row in waiting[best[1] + 1 :]:
            yield from self._line(row)

    def _set(self, names: list[list[str]]) -> None:
        taken: dict[str, str] = {}
        for place, tries in enumerate(names):
            heading = tries[0] if tries else ""
            self.headings.append(heading)
            column = self._match(tries)
            if column is not None:
                if column.key in taken:
                    self.twice.append(heading)
                taken[column.key] = heading
                self.found[place] = column
            elif heading:
                self.unknown[place] = heading

    def _match(self, tries: list[str]) -> Column | None:
        for text in tries:
            plain = normal_heading(text)
            column = self._by_heading.get(plain) or self._by_heading.get(_UNIT.sub("", plain))
            if column is not None:
                return column
        return None

    def _line(self, row: Row) -> Iterator[Line]:
        values: dict[str, str] = {}
        raw: dict[str, str] = {}
        faults: list[Fault] = []
        for place, cell in enumerate(row.cells):
            if cell is None:
                continue
            column = self.found.get(place)
            if column is None:
                text = shown(cell)[:LONGEST]
                if text:
                    raw[self.unknown.get(place) or f"#{place + 1}"] = text
                continue
            text, code, params = normal(cell, column.kind)
            if text:
                values[column.key] = text[:LONGEST]
            if code:
                faults.append((self.headings[place], code, params))
        if not values and not raw:
            return
        begins = next((shown(cell) for cell in row.cells if cell is not None), "")
        if begins.startswith(EXAMPLE):
            return
        if self._is_left_out(row, values):
            self.left_out.append((row.number, begins[:LONGEST_NUMBER]))
            return
        yield Line(row.number, row.is_hidden, values, raw, faults)

    def _is_left_out(self, row: Row, values: dict[str, str]) -> bool:
        """Is it a note, a total or the headings once more?"""
        cells = row.cells
        again = sum(1 for place in self.found if place < len(cells) and self._repeats(cells[place], place))
        if again >= 2 and again * 2 >= len(values):
            return True
        first = next((text for text in map(shown, cells) if text), "")
        if not _NOTE.match(unicodedata.normalize("NFKC", first).replace(" ", "")):
            return False
        naming = [values[column.key] for column in self.columns if column.names and column.key in values]
        return all(text in first or _NOTE.match(text) for text in naming)

    def _repeats(self, cell: Cell, place: int) -> bool:
        """Does the cell say the heading of its column once more?"""
        heading = self.headings[place]
        return isinstance(cell, str) and len(cell) >= len(heading) and shown(cell) == heading


def normal_heading(text: str) -> str:
    """A heading without blanks, line breaks, stars and colons, in NFKC."""
    return re.sub(r"[\s*:_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def shown(cell: Cell) -> str:
    """A cell as the spreadsheet shows it, near enough to give it back."""
    if cell is None:
        return ""
    if isinstance(cell, Trouble):
        return cell.text
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, Shown):
        return cell.text
    if isinstance(cell, float | int):
        return plain_number(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    text = cell.replace("\u3000", " ")
    if not text.isprintable():
        text = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip()


def plain_number(value: float | int) -> str:
    """A number with the 15 digits that a spreadsheet keeps: 0.30000000000000004 is 0.3, 1200.0 is 1200."""
    if abs(value) >= MOST:
        return format(value, ".15g")
    made = Decimal(format(value, ".15g"))
    return format(made.quantize(Decimal(1)) if made == made.to_integral_value() else made, "f")


def normal(cell: Cell, kind: str) -> tuple[str, str, dict[str, str | int]]:
    """(text in normal form, code of the fault or "", its params) of a cell in a column of `kind`."""
    if isinstance(cell, Trouble):
        return cell.text, cell.code, {"text": cell.text[:20]}
    try:
        return _NORMAL[kind](cell), "", {}
    except SheetError as error:
        return shown(cell), error.code, error.params


def _refuse_percent(cell: Cell) -> None:
    if isinstance(cell, Shown) and cell.text.endswith("%"):
        raise SheetError("percent", text=cell.text, stored=plain_number(cell))


def _text(cell: Cell) -> str:
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return _digits(cell)
    return composed(shown(cell))


def _name(cell: Cell) -> str:
    """A name in the one form in which pages store it too."""
    if not isinstance(cell, str):
        raise SheetError("not_text", text=shown(cell)[:20])
    return plain_name(shown(cell))


def _code(cell: Cell) -> str:
    """Digits and letters without blanks; what a spreadsheet has made a number of too many digits is refused."""
    if isinstance(cell, bool | date | time):
        raise SheetError("date_for_code", text=shown(cell)[:20])
    _refuse_percent(cell)
    if isinstance(cell, float | int):
        return _digits(cell)
    assert isinstance(cell, str)
    text = "".join(unicodedata.normalize("NFKC", shown(cell)).split()).strip("'`‘’")
    if _SCIENTIFIC.fullmatch(text):
        raise SheetError("digits_lost", text=text[:20])
    return text


def _digits(value: float | int) -> str:
    if abs(value) >= MOST:
        raise SheetError("digits_lost", text="")
    if isinstance(value, Shown):  # leading zeros, or a letter before the number, that only the cell's format has
        return value.text
    return plain_number(value)


def _identity(cell: Cell) -> str:
    text = _code(cell).upper()
    if "*" in text:
        raise SheetError("masked", text="")
    return text


def number_text(cell: Cell) -> str:
    """A number, by the one rule for workbooks and forms; thousands may be set apart by commas. Words beside it (元, 亩,
    约) are refused with a `SheetError`."""
    if isinstance(cell, bool | date | time):
        raise SheetError("no_number", text=shown(cell)[:20])
    _refuse_percent(cell)
    if isinstance(cell, float | int):
        if abs(cell) >= MOST:
            raise SheetError("no_number", text=shown(cell)[:20])
        return plain_number(cell)
    text = unicodedata.normalize("NFKC", shown(cell))
    if _TWO_NUMBERS.search(text) and not _SPACED_THOUSANDS.fullmatch(text):
        raise SheetError("no_number", text=text[:20])  # 3 5 is not 35
    text = "".join(text.split())
    if len(text) > LONGEST_NUMBER:
        raise SheetError("no_number", text=text[:20])
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if text in ("-", "/", "—", "无"):
        return ""
    try:
        made = Decimal(text)
    except InvalidOperation:
        raise SheetError("no_number", text=text[:20]) from None
    if not made.is_finite() or abs(made) >= MOST or not _PLAIN_NUMBER.fullmatch(text):
        raise SheetError("no_number", text=text[:20])
    return format(made, "f")


def _whole(cell: Cell) -> str:
    text = number_text(cell)
    if text and Decimal(text) != Decimal(text).to_integral_value():
        raise SheetError("no_whole", text=text[:20])
    return str(int(Decimal(text))) if text else ""


def _day(cell: Cell) -> str:
    """A day as 2020-05-01. A bare serial number is refused: nobody knows in which calendar it counts."""
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", cell).strip()
        if re.fullmatch(r"(19|20)[0-9]{6}", text):
            text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
        cell = text
    elif isinstance(cell, float | int) and not isinstance(cell, bool):
        text = plain_number(cell)
        if not re.fullmatch(r"(19|20)[0-9]{6}", text):
            raise SheetError("no_date", text=text[:20])
        cell = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if isinstance(cell, bool | time):
        raise SheetError("no_date", text=shown(cell)[:20])
    day = cell_date(cell)
    if day is not None and not 1900 <= day.year <= 2100:
        raise SheetError("no_date", text=day.isoformat())
    return day.isoformat() if day else ""


def _year(cell: Cell) -> str:
    """A year; a date is refused, for a year in a cell of dates shows as some day of 1905."""
    if isinstance(cell, bool | date | time):
        raise SheetError("no_year", text=shown(cell)[:20])
    text = _code(cell).removesuffix("年度").removesuffix("年")
    if not re.fullmatch(r"(19|20)[0-9]{2}", text):
        raise SheetError("no_year", text=text[:20])
    return text


def _yes(cell: Cell) -> str:
    """ "1" for yes, "0" for no."""
    text = unicodedata.normalize("NFKC", shown(cell)).strip().upper()
    if text not in _YES:
        raise SheetError("no_yes", text=text[:20])
    return _YES[text]


_NORMAL: dict[str, Callable[[Cell], str]] = {
    "text": _text,
    "name": _name,
    "code": _code,
    "identity": _identity,
    "number": number_text,
    "whole": _whole,
    "day": _day,
    "year": _year,
    "yes": _yes,
}
_YES = {
    **dict.fromkeys(("是", "有", "√", "✓", "Y", "YES", "TRUE", "1"), "1"),
    **dict.fromkeys(("否", "无", "没有", "不是", "×", "X", "N", "NO", "FALSE", "0"), "0"),
}
_UNIT = re.compile(r"\((元|亩|月|人|平方米|㎡|m2|公里|km|千米|个|户|年|元/年)\)$")
_SCIENTIFIC = re.compile(r"[+-]?[0-9](\.[0-9]+)?[Ee]\+?[0-9]+|[0-9]{15,}\.0*")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_TWO_NUMBERS = re.compile(r"[0-9]\s+[0-9]")
_SPACED_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(\s[0-9]{3})+(\.[0-9]+)?")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?|[+-]?\.[0-9]+")
# Marks without width or with a direction, wherever an editor left them; what is no letter at all.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
_NOTE = re.compile(
    r"[(（]?(填表|填报|制表|制作|审核|复核|负责人|单位负责|经办|联系人|联系电话|盖章|注[:：]|注释|说明|备注[:：]|合计|总计|小计|本页|第\d+页|共\d+)"
)
_FOREIGN = re.compile(r"帮扶|责任人|联系|驻村|填报|填表|经办|监护|代理|结对")  # groups of columns about somebody else


def _is_foreign(group: str) -> bool:
    """Is this a group of columns about somebody else (帮扶责任人), and no note above the table (填表人：张三)?"""
    return len(group) <= 12 and ":" not in group and "：" not in group and bool(_FOREIGN.search(group))


def _heading(cell: Cell) -> str:
    """A cell of a row of headings, also where it is covered from the left."""
    return " ".join(shown(cell).split())[:60]


def _single(lower: list[str]) -> list[list[str]]:
    return [[text] if text else [] for text in lower]


def _paired(upper: list[str], lower: list[str]) -> list[list[str]]:
    """What the columns may be called under two rows of headings: both together, or the lower one alone unless its
    group is about somebody else (帮扶责任人 above 姓名)."""
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    made: list[list[str]] = []
    for group, text in zip(upper, lower, strict=True):
        is_title = bool(group) and upper.count(group) * 10 >= width * 6 and width > 1
        if not group or is_title or group == text:
            made.append([text] if text else [])
        elif not text:
            made.append([group])
        elif _is_foreign(group):
            made.append([group + text])
        else:
            made.append([group + text, text])
    return made
