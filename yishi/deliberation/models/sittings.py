"""Study, seats and draw, the sitting with statements and stances, minutes and agreement."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.database.copied import CopiedKey
from yishi.database.counted_days import CountedDayField
from yishi.database.reach import File, Reach
from yishi.database.taken_back import TakenBack
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Venue
from yishi.people.models import Person

from .matters import Matter, Party


class Study(TakenBack):
    """Visits and findings before a sitting (调研)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="studies")
    question = models.CharField(max_length=300)
    lead = models.CharField(max_length=64, blank=True)
    opened_on = models.DateField()
    backfilled = models.BooleanField(default=False)  # 补录
    report = models.TextField(blank=True)
    handed_in_on = models.DateField(null=True)
    checked_on = models.DateField(null=True)
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    check_note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["checked_on", "handed_in_on"], name="study_to_check")]

    def __str__(self) -> str:
        return self.question


class StudyVisit(TakenBack):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    study = models.ForeignKey(Study, models.CASCADE, related_name="visits")
    on = models.DateField()
    where = models.CharField(max_length=120)
    met = models.CharField(max_length=200)  # who was met, in roles
    text = models.TextField()
    photos = models.ManyToManyField(Attachment, blank=True, related_name="+")
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    backfilled = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.where


class StudyFinding(TakenBack):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    study = models.ForeignKey(Study, models.CASCADE, related_name="findings")
    ordinal = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    source = models.CharField(max_length=200, blank=True)

    class Meta(TakenBack.Meta):
        abstract = False
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.text


class Draw(models.Model):
    """A draw of seats that anyone can repeat: the list's hash first, then the numbers, then the order."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="draws")
    seat_class = models.CharField(max_length=40)
    wanted = models.PositiveSmallIntegerField()
    candidates = models.JSONField()  # [person id, …] sorted
    list_hash = models.CharField(max_length=64)
    number_source = models.CharField(max_length=200)  # which later public number will be used
    published_at = models.DateTimeField()
    public_number = models.CharField(max_length=64, blank=True)
    party_numbers = models.JSONField(default=dict)  # {party id: number}
    seed = models.CharField(max_length=64, blank=True)
    order = models.JSONField(default=list)  # [person id, …] as drawn
    drawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.list_hash


class Seat(models.Model):
    """A person's dated grant in one matter: what they are there, for whom, and how they came to it."""

    class Role(models.TextChoices):
        CONVENER = "convener", _("convener")
        CHAIR = "chair", _("chair")
        SECRETARY = "secretary", _("secretary")
        PARTY = "party", _("party")
        REPRESENTATIVE = "representative", _("representative")
        EXPERT = "expert", _("expert")
        SUPERVISOR = "supervisor", _("supervisor")
        OBSERVER = "observer", _("observer")

    class FilledBy(models.TextChoices):
        OFFICE = "office", _("by office")
        NOMINATION = "nomination", _("nomination")
        INVITATION = "invitation", _("invitation")
        DRAW = "draw", _("random draw")

    class Sex(models.TextChoices):
        FEMALE = "f", _("female")
        MALE = "m", _("male")

    class State(models.TextChoices):
        INVITED = "invited", _("invited")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        REPLACED = "replaced", _("replaced")
        RECUSED = "recused", _("recused")
        MISTAKEN = "mistaken", _("entered by mistake")

    LIVE = (State.INVITED, State.ACCEPTED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="seats")
    seat_class = models.CharField(max_length=40, blank=True)  # code in the model
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="seats")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)  # for the time to speak; as the roll noted it
    filled_by = models.CharField(max_length=12, choices=FilledBy.choices)
    draw = models.ForeignKey(Draw, models.PROTECT, null=True, blank=True, related_name="seats")
    state = models.CharField(max_length=10, choices=State.choices, default=State.INVITED)
    reason = models.CharField(max_length=300, blank=True)  # why declined, replaced, recused, entered by mistake
    substitute = models.CharField(max_length=64, blank=True)  # whom they named when they declined
    substitute_phone = models.CharField(max_length=32, blank=True)
    written_as = models.CharField(max_length=64, blank=True)  # how the name stood here before it was corrected
    interests = models.CharField(max_length=500, blank=True)  # declared by the chair; "none" is a declaration
    interests_declared_at = models.DateTimeField(null=True)
    interests_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # who wrote it down for them
    interests_how = models.CharField(max_length=300, blank=True)  # and how they had declared it
    recusal_note = models.CharField(max_length=500, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "person", "role"], condition=Q(ended_on__isnull=True), name="seat_held_once"
            ),
            models.UniqueConstraint(
                fields=["matter"], condition=Q(role="chair", ended_on__isnull=True), name="seat_one_chair"
            ),
        ]
        indexes = [models.Index(fields=["person", "ended_on"], name="seat_of_person")]

    def __str__(self) -> str:
        return f"{self.person} · {self.role}"


