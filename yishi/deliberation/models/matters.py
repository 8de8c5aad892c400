"""A matter (协商事项): what is deliberated, following one version of a process model."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment, PaperRecord
from yishi.commitments.models import Commitment
from yishi.database.copied import CopiedKey
from yishi.database.counted_days import CountedDayField
from yishi.database.reach import File, Reach
from yishi.database.taken_back import TakenBack
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place, Venue
from yishi.people.models import Person


class Stage(models.TextChoices):
    """The canonical stages: every model's steps map onto them, so that counties can be compared."""

    RAISED = "raised", _("raising")
    SCREENED = "screened", _("screening")
    PLANNED = "planned", _("planning")
    STUDIED = "studied", _("study")
    DELIBERATED = "deliberated", _("deliberation")
    AGREED = "agreed", _("reaching agreement")
    HANDED_OVER = "handed_over", _("hand-over")
    CARRIED_OUT = "carried_out", _("carrying out")
    FED_BACK = "fed_back", _("feedback")
    JUDGED = "judged", _("verdict")


class ProcessModel(models.Model):
    """A locality's way to deliberate (协商模式); what it says stands in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    owner = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # empty: shipped template
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="copies")
    is_retired = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code


class ProcessVersion(models.Model):
    """One version of a process model: `document` is its file's content (see deliberation/process/schema.py)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    model = models.ForeignKey(ProcessModel, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=64)
    document = models.JSONField()
    published_at = models.DateTimeField(null=True)  # empty: a draft, which only the editor sees
    edited_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "number"], name="process_version_once")]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"


class Matter(File):
    class State(models.TextChoices):
        OPEN = "open", _("under way")
        ENDED = "ended", _("ended before the sitting")  # solved by agreement on the way
        DONE = "done", _("concluded")
        DROPPED = "dropped", _("not deliberated further")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)
    title = models.CharField(_("title"), max_length=120)
    summary = models.TextField(_("what it is about"), blank=True)
    theme = models.CharField(max_length=24)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, blank=True, related_name="+")
    convener = models.ForeignKey(Body, models.PROTECT, related_name="+")  # runs the matter
    process = models.ForeignKey(ProcessVersion, models.PROTECT, related_name="+")
    step = models.CharField(max_length=40)  # code of the step it is in
    stage = models.CharField(max_length=12, choices=Stage.choices)  # canonical stage of that step
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    step_due_on = CountedDayField(null=True)
    opened_at = models.DateTimeField()
    closed_on = models.DateField(null=True)
    closing_reason = models.TextField(blank=True)
    is_sensitive = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    is_published_case = models.BooleanField(default=False)  # known only from publications: shown only as solved
    source_note = models.CharField(max_length=300, blank=True)
    backfilled = models.BooleanField(default=False)

    class Meta(File.Meta):
        indexes = [
            models.Index(fields=["place", "stage", "state", "step_due_on"], name="matter_place_stage"),
            # the order of a desk, to its last letter; the stage beside, so that its condition reads no rows
            models.Index(fields=["convener", "state", "step_due_on", "id", "stage"], name="matter_of_convener"),
            # a desk's own by stage, and how many of them are late: counted in the order of the index, without a row
            models.Index(fields=["convener", "state", "stage", "step_due_on"], name="matter_by_stage"),
            models.Index(fields=["-opened_at"], name="matter_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        matters = cls.within.all()
        return (
            reach.places("place__")
            | Q(convener__in=reach.bodies)
            | Q(pk__in=matters.filter(gates__body__in=reach.bodies).values("pk"))
            | Q(pk__in=matters.filter(seats__person=reach.person, seats__ended_on__isnull=True).values("pk"))
            | Q(pk__in=matters.filter(parties__body__in=reach.bodies).values("pk"))
            | Q(
                pk__in=Commitment.within.filter(
                    Q(bearer__in=reach.bodies) | Q(supervisor__in=reach.bodies) | Q(escalated_to__in=reach.bodies),
                    origin_kind=Commitment.Origin.MATTER,
                ).values("origin_id")
            )
        )


class StepRecord(models.Model):
    """A matter's time in one step of its model."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="steps")
    ordinal = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=40)
    stage = models.CharField(max_length=12, choices=Stage.choices)
    entered_on = models.DateField()
    due_on = CountedDayField(null=True)
    left_on = models.DateField(null=True)
    came_back = models.BooleanField(default=False)  # a gate returned the matter: it leaves only by somebody's hand
    note = models.CharField(max_length=500, blank=True)
    ended_as = models.CharField(max_length=8, choices=Matter.State.choices, blank=True)  # over here, and opened again
    ended_reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "ordinal"], name="step_record_once")]

    def __str__(self) -> str:
        return self.step


class GateRequest(models.Model):
    """A gate put to a body, and its answer: approve, return or hold, with reason, person and date."""

    class Answer(models.TextChoices):
        APPROVE = "approve", _("approved")
        RETURN = "return", _("returned")
        HOLD = "hold", _("on hold")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="gates")
    step = models.CharField(max_length=40)
    gate = models.CharField(max_length=40)  # code of the gate in the model
    name = models.CharField(max_length=64)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_on = CountedDayField()
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    round = models.PositiveSmallIntegerField(default=1)  # asked again after a return
    shown = models.JSONField(default=dict)  # what was read when it was answered (shown.py)
    convener = CopiedKey(Body, models.PROTECT, source="matter__convener")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "step", "gate", "round"], name="gate_once_per_round")]
        indexes = [
            models.Index(fields=["body", "answer", "due_on"], name="gate_of_body"),
            models.Index(fields=["convener", "answer", "due_on", "id"], name="gate_of_convener"),
        ]

    def __str__(self) -> str:
        return self.name


class GatePaper(PaperRecord):
    """A gate's answer that came on paper: the convener's desk wrote it down, a second person compares it."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("compared with the paper: right")
        RETURNED = "returned", _("does not say what the paper says")

    gate = models.ForeignKey(GateRequest, models.CASCADE, related_name="papers")  # checked: the row with the answer
    answer = models.CharField(max_length=8, choices=GateRequest.Answer.choices)
    reason = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)  # of what stood on the gate's page when it was written down
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    finding = models.CharField(max_length=500, blank=True)
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    same_hands = models.BooleanField(default=False)  # a small office: who wrote it down compared it too

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gate"], condition=Q(outcome=""), name="gate_one_paper_to_check")
        ]


