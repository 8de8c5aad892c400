"""On a place's page: since when it is listed as poor, by which decision it left; the exit assessments of a county."""

from typing import Any

from django.utils.translation import gettext as _

from yishi.assistance.exits.models import ExitAssessment
from yishi.organisations.models import Place, PlaceSetItem
from yishi.organisations.rights import may
from yishi.web.kit.request import Request
from yishi.web.kit.sections import Asking

from .exit_words import list_words

SHOWN = 5


def _place_rows(place: Any) -> dict[str, Any]:
    assessments = ExitAssessment.objects.filter(place__lo__gte=place.lo, place__lo__lte=place.hi)
    assessments = assessments.exclude(stage=ExitAssessment.Stage.DROPPED).select_related("place")
    lists = PlaceSetItem.objects.filter(place=place.pk, place_set__is_poor_list=True).select_related("place_set")
    return {
        "assessments": assessments.order_by("-opened_at", "-pk")[: SHOWN + 1],
        "lists": lists.order_by("valid_from"),
    }


def place_exits(request: Request, place: Place) -> Asking:
    """The latest within the viewer's reach; those that were dropped stand in the list alone."""
    if not may("exit.list", request.viewer):
        return None
    rows = yield _place_rows
    assessments, lists = rows["assessments"], rows["lists"]
    if not assessments and not lists:
        return None
    return {
        "template": "assistance/exits/section_place.html",
        "heading": _("Poverty status and exit assessments") if lists else _("Exit assessments"),
        "lists": [list_words(item) for item in lists],
        "assessments": assessments[:SHOWN],
        "has_more": len(assessments) > SHOWN,
    }
