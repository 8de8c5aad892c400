"""The register of households (建档立卡): its people, its years, the changes that wait for approval.

Codes are those of the lists in `register/codes/`; the list's name stands beside each field. Money is in fen, areas
in mu. An empty code, a null number or a null yes-or-no means: not known, which is not the same as no.
"""

from decimal import Decimal

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.database.reach import File, Reach
from yishi.kit.ids import uuid7
from yishi.kit.records import certain
from yishi.organisations.models import Body, Dated
from yishi.people.models import Person

from .households import CODE, Household, household_reach, village_reach


class Resident(File):
    """What is known of a person as a person of the register, held once however often they change the household.

    The identity number is encrypted and bound to this row (services/identity.py); it is found by its keyed index
    alone. The index is not unique: a second registration elsewhere is a finding for whoever oversees both, not an
    answer to whoever tries a number.
    """

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="resident")
    sex = models.CharField(max_length=CODE, blank=True)  # sex
    ethnic = models.CharField(max_length=CODE, blank=True)  # ethnic
    born_on = models.DateField(null=True, blank=True)
    politics = models.CharField(max_length=CODE, blank=True)  # politics 政治面貌
    identity_kind = models.CharField(max_length=CODE, blank=True)  # identity_kind 证件类型
    identity_sealed = models.BinaryField(null=True)
    identity_index = models.CharField(max_length=32, blank=True, db_index=True)
    identity_fault = models.CharField(max_length=12, blank=True)  # kit.identity.Fault: what is wrong with it

    class Meta(File.Meta):
        pass

    def __str__(self) -> str:
        return str(self.person)

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        members = HouseholdMember.within.filter(household_reach(reach, "household__"))
        return Q(pk__in=members.values("person"))


class HouseholdMember(Dated, File):
    """A person's time in a household, with the reasons why it began and ended (自然增减)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="household_members")
    number = models.CharField(max_length=32, blank=True)  # 人口编号
    relation = models.CharField(max_length=CODE, blank=True)  # relation 与户主关系
    joined_reason = models.CharField(max_length=CODE, blank=True)  # member_join 自然增加
    left_reason = models.CharField(max_length=CODE, blank=True)  # member_leave 自然减少
    raw = models.JSONField(default=dict, blank=True)

    class Meta(File.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["household", "person"], condition=Q(valid_to__isnull=True), name="household_member_once"
            )
        ]
        indexes = [
            models.Index(fields=["person", "valid_to"], name="household_member_person"),
            models.Index(fields=["number"], name="household_member_number"),
        ]

    def __str__(self) -> str:
        return str(self.person)

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return household_reach(reach, "household__")


def _mu() -> "models.DecimalField[Decimal | int | None, Decimal | None]":
    return models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)


class HouseholdYear(File):
    """How a household lived in one year: one row per household and year.

    Incomes: `income` holds what is known by item {code of list income_item: fen}; the four classes are the sums of
    their items, or what was given where only the sum is known. `net_income` and `net_per_head` are computed
    (services/years.py) from the classes, the cost and the head-count; None where a class is not known.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField()
    head_count = models.PositiveSmallIntegerField(null=True, blank=True)  # 家庭人口数
    # income, in fen
    income = models.JSONField(default=dict, blank=True)
    wage_income = models.BigIntegerField(null=True, blank=True)  # 工资性收入
    business_income = models.BigIntegerField(null=True, blank=True)  # 生产经营性收入
    property_income = models.BigIntegerField(null=True, blank=True)  # 财产性收入
    transfer_income = models.BigIntegerField(null=True, blank=True)  # 转移性收入
    business_cost = models.BigIntegerField(null=True, blank=True)  # 生产经营性支出
    net_income = models.BigIntegerField(null=True, blank=True)  # 纯收入
    net_per_head = models.BigIntegerField(null=True, blank=True)  # 人均纯收入
    claims_income = models.BigIntegerField(null=True, blank=True)  # 理赔收入
    self_paid = models.BigIntegerField(null=True, blank=True)  # 合规自付支出
    watch_line = models.BigIntegerField(null=True, blank=True)  # 纳入监测的收入参考范围, per head
    # living
    cropland = _mu()  # 耕地
    irrigated = _mu()  # 有效灌溉
    woodland = _mu()  # 林地
    returned_woodland = _mu()  # 退耕还林
    orchard = _mu()  # 林果
    grassland = _mu()  # 牧草地
    water_surface = _mu()  # 水面
    house_area = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)  # m²
    house_structure = models.CharField(max_length=CODE, blank=True)  # house_structure
    house_grade = models.CharField(max_length=CODE, blank=True)  # house_grade 危房等级
    road_kind = models.CharField(max_length=CODE, blank=True)  # road_kind 入户路类型
    road_km = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)  # 距村主干路
    has_power = models.BooleanField(null=True, blank=True)  # 生活用电
    has_production_power = models.BooleanField(null=True, blank=True)  # 生产用电
    has_broadcast = models.BooleanField(null=True, blank=True)  # 广播电视
    water_is_hard_to_get = models.BooleanField(null=True, blank=True)  # 饮水困难
    water_is_safe = models.BooleanField(null=True, blank=True)  # 饮水安全
    has_toilet = models.BooleanField(null=True, blank=True)  # 卫生厕所
    fuel = models.CharField(max_length=CODE, blank=True)  # fuel 主要燃料
    in_cooperative = models.BooleanField(null=True, blank=True)  # 加入合作社
    led_by_company = models.BooleanField(null=True, blank=True)  # 龙头企业带动
    led_by_person = models.BooleanField(null=True, blank=True)  # 致富带头人带动
    industry_kinds = models.JSONField(default=list, blank=True)  # industry_kind 到户产业帮扶类型, several
    measures = models.JSONField(default=list, blank=True)  # measure 帮扶措施 of that year, several
    # paper
    filled_by = models.CharField(max_length=64, blank=True)  # 填表人
    signed_on = models.DateField(null=True, blank=True)  # 户主签字
    collected_on = models.DateField(null=True, blank=True)  # 采集时间
    raw = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(null=True)

    class Meta(File.Meta):
        constraints = [models.UniqueConstraint(fields=["household", "year"], name="household_year_once")]
        indexes = [models.Index(fields=["year", "net_per_head"], name="household_year_income")]
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.household} {self.year}"

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return household_reach(reach, "household__")


