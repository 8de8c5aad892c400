"""A worry (民情诉求): one thing that somebody raised, in their words, and what was decided about it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.database.counted_days import CountedDayField
from yishi.database.reach import File, Reach
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place, Venue
from yishi.people.models import Person


class Worry(File):
    class Channel(models.TextChoices):
        CODE = "code", _("QR code")
        PAGE = "page", _("public page")
        PHONE = "phone", _("by phone")
        VISIT = "visit", _("on a visit")
        MEMBER = "member", _("through a member")

    class State(models.TextChoices):
        FILED = "filed", _("raised")  # waits for screening
        TAKEN_UP = "taken_up", _("taken up")  # belongs to a matter
        CARRIED = "carried", _("carried on in the campaign")  # as a finding of a supervision or a signal
        PASSED = "passed", _("passed to the right body")  # that body's desk owes the answer
        ANSWERED = "answered", _("answered")
        MERGED = "merged", _("merged")  # with a worry that was raised before
        REFERRED = "referred", _("referred")  # sensitive: goes the way the law provides
        DECLINED = "declined", _("not taken up")
        SETTLED = "settled", _("settled")  # its matter is over

    OWED = (State.FILED, State.PASSED)  # somebody still owes an answer
    CLOSED = (State.ANSWERED, State.REFERRED, State.DECLINED, State.SETTLED)  # who joins it now is asked nothing

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)
    text = models.TextField(_("what worries you"))
    theme = models.CharField(_("theme"), max_length=24)  # a code of organisations/data/themes.csv
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, blank=True, related_name="+")
    raiser = models.ForeignKey(Person, models.PROTECT, related_name="+")
    is_anonymous = models.BooleanField(default=False)  # towards everybody but the convener
    channel = models.CharField(max_length=8, choices=Channel.choices)
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # on the raiser's behalf
    photos = models.ManyToManyField(Attachment, blank=True, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.FILED)
    desk = models.ForeignKey(Body, models.PROTECT, related_name="+")  # owes screening or the answer now
    convener = models.ForeignKey(Body, models.PROTECT, related_name="+")  # received it; knows who raised it
    raised_at = models.DateTimeField()
    answer_due_on = CountedDayField()
    answered_on = models.DateField(null=True)
    matter = models.ForeignKey("Matter", models.PROTECT, null=True, blank=True, related_name="worries")
    # What its author says it is the same as; the convener joins them, or does not.
    says_same_as = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    is_sensitive = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    backfilled = models.BooleanField(default=False)  # 补录

    class Meta(File.Meta):
        indexes = [
            models.Index(fields=["place", "state", "answer_due_on"], name="worry_place_state"),
            models.Index(fields=["state", "answer_due_on"], name="worry_state_due"),
            models.Index(fields=["desk", "state", "answer_due_on"], name="worry_desk_state"),
            models.Index(fields=["raiser"], name="worry_raiser"),
            models.Index(fields=["-raised_at"], name="worry_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return (
            reach.places("place__")
            | Q(desk__in=reach.bodies)
            | Q(convener__in=reach.bodies)
            | Q(raiser=reach.person, raiser__isnull=False)
            | Q(written_by=reach.person, written_by__isnull=False)
        )


class WorryStep(models.Model):
    """One decision or answer on a worry, with its reason: nothing raised is dropped in silence."""

    class Kind(models.TextChoices):
        FILED = "filed", _("raised")
        TAKEN_UP = "taken_up", _("taken up")
        PASSED = "passed", _("passed on")
        ANSWERED = "answered", _("answered")
        MERGED = "merged", _("merged")
        REFERRED = "referred", _("referred")
        DECLINED = "declined", _("not taken up")
        REOPENED = "reopened", _("reopened")
        SETTLED = "settled", _("settled")
        CORRECTED = "corrected", _("answer corrected")
        SEPARATED = "separated", _("merge taken back")
        TAKEN_BACK = "taken_back", _("decision taken back")
        CODE = "code", _("new query code given")
        SUPERVISED = "supervised", _("put on a list of supervision")
        SIGNALLED = "signalled", _("became a signal")
        HELPED = "helped", _("help was given")
        FOUND = "found", _("looked into")
        RETURNED = "returned", _("came back to its desk")
        RESUMED = "resumed", _("under way again")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    worry = models.ForeignKey(Worry, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reason = models.TextField(blank=True)  # told to the raiser
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # who decided
    to_body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    authority = models.CharField(max_length=64, blank=True)  # to which it was referred, such as a court
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kind
