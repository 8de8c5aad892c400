"""Who leads a campaign; its meetings and cooperation agreements, whose words become promises of the ledger."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.database.taken_back import TakenBack
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Dated, Place
from yishi.people.models import Person

from .campaigns import Campaign, Drive


class CampaignLead(Dated):
    """A campaign's leading group (领导小组) or its office, for a time. Its people are the posts of the body."""

    class Role(models.TextChoices):
        GROUP = "group", _("leading group")
        OFFICE = "office", _("office of the leading group")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="leads")
    role = models.CharField(max_length=8, choices=Role.choices)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "role"], condition=Q(valid_to__isnull=True), name="campaign_lead_one_now"
            )
        ]

    def __str__(self) -> str:
        return str(self.body)


class SteeringMeeting(models.Model):
    """A meeting that steers: reports are heard, instructions are given; each instruction is a promise in the ledger."""

    class Kind(models.TextChoices):
        MOBILISATION = "mobilisation", _("mobilisation meeting")  # 动员会
        PUSH = "push", _("push meeting")  # 推进会
        REPORT = "report", _("meeting to hear reports")  # 听取汇报会

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="meetings")
    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    title = models.CharField(max_length=120)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")  # which convenes it
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    drive = models.ForeignKey(Drive, models.PROTECT, null=True, blank=True, related_name="meetings")
    on = models.DateField()
    where = models.CharField(max_length=120, blank=True)
    chaired_by = models.CharField(max_length=64, blank=True)  # a title: 州政协主席
    minutes = models.TextField(blank=True)
    minutes_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["campaign", "on"], name="steering_campaign_on")]

    def __str__(self) -> str:
        return self.title


class SteeringReport(models.Model):
    """What a body reported to a meeting."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(SteeringMeeting, models.CASCADE, related_name="reports")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    speaker = models.CharField(max_length=64, blank=True)
    text = models.TextField()
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "body"], name="steering_report_once")]
        ordering = ["written_at"]

    def __str__(self) -> str:
        return str(self.body)


class Cooperation(TakenBack):
    """A cooperation agreement (合作协议), such as that of a college and a county; each clause is a promise."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="cooperations")
    number = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=120)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # which it serves
    supervisor = models.ForeignKey(Body, models.PROTECT, related_name="+")  # who watches over the clauses
    parties = models.ManyToManyField(Body, related_name="+")
    words = models.CharField(max_length=500, blank=True)
    signed_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-signed_on", "-pk"]

    def __str__(self) -> str:
        return self.title
