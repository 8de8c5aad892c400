"""The office desk: what waits for me today, sorted by clock; my matters by stage; what is overdue."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.deliberation.models import Matter, Stage
from yishi.organisations.grants import OVERSEEING, Viewer
from yishi.organisations.models import BodyKind
from yishi.organisations.rights import may
from yishi.web.assistance.checks import checks
from yishi.web.assistance.deeds import helping
from yishi.web.deliberation.sittings import seats
from yishi.web.kit.desk_items import DeskItem, Source, collect
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .waiting import COURSES

SHOWN = 100
FAR = date(9999, 12, 31)
CONVENING = OVERSEEING | {BodyKind.SPECIAL, BodyKind.GROUP, BodyKind.VILLAGE, BodyKind.GOVERNMENT}


# Everything that puts items on a desk: one line per slice of the product.
SOURCES: tuple[Source, ...] = (
    *(course.waiting for course in COURSES),
    seats.waiting,
    helping.disputed,
    checks.waiting,
)


def inbox(viewer: Any) -> list[DeskItem]:
    """All that waits for the viewer, the most urgent first, then what has no clock."""
    return sorted(collect(viewer, SOURCES), key=lambda item: (item.due_on or FAR, item.kind, item.title))


def _workbook(request: Request, items: list[DeskItem]) -> HttpResponse:
    """What waits, as a workbook, each item with the name of its desk."""
    bodies = {post.body_id: post.body.name for post in request.viewer.posts}
    columns = [
        Column(_("due"), "due_on"),
        Column(_("what"), "title"),
        Column(_("next act"), "act"),
        Column(_("detail"), "detail"),
        Column(_("desk"), lambda item: bodies.get(item.body_id)),
    ]
    return DeclaredList("", _("desk"), columns).workbook(request, items)


def _matters_by_stage(viewer: Viewer, today: date) -> list[dict[str, Any]]:
    """The open matters that the viewer's desks convene, by stage: how many, how many of them late, their list."""
    ours = Matter.within.filter(convener__in=viewer.desks, state=Matter.State.OPEN)
    by_stage = ours.values("stage").annotate(all=Count("pk"), late=Count("pk", filter=Q(step_due_on__lt=today)))
    convenes = any(post.body.kind in CONVENING for post in viewer.posts)
    counts = {line["stage"]: (line["all"], line["late"]) for line in by_stage} if convenes else {}
    return [
        {
            "label": label,
            "count": counts.get(stage, (0, 0))[0],
            "late": counts.get(stage, (0, 0))[1],
            "url": f"{reverse('matters')}?stage={stage}&state=open",
        }
        for stage, label in Stage.choices
    ]


@page("desk.enter", methods=("GET",))
def desk(request: Request) -> HttpResponse:
    """Where everybody arrives after signing in; who only administers, or only looks after families, goes on there."""
    viewer, today = request.viewer, timezone.localdate()
    if not may("desk.see", viewer):
        return redirect("administration" if viewer.is_administrator else "families")
    if may("journal.see", viewer) and not viewer.changing.posts and not viewer.memberships:
        return redirect("journal")  # an auditor has no work of their own waiting
    items = inbox(viewer)
    if request.GET.get("export"):
        return _workbook(request, items)
    kind = request.GET.get("kind", "")
    kinds = Counter(item.kind for item in items)
    items_shown = [item for item in items if kind in ("", item.kind)]
    stages = _matters_by_stage(viewer, today)
    oversees = may("overview.see", viewer)
    context = {
        "next_url": reverse("overview" if oversees else "matters"),
        "next_word": _("To the overview") if oversees else _("To the matters"),
        "items": items_shown[:SHOWN],
        "more": max(0, len(items_shown) - SHOWN),
        "kinds": [(_word(code), code, count) for code, count in kinds.most_common()],
        "kind": kind,
        "late_count": sum(1 for item in items if item.due_on and item.due_on < today),
        "today_count": sum(1 for item in items if item.due_on == today),
        "week_count": sum(1 for item in items if item.due_on and today < item.due_on <= today + timedelta(days=7)),
        "stages": stages,
        "open_count": sum(stage_counts["count"] for stage_counts in stages),
        "late_matters": sum(stage_counts["late"] for stage_counts in stages),
        "today": today,
        "bodies": {post.body_id: post.body for post in viewer.posts},
        "may_open": may("matter.open", viewer),
    }
    return render(request, "shell/desk.html", context)


KINDS: dict[str, Callable[[], str]] = {
    "matter": lambda: _("matters"),
    "gate": lambda: _("gates"),
    "plan": lambda: _("plans"),
    "worry": lambda: _("worries"),
    "study": lambda: _("studies"),
    "seat": lambda: _("invitations"),
    "sitting": lambda: _("sittings"),
    "agreement": lambda: _("agreements"),
    "commitment": lambda: _("commitments"),
    "release": lambda: _("release checks"),
    "consultation": lambda: _("online consultations"),
    "check": lambda: _("logic checks"),
    "change_request": lambda: _("requests for changes"),
    "duplicate": lambda: _("possible duplicates"),
    "deed": lambda: _("deeds"),
    "proposal": lambda: _("proposals"),
    "visit": lambda: _("visits"),
    "match": lambda: _("needs and offers"),
    "project": lambda: _("projects"),
    "payment": lambda: _("payments"),
    "import": lambda: _("workbooks"),
    "report": lambda: _("answer sheets"),
}


def _word(kind: str) -> str:
    return KINDS[kind]() if kind in KINDS else kind


urlpatterns = [path("desk/", desk, name="desk")]
