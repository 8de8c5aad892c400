"""Reads a file of places (code, name, level, parent_code) and says of each bad row what is wrong with it."""

import bz2
import csv
import gzip
import io
import lzma
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from yishi.kit.errors import Refusal
from yishi.kit.text import clean

SHIPPED = Path(__file__).parent / "data" / "places-yunnan.csv.xz"
COLUMNS = ("code", "name", "level", "parent_code")
DIGITS = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12}
LEVELS = list(DIGITS)
MAX_BYTES = 64 * 1024 * 1024  # unpacked: the whole country has some 45 MB
MAX_NAME = 64
SHOWN = 20
_CODE = re.compile(r"[0-9]+")
_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}


class Row(NamedTuple):
    number: int  # as the file's reader counts: the heading is row 1
    code: str
    name: str
    level: str
    parent: str


class Problem(NamedTuple):
    row: int
    reason: str


def unpacked(path: Path) -> bytes:
    """The file's content, unpacked by its ending, refused beyond `MAX_BYTES`."""
    open_packed = _OPENERS.get(path.suffix.lower(), io.open)
    try:
        with open_packed(path, "rb") as file:
            data: bytes = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise Refusal("places.no_file", _("There is no such file: %(path)s") % {"path": path}) from error
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise Refusal("places.broken", _("The file cannot be unpacked: %(path)s") % {"path": path}) from error
    if len(data) > MAX_BYTES:
        raise Refusal("places.too_big", _("The file is too big: unpacked it may have 64 MB."))
    return data


def parse_places(data: bytes, known: Mapping[str, str]) -> list[Row]:
    """All rows of a file's content, parents before children. `known` maps codes that stand already to their levels.

    Raises `Refusal("places.malformed")`, whose message and `details["rows"]` name each bad row and the reason.
    """
    records = _records(_decoded(data))
    problems: list[Problem] = []
    by_code: dict[str, Row] = {}
    for number, record in records:
        row = Row(number, *(clean(record.get(column) or "") for column in COLUMNS))
        reason = _fault(row, by_code)
        if reason:
            problems.append(Problem(number, reason))
        else:
            by_code[row.code] = row
    failed = {problem.row for problem in problems}
    for row in by_code.values():
        reason = _parent_fault(row, by_code, known)
        if reason and row.number not in failed:
            problems.append(Problem(row.number, reason))
    if not by_code and not problems:
        problems.append(Problem(2, str(_("the file has no rows"))))
    if problems:
        raise malformed(problems)
    return sorted(by_code.values(), key=lambda row: (LEVELS.index(row.level), row.code))


def malformed(problems: list[Problem]) -> Refusal:
    """The refusal that names rows and reasons; nothing was loaded."""
    problems = sorted(problems)
    lines = [str(_("Row %(row)s: %(reason)s") % {"row": p.row, "reason": p.reason}) for p in problems[:SHOWN]]
    if len(problems) > SHOWN:
        lines.append(str(_("… and %(count)s more") % {"count": len(problems) - SHOWN}))
    head = str(_("Nothing was loaded: the file has mistakes. Mend them and load it again."))
    return Refusal("places.malformed", "\n".join([head, *lines]), field="file", details={"rows": problems})


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise malformed([Problem(1, str(_("the text is neither UTF-8 nor GBK")))])


def _records(text: str) -> list[tuple[int, dict[str, str]]]:
    if "\0" in text:
        raise malformed([Problem(1, str(_("this is not a CSV file")))])
    reader = csv.reader(io.StringIO(text), strict=True)
    records = []
    try:
        heading = [cell.strip() for cell in next(reader, [])]
        missing = [column for column in COLUMNS if column not in heading]
        if missing:
            reason = _("the heading lacks %(columns)s; it must be code,name,level,parent_code")
            raise malformed([Problem(1, str(reason % {"columns": ", ".join(missing)}))])
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(heading):
                    reason = _("%(found)s cells instead of %(wanted)s")
                    text = str(reason % {"found": len(cells), "wanted": len(heading)})
                    raise malformed([Problem(reader.line_num, text)])
                records.append((reader.line_num, dict(zip(heading, cells, strict=True))))
    except csv.Error as error:
        raise malformed([Problem(reader.line_num, str(_("quotation marks or line ends are broken")))]) from error
    return records


def _fault(row: Row, earlier: Mapping[str, Row]) -> str:
    """What is wrong with the row itself; empty if nothing."""
    values = row._asdict()
    if row.level not in DIGITS:
        return str(
            _("unknown level “%(level)s”; it must be one of %(levels)s") % {**values, "levels": ", ".join(LEVELS)}
        )
    if not _CODE.fullmatch(row.code) or len(row.code) != DIGITS[row.level]:
        text = _("the code “%(code)s” must have %(digits)s digits at the level %(level)s")
        return str(text % {**values, "digits": DIGITS[row.level]})
    if not row.name:
        return str(_("the name is missing"))
    if len(row.name) > MAX_NAME:
        return str(_("the name is longer than %(count)s characters") % {"count": MAX_NAME})
    if row.code in earlier:
        return str(
            _("the code %(code)s stands in row %(first)s already") % {**values, "first": earlier[row.code].number}
        )
    return ""


def _parent_fault(row: Row, by_code: Mapping[str, Row], known: Mapping[str, str]) -> str:
    """What is wrong with the row's parent, which stands in the file (`by_code`) or before it (`known`: its level)."""
    values = row._asdict()
    if row.level == "province":
        return str(_("a province has no parent_code")) if row.parent else ""
    if not row.parent:
        return str(_("parent_code is missing"))
    level = by_code[row.parent].level if row.parent in by_code else known.get(row.parent)
    if level is None:
        return str(_("the parent %(parent)s is neither in the file nor loaded before") % values)
    if level not in DIGITS or LEVELS.index(level) >= LEVELS.index(row.level):
        return str(_("the parent %(parent)s does not stand above the level %(level)s") % values)
    if row.code not in known and not row.code.startswith(row.parent):
        return str(_("the code %(code)s does not begin with its parent's code %(parent)s") % values)
    return ""
