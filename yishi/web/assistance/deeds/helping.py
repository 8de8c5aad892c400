"""A member's phone home for assistance, the member's file (委员履职档案) and a body's; to read, to print."""

from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign
from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.reads import pairs_with
from yishi.commitments.models import Commitment
from yishi.database.gather import HowMany, gather
from yishi.database.kept import kept_question
from yishi.kit.records import certain, lend
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place
from yishi.organisations.rights import may
from yishi.reporting.figures import Question, ask
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.page import page
from yishi.web.kit.press import paper_response
from yishi.web.kit.request import Request
from yishi.web.kit.sections import BODY, MEMBER, sections

from .deed_words import how_much
from .deeds import denied, narrowed_by_whose
from .given import given_by, period_of
from .given_papers import given_paper
from .waiting import DISPUTED, SHOWN, TO_CONFIRM

LAST = 8


def _helping_rows(viewer: Viewer) -> dict[str, Any]:
    own = narrowed_by_whose(Deed.objects.all(), viewer, "mine" if viewer.is_sitting_member() else "desk")
    earlier, later = (Q(Exists(side)) for side in pairs_with(OuterRef("pk")))
    is_alike = ExpressionWrapper(earlier | later, BooleanField())
    last = own.annotate(is_alike=is_alike, is_denied=Exists(denied().filter(deed=OuterRef("pk"))))
    owed = Q(bearer_person=viewer.person_id, bearer_person__isnull=False)
    owed |= Q(bearer__in=viewer.desks, match__isnull=False)
    promises = Commitment.objects.filter(owed, state__in=Commitment.OPEN)
    return {
        "confirm": TO_CONFIRM.rows(viewer),
        "disputed": DISPUTED.rows(viewer),
        "last": last.select_related("version", "place").order_by("-recorded_at")[:LAST],
        "promises": promises.select_related("place", "match").order_by("due_on")[:SHOWN],
    }


@page("helping.see", methods=("GET",))
def helping(request: Request) -> HttpResponse:
    """What a member opens on a phone: record, confirm, what became of their last deeds, what they promised."""
    viewer = request.viewer
    answer = kept_question("helping", viewer.key, lambda: _helping_rows(viewer)).answer()
    last = answer["last"]
    for deed in last:
        lend(deed, much=how_much(deed))
    context = {
        "items": TO_CONFIRM.items_of(viewer, answer["confirm"]),
        "disputed": DISPUTED.items_of(viewer, answer["disputed"]),
        "last": last,
        "promises": answer["promises"],
        "may_record": may("deed.record", viewer),
        "bodies": [post.body for post in viewer.posts if may("body_file.see", viewer, post.body)],
    }
    return render(request, "assistance/deeds/helping.html", context)


GIVEN_ITEMS = DeclaredList(
    "given_items",
    gettext_lazy("What was given"),
    [
        Column(gettext_lazy("item"), "name", cell="item"),
        Column(gettext_lazy("deeds"), "deeds", css="number"),
        Column(gettext_lazy("in all"), lambda line: line.in_all, css="number"),
        Column(gettext_lazy("credited"), lambda line: f"{line.credited} {line.unit}", css="number"),
    ],
)


@page("helping.see", methods=("GET",))
def helping_file(request: Request) -> HttpResponse:
    """The viewer's own file: for themself, printable; nobody is compared with anybody."""
    person, year = certain(request.viewer.person), request.GET.get("year", "")
    given = given_by(person, *period_of(year))
    context = {
        "who": person,
        "given": given,
        "sections": sections(request, MEMBER, person),
        "pdf": reverse("helping_file_pdf"),
        "list": f"{reverse('deeds')}?whose=mine&state=counted",
        **_years(person, year),
    }
    return file_response(request, "assistance/deeds/given.html", context, {GIVEN_ITEMS: given.lines})


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
    given = given_by(body, start, end)
    context = {
        "who": body,
        "given": given,
        "figure": _figure(body, start, end),
        "sections": sections(request, BODY, body),
        "pdf": reverse("body_file_pdf", args=[body.pk]),
        "list": f"{reverse('deeds')}?body={body.pk}&state=counted",
        "is_body": True,
        **_years(body, year),
    }
    return file_response(request, "assistance/deeds/given.html", context, {GIVEN_ITEMS: given.lines})


@page("body_file.see", load=load_body, methods=("GET",))
def body_file_pdf(request: Request, body: Body) -> HttpResponse:
    given = given_by(body, *period_of(request.GET.get("year", "")))
    return paper_response(given_paper(body, given, timezone.localdate()), _("body's file"), "pdf")


def _figure(body: Body, start: Any, end: Any) -> dict[str, Any] | None:
    """The body's deeds and credits from the figures, so that its page and a place's page never differ; nothing where no
    place at the top or no campaign is known."""
    tops = Place.objects.filter(parent__isnull=True, lo__lte=body.place.lo, hi__gte=body.place.lo)
    gathered = gather(tops=tops[:1], campaigns=HowMany(Campaign.objects.all()))
    if not gathered["tops"] or not gathered["campaigns"]:
        return None
    figures = ask(Question(gathered["tops"][0], start, end, body=body))
    return {"deeds": figures.deeds, "bodies": figures.bodies, "people": figures.givers}


def _years(who: Any, year: str) -> dict[str, Any]:
    """What the choice of a year needs: the chosen one, and the years with deeds, the newest first."""
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
