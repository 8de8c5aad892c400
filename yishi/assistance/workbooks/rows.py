"""Rows on their way: as they were read, and what is wrong with them."""

from typing import Any, NamedTuple


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
