"""What the logic checks (逻辑校验) found in the register, why a finding is let stand, what areas changed in the rules.

The rules themselves are files (`checks/logic/packs/`). `CheckFinding` is derived: a later check clears what it no
longer finds and finds again what came back; only waivers and settings are acts of people.
"""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register.models.households import Household, household_reach
from yishi.assistance.register.models.register import HouseholdMember
from yishi.database.reach import File, Reach
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place
from yishi.people.models import Person

CODE = 40


class Severity(models.TextChoices):
    ERROR = "error", _("error")  # wrong in any case
    DOUBT = "doubt", _("doubt")  # hardly true: look
    HINT = "hint", _("hint")  # may be right: somebody could be helped


class CheckFinding(File):
    """One rule that a household (or one of its members) breaks; one row however often it comes and goes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="check_findings")
    member = models.ForeignKey(HouseholdMember, models.CASCADE, null=True, related_name="check_findings")
    rule = models.CharField(max_length=CODE)
    group = models.CharField(max_length=CODE)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    pack = models.CharField(max_length=16)  # the version of the rules
    year = models.PositiveSmallIntegerField(null=True)  # of the household's year that was looked at
    found_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)  # a later check no longer found it
    waived_until = models.DateField(null=True)  # of its newest waiver that was not taken back

    class Meta(File.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["household", "rule"], condition=Q(member__isnull=True), name="check_finding_household"
            ),
            models.UniqueConstraint(
                fields=["household", "member", "rule"],
                condition=Q(member__isnull=False),
                name="check_finding_member",
            ),
        ]
        indexes = [models.Index(fields=["rule", "household"], condition=Q(cleared_at=None), name="check_finding_open")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.rule}"

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return household_reach(reach, "household__")

    @staticmethod
    def waits(day: date) -> Q:
        """The condition that somebody must look at it on `day`: not cleared, not waived."""
        return Q(cleared_at=None) & (Q(waived_until=None) | Q(waived_until__lt=day))

    def is_waived_on(self, day: date) -> bool:
        return self.waived_until is not None and day <= self.waived_until


class CheckWaiver(models.Model):
    """Why a finding is let stand (免改), by whom, and until when: after that day it comes back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    finding = models.ForeignKey(CheckFinding, models.CASCADE, related_name="waivers")
    reason = models.CharField(max_length=300)
    until = models.DateField()
    given_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    given_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # the desk
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # taken back

    class Meta:
        ordering = ["-given_at"]

    def __str__(self) -> str:
        return f"{self.finding} {self.until}"


class CheckSetting(models.Model):
    """What an office changed in one rule or one threshold for its area, from a day on.

    A row that changes nothing says: from that day on as the area above has it. The nearest area decides.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    code = models.CharField(max_length=CODE)  # of a rule, or of a parameter
    valid_from = models.DateField()
    is_off = models.BooleanField(default=False)
    severity = models.CharField(max_length=8, choices=Severity.choices, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # of a parameter
    reason = models.CharField(max_length=300)  # the paper it rests on
    set_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    set_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["valid_from", "set_at"]
        indexes = [models.Index(fields=["code", "valid_from"], name="check_setting_code")]

    def __str__(self) -> str:
        return f"{self.place} {self.code} {self.valid_from}"


class CheckRun(models.Model):
    """One check of a place's register, in batches; taken up again where a stopped process left it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for its turn")
        RUNNING = "running", _("is running")
        DONE = "done", _("done")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")  # null: the whole register
    pack = models.CharField(max_length=16)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()  # when its last batch ended
    ended_at = models.DateTimeField(null=True)
    reached = models.UUIDField(null=True)  # the last household that was checked
    households = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)  # new or again
    cleared = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["state", "asked_at"], name="check_run_queue")]

    def __str__(self) -> str:
        return f"{self.place or '*'} {self.asked_at:%Y-%m-%d %H:%M}"
