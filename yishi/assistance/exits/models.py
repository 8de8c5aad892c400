"""Exit assessments (退出评估): the frame and its sample, interviews, suspicions with counter-evidence and ruling.

An assessment goes framed → drawn → closed, and is decided by somebody else than who closed it; dropped, it stays with
its reason. Rules and questionnaire are those of the version with which it began (`survey/`).
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yishi.assistance.exits.survey.frame import EXITED, UNLISTED
from yishi.assistance.register.models import Household, village_reach
from yishi.attachments.models import Attachment
from yishi.database.counted_days import CountedDayField
from yishi.database.reach import File, FilesManager, Reach
from yishi.database.taken_back import StandingManager, TakenBack
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place, PlaceSetItem
from yishi.people.models import Person

VERSION, HASH, CODE = 24, 64, 40


class ExitAssessment(File):
    class Stage(models.TextChoices):
        FRAMED = "framed", _("frame made, not drawn yet")
        DRAWN = "drawn", _("sample drawn")
        CLOSED = "closed", _("closed, package signed")
        DROPPED = "dropped", _("void")

    class Decision(models.TextChoices):
        APPROVED = "approved", _("exit approved")
        REFUSED = "refused", _("exit refused")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # the county
    year = models.PositiveSmallIntegerField()  # of the exit
    as_of = models.DateField()  # the register as it was on that day
    rules = models.CharField(max_length=VERSION)
    area_rules = models.JSONField(default=list, blank=True)  # what held in the area when it was opened: survey/area
    questionnaire = models.CharField(max_length=VERSION)
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.FRAMED)
    frame_hash = models.CharField(max_length=HASH)
    frame_households = models.PositiveIntegerField()
    frame_people = models.JSONField(default=dict)  # {kind: people}
    strata = models.JSONField(default=dict, blank=True)  # name → villages, drawn villages, households, drawn
    seed = models.CharField(max_length=120, blank=True)
    seed_source = models.CharField(max_length=200, blank=True)
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    opened_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)
    drop_reason = models.CharField(max_length=300, blank=True)
    results = models.JSONField(default=dict, blank=True)  # as they stood when it was closed
    package_hash = models.CharField(max_length=HASH, blank=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decision_reason = models.CharField(max_length=300, blank=True)
    lists_left = models.ManyToManyField(PlaceSetItem, related_name="+")  # poor lists that the county left by it
    decision_shown = models.CharField(max_length=HASH, blank=True)  # the hash of what whoever decided read
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta(File.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("closed_by")), name="exit_closed_decided_apart"
            ),
            models.CheckConstraint(condition=Q(decision="") | Q(stage="closed"), name="exit_decided_closed"),
        ]
        indexes = [models.Index(fields=["place", "-opened_at"], name="exit_assessment_place")]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return reach.places("place__")


class ExitSetting(models.Model):
    """What an office changed in the rules of an exit for its area, from a day on, with the paper on which it rests.

    A row that changes nothing says: from that day on as the area above has it. The nearest area decides. What began
    before keeps what held then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    code = models.CharField(max_length=VERSION)  # of survey/area: a number, or a household's condition
    valid_from = models.DateField()
    value = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    is_off = models.BooleanField(default=False)  # the condition is none here
    source = models.CharField(max_length=300)
    set_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    set_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["valid_from", "set_at"]
        constraints = [
            models.CheckConstraint(condition=Q(value=None) | Q(is_off=False), name="exit_setting_one_of_both"),
        ]
        indexes = [models.Index(fields=["code", "valid_from"], name="exit_setting_code")]

    def __str__(self) -> str:
        return f"{self.place} {self.code} {self.valid_from}"


class ExitFile(models.Model):
    """A file of an assessment as it was published, compressed: the frame, and the package of a closed one."""

    class Kind(models.TextChoices):
        FRAME = "frame", _("frame")
        PACKAGE = "package", _("package")
        CODES = "codes", _("whose code is whose")  # never leaves the installation

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assessment = models.ForeignKey(ExitAssessment, models.CASCADE, related_name="files")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "kind"], name="exit_file_once")]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.kind}"


class ExitSample(File):
    """A drawn household: one of the register, or a line of a village's roster that the register does not know."""

    class Kind(models.TextChoices):
        EXITED = EXITED, _("out of poverty")
        UNLISTED = UNLISTED, _("never listed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assessment = models.ForeignKey(ExitAssessment, models.CASCADE, related_name="samples")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # the village
    stratum = models.CharField(max_length=CODE)
    rank = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=CODE)  # as it stands in the frame
    kind = models.CharField(max_length=8, choices=Kind.choices)
    people = models.PositiveSmallIntegerField()  # by the frame; 0: not known
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    roster_line = models.PositiveIntegerField(null=True)

    class Meta(File.Meta):
        constraints = [
            models.UniqueConstraint(fields=["assessment", "code"], name="exit_sample_once"),
            models.CheckConstraint(
                condition=Q(household=None, roster_line__isnull=False) | Q(household__isnull=False, roster_line=None),
                name="exit_sample_who",
            ),
        ]
        indexes = [models.Index(fields=["assessment", "stratum", "rank"], name="exit_sample_order")]

    def __str__(self) -> str:
        return self.code

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return village_reach(reach)


