"""The yearly plan (年度协商计划): a funnel of topics, proposed, drafted, approved."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.reach import File, Reach
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Member, valid_on
from yishi.people.models import Person

from .matters import Matter
from .worries import Worry


class YearPlan(File):
    class State(models.TextChoices):
        COLLECTING = "collecting", _("collecting topics")
        SUBMITTED = "submitted", _("submitted")
        APPROVED = "approved", _("approved")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")  # whose plan
    approver = models.ForeignKey(Body, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.COLLECTING)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta(File.Meta):
        constraints = [models.UniqueConstraint(fields=["body", "year"], name="plan_once_a_year")]

    def __str__(self) -> str:
        return f"{self.body} {self.year}"

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """Besides those who run and decide it: desks and sitting members of its place, who put topics forward."""
        around = {"lo__gte": OuterRef("body__place__lo"), "lo__lte": OuterRef("body__place__hi")}
        desks = Body.objects.filter(pk__in=reach.bodies, **{f"place__{key}": value for key, value in around.items()})
        members = Member.objects.filter(
            valid_on(timezone.localdate()),
            person=reach.person,
            **{f"term__body__place__{key}": value for key, value in around.items()},
        )
        return (
            reach.places("body__place__")
            | Q(body__in=reach.bodies)
            | Q(approver__in=reach.bodies)
            | Q(Exists(desks))
            | Q(Exists(members))
        )


class PlanTopic(models.Model):
    class State(models.TextChoices):
        PROPOSED = "proposed", _("put forward")
        DRAFTED = "drafted", _("in the draft")
        APPROVED = "approved", _("approved")
        LEFT_OUT = "left_out", _("left out")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(YearPlan, models.CASCADE, related_name="topics")
    title = models.CharField(max_length=120)
    theme = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.CharField(max_length=64, blank=True)  # a body's or a role's name, no villager's
    worry = models.ForeignKey(Worry, models.SET_NULL, null=True, blank=True, related_name="+")
    matter = models.ForeignKey(Matter, models.SET_NULL, null=True, blank=True, related_name="plan_topics")
    due_month = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    ordinal = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.title
