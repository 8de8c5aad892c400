"""Monitoring against a return to poverty (防返贫监测): facts, the signals that they raise, and the monitored families.

A fact (a bill, days of absence) is kept also where it raises nothing, so that a year's bills add up. A signal waits for
a verdict; a true one opens the file of a family (`Watch`), which goes from the visit at home to the county's
recognition, and out by clearance or by a return to poverty. What the register says of the family follows.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yishi.assistance.pairing.models.pairing import Visit
from yishi.assistance.register.models.households import CODE, Household, household_reach, village_reach
from yishi.assistance.register.models.register import HouseholdMember
from yishi.attachments.models import Attachment
from yishi.database.reach import File, Reach
from yishi.database.taken_back import TakenBackFile
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place
from yishi.people.models import Person

REASON = 300


class Watch(File):
    """The file of one family's monitoring (监测对象), from its first true signal on."""

    class Stage(models.TextChoices):
        OPENED = "opened", _("to be verified at home")
        VERIFIED = "verified", _("to be reviewed in the village")
        POSTED = "posted", _("posted in the village")
        CHECKED = "checked", _("to be recognised by the county")
        WATCHED = "watched", _("under monitoring")
        CLEARED = "cleared", _("risk cleared")
        RETURNED = "returned", _("fell back")
        REFUSED = "refused", _("not recognised")

    OPEN = (Stage.OPENED, Stage.VERIFIED, Stage.POSTED, Stage.CHECKED, Stage.WATCHED)

    class Consent(models.TextChoices):
        PAPER = "paper", _("signed on paper")  # 农户授权承诺书
        CODE = "code", _("given with the family's own code")

    class Clearing(models.TextChoices):
        STABLE = "stable", _("stably cleared")  # 稳定消除
        NATURAL = "natural", _("cleared by death or removal")  # 自然消除

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)
    household = models.ForeignKey(Household, models.PROTECT, related_name="watches")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # the village, when it was opened
    pack = models.CharField(max_length=16)  # the version of the rules with which it began
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.OPENED)
    found_on = models.DateField()  # the day of the first true signal
    recognise_by = models.DateField()
    kind = models.CharField(max_length=CODE, blank=True)  # list watch_kind
    risks = models.JSONField(default=list, blank=True)  # codes of list poverty_cause
    consent = models.CharField(max_length=8, choices=Consent.choices, blank=True)
    verified_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    posted_on = models.DateField(null=True)
    posted_until = models.DateField(null=True)
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recognised_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recognised_on = models.DateField(null=True)
    measures_from = models.DateField()  # measures agreed since then are those of this monitoring
    measures_by = models.DateField(null=True)
    clearing = models.CharField(max_length=8, choices=Clearing.choices, blank=True)
    ended_on = models.DateField(null=True)  # cleared, fell back, or was not recognised
    same_hands = models.BooleanField(default=False)  # a small office: one person did two of the steps
    opened_at = models.DateTimeField()

    class Meta(File.Meta):
        indexes = [
            models.Index(fields=["stage", "recognise_by"], name="watch_queue"),
            models.Index(fields=["household", "stage"], name="watch_of_household"),
            models.Index(fields=["-found_on", "id"], name="watch_order"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(stage__in=["opened", "verified", "posted", "checked", "watched"]),
                name="watch_open_once",
            ),
            models.CheckConstraint(
                condition=Q(same_hands=True)
                | (
                    (Q(checked_by__isnull=True) | ~Q(checked_by=F("verified_by")))
                    & (Q(recognised_by__isnull=True) | ~Q(recognised_by=F("checked_by")))
                    & (Q(recognised_by__isnull=True) | ~Q(recognised_by=F("verified_by")))
                ),
                name="watch_other_hands",
            ),
            models.CheckConstraint(
                condition=Q(posted_until__isnull=True) | Q(posted_until__gte=F("posted_on")), name="watch_posted_days"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return household_reach(reach, "household__")


class WatchStep(models.Model):
    """One step of a family's file, who took it and on what; taken back it stays, with the reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    watch = models.ForeignKey(Watch, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=10)
    on = models.DateField()
    words = models.CharField(max_length=500, blank=True)
    data = models.JSONField(default=dict, blank=True)  # what the step says beyond its words
    before = models.JSONField(default=dict)  # the columns of the file before it
    register = models.JSONField(default=dict, blank=True)  # what the register said of the family before it
    files = models.ManyToManyField(Attachment, blank=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    taken_back_reason = models.CharField(max_length=REASON, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.watch_id} {self.verb}"


class WatchSignal(File):
    """One signal (预警信号) about a family: what raised it, the verdict on it, and what it led to."""

    class Source(models.TextChoices):
        DEPARTMENT = "department", _("a department's list")
        SELF_REPORT = "self_report", _("the family's own report")
        VISIT = "visit", _("a visit")
        CHECK = "check", _("a logic check")
        SEEN = "seen", _("seen by a desk")

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a verdict")
        TRUE = "true", _("true")  # 属实
        UNTRUE = "untrue", _("not true")  # 不属实
        KNOWN = "known", _("monitored already")  # 已在册
        REFERRED = "referred", _("handed to another body")  # 转办
        MISTAKE = "mistake", _("told by mistake")  # what raised it was taken back: no verdict, and nobody cried wolf

    VERDICTS = (State.TRUE, State.UNTRUE, State.KNOWN, State.REFERRED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)
    household = models.ForeignKey(Household, models.PROTECT, related_name="watch_signals")
    trigger = models.CharField(max_length=CODE)
    pack = models.CharField(max_length=16)
    source = models.CharField(max_length=12, choices=Source.choices)
    total = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # that reached the threshold
    threshold = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # as it stood on that day
    words = models.CharField(max_length=REASON, blank=True)
    raised_on = models.DateField()
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    judge_by = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=REASON, blank=True)
    referred_to = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    judged_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    judged_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # the desk
    judged_at = models.DateTimeField(null=True)
    watch = models.ForeignKey(Watch, models.PROTECT, null=True, related_name="signals")

    class Meta(File.Meta):
        indexes = [
            models.Index(fields=["state", "judge_by"], name="watch_signal_queue"),
            models.Index(fields=["household", "trigger", "raised_on"], name="watch_signal_cooling"),
            models.Index(fields=["trigger", "state"], name="watch_signal_precision"),
        ]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return household_reach(reach, "household__")


class WatchFact(TakenBackFile):
    """Something that happened to a family, as it was told: one bill, days of absence. It counts within its window; one
    that was told by mistake stays, with the reason, and counts for nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="watch_facts")
    member = models.ForeignKey(HouseholdMember, models.PROTECT, null=True, related_name="+")
    trigger = models.CharField(max_length=CODE)
    on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    reference = models.CharField(max_length=64, blank=True)  # the number of the bill or the line of the list
    source = models.CharField(max_length=12, choices=WatchSignal.Source.choices)
    signal = models.ForeignKey(WatchSignal, models.PROTECT, null=True, related_name="facts")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="+")  # on which it was seen
    told_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField()

    class Meta(TakenBackFile.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["trigger", "reference"],
                condition=~Q(reference="") & Q(taken_back_at__isnull=True),
                name="watch_fact_told_once",
            ),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gt=0), name="watch_fact_amount"),
        ]
        indexes = [models.Index(fields=["household", "trigger", "on"], name="watch_fact_window")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.trigger} {self.on}"

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return household_reach(reach, "household__")


