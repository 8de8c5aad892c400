"""What people are told: in the app, and through an outbox by SMS and mail.

The outbox is a table: a delivery is claimed, sent and marked in separate transactions, so that nothing is lost when a
sender is down. A claim whose process died is `doubtful`: it is not sent again by itself, a person decides.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yishi.kit.ids import uuid7
from yishi.people.models import Person


class Notice(models.Model):
    """One thing told to one person, or to a desk (a body). Words are made at display from `code` and `params`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="notices")
    body_id = models.UUIDField(null=True)  # a desk: organisations stands above this room
    code = models.CharField(max_length=64)  # "worry.answered"; texts in notices/texts.py
    params = models.JSONField(default=dict)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    once = models.CharField(max_length=160, unique=True)  # says the same thing only once
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "read_at"], name="notice_of_person"),
            models.Index(fields=["body_id", "read_at"], name="notice_of_desk"),
        ]

    def __str__(self) -> str:
        return self.code


class Delivery(models.Model):
    """A notice on its way by SMS or mail."""

    class Channel(models.TextChoices):
        SMS = "sms", _("SMS")
        MAIL = "mail", _("mail")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        WRITTEN = "written", _("written, to be told by hand")  # into a file: nothing left the house
        TOLD = "told", _("told by hand")
        DOUBTFUL = "doubtful", _("perhaps sent")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    address = models.CharField(max_length=254)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once_per_channel")]
        indexes = [models.Index(fields=["state", "next_try_at"], name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
