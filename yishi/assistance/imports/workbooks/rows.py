"""Rows on their way: as they were read, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from yishi.kit.errors import Refusal

REASON, ROW = "未导入的原因", "原表行号"  # columns of the workbook of rejected rows
GIVEN_BACK = frozenset({REASON, ROW})  # they say nothing when they come again
EXPLAINED = "填写说明"  # the sheet of a template that is no table
SHEET = 1_000_000  # a row's number is its place among the sheets that were read × SHEET + its number there


class StagedRow(NamedTuple):
    """A row of a workbook as it is staged (JSON)."""

    number: int
    sheet: str
    values: dict[str, str]
    raw: dict[str, str]
    faults: list[tuple[str, str, dict[str, Any]]]  # heading, code, params


class Fault(NamedTuple):
    """Why a row is not taken; row 0 speaks of the file."""

    row: int
    heading: str
    code: str
    params: dict[str, Any]


def refused(row: int, refusal: Refusal, headings: Mapping[str, str]) -> Fault:
    """What a service says of a row, at the column of the field that it names; `of` tells one kind of it from others."""
    field = {"reached": "households", "parties": "lead"}.get(refusal.field or "", refusal.field or "")
    return Fault(row, headings.get(field, ""), "refusal", {"text": str(refusal.message), "of": refusal.code})


def row_text(number: int, sheets: Sequence[str] = ()) -> str:
    """A row's number for people: 5, or 表2·5 on the second sheet; with the sheets' names 机构 5."""
    sheet, row = divmod(int(number), SHEET)
    if sheets:
        return f"{sheets[sheet]} {row}"
    return f"表{sheet + 1}·{row}" if sheet else str(row)
