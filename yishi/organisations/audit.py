"""What an auditor reads of the journal: the entries of their place, and at the home body those that belong to none."""

from django.db.models import Q, QuerySet

from yishi.journal.models import Entry

from .grants import READING, Viewer
from .models import Installation, Place


def audited_entries(viewer: Viewer) -> QuerySet[Entry]:
    """The entries of the places of the viewer's auditor's posts."""
    tops = [post.body.place for post in viewer.posts if post.role in READING]
    inside = Q(pk__in=[])
    for top in tops:
        inside |= Q(lo__gte=top.lo, hi__lte=top.hi)
    condition = Q(place_id__in=Place.objects.filter(inside).values("pk"))
    home = Place.objects.filter(pk__in=Installation.objects.values("home_place")).first()
    if home is not None and any(top.lo <= home.lo <= top.hi for top in tops):
        condition |= Q(place_id=None)
    return Entry.objects.filter(condition)
