"""What joins two files of different parts: one became the other, and both sides know it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.kit.ids import uuid7
from yishi.organisations.models import Body
from yishi.people.models import Person


class Crossing(models.Model):
    """One file of one part became, by a single act, a file of another: nothing was written twice, and each leads to the
    other. One that was taken back, or that leads on no longer, stays with its end."""

    class Kind(models.TextChoices):
        WORRY = "worry", _("worry")
        MATTER = "matter", _("matter")
        PROPOSAL = "proposal", _("proposal")
        SIGNAL = "watch_signal", _("signal")
        WATCH = "watch", _("monitored family")
        SUSPICION = "exit_suspicion", _("suspicion of an exit assessment")
        FINDING = "finding", _("finding of a supervision")
        DEED = "deed", _("deed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    from_kind = models.CharField(max_length=16, choices=Kind.choices)
    from_id = models.UUIDField()
    to_kind = models.CharField(max_length=16, choices=Kind.choices)
    to_id = models.UUIDField()
    part_id = models.UUIDField(null=True)  # what of it was made, where it holds more: the fact of a signal
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["from_kind", "from_id", "to_kind", "to_id"],
                condition=Q(ended_at__isnull=True),
                name="crossing_once",
            ),
        ]
        indexes = [
            models.Index(fields=["from_kind", "from_id"], name="crossing_from"),
            models.Index(fields=["to_kind", "to_id"], name="crossing_to"),
        ]

    def __str__(self) -> str:
        return f"{self.from_kind} {self.from_id} → {self.to_kind} {self.to_id}"
