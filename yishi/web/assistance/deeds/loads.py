"""The deed of an address, for pages of this and other parts."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from yishi.assistance.deeds.models import (
    Deed,
    DeedCode,
    DeedParty,
)
from yishi.web.kit.request import Request

PARTIES = Prefetch("parties", DeedParty.objects.select_related("body", "person").order_by("pk"))


def load_deed(request: Request, pk: UUID) -> Deed:
    return deeds_with_details().get(pk=pk)


def deeds_with_details() -> QuerySet[Deed]:
    """Deeds in the viewer's reach with all that their files show. `is_denied`: a family said no, nobody settled it."""
    deeds = Deed.objects.select_related(
        "version", "item__campaign", "item__direction", "place", "activity", "merged_into", "recorded_by",
        "recorded_for",
    )  # fmt: skip
    said_no = Exists(DeedCode.objects.filter(deed=OuterRef("pk"), said_yes=False, settled_at__isnull=True))
    return deeds.annotate(is_denied=said_no).prefetch_related(PARTIES)
