"""The matrix of a village as a workbook that goes out and comes back: a row is a household, a digit in the column of an
item a finding. What the register, the checks and the list know stands in it; a cell that says only that says nothing
new."""

import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

from yishi.assistance.register.models import Household
from yishi.formats.tables import Column
from yishi.organisations.models import Place

from .items import every_item, read_pack
from .matrix import Cell, Line, households_of, matrix_of
from .models import Lane, Round
from .usual import KEYS

LANES_ZH = {
    Lane.SPOT: "现场解决",
    Lane.COUNTY: "县级协调",
    Lane.PREFECTURE: "州市协调",
    Lane.PROVINCE: "省级协调",
}
GAP, LISTED = "△", "已列"  # in a cell: the register or a check has it; it is on the list already
SAYS_NOTHING = frozenset({GAP, LISTED})
WHOLE_VILLAGE = "全村"
MOST_HOMES = 900  # of one workbook: a row for each, with a row for each village fewer than the import takes
MOST_VILLAGES = 50

BEFORE = [
    Column("round", ("督战轮次编号", "轮次编号"), "code", is_wanted=True),
    Column("county", ("县", "县（市、区）")),
    Column("township", ("乡", "乡镇", "乡（镇）")),
    Column("village", ("村", "行政村", "村（社区）"), is_wanted=True),
    Column("number", ("户编号",), names=True),
    Column("head", ("户主", "户主姓名"), names=True),
    Column("person", ("涉及人员", "人员姓名")),
    Column("on", ("督战日期", "发现日期"), "day"),
]
AFTER = [
    Column("words", ("看到的情况", "存在问题", "具体问题")),
    Column("bearer", ("责任单位",)),
    Column("coordinator", ("协调单位",)),
    Column("due_on", ("整改期限", "完成时限"), "day"),
]


def columns() -> list[Column]:
    """All that a workbook of findings may have; the items of every version."""
    return [*BEFORE, *(Column(item_key(code), (item.zh,)) for code, item in every_item().items()), *AFTER]


def item_key(code: str) -> str:
    """The key of the column of an item."""
    return f"item.{code}"


def lane_of(text: str) -> str | None:
    """The lane that a cell says; "" where it says nothing new, None where nobody knows."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text or text in SAYS_NOTHING:
        return ""
    for key, lane in KEYS.items():
        label = LANES_ZH[Lane(lane)]
        if text in (key, label) or text.replace(" ", "") in (f"{key}{label}", f"{key}.{label}", f"{key}、{label}"):
            return lane
    return None


def book_of(round: Round, villages: Sequence[Place], day: date) -> tuple[list[str], list[list[Any]]]:
    """Headings and rows for the villages of a round, in the order of grid and paper list: what is known is filled in,
    the day, the digits and the words are left to who goes there."""
    items = read_pack(round.pack).some(round.items)
    headings = [column.headings[0] for column in BEFORE] + [item.zh for item in items]
    headings += [column.headings[0] for column in AFTER]
    rows: list[list[Any]] = []
    for village in villages:
        county, township = above(village)
        first = [round.number, county, township, village.name]
        rows.append([*first, "", WHOLE_VILLAGE, "", "", *[""] * (len(items) + len(AFTER))])
        for line in matrix_of(round, list(households_of(village)), day):
            rows.append([*first, *_of_home(line), *[""] * len(AFTER)])
    return headings, rows


def fits_one_book(villages: Sequence[Place]) -> bool:
    """Are these villages and their households few enough for one workbook, as the import takes it?"""
    if not villages or len(villages) > MOST_VILLAGES:
        return False
    homes = Household.within.filter(place__in=villages, left_on__isnull=True)
    return homes[: MOST_HOMES + 1].count() <= MOST_HOMES


def above(village: Place) -> tuple[str, str]:
    """The names of the county and the township of a village."""
    around = Place.objects.filter(lo__lte=village.lo, hi__gte=village.hi, level__in=["county", "township"])
    names = dict(around.values_list("level", "name"))
    return names.get("county", ""), names.get("township", "")


def _of_home(line: Line) -> list[Any]:
    home = line.household
    return [home.number, home.head.name, "", "", *(mark(cell) for cell in line.cells)]


def mark(cell: Cell) -> str:
    """What a cell of paper and workbook says of what is known."""
    if cell.open_findings:
        return LISTED
    return GAP if cell.is_gap else ""
