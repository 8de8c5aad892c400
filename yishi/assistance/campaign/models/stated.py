"""Numbers that a paper states of a place (人口、基数): against them stands what the register counts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place, PlaceSet
from yishi.people.models import Person

from .campaigns import Campaign


class StatedNumber(models.Model):
    """A number of a place on a day, from a paper; of a campaign it is the baseline (基数) that later figures stand
    beside. One that is stated anew or withdrawn stays, ended."""

    class What(models.TextChoices):
        RURAL_PEOPLE = "rural_people", _("rural people")  # 乡村户籍人口: what an incidence is a part of
        POOR_HOUSEHOLDS = "poor_households", _("poor households")
        POOR_PEOPLE = "poor_people", _("poor people")
        LISTED_PLACES = "listed_places", _("listed places")  # members of a set of places

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    what = models.CharField(max_length=16, choices=What.choices)
    place_set = models.ForeignKey(PlaceSet, models.PROTECT, null=True, related_name="+")  # of LISTED_PLACES
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    value = models.PositiveBigIntegerField()
    on = models.DateField()
    source = models.CharField(max_length=200)
    stated_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    stated_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # the desk
    stated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)  # "" where another was stated in its place

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "what", "on"],
                condition=Q(ended_at=None, place_set=None),
                name="stated_number_once",
            ),
            models.UniqueConstraint(
                fields=["place", "what", "on", "place_set"],
                condition=Q(ended_at=None, place_set__isnull=False),
                name="stated_number_of_set_once",
            ),
            models.CheckConstraint(
                condition=Q(what="listed_places", place_set__isnull=False)
                | (~Q(what="listed_places") & Q(place_set=None)),
                name="stated_number_set",
            ),
        ]
        indexes = [models.Index(fields=["what", "place", "on"], name="stated_number_place")]

    def __str__(self) -> str:
        return f"{self.place} {self.what} {self.value}"
