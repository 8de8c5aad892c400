"""A campaign (助推行动): its phases with their focus sets, its directions, its catalogue of help, its targets."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place, PlaceSet
from yishi.people.models import Person

THOUSANDTHS = 1000  # quantities are whole numbers of thousandths of the item's unit


class EvidenceKind(models.TextChoices):
    """What an item may ask for, and a deed rest on."""

    CONFIRMATION = "confirmation", _("confirmed by the family")
    RECEIPT = "receipt", _("receipt")
    CONTRACT = "contract", _("contract")
    PAYROLL = "payroll", _("payroll")
    THIRD_PARTY = "third_party", _("third party")
    PHOTO = "photo", _("photo")

    @property
    def names_families(self) -> bool:
        """Do families sign it, or are they named in it? Then others read neither its words nor its file."""
        return self in {EvidenceKind.CONFIRMATION, EvidenceKind.RECEIPT, EvidenceKind.PAYROLL}


class Campaign(models.Model):
    """One campaign of a body and all tiers below it. What it counts is data: nothing of it stands in code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=64)
    owner = models.ForeignKey(Body, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # where it takes place
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    source_note = models.CharField(max_length=300, blank=True)  # where its catalogue comes from
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Phase(models.Model):
    """A dated part of a campaign (阶段), with the places on which it lays its weight."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases")
    ordinal = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=64)
    starts_on = models.DateField()
    ends_on = models.DateField()
    focus = models.ForeignKey(PlaceSet, models.PROTECT, null=True, blank=True, related_name="+")
    focus_note = models.CharField(max_length=200, blank=True)  # such as the nine peoples: a filter on people, no place

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "ordinal"], name="phase_once")]
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.name


class Drive(models.Model):
    """A themed drive of some weeks (专项, such as 百日总攻), with its own list of places and its own targets."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="drives")
    name = models.CharField(max_length=64)
    starts_on = models.DateField()
    ends_on = models.DateField()
    direction = models.ForeignKey("Direction", models.PROTECT, null=True, blank=True, related_name="+")  # its theme
    place_set = models.ForeignKey(PlaceSet, models.PROTECT, null=True, blank=True, related_name="+")  # its list
    words = models.CharField(max_length=500, blank=True)  # what is to be reached

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "name"], name="drive_once")]
        ordering = ["starts_on"]

    def __str__(self) -> str:
        return self.name


class Direction(models.Model):
    """One of the directions of a campaign (六个助推)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="directions")
    code = models.SlugField(max_length=24)
    name = models.CharField(max_length=32)
    ordinal = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="direction_once")]
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.name


class CatalogueItem(models.Model):
    """One kind of help (活动项). What it says stands in its versions; deeds keep the version under which they stand."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="items")
    direction = models.ForeignKey(Direction, models.PROTECT, related_name="items")
    code = models.SlugField(max_length=40)
    ordinal = models.PositiveSmallIntegerField()
    is_retired = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="item_once")]
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.code

    @property
    def said(self) -> "ItemVersion":
        """What it says last; lists prefetch `versions`."""
        return list(self.versions.all())[-1]


class ItemVersion(models.Model):
    """What an item counts, from a day on. Units add up over time and bodies, or are counted by heads."""

    class Additivity(models.TextChoices):
        SUM = "sum", _("adds up")  # 件 次 公里: over time and bodies
        DISTINCT = "distinct", _("counted by heads")  # 户 人: never summed over periods or bodies

    class Serves(models.TextChoices):
        HOUSEHOLD = "household", _("households")
        PERSON = "person", _("people")
        VILLAGE = "village", _("villages")
        ANYBODY = "anybody", _("anybody")

    class Fed(models.TextChoices):
        HAND = "hand", _("recorded as a deed")
        PROPOSAL = "proposal", _("a proposal, once it is submitted")
        ADOPTION = "adoption", _("a proposal, once it is adopted")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(CatalogueItem, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    name = models.CharField(max_length=64)
    hint = models.CharField(max_length=200, blank=True)  # what counts and what does not
    unit = models.CharField(max_length=16)
    additivity = models.CharField(max_length=8, choices=Additivity.choices, default=Additivity.SUM)
    serves = models.CharField(max_length=10, choices=Serves.choices, default=Serves.ANYBODY)
    evidence = models.JSONField(default=list)  # classes of which one is wanted; [] asks for nothing
    asks_photo = models.BooleanField(default=False)
    asks_position = models.BooleanField(default=False)
    per_member = models.PositiveIntegerField(null=True, blank=True)  # target of each member, in units
    per_body = models.PositiveIntegerField(null=True, blank=True)
    indicator = models.CharField(max_length=64, blank=True)  # the published line it feeds
    fed_by = models.CharField(max_length=10, choices=Fed.choices, default=Fed.HAND)  # what writes its deeds
    is_reconstruction = models.BooleanField(default=False)  # not the official wording

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="item_version_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """How much of an item, where, by when; with what there was at the start. Of a drive: within its days and places."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(CatalogueItem, models.CASCADE, related_name="targets")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    drive = models.ForeignKey(Drive, models.CASCADE, null=True, blank=True, related_name="targets")
    baseline = models.BigIntegerField(default=0)  # thousandths of the unit
    amount = models.BigIntegerField()
    due_on = models.DateField()
    set_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.item} {self.place}"

    @property
    def goal(self) -> Decimal:
        """The target in units."""
        return Decimal(self.amount) / THOUSANDTHS

    @property
    def start(self) -> Decimal:
        """What there was at the start, in units."""
        return Decimal(self.baseline) / THOUSANDTHS
