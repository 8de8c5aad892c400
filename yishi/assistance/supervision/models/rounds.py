"""Listing supervision (挂牌督战): the rule by which places are listed, a round with its places, team and visits."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import Campaign
from yishi.attachments.models import Attachment
from yishi.database.taken_back import TakenBack
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Dated, Place, PlaceLevel
from yishi.people.models import Person


class ListingRule(models.Model):
    """One version of the line from which on a place of an area is listed. A version never changes: who wants another
    line writes the next one, and a round keeps the version by which its places were found."""

    LEVELS = (PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # whose places it lists
    level = models.CharField(max_length=10, choices=PlaceLevel.choices)  # of the places that it lists
    number = models.PositiveSmallIntegerField()  # of the version, for this place and level
    poor_people = models.PositiveIntegerField(null=True)  # listed with more than so many
    incidence = models.DecimalField(max_digits=5, decimal_places=2, null=True)  # listed from so many per cent on
    needs_both = models.BooleanField(default=False)  # else one of the two is enough
    source = models.CharField(max_length=200)  # the paper on which it rests
    set_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    set_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # the desk
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["place", "level", "number"], name="listing_rule_version_once"),
            models.CheckConstraint(
                condition=Q(poor_people__isnull=False) | Q(incidence__isnull=False), name="listing_rule_has_a_line"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.level} {self.number}"


class Round(models.Model):
    """A round of supervision (督战轮次): what is supervised from when to when, by whom, on which items.

    The items are those of a version of the pack (`items.py`); rule, day and moment say how its places were found.
    """

    class State(models.TextChoices):
        OPEN = "open", _("under way")
        CLOSED = "closed", _("closed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Visits(models.TextChoices):
        FIXED = "fixed", _("at a fixed point")  # 定点督战
        TEAM = "team", _("by a team")  # 小组督战
        UNANNOUNCED = "unannounced", _("unannounced")  # 暗访

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # the area
    level = models.CharField(max_length=10, choices=PlaceLevel.choices)  # of the places that are listed
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")  # the desk that runs it
    leading = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # whose supervision it is
    visits = models.CharField(max_length=12, choices=Visits.choices)
    plan = models.CharField(max_length=2000)  # 作战方案
    plan_file = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    pack = models.CharField(max_length=16)  # the version of the items
    items = models.JSONField()  # codes of the pack's items, in the order of the columns
    rule = models.ForeignKey(ListingRule, models.PROTECT, null=True, related_name="rounds")  # null: all by hand
    as_of = models.DateField()  # the places are listed as they stood on this day …
    known_at = models.DateTimeField()  # … by what was known at this moment
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    end_words = models.CharField(max_length=1000, blank=True)  # what came of it, or why it was withdrawn
    ended_on = models.DateField(null=True)
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["place", "-starts_on"], name="round_place"),
            models.Index(fields=["-starts_on", "id"], name="round_order"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="round_ends_after_it_began")
        ]

    def __str__(self) -> str:
        return self.name


class ListedPlace(models.Model):
    """A place of a round's list, with the numbers that listed it; one taken off stays, with the reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="listed")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    by_hand = models.BooleanField(default=False)
    values = models.JSONField(default=dict)  # of listing.py: poor_people, rural_people, incidence
    reason = models.CharField(max_length=300, blank=True)  # why by hand
    listed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    listed_at = models.DateTimeField()
    off_at = models.DateTimeField(null=True)
    off_reason = models.CharField(max_length=300, blank=True)
    off_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "place"], name="listed_place_once")]
        indexes = [models.Index(fields=["place", "off_at"], name="listed_place_of")]

    def __str__(self) -> str:
        return f"{self.round} {self.place}"


class RoundMember(Dated):
    """Somebody of a round's team, for a time: they see its villages' lists and write findings down."""

    class Role(models.TextChoices):
        LEADER = "leader", _("leader of the round")  # 组长
        DEPUTY = "deputy", _("deputy leader")
        MEMBER = "member", _("team member")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.MEMBER)
    sent_by = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "person"], condition=Q(valid_to__isnull=True), name="round_member_once"
            ),
            models.UniqueConstraint(
                fields=["round"], condition=Q(valid_to__isnull=True, role="leader"), name="round_one_leader"
            ),
        ]
        indexes = [models.Index(fields=["person", "valid_to"], name="round_member_of_person")]

    def __str__(self) -> str:
        return f"{self.round} {self.person}"


class RoundVisit(TakenBack):
    """One visit of a round to a village: when, how, how many households were seen, what was seen beyond the findings.
    One that found nothing is a visit too; one that was written down by mistake stays, with the reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="made")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # the village
    on = models.DateField()
    kind = models.CharField(max_length=12, choices=Round.Visits.choices)
    households = models.PositiveSmallIntegerField(default=0)  # how many were seen
    words = models.CharField(max_length=500, blank=True)
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["round", "place", "-on"], name="round_visit_place")]

    def __str__(self) -> str:
        return f"{self.round} {self.place} {self.on}"
