"""Who is told what in monitoring: the desks of a place, and a family that reported its own trouble."""

from uuid import UUID

from django.utils import timezone

from yishi.assistance.watch.models import SelfReport, WatchSignal
from yishi.journal.act import Act
from yishi.notices.services import tell
from yishi.organisations.grants import OVERSEEING
from yishi.organisations.models import Body, BodyKind, Place, current


def village_desks(place: Place) -> list[UUID]:
    """The desks of the village itself."""
    bodies = Body.objects.filter(current(timezone.localdate()), kind=BodyKind.VILLAGE)
    return list(bodies.filter(place__lo__lte=place.lo, place__hi__gte=place.lo).values_list("pk", flat=True))


def receiving_desks(place: Place) -> list[UUID]:
    """Who receives a report: the village's own desk, else the nearest desks that oversee the place."""
    if own := village_desks(place):
        return own
    around = Body.objects.filter(
        current(timezone.localdate()), kind__in=OVERSEEING, place__lo__lte=place.lo, place__hi__gte=place.hi
    )
    nearest = around.order_by("-place__lo", "place__hi").values_list("place", flat=True).first()
    return list(around.filter(place=nearest).values_list("pk", flat=True)) if nearest else []


def reporters_hear(signal: WatchSignal, this: Act) -> None:
    """A verdict was given, within its act: whoever reported it themselves may read what came of it."""
    for report in SelfReport.within.filter(fact__signal=signal).select_related("reporter"):
        tell_reporter(report, this)


def tell_reporter(report: SelfReport, this: Act) -> None:
    """Only that there is something to read, never what: a message is seen by whoever holds the phone."""
    tell(
        person=report.reporter,
        code="self_report.answered",
        params={"number": report.number},
        subject=("self_report", report.pk),
        once=f"self_report.answered/{report.pk}/{this.id}",
        channels=("app", "sms"),
    )
