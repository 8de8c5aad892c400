"""Look-ups: what an item said on a day, the meetings of a campaign and the promises that came from them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from yishi.commitments.models import Commitment
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place

from .models import Campaign, CatalogueItem, Direction, ItemVersion, StatedNumber, SteeringMeeting


def stated_by(places: Iterable[Place], day: date) -> list[StatedNumber]:
    """What is stated of some places by a day, the newest first; of each place the last one of a kind is the first."""
    stated = StatedNumber.objects.filter(place__in=list(places), on__lte=day, ended_at=None)
    return list(stated.select_related("place_set", "campaign").order_by("-on", "-stated_at"))


def version_on(item: CatalogueItem, day: date) -> ItemVersion:
    """What the item said on `day`; its first version for days before. Versions that came with the item are taken."""
    return version_among(sorted(item.versions.all(), key=lambda version: version.number), day)


def versions_on(items: Collection[UUID], day: date) -> dict[UUID, ItemVersion]:
    """The same for several items, each with its item and campaign as they stand now: one query."""
    all_versions = ItemVersion.objects.filter(item__in=items).select_related("item__campaign").order_by("number")
    all_of: dict[UUID, list[ItemVersion]] = {}
    for version in all_versions:
        all_of.setdefault(version.item_id, []).append(version)
    return {key: version_among(versions, day) for key, versions in all_of.items()}


def version_among(versions: Sequence[ItemVersion], day: date) -> ItemVersion:
    """The version of an item that holds on `day`; the first of them for days before. `versions`: oldest first."""
    valid = [version for version in versions if version.valid_from <= day]
    return valid[-1] if valid else versions[0]


def item_names(items: Collection[CatalogueItem]) -> dict[UUID, str]:
    """What each item is called to choose it: newest name and unit; of several campaigns also whose. `items`: with
    their campaigns and versions."""
    several = len({item.campaign_id for item in items}) > 1
    names = {}
    for item in items:
        newest = max(item.versions.all(), key=lambda version: version.number, default=None)
        name = f"{newest.name}（{newest.unit}）" if newest else item.code
        names[item.pk] = f"{item.campaign.name} · {name}" if several else name
    return names


def campaigns_around(place: Place | None) -> QuerySet[Campaign]:
    """The campaigns that run in `place` or in a part of it, the newest first; none without a place."""
    if place is None:
        return Campaign.objects.none()
    here = Q(place__lo__lte=place.lo, place__hi__gte=place.lo) | Q(place__lo__range=(place.lo, place.hi))
    return Campaign.objects.filter(here).order_by("-starts_on", "code")


def directions_around(place: Place | None) -> QuerySet[Direction]:
    """The directions of those campaigns, campaign by campaign; two campaigns may call one alike: name both."""
    directions = Direction.objects.filter(campaign__in=campaigns_around(place).values("pk"))
    return directions.select_related("campaign").order_by("-campaign__starts_on", "campaign__code", "ordinal")


def meetings_for(viewer: Viewer, campaign: Campaign) -> QuerySet[SteeringMeeting]:
    """The meetings of a campaign that are held where the viewer sits, above or within."""
    return SteeringMeeting.objects.filter(viewer.ground_q("place__"), campaign=campaign)


def promises_of(kind: str, keys: Any) -> QuerySet[Commitment]:
    """The promises that came from these meetings or agreements (`kind`), as far as the viewer may see them."""
    return Commitment.objects.filter(origin_kind=kind, origin_id__in=keys).exclude(state=Commitment.State.DROPPED)


def with_counts(cases: list[Any], kind: str) -> list[dict[str, Any]]:
    """Each case (a meeting, an agreement) with the number of its promises (`n`), of the open and the overdue ones."""
    today = timezone.localdate()
    open_ones = Q(state__in=Commitment.OPEN)
    late = Q(state=Commitment.State.IN_FORCE, due_on__lt=today, backfilled=False)
    promises = promises_of(kind, [case.pk for case in cases]).order_by().values("origin_id")
    counts = {
        row["origin_id"]: row
        for row in promises.annotate(n=Count("pk"), open=Count("pk", filter=open_ones), late=Count("pk", filter=late))
    }
    return [{"case": case, **counts.get(case.pk, {"n": 0, "open": 0, "late": 0})} for case in cases]
