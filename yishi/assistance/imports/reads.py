"""What there is to see of an import: its faults, its changes, the rejected rows as a workbook, the empty template."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from yishi.assistance.imports.models import Import, ImportPiece
from yishi.assistance.imports.workbooks.faults import fault_words
from yishi.assistance.imports.workbooks.kinds import KindOfImport, kind_of
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.imports.workbooks.rows import EXPLAINED, REASON, ROW, SHEET, StagedRow, row_text
from yishi.formats.sheets import SheetOut, write_workbook
from yishi.formats.tables import Column
from yishi.kit.identity import masked, masked_in
from yishi.organisations.demo import demo_mark

from .services.pieces import (
    Stage,
    pieces,
    results_in,
    rows_in,
)

MOST_SHOWN = 500
PIECES_OPENED = 12
PIECES_COUNTED = 200  # 50,000 households or deeds
COLUMNS_SHOWN = 6
SECRET = ("identity", "account")  # columns of which nothing is given back in clear


class ShownFault(NamedTuple):
    row: str
    heading: str
    reason: str


class ShownRows(NamedTuple):
    """Headings, and rows: the row's number, its cells."""

    headings: list[str]
    rows: list[tuple[str, list[str]]]


class ShownChange(NamedTuple):
    row: str
    heading: str
    old: str
    new: str


class FaultKind(NamedTuple):
    """Faults of one column and one reason: the first one's words, and how many there are."""

    heading: str
    reason: str
    how_many: int


def import_faults(workbook: Import, *, all_of_them: bool = False) -> list[ShownFault]:
    """The first faults (at most MOST_SHOWN), or all, in the order of the rows."""
    sheets = sheets_of(workbook)
    shown = [
        ShownFault(row_text(fault.row, sheets), fault.heading, fault_words(fault.code, fault.params, sheets))
        for result in _some(workbook, "bad", most=None if all_of_them else PIECES_OPENED)
        for fault in sorted(result.faults, key=lambda fault: fault.row)
    ]
    return shown if all_of_them else shown[:MOST_SHOWN]


def import_changes(workbook: Import, *, all_of_them: bool = False) -> list[ShownChange]:
    """The first changes (at most MOST_SHOWN), or all, old and new, identity numbers with stars; of a workbook of bodies
    and people also what is new."""
    sheets = sheets_of(workbook)
    verdicts = ("new", "changed") if sheets else ("changed",)
    shown = [
        ShownChange(row_text(row, sheets), *map(masked_in, said))
        for result in _some(workbook, *verdicts, most=None if all_of_them else PIECES_OPENED)
        for row, *said in result.changes
    ]
    return shown if all_of_them else shown[:MOST_SHOWN]


def import_by_sheet(workbook: Import) -> list[dict[str, Any]]:
    """How many rows of each sheet are new, changed, same, bad, where sheets have names: {title, and the four
    counts}."""
    sheets = sheets_of(workbook)
    counts = Counter(
        (result.rows[0] // SHEET, result.verdict)
        for piece in (pieces(workbook, Stage.UNITS) if sheets else ())
        for result in results_in(piece)
    )
    verdicts = ("new", "changed", "same", "bad")
    return [
        {"title": title, **{verdict: counts[place, verdict] for verdict in verdicts}}
        for place, title in enumerate(sheets)
        if any(counts[place, verdict] for verdict in verdicts)
    ]


def import_rows(workbook: Import, verdict: str) -> ShownRows:
    """The first rows (at most MOST_SHOWN) that are new, changed or the same, as they stand in the workbook; none where
    its rows are no longer kept."""
    sheets, keys, secret = sheets_of(workbook), _keys(workbook), _secret(workbook)
    columns = [heading for heading in workbook.columns if heading in keys and heading not in secret][:COLUMNS_SHOWN]
    numbers: set[int] = set()
    for result in _some(workbook, verdict):
        numbers.update(result.rows)
        if len(numbers) >= MOST_SHOWN:
            break
    shown: list[tuple[str, list[str]]] = []
    for piece in pieces(workbook, Stage.ROWS) if numbers else ():
        for staged in rows_in(piece):
            if staged.number in numbers:
                shown.append((row_text(staged.number, sheets), [_cell(staged, name, keys, secret) for name in columns]))
        if len(shown) >= len(numbers):
            break
    return ShownRows(columns, shown[:MOST_SHOWN])


def import_fault_groups(workbook: Import) -> list[FaultKind]:
    """Faults of one kind together, the most frequent first; each reason for which a service refuses is a kind."""
    sheets = sheets_of(workbook)
    counts: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], str] = {}
    for result in _some(workbook, "bad", most=PIECES_COUNTED):
        for fault in result.faults:
            kind = (fault.heading, fault.code, fault.params.get("of", ""))
            counts[kind] += 1
            first.setdefault(kind, fault_words(fault.code, fault.params, sheets))
    return [FaultKind(key[0], first[key], count) for key, count in counts.most_common()]


def sheets_of(workbook: Import) -> list[str]:
    """The names of the sheets that were read, where they tell rows apart."""
    names: list[str] = workbook.options.get("sheets", [])
    return names