class SelfReport(File):
    """What a family told of itself (农户自主申报), without an account: by its own code, which says who it is, or from
    the village's poster with a name and a place, which the desk there matches by hand, never by guess."""

    class State(models.TextChoices):
        WAITING = "waiting", _("to be matched by hand")
        MATCHED = "matched", _("the family is known")
        SET_ASIDE = "aside", _("not taken up")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # the village, or the township
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="self_reports")
    reporter = models.ForeignKey(Person, models.PROTECT, related_name="+")  # who reads what came of it
    name = models.CharField(max_length=64)  # as it was typed
    phone = models.CharField(max_length=32, blank=True)
    trigger = models.CharField(max_length=CODE)
    pack = models.CharField(max_length=16)
    on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    words = models.CharField(max_length=REASON, blank=True)
    filed_at = models.DateTimeField()
    match_by = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    fact = models.ForeignKey(WatchFact, models.PROTECT, null=True, related_name="self_reports")
    reason = models.CharField(max_length=REASON, blank=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta(File.Meta):
        indexes = [
            models.Index(fields=["state", "match_by"], name="self_report_queue"),
            models.Index(fields=["reporter", "-filed_at"], name="self_report_own"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="matched") | (Q(household__isnull=False) & Q(fact__isnull=False)),
                name="self_report_matched",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return village_reach(reach)
