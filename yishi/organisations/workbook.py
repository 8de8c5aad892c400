"""The workbook with which an office brings its register: four sheets, read by their headings.

Headings, roles and kinds are what Chinese offices write; they are data of the file, not words of the pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from yishi.formats.sheet_limits import SheetError
from yishi.formats.sheets import Cell, Sheet, SheetOut, cell_date, cell_text, write_workbook

from .models import BodyKind, PostRole
from .sectors import sectors

VERSION = "1"
EXAMPLE = "示例"
HEADING_ROWS = 6  # the headings stand in one of the first rows, under the notes
REASON = "未导入的原因"


class Column(NamedTuple):
    key: str
    heading: str
    is_required: bool = False
    is_day: bool = False
    choices: Sequence[str] = ()


class SheetPlan(NamedTuple):
    key: str
    title: str
    columns: Sequence[Column]
    examples: Sequence[Sequence[str]]


KINDS: dict[str, str] = {
    "政协委员会": BodyKind.COMMITTEE,
    "主席会议": BodyKind.CHAIRS,
    "专门委员会": BodyKind.SPECIAL,
    "政协办公室": BodyKind.OFFICE,
    "委员履职小组": BodyKind.GROUP,
    "协商议事会议": BodyKind.COUNCIL,
    "党委": BodyKind.PARTY,
    "人民政府": BodyKind.GOVERNMENT,
    "部门": BodyKind.DEPARTMENT,
    "村（居）委会": BodyKind.VILLAGE,
    "事业单位": BodyKind.INSTITUTION,
    "企业": BodyKind.COMPANY,
    "合作社": BodyKind.COOPERATIVE,
    "业主委员会": BodyKind.OWNERS,
}
_KINDS_ALSO = {
    "政协": "政协委员会",
    "专委会": "专门委员会",
    "办公室": "政协办公室",
    "履职小组": "委员履职小组",
    "委员小组": "委员履职小组",
    "协商议事会": "协商议事会议",
    "议事会": "协商议事会议",
    "政府": "人民政府",
    "村委会": "村（居）委会",
    "居委会": "村（居）委会",
    "村民委员会": "村（居）委会",
    "社区": "村（居）委会",
    "公司": "企业",
    "专业合作社": "合作社",
    "单位": "部门",
    "业委会": "业主委员会",
}
ROLES: dict[str, str] = {
    "负责人": PostRole.HEAD,
    "经办人": PostRole.CLERK,
    "召集人": PostRole.CONVENER,
    "工作人员": PostRole.STAFF,
    "管理员": PostRole.ADMINISTRATOR,
}
_ROLES_EXPLAINED = (
    "负责人：签批、在关口表态；经办人：办理；召集人：收集诉求、主持议事；"
    "工作人员：查阅；管理员：管人员和机构，不看案卷。"
)
SEATS: dict[str, str] = {"议事会成员": PostRole.COUNCILLOR, "召集人": PostRole.CONVENER}
_YES = {"是": True, "否": False, "": None}

SHEETS: tuple[SheetPlan, ...] = (
    SheetPlan(
        "bodies",
        "机构",
        (
            Column("name", "机构名称", is_required=True),
            Column("kind", "类别", is_required=True, choices=list(KINDS)),
            Column("place", "所在地"),
            Column("short_name", "简称"),
            Column("parent", "上级机构"),
            Column("phone", "电话"),
            Column("public", "名称可否公开", choices=["是", "否"]),
        ),
        (("示例：某某县农业农村局", "部门", "某某县", "农业农村局", "", "0000-0000000", "是"),),
    ),
    SheetPlan(
        "posts",
        "人员与任职",
        (
            Column("name", "姓名", is_required=True),
            Column("phone", "手机"),
            Column("body", "机构名称", is_required=True),
            Column("role", "职责", is_required=True, choices=list(ROLES)),
            Column("title", "职务"),
            Column("since", "任职起", is_day=True),
        ),
        (("示例：某某某", "13000000000", "某某县农业农村局", "经办人", "办公室主任", "2026-01-01"),),
    ),
    SheetPlan(
        "members",
        "委员",
        (
            Column("name", "姓名", is_required=True),
            Column("phone", "手机"),
            Column("committee", "政协名称"),
            Column("term", "届次", is_required=True),
            Column("sector", "界别", is_required=True),
            Column("title", "职务"),
            Column("since", "任职起", is_day=True),
        ),
        (("示例：某某某", "13000000001", "政协某某县委员会", "10", "农业界", "委员", "2026-01-01"),),
    ),
    SheetPlan(
        "councillors",
        "议事会成员",
        (
            Column("name", "姓名", is_required=True),
            Column("phone", "手机"),
            Column("body", "议事会名称", is_required=True),
            Column("role", "身份", choices=list(SEATS)),
            Column("title", "来自"),
            Column("since", "任职起", is_day=True),
        ),
        (("示例：某某某", "13000000002", "某某镇协商议事会议", "议事会成员", "村民代表", "2026-01-01"),),
    ),
)
BY_KEY = {plan.key: plan for plan in SHEETS}


class RowError(NamedTuple):
    """Why a row is not taken; `row` 0 speaks of the sheet, `sheet` "" of the file."""

    sheet: str
    row: int
    column: str
    reason: str


class Record(NamedTuple):
    sheet: str  # key
    row: int
    values: dict[str, str]


@dataclass
class Register:
    """What a workbook says, and which of its cells could not be read."""

    records: list[Record] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    texts: dict[str, list[list[str]]] = field(default_factory=dict)  # title: all rows, to give back

    def of(self, key: str) -> list[Record]:
        return [record for record in self.records if record.sheet == key]


def read_register(sheets: Sequence[Sheet]) -> Register:
    """Find the sheets by their names and the columns by their headings; read every row or say why not."""
    register = Register()
    by_title = {sheet.name.strip(): sheet for sheet in sheets}
    for plan in SHEETS:
        sheet = by_title.get(plan.title)
        if sheet is not None:
            _read_one(plan, sheet, register)
    if not register.texts:
        titles = "、".join(plan.title for plan in SHEETS)
        text = _("The file has none of the sheets %(titles)s. Download the template and fill it in.")
        register.errors.append(RowError("", 0, "", str(text % {"titles": titles})))
    elif not register.records and not register.errors:
        text = _("All sheets are empty (rows that begin with “示例” are examples and are left out).")
        register.errors.append(RowError("", 0, "", str(text)))
    return register


def kind_of(typed: str) -> str | None:
    plain = typed.replace("(", "（").replace(")", "）")
    return KINDS.get(_KINDS_ALSO.get(plain, plain))


def yes_or_no(typed: str) -> bool | None:
    return _YES.get(typed)


def template() -> bytes:
    """The empty workbook, with one example row per sheet that an import leaves out."""
    explain = [
        ["怎么填", "每张表第一行是表头，请不要改动表头；从表头下面一行开始填，一行一条。"],
        ["示例行", "以“示例”开头的行只作参考，导入时自动跳过，可以不删。"],
        ["所在地", "填区划名称（如 共和镇）或统计用区划代码；不填表示本级。重名时请填代码或从州市写起的全称。"],
        ["手机", "用来识别同一个人：同一人在几张表里出现时，请填同一个手机号。没有手机可以不填。"],
        ["日期", "写成 2026-03-01 或 2026年3月1日；不填表示从导入当天起。"],
        ["再次导入", "同一个文件再导入一次不会重复；任何一行有错，整个文件都不会导入。"],
        ["类别", "、".join(KINDS)],
        ["职责", "、".join(ROLES) + "。" + _ROLES_EXPLAINED],
        ["界别", "、".join(sector.zh for sector in sectors().values())],
        ["模板版本", VERSION],
    ]  # fmt: skip
    sheets = [
        SheetOut(
            plan.title,
            [_heading(column) for column in plan.columns],
            plan.examples,
            choices={n: column.choices for n, column in enumerate(plan.columns) if column.choices},
        )
        for plan in SHEETS
    ]
    return write_workbook([*sheets, SheetOut("填写说明", ["项目", "说明"], explain)])


def with_reasons(texts: Mapping[str, Sequence[Sequence[str]]], errors: Sequence[RowError]) -> bytes:
    """The rows as they were sent, with the reason beside each that was not taken."""
    reasons: dict[tuple[str, int], list[str]] = {}
    for error in errors:
        where = f"{error.column}：" if error.column else ""
        reasons.setdefault((error.sheet, error.row), []).append(where + error.reason)
    sheets = []
    for title in (plan.title for plan in SHEETS if plan.title in texts):
        rows = texts[title]
        head = _heading_row(BY_TITLE[title], rows)
        headings = [cell for cell in rows[head] if cell != REASON] if head is not None else []
        below = rows[head + 1 :] if head is not None else rows
        first = (head or 0) + 2
        notes = [f"⚠ {reason}" for reason in [*reasons.get((title, 0), []), *reasons.get(("", 0), [])]]
        body = [
            ["；".join(reasons.get((title, first + n), [])), *[cell for cell in row][: len(headings)]]
            for n, row in enumerate(below)
        ]
        sheets.append(SheetOut(title, [REASON, *headings], body, notes))
    return write_workbook(sheets)


BY_TITLE = {plan.title: plan for plan in SHEETS}


def _read_one(plan: SheetPlan, sheet: Sheet, register: Register) -> None:
    texts = [[_text(cell)[0] for cell in row] for row in sheet.rows]
    register.texts[plan.title] = texts
    head = _heading_row(plan, texts)
    if head is None:
        wanted = "、".join(column.heading for column in plan.columns if column.is_required)
        text = _("The heading is missing: the sheet needs the columns %(columns)s.")
        register.errors.append(RowError(plan.title, 0, "", str(text % {"columns": wanted})))
        return
    where = {name.rstrip("*"): n for n, name in reversed(list(enumerate(texts[head])))}
    if len([name for name in texts[head] if name]) != len({name.rstrip("*") for name in texts[head] if name}):
        register.errors.append(RowError(plan.title, head + 1, "", str(_("A heading stands there twice. Keep one."))))
        return
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(sheet.rows[head + 1 :], head + 2):
        first = next((text for text in texts[number - 1] if text), "")
        if not first or first.startswith(EXAMPLE):
            continue
        values, errors = _values(plan, row, where, number)
        twin = tuple(values.values())
        if not errors and twin in seen:
            text = _("This row is the same as row %(row)s. Delete one of them.")
            errors.append(RowError(plan.title, number, "", str(text % {"row": seen[twin]})))
        seen.setdefault(twin, number)
        register.errors.extend(errors)
        if not errors:
            register.records.append(Record(plan.key, number, values))


def _values(
    plan: SheetPlan, row: Sequence[Cell], where: Mapping[str, int], number: int
) -> tuple[dict[str, str], list[RowError]]:
    values: dict[str, str] = {}
    errors: list[RowError] = []
    for column in plan.columns:
        place = where.get(column.heading)
        cell = row[place] if place is not None and place < len(row) else None
        text, reason = _day(cell) if column.is_day else _text(cell)
        if not reason and column.is_required and not text:
            reason = str(_("is missing"))
        if reason:
            errors.append(RowError(plan.title, number, column.heading, reason))
        values[column.key] = text
    return values, errors


def _heading_row(plan: SheetPlan, texts: Sequence[Sequence[str]]) -> int | None:
    wanted = {column.heading for column in plan.columns if column.is_required}
    for n, row in enumerate(texts[:HEADING_ROWS]):
        if wanted <= {cell.rstrip("*") for cell in row}:
            return n
    return None


def _heading(column: Column) -> str:
    return column.heading + ("*" if column.is_required else "")


def _text(cell: Cell) -> tuple[str, str]:
    try:
        text = cell_text(cell)
    except SheetError as error:
        return str(cell), sheet_reason(error)
    return " ".join(text.split()), ""


def _day(cell: Cell) -> tuple[str, str]:
    try:
        day = cell_date(cell)
    except SheetError as error:
        return "", sheet_reason(error)
    return day.isoformat() if day else "", ""


SHEET_REASONS: dict[str, Any] = {
    "too_big": _("The file is bigger than %(megabytes)s MB. Divide it into several files."),
    "empty": _("The file is empty. Choose the file again."),
    "old_excel": _("This is an old .xls or .et file. Open it, choose “save as” and the type .xlsx, then send that."),
    "not_a_workbook": _("This is no workbook. Send an .xlsx file, best the filled-in template."),
    "bomb": _(
        "This file unpacks to far more than a register needs; it is not opened. Copy the rows into the template."
    ),
    "broken": _("The file is damaged and cannot be read. Open it, save it anew and send it again."),
    "encrypted": _("The file is protected by a password. Take the password away and send it again."),
    "macro": _("The file contains macros. Save it as .xlsx without macros and send it again."),
    "too_many_rows": _("A sheet has more than %(most)s rows. Delete the empty rows below, or divide the file."),
    "too_many_columns": _("A sheet has more than %(most)s columns. Delete what stands to the right of the table."),
    "formula": _("Cell %(cell)s holds a formula. Copy the table and paste it as values, then send it again."),
    "merged": _("The cells %(cell)s are merged. Take the merging away, fill in every cell, and send it again."),
    "too_slow": _("Reading the file took too long; it is not opened. Copy the rows into the template."),
    "encoding": _("The letters of the file cannot be read. Save it as .xlsx or as CSV in UTF-8."),
    "private_letters": _("The file holds letters of a private font that others cannot see. Type those names anew."),
    "digits_lost": _("Excel has cut this long number. Set the column to “text” and type it again."),
    "no_date": _("“%(text)s” is no date. Write it like 2026-03-01."),
}


def sheet_reason(error: SheetError) -> str:
    """The plain sentence for what formats.sheets did not take."""
    return str(SHEET_REASONS[error.code] % error.params)
