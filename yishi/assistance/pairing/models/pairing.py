"""Who helps whom, from when to when (结对帮扶): pairings, stationed teams, visits, measures, a village's plan.

A pairing with a household and a post in a stationed team are grants: while they are valid, the helper sees the files of
the families they help (`households.household_reach`; a team's village comes into the reach by `stations`).
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register.models.households import CODE, Household, household_reach
from yishi.commitments.models import Commitment
from yishi.database.kept import kept_question
from yishi.database.reach import File, Reach
from yishi.database.taken_back import TakenBackFile
from yishi.kit.ids import uuid7
from yishi.organisations.grants import STATION, Grant, Standing, Station
from yishi.organisations.models import Body, Dated, Place, valid_on
from yishi.people.models import Person


class Pairing(File, Dated):
    """One helper and one household or place, for a time. A handover ends one and begins the next."""

    class Kind(models.TextChoices):
        LEADER = "leader", _("leader")  # 领导挂联
        MEMBER = "member", _("member")  # 委员结对
        CADRE = "cadre", _("cadre")  # 干部包户
        BODY = "body", _("body")  # 单位挂钩

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="pairings")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="pairings")
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="pairings")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="pairings")
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")  # handed over from
    note = models.CharField(max_length=500, blank=True)  # what its helper should know
    end_reason = models.CharField(max_length=500, blank=True)  # why it ended, or what its successor was told
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta(File.Meta):
        indexes = [
            models.Index(fields=["person", "valid_to"], name="pairing_of_person"),
            models.Index(fields=["body", "valid_to"], name="pairing_of_body"),
            models.Index(fields=["household", "valid_to"], name="pairing_of_household"),
            models.Index(fields=["place", "valid_to"], name="pairing_of_place"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, body__isnull=True) | Q(person__isnull=True, body__isnull=False),
                name="pairing_one_helper",
            ),
            models.CheckConstraint(
                condition=Q(household__isnull=False, place__isnull=True)
                | Q(household__isnull=True, place__isnull=False),
                name="pairing_one_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.helper} · {self.household or self.place}"

    @property
    def helper(self) -> Person | Body:
        helper = self.person or self.body
        assert helper is not None
        return helper

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """The desks above it, the village's own desk, and the helper (also after its end, without the family)."""
        return (
            reach.places("place__")
            | reach.places("place__", reach.villages)
            | reach.places("household__place__")
            | reach.places("household__place__", reach.villages)
            | Q(body__in=reach.bodies)
            | Q(person=reach.helper, person__isnull=False)
        )


PAIRED = "paired"  # among a viewer's facts: is paired in person today


def standing(person: UUID, day: date) -> Standing:
    """Where a person is stationed on `day`, in teams that have not ended, and whether they are paired: by one query
    (see `grants.STANDINGS`)."""

    def asked() -> dict[str, Any]:
        stationed = TeamMember.objects.filter(valid_on(day), valid_on(day, "team__"), person=person)
        places = stationed.order_by("pk").values_list("pk", "sent_by", "team__place__lo", "team__place__hi")
        paired = Pairing.within.filter(valid_on(day), person=person).order_by()[:1]
        return {"stations": places, "paired": paired.values_list("pk")}

    found = kept_question("standing", (person, day), asked, is_reached=False).answer()
    stations = [Station(lo, hi, Grant(STATION, post, body)) for post, body, lo, hi in found["stations"]]
    return Standing(stations, frozenset({PAIRED} if found["paired"] else ()))


class VisitRule(models.Model):
    """After how many days without a visit a desk wants to know (走访间隔)."""

    USUAL = 30

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    body = models.OneToOneField(Body, models.CASCADE, related_name="+")
    days = models.PositiveSmallIntegerField(default=USUAL)

    def __str__(self) -> str:
        return f"{self.body} {self.days}"


