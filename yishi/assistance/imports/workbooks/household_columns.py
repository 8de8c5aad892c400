"""The columns of a workbook of households: the headings of the national export, of the forms, and what offices write.

A row is a person; rows with the same 户编号 are one household. What concerns the household may stand in every row or
in the head's only. Codes are mapped by label and the year of the form, never by number.
"""

from typing import NamedTuple

from yishi.assistance.register import codes
from yishi.formats.tables import Column

HOUSEHOLD, YEAR, MEMBER, RESIDENT, MEMBER_YEAR, CAUSE = (
    "household",
    "year",
    "member",
    "resident",
    "member_year",
    "cause",
)


class Field(NamedTuple):
    """A column that goes straight into a field: `on` which record, `name` which field, by which list of codes."""

    key: str
    on: str
    name: str
    headings: tuple[str, ...]
    kind: str = "text"  # of formats.tables, or: code_of, codes_of, money, area
    codes: str = ""


def _field(on: str, name: str, kind: str, *headings: str, codes: str = "") -> Field:
    return Field(f"{on}.{name}", on, name, headings, kind, codes)


FIELDS: tuple[Field, ...] = (
    _field(HOUSEHOLD, "group_name", "text", "村民小组", "自然村", "自然村（组）", "组", "自然村/村民小组"),
    _field(HOUSEHOLD, "phone", "code", "联系电话", "户主联系电话", "电话", "手机", "手机号", "手机号码"),
    _field(HOUSEHOLD, "kind", "code_of", "户类型", "农户类型", codes="household_kind"),
    _field(HOUSEHOLD, "attribute", "code_of", "贫困户属性", "脱贫户属性", "农户属性", codes="poverty_attribute"),
    _field(HOUSEHOLD, "state", "code_of", "脱贫状态", "脱贫属性", codes="exit_state"),
    _field(HOUSEHOLD, "standard", "code_of", "识别标准", codes="standard"),
    _field(HOUSEHOLD, "identified_year", "year", "识别年度", "识别年份", "识别时间（年）"),
    _field(HOUSEHOLD, "exited_year", "year", "脱贫年度", "脱贫年份", "脱贫时间（年）"),
    _field(HOUSEHOLD, "returned", "yes", "返贫标记", "是否返贫"),
    _field(HOUSEHOLD, "watch_kind", "code_of", "监测对象类别", "监测户类型", codes="watch_kind"),
    _field(HOUSEHOLD, "watch_from", "day", "识别为监测对象时间", "监测对象认定时间", "纳入监测时间"),
    _field(HOUSEHOLD, "watch_cleared_on", "day", "风险消除时间", "消除时间"),
    _field(HOUSEHOLD, "watch_contact", "name", "监测联系人", "监测联系人姓名"),
    _field(HOUSEHOLD, "watch_phone", "code", "监测联系人电话", "监测联系人联系电话"),
    _field(HOUSEHOLD, "no_labour", "yes", "整户无劳动能力兜底保障户", "是否整户无劳动能力"),
    _field(HOUSEHOLD, "is_martyrs", "yes", "军烈属", "是否军烈属"),
    _field(HOUSEHOLD, "is_family_planning", "yes", "计生户", "是否计生户", "独生子女户"),
    _field(HOUSEHOLD, "is_resettled", "yes", "易地搬迁户", "是否易地搬迁户", "是否易地扶贫搬迁户", "易地搬迁"),
    _field(HOUSEHOLD, "resettlement_site", "text", "安置区", "安置点", "安置区名称"),
    _field(HOUSEHOLD, "bank_name", "text", "开户行", "开户银行", "开户银行名称"),
    _field(HOUSEHOLD, "registered_on", "day", "登记日期", "建档日期", "建档时间"),
    _field(YEAR, "head_count", "whole", "当前家庭人口数", "家庭人口数", "家庭人口", "人口数", "人数", "家庭人数"),
    _field(YEAR, "wage_income", "money", "工资性收入", "工资性收入（合计）"),
    _field(YEAR, "business_income", "money", "生产经营性收入", "生产经营性收入（合计）", "经营性收入"),
    _field(YEAR, "property_income", "money", "财产性收入", "财产性收入（合计）"),
    _field(YEAR, "transfer_income", "money", "转移性收入", "转移性收入（合计）"),
    _field(YEAR, "business_cost", "money", "生产经营性支出（合计）", "生产经营性支出"),
    _field(YEAR, "net_income", "money", "纯收入（元）", "纯收入", "家庭纯收入", "年纯收入"),
    _field(YEAR, "net_per_head", "money", "人均纯收入", "家庭人均纯收入"),
    _field(YEAR, "claims_income", "money", "理赔收入"),
    _field(YEAR, "self_paid", "money", "合规自付支出"),
    _field(YEAR, "watch_line", "money", "纳入监测的收入参考范围", "纳入监测对象的收入参考范围"),
    _field(YEAR, "cropland", "area", "耕地面积", "耕地"),
    _field(YEAR, "irrigated", "area", "有效灌溉面积", "有效灌溉"),
    _field(YEAR, "woodland", "area", "林地面积", "林地"),
    _field(YEAR, "returned_woodland", "area", "退耕还林面积", "退耕还林"),
    _field(YEAR, "orchard", "area", "林果面积", "林果"),
    _field(YEAR, "grassland", "area", "牧草地面积", "牧草地"),
    _field(YEAR, "water_surface", "area", "水面面积", "水面"),
    _field(YEAR, "house_area", "area", "住房面积"),
    _field(YEAR, "house_structure", "code_of", "住房结构", "房屋结构", "主要结构", codes="house_structure"),
    _field(YEAR, "house_grade", "code_of", "危房等级", "住房等级", "是否危房", "危房级别", codes="house_grade"),
    _field(YEAR, "road_kind", "code_of", "入户路类型", codes="road_kind"),
    _field(YEAR, "road_km", "area", "与村主干路距离", "距村主干路距离", "距村主干路"),
    _field(YEAR, "has_power", "yes", "是否通生活用电", "生活用电", "通生活用电"),
    _field(YEAR, "has_production_power", "yes", "是否通生产用电", "生产用电", "通生产用电"),
    _field(YEAR, "has_broadcast", "yes", "是否通广播电视", "广播电视", "通广播电视"),
    _field(YEAR, "water_is_hard_to_get", "yes", "饮水是否困难", "饮水困难", "是否饮水困难"),
    _field(YEAR, "water_is_safe", "yes", "饮水是否安全", "饮水安全", "是否饮水安全"),
    _field(YEAR, "has_toilet", "yes", "有无卫生厕所", "卫生厕所", "是否有卫生厕所"),
    _field(YEAR, "fuel", "code_of", "主要燃料类型", "主要燃料", codes="fuel"),
    _field(YEAR, "in_cooperative", "yes", "是否加入农民专业合作组织", "加入合作社", "是否加入合作社"),
    _field(YEAR, "led_by_company", "yes", "是否有龙头企业带动", "龙头企业带动"),
    _field(YEAR, "led_by_person", "yes", "是否有创业致富带头人带动", "致富带头人带动"),
    _field(YEAR, "industry_kinds", "codes_of", "到户产业帮扶类型", codes="industry_kind"),
    _field(YEAR, "filled_by", "name", "填表人姓名"),
    _field(YEAR, "signed_on", "day", "户主签字日期"),
    _field(YEAR, "collected_on", "day", "采集时间", "采集日期"),
    _field(MEMBER, "number", "code", "人口编号", "人编号", "人员编号"),
    _field(MEMBER, "relation", "code_of", "与户主关系", "与户主的关系", "户主关系", codes="relation"),
    _field(RESIDENT, "sex", "code_of", "性别", codes="sex"),
    _field(RESIDENT, "ethnic", "code_of", "民族", codes="ethnic"),
    _field(RESIDENT, "politics", "code_of", "政治面貌", codes="politics"),
    _field(RESIDENT, "born_on", "day", "出生日期", "出生年月日"),
    _field(MEMBER_YEAR, "education", "code_of", "文化程度", "学历", codes="education"),
    _field(MEMBER_YEAR, "student", "code_of", "在校生状况", "在校生情况", "是否在校生", codes="student"),
    _field(MEMBER_YEAR, "dropout_reason", "code_of", "失学或辍学原因", "失辍学原因", codes="dropout_reason"),
    _field(MEMBER_YEAR, "health", "codes_of", "健康状况", "身体状况", codes="health"),
    _field(MEMBER_YEAR, "skill", "code_of", "劳动技能", "劳动能力", "劳动力类型", codes="skill"),
    _field(MEMBER_YEAR, "work_place", "code_of", "务工所在地", "务工地点", "务工区域", codes="work_place"),
    _field(MEMBER_YEAR, "work_firm", "text", "务工企业名称", "务工企业"),
    _field(MEMBER_YEAR, "work_months", "whole", "务工时间", "务工时长", "务工月数", "务工时间（月）"),
    _field(MEMBER_YEAR, "public_post", "code_of", "公益性岗位", "公益岗位类型", codes="public_post"),
    _field(MEMBER_YEAR, "public_post_months", "whole", "公益性岗位（月数）", "公益岗位聘用月数", "公益性岗位月数"),
    _field(MEMBER_YEAR, "medical", "code_of", "基本医疗保险", "医疗保险", codes="medical"),
    _field(MEMBER_YEAR, "serious_illness", "yes", "是否参加大病保险", "大病保险", "参加大病保险"),
    _field(MEMBER_YEAR, "commercial", "yes", "是否参加商业补充医疗保险", "商业补充医疗保险"),
    _field(MEMBER_YEAR, "medical_aid", "yes", "是否接受医疗救助", "医疗救助"),
    _field(MEMBER_YEAR, "pension", "code_of", "养老保险", "基本养老保险", codes="pension"),
    _field(MEMBER_YEAR, "minimum_living", "yes", "是否享受农村居民最低生活保障", "是否享受低保", "低保"),
    _field(MEMBER_YEAR, "destitute", "yes", "是否特困供养人员", "特困供养", "是否特困"),
    _field(MEMBER_YEAR, "resettled", "yes", "是否易地扶贫搬迁人口", "是否易地搬迁人口"),
    _field(MEMBER_YEAR, "in_service", "yes", "是否现役军人", "现役军人"),
    _field(MEMBER_YEAR, "graduate_reason", "code_of", "未就业毕业生原因", codes="graduate_reason"),
)
BY_KEY = {field.key: field for field in FIELDS}
RISKS = tuple(f"risk{number}" for number in range(1, 6))
OTHERS_APART = "、,，;；/|"  # between several codes in one cell

