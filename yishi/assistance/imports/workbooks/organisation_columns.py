"""The workbook with which an office brings its bodies and people: four sheets, found by their names.

Headings, roles and kinds are what Chinese offices write; they are data of the file, not words of the pages.
"""

from typing import NamedTuple

from yishi.formats.tables import Column
from yishi.organisations.models import BodyKind, PostRole
from yishi.organisations.sectors import sectors

VERSION = "1"

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
    "系统管理": PostRole.ADMINISTRATOR,
    "安全管理": PostRole.SECURITY,
    "审计": PostRole.AUDITOR,
}
_ROLES_EXPLAINED = (
    "负责人：签批、在关口表态；经办人：办理；召集人：收集诉求、主持议事；"
    "工作人员：查阅；系统管理：管账号和机构；安全管理：管任职、密码；审计：只看，不改。"
)
SEATS: dict[str, str] = {"议事会成员": PostRole.COUNCILLOR, "召集人": PostRole.CONVENER}


class SheetPlan(NamedTuple):
    """A sheet: `examples` are rows of the template that an import leaves out."""

    key: str
    title: str
    columns: list[Column]
    examples: list[str]


def _columns(key: str, *columns: Column) -> list[Column]:
    """The columns, whose keys begin with the sheet's own: "posts.name"."""
    return [column._replace(key=f"{key}.{column.key}") for column in columns]


SHEETS: tuple[SheetPlan, ...] = (
    SheetPlan(
        "bodies",
        "机构",
        _columns(
            "bodies",
            Column("name", ("机构名称",), is_wanted=True, names=True),
            Column("kind", ("类别",), is_wanted=True, names=True),
            Column("place", ("所在地",), "code"),
            Column("short_name", ("简称",)),
            Column("parent", ("上级机构",)),
            Column("phone", ("电话",), "code"),
            Column("public", ("名称可否公开",)),
        ),
        ["示例：某某县农业农村局", "部门", "某某县", "农业农村局", "", "0000-0000000", "是"],
    ),
    SheetPlan(
        "posts",
        "人员与任职",
        _columns(
            "posts",
            Column("name", ("姓名",), "name", is_wanted=True, names=True),
            Column("phone", ("手机",), "code"),
            Column("body", ("机构名称",), is_wanted=True, names=True),
            Column("role", ("职责",), is_wanted=True, names=True),
            Column("title", ("职务",)),
            Column("since", ("任职起",), "day"),
        ),
        ["示例：某某某", "13000000000", "某某县农业农村局", "经办人", "办公室主任", "2026-01-01"],
    ),
    SheetPlan(
        "members",
        "委员",
        _columns(
            "members",
            Column("name", ("姓名",), "name", is_wanted=True, names=True),
            Column("phone", ("手机",), "code"),
            Column("committee", ("政协名称",)),
            Column("term", ("届次",), is_wanted=True, names=True),
            Column("sector", ("界别",), is_wanted=True, names=True),
            Column("title", ("职务",)),
            Column("since", ("任职起",), "day"),
        ),
        ["示例：某某某", "13000000001", "政协某某县委员会", "10", "农业界", "委员", "2026-01-01"],
    ),
    SheetPlan(
        "councillors",
        "议事会成员",
        _columns(
            "councillors",
            Column("name", ("姓名",), "name", is_wanted=True, names=True),
            Column("phone", ("手机",), "code"),
            Column("body", ("议事会名称",), is_wanted=True, names=True),
            Column("role", ("身份",)),
            Column("title", ("来自",)),
            Column("since", ("任职起",), "day"),
        ),
        ["示例：某某某", "13000000002", "某某镇协商议事会议", "议事会成员", "村民代表", "2026-01-01"],
    ),
)
BY_TITLE = {plan.title: plan for plan in SHEETS}
HEADINGS = {column.key: column.headings[0] for plan in SHEETS for column in plan.columns}
CHOICES = {
    "bodies.kind": list(KINDS),
    "bodies.public": ["是", "否"],
    "posts.role": list(ROLES),
    "councillors.role": list(SEATS),
}
MEANINGS = {key: CHOICES[key] for key in ("bodies.kind", "posts.role")} | {
    "members.sector": [sector.zh for sector in sectors().values()]
}
EXPLAIN = [
    ["怎么填", "每张表第一行是表头，请不要改动表名和表头；从表头下面一行开始填，一行一条。"],
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


def body_kind_of(typed: str) -> str | None:
    """The kind of body that a cell names in Chinese, with brackets of either width; None for an unknown one."""
    plain = typed.replace("(", "（").replace(")", "）")
    return KINDS.get(_KINDS_ALSO.get(plain, plain))