class StationedTeam(File, Dated):
    """A team stationed in a village or township (驻村工作队)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="teams")
    name = models.CharField(max_length=64)
    end_reason = models.CharField(max_length=200, blank=True)  # why it was ended
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        own = TeamMember.objects.filter(person=reach.helper, person__isnull=False)
        return reach.places("place__") | reach.places("place__", reach.villages) | Q(pk__in=own.values("team"))


class TeamMember(Dated):
    """Somebody in a stationed team, for a time."""

    class Role(models.TextChoices):
        FIRST_SECRETARY = "first_secretary", _("first secretary")
        TEAM_LEADER = "team_leader", _("team leader")
        MEMBER = "member", _("team member")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(StationedTeam, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="stationed")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.MEMBER)
    sent_by = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")  # 派出单位

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person"], condition=Q(valid_to__isnull=True), name="team_member_once"
            )
        ]
        indexes = [models.Index(fields=["person", "valid_to"], name="team_member_of_person")]

    def __str__(self) -> str:
        return f"{self.team} · {self.person}"


class FamilyFile(File):
    """A record of one family: who may see the household may see it."""

    class Meta(File.Meta):
        abstract = True

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return household_reach(reach, "household__")


class Visit(FamilyFile):
    """One visit to a family (走访). No photo, no position, no check-in: who was met and what was said is enough."""

    class State(models.TextChoices):
        KEPT = "kept", _("recorded")
        WAITING = "waiting", _("waits for the desk")  # arrived after the helper's grant had ended
        REFUSED = "refused", _("not accepted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="visits")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # where the family lived then
    on = models.DateField()
    visitors = models.ManyToManyField(Person, related_name="visits_made")
    met = models.CharField(max_length=120, blank=True)  # who was met
    found = models.CharField(max_length=1000)
    cause = models.CharField(max_length=300, blank=True)  # what lies at the root
    agreed = models.CharField(max_length=500, blank=True)
    risk = models.CharField(max_length=CODE, blank=True)  # list poverty_cause: a new trouble that was seen
    state = models.CharField(max_length=10, choices=State.choices, default=State.KEPT)
    reason = models.CharField(max_length=300, blank=True)  # why withdrawn or not accepted
    entry_id = models.UUIDField(null=True)  # the journal's entry that counts it
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta(FamilyFile.Meta):
        indexes = [
            models.Index(fields=["household", "-on"], name="visit_of_household"),
            models.Index(fields=["place", "on"], name="visit_place_on"),
            models.Index(fields=["state", "on"], name="visit_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.on}"


class Measure(FamilyFile):
    """What is done for a family (帮扶措施): a commitment, with its group and the visit in which it was agreed."""

    class Group(models.TextChoices):
        INDUSTRY = "industry", _("industry help")  # 产业帮扶
        EMPLOYMENT = "employment", _("employment help")  # 就业帮扶
        FINANCE = "finance", _("finance help")  # 金融帮扶
        PUBLIC_POST = "public_post", _("public-service post")  # 公益岗位帮扶
        HOUSING = "housing", _("safe housing")  # 住房安全保障
        WATER = "water", _("safe drinking water")  # 饮水安全保障
        HEALTH = "health", _("health help")  # 健康帮扶
        SCHOOLING = "schooling", _("compulsory education")  # 义务教育保障
        EDUCATION = "education", _("other education help")  # 其他教育帮扶
        SECURITY = "security", _("social security")  # 综合保障
        SOCIETY = "society", _("help from society")  # 社会帮扶
        RELOCATION = "relocation", _("relocation")  # 搬迁
        LIVING = "living", _("better living and working conditions")  # 生产生活条件改善
        INFRASTRUCTURE = "infrastructure", _("infrastructure")  # 基础设施建设

    # 开发式帮扶: what makes a family earn, rather than receive.
    DEVELOPING = (Group.INDUSTRY, Group.EMPLOYMENT, Group.FINANCE, Group.PUBLIC_POST)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="measures")
    group = models.CharField(max_length=16, choices=Group.choices)
    commitment = models.OneToOneField(Commitment, models.PROTECT, related_name="measure")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="measures")
    result = models.CharField(max_length=300, blank=True)  # what came of it, in the family's words or as measured
    earlier_results = models.JSONField(default=list, blank=True)  # what was written in rounds before, the oldest first
    made_at = models.DateTimeField()

    class Meta(FamilyFile.Meta):
        indexes = [models.Index(fields=["household", "group"], name="measure_of_household")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.group}"


class VillagePlan(TakenBackFile):
    """What a village wants to live on (产业发展规划), as one page of commitments."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="village_plans")
    title = models.CharField(max_length=120)
    aim = models.CharField(max_length=1000)
    starts_on = models.DateField()
    ends_on = models.DateField()
    desk = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # who wrote it
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """The desks above the village, its own desk, who is stationed there, and bodies and members paired with it."""
        helper = Q(body__in=reach.bodies) | Q(person=reach.helper, person__isnull=False)
        paired = Pairing.within.filter(valid_on(timezone.localdate()), helper, place__isnull=False)
        return reach.places("place__") | reach.places("place__", reach.villages) | Q(place__in=paired.values("place"))
