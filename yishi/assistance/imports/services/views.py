"""What there is to see of an import: its faults, its changes, the rejected rows as a workbook, the empty template."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from yishi.assistance.imports.models import Import, ImportPiece
from yishi.assistance.imports.workbooks.faults import fault_words
from yishi.assistance.imports.workbooks.kinds import kind_of
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.imports.workbooks.rows import StagedRow, row_text
from yishi.formats.sheets import SheetOut, write_workbook
from yishi.kit.identity import masked

from .pieces import (
    Stage,
    pieces,
    results_in,
    rows_in,
)

MOST_SHOWN = 500
PIECES_OPENED = 12
REASON, ROW = "未导入的原因", "原表行号"
VERSION = "2"
EXAMPLE = "示例"
SECRET = ("identity", "account")  # columns of which nothing is given back in clear


class ShownFault(NamedTuple):
    row: str
    heading: str
    reason: str


class ShownChange(NamedTuple):
    row: str
    heading: str
    old: str
    new: str


def import_faults(one: Import) -> list[ShownFault]:
    """The first faults, in the order of the rows."""
    found = [
        ShownFault(row_text(fault.row), fault.heading, fault_words(fault.code, fault.params))
        for result in _some(one, "bad")
        for fault in sorted(result.faults, key=lambda fault: fault.row)
    ]
    return found[:MOST_SHOWN]


def import_changes(one: Import) -> list[ShownChange]:
    """The first changes, old and new."""
    found = [ShownChange(row_text(row), *said) for result in _some(one, "changed") for row, *said in result.changes]
    return found[:MOST_SHOWN]


def _some(one: Import, verdict: str) -> Iterator[Result]:
    rows = ImportPiece.objects.filter(of=one, stage=Stage.UNITS).order_by("ordinal")
    rows = rows.filter(bad__gt=0) if verdict == "bad" else rows.filter(changed__gt=0)
    for piece in rows[:PIECES_OPENED]:
        yield from (result for result in results_in(piece) if result.verdict == verdict)


def rejected_workbook(one: Import) -> bytes:
    """Every rejected row with the reason in its own column. Identity numbers are given back with stars: mend the rows
    in the workbook that was sent."""
    reasons: dict[int, list[str]] = {}
    for piece in pieces(one, Stage.UNITS):
        for result in results_in(piece) if piece.bad else ():
            if result.verdict != "bad":
                continue
            faulty = sorted({fault.row for fault in result.faults})
            for row in result.rows:
                if row not in faulty:
                    reasons[row] = [f"同一户第 {row_text(faulty[0])} 行有误"]
            for fault in result.faults:
                said = fault_words(fault.code, fault.params)
                reasons.setdefault(fault.row, []).append(f"{fault.heading}：{said}" if fault.heading else said)
    headings: dict[str, str] = one.options.get("headings", {})
    columns = [heading for heading in one.columns if heading]
    secret = {headings[key] for key in SECRET if key in headings}
    keys = {heading: key for key, heading in headings.items()}
    rows: list[list[str]] = []
    for piece in pieces(one, Stage.ROWS):
        for staged in rows_in(piece):
            if staged.number in reasons:
                rows.append(_given_back(staged, reasons[staged.number], columns, keys, secret))
    note = "⚠ 以下各行没有导入，整个文件都没有导入。请在原表中按行号改正后重新发送；证件号码和账号在此只显示末四位。"
    return write_workbook([SheetOut("未导入的行", [REASON, ROW, *columns], rows, [note])])


def _given_back(
    row: StagedRow, reasons: list[str], columns: list[str], keys: dict[str, str], secret: set[str]
) -> list[str]:
    texts = []
    for heading in columns:
        text = row.values.get(keys.get(heading, ""), "") or row.raw.get(heading, "")
        hidden = heading in secret or (heading not in keys and len(text) >= 15 and any(c.isdigit() for c in text))
        texts.append(masked(text) if hidden else text)
    return ["；".join(reasons), row_text(row.number), *texts]


def template(kind: str) -> bytes:
    """The empty workbook of a kind: headings, lists to choose from, an example that an import leaves out."""
    one = kind_of(kind)
    columns, choices = one.columns(), one.choices()
    places: dict[int, Sequence[str]] = {
        place: choices[column.key] for place, column in enumerate(columns) if column.key in choices
    }
    examples = [[row.get(column.key, "") for column in columns] for row in one.examples()]
    title = dict(Import.Kind.choices)[kind]
    explain = [
        ["表头", "按表头识别各列，不按位置；不需要的列可以删除，多出的列会原样保存。"],
        ["示例行", "以“示例”开头的行只作参考，不会导入。"],
        ["长号码", "证件号码、户编号等列已设为“文本”，请不要改成数字；被表格软件截断的号码不会被猜测补全。"],
        ["整体导入", "任何一行有误，整个文件都不导入；同一个文件再导入一次不会重复。空白单元格表示不改动。"],
        ["模板版本", VERSION],
    ]
    sheet = SheetOut(str(title), [column.headings[0] for column in columns], examples, choices=places)
    return write_workbook([sheet, SheetOut("填写说明", ["项目", "说明"], explain)])
