"""What pages of other parts ask of the register of places and bodies."""

from typing import Any

from django.db.models import Q

from yishi.organisations.grants import Viewer
from yishi.organisations.models import PlaceSet
from yishi.organisations.rights import may


def sets_for(viewer: Viewer) -> Any:
    """The sets that the viewer may see: those of desks above and below, and those of no desk."""
    place_sets = PlaceSet.objects.select_related("owner")
    if may("installation.manage", viewer):
        return place_sets
    return place_sets.filter(Q(owner__isnull=True) | viewer.ground_q("owner__place__"))