class StandingFilesManager(FilesManager[Any]):
    """Within a scope, and without what was taken back."""

    def get_queryset(self) -> models.QuerySet[Any]:
        files = super().get_queryset()
        return files.filter(taken_back_at__isnull=True) if isinstance(files, models.QuerySet) else files


class ExitInterview(TakenBack):
    """What a household answered, as a record that needs no other: the questionnaire's version, the register's facts
    that were shown, who asked and when. From paper it is entered twice, the second time by somebody else; where the
    two differ a decision settles it."""

    class Outcome(models.TextChoices):
        DONE = "done", _("answered")
        AWAY = "away", _("nobody was met")
        REFUSED = "refused", _("did not want to answer")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sample = models.ForeignKey(ExitSample, models.CASCADE, related_name="interviews")
    questionnaire = models.CharField(max_length=VERSION)
    known = models.JSONField(default=dict, blank=True)  # what the register said, as it was shown
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    answers = models.JSONField(default=dict, blank=True)
    on = models.DateField()
    on_paper = models.BooleanField(default=False)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    second_answers = models.JSONField(null=True)
    second_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    settled_answers = models.JSONField(null=True)
    settled_reason = models.CharField(max_length=300, blank=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sample"], condition=Q(taken_back_at__isnull=True), name="exit_interview_once"
            ),
            models.CheckConstraint(
                condition=Q(second_by=None) | ~Q(second_by=F("entered_by")), name="exit_entered_twice_apart"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.outcome}"

    @property
    def is_whole(self) -> bool:
        """Do its answers stand? From paper only after a second entry that agrees, or a decision."""
        if self.outcome != self.Outcome.DONE or not self.on_paper:
            return True
        return self.settled_answers is not None or (
            self.second_answers is not None and self.second_answers == self.answers
        )

    @property
    def said(self) -> dict[str, Any]:
        """The answers that count."""
        return dict(self.answers if self.settled_answers is None else self.settled_answers)


class ExitSuspicion(TakenBack, File):
    """A suspected wrong exit (疑似错退), missed household (疑似漏评) or other finding, raised from an interview. The
    county may refute it until a day; then somebody who neither asked nor raised it rules."""

    class Kind(models.TextChoices):
        WRONG = "wrong", _("suspected wrong exit")
        MISSED = "missed", _("suspected missed household")
        OTHER = "other", _("another finding")

    class State(models.TextChoices):
        OPEN = "open", _("open to counter-evidence")
        COUNTERED = "countered", _("counter-evidence is filed")
        UPHELD = "upheld", _("ruled: upheld")
        DISMISSED = "dismissed", _("ruled: not upheld")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)
    sample = models.ForeignKey(ExitSample, models.CASCADE, related_name="suspicions")
    interview = models.ForeignKey(ExitInterview, models.PROTECT, related_name="suspicions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    conditions = models.JSONField(default=list)  # codes of the household's rules that are not met
    basis = models.CharField(max_length=500)
    people = models.PositiveSmallIntegerField()  # whom it concerns
    interviewer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    raised_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    raised_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    raised_on = models.DateField()
    raised_at = models.DateTimeField()
    due_on = CountedDayField()  # until then counter-evidence is filed
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    ruling_reason = models.CharField(max_length=500, blank=True)
    ruled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ruled_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    ruled_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = StandingFilesManager()
    within: ClassVar = StandingManager()

    class Meta(File.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "kind"], condition=Q(taken_back_at__isnull=True), name="exit_suspicion_once"
            ),
            models.CheckConstraint(
                condition=Q(ruled_by=None) | (~Q(ruled_by=F("interviewer")) & ~Q(ruled_by=F("raised_by"))),
                name="exit_asked_ruled_apart",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=("open", "countered"), ruled_by=None))
                | Q(state__in=("upheld", "dismissed"), ruled_by__isnull=False),
                name="exit_ruled_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="exit_suspicion_due")]

    def __str__(self) -> str:
        return self.number

    @property
    def place(self) -> Place:
        """The village of its household."""
        village: Place = self.sample.place
        return village

    @property
    def is_ruled(self) -> bool:
        return self.state in (self.State.UPHELD, self.State.DISMISSED)

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return village_reach(reach, "sample__")


class ExitCounter(TakenBack):
    """Counter-evidence (举证): what speaks against a suspicion, with its files."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    suspicion = models.ForeignKey(ExitSuspicion, models.CASCADE, related_name="counters")
    text = models.CharField(max_length=500)
    files = models.ManyToManyField(Attachment, related_name="+")
    filed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    filed_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)  # after the day until which it was to be filed

    def __str__(self) -> str:
        return f"{self.suspicion_id} {self.filed_at:%Y-%m-%d}"


class ExitFollowed(models.Model):
    """What a decision changed in the register: a household's record as it was and as it became, for the way back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assessment = models.ForeignKey(ExitAssessment, models.CASCADE, related_name="followed")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    was = models.JSONField()
    became = models.JSONField()
    standings = models.JSONField(default=list)  # as they were, day by day

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "household"], name="exit_followed_once")]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.household_id}"
