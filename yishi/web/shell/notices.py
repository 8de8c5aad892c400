"""What one was told; and for the administrator, messages that perhaps did not go out."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse

from yishi.notices.models import Delivery, Notice
from yishi.notices.outbox import delivery_decide
from yishi.notices.services import notice_read, notices_of
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

# The page of what a notice is about, by kind of its subject.
PAGES = {
    "worry": "worry",
    "matter": "matter",
    "commitment": "commitment",
    "gate": "gate",
    "sitting": "sitting",
    "plan": "plan",
    "release": "release",
    "match": "match",
    "family": "family",
    "proposal": "proposal",
}


@page("notice.see", methods=("GET",))
def notices(request: Request) -> HttpResponse:
    rows = notices_of(request.viewer.person, request.viewer.reach.bodies)
    page_obj = Paginator(rows, 25).get_page(request.GET.get("page"))
    return render(request, "shell/notices.html", {"page_obj": page_obj})


def load_notice(request: Request, pk: UUID) -> Notice:
    return notices_of(request.viewer.person, request.viewer.reach.bodies).get(pk=pk)


@page("notice.see", load=load_notice, methods=("POST",))
def notice_open(request: Request, notice: Notice) -> HttpResponse:
    """Mark it as read and go to what it is about."""
    notice_read(notice)
    if notice.subject_kind == "families":  # one's own list, of whomever it tells
        return redirect("families")
    try:
        return redirect(reverse(PAGES[notice.subject_kind], args=[notice.subject_id]))
    except (KeyError, NoReverseMatch):
        return redirect("notices")


@page("notice.see", methods=("POST",))
def notices_read(request: Request) -> HttpResponse:
    """Mark everything as read."""
    for notice in notices_of(request.viewer.person, request.viewer.reach.bodies).filter(read_at__isnull=True)[:500]:
        notice_read(notice)
    return redirect("notices")


@page("installation.manage", methods=("GET",))
def outbox(request: Request) -> HttpResponse:
    """Messages that wait, failed, or were perhaps sent before a crash: a person decides."""
    states = [Delivery.State.DOUBTFUL, Delivery.State.FAILED, Delivery.State.WAITING]
    rows = Delivery.objects.filter(state__in=states).select_related("notice").order_by("state", "next_try_at")
    page_obj = Paginator(rows, 25).get_page(request.GET.get("page"))
    return render(request, "shell/outbox.html", {"page_obj": page_obj})


def load_delivery(request: Request, pk: UUID) -> Delivery:
    return Delivery.objects.get(pk=pk)


@page("installation.manage", load=load_delivery, methods=("POST",))
def outbox_decide(request: Request, delivery: Delivery) -> HttpResponse:
    delivery_decide(delivery, was_sent=request.POST.get("was_sent") == "1")
    return redirect("outbox")


urlpatterns = [
    path("desk/notices/", notices, name="notices"),
    path("desk/notices/read/", notices_read, name="notices_read"),
    path("desk/notices/<uuid:pk>/", notice_open, name="notice_open"),
    path("desk/outbox/", outbox, name="outbox"),
    path("desk/outbox/<uuid:pk>/", outbox_decide, name="outbox_decide"),
]
