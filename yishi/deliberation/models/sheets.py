"""Stances on paper: a sheet for each seat, typed in twice by two people."""

from django.db import models
from django.db.models import F, Q

from yishi.kit.ids import uuid7
from yishi.people.models import Person

from .sittings import Seat, Sitting


class StanceSheet(models.Model):
    """One printed sheet (表态单): the statements as they were worded then, whose it is, and what two people read on it.

    What was typed is kept per statement as [answer, condition]; an empty answer: nothing is marked there.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="sheets")
    printing = models.PositiveSmallIntegerField()  # printed anew after a statement was added or worded otherwise: 2, …
    number = models.PositiveSmallIntegerField()
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    statements = models.JSONField()  # [{"id", "ordinal", "text", "edition"}, …] as printed
    first = models.JSONField(null=True)  # {statement id: [answer, condition]}
    first_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    second = models.JSONField(null=True)
    second_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    settled = models.JSONField(null=True)  # as it counts: both the same, or what a third look at the paper found
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "printing", "number"], name="sheet_once"),
            models.UniqueConstraint(fields=["sitting", "printing", "seat"], name="sheet_of_seat_once"),
            models.CheckConstraint(
                condition=Q(first_by=None) | Q(second_by=None) | ~Q(first_by=F("second_by")),
                name="sheet_typed_twice_apart",
            ),
        ]
        ordering = ["printing", "number"]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number that stands on the paper: the printing and the sheet."""
        return f"{self.printing}-{self.number:02d}"

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None

    @property
    def differs(self) -> bool:
        """Were two people of two minds, and nobody has looked a third time?"""
        return self.second is not None and not self.is_settled