class ChairObjection(models.Model):
    """A party's objection to the chair, and what was decided."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="objections")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    upheld = models.BooleanField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.reason


class Sitting(File):
    """One meeting (协商会议)."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        NOTICED = "noticed", _("notice given")
        OPEN = "open", _("open")
        RECESS = "recess", _("in recess")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    AHEAD = (State.PLANNED, State.NOTICED)
    BEGUN = (State.OPEN, State.RECESS, State.CLOSED)
    CALLS_ROLL = (*AHEAD, State.OPEN, State.RECESS)  # in these people come and go

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="sittings")
    ordinal = models.PositiveSmallIntegerField()
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, blank=True, related_name="+")
    where = models.CharField(max_length=120, blank=True)
    agenda = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    notice_given_on = models.DateField(null=True)
    papers_sent_on = models.DateField(null=True)
    short_notice_reason = models.CharField(max_length=300, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True)
    resumes_at = models.DateTimeField(null=True)  # in a recess to another day: when it goes on
    closed_at = models.DateTimeField(null=True)
    quorum = models.PositiveSmallIntegerField(default=0)
    quorum_by_hand = models.BooleanField(default=False)  # else it follows the model and the seats held at the opening
    present_at_opening = models.PositiveSmallIntegerField(null=True)
    version = models.PositiveIntegerField(default=0)  # raised at every change: what phones poll for
    turn_seconds = models.PositiveSmallIntegerField(null=True, default=180)  # for how long somebody speaks at a time
    roll_version = models.PositiveIntegerField(default=0)  # raised as people come and go: no phone shows another's
    backfilled = models.BooleanField(default=False)
    convener = CopiedKey(Body, models.PROTECT, source="matter__convener")

    class Meta(File.Meta):
        constraints = [models.UniqueConstraint(fields=["matter", "ordinal"], name="sitting_once")]
        indexes = [
            models.Index(fields=["starts_at"], name="sitting_when"),
            models.Index(fields=["convener", "state", "starts_at"], name="sitting_of_convener"),
        ]

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return Q(matter__in=Matter.keys())

    def __str__(self) -> str:
        return f"{self.matter} {self.starts_at:%Y-%m-%d}"

    @property
    def has_begun(self) -> bool:
        return self.state in self.BEGUN

    @property
    def calls_roll(self) -> bool:
        """Do people come and go? Before it opens, while it is open, and in a recess."""
        return self.state in self.CALLS_ROLL

    @property
    def limit(self) -> int:
        """Seconds of one turn to speak; 0 is without a limit."""
        return self.turn_seconds or 0

    @property
    def is_live(self) -> bool:
        """Are people in the room now? Then its screens are no desk that somebody left."""
        return self.state == self.State.OPEN or (self.state == self.State.RECESS and self.resumes_at is None)


class Minutes(models.Model):
    """A sitting's minutes (纪要)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.OneToOneField(Sitting, models.CASCADE, related_name="minutes")
    number = models.CharField(max_length=32, unique=True)
    text = models.TextField()
    due_on = CountedDayField(null=True)
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    draft = models.PositiveSmallIntegerField(default=1)  # written anew before they are issued: 2, and so on
    asked_at = models.DateTimeField(null=True)  # since when those who were there may read it and answer
    unheard = models.CharField(max_length=300, blank=True)  # why they were issued before everybody had answered
    issued_at = models.DateTimeField(null=True)
    edition = models.PositiveSmallIntegerField(default=1)  # corrected after they were issued: 2, and so on
    correction = models.CharField(max_length=300, blank=True)  # why this edition replaces the one before

    def __str__(self) -> str:
        return self.number


class ReplacedMinutes(models.Model):
    """Minutes as they were issued before a corrected edition replaced them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="replaced")
    edition = models.PositiveSmallIntegerField()
    text = models.TextField()
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["minutes", "edition"], name="minutes_replaced_once")]
        ordering = ["-edition"]

    def __str__(self) -> str:
        return f"{self.minutes} {self.edition}"


class Agreement(models.Model):
    """Text with conditions and duties (协商意见); recorded, it gives rise to commitments."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        RECORDED = "recorded", _("recorded")  # signed or witnessed: its duties are agreed
        HANDED_OVER = "handed_over", _("handed over")  # its commitments are in force

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="agreements")
    sitting = models.ForeignKey(Sitting, models.PROTECT, null=True, related_name="agreements")  # none: before any
    number = models.CharField(max_length=32, unique=True)
    text = models.TextField()
    conditions = models.TextField(blank=True)
    minority = models.TextField(blank=True)  # what stayed disputed
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    recorded_on = models.DateField(null=True)
    handed_over_on = models.DateField(null=True)
    scan = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    convener = CopiedKey(Body, models.PROTECT, source="matter__convener")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=~Q(state="draft"), name="agreement_one_recorded")
        ]
        indexes = [models.Index(fields=["convener", "state", "recorded_on"], name="agreement_of_convener")]

    def __str__(self) -> str:
        return self.number


class Consent(models.Model):
    """How a party consented to an agreement."""

    class Way(models.TextChoices):
        PAPER = "paper", _("signed paper")
        ORAL = "oral", _("witnessed oral consent")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="consents")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=Way.choices)
    witness = models.CharField(max_length=64, blank=True)
    condition = models.CharField(max_length=300, blank=True)
    scan = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True)  # of the agreement as it was read (shown.py)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "party"], name="consent_once")]

    def __str__(self) -> str:
        return str(self.party)


class Duty(models.Model):
    """A duty in an agreement; recorded, it is a commitment."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="duties")
    ordinal = models.PositiveSmallIntegerField()
    act = models.CharField(max_length=300)
    bearer = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    bearer_party = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="+")
    bearer_household = models.CharField(max_length=64, blank=True)  # by name, as it is called there
    bearer_person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    responsible = models.CharField(max_length=64, blank=True)  # 责任人
    quantity = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    unit = models.CharField(max_length=16, blank=True)
    due_on = models.DateField(null=True, blank=True)
    conditions = models.CharField(max_length=500, blank=True)
    proof_expected = models.CharField(max_length=300, blank=True)
    supervisor = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    commitment = models.OneToOneField(Commitment, models.PROTECT, null=True, blank=True, related_name="duty")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "ordinal"], name="duty_once")]
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.act

    @property
    def owes(self) -> str:
        """The name of who does it: a body, a party of the matter, a household; empty while nobody is settled."""
        return str(self.bearer or self.bearer_party or self.bearer_household)
