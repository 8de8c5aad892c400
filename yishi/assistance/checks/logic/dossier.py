"""A dossier: what is known of one household in one year, as the logic checks look at it.

Every field may be unknown (`None`). What is not known breaks no rule but those on blanks. Money is in fen, areas are
in mu, and the fields' Chinese names are those of the register's form. A rule may name the fields below and the derived
ones (in `Member.settle` and `Dossier.settle`); the table `FIELDS` is made from them.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from . import words as w
from .identity import Identity

Kind = Literal["number", "code", "codes", "flag", "day"]
Number = int | Decimal
HEALTHY = frozenset({"healthy"})
ABLE = frozenset({"ordinary", "skilled", "weak"})
LISTED = frozenset({"listed", "exited_with_policy", "exited_without_policy"})
LEVEL_OF = w.marked("student", "level")
SEX_OF = w.marked("relation", "sex")
DEVELOPING = w.marked("measure", "developing")


class Field(NamedTuple):
    """A field as rules know it."""

    kind: Kind
    label: str
    words: w.Words | None = None


def _known(kind: Kind, label: str, words: w.Words | None = None) -> Any:
    return field(default=None, metadata={"field": Field(kind, label, words)})


def _number(label: str) -> Any:
    return _known("number", label)


def _flag(label: str) -> Any:
    return _known("flag", label)


def _day(label: str) -> Any:
    return _known("day", label)


def _code(label: str, name: str) -> Any:
    return _known("code", label, w.codes_of(name))


def _codes(label: str, name: str) -> Any:
    return _known("codes", label, w.codes_of(name))


def _derived(field_: Field) -> Any:
    """A field that `settle` works out."""
    return field(default=None, init=False, metadata={"field": field_})


@dataclass(kw_only=True)
class Member:
    """One member of the household (家庭成员)."""

    key: Hashable = None
    identity: Identity | None = None

    has_name: bool | None = _flag("有姓名")
    identity_kind: str | None = _code("证件类型", "identity_kind")
    born: date | None = _day("出生日期")
    sex: str | None = _code("性别", "sex")
    has_ethnicity: bool | None = _flag("有民族")
    relation: str | None = _code("与户主关系", "relation")
    education: str | None = _code("文化程度", "education")
    student: str | None = _code("在校生状况", "student")
    dropout_reason: str | None = _code("失辍学原因", "dropout_reason")
    health: frozenset[str] | None = _codes("健康状况", "health")
    skill: str | None = _code("劳动技能", "skill")
    work_place: str | None = _code("务工地点", "work_place")
    work_months: Number | None = _number("务工时长（月）")
    public_post: str | None = _code("公益性岗位", "public_post")
    public_post_months: Number | None = _number("公益岗位聘用月数")
    medical: str | None = _code("基本医疗保险", "medical")
    serious_illness: bool | None = _flag("参加大病保险")
    pension: str | None = _code("养老保险", "pension")
    minimum_living: bool | None = _flag("享受低保")
    destitute: bool | None = _flag("特困供养")
    resettled: bool | None = _flag("易地搬迁")
    in_service: bool | None = _flag("现役军人")
    graduate_reason: str | None = _code("未就业毕业生原因", "graduate_reason")
    elsewhere: frozenset[str] | None = _known("codes", "在别处也登记", w.ELSEWHERE)

    age: int | None = _derived(Field("number", "年龄"))
    id_length: int | None = _derived(Field("number", "证件号位数"))
    id_well_formed: bool | None = _derived(Field("flag", "证件号字符合规"))
    id_region_known: bool | None = _derived(Field("flag", "地区码存在"))
    id_day_real: bool | None = _derived(Field("flag", "证件号中日期存在"))
    id_check_right: bool | None = _derived(Field("flag", "校验码正确"))
    id_degree_real: bool | None = _derived(Field("flag", "残疾类别等级存在"))
    id_born: date | None = _derived(Field("day", "证件号中的出生日期"))
    id_sex: str | None = _derived(Field("code", "证件号中的性别", w.codes_of("sex")))
    same_number: int | None = _derived(Field("number", "户内同号人数"))
    at_school: bool | None = _derived(Field("flag", "在校"))
    level: str | None = _derived(Field("code", "就读学段", w.LEVELS))
    relation_sex: str | None = _derived(Field("code", "与户主关系所指的性别", w.codes_of("sex")))
    is_healthy: bool | None = _derived(Field("flag", "健康"))
    can_work: bool | None = _derived(Field("flag", "有劳动能力"))

    number: str | None = field(default=None, repr=False)  # only to find the same number twice within a household

    def settle(self, as_of: date) -> None:
        """Derive what follows from the fields."""
        card = self.identity
        if card is not None:
            self.id_length, self.id_well_formed = card.length, card.is_well_formed
            self.id_region_known, self.id_day_real = card.is_region_known, card.is_day_real
            self.id_check_right, self.id_degree_real = card.is_check_right, card.is_degree_real
            self.id_born, self.id_sex = card.birth, card.sex
        birth = self.born or self.id_born
        self.age = None if birth is None else years_between(birth, as_of)
        self.at_school = None if self.student is None else self.student != "none"
        self.is_healthy = None if not self.health else self.health == HEALTHY
        self.can_work = None if self.skill is None else self.skill in ABLE
        self.level = LEVEL_OF.get(self.student or "")
        self.relation_sex = SEX_OF.get(self.relation or "")


@dataclass(kw_only=True)
class Helper:
    """Somebody who is paired with the household (帮扶责任人)."""

    is_poor: bool | None = _flag("帮扶人自己是贫困户")
    has_phone: bool | None = _flag("帮扶人有电话")
    since: date | None = _day("帮扶开始")
    until: date | None = _day("帮扶结束")
    in_place: bool | None = _derived(Field("flag", "在帮扶期内"))

    def settle(self, as_of: date) -> None:
        began = self.since is None or self.since <= as_of
        self.in_place = began and (self.until is None or self.until >= as_of)


@dataclass(kw_only=True)
class Measure:
    """One measure for the household (帮扶措施)."""

    group: str | None = _code("帮扶措施类别", "measure")
    since: date | None = _day("措施开始")
    until: date | None = _day("措施结束")
    is_developing: bool | None = _derived(Field("flag", "开发式措施"))

    def settle(self) -> None:
        self.is_developing = None if self.group is None else self.group in DEVELOPING


@dataclass(kw_only=True)
class Dossier:
    """One household in one year. `settle()` is called once, when it is complete."""

    key: Hashable = None
    as_of: date = field(default=date(2026, 1, 1), metadata={"field": Field("day", "截止日期")})
    year: int | None = _number("年度")
    members: list[Member] = field(default_factory=list)
    helpers: list[Helper] | None = None  # None: the pairing is not kept here
    measures: list[Measure] | None = None

    kind: str | None = _code("户类型", "household_kind")
    state: str | None = _code("脱贫状态", "exit_state")
    attribute: str | None = _code("户属性", "poverty_attribute")
    main_cause: str | None = _code("主要致贫原因", "poverty_cause")
    other_causes: frozenset[str] | None = _codes("其他致贫原因", "poverty_cause")
    identified_year: Number | None = _number("识别年度")
    exited_year: Number | None = _number("脱贫年度")
    has_phone: bool | None = _flag("有联系电话")
    has_account: bool | None = _flag("有银行账号")
    is_resettled: bool | None = _flag("易地搬迁户")
    is_family_planning: bool | None = _flag("计生户")
    no_labour: bool | None = _flag("整户无劳动能力兜底保障户")
    head_count: Number | None = _number("登记的家庭人口数")

    watch_kind: str | None = _code("监测对象类别", "watch_kind")
    watch_from: date | None = _day("监测识别日期")
    watch_cleared_on: date | None = _day("风险消除日期")
    has_watch_contact: bool | None = _flag("有监测联系人")
    has_watch_phone: bool | None = _flag("监测联系人有电话")
    risks: frozenset[str] | None = _codes("返贫致贫风险", "poverty_cause")  # all that were found
    open_risks: frozenset[str] | None = _codes("未消除的风险", "poverty_cause")

    cropland: Number | None = _number("耕地面积（亩）")
    irrigated: Number | None = _number("有效灌溉面积（亩）")
    woodland: Number | None = _number("林地面积（亩）")
    returned_woodland: Number | None = _number("退耕还林面积（亩）")
    orchard: Number | None = _number("林果面积（亩）")
    grassland: Number | None = _number("牧草地面积（亩）")
    water_surface: Number | None = _number("水面面积（亩）")
    house_area: Number | None = _number("住房面积（平方米）")
    house_grade: str | None = _code("住房等级", "house_grade")
    road_kind: str | None = _code("入户路类型", "road_kind")
    road_km: Number | None = _number("距村主干路（公里）")
    has_power: bool | None = _flag("通生活用电")
    has_broadcast: bool | None = _flag("通广播电视")
    water_is_hard_to_get: bool | None = _flag("饮水有困难")
    water_is_safe: bool | None = _flag("饮水安全")
    has_toilet: bool | None = _flag("有卫生厕所")
    fuel: str | None = _code("主要燃料", "fuel")

    wage_income: Number | None = _number("工资性收入")
    business_income: Number | None = _number("生产经营性收入")
    business_cost: Number | None = _number("生产经营性支出")
    property_income: Number | None = _number("财产性收入")
    transfer_income: Number | None = _number("转移性收入")
    income_work: Number | None = _number("务工收入")
    income_post: Number | None = _number("公益岗收入")
    income_minimum_living: Number | None = _number("低保金")
    income_destitute: Number | None = _number("特困供养金")
    income_pension: Number | None = _number("养老金")
    income_family_planning: Number | None = _number("计生金")
    income_ecology: Number | None = _number("生态补偿金")
    net_income: Number | None = _number("纯收入")
    self_paid: Number | None = _number("合规自付医疗支出")

    closes: date = field(default=date(2026, 1, 1), init=False)  # of the year: for ages and for each year's thresholds
    size: int | None = _derived(Field("number", "家庭成员数"))
    per_head: Number | None = _derived(Field("number", "人均纯收入"))
    computed_net: Number | None = _derived(Field("number", "按分项算的纯收入"))
    is_listed: bool | None = _derived(Field("flag", "建档立卡户（含脱贫户）"))
    is_watched: bool | None = _derived(Field("flag", "监测对象（风险未消除）"))
    is_active: bool | None = _derived(Field("flag", "在册帮扶或监测"))
    head: Member | None = field(default=None, init=False)

    def settle(self) -> "Dossier":
        """Derive what follows from the fields; the dossier itself, ready for the checks."""
        self.closes = end_of(self.year, self.as_of)
        numbers: dict[str, int] = {}
        for member in self.members:
            member.settle(self.closes)
            if member.number:
                numbers[member.number] = numbers.get(member.number, 0) + 1
            if member.relation == "head" and self.head is None:
                self.head = member
        for member in self.members:
            member.same_number = numbers[member.number] if member.number else None
        for helper in self.helpers or ():
            helper.settle(self.as_of)
        for measure in self.measures or ():
            measure.settle()
        self.size = len(self.members)
        heads = self.size or self.head_count
        self.per_head = None if self.net_income is None or not heads else divided(self.net_income, heads)
        parts = (self.wage_income, self.business_income, self.property_income, self.transfer_income)
        if self.business_cost is not None and all(part is not None for part in parts):
            self.computed_net = difference_of(parts, self.business_cost)
        self.is_listed = None if self.kind is None else self.kind in LISTED
        self.is_watched = self.watch_kind is not None and self.watch_cleared_on is None
        self.is_active = self._is_active()
        return self

    def _is_active(self) -> bool | None:
        """Does somebody owe this household help: poor, out of poverty with the policies kept, or watched?"""
        if self.is_watched:
            return True
        return None if self.is_listed is None else self.is_listed and self.state != "cancelled"


def difference_of(parts: tuple[Number | None, ...], cost: Number) -> Number | None:
    """The known parts together less `cost`; None where a number leaves the range of decimals."""
    try:
        return sum((part for part in parts if part is not None), 0) - cost
    except ArithmeticError:
        return None


def divided(dividend: Number, divisor: Number) -> Decimal | None:
    """The quotient as a decimal; None for a division by zero or by what is no number."""
    try:
        return Decimal(dividend) / Decimal(divisor)
    except (ArithmeticError, ValueError):
        return None


def end_of(year: Number | None, as_of: date) -> date:
    """The last day of the year, or the day of the check if the year is not over or not known."""
    try:
        return min(date(int(year), 12, 31), as_of) if year is not None else as_of
    except (ArithmeticError, ValueError):
        return as_of


def years_between(birth: date, day: date) -> int:
    """Full years of life on `day`; negative before birth."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _fields(kind: type) -> Mapping[str, Field]:
    return {field_.name: field_.metadata["field"] for field_ in fields(kind) if "field" in field_.metadata}


Scope = Literal["household", "member", "helper", "measure"]
FIELDS: Mapping[Scope, Mapping[str, Field]] = {
    "household": _fields(Dossier),
    "member": _fields(Member),
    "helper": _fields(Helper),
    "measure": _fields(Measure),
}
