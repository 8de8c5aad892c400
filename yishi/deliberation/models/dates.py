"""A day for a sitting, found with those who must come."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.kit.ids import uuid7

from .matters import Matter
from .sittings import Seat, Sitting


class DateRound(models.Model):
    """Some days that were put to everybody who holds a seat (定时间); it ends with a sitting, or is dropped."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="date_rounds")
    options = models.JSONField()  # moments, in their order, as ISO texts
    asked_at = models.DateTimeField()
    answer_by = models.DateField()
    sitting = models.ForeignKey(Sitting, models.SET_NULL, null=True, related_name="+")  # that was planned by it
    ended_at = models.DateTimeField(null=True)
    drop_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=Q(ended_at__isnull=True), name="date_round_one_open")
        ]
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return str(self.matter)


class DateAnswer(models.Model):
    """On which of the days somebody can come; said again, it replaces what they said."""

    class Can(models.TextChoices):
        YES = "yes", _("can come")
        MAYBE = "maybe", _("if need be")
        NO = "no", _("cannot come")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(DateRound, models.CASCADE, related_name="answers")
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="+")
    can = models.JSONField()  # per option one of Can
    by_self = models.BooleanField(default=False)  # else the desk wrote down what they said

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "seat"], name="date_answer_once")]

    def __str__(self) -> str:
        return str(self.seat)
