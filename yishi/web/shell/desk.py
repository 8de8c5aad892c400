"""The office desk: what waits for me today, sorted by clock; my matters by stage; what is overdue."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.database.kept import kept_question
from yishi.deliberation.models import Matter, Stage
from yishi.organisations.grants import OVERSEEING, Viewer
from yishi.organisations.models import BodyKind
from yishi.organisations.rights import may
from yishi.web.assistance.checks import waiting as checks
from yishi.web.assistance.deeds import waiting as deeds
from yishi.web.deliberation.sittings import waiting as sittings
from yishi.web.kit.desk_items import DeskItem, Mark, Source, waiting_for
from yishi.web.kit.lists import PER_PAGE, Column, DeclaredList
from yishi.web.kit.page import page
from yishi.web.kit.peek import AnyPaginator
from yishi.web.kit.request import Request

from .waiting import COURSES

FAR = date(9999, 12, 31)
RUNNING_MATTERS = OVERSEEING | {BodyKind.SPECIAL, BodyKind.GROUP, BodyKind.VILLAGE, BodyKind.GOVERNMENT}


# Everything that puts items on a desk: one line per slice of the product.
SOURCES: tuple[Source, ...] = (
    *(course.waiting for course in COURSES),
    sittings.SEATS,
    deeds.DISPUTED,
    checks.ERRORS,
)


class Queue(AnyPaginator):
    is_open = False  # how many there are nobody has counted


def inbox(viewer: Viewer) -> list[DeskItem]:
    """All that waits for the viewer, the most urgent first, then what has no clock."""
    return [mark.item() for mark in _sorted(waiting_for(viewer, SOURCES).marks)]


def _sorted(marks: list[Mark]) -> list[Mark]:
    """By their day, then kind by kind, each in the order in which its source gives it."""
    return sorted(marks, key=lambda mark: (mark.due_on or FAR, mark.kind))


def _own_page(viewer: Viewer) -> str:
    """Where somebody goes on who sits at no desk."""
    if viewer.is_administrator:
        return "administration"
    return "rounds" if not may("pairing.own", viewer) and may("round.see", viewer) else "families"


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


def _by_stage(viewer: Viewer, today: date) -> QuerySet[Any, Any]:
    """Of each stage: it, how many, how many of them late."""
    ours = Matter.within.filter(convener__in=viewer.desks, state=Matter.State.OPEN).order_by().values_list("stage")
    lines: QuerySet[Any, Any] = ours.annotate(
        all=Count("*"), late=Count("step_due_on", filter=Q(step_due_on__lt=today))
    )
    return lines


def _matters_by_stage(viewer: Viewer, today: date) -> list[dict[str, Any]]:
    """The open matters that the viewer's desks convene, by stage: how many, how many of them late, their list."""
    counts: dict[str, tuple[int, int]] = {}
    if any(post.body.kind in RUNNING_MATTERS for post in viewer.posts):
        asked = kept_question("matters by stage", viewer.key, lambda: {"lines": _by_stage(viewer, today)})
        counts = {stage: (count, late) for stage, count, late in asked.answer()["lines"]}
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
    """Where everybody arrives after signing in; who only administers, only looks after families or is only in the team
    of a round goes on there."""
    viewer, today = request.viewer, timezone.localdate()
    if not may("desk.see", viewer):
        return redirect(_own_page(viewer))
    if may("journal.see", viewer) and not viewer.changing.posts and not viewer.memberships:
        return redirect("journal")  # an auditor has no work of their own waiting
    if request.GET.get("export"):
        return _workbook(request, inbox(viewer))
    waiting = waiting_for(viewer, SOURCES)
    marks = _sorted(waiting.marks)
    kind = request.GET.get("kind", "")
    of_kind = [mark for mark in marks if kind in ("", mark.kind)]
    queue = Queue(of_kind, PER_PAGE)
    page_obj = queue.get_page(request.GET.get("page"))
    is_cut = kind in waiting.cut if kind else bool(waiting.cut)
    queue.is_open = is_cut and page_obj.has_next()
    stages = _matters_by_stage(viewer, today)
    oversees = may("overview.see", viewer)
    context = {
        "next_url": reverse("overview" if oversees else "matters"),
        "next_word": _("To the overview") if oversees else _("To the matters"),
        "page_obj": page_obj,
        "items": [mark.item() for mark in page_obj.object_list],
        "more": is_cut and not page_obj.has_next(),
        "kinds": [(_word(code), code, count) for code, count in waiting.kinds()],
        "kind": kind,
        "late_count": waiting.count(date.min, today - timedelta(days=1)),
        "today_count": waiting.count(today, today),
        "week_count": waiting.count(today + timedelta(days=1), today + timedelta(days=7)),
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
    "exit_assessment": lambda: _("exit assessments"),
    "exit_suspicion": lambda: _("suspicions of exit assessments"),
    "coordination": lambda: _("coordination"),
    "round": lambda: _("rounds of supervision"),
    "self_report": lambda: _("families' own reports"),
    "watch": lambda: _("monitored families"),
    "watch_signal": lambda: _("signals about families"),
    "import": lambda: _("workbooks"),
    "report": lambda: _("answer sheets"),
}


def _word(kind: str) -> str:
    return KINDS[kind]() if kind in KINDS else kind


urlpatterns = [path("desk/", desk, name="desk")]
