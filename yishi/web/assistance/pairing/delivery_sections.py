"""What a member or a body delivered that no item takes: a section of their own file. It is listed, never counted."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from yishi.assistance.pairing.models import OfferDelivery
from yishi.kit.records import lend
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import may
from yishi.people.models import Person
from yishi.web.kit.request import Request
from yishi.web.kit.sections import Asking

SHOWN = 50


def member_delivered(request: Request, person: Person) -> Asking:
    return (yield from _delivered(Q(offer__person=person)))


def body_delivered(request: Request, body: Body) -> Asking:
    """Of a friend's offer too, which this body keeps."""
    return (yield from _delivered(Q(offer__body=body) | Q(offer__desk=body, offer__body=None)))


def with_rights(viewer: Viewer, deliveries: QuerySet[OfferDelivery]) -> list[OfferDelivery]:
    """The deliveries with their files, the newest first; lends each whether the viewer may take it back."""
    rows = list(deliveries.prefetch_related("files").order_by("-on", "-pk"))
    for row in rows:
        lend(row, may_take_back=row.taken_back_at is None and may("delivery.take_back", viewer, row))
    return rows


def _delivered(theirs: Q) -> Asking:
    deliveries = (
        OfferDelivery.objects.filter(theirs).select_related("offer__place", "match__need").order_by("-on", "-pk")
    )
    gathered = yield {"deliveries": deliveries[:SHOWN]}
    if not gathered["deliveries"]:
        return None
    return {
        "template": "assistance/pairing/section_delivered.html",
        "heading": _("Delivered, counted as no item"),
        "deliveries": gathered["deliveries"],
    }