_KINDS = {"code_of": "text", "codes_of": "text", "money": "number", "area": "number"}
_SPECIAL = (
    Column("county", ("县", "县（市、区）", "县区", "区县", "县市区")),
    Column("township", ("乡", "乡镇", "乡（镇）", "镇", "乡（镇、街道）", "所在乡镇")),
    Column("village", ("村", "行政村", "村（社区）", "村委会", "所在村", "行政村名称")),
    Column("village_code", ("村编码", "行政村编码", "村代码", "行政区划代码"), "code"),
    Column("number", ("户编号", "家庭编号", "农户编号"), "code", is_wanted=True, names=True),
    Column("name", ("姓名", "成员姓名", "家庭成员姓名"), "name", is_wanted=True, names=True),
    Column("identity", ("证件号码", "证件号", "身份证号", "身份证号码", "公民身份号码"), "identity", names=True),
    Column("identity_checked", ("证件号码已核对",), "yes"),
    Column("identity_kind", ("证件类型",)),
    Column("account", ("银行卡号", "开户账号", "银行账号", "账号"), "identity"),
    Column("year", ("年度", "数据年度", "年份"), "year"),
    Column("main_cause", ("主要致贫原因", "致贫原因")),
    Column("other_causes", ("其他致贫原因", "次要致贫原因")),
    *(Column(f"risk{n}", (f"致贫/返贫风险{n}", f"致贫返贫风险{n}", f"风险{n}")) for n in range(1, 6)),
    Column("cleared", ("风险是否已消除",), "yes"),
)
# The national export asks by yes and no, in a column for each insurance: field, code of its list, key of the column.
INSURED = {
    "medical": {"resident": "medical_resident", "employee": "medical_employee"},
    "pension": {"resident": "pension_resident", "employee": "pension_employee"},
}
_BY_YES_AND_NO = tuple(
    Column(key, tuple(asked + name for asked in ("是否参加", "参加") for name in names), "yes", in_template=False)
    for key, names in (
        ("medical_resident", ("城乡居民基本医疗保险", "城乡居民医疗保险", "新型农村合作医疗")),
        ("medical_employee", ("城镇职工基本医疗保险", "职工基本医疗保险")),
        ("pension_resident", ("城乡居民基本养老保险", "城乡居民养老保险", "新型农村社会养老保险")),
        ("pension_employee", ("城镇职工基本养老保险", "职工基本养老保险")),
    )
)


