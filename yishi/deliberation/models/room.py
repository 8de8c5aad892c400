"""What happens in the room: who is there when, recesses, statements, where each seat stands, hands."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.kit.ids import uuid7
from yishi.people.models import Person

from .matters import Party
from .sittings import Seat, Sitting


class Presence(models.Model):
    """An arrival and, perhaps, a leaving; who comes back has a second row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="presences")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="presences")
    arrived_at = models.DateTimeField()
    by_self = models.BooleanField(default=False)  # signed in by their own phone; else the desk called the roll
    left_at = models.DateTimeField(null=True)
    left_why = models.CharField(
        max_length=300, blank=True
    )  # early, or because of an interest; a recess has its own row

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "seat"], condition=Q(left_at__isnull=True), name="presence_once")
        ]

    def __str__(self) -> str:
        return str(self.seat)


class Recess(models.Model):
    """A time in which nothing is said or decided (休会): of minutes, or until another day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="recesses")
    began_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    resumes_at = models.DateTimeField(null=True)  # when it is to go on, if that is another day
    ended_at = models.DateTimeField(null=True)
    present = models.PositiveSmallIntegerField(null=True)  # how many seats that count were here when it went on

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting"], condition=Q(ended_at__isnull=True), name="recess_once")
        ]
        ordering = ["began_at"]

    def __str__(self) -> str:
        return f"{self.sitting} {self.began_at:%H:%M}"


class Statement(models.Model):
    """A short sentence (观点) on which the parties say where they stand."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="statements")
    ordinal = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="+")  # who put it forward
    by_staff = models.BooleanField(default=False)
    from_consultation = models.ForeignKey(
        "deliberation.ConsultationStatement", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_open = models.BooleanField(default=True)
    minority_note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    present = models.PositiveSmallIntegerField(null=True)  # how many seats that count were here when it was closed
    quorum = models.PositiveSmallIntegerField(null=True)  # and how many had to be: below it nothing was decided
    closed_at = models.DateTimeField(null=True)  # empty where that was not kept
    withdrawn_at = models.DateTimeField(null=True)  # it stays in the minutes, as withdrawn; its stances do not count
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    edition = models.PositiveSmallIntegerField(default=1)  # raised where its meaning changed: stances begin anew
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")  # it is asked there now
    merged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "ordinal"], name="statement_once")]
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.text

    @property
    def lacked_quorum(self) -> bool:
        """Was it closed with fewer in the room than the quorum? Then nothing was decided."""
        return self.present is not None and self.quorum is not None and self.present < self.quorum

    @property
    def asks_the_room(self) -> bool:
        """Are silence and unaccepted conditions told apart from assent (decision 0044)? Not where it was closed before
        it was kept when: its figures stand as they were reckoned then."""
        return self.is_open or self.closed_at is not None


class ConditionAcceptance(models.Model):
    """A party accepts the condition under which others can live with a statement."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="acceptances")
    edition = models.PositiveSmallIntegerField()  # of the statement, when it was accepted
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    condition = models.CharField(max_length=300)  # as it was first written
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "edition", "party", "condition"], name="acceptance_once")
        ]
        ordering = ["at"]

    def __str__(self) -> str:
        return self.condition


class StatementEdition(models.Model):
    """A wording (文稿) of a statement that another one has replaced; what was said on it stays with it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="replaced")
    ordinal = models.PositiveSmallIntegerField()
    edition = models.PositiveSmallIntegerField()  # under which stances on it stand
    text = models.CharField(max_length=300)
    is_spelling = models.BooleanField(default=False)  # only its spelling changed: the stances went over to the next one
    replaced_at = models.DateTimeField()
    replaced_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "ordinal"], name="statement_edition_once")]
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.text


class Stance(models.Model):
    """Where one seat stands on one wording of a statement (表态)."""

    class Value(models.TextChoices):
        AGREE = "agree", _("agree")
        OBJECT = "object", _("object")
        PASS = "pass", _("pass")
        CONDITIONAL = "conditional", _("can live with it if…")

    class Way(models.TextChoices):
        PHONE = "phone", _("own phone")
        CODE = "code", _("seat code")
        DESK = "desk", _("recorded at the desk")
        SHEET = "sheet", _("paper sheet")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="stances")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")  # the seat's party then
    value = models.CharField(max_length=12, choices=Value.choices)
    condition = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    changes = models.PositiveIntegerField(default=1)  # said, and each time said otherwise: the room's number sums them
    edition = models.PositiveSmallIntegerField(default=1)  # of the statement, when it was said
    way = models.CharField(max_length=8, choices=Way.choices, blank=True)  # how it came in; empty before it was kept

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "seat", "edition"], name="stance_once_per_seat")]

    def __str__(self) -> str:
        return self.value


class HandCount(models.Model):
    """A show of hands on a statement, per party (or the whole room)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="hand_counts")
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="+")
    agree = models.PositiveSmallIntegerField()
    object = models.PositiveSmallIntegerField()
    abstain = models.PositiveSmallIntegerField()  # pass
    conditional = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    counted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    edition = models.PositiveSmallIntegerField(default=1)  # of the statement, when they were counted
    condition = models.CharField(max_length=300, blank=True)  # under which those of `conditional` can live with it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "party", "edition"], name="hand_count_once"),
            models.UniqueConstraint(
                fields=["statement", "edition"], condition=Q(party__isnull=True), name="hand_count_room_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agree}/{self.object}/{self.abstain}"
