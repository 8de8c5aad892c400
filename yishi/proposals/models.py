"""Proposals and advice (提案/建言): written once, answered by a body, rated by its authors, adopted into a document."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.database.reach import File, Reach
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place
from yishi.people.models import Person


class Proposal(File):
    class Kind(models.TextChoices):
        PROPOSAL = "proposal", _("formal proposal")  # 提案
        OPINION = "opinion", _("conditions and opinions of the people")  # 社情民意
        ONLINE = "online", _("online deliberation")  # 网络议政
        REPORT = "report", _("research report")  # 调研报告

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Outcome(models.TextChoices):
        ADOPTED = "adopted", _("adopted")
        PARTLY = "partly", _("adopted in part")
        NOT = "not", _("not adopted")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True, null=True)  # given when it is submitted
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=80)
    text = models.TextField()
    theme = models.CharField(max_length=24)  # a code of organisations/data/themes.csv
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # of which it speaks
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    desk = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # that wrote it down for the author
    office = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # that received it
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    written_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # why withdrawn
    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, related_name="+")  # its answer is owed
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    decided_on = models.DateField(null=True)
    is_demo = models.BooleanField(default=False)

    class Meta(File.Meta):
        indexes = [
            models.Index(fields=["place", "-submitted_at"], name="proposal_place"),
            models.Index(fields=["author", "-written_at"], name="proposal_author"),
            models.Index(fields=["office", "state"], name="proposal_office"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """A draft is its authors' and their desk's; once submitted it is the offices' of its place and the bearer's."""
        own = Q(author=reach.person, author__isnull=False) | Q(written_by=reach.person, written_by__isnull=False)
        asked = Signer.objects.filter(person=reach.person, person__isnull=False).values("proposal")
        handled = reach.places("place__") | Q(office__in=reach.bodies) | Q(commitment__bearer__in=reach.bodies)
        return own | Q(desk__in=reach.bodies) | Q(pk__in=asked) | (handled & ~Q(state=cls.State.DRAFT))


class Signer(models.Model):
    """A member who was asked to sign too (联名), and what they said."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="signers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agrees = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "person"], name="signer_once")]
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return str(self.person)


class Adoption(models.Model):
    """Where a proposal went: the document, its clause, a line of the budget; or why it went nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="adoptions")
    outcome = models.CharField(max_length=10, choices=Proposal.Outcome.choices)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")  # which decided
    document = models.CharField(max_length=160, blank=True)
    clause = models.CharField(max_length=160, blank=True)
    budget_line = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_on = models.DateField()
    evidence = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["recorded_at", "pk"]

    def __str__(self) -> str:
        return self.document or self.outcome
