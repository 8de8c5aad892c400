"""What the chair did to keep the room in order: each intervention, and towards whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yishi.database.taken_back import TakenBack
from yishi.kit.ids import uuid7
from yishi.people.models import Person

from .sittings import Seat, Sitting
from .speaking import AgendaItem


class Intervention(TakenBack):
    """The chair intervened (主持人介入): that each side was treated alike is seen from the log, not believed."""

    class Kind(models.TextChoices):
        TIME = "time", _("reminded of the time")
        TOPIC = "topic", _("led back to the topic")
        ORDER = "order", _("called to order")
        STOP = "stop", _("ended a speech")
        INVITE = "invite", _("asked somebody to speak")
        RULING = "ruling", _("ruled on the procedure")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="interventions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+")  # towards whom; none: the whole room
    item = models.ForeignKey(AgendaItem, models.SET_NULL, null=True, related_name="+")  # under which it was
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta(TakenBack.Meta):
        abstract = False
        ordering = ["at"]

    def __str__(self) -> str:
        return self.kind
