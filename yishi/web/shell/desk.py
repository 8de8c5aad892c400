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
from yishi.deliberation.process.schema import read_document
from yishi.kit.clock import add_workdays
from yishi.organisations.grants import OVERSEEING
from yishi.organisations.models import BodyKind
from yishi.organisations.rights import may
from yishi.web.assistance.checks import checks
from yishi.web.assistance.deeds import duplicates, helping
from yishi.web.assistance.pairing import matches, pairing
from yishi.web.assistance.projects import funds, projects
from yishi.web.assistance.register import change_requests
from yishi.web.commitments import commitments
from yishi.web.deliberation.consultation import consultations
from yishi.web.deliberation.process import gates, plans
from yishi.web.deliberation.record import releases
from yishi.web.deliberation.sittings import (
    agreements,
    seats,
    sittings,
    studies,
)
from yishi.web.deliberation.worries import worries
from yishi.web.kit.desk_items import DeskItem, Source, collect
from yishi.web.kit.exports import export
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.proposals import proposals

SOON = 3  # working days
SHOWN = 100
FAR = date(9999, 12, 31)
CONVENING = OVERSEEING | {BodyKind.SPECIAL, BodyKind.GROUP, BodyKind.VILLAGE, BodyKind.GOVERNMENT}


def _waiting_rows(viewer: Any) -> Any:
    """Our matters that a gate returned, or whose step ends within three working days or is over."""
    desks = [post.body_id for post in viewer.posts if viewer.holds(post.body_id)]
    soon = add_workdays(timezone.localdate(), SOON).day
    rows = Matter.objects.filter(convener__in=desks, state=Matter.State.OPEN)
    rows = rows.filter(Q(step_due_on__lte=soon) | Q(steps__left_on__isnull=True, steps__came_back=True)).distinct()
    return rows.select_related("place", "process").order_by("step_due_on")


def _waiting_items(viewer: Any, rows: Any) -> list[DeskItem]:
    found = list(rows[:SHOWN])
    # The few matters that wait bring their models with them: one question less than asking for the models apart.
    steps = {matter.pk: read_document(matter.process.document).step(matter.step) for matter in found}
    names = {pk: step.name if step else "" for pk, step in steps.items()}
    return [
        DeskItem(
            kind="matter",
            title=matter.title,
            act=_("Bring on: %(step)s") % {"step": names[matter.pk]},
            url=reverse("matter", args=[matter.pk]),
            due_on=matter.step_due_on,
            body_id=matter.convener_id,
            detail=f"{matter.number} · {matter.place.name}",
        )
        for matter in found
    ]


waiting = Source(_waiting_rows, _waiting_items)


# Everything that puts items on a desk: one line per slice of the product.
SOURCES: tuple[Source, ...] = (
    waiting,
    worries.waiting,
    gates.waiting,
    plans.waiting,
    studies.waiting,
    seats.waiting,
    sittings.waiting,
    agreements.waiting,
    commitments.waiting,
    releases.waiting,
    consultations.waiting,
    change_requests.waiting,
    projects.waiting,
    funds.waiting,
    duplicates.waiting,
    helping.disputed,
    checks.waiting,
    proposals.waiting,
    pairing.waiting,
    matches.waiting,
)


def inbox(viewer: Any) -> list[DeskItem]:
    """All that waits for the viewer, the most urgent first, then what has no clock."""
    return sorted(collect(viewer, SOURCES), key=lambda item: (item.due_on or FAR, item.kind, item.title))


@page("desk.enter", methods=("GET",))
def desk(request: Request) -> HttpResponse:
    """Where everybody arrives after signing in; who only administers, or only looks after families, goes on there."""
    viewer, today = request.viewer, timezone.localdate()
    if not may("desk.see", viewer):
        return redirect("administration" if viewer.is_administrator else "families")
    items = inbox(viewer)
    if request.GET.get("export"):
        bodies = {post.body_id: post.body.name for post in viewer.posts}
        columns = [
            (_("due"), lambda item: item.due_on),
            (_("what"), lambda item: item.title),
            (_("next act"), lambda item: item.act),
            (_("detail"), lambda item: item.detail),
            (_("desk"), lambda item: bodies.get(item.body_id, "")),
        ]
        return export(request, _("desk"), columns, items)
    kind = request.GET.get("kind", "")
    kinds = Counter(item.kind for item in items)
    shown = [item for item in items if kind in ("", item.kind)]
    desks = [post.body_id for post in viewer.posts if viewer.holds(post.body_id)]
    ours = Matter.objects.filter(convener__in=desks, state=Matter.State.OPEN)
    by_stage = ours.values("stage").annotate(
        all=Count("pk", distinct=True), late=Count("pk", filter=Q(step_due_on__lt=today), distinct=True)
    )
    convenes = any(post.body.kind in CONVENING for post in viewer.posts)
    counts = {row["stage"]: (row["all"], row["late"]) for row in by_stage} if convenes else {}
    stages = [
        {
            "label": label,
            "count": counts.get(stage, (0, 0))[0],
            "late": counts.get(stage, (0, 0))[1],
            "url": f"{reverse('matters')}?stage={stage}&state=open",
        }
        for stage, label in Stage.choices
    ]
    oversees = may("overview.see", viewer)
    words = {
        "next_url": reverse("overview" if oversees else "matters"),
        "next_word": _("To the overview") if oversees else _("To the matters"),
        "items": shown[:SHOWN],
        "more": max(0, len(shown) - SHOWN),
        "kinds": [(_word(code), code, count) for code, count in kinds.most_common()],
        "kind": kind,
        "late_count": sum(1 for item in items if item.due_on and item.due_on < today),
        "today_count": sum(1 for item in items if item.due_on == today),
        "week_count": sum(1 for item in items if item.due_on and today < item.due_on <= today + timedelta(days=7)),
        "stages": stages,
        "open_count": sum(row["count"] for row in stages),
        "late_matters": sum(row["late"] for row in stages),
        "today": today,
        "bodies": {post.body_id: post.body for post in viewer.posts},
        "may_open": may("matter.open", viewer),
    }
    return render(request, "shell/desk.html", words)


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
}


def _word(kind: str) -> str:
    return KINDS[kind]() if kind in KINDS else kind


urlpatterns = [path("desk/", desk, name="desk")]
