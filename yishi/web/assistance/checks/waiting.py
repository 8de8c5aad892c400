"""What waits for a township or village: the errors that the logic checks found in its register."""

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from yishi.assistance.checks.models import CheckFinding, Severity
from yishi.organisations.grants import OVERSEEING, WORKING, Viewer
from yishi.organisations.models import BodyKind, PlaceLevel
from yishi.web.kit.desk_items import DeskItem, Source

DESKS = (PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE)  # the levels whose desks mend what is found


def _posts_of_the_register(viewer: Viewer) -> list[Any]:
    """The viewer's working posts in townships and villages."""
    kinds = {*OVERSEEING, BodyKind.VILLAGE}
    return [
        post
        for post in viewer.posts
        if post.role in WORKING and post.body.kind in kinds and post.body.place.level in DESKS
    ]


def _inside(place: Any) -> Q:
    """Findings of households within a place."""
    return Q(household__place__lo__gte=place.lo, household__place__lo__lte=place.hi)


def _waiting_rows(viewer: Viewer) -> Any:
    """The errors that wait in the register of the viewer's townships and villages."""
    places = {post.body.place for post in _posts_of_the_register(viewer)}
    if not places:
        return None
    inside = Q(pk__in=[])
    for place in places:
        inside |= _inside(place)
    findings = CheckFinding.objects.filter(inside, CheckFinding.waits(timezone.localdate()), severity=Severity.ERROR)
    return findings.order_by().values_list("household__place__lo").annotate(Count("pk"))


def _waiting_items(viewer: Viewer, errors_by_village: Any) -> list[DeskItem]:
    items, seen = [], set()
    for post in _posts_of_the_register(viewer):
        place = post.body.place
        if place.pk in seen:
            continue
        seen.add(place.pk)
        count = sum(errors for village, errors in errors_by_village if place.lo <= village <= place.hi)
        if count:
            title = ngettext(
                "%(n)d error in the register waits", "%(n)d errors in the register wait", count
            ) % {"n": count}  # fmt: skip
            url = reverse("check_findings") + "?severity=error"
            items.append(
                DeskItem("check", title, gettext("Look and mend"), url, body_id=post.body_id, detail=place.name)
            )
    return items


ERRORS = Source(_waiting_rows, _waiting_items)
