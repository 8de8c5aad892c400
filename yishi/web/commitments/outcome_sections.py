"""What came of the files of a place, on the place's page and beside its figures."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yishi.commitments.models import Outcome
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.kit.request import Request
from yishi.web.kit.sections import Asking

SHOWN = 5


def _place_rows(place: Any) -> dict[str, Any]:
    here = Outcome.objects.filter(place__lo__gte=place.lo, place__lo__lte=place.hi).select_related("place")
    return {"outcomes": here.order_by("-on", "-pk")[: SHOWN + 1]}


def place_outcomes(request: Request, place: Place) -> Asking:
    """The latest of them within the viewer's reach."""
    if not may("outcome.list", request.viewer):
        return None
    stated = (yield _place_rows)["outcomes"]
    if not stated:
        return None
    where = urlencode({"place": place.full_name, "place_id": place.pk})
    return {
        "template": "commitments/section_place.html",
        "heading": _("What came of it"),
        "outcomes": stated[:SHOWN],
        "has_more": len(stated) > SHOWN,
        "url": f"{reverse('outcomes')}?{where}",
    }
