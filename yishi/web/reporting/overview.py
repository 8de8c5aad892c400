"""The overview of a place: what moves and what is stuck, from the province down to one matter."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.commitments.models import Commitment
from yishi.deliberation.models import Matter, Stage, Worry
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.reporting.overview import Below, Overview, overview
from yishi.reporting.rules import LEADING
from yishi.web.kit.exports import wants_export
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import link
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

BAR = 100  # the length of the longest bar

RATES: tuple[tuple[str, Any, Any], ...] = (
    ("struck_off", gettext_lazy("struck off"), gettext_lazy("struck off ÷ due")),
    ("answered", gettext_lazy("answered in time"), gettext_lazy("answered by the due date ÷ due")),
    ("met", gettext_lazy("met the people"), gettext_lazy("bearer met the people ÷ due")),
    ("as_agreed", gettext_lazy("carried out as agreed"), gettext_lazy("as agreed ÷ due")),
    ("satisfied", gettext_lazy("satisfied"), gettext_lazy("satisfied ÷ those who answered")),
)


@dataclass
class Figure:
    """A figure is never alone: what it counts, its unit, and the list behind it."""

    name: Any
    value: int
    unit: Any
    url: str = ""
    is_late: bool = False
    length: int = 0


@dataclass
class Group:
    title: Any
    figures: list[Figure] = field(default_factory=list)

    def with_bars(self) -> "Group":
        longest = max((figure.value for figure in self.figures), default=0)
        for figure in self.figures:
            figure.length = round(BAR * figure.value / longest) if longest else 0
        return self


def load_place(request: Request, pk: UUID) -> Place:
    return Place.objects.select_related("parent").get(pk=pk)


def top_place(viewer: Viewer) -> Place | None:
    """The highest place whose overview the viewer sees."""
    posts = [post.body.place for post in viewer.posts if post.body.kind in LEADING]
    places = [*posts, *(member.term.body.place for member in viewer.memberships)]
    return max(places, key=lambda place: place.hi - place.lo, default=None)


@page("overview.see", methods=("GET",))
def overview_top(request: Request) -> HttpResponse:
    place = top_place(request.viewer)
    return redirect("overview_place", place.pk) if place else redirect("desk")


@page("overview.see", load=load_place, methods=("GET",))
def overview_place(request: Request, place: Place) -> HttpResponse:
    today = timezone.localdate()
    place_overview = overview(place, today)
    if wants_export(request):
        return _export(request, place_overview)
    shows_all = request.GET.get("all") == "1"
    children = [row for row in place_overview.children if shows_all or not row.is_empty]
    context = {
        "place": place,
        "overview": place_overview,
        "above": [higher for higher in place_overview.above if may("overview.see", request.viewer, higher)],
        "glance": glance(place_overview),
        "stages": stages(place_overview),
        "worries": worry_states(place_overview),
        "promises": promise_states(place_overview),
        "colours": colours(place_overview),
        "rates": rates(place_overview, request.viewer),
        "children": _lines(place_overview, children),
        "hidden_count": len(place_overview.children) - len(children),
        "shows_all": shows_all,
        "today": today,
    }
    return render(request, "reporting/overview.html", context)


def behind(name: str, place: Place, **filters: str) -> str:
    """The list behind a figure, with its filters in the address."""
    where = {"place": str(place.pk)} if name == "matters" else {"place_id": str(place.pk)}
    address = link(name)
    return f"{address}?{urlencode({**where, **filters})}" if address else ""


def glance(overview: Overview) -> list[Figure]:
    """The first row: how much there is, and what is past its day."""
    total, place = overview.total, overview.place
    return [
        Figure(_("worries raised"), total["worries"], _("items"), behind("worries", place)),
        Figure(
            _("without an answer in time"),
            total["unanswered"],
            _("items"),
            behind("worries", place, due="late"),
            True,
        ),
        Figure(_("matters under way"), total["matter.open"], _("items"), behind("matters", place, state="open")),
        Figure(_("step overdue"), total["late"], _("items"), behind("matters", place, overdue="on"), True),
        Figure(_("sittings held"), total["sitting.closed"], _("meetings"), behind("matters", place)),
        Figure(
            _("agreements"),
            total["agreement.recorded"] + total["agreement.handed_over"],
            _("texts"),
            behind("matters", place),
        ),
        Figure(_("promises running"), total["running"], _("duties"), behind("commitments", place, state="open")),
        Figure(_("promises overdue"), total["overdue"], _("duties"), behind("commitments", place, due="late"), True),
    ]


def stages(overview: Overview) -> Group:
    """Matters under way by canonical stage; then those that are over."""
    figures = [
        Figure(
            label,
            overview.total[f"stage.{stage}"],
            _("items"),
            behind("matters", overview.place, stage=stage, state="open"),
        )
        for stage, label in Stage.choices
    ]
    over = [
        Figure(label, overview.total[f"matter.{state}"], _("items"), behind("matters", overview.place, state=state))
        for state, label in Matter.State.choices
        if state != Matter.State.OPEN
    ]
    return Group(_("Matters by stage"), [*figures, *over]).with_bars()


def worry_states(overview: Overview) -> Group:
    figures = [
        Figure(label, overview.total[f"worry.{state}"], _("items"), behind("worries", overview.place, state=state))
        for state, label in Worry.State.choices
    ]
    return Group(_("Worries by state"), figures).with_bars()


def promise_states(overview: Overview) -> Group:
    figures = [
        Figure(
            label,
            overview.total[f"commitment.{state}"],
            _("duties"),
            behind("commitments", overview.place, state=state),
        )
        for state, label in Commitment.State.choices
    ]
    return Group(_("Promises by state"), figures).with_bars()


def colours(overview: Overview) -> list[tuple[str, Any, int, str]]:
    """The clocks of running promises: (shade, word, number, list)."""
    total, place = overview.total, overview.place
    labels = {"blue": _("on course"), "yellow": _("due soon"), "red": _("overdue")}
    return [
        (shade, word, total[f"colour.{shade}"], behind("commitments", place, due=shade))
        for shade, word in labels.items()
    ]


def rates(overview: Overview, viewer: Viewer) -> list[dict[str, Any]]:
    lines = []
    period = {"start": overview.rates_from.isoformat(), "end": overview.as_of.isoformat()}
    for name, label, meaning in RATES:
        is_verdict = name == "satisfied"
        below = overview.rates.judged if is_verdict else overview.rates.due
        address = link("rate_cases") if may("rates.see", viewer) else ""
        query = urlencode({"part": name, "place": str(overview.place.pk), **period})
        lines.append(
            {
                "label": label,
                "meaning": meaning,
                "share": overview.rates.share(name),
                "part": getattr(overview.rates, name),
                "whole": below,
                "asked": overview.rates.asked if is_verdict else None,
                "url": f"{address}?{query}" if address else "",
            }
        )
    return lines


DeclaredList(  # the workbook is that of the page, with all places below and the sum
    "places_below",
    gettext_lazy("The places below"),
    [
        Column(gettext_lazy("place"), cell="place"),
        Column(gettext_lazy("how much there is"), cell="bar", css="bar", is_silent=True),
        Column(gettext_lazy("worries raised"), shown="below.worries", css="number"),
        Column(gettext_lazy("without an answer in time"), cell="unanswered", css="number"),
        Column(gettext_lazy("matters under way"), shown="below.matters", css="number"),
        Column(gettext_lazy("step overdue"), cell="late", css="number"),
        Column(gettext_lazy("promises running"), shown="below.promises", css="number"),
        Column(gettext_lazy("promises overdue"), cell="overdue", css="number"),
    ],
    css="tree",
)


def _lines(overview: Overview, children: list[Below]) -> list[dict[str, Any]]:
    """The rows of the table of places: those below with their bars, then what belongs to the place itself."""
    lines: list[dict[str, Any]] = [
        {
            "below": child,
            "name": child.place.name,
            "url": reverse("overview_place", args=[child.place.pk]),
            "length": _bar_length(children, child),
        }
        for child in children
        if child.place
    ]
    if children and not overview.here.is_empty:
        lines.append({"below": overview.here, "name": _("%(place)s itself") % {"place": overview.place.name}})
    return lines


def _bar_length(children: list[Below], child: Below) -> int:
    """The length of a child's bar, where the longest of them is BAR long."""
    longest = max((below.matters + below.worries for below in children), default=0)
    return round(BAR * (child.matters + child.worries) / longest) if longest else 0