class LeaderNote(TakenBack):
    """A leader's note on the file (拟办, 批示), with a scan where it was on paper."""

    class Kind(models.TextChoices):
        PROPOSAL = "proposal", _("proposed handling")  # 拟办
        INSTRUCTION = "instruction", _("instruction")  # 批示

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    author = models.CharField(max_length=64)  # title before name, as on paper
    text = models.TextField()
    scan = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    written_on = models.DateField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.author


class Party(models.Model):
    """One of the parties to a matter (利益相关方): villagers, a grower, a department."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="parties")
    name = models.CharField(max_length=64)
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    ordinal = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "name"], name="party_once")]
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.name


class Release(models.Model):
    """The release check (信息发布审核) of a matter's public file. Nothing becomes public by itself."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("waits for the release check")
        RELEASED = "released", _("public")
        REFUSED = "refused", _("not released")
        HIDDEN = "hidden", _("hidden")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.OneToOneField(Matter, models.CASCADE, related_name="release")
    slug = models.CharField(max_length=16, unique=True)  # the public address
    title = models.CharField(max_length=120)
    summary = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARED)
    shows_agreement = models.BooleanField(default=True)
    shows_statements = models.BooleanField(default=False)
    photos = models.ManyToManyField(Attachment, blank=True, related_name="+")
    prepared_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField()
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "prepared_at"], name="release_queue")]

    def __str__(self) -> str:
        return self.title


class PhotoMask(models.Model):
    """A photo's mask (遮挡): the covered copy stands for the original in public; the original stays private."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="masks")
    original = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    covered = models.OneToOneField(Attachment, models.PROTECT, related_name="+")
    areas = models.JSONField()  # left, top, width, height of each rectangle in thousandths of the photo
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "original"], name="photo_masked_once")]

    def __str__(self) -> str:
        return str(self.original)


class GoodCase(models.Model):
    """A matter shown as an example; its model can be copied."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.OneToOneField(Matter, models.CASCADE, related_name="good_case")
    why = models.TextField()
    chosen_by = models.ForeignKey(Body, models.PROTECT, related_name="+")
    chosen_on = models.DateField()
    withdrawn_on = models.DateField(null=True)

    def __str__(self) -> str:
        return str(self.matter)
