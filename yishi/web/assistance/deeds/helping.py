"""A member's phone home for assistance, the member's file (委员履职档案) and a body's; to read, to print."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.assistance.campaign.models import Campaign
from yishi.assistance.deeds.models import Deed, DeedConfirmation, DeedParty
from yishi.assistance.deeds.reads import open_pairs
from yishi.commitments.models import Commitment
from yishi.database.gather import HowMany, gather
from yishi.kit.records import certain, lend
from yishi.organisations.models import Body, Place
from yishi.organisations.rights import may
from yishi.reporting.figures import Question, ask
from yishi.web.kit.desk_items import DeskItem, Source
from yishi.web.kit.page import page
from yishi.web.kit.press import paper_response
from yishi.web.kit.request import Request
from yishi.web.kit.sections import BODY, MEMBER, sections

from .deed_words import how_much
from .deeds import DeedFilter, denied
from .given import given_by, period_of
from .given_papers import given_paper

LAST, SHOWN = 8, 20


def to_confirm(viewer: Any) -> list[DeskItem]:
    """What others recorded for the person: one tap says that it was so."""
    named = DeedParty.objects.filter(person=viewer.person_id, person__isnull=False).values("deed")
    rows = Deed.within.filter(pk__in=named, confirmed_at__isnull=True, state=Deed.State.COUNTED)
    rows = rows.exclude(pk__in=DeedConfirmation.objects.filter(person=viewer.person_id).values("deed"))
    rows = rows.exclude(recorded_by=viewer.person_id, recorded_by__isnull=False).select_related(
        "version", "place", "recorded_for"
    )
    return [
        DeskItem(
            kind="deed",
            title=f"{one.version.name} · {how_much(one)}",
            act=_("Was it so?"),
            url=reverse("deed_confirm", args=[one.pk]),
            detail=" · ".join(
                part for part in (one.recorded_for.name if one.recorded_for else "", one.place.name) if part
            ),
        )
        for one in rows.order_by("-recorded_at")[:SHOWN]
    ]


def _disputed_rows(viewer: Any) -> Any:
    """Deeds that they or their desks recorded, of which a family says that it was not so."""
    desks = [post.body_id for post in viewer.posts if viewer.holds(post.body_id)]
    own = Q(recorded_for__in=desks) | Q(recorded_by=viewer.person_id, recorded_for__isnull=True)
    rows = Deed.within.filter(own, pk__in=denied().values("deed"), state=Deed.State.COUNTED)
    return rows.select_related("version", "place").order_by("-recorded_at")[:SHOWN]


def _disputed_items(viewer: Any, rows: Any) -> list[DeskItem]:
    return [
        DeskItem(
            kind="deed",
            title=f"{one.version.name} · {how_much(one)}",
            act=_("A family says no: look into it"),
            url=reverse("deed", args=[one.pk]),
            body_id=one.recorded_for_id,
            detail=f"{one.number} · {one.place.name}",
        )
        for one in rows
    ]


disputed = Source(_disputed_rows, _disputed_items)


@page("helping.see", methods=("GET",))
def helping(request: Request) -> HttpResponse:
    """What one opens on a phone: record, confirm, what became of one's last deeds, what one promised."""
    viewer = request.viewer
    form = DeedFilter(request)
    own = form._whose(Deed.objects.all(), "mine" if viewer.is_sitting_member() else "desk")
    last = list(own.select_related("version", "place").order_by("-recorded_at")[:LAST])
    pairs = open_pairs().filter(Q(earlier__in=last) | Q(later__in=last)).values_list("earlier", "later")
    alike = {one for pair in pairs for one in pair}
    said_no = set(denied().filter(deed__in=last).values_list("deed", flat=True))
    for one in last:
        lend(one, much=how_much(one), is_alike=one.pk in alike, is_denied=one.pk in said_no)
    desks = [post.body_id for post in viewer.posts if viewer.holds(post.body_id)]
    owed = Q(bearer_person=viewer.person_id, bearer_person__isnull=False) | Q(bearer__in=desks, match__isnull=False)
    promises = Commitment.objects.filter(owed, state__in=Commitment.OPEN)
    words = {
        "items": to_confirm(viewer),
        "disputed": disputed(viewer),
        "last": last,
        "promises": promises.select_related("place", "match").order_by("due_on")[:SHOWN],
        "may_record": may("deed.record", viewer),
        "bodies": [post.body for post in viewer.posts if may("body_file.see", viewer, post.body)],
    }
    return render(request, "assistance/deeds/helping.html", words)