def _export(request: Request, overview: Overview) -> HttpResponse:
    def name(row: Below) -> str:
        return row.place.name if row.place else _("%(place)s itself") % {"place": overview.place.name}

    columns = [
        Column(_("place"), name),
        Column(_("code"), lambda row: row.place.code if row.place else overview.place.code),
        Column(_("worries raised"), "worries"),
        Column(_("without an answer in time"), "unanswered"),
        Column(_("matters under way"), "matters"),
        Column(_("step overdue"), "late"),
        Column(_("promises running"), "promises"),
        Column(_("promises overdue"), "overdue"),
        Column(_("as of"), lambda row: overview.as_of),
    ]
    title = _("overview %(place)s") % {"place": overview.place.name}
    lines = [*overview.children, overview.here, _sum(overview)]
    return DeclaredList("", title, columns).workbook(request, lines)


def _sum(overview: Overview) -> Below:
    total = overview.total
    return Below(
        overview.place,
        worries=total["worries"],
        unanswered=total["unanswered"],
        matters=total["matter.open"],
        late=total["late"],
        promises=total["running"],
        overdue=total["overdue"],
    )


urlpatterns = [
    path("desk/overview/", overview_top, name="overview"),
    path("desk/overview/<uuid:pk>/", overview_place, name="overview_place"),
]
