"""What a deed must fit before it is recorded: an item that is open on its day, and whom that item counts."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import CatalogueItem, ItemVersion
from yishi.assistance.campaign.reads import version_among, version_on, versions_on
from yishi.kit.errors import Refusal
from yishi.notices.days import happened

from .standing import Reached

MOST_UNNAMED = 5_000_000


def versions_open(items: Sequence[CatalogueItem], on: date) -> dict[UUID, ItemVersion]:
    """Each item's version on the day; refused where no deed of that day may be recorded. Items that came with their
    versions are taken as they were read, the others are read as they stand now."""
    read = [item for item in items if "versions" in getattr(item, "_prefetched_objects_cache", ())]
    versions = {item.pk: version_on(item, on) for item in read}
    if other := {item.pk for item in items} - versions.keys():
        versions |= versions_on(other, on)
    for version in versions.values():
        _fits(version.item, on)
    return versions


class ItemsRead:
    """`versions_open` for a run of many deeds, of any days: each item is read once."""

    def __init__(self) -> None:
        self._versions: dict[UUID, list[ItemVersion]] = {}

    def version(self, item: UUID, on: date) -> ItemVersion:
        if item not in self._versions:
            versions = ItemVersion.objects.filter(item=item).select_related("item__campaign").order_by("number")
            self._versions[item] = list(versions)
        version = version_among(self._versions[item], on)
        _fits(version.item, on)
        return version


def version_then(item: CatalogueItem, on: date) -> ItemVersion:
    """The item's version on the day of a deed that stands: it may have been retired since."""
    _fits(item, on, retired=True)
    return version_on(item, on)


def _fits(item: CatalogueItem, on: date, *, retired: bool = False) -> None:
    """Refuse a day that is to come or outside the item's campaign, and an item that is retired."""
    campaign = item.campaign
    happened(on, "on", code="deed")
    if on < campaign.starts_on or (campaign.ends_on and on > campaign.ends_on):
        raise Refusal(
            "deed.outside",
            _("The campaign “%(name)s” did not run on this day.") % {"name": campaign.name},
            field="on",
        )
    if item.is_retired and not retired:
        raise Refusal("deed.retired", _("This item is retired. Choose another one."), field="item")


def reached_fits(version: ItemVersion, reached: Reached) -> None:
    """An item that is counted by heads needs to know whom, by name."""
    named = {
        ItemVersion.Serves.HOUSEHOLD: reached.households,
        ItemVersion.Serves.PERSON: reached.people or reached.households,
        ItemVersion.Serves.VILLAGE: reached.villages,
    }.get(ItemVersion.Serves(version.serves))
    if named is not None and not named and not reached.unnamed:
        raise Refusal(
            "deed.whom",
            _("This item counts %(whom)s: say which, or at least how many.") % {"whom": version.get_serves_display()},
            field="reached",
        )


def unnamed_checked(reached: Reached) -> int:
    """How many people were reached of whom only the number is known; refuses a number out of range."""
    if not 0 <= reached.unnamed <= MOST_UNNAMED:
        raise Refusal("deed.unnamed", _("Please type how many people it reached."), field="unnamed")
    return reached.unnamed
