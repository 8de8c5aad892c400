"""Households (农户): who they are, where they live and lived, why they need help.

What changes from year to year stands in `register.py`. Codes are those of the lists in `register/codes/`.
"""

from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes.manager import DisabledQuerySet

from yishi.database.reach import AFile, File, FilesManager, Reach
from yishi.kit.ids import uuid7
from yishi.organisations.models import Dated, Place, valid_on
from yishi.people.models import Person

CODE = 24  # the length of a code of a list


class ArrivedManager(models.Manager[AFile]):
    """Without what an import has written but not published yet."""

    def get_queryset(self) -> models.QuerySet[AFile]:
        return super().get_queryset().filter(arriving__isnull=True)


class ArrivedFilesManager(FilesManager[AFile]):
    """Likewise, within a scope."""

    def get_queryset(self) -> models.QuerySet[AFile]:
        files = super().get_queryset()
        return files if isinstance(files, DisabledQuerySet) else files.filter(arriving__isnull=True)


class Household(File):
    """A household of the register. Where it lives now stands here, derived from its dated `stays`.

    A household with `arriving` is being written by that import, in many short transactions; it, its members and its
    years are seen by nobody until one short update publishes them all (decision "an import is switched on").
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32)  # 户编号: the national one, else one of ours
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # the village (统计用 12 位村)
    hamlet = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")  # 自然村
    group_name = models.CharField(max_length=64, blank=True)  # 村民小组, where no hamlet is listed
    head = models.ForeignKey(Person, models.PROTECT, related_name="+")  # 户主
    size = models.PositiveSmallIntegerField(default=1)  # members today, derived
    phone = models.CharField(max_length=32, blank=True)
    kind = models.CharField(max_length=CODE, blank=True)  # household_kind 户类型
    attribute = models.CharField(max_length=CODE, blank=True)  # poverty_attribute 贫困户属性
    state = models.CharField(max_length=CODE, blank=True)  # exit_state 脱贫状态
    standard = models.CharField(max_length=CODE, blank=True)  # standard 识别标准
    identified_year = models.PositiveSmallIntegerField(null=True, blank=True)
    exited_year = models.PositiveSmallIntegerField(null=True, blank=True)
    returned = models.BooleanField(default=False)  # 返贫
    watch_kind = models.CharField(max_length=CODE, blank=True)  # watch_kind 监测对象类别
    watch_from = models.DateField(null=True, blank=True)  # when it became one
    watch_cleared_on = models.DateField(null=True, blank=True)  # 风险消除时间
    watch_contact = models.CharField(max_length=64, blank=True)  # 监测联系人
    watch_phone = models.CharField(max_length=32, blank=True)
    no_labour = models.BooleanField(default=False)  # 整户无劳动能力兜底保障户
    is_martyrs = models.BooleanField(default=False)  # 军烈属
    is_family_planning = models.BooleanField(default=False)  # 计生户
    is_resettled = models.BooleanField(default=False)  # 易地搬迁户
    resettlement_site = models.CharField(max_length=96, blank=True)  # 安置区
    bank_name = models.CharField(max_length=96, blank=True)
    bank_sealed = models.BinaryField(null=True)  # the account's number, encrypted (services/identity.py)
    registered_on = models.DateField()
    left_on = models.DateField(null=True)  # no longer a household of the register
    left_reason = models.CharField(max_length=CODE, blank=True)  # household_end
    split_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="split_off")
    raw = models.JSONField(default=dict, blank=True)  # columns of an import that nothing here knows: {heading: text}
    is_demo = models.BooleanField(default=False)
    arriving = models.UUIDField(null=True, editable=False)  # the import that is writing it
    brought_by = models.UUIDField(null=True, editable=False)  # the import that registered it

    within: ClassVar = ArrivedManager()
    objects: ClassVar = ArrivedFilesManager()
    arriving_too = models.Manager()  # for imports alone

    class Meta(File.Meta):
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=Q(arriving__isnull=True), name="household_number_once")
        ]
        indexes = [
            models.Index(fields=["place", "number"], name="household_place"),
            models.Index(fields=["head"], name="household_head"),
            models.Index(fields=["number"], name="household_number"),
            models.Index(fields=["arriving"], condition=Q(arriving__isnull=False), name="household_arriving"),
            models.Index(fields=["brought_by"], condition=Q(brought_by__isnull=False), name="household_brought_by"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_active(self) -> bool:
        return self.left_on is None

    @property
    def is_watched(self) -> bool:
        """Is it a household under monitoring (监测对象) whose risk is not cleared?"""
        return bool(self.watch_kind) and self.watch_cleared_on is None

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return household_reach(reach)


def household_reach(reach: Reach, prefix: str = "") -> Q:
    """Which households a viewer reaches, for a model that has them at `prefix` ("household__").

    The overseeing desks of the place, the desk of the household's own village and who is stationed there, and who is
    paired with the household, as long as the pairing is valid.
    """
    paired = Q(**{f"{prefix.removesuffix('__') or 'pk'}__in": helped_households(reach)})
    return (village_reach(reach, prefix) | paired) & Q(**{f"{prefix}arriving__isnull": True})


def village_reach(reach: Reach, prefix: str = "") -> Q:
    """The same for what is no household but lies in a village, too: without the pairings."""
    return reach.places(f"{prefix}place__") | reach.places(f"{prefix}place__", reach.villages)


def helped_households(reach: Reach) -> QuerySet[Any]:
    """The ids of the households that the viewer helps today: by a pairing of their own, or of a body at whose desk they
    sit."""
    helper = Q(body__in=reach.bodies) | Q(person=reach.helper, person__isnull=False)
    pairings = apps.get_model("assistance", "Pairing").within
    return pairings.filter(valid_on(timezone.localdate()), helper, household__isnull=False).values("household")


class HouseholdStay(Dated):
    """Where a household lives for a time. A relocation (易地搬迁) ends one and opens the next; when its village is
    merged into another, the household has not moved and nothing changes here."""

    class Kind(models.TextChoices):
        REGISTERED = "registered", _("registered here")
        RELOCATED = "relocated", _("relocated here")  # 易地搬迁
        MOVED = "moved", _("moved here")
        CORRECTED = "corrected", _("corrected")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="stays")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    hamlet = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    group_name = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.REGISTERED)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(valid_to__isnull=True), name="household_lives_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.household} {self.place}"


class HouseholdStanding(Dated):
    """Whether a household is poor by the register, for a time; derived from its record (services/standings.py).

    Before and between, and for a household that was never listed, there is no row.
    """

    class State(models.TextChoices):
        POOR = "poor", _("poor")  # 建档立卡
        EXITED = "exited", _("out of poverty")  # 脱贫
        RETURNED = "returned", _("fell back into poverty")  # 返贫

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="standings")
    state = models.CharField(max_length=8, choices=State.choices)
    by_year = models.BooleanField(default=False)  # only the year of the first day is known: it stands at its end

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(valid_to__isnull=True), name="household_stands_once"
            )
        ]
        indexes = [models.Index(fields=["state", "valid_from"], name="household_standing_days")]
        ordering = ["valid_from"]

    def __str__(self) -> str:
        return f"{self.household} {self.state}"


class HouseholdCause(models.Model):
    """Why a household is or may become poor: one main cause, others that differ; risks of a monitored household."""

    class Kind(models.TextChoices):
        CAUSE = "cause", _("cause of poverty")  # 致贫原因, list poverty_cause
        RISK = "risk", _("risk of poverty")  # 致贫返贫风险, list poverty_cause too

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="causes")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.CAUSE)
    code = models.CharField(max_length=CODE)
    is_main = models.BooleanField(default=False)
    ordinal = models.PositiveSmallIntegerField(default=1)
    cleared_on = models.DateField(null=True, blank=True)  # of a risk

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["household", "kind", "code"], name="household_cause_once"),
            models.UniqueConstraint(
                fields=["household", "kind"], condition=Q(is_main=True), name="household_one_main_cause"
            ),
        ]
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return f"{self.household} {self.code}"
