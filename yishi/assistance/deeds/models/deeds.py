"""Deeds (助推实绩): one thing done, once, with its parties and shares; what it rests on; what looks like it."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models.campaigns import THOUSANDTHS, CatalogueItem, EvidenceKind, ItemVersion
from yishi.assistance.register.models.households import ArrivedFilesManager, ArrivedManager, Household
from yishi.attachments.models import Attachment
from yishi.database.reach import File, Reach
from yishi.database.taken_back import TakenBack
from yishi.kit.ids import uuid7
from yishi.kit.records import certain
from yishi.organisations.models import Body, Place
from yishi.people.models import Person

from .volunteers import VolunteerTeam

WHOLE = 10_000  # shares are whole numbers of ten thousandths; those of a deed add up to this


class Activity(TakenBack):
    """One event (a training, a clinic, a fair) that carries many deeds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=120)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    on = models.DateField()
    organiser = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(VolunteerTeam, models.PROTECT, null=True, related_name="trips")  # which went there
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.title


class Deed(File):
    """One thing done, once, whoever reports it: so much of an item, on a day, at a place."""

    class State(models.TextChoices):
        COUNTED = "counted", _("counted")
        MERGED = "merged", _("merged into another")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)  # may come from a phone
    number = models.CharField(max_length=16, unique=True)
    item = models.ForeignKey(CatalogueItem, models.PROTECT, related_name="deeds")
    version = models.ForeignKey(ItemVersion, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    on = models.DateField()
    amount = models.BigIntegerField()  # thousandths of the unit
    unnamed = models.PositiveIntegerField(default=0)  # people reached of whom only the number is known
    words = models.CharField(max_length=300, blank=True)
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="deeds")
    state = models.CharField(max_length=10, choices=State.choices, default=State.COUNTED)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    reason = models.CharField(max_length=300, blank=True)  # why withdrawn, or how it was corrected last
    fingerprint = models.CharField(max_length=32)  # item and what else two reports of one deed share
    entry_id = models.UUIDField(null=True)  # the journal's entry that counts it now
    source_kind = models.CharField(max_length=16, blank=True)  # what it follows from: "proposal"; nobody typed it twice
    source_id = models.UUIDField(null=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+", db_index=False)  # the desk
    recorded_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)  # by all members for whom it was recorded
    is_demo = models.BooleanField(default=False)
    arriving = models.UUIDField(null=True, editable=False)  # the import that is writing it: nobody sees it yet

    within: ClassVar = ArrivedManager()
    objects: ClassVar = ArrivedFilesManager()
    arriving_too = models.Manager()  # for imports alone

    class Meta(File.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "item"],
                condition=Q(source_id__isnull=False),
                name="deed_source_once",
            )
        ]
        indexes = [
            models.Index(fields=["place", "on", "id", "arriving"], name="deed_of_place"),
            models.Index(fields=["recorded_by", "place", "id", "arriving"], name="deed_of_person"),
            models.Index(fields=["recorded_for", "place", "id", "arriving"], name="deed_of_desk"),
            models.Index(fields=["item", "on"], name="deed_item_on"),
            models.Index(fields=["fingerprint", "on"], name="deed_fingerprint"),
            models.Index(fields=["-recorded_at"], name="deed_newest"),
            models.Index(fields=["-on", "-id"], name="deed_by_day"),
            models.Index(fields=["arriving"], condition=Q(arriving__isnull=False), name="deed_arriving"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def quantity(self) -> Decimal:
        return Decimal(self.amount) / THOUSANDTHS

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """What was done in a place is seen by the desks above it, the village's own and its stationed team; besides by
        who recorded it and who did it."""
        theirs = Q(body__in=reach.bodies) | Q(person=reach.person, person__isnull=False)
        return (
            reach.places("place__")
            | reach.places("place__", reach.villages)
            | Q(recorded_for__in=reach.bodies)
            | Q(recorded_by=reach.person, recorded_by__isnull=False)
            | Q(Exists(DeedParty.objects.filter(theirs, deed=OuterRef("pk"))))
        )


class DeedParty(models.Model):
    """Who did it: a body or a person, a member or not, with a role and a share."""

    class Role(models.TextChoices):
        LEAD = "lead", _("lead")
        CO = "co", _("took part")
        FUNDER = "funder", _("gave the money")
        ORGANISER = "organiser", _("organised it")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deed = models.ForeignKey(Deed, models.CASCADE, related_name="parties")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)  # the deed's, as it stands now
    sector = models.CharField(max_length=32, blank=True)  # of the member on the day of the deed
    role = models.CharField(max_length=10, choices=Role.choices)
    share = models.PositiveIntegerField()  # ten thousandths
    claimed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(body__isnull=False, person__isnull=True) | Q(body__isnull=True, person__isnull=False),
                name="deed_party_one_of_two",
            ),
            models.UniqueConstraint(fields=["deed", "body"], condition=Q(body__isnull=False), name="deed_body_once"),
            models.UniqueConstraint(
                fields=["deed", "person"], condition=Q(person__isnull=False), name="deed_person_once"
            ),
        ]
        indexes = [
            models.Index(fields=["body", "place", "deed"], name="party_of_body"),
            models.Index(fields=["person", "place", "deed"], name="party_of_person"),
        ]

    def __str__(self) -> str:
        return str(self.body or self.person)

    @property
    def who(self) -> Body | Person:
        return self.body if self.body is not None else certain(self.person)  # one of the two, by a constraint


