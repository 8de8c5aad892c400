"""Households (农户) as far as deeds need them: who they are, where, how many."""

from django.db import models
from django.db.models import Q

from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, BodyKind, Place
from yishi.people.models import Person
from yishi.people.scopes import File, Reach


class Household(File):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)  # 户编号
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    head = models.ForeignKey(Person, models.PROTECT, related_name="+")  # 户主
    size = models.PositiveSmallIntegerField(default=1)
    registered_on = models.DateField()
    left_on = models.DateField(null=True)
    is_demo = models.BooleanField(default=False)

    class Meta(File.Meta):
        indexes = [models.Index(fields=["place", "number"], name="household_place")]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """The overseeing desks of the place, and the desk of the household's own village."""
        villages = Body.objects.filter(pk__in=reach.bodies, kind=BodyKind.VILLAGE).values("place")
        return reach.places("place__") | Q(place__in=villages)