@page("helping.see", methods=("GET",))
def helping_file(request: Request) -> HttpResponse:
    """One's own file: for oneself, printable; nobody is compared with anybody."""
    person, year = certain(request.viewer.person), request.GET.get("year", "")
    words = {
        "who": person,
        "given": given_by(person, *period_of(year)),
        "sections": sections(request, MEMBER, person),
        "pdf": reverse("helping_file_pdf"),
        "list": f"{reverse('deeds')}?whose=mine&state=counted",
        **_years(person, year),
    }
    return render(request, "assistance/deeds/given.html", words)


@page("helping.see", methods=("GET",))
def helping_file_pdf(request: Request) -> HttpResponse:
    person = certain(request.viewer.person)
    given = given_by(person, *period_of(request.GET.get("year", "")))
    return paper_response(given_paper(person, given, timezone.localdate()), _("member's file"), "pdf")


def load_body(request: Request, pk: UUID) -> Body:
    return Body.objects.select_related("place").get(pk=pk)


@page("body_file.see", load=load_body, methods=("GET",))
def body_file(request: Request, body: Body) -> HttpResponse:
    """A body's file, with what the figures say of it: its deeds once, its credits beside those of others."""
    year = request.GET.get("year", "")
    start, end = period_of(year)
    words = {
        "who": body,
        "given": given_by(body, start, end),
        "figure": _figure(body, start, end),
        "sections": sections(request, BODY, body),
        "pdf": reverse("body_file_pdf", args=[body.pk]),
        "list": f"{reverse('deeds')}?body={body.pk}&state=counted",
        "is_body": True,
        **_years(body, year),
    }
    return render(request, "assistance/deeds/given.html", words)


@page("body_file.see", load=load_body, methods=("GET",))
def body_file_pdf(request: Request, body: Body) -> HttpResponse:
    given = given_by(body, *period_of(request.GET.get("year", "")))
    return paper_response(given_paper(body, given, timezone.localdate()), _("body's file"), "pdf")


def _figure(body: Body, start: Any, end: Any) -> dict[str, Any] | None:
    """From the figures themselves, so that a page of a body and a page of a place never differ."""
    tops = Place.objects.filter(parent__isnull=True, lo__lte=body.place.lo, hi__gte=body.place.lo)
    there = gather(tops=tops[:1], campaigns=HowMany(Campaign.objects.all()))
    if not there["tops"] or not there["campaigns"]:
        return None
    found = ask(Question(there["tops"][0], start, end, body=body))
    return {"deeds": found.deeds, "bodies": found.bodies, "people": found.givers}


def _years(who: Any, year: str) -> dict[str, Any]:
    """The years in which there is something, the newest first."""
    mine = Q(parties__body=who) if isinstance(who, Body) else Q(parties__person=who)
    days = Deed.within.filter(mine, state=Deed.State.COUNTED).dates("on", "year", order="DESC")
    return {"year": year, "years": [str(day.year) for day in days]}


urlpatterns = [
    path("desk/helping/", helping, name="helping"),
    path("desk/helping/file/", helping_file, name="helping_file"),
    path("desk/helping/file.pdf", helping_file_pdf, name="helping_file_pdf"),
    path("desk/bodies/<uuid:pk>/given/", body_file, name="body_file"),
    path("desk/bodies/<uuid:pk>/given.pdf", body_file_pdf, name="body_file_pdf"),
]
