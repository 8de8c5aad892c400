"""The brief of a sitting: what everybody reads, or has read to them, before they speak."""

from django.db import models

from yishi.kit.ids import uuid7
from yishi.people.models import Person

from .matters import Party
from .sittings import Sitting


class Brief(models.Model):
    """Facts, each side's position, options with their cost, open questions (会前材料), in editions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.OneToOneField(Sitting, models.CASCADE, related_name="brief")
    facts = models.TextField()
    options = models.TextField(blank=True)  # one a line, each with its cost
    questions = models.TextField(blank=True)
    interpreter_note = models.TextField(blank=True)  # words that need care in another language
    edition = models.PositiveSmallIntegerField(default=1)  # written anew after it was issued: 2, and so on
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.sitting)

    @property
    def in_order(self) -> "models.QuerySet[BriefPosition]":
        """The positions in the order of the parties."""
        return self.positions.select_related("party").order_by("party__ordinal")


class BriefPosition(models.Model):
    """Where one side stands, in its own words."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    brief = models.ForeignKey(Brief, models.CASCADE, related_name="positions")
    party = models.ForeignKey(Party, models.CASCADE, related_name="+")
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brief", "party"], name="brief_position_once")]

    def __str__(self) -> str:
        return str(self.party)
