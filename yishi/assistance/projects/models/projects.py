"""Projects (项目): what is built, how much of it, by whom, at what price, for which families, from plan to acceptance.

Quantities are whole numbers of thousandths of their unit, money whole fen. A total is the sum of its parts.
"""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models.campaigns import Campaign, Direction
from yishi.assistance.register.models.households import Household
from yishi.attachments.models import Attachment
from yishi.database.reach import File, Reach
from yishi.database.taken_back import TakenBack
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, BodyKind, Place
from yishi.people.models import Person


class Project(File):
    """One piece of works at a place (道路硬化, 饮水工程), from plan to acceptance; its stages stand in `stages.py`."""

    class Kind(models.TextChoices):
        ROAD = "road", _("roads")
        IRRIGATION = "irrigation", _("irrigation")
        WATER = "water", _("drinking water")
        HOUSING = "housing", _("housing")
        INDUSTRY = "industry", _("industry")
        EDUCATION = "education", _("education")
        HEALTH = "health", _("health")
        CULTURE = "culture", _("culture")
        POWER = "power", _("power and signal")
        OTHER = "other", _("other works")

    class Stage(models.TextChoices):
        PLANNED = "planned", _("in planning")
        APPROVED = "approved", _("approved, not begun")
        BUILDING = "building", _("under construction")
        FINISHED = "finished", _("finished, waits for acceptance")
        ACCEPTED = "accepted", _("passed acceptance")
        DROPPED = "dropped", _("given up")

    RUNNING = (Stage.APPROVED, Stage.BUILDING, Stage.FINISHED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)
    outside_number = models.CharField(max_length=40, blank=True)  # in a system of the state
    name = models.CharField(max_length=120)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="+")
    direction = models.ForeignKey(Direction, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    responsible = models.ForeignKey(Body, models.PROTECT, related_name="+")
    acceptor = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")  # who is to accept it
    starts_on = models.DateField()  # as planned
    ends_on = models.DateField()
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.PLANNED)
    paper = models.CharField(max_length=64, blank=True)  # number of the document that approved it
    asked_money = models.JSONField(null=True)  # more than was approved, in fen by source: it waits for the approver
    asked_money_why = models.CharField(max_length=300, blank=True)
    asked_money_on = models.DateField(null=True)
    asked_works = models.JSONField(null=True)  # more than was approved, by quantity and part: it waits likewise
    asked_works_why = models.CharField(max_length=300, blank=True)
    asked_works_on = models.DateField(null=True)
    words = models.CharField(max_length=500, blank=True)
    unnamed_households = models.PositiveIntegerField(default=0)  # reached besides those by name; in no distinct count
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    class Meta(File.Meta):
        constraints = [models.UniqueConstraint(fields=["place", "name"], name="project_once_per_place")]
        indexes = [models.Index(fields=["place", "stage"], name="project_place_stage")]

    def __str__(self) -> str:
        return self.name

    @property
    def asked_sum(self) -> int:
        """The money that is asked for beyond the approved plan, with what the plan has; 0 where none is."""
        return sum((self.asked_money or {}).values())

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """The overseeing desks; the desks of government, party and village of the place; whoever builds or accepts."""
        around = Body.objects.filter(
            pk__in=reach.bodies,
            kind__in=GOVERNING,
            place__lo__lte=OuterRef("place__lo"),
            place__hi__gte=OuterRef("place__lo"),
        )
        return (
            reach.places("place__")
            | Q(responsible__in=reach.bodies)
            | Q(acceptor__in=reach.bodies)
            | Exists(around)
            | Q(pk__in=Contract.objects.filter(contractor__in=reach.bodies).values("project"))
            | Q(pk__in=Allotment.objects.filter(fund__owner__in=reach.bodies).values("project"))
        )


GOVERNING = (BodyKind.GOVERNMENT, BodyKind.PARTY, BodyKind.VILLAGE)


class ProjectStep(models.Model):
    """A step from one stage to the next: when, by which desk, with which words."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=12)
    stage = models.CharField(max_length=10, choices=Project.Stage.choices)
    on = models.DateField()
    at = models.DateTimeField()
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=300, blank=True)
    same_hands = models.BooleanField(default=False)  # a small office: approved by who asked, or by who builds

    class Meta:
        ordering = ["on", "at"]

    def __str__(self) -> str:
        return f"{self.verb} {self.on}"


class ProjectQuantity(models.Model):
    """One thing that is measured (硬化道路, 公里); how much of it is the sum of its parts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="quantities")
    ordinal = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=40)
    unit = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "what"], name="quantity_once")]
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.what