def columns() -> list[Column]:
    """What is asked of a workbook, in the order of the template; last, what only the national export has."""
    first = _SPECIAL[:3] + _SPECIAL[4:5]
    person = BY_KEY["member.number"], BY_KEY["member.relation"]
    rest = [field for field in FIELDS if field not in person]
    return [
        *first,
        _column(person[0]),
        *_SPECIAL[5:7],
        _column(person[1]),
        *map(_column, rest),
        *_SPECIAL[3:4],
        *_SPECIAL[7:],
        *_BY_YES_AND_NO,
    ]


def _column(field: Field) -> Column:
    return Column(field.key, field.headings, _KINDS.get(field.kind, field.kind), names=field.key == "member.number")


def choices() -> dict[str, list[str]]:
    """What may be chosen in a column of the template, by key; lists that a spreadsheet's cell can hold."""
    list_names = {field.key: field.codes for field in FIELDS if field.kind == "code_of"}
    list_names.update({"main_cause": "poverty_cause", "identity_kind": "identity_kind"})
    made = {key: [value["zh"] for value in codes.values(name)] for key, name in list_names.items()}
    made.update({field.key: ["是", "否"] for field in FIELDS if field.kind == "yes"})
    return {key: labels for key, labels in made.items() if len(",".join(labels)) <= 255}


def lists() -> dict[str, list[str]]:
    """All labels of each column that has a list, by key."""
    names = {field.key: field.codes for field in FIELDS if field.codes}
    names |= dict.fromkeys(("main_cause", "other_causes", *RISKS), "poverty_cause") | {"identity_kind": "identity_kind"}
    return {key: [value["zh"] for value in codes.values(name)] for key, name in names.items()}
