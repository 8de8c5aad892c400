"""Online consultation (线上征询): many people state and vote on phones; nobody sees a tally until it closes."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.database.copied import CopiedKey
from yishi.database.reach import File, Reach
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body
from yishi.people.models import Person

from .matters import Matter, Party
from .sittings import Sitting

LONGEST_STATEMENT = 140


class Consultation(File):
    """One question on a matter, put to everybody with the link, or to the holders of slips only."""

    class Audience(models.TextChoices):
        ANYONE = "anyone", _("anyone with the link")
        INVITED = "invited", _("only who holds a slip")

    class Stage(models.TextChoices):
        DRAFT = "draft", _("in preparation")
        OPEN = "open", _("open for votes")
        CLOSED = "closed", _("closed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="consultations")
    ordinal = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=120)
    intro = models.TextField(blank=True)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.ANYONE)
    addressed = models.PositiveIntegerField(null=True, blank=True)  # how many people it is meant for, if known
    may_people_state = models.BooleanField(default=True)
    asks_party = models.BooleanField(default=False)  # the matter's parties, declared by each for themself
    code = models.CharField(max_length=16, unique=True)  # of the link; may be issued anew
    closes_at = models.DateTimeField()
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.DRAFT)
    planned_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # the release check
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.CharField(max_length=300, blank=True)  # why before its day
    priorities = models.JSONField(default=dict)  # {statement number: weight} for routing; says nothing of which way
    weighed_at = models.PositiveIntegerField(default=0)  # how many votes there were then
    result = models.JSONField(null=True)  # see consultation_report.py; written once, after closing
    result_hash = models.CharField(max_length=64, blank=True)
    brief = models.ForeignKey(Sitting, models.SET_NULL, null=True, related_name="briefs")  # the result went there
    convener = CopiedKey(Body, models.PROTECT, source="matter__convener")

    class Meta(File.Meta):
        constraints = [models.UniqueConstraint(fields=["matter", "ordinal"], name="consultation_once")]
        indexes = [
            models.Index(fields=["stage", "closes_at"], name="consultation_stage"),
            models.Index(fields=["convener", "stage", "closes_at"], name="consultation_of_convener"),
        ]

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return Q(matter__in=Matter.keys())

    def __str__(self) -> str:
        return self.question


class Voice(models.Model):
    """One person's voice in one consultation. Who it is, is not kept: only a keyed hash that finds it again."""

    class Kind(models.TextChoices):
        LINK = "link", _("by the link")
        SLIP = "slip", _("by a slip")
        ACCOUNT = "account", _("by account or query code")

    id = models.UUIDField(primary_key=True, editable=False)  # follows from the digest
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="voices")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    digest = models.CharField(max_length=64, unique=True)  # of the receipt in the phone, the slip or the person
    network = models.CharField(max_length=16, blank=True)  # keyed hash of the address; wiped when it is counted
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="+")  # as declared

    def __str__(self) -> str:
        return str(self.pk)


class ConsultationStatement(models.Model):
    """A short sentence to vote on. `number` is its name everywhere: on the phone, in the log, in the download."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for moderation")
        ADMITTED = "admitted", _("admitted")
        REFUSED = "refused", _("not admitted")

    class Reason(models.TextChoices):
        OFF_TOPIC = "off_topic", _("not about the question")
        SAID = "said", _("says what another statement says")
        NO_STATEMENT = "no_statement", _("no sentence with which one can agree or not")
        PERSONAL = "personal", _("names a person or gives personal data")
        INSULT = "insult", _("insults somebody")
        UNLAWFUL = "unlawful", _("against the law")

    # Refused for these, its words are not shown in the public log.
    UNSHOWN = (Reason.PERSONAL, Reason.INSULT, Reason.UNLAWFUL)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="statements")
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=LONGEST_STATEMENT)
    by_staff = models.BooleanField(default=False)
    voice = models.ForeignKey(Voice, models.CASCADE, null=True, related_name="statements")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    words = models.CharField(max_length=200, blank=True)  # of the moderator
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    appeal = models.CharField(max_length=300, blank=True)
    appealed_at = models.DateTimeField(null=True)
    appeal_answer = models.CharField(max_length=300, blank=True)
    appeal_decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    appeal_decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "number"], name="consultation_statement_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return self.text

    @property
    def may_be_shown(self) -> bool:
        return self.state == self.State.ADMITTED or (
            self.state == self.State.REFUSED and self.reason not in self.UNSHOWN
        )


class ConsultationVote(models.Model):
    """Where one voice stands on one statement: +1 agree, -1 object, 0 pass. May be changed until it closes.

    It carries no time, in its id neither: the moment of a tap would lead to a phone.
    """

    class Value(models.IntegerChoices):
        AGREE = 1, _("agree")
        OBJECT = -1, _("object")
        PASS = 0, _("pass")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    voice = models.ForeignKey(Voice, models.CASCADE, related_name="votes")
    statement = models.ForeignKey(ConsultationStatement, models.CASCADE, related_name="votes")
    value = models.SmallIntegerField(choices=Value.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["voice", "statement"], name="consultation_vote_once"),
            models.CheckConstraint(condition=Q(value__in=[1, 0, -1]), name="consultation_vote_value"),
        ]

    def __str__(self) -> str:
        return str(self.value)


class ConsultationSlip(models.Model):
    """A paper slip with a code for one voice. Slips are given out from hand to hand; who got which is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="slips")
    batch = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    is_void = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "number"], name="consultation_slip_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.number)