def _some(workbook: Import, *verdicts: str, most: int | None = PIECES_OPENED) -> Iterator[Result]:
    checked = ImportPiece.objects.filter(of=workbook, stage=Stage.UNITS).order_by("ordinal")
    if verdicts == ("bad",):
        checked = checked.filter(bad__gt=0)
    elif verdicts == ("changed",):
        checked = checked.filter(changed__gt=0)
    for piece in checked[:most]:
        yield from (result for result in results_in(piece) if result.verdict in verdicts)


def rejected_workbook(workbook: Import) -> bytes:
    """Every rejected row with the reason in its own column. Identity numbers are given back with stars: mend the rows
    in the workbook that was sent. Of named sheets all rows come back, to be mended and sent as they are."""
    reasons = _reasons(workbook)
    kind = kind_of(workbook.kind)
    if by_name := kind.sheets():
        said = [SheetOut(EXPLAINED, ["项目", "说明"], [], _marked())] if _marked() else []
        return write_workbook([*_whole_sheets(workbook, by_name, reasons), *said])
    columns = [heading for heading in workbook.columns if heading]
    keys, secret = _keys(workbook), _secret(workbook)
    rows: list[list[str]] = []
    for piece in pieces(workbook, Stage.ROWS):
        for staged in rows_in(piece):
            if staged.number in reasons:
                rows.append(_given_back(staged, reasons[staged.number], columns, keys, secret))
    what = "其余各行已导入" if workbook.published_at else "整个文件都没有导入"
    note = f"⚠ 以下各行没有导入，{what}。请在原表中按行号改正后重新发送；证件号码和账号在此只显示末四位。"
    return write_workbook([SheetOut("未导入的行", [REASON, ROW, *columns], rows, [*_marked(), note])])


def _marked() -> list[str]:
    """What a workbook of a demo says, where no row that an import reads is in its way."""
    mark = demo_mark()
    return [mark] if mark else []


def _reasons(workbook: Import) -> dict[int, list[str]]:
    reasons: dict[int, list[str]] = {}
    sheets = sheets_of(workbook)
    for piece in pieces(workbook, Stage.UNITS):
        for result in results_in(piece) if piece.bad else ():
            if result.verdict != "bad":
                continue
            faulty = sorted({fault.row for fault in result.faults})
            for row in result.rows:
                if row not in faulty:
                    reasons[row] = [f"同一户第 {row_text(faulty[0])} 行有误"]
            for fault in result.faults:
                said = fault_words(fault.code, fault.params, sheets)
                reasons.setdefault(fault.row, []).append(f"{fault.heading}：{said}" if fault.heading else said)
    return reasons


def _whole_sheets(
    workbook: Import, by_name: dict[str, list[Column]], reasons: dict[int, list[str]]
) -> Iterator[SheetOut]:
    staged = [row for piece in pieces(workbook, Stage.ROWS) for row in rows_in(piece)]
    for title, plan in by_name.items():
        of_sheet = [row for row in staged if row.sheet == title]
        others = list(dict.fromkeys(heading for row in of_sheet for heading in row.raw))
        rows = [
            [
                "；".join(reasons.get(row.number, [])),
                *(row.values.get(column.key, "") for column in plan),
                *(row.raw.get(heading, "") for heading in others),
            ]
            for row in of_sheet
        ]
        if rows:
            yield SheetOut(title, [REASON, *(column.headings[0] for column in plan), *others], rows)


def _given_back(
    row: StagedRow, reasons: list[str], columns: list[str], keys: dict[str, str], secret: set[str]
) -> list[str]:
    return ["；".join(reasons), row_text(row.number), *(_cell(row, heading, keys, secret) for heading in columns)]


def _cell(row: StagedRow, heading: str, keys: dict[str, str], secret: set[str]) -> str:
    """A cell as it may be seen: numbers of papers and accounts with stars."""
    text = row.values.get(keys.get(heading, ""), "") or row.raw.get(heading, "")
    hidden = heading in secret or (heading not in keys and len(text) >= 15 and any(c.isdigit() for c in text))
    return masked(text) if hidden else masked_in(text)


def _keys(workbook: Import) -> dict[str, str]:
    """The key of each heading that is known."""
    headings: dict[str, str] = workbook.options.get("headings", {})
    return {heading: key for key, heading in headings.items()}


def _secret(workbook: Import) -> set[str]:
    headings: dict[str, str] = workbook.options.get("headings", {})
    return {headings[key] for key in SECRET if key in headings}


def template(kind: str) -> bytes:
    """The empty workbook of a kind: headings, lists to choose from, an example that an import leaves out."""
    kind_of_import = kind_of(kind)
    sheets = kind_of_import.sheets()
    tables = sheets or {str(dict(Import.Kind.choices)[kind]): kind_of_import.columns()}
    out = [_empty(kind_of_import, title, columns, "*" if sheets else "") for title, columns in tables.items()]
    return write_workbook([*out, SheetOut(EXPLAINED, ["项目", "说明"], kind_of_import.explain(), _marked())])


def _empty(kind: KindOfImport, title: str, columns: list[Column], star: str) -> SheetOut:
    columns = [column for column in columns if column.in_template]
    choices, keys = kind.choices(), {column.key for column in columns}
    places: dict[int, Sequence[str]] = {
        place: choices[column.key] for place, column in enumerate(columns) if column.key in choices
    }
    examples = [[row.get(column.key, "") for column in columns] for row in kind.examples() if keys & row.keys()]
    headings = [column.headings[0] + (star if column.is_wanted else "") for column in columns]
    return SheetOut(title, headings, examples, choices=places)
