"""Volunteer teams (志愿服务队): people who are stationed nowhere and go out for a day, such as a medical team."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import Campaign
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Dated, Place
from yishi.people.models import Person


class VolunteerTeam(Dated):
    """A team with its roster; each trip of it is an activity, and what it did there are deeds."""

    class Kind(models.TextChoices):
        MEDICAL = "medical", _("medical")
        FARMING = "farming", _("farming and technique")
        TEACHING = "teaching", _("teaching and pupils")
        CULTURE = "culture", _("culture")
        OTHER = "other", _("other")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    organiser = models.ForeignKey(Body, models.PROTECT, related_name="+")  # the desk that keeps it
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # where it goes
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.CharField(max_length=200, blank=True)
    formed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["place"], name="volunteer_team_place")]

    def __str__(self) -> str:
        return self.name


class Volunteer(Dated):
    """Somebody's time in a volunteer team: a member, or somebody of whom only name and calling are written down."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(VolunteerTeam, models.CASCADE, related_name="volunteers")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_name = models.CharField(max_length=64, blank=True)  # of whoever is no member
    calling = models.CharField(max_length=64, blank=True)  # 职业、单位
    leads = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, written_name="") | (Q(person__isnull=True) & ~Q(written_name="")),
                name="volunteer_one_name",
            ),
            models.UniqueConstraint(
                fields=["team", "person"],
                condition=Q(valid_to__isnull=True, person__isnull=False),
                name="volunteer_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.person.name if self.person is not None else self.written_name
