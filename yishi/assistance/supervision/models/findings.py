"""What a round finds (问题清单项): one gap, of a household, a person or a village; each is owed as a promise."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register.models import Household, HouseholdMember
from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.database.counted_days import CountedDayField
from yishi.database.reach import File, Reach
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place, valid_on
from yishi.people.models import Person

from .rounds import Round, RoundMember, RoundVisit

CODE = 24


class Lane(models.TextChoices):
    """Who must coordinate so that it can be settled."""

    SPOT = "spot", _("settled on the spot")
    COUNTY = "county", _("county coordinates")
    PREFECTURE = "prefecture", _("prefecture coordinates")
    PROVINCE = "province", _("province coordinates")


class Finding(File):
    """One item of a round's list of problems. Whether it is open says its promise in the ledger, and nothing else does:
    it leaves the list when that is struck off, or is set aside because it is another one's (`merged_into`) or was ruled
    on (`ruling`). `standing` repeats what the promise says, so that lists and sums of half a million are answered from
    an index; the ledger's hooks alone write it (services/findings.py), and properties hold the two against each other.
    """

    class Standing(models.TextChoices):
        OPEN = "open", _("open")
        STRUCK_OFF = "struck_off", _("struck off")
        MERGED = "merged", _("merged")
        RULED = "ruled", _("ruled on")

    class Coordination(models.TextChoices):
        NONE = "none", _("needs no coordination")
        ASKED = "asked", _("coordination asked")
        ARRANGED = "arranged", _("coordinated")

    class Ruling(models.TextChoices):
        UNFOUNDED = "unfounded", _("was no gap")
        NOT_DONE = "not_done", _("will not be settled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="findings")
    visit = models.ForeignKey(RoundVisit, models.PROTECT, null=True, related_name="findings")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # the village
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="supervision_findings")
    member = models.ForeignKey(HouseholdMember, models.PROTECT, null=True, related_name="+")
    item = models.CharField(max_length=CODE)  # of the round's pack
    words = models.CharField(max_length=300)  # what was seen
    files = models.ManyToManyField(Attachment, blank=True, related_name="+")
    commitment = models.OneToOneField(Commitment, models.PROTECT, related_name="supervision_finding")
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.OPEN)
    lane = models.CharField(max_length=10, choices=Lane.choices)
    coordinator = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    coordination = models.CharField(max_length=8, choices=Coordination.choices, default=Coordination.NONE)
    coordination_asked_on = models.DateField(null=True)
    coordinate_by = CountedDayField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    ruling = models.CharField(max_length=12, choices=Ruling.choices, blank=True)
    reason = models.CharField(max_length=300, blank=True)  # of the merge or the ruling
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # struck off, merged or ruled
    proved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # whose proof was accepted
    same_hands = models.BooleanField(default=False)  # a small office: one person did both
    found_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    found_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # the desk, if it was one
    found_on = models.DateField()
    found_at = models.DateTimeField()

    class Meta(File.Meta):
        indexes = [
            models.Index(fields=["round", "place", "household"], name="finding_matrix"),
            models.Index(fields=["round", "-found_on", "id"], name="finding_order"),
            models.Index(fields=["coordinator", "coordination", "coordinate_by"], name="finding_coordination"),
            models.Index(fields=["household"], name="finding_of_household"),
            models.Index(fields=["-found_on", "id"], name="finding_newest"),
            models.Index(fields=["standing", "-found_on", "id"], name="finding_newest_of"),
            models.Index(fields=["standing", "coordinate_by", "id"], name="finding_coordinate_by"),
            models.Index(fields=["round", "standing", "lane"], name="finding_sums"),
            models.Index(fields=["round", "place", "standing"], name="finding_villages"),
            models.Index(fields=["round", "standing", "-found_on", "id"], name="finding_newest_in_round"),
            models.Index(
                fields=["place", "standing", "lane", "item", "round", "-found_on", "id"], name="finding_of_place"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lane="spot", coordinator__isnull=True) | (~Q(lane="spot") & Q(coordinator__isnull=False)),
                name="finding_who_coordinates",
            ),
            models.CheckConstraint(
                condition=Q(proved_by__isnull=True)
                | Q(settled_by__isnull=True)
                | ~Q(proved_by=F("settled_by"))
                | Q(same_hands=True),
                name="finding_second_person",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | (Q(ruling="") & ~Q(merged_into=F("id"))),
                name="finding_leaves_one_way",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=True) | Q(household__isnull=False), name="finding_member_of_household"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.words}"

    @property
    def is_open(self) -> bool:
        return self.commitment.state in Commitment.OPEN

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """The desks above the village and its own, whoever runs or leads the round, owes or coordinates it; the team
        while it is one."""
        teams = RoundMember.objects.filter(
            valid_on(timezone.localdate()), person=reach.helper, person__isnull=False, round__state=Round.State.OPEN
        )
        return (
            reach.places("place__")
            | reach.places("place__", reach.villages)
            | Q(commitment__bearer__in=reach.bodies)
            | Q(coordinator__in=reach.bodies)
            | Q(round__body__in=reach.bodies)
            | Q(round__leading__in=reach.bodies)
            | Q(round__in=teams.values("round"))
        )


class FindingStep(models.Model):
    """Something that became of a finding beside its promise: raised to another lane, coordinated, coordination taken
    back. Append-only."""

    class Kind(models.TextChoices):
        MOVED = "moved", _("moved to another lane")
        COORDINATED = "coordinated", _("coordinated")
        UNCOORDINATED = "uncoordinated", _("coordination asked again")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    finding = models.ForeignKey(Finding, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    lane = models.CharField(max_length=10, choices=Lane.choices)  # from then on
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # whose desk did it
    words = models.CharField(max_length=500)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.finding} {self.kind}"
