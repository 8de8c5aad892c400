"""Who stands firm, and which triggers cry wolf: two tables with their confidence, of what the viewer reaches."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.register import codes
from yishi.assistance.watch.figures import LEAST, Cohort, Precision, Share, cohorts, precisions
from yishi.assistance.watch.triggers import read_pack
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .watch_words import title_of


def share_word(share: Share) -> str:
    """A share with its interval; of too few, that it is too few."""
    interval = share.interval
    if share.share is None or interval is None:
        return _("too few to say") if share.sample else ""
    low, high = interval
    return f"{share.share:.1%}（{low:.1%}–{high:.1%}）"


def _cause(cohort: Cohort) -> str:
    return codes.label("poverty_cause", cohort.cause) if cohort.cause else _("no cause is known")


def _trigger(precision: Precision) -> str:
    trigger = read_pack().triggers.get(precision.trigger)
    return title_of(trigger) if trigger else precision.trigger


COHORTS = DeclaredList(
    "watch_cohorts",
    gettext_lazy("who stands firm"),
    [
        Column(gettext_lazy("left poverty in"), "year", shown=lambda cohort: str(cohort.year)),
        Column(gettext_lazy("why it was poor"), _cause),
        Column(gettext_lazy("families that left"), "left"),
        Column(gettext_lazy("families monitored today"), "watched"),
        Column(gettext_lazy("families that fell back"), "returned"),
        Column(gettext_lazy("families that stand firm"), "firm.hits"),
        Column(gettext_lazy("share (95% interval)"), lambda cohort: share_word(cohort.firm)),
    ],
)
PRECISIONS = DeclaredList(
    "watch_precisions",
    gettext_lazy("how right each trigger was"),
    [
        Column(gettext_lazy("what raised it"), _trigger),
        Column(gettext_lazy("signals that wait"), "waiting"),
        Column(gettext_lazy("signals judged"), "judged"),
        Column(gettext_lazy("found true"), "true"),
        Column(gettext_lazy("found not true"), "untrue"),
        Column(gettext_lazy("monitored before"), "known"),
        Column(gettext_lazy("handed on"), "referred"),
        Column(gettext_lazy("share (95% interval)"), lambda precision: share_word(precision.right)),
    ],
)


@page("watch.list", methods=("GET",))
def watch_figures(request: Request) -> HttpResponse:
    """Cohorts by year and cause, and the precision of each trigger."""
    context: dict[str, Any] = {
        "cohorts": cohorts(),
        "precisions": precisions(read_pack().triggers),
        "least": LEAST,
    }
    tables = {COHORTS: context["cohorts"], PRECISIONS: context["precisions"]}
    return file_response(request, "assistance/watch/figures.html", context, tables)


urlpatterns = [path("desk/watch/figures/", watch_figures, name="watch_figures")]
