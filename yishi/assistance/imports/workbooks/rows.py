"""Rows on their way: as they were read, and what is wrong with them."""

from typing import Any, NamedTuple

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


def row_text(number: int) -> str:
    """A row's number for people: 5, or 表2·5 on the second sheet."""
    sheet, row = divmod(int(number), SHEET)
    return f"表{sheet + 1}·{row}" if sheet else str(row)
