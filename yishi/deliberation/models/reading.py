"""Minutes that are read back (宣读、核对): what those who were there say to the draft before it is issued."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.kit.ids import uuid7
from yishi.people.models import Person

from .sittings import Minutes, Seat


class MinutesAnswer(models.Model):
    """Somebody who was there finds a draft of the minutes right, or says what in it is not."""

    class Way(models.TextChoices):
        PHONE = "phone", _("by their own phone")
        READ = "read", _("read aloud in the room")
        PAPER = "paper", _("on a signed paper")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="answers")
    draft = models.PositiveSmallIntegerField()  # to which one: written anew, the minutes are to be confirmed anew
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    objection = models.CharField(max_length=500, blank=True)
    way = models.CharField(max_length=8, choices=Way.choices)
    scan = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["minutes", "draft", "seat"], name="minutes_answered_once"),
            models.CheckConstraint(condition=Q(agrees=True) ^ ~Q(objection=""), name="minutes_objection_says_what"),
        ]
        indexes = [models.Index(fields=["seat", "draft"], name="minutes_answer_of_seat")]

    def __str__(self) -> str:
        return f"{self.minutes} {self.seat}"
