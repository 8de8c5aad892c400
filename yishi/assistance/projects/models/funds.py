"""Money (资金): funds, what was mobilised, received and paid; what a fund holds ready for a project.

Mobilised, received and paid are three counts that are never added to each other. Every total is the sum of movements
that stand; none is stored.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models.campaigns import Campaign
from yishi.assistance.deeds.models.deeds import Deed
from yishi.assistance.register.models.households import Household, household_reach
from yishi.attachments.models import Attachment
from yishi.database.reach import File, Reach
from yishi.database.taken_back import TakenBackFile
from yishi.database.two_people import apart
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place
from yishi.people.models import Person

from .projects import Contract, Project


class FundKind(models.TextChoices):
    """Where money comes from (资金来源)."""

    FISCAL = "fiscal", _("fiscal funds")  # 财政资金
    EAST_WEST = "east_west", _("east-west cooperation")  # 东西部协作
    TARGETED = "targeted", _("paired central or provincial body")  # 定点帮扶
    DONATION = "donation", _("social donations")  # 社会捐赠
    COMPANY = "company", _("companies")
    MEMBER = "member", _("members' donations")  # 委员捐助
    OTHER = "other", _("other sources")


class Fund(TakenBackFile):
    """A pot of money of one body (资金池), in one place, of one source."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=FundKind.choices)
    owner = models.ForeignKey(Body, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # for which place it is meant
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    opened_on = models.DateField()
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    is_demo = models.BooleanField(default=False)

    class Meta(File.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(taken_back_at__isnull=True), name="fund_once_per_owner"
            )
        ]
        indexes = [models.Index(fields=["place", "kind"], name="fund_place")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return reach.places("place__") | Q(owner__in=reach.bodies)


class FundMovement(File):
    """One movement of money: promised to a fund, arrived there, or paid from it. Reversed, it keeps its line."""

    class Kind(models.TextChoices):
        MOBILISED = "mobilised", _("mobilised")  # 协调落实: promised or decided
        RECEIVED = "received", _("received")  # 到账
        PAID = "paid", _("paid")  # 拨付、发放

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a second person")
        COUNTED = "counted", _("counted")
        RETURNED = "returned", _("returned, not paid")
        REVERSED = "reversed", _("reversed")

    STANDING = (State.WAITING, State.COUNTED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=16, unique=True)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount = models.BigIntegerField()  # fen
    on = models.DateField()
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # the fund's; of a payment: where it arrived
    giver_body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    giver_person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    giver_name = models.CharField(max_length=80, blank=True)  # a giver from outside
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="payments")
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, blank=True, related_name="payments")
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="+")
    pupil = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    gift = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="passed_on")
    bill = models.CharField(max_length=40, blank=True)  # 票据号
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=300, blank=True)  # why returned or reversed
    entry_id = models.UUIDField(null=True)  # the journal's entry that counts it
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    same_hands = models.BooleanField(default=False)  # a small office: confirmed by whoever recorded it

    class Meta(File.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="movement_above_nothing"),
            models.CheckConstraint(condition=apart("recorded_by", "confirmed_by"), name="movement_second_person"),
            models.UniqueConstraint(
                fields=["fund", "kind", "bill"],
                condition=~Q(bill="") & Q(state__in=["waiting", "counted"]),
                name="movement_bill_once",
            ),
        ]
        indexes = [
            models.Index(fields=["fund", "kind", "state"], name="movement_of_fund"),
            models.Index(fields=["place", "kind", "on"], name="movement_place"),
            models.Index(fields=["-on", "-recorded_at"], name="movement_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def giver(self) -> str:
        return str(self.giver_body or self.giver_person or self.giver_name)

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """The overseeing desks, the fund's desk, the giver, the village of the family, the project's desk."""
        return (
            reach.places("place__")
            | reach.places("fund__place__")
            | Q(fund__owner__in=reach.bodies)
            | Q(giver_body__in=reach.bodies)
            | Q(body__in=reach.bodies)
            | Q(project__responsible__in=reach.bodies)
            | Q(giver_person=reach.person, giver_person__isnull=False)
            | household_reach(reach, "household__")
        )


class DeedMovement(models.Model):
    """A deed that refers to a movement of money: the money stands there, once; the deed adds none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deed = models.ForeignKey(Deed, models.CASCADE, related_name="money")
    movement = models.ForeignKey(FundMovement, models.PROTECT, related_name="deeds")
    linked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deed", "movement"], name="deed_movement_once")]

    def __str__(self) -> str:
        return f"{self.deed} · {self.movement}"