class MemberYear(File):
    """What changes from year to year with a member of a household: one row per member and year."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey(HouseholdMember, models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField()
    education = models.CharField(max_length=CODE, blank=True)  # education 文化程度
    student = models.CharField(max_length=CODE, blank=True)  # student 在校生状况
    dropout_reason = models.CharField(max_length=CODE, blank=True)  # dropout_reason 失学辍学原因
    health = models.JSONField(default=list, blank=True)  # health 健康状况: ["healthy"], or several others
    skill = models.CharField(max_length=CODE, blank=True)  # skill 劳动技能
    work_place = models.CharField(max_length=CODE, blank=True)  # work_place 务工地点
    work_firm = models.CharField(max_length=96, blank=True)  # 务工企业
    work_months = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(12)])
    public_post = models.CharField(max_length=CODE, blank=True)  # public_post 公益性岗位
    public_post_months = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(12)])
    medical = models.CharField(max_length=CODE, blank=True)  # medical 基本医疗保险: 居民 or 职工
    serious_illness = models.BooleanField(null=True, blank=True)  # 大病保险
    commercial = models.BooleanField(null=True, blank=True)  # 商业补充医疗保险
    medical_aid = models.BooleanField(null=True, blank=True)  # 医疗救助
    pension = models.CharField(max_length=CODE, blank=True)  # pension 养老保险: 居民 or 职工
    minimum_living = models.BooleanField(null=True, blank=True)  # 低保
    destitute = models.BooleanField(null=True, blank=True)  # 特困供养
    resettled = models.BooleanField(null=True, blank=True)  # 易地搬迁
    in_service = models.BooleanField(null=True, blank=True)  # 现役军人
    graduate_reason = models.CharField(max_length=CODE, blank=True)  # graduate_reason 未就业毕业生原因
    raw = models.JSONField(default=dict, blank=True)

    class Meta(File.Meta):
        constraints = [
            models.UniqueConstraint(fields=["member", "year"], name="member_year_once"),
            models.CheckConstraint(
                condition=Q(work_months__isnull=True) | Q(work_months__lte=12), name="member_year_work_months"
            ),
            models.CheckConstraint(
                condition=Q(public_post_months__isnull=True) | Q(public_post_months__lte=12),
                name="member_year_post_months",
            ),
        ]
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.member} {self.year}"

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return household_reach(reach, "member__household__")


class ChangeRequest(File):
    """A change of the register that waits for approval (变更申请); open on every day of the year.

    `asked` holds the change as its service will get it: codes, ids, names. An identity number in it stands apart,
    encrypted and bound to this row.
    """

    class Kind(models.TextChoices):
        REGISTER = "register", _("register a household")
        CHANGE = "change", _("correct the household's record")
        JOIN = "join", _("a member joins")
        LEAVE = "leave", _("a member leaves")
        MEMBER = "member", _("correct a member's record")
        HEAD = "head", _("another head of the household")
        SPLIT = "split", _("split the household")
        RELOCATE = "relocate", _("the household moves")
        END = "end", _("take the household off the register")

    class State(models.TextChoices):
        OPEN = "open", _("waits for approval")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, null=True, related_name="requests")  # null: a new one
    place = models.ForeignKey("organisations.Place", models.PROTECT, related_name="+")  # the village
    kind = models.CharField(max_length=10, choices=Kind.choices)
    asked = models.JSONField(default=dict)
    identity_sealed = models.BinaryField(null=True)
    bank_sealed = models.BinaryField(null=True)
    effective_on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # the desk
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)  # why it was refused

    class Meta(File.Meta):
        indexes = [models.Index(fields=["state", "asked_at"], name="change_request_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.household or self.place}"

    @property
    def family(self) -> Household:
        """The household that it changes; only who asks to register a new one names none."""
        return certain(self.household)

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return village_reach(reach)


class RegisterKeys(models.Model):
    """Which ring of keys this register is sealed with: one row, written with the first sealed number.

    With another key file nothing is sealed, and no search pretends that nothing was found.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    mark = models.CharField(max_length=16)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_ring_of_keys")]

    def __str__(self) -> str:
        return self.mark
