"""Secret ballots in the room (无记名投票): the roll, in the open; the urn, sealed; at the end the counts alone."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yishi.kit.ids import uuid7
from yishi.people.models import Person

from .sittings import Seat, Sitting


class SecretBallot(models.Model):
    """One question that a room decides in secret: on screens, on paper, or both against one roll."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        COUNTED = "counted", _("slips counted")
        VOID = "void", _("void, does not count")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="ballots")
    ordinal = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=300)
    choices = models.JSONField()  # texts, in the order in which they stand on the slip
    on_screen = models.BooleanField()
    on_paper = models.BooleanField()
    mark = models.CharField(max_length=8)  # printed on every paper slip of this ballot, the same on all
    teller = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+")  # 计票人
    scrutineer = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+")  # 监票人
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True)
    present = models.PositiveSmallIntegerField()  # how many seats that count were here when it was opened
    quorum = models.PositiveSmallIntegerField()
    counts = models.JSONField(null=True)  # per choice, of all slips together; once it is counted
    returned = models.PositiveSmallIntegerField(null=True)  # paper slips that came back
    spoilt = models.PositiveSmallIntegerField(null=True)  # of them those that say nothing that counts (废票)
    void_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "ordinal"], name="ballot_once"),
            models.UniqueConstraint(fields=["sitting"], condition=Q(state="open"), name="ballot_one_open"),
            models.CheckConstraint(
                condition=Q(teller=None) | Q(scrutineer=None) | ~Q(teller=F("scrutineer")), name="ballot_tellers_apart"
            ),
        ]
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.question

    @property
    def lines(self) -> list[tuple[str, int]]:
        """What could be chosen, each with how many chose it; once it is counted."""
        return list(zip(self.choices, self.counts or [], strict=False))


class BallotVoter(models.Model):
    """One line of the roll: somebody who may vote in a ballot, once, and whether they did. Never what."""

    class Way(models.TextChoices):
        SCREEN = "screen", _("on the screen")
        PAPER = "paper", _("has a paper slip")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ballot = models.ForeignKey(SecretBallot, models.CASCADE, related_name="voters")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")  # who holds two seats votes once
    way = models.CharField(max_length=8, choices=Way.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "person"], name="ballot_voter_once"),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Urn(models.Model):
    """The sealed slips of a ballot that is open, as one run of bytes (`kit.urn`); thrown away when they are counted.

    A slip has no row: no id, no time and no place in a table says whose it is.
    """

    ballot = models.OneToOneField(SecretBallot, models.CASCADE, primary_key=True, related_name="urn")
    public_key = models.BinaryField()
    slips = models.BinaryField(default=bytes)

    def __str__(self) -> str:
        return str(self.ballot)