class DeedBeneficiary(models.Model):
    """Whom it reached by name: a household, a person, a village."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deed = models.ForeignKey(Deed, models.CASCADE, related_name="beneficiaries")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="helped")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    village = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deed", "household"], condition=Q(household__isnull=False), name="deed_household_once"
            ),
            models.UniqueConstraint(
                fields=["deed", "person"], condition=Q(person__isnull=False), name="deed_beneficiary_once"
            ),
            models.UniqueConstraint(
                fields=["deed", "village"], condition=Q(village__isnull=False), name="deed_village_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.household or self.person or self.village)


class Evidence(models.Model):
    """What a deed rests on. A photo of a family's home is never asked for."""

    Kind = EvidenceKind

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deed = models.ForeignKey(Deed, models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    words = models.CharField(max_length=200, blank=True)  # which receipt, who confirmed
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    added_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kind


class PossibleDuplicate(models.Model):
    """Two deeds that may be one (疑似重复), and what was decided."""

    class Verdict(models.TextChoices):
        SAME = "same", _("the same deed")
        LATER_REPORTS = "later", _("the same deed; whoever recorded it later only reports it")
        FIRST_REPORTS = "first", _("the same deed; whoever recorded it first only reports it")
        PART = "part", _("partly the same")
        DISTINCT = "distinct", _("two deeds")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    earlier = models.ForeignKey(Deed, models.CASCADE, related_name="+", db_index=False)  # recorded first
    later = models.ForeignKey(Deed, models.CASCADE, related_name="+", db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)  # of the earlier one
    likeness = models.PositiveSmallIntegerField()  # of 100
    found_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=~Q(earlier=models.F("later")), name="duplicate_of_another"),
        ]
        indexes = [
            models.Index(fields=["verdict", "-likeness"], name="duplicate_queue"),
            models.Index(fields=["verdict", "place"], name="duplicate_of_place"),
            models.Index(fields=["earlier", "verdict"], name="duplicate_of_earlier"),
            models.Index(fields=["later", "verdict"], name="duplicate_of_later"),
        ]

    def __str__(self) -> str:
        return f"{self.earlier} / {self.later}"


class Unitemised(models.Model):
    """A number that a body reports without the deeds behind it (无明细). Never added to what is counted by deeds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(CatalogueItem, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    amount = models.BigIntegerField()  # thousandths
    note = models.CharField(max_length=300)
    reported_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reported_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.body} {self.item}"