class QuantityPart(models.Model):
    """How much of a quantity is planned at one spot: a place of the register, or a hamlet (自然村) by its name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    quantity = models.ForeignKey(ProjectQuantity, models.CASCADE, related_name="parts")
    ordinal = models.PositiveSmallIntegerField()
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=64)
    planned = models.BigIntegerField()  # thousandths of the unit

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quantity", "name"], name="part_once"),
            models.CheckConstraint(condition=Q(planned__gt=0), name="part_above_nothing"),
        ]
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.name


class ProgressReport(models.Model):
    """How far it is on a day, as its desk reports it: for each part, what is done in all."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="reports")
    stage = models.CharField(max_length=10, choices=Project.Stage.choices)
    on = models.DateField()
    words = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=300, blank=True)  # why more than planned, or less than before
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["on", "at"]

    def __str__(self) -> str:
        return f"{self.project_id} {self.on}"


class ProgressLine(models.Model):
    """How much of one part a report says is done."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(ProgressReport, models.CASCADE, related_name="lines")
    part = models.ForeignKey(QuantityPart, models.PROTECT, related_name="progress")
    done = models.BigIntegerField()  # thousandths, in all until that day

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "part"], name="progress_part_once")]

    def __str__(self) -> str:
        return f"{self.part_id} {self.done}"


class Acceptance(TakenBack):
    """What another body than the builder found (验收)."""

    class Result(models.TextChoices):
        PASSED = "passed", _("passed")
        DEFECTS = "defects", _("passed; defects to be mended")
        FAILED = "failed", _("not passed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="acceptances")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    on = models.DateField()
    result = models.CharField(max_length=8, choices=Result.choices)
    words = models.CharField(max_length=500)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    same_hands = models.BooleanField(default=False)  # a small office
    at = models.DateTimeField()

    class Meta:
        ordering = ["on", "at"]

    def __str__(self) -> str:
        return f"{self.result} {self.on}"


class AcceptanceLine(models.Model):
    """How much of one part an acceptance found in order."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    acceptance = models.ForeignKey(Acceptance, models.CASCADE, related_name="lines")
    part = models.ForeignKey(QuantityPart, models.PROTECT, related_name="accepted")
    amount = models.BigIntegerField()  # thousandths found in order

    class Meta:
        constraints = [models.UniqueConstraint(fields=["acceptance", "part"], name="acceptance_part_once")]

    def __str__(self) -> str:
        return f"{self.part_id} {self.amount}"


class ProjectPhoto(models.Model):
    """A photo of the works, at the stage in which they were."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="photos")
    stage = models.CharField(max_length=10, choices=Project.Stage.choices)
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    report = models.ForeignKey(ProgressReport, models.CASCADE, null=True, related_name="photos")
    on = models.DateField()
    words = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return f"{self.project_id} {self.on}"


class ProjectHousehold(models.Model):
    """A family that the project reached, by name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="reached")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "household"], name="project_household_once")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.household_id}"


class PlannedMoney(models.Model):
    """How much of a source is planned for a project, in fen."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="planned_money")
    kind = models.CharField(max_length=12)  # a FundKind
    amount = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "kind"], name="planned_money_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Contract(models.Model):
    """A contract for works or goods of a project."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=64)
    contractor = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    contractor_name = models.CharField(max_length=96, blank=True)  # one that the register does not know
    what = models.CharField(max_length=120, blank=True)
    amount = models.BigIntegerField()  # fen
    signed_on = models.DateField()
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True)  # cancelled
    reason = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="contract_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="contract_above_nothing"),
        ]
        ordering = ["signed_on", "pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def with_whom(self) -> str:
        return str(self.contractor or self.contractor_name)


class Allotment(models.Model):
    """What a fund holds ready for a project (资金安排); taken back, it keeps its line."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fund = models.ForeignKey("assistance.Fund", models.PROTECT, related_name="allotments")
    project = models.ForeignKey(Project, models.PROTECT, related_name="allotments")
    amount = models.BigIntegerField()  # fen
    on = models.DateField()
    paper = models.CharField(max_length=64, blank=True)  # number of the document that allots it
    taken_back_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    entry_id = models.UUIDField(null=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="allotment_above_nothing")]

    def __str__(self) -> str:
        return f"{self.fund} → {self.project}"
