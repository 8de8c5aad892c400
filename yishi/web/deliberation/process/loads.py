"""What pages of other parts ask of matters: the file of an address, the bodies and models that a form offers."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.deliberation.models import Matter, ProcessVersion, Worry
from yishi.deliberation.services.processes import model_of, processes_published
from yishi.organisations.models import Body, Place, valid_on
from yishi.web.kit.request import Request


def load_matter(request: Request, pk: UUID) -> Matter:
    matters = Matter.objects.select_related("place", "venue", "convener__place", "process__model")
    return matters.get(pk=pk)


class ProcessChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # no subscript when it runs
    """One of the published models, each with a line of what it is for: nobody chooses among bare names."""

    def __init__(self, **options: Any):
        super().__init__(ProcessVersion.objects.none(), **options)

    def label_from_instance(self, version: ProcessVersion) -> str:
        model = model_of(version)
        said = _("%(steps)d steps, from %(first)s to %(last)s") % {
            "steps": len(model.steps),
            "first": model.steps[0].name,
            "last": model.steps[-1].name,
        }
        topics = _("for %(topics)s") % {"topics": "、".join(model.topics[:2])} if model.topics else ""
        return f"{version.name}：" + "；".join(part for part in (topics, said) if part)


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
