"""Who speaks about what, and for how long: items of the agenda with their clock, and turns in a queue."""

from django.db import models
from django.db.models import Q

from yishi.kit.ids import uuid7

from .sittings import Seat, Sitting


class AgendaItem(models.Model):
    """One item of the agenda (议程) as the room takes it up, with what was noted under it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="items")
    ordinal = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    minutes = models.PositiveSmallIntegerField(null=True)  # for how long it is meant
    notes = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "ordinal"], name="agenda_item_once")]
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.title

    @property
    def limit_seconds(self) -> int:
        """For how long it is meant; 0 where nobody said so."""
        return 60 * (self.minutes or 0)


class AgendaSpan(models.Model):
    """A time in which an item was before the room; one that is taken up again has a second row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="spans")
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="spans")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting"], condition=Q(ended_at__isnull=True), name="agenda_span_once")
        ]
        ordering = ["began_at"]

    def __str__(self) -> str:
        return str(self.item)


class Turn(models.Model):
    """A wish to speak (发言), and the speech that came of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="turns")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="turns")
    item = models.ForeignKey(AgendaItem, models.SET_NULL, null=True, related_name="turns")  # under which it was held
    asked_at = models.DateTimeField()
    by_self = models.BooleanField(default=False)  # asked by their own phone
    limit = models.PositiveSmallIntegerField(null=True)  # seconds
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)  # they do not want to any more, or were entered by mistake

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "seat"],
                condition=Q(began_at__isnull=True, dropped_at__isnull=True),
                name="turn_waits_once",
            ),
            models.UniqueConstraint(
                fields=["sitting"],
                condition=Q(began_at__isnull=False, ended_at__isnull=True, dropped_at__isnull=True),
                name="turn_one_speaks",
            ),
        ]
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return str(self.seat)
