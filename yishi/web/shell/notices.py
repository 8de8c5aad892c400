"""What one was told; and for the administrator, messages that perhaps did not go out."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy

from yishi.notices.models import Delivery, Notice
from yishi.notices.outbox import delivery_decide, delivery_told
from yishi.notices.services import notice_read, notices_of
from yishi.notices.texts import notice_text
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.titles import page_of


@page("notice.see", methods=("GET",))
def notices(request: Request) -> HttpResponse:
    own_notices = notices_of(request.viewer.person, request.viewer.reach.bodies)
    page_obj = Paginator(own_notices, 25).get_page(request.GET.get("page"))
    return render(request, "shell/notices.html", {"page_obj": page_obj})


def load_notice(request: Request, pk: UUID) -> Notice:
    return notices_of(request.viewer.person, request.viewer.reach.bodies).get(pk=pk)


@page("notice.see", load=load_notice, methods=("POST",))
def notice_open(request: Request, notice: Notice) -> HttpResponse:
    """Mark it as read and go to what it is about."""
    notice_read(notice)
    return redirect(page_of(notice.subject_kind, notice.subject_id) or "notices")


@page("notice.see", methods=("POST",))
def notices_read(request: Request) -> HttpResponse:
    """Mark everything as read."""
    for notice in notices_of(request.viewer.person, request.viewer.reach.bodies).filter(read_at__isnull=True)[:500]:
        notice_read(notice)
    return redirect("notices")


OUTBOX = DeclaredList(
    "outbox",
    gettext_lazy("Outgoing messages"),
    [
        Column(gettext_lazy("message"), shown=lambda delivery: notice_text(delivery.notice)),
        Column(gettext_lazy("way"), shown="get_channel_display"),
        Column(gettext_lazy("to"), cell="to"),
        Column(gettext_lazy("state"), shown="get_state_display"),
        Column(gettext_lazy("tries"), shown="attempts"),
        Column(gettext_lazy("decide"), cell="decide", is_silent=True),
    ],
)


@page("installation.manage", methods=("GET",), unaudited="what must be sent by hand, with phones")
def outbox(request: Request) -> HttpResponse:
    """Messages that wait, failed, were written to be told by hand, or were perhaps sent: a person tells and decides."""
    states = [Delivery.State.DOUBTFUL, Delivery.State.FAILED, Delivery.State.WAITING, Delivery.State.WRITTEN]
    deliveries = Delivery.objects.filter(state__in=states).select_related("notice__person")
    return OUTBOX.respond(request, "shell/outbox.html", deliveries.order_by("state", "next_try_at"))


def load_delivery(request: Request, pk: UUID) -> Delivery:
    return Delivery.objects.get(pk=pk)


@page("installation.manage", load=load_delivery, methods=("POST",))
def outbox_decide(request: Request, delivery: Delivery) -> HttpResponse:
    if request.POST.get("told") == "1" and request.viewer.person:
        delivery_told(delivery, by=request.viewer.person)
    else:
        delivery_decide(delivery, was_sent=request.POST.get("was_sent") == "1")
    return redirect("outbox")


urlpatterns = [
    path("desk/notices/", notices, name="notices"),
    path("desk/notices/read/", notices_read, name="notices_read"),
    path("desk/notices/<uuid:pk>/", notice_open, name="notice_open"),
    path("desk/outbox/", outbox, name="outbox"),
    path("desk/outbox/<uuid:pk>/", outbox_decide, name="outbox_decide"),
]
