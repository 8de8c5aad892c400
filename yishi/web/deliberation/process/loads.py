"""What pages of other parts ask of matters: the file of an address, the bodies and models that a form offers."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from yishi.deliberation.models import Matter, ProcessVersion, Worry
from yishi.deliberation.services.processes import processes_published
from yishi.organisations.models import Body, Place, valid_on
from yishi.web.kit.request import Request


def load_matter(request: Request, pk: UUID) -> Matter:
    matters = Matter.objects.select_related("place", "venue", "convener__place", "process__model")
    return matters.get(pk=pk)


def published_versions() -> QuerySet[ProcessVersion]:
    return ProcessVersion.objects.filter(pk__in=[version.pk for version in processes_published()]).order_by("name")


def conveners(request: Request) -> QuerySet[Body]:
    """Bodies that could run a matter for this viewer: their own desks, and those they oversee."""
    condition = Q(pk__in=request.viewer.reach.bodies)
    for lo, hi in request.viewer.reach.spans:
        kinds = ("office", "council", "special", "group", "village")
        condition |= Q(place__lo__gte=lo, place__lo__lte=hi, kind__in=kinds)
    return Body.objects.filter(condition & valid_on(timezone.localdate())).order_by("place__lo", "name")


def bodies_around(file: Matter | Worry) -> QuerySet[Body]:
    """Bodies of the file's place and of every place around it, up to the prefecture."""
    around = Place.objects.filter(lo__lte=file.place.lo, hi__gte=file.place.lo).exclude(level="province")
    return Body.objects.filter(valid_on(timezone.localdate()), place__in=around).order_by("-place__lo", "name")
