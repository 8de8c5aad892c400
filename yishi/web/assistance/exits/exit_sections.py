"""The exit assessments of a county, on its place's page: how each stands, and what was decided by which document."""

from typing import Any

from django.utils.translation import gettext as _

from yishi.assistance.exits.models import ExitAssessment
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.kit.request import Request
from yishi.web.kit.sections import Asking

SHOWN = 5


def _place_rows(place: Any) -> dict[str, Any]:
    assessments = ExitAssessment.objects.filter(place__lo__gte=place.lo, place__lo__lte=place.hi)
    assessments = assessments.exclude(stage=ExitAssessment.Stage.DROPPED).select_related("place")
    return {"assessments": assessments.order_by("-opened_at", "-pk")[: SHOWN + 1]}


def place_exits(request: Request, place: Place) -> Asking:
    """The latest within the viewer's reach; those that were dropped stand in the list alone."""
    if not may("exit.list", request.viewer):
        return None
    assessments = (yield _place_rows)["assessments"]
    if not assessments:
        return None
    return {
        "template": "assistance/exits/section_place.html",
        "heading": _("Exit assessments"),
        "assessments": assessments[:SHOWN],
        "has_more": len(assessments) > SHOWN,
    }
